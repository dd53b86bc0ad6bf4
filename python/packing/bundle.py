#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Gathers what the wheel carries of others: libraries of the program `pomona`, and all licences.

    bundle.py PROGRAM FOLDER

FOLDER/lib gets every shared library that PROGRAM loads, except those of the packages that the wheel
depends on and those that every Linux has. FOLDER/licenses gets the licence of each of them, and of
what is linked statically, header-only or part of the report page, and THIRD_PARTY.tsv, which says what
comes from where.
"""

import json
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
PAGE_PACKAGES = ("echarts", "tslib", "zrender")
COMMON_LICENSE = re.compile(r"/usr/share/common-licenses/([\w.-]*\w)")
LICENSE_NAME = re.compile(
    r"(license|licence|notice|copying|copyrightnotice)(\.\w+)?", re.IGNORECASE
)


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
        done = subprocess.run(
            ["dpkg-query", "-S", name], capture_output=True, text=True, check=False
        )
        if done.returncode == 0:
            return done.stdout.partition(":")[0]
    raise BundleError(
        f"{library} is of no Debian package, so its licence is unknown; the wheel is built on Debian 12"
    )


def debian_version(package: str) -> str:
    command = ["dpkg-query", "-W", "-f", "${source:Package} ${source:Version}", package]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


class Licenses:
    """A folder of licences, and a table of what is under them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.lines: list[str] = []
        folder.mkdir()

    def add(self, what: str, origin: str, files: dict[str, Path]) -> None:
        """`files` by the names that they get here."""
        if not files:
            raise BundleError(f"no licence of {what} in {origin}")
        for name, source in files.items():
            shutil.copyfile(source, self.folder / name)
        self.lines.append(f"{what}\t{origin}\t{' '.join(sorted(files))}\n")

    def add_debian(self, what: str, package: str) -> None:
        source = Path("/usr/share/doc") / package / "copyright"
        files = {f"{package}.txt": source} if source.is_file() else {}
        # Debian keeps the texts that many are under in one place, and refers to them.
        text = source.read_text(encoding="utf-8", errors="replace") if files else ""
        for name in set(COMMON_LICENSE.findall(text)):
            files[f"common.{name}.txt"] = Path("/usr/share/common-licenses") / name
        self.add(what, f"Debian source package {debian_version(package)}", files)

    def add_python(self, what: str, package: str) -> None:
        found = [Path(file.locate()) for file in metadata.files(package) or []]
        files = {f"{package}.{file.stem}.txt": file for file in found if "licenses" in file.parts}
        self.add(what, f"Python package {package} {metadata.version(package)}", files)

    def add_page(self, package: str) -> None:
        folder = ROOT / "web" / "node_modules" / package
        version = json.loads((folder / "package.json").read_text(encoding="utf-8"))["version"]
        found = [file for file in folder.iterdir() if LICENSE_NAME.fullmatch(file.name)]
        files = {f"{package}.{file.stem}.txt": file for file in found}
        self.add("report page", f"npm package {package} {version}", files)

    def write_table(self) -> None:
        text = "what\tfrom\tlicence\n" + "".join(sorted(self.lines))
        (self.folder / "THIRD_PARTY.tsv").write_text(text, encoding="utf-8")


def bundle(program: Path, folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    libraries = folder / "lib"
    libraries.mkdir(parents=True)
    licenses = Licenses(folder / "licenses")
    for name, path in loaded_libraries(program).items():
        if not is_bundled(name, path):
            continue
        shutil.copyfile(path, libraries / name)
        (libraries / name).chmod(0o755)
        if "pyarrow" in path.parts:
            licenses.add_python(name, "pyarrow")
        else:
            licenses.add_debian(name, debian_package(path))
    for package in LINKED:
        licenses.add_debian("program and module", package)
    licenses.add_python("module", "nanobind")
    for package in PAGE_PACKAGES:
        licenses.add_page(package)
    licenses.write_table()


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
