# SPDX-License-Identifier: Apache-2.0
"""An archive of this Python environment, for clusters on whose machines nothing can be installed."""

from __future__ import annotations

import io
import os
import re
import sys
import tarfile
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Final

import pomona
from pomona.errors import raise_error

# What workers import; Spark brings PySpark along.
_ROOTS: Final = ("pomona", "pyarrow", "pandas")
# Half of the packed size, and nothing of it is imported.
_LEFT_OUT: Final = frozenset({"__pycache__", "include", "tests"})


def pack_environment(path: str | os.PathLike[str]) -> Path:
    """Packs Pomona and what it needs, as installed here, into an archive for executors.

    Nothing is fetched. The archive is an environment of `venv` without scripts, so it works wherever
    it is unpacked. It holds no interpreter: executors need the one of this environment at the same
    place, such as Debian's `/usr/bin/python3.11`, and the same processor architecture.

    Args:
        path: The archive to write, such as `environment.tar.gz`.

    Returns:
        Its path. Start Spark with `--archives environment.tar.gz#environment` and
        `PYSPARK_PYTHON=./environment/bin/python`.

    Raises:
        NotFoundError: A package that Pomona needs is not installed here.
        InvalidInputError: The path does not end in `.tar.gz`, by which Spark knows how to unpack it.

    Example:
        >>> from pomona.spark import pack_environment  # doctest: +SKIP
        >>> pack_environment("environment.tar.gz")  # doctest: +SKIP
        PosixPath('environment.tar.gz')
    """
    archive = Path(path)
    if not archive.name.endswith((".tar.gz", ".tgz")):
        raise_error(
            "invalid_input",
            f"packing the environment into '{archive}': expected a name that ends in .tar.gz, by which "
            "Spark knows how to unpack it",
        )
    python = Path(getattr(sys, "_base_executable", sys.executable)).resolve()
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    files = dict(_files())
    partial = archive.with_name(f".{archive.name}.partial")
    try:
        # The libraries are large, and little smaller at higher levels.
        with tarfile.open(partial, "w:gz", compresslevel=1) as tar:
            _add_text(
                tar, "pyvenv.cfg", f"home = {python.parent}\ninclude-system-site-packages = false\n"
            )
            for name in ("python", "python3", version):
                link = tarfile.TarInfo(f"bin/{name}")
                link.type, link.linkname = tarfile.SYMTYPE, str(python)
                tar.addfile(link)
            for name, file in sorted(files.items()):
                tar.add(file, f"lib/{version}/site-packages/{name}", recursive=False)
        partial.replace(archive)
    finally:
        partial.unlink(missing_ok=True)
    return archive


def _add_text(tar: tarfile.TarFile, name: str, text: str) -> None:
    content = text.encode()
    info = tarfile.TarInfo(name)
    info.size = len(content)
    tar.addfile(info, io.BytesIO(content))


def _files() -> Iterator[tuple[str, Path]]:
    """Files of the packages by their names in `site-packages`."""
    for name in _needed():
        if name == "pomona":
            continue
        for file in metadata.distribution(name).files or ():
            if not file.parts[0].startswith("..") and not _LEFT_OUT & set(file.parts):
                yield str(file), Path(str(file.locate()))
    # The one that is imported, which in a clone is not the one that is installed.
    package = Path(pomona.__file__).parent
    for path in package.rglob("*"):
        if path.is_file() and not _LEFT_OUT & set(path.relative_to(package).parts):
            yield str(path.relative_to(package.parent)), path


def _needed() -> list[str]:
    """Distributions, with those that they require."""
    found: list[str] = []
    waiting = list(_ROOTS)
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        try:
            requirements = metadata.requires(name) or []
        except metadata.PackageNotFoundError:
            if name in _ROOTS:
                raise_error(
                    "not_found",
                    f"packing the environment: {name} is not installed here; pip install "
                    "'pomona[spark]'",
                )
            continue  # for another system or another Python
        found.append(name)
        waiting += [_name_of(one) for one in requirements if "extra ==" not in one]
    return found


def _name_of(requirement: str) -> str:
    """Of `python-dateutil>=2.8.2`, as distributions are named."""
    return re.split(r"[^\w.-]", requirement, maxsplit=1)[0]
