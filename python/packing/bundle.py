#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Gathers what the wheel carries of others: libraries of the program `pomona`, and all licences.

    bundle.py PROGRAM FOLDER

FOLDER/lib gets every shared library that PROGRAM loads, except those of the packages that the wheel
depends on and those that every Linux has. FOLDER/licenses gets the licence of each of them, and of
what is linked statically, header-only or part of the report page.
"""

import re
import shutil
import subprocess
import sys
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# glibc and GCC's: what the symbol versions in test_wheel.py are about.
SYSTEM = re.compile(
    r"ld-linux|lib(c|m|dl|rt|pthread|resolv|util|nsl|anl|stdc\+\+|gcc_s)\.so|linux-vdso"
)
# Dependencies of the wheel, which bring their own licences.
PACKAGES = ("openvino", "scipy_openblas32")
# Debian packages whose code is inside the module and the program.
LINKED = (
    "libcli11-dev",
    "libeigen3-dev",
    "libexpected-dev",
    "libjpeg62-turbo-dev",
    "liblbfgspp-dev",
    "libpng-dev",
    "libssl-dev",
    "libutf8proc-dev",
    "libwebp-dev",
    "nlohmann-json3-dev",
    "zlib1g-dev",
)
PYTHON_PACKAGES = ("nanobind", "pyarrow")
PAGE_PACKAGES = ("echarts", "tslib", "zrender")
LICENSE_NAME = re.compile(r"(license|licence|notice|copying|copyrightnotice)(\.\w+)?", re.IGNORECASE)


class BundleError(Exception):
    """Something that the wheel must carry is not where it is expected."""


def loaded_libraries(program: Path) -> dict[str, Path]:
    """By the names that the loader looks for."""
    text = subprocess.run(["ldd", program], capture_output=True, text=True, check=True).stdout
    if missing := re.findall(r"(\S+) => not found", text):
        raise BundleError(f"the loader finds no {', '.join(missing)} for {program}")
    found = re.findall(r"(\S+) => (/\S+)", text)
    return {name: Path(path).resolve() for name, path in found}


def is_bundled(name: str, path: Path) -> bool:
    return not SYSTEM.match(name) and not any(package in path.parts for package in PACKAGES)


def debian_package(library: Path) -> str:
    # Debian 12 has merged /lib into /usr/lib; dpkg knows some files by one name, some by the other.
    names = [str(library), str(library).removeprefix("/usr")]
    for name in names:
        done = subprocess.run(["dpkg-query", "-S", name], capture_output=True, text=True, check=False)
        if done.returncode == 0:
            return done.stdout.partition(":")[0]
    raise BundleError(
        f"{library} is of no Debian package, so its licence is unknown; the wheel is built on Debian 12"
    )


def copy_debian_license(package: str, licenses: Path) -> None:
    source = Path("/usr/share/doc") / package / "copyright"
    if not source.is_file():
        raise BundleError(f"no licence of {package}: expected {source}")
    shutil.copyfile(source, licenses / f"{package}.txt")


def copy_licenses(name: str, files: list[Path], licenses: Path) -> None:
    if not files:
        raise BundleError(f"no licence in the package {name}")
    for file in files:
        shutil.copyfile(file, licenses / f"{name}.{file.stem}.txt")


def python_licenses(package: str) -> list[Path]:
    files = metadata.files(package) or []
    return [Path(file.locate()) for file in files if "licenses" in file.parts]


def page_licenses(package: str) -> list[Path]:
    folder = ROOT / "web" / "node_modules" / package
    return [file for file in sorted(folder.iterdir()) if LICENSE_NAME.fullmatch(file.name)]


def bundle(program: Path, folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    libraries, licenses = folder / "lib", folder / "licenses"
    libraries.mkdir(parents=True)
    licenses.mkdir()
    packages = set(LINKED)
    for name, path in loaded_libraries(program).items():
        if not is_bundled(name, path):
            continue
        shutil.copyfile(path, libraries / name)
        (libraries / name).chmod(0o755)
        if "pyarrow" not in path.parts:
            packages.add(debian_package(path))
    for package in sorted(packages):
        copy_debian_license(package, licenses)
    for package in PYTHON_PACKAGES:
        copy_licenses(package, python_licenses(package), licenses)
    for package in PAGE_PACKAGES:
        copy_licenses(package, page_licenses(package), licenses)


def main() -> int:
    program, folder = map(Path, sys.argv[1:])
    try:
        bundle(program, folder)
    except (BundleError, OSError, subprocess.CalledProcessError) as error:
        print(f"bundling the libraries of {program}: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
