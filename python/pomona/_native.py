# SPDX-License-Identifier: Apache-2.0
"""Imports the compiled module `pomona._core`, and says what to install where it cannot be loaded.

`from pomona import _core` comes here by `pomona.__getattr__`.
"""

import importlib
from importlib import metadata
from types import ModuleType

from pomona.errors import MissingLibraryError


def import_core() -> ModuleType:
    """The compiled module.

    Raises:
        MissingLibraryError: It cannot be loaded. OpenVINO and OpenBLAS change the names of their
            libraries with every release, so other versions than the required ones do not do.
    """
    try:
        return importlib.import_module("pomona._core")
    except ImportError as error:
        raise MissingLibraryError(_message(error)) from error


def _message(error: ImportError) -> str:
    wanted = _missing()
    if not wanted:
        return (
            f"loading the compiled module of Pomona: {error}; install Pomona again, into one "
            "environment with openvino and scipy-openblas32"
        )
    needs = "; ".join(f"Pomona needs {one}, found {found}" for one, found in wanted.items())
    return f"{needs}; pip install {' '.join(wanted)} ({error})"


def _missing() -> dict[str, str]:
    """Requirements such as `openvino==2026.4.1` that are not met, and what is installed instead."""
    try:
        requirements = metadata.requires("pomona") or []
    except metadata.PackageNotFoundError:  # the package of a clone, which is not installed
        return {}
    missing: dict[str, str] = {}
    for requirement in requirements:
        if "extra ==" in requirement:
            continue
        name, _, version = requirement.replace(" ", "").partition("==")
        try:
            found = metadata.version(name)
        except metadata.PackageNotFoundError:
            found = "none"
        if found != version:
            missing[f"{name}=={version}"] = found
    return missing
