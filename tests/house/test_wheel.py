# SPDX-License-Identifier: Apache-2.0
"""The wheel that tools/wheel has built: what it holds, what it asks of a system, that it works."""

import re
import subprocess
import sys
import tomllib
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
WHEELS = ROOT / "build" / "wheel"
# Amazon Linux 2023: glibc 2.34, libstdc++ and libgcc of GCC 11.
NEWEST = {"GLIBC": (2, 34), "GLIBCXX": (3, 4, 29), "CXXABI": (1, 3, 13), "GCC": (7, 0, 0)}
# What the module may need: its two dependencies, and what every Linux has.
MODULE_NEEDS = {
    "libopenvino.so.2641",
    "libscipy_openblas.so",
    "libstdc++.so.6",
    "libm.so.6",
    "libgcc_s.so.1",
    "libc.so.6",
    "ld-linux-x86-64.so.2",
}
# Beside the .py files of python/pomona.
CONTENT = {
    "_pomona_command.py",
    "pomona/_core.pyi",
    "pomona/bin/pomona",
    "pomona/catalogue/kinds.json",
    "pomona/models/efficientnet-lite0/LICENSE",
    "pomona/models/efficientnet-lite0/backbone.json",
}
LARGEST = 64 << 20  # bytes, compressed


def output_of(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def wheels_to_test():
    """That of Python 3.11, and those for others that have been built."""
    found = {path.name for path in WHEELS.glob("cp*") if list(path.glob("dist/*.whl"))}
    return sorted(found | {"cp311"})


@pytest.fixture(scope="session", params=wheels_to_test())
def wheel(request):
    wheels = list((WHEELS / request.param / "dist").glob("*.whl"))
    if not wheels:
        pytest.skip("no wheel: run tools/wheel")
    assert len(wheels) == 1
    return wheels[0]


@pytest.fixture(scope="session")
def content(wheel, tmp_path_factory):
    """The wheel unpacked."""
    folder = tmp_path_factory.mktemp("wheel")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def names_in(folder):
    return {str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file()}


def elf_files(folder):
    found = []
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            with file.open("rb") as stream:
                if stream.read(4) == b"\x7fELF":
                    found.append(file)
    return found


def needed(file):
    return set(re.findall(r"\(NEEDED\).*\[(.+)\]", output_of("readelf", "-d", file)))


def module_of(folder):
    (module,) = (folder / "pomona").glob("_core*.so")
    return module


def metadata_of(folder):
    (file,) = folder.glob("pomona-*.dist-info/METADATA")
    return Parser().parsestr(file.read_text(encoding="utf-8"))


def test_holds_the_package_and_nothing_else(content):
    names = {name for name in names_in(content) if ".dist-info/" not in name}
    tracked = output_of("git", "-C", ROOT, "ls-files", "--cached", "--others", "python/pomona")
    package = {
        f"pomona/{Path(line).relative_to('python/pomona')}"
        for line in tracked.splitlines()
        if line.endswith((".py", "py.typed")) and (ROOT / line).is_file()
    }
    assert package | CONTENT <= names
    module = str(module_of(content).relative_to(content))
    others = names - package - CONTENT - {module}
    kinds = ("pomona/lib/", "pomona/licenses/", "pomona/models/efficientnet-lite0/")
    assert [name for name in others if not name.startswith(kinds)] == []
    assert (content / "pomona/bin/pomona").stat().st_size > 1 << 20


def test_bundled_libraries_are_those_that_the_program_needs(content):
    """Each is needed by name, and what is needed is bundled, a dependency or part of every Linux."""
    files = [content / "pomona/bin/pomona", *(content / "pomona/lib").iterdir()]
    wanted = set().union(*(needed(file) for file in files))
    bundled = {file.name for file in files[1:]}
    old_parts_of_libc = {"libpthread.so.0", "libdl.so.2", "librt.so.1", "libresolv.so.2"}
    assert wanted - bundled <= MODULE_NEEDS | old_parts_of_libc
    assert bundled <= wanted
    assert {"libarrow.so.2600", "libarrow_s3.so.2600", "libparquet.so.2600"} <= bundled


def test_every_library_has_its_licence(content):
    licenses = content / "pomona/licenses"
    lines = (licenses / "THIRD_PARTY.tsv").read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines[1:]]
    assert {file.name for file in (content / "pomona/lib").iterdir()} <= {row[0] for row in rows}
    texts = {name for row in rows for name in row[2].split()}
    assert {file.name for file in licenses.iterdir()} == texts | {"THIRD_PARTY.tsv"}
    assert all((licenses / name).stat().st_size > 100 for name in texts)
    assert "common.LGPL-3.txt" in texts  # of GnuTLS; Debian's own file only refers to it


def test_module_brings_no_library_that_others_may_have(content):
    assert needed(module_of(content)) <= MODULE_NEEDS


def test_module_shows_one_symbol(content):
    text = output_of(
        "nm", "--dynamic", "--defined-only", "--format=just-symbols", module_of(content)
    )
    assert text.split() == ["PyInit__core"]


def too_new(file):
    versions = set(
        re.findall(r"Name: (\w+?)_([\d.]+) ", output_of("readelf", "--wide", "-V", file))
    )
    return [
        f"{family}_{version}"
        for family, version in versions
        if family in NEWEST and tuple(map(int, version.split("."))) > NEWEST[family]
    ]


def test_loads_on_amazon_linux_2023(content):
    """By the versions of symbols that each file asks of glibc, libstdc++ and libgcc."""
    files = elf_files(content)
    assert len(files) > 20
    assert {file.name: found for file in files if (found := too_new(file))} == {}


def test_libraries_are_looked_for_in_the_wheel_and_its_dependencies_alone(content):
    """DT_RPATH, which counts for what a library needs in turn; a DT_RUNPATH would not."""
    for file in (module_of(content), content / "pomona/bin/pomona"):
        dynamic = output_of("readelf", "-d", file)
        (path,) = re.findall(r"\(RPATH\).*\[(.+)\]", dynamic)
        assert all(re.match(r"\$ORIGIN/\.\./", part) for part in path.split(":")), path
        assert "RUNPATH" not in dynamic
    for file in elf_files(content):
        paths = re.findall(r"\(R(?:UN)?PATH\).*\[(.+)\]", output_of("readelf", "-d", file))
        assert all(part.startswith("$ORIGIN") for path in paths for part in path.split(":")), file


def test_no_path_of_the_build_machine_is_in_it(content):
    path = str(ROOT).encode() + b"/"
    files = [file for file in content.rglob("*") if file.is_file()]
    assert [file.name for file in files if path in file.read_bytes()] == []


def test_metadata(content, wheel):
    metadata = metadata_of(content)
    version = re.search(r"project\(pomona VERSION ([\d.]+)", (ROOT / "CMakeLists.txt").read_text())[
        1
    ]
    assert metadata["Version"] == version
    assert metadata["License-Expression"] == "Apache-2.0"
    assert metadata["Requires-Python"] == "<3.14,>=3.11"
    assert {"openvino==2026.4.1", "scipy-openblas32==0.3.34.0.0"} <= set(
        metadata.get_all("Requires-Dist")
    )
    abi = "cp311-cp311" if "cp311" in wheel.name else "cp312-abi3"
    assert wheel.name == f"pomona-{version}-{abi}-linux_x86_64.whl"
    assert wheel.stat().st_size < LARGEST, f"{wheel.stat().st_size >> 20} MiB"


def test_isolated_build_has_the_pinned_packages():
    """`pip install .` builds with what [build-system] names, tools/wheel with what is locked."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    locked = (ROOT / "requirements" / "wheel.txt").read_text(encoding="utf-8")
    wanted = project["build-system"]["requires"]
    assert all(re.search(rf"^{re.escape(pin)} ", locked, re.MULTILINE) for pin in wanted)
    named = (ROOT / "requirements" / "wheel.in").read_text(encoding="utf-8")
    names = re.findall(r"^([\w-]+)", named, re.MULTILINE)
    assert {pin.partition("==")[0] for pin in wanted} == set(names)
    for pin in project["project"]["dependencies"]:
        assert re.search(rf"^{re.escape(pin)} ", locked, re.MULTILINE), pin


@pytest.fixture(scope="session")
def installed(wheel, tmp_path_factory):
    """The bin folder of an environment with the wheel, what it depends on, and nothing else."""
    if "cp311" not in wheel.name:
        pytest.skip("installed by `tools/wheel --python PATH --for-tests`")
    folder = tmp_path_factory.mktemp("installed")
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    pip = [folder / "bin" / "python", "-m", "pip", "install", "--quiet", "--no-input"]
    subprocess.run([*pip, "--disable-pip-version-check", wheel], check=True)
    return folder / "bin"


def test_installed_package_works_alone(installed, tmp_path):
    assert output_of(installed / "pomona", "--version").startswith("pomona ")
    out = tmp_path / "out"
    subprocess.run(
        [installed / "pomona", "run", ROOT / "sample" / "fruits", "--out", out],
        check=True,
        cwd=tmp_path,
        env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path)},
    )
    assert (out / "_SUCCESS").is_file() and (out / "report.html").is_file()
    code = "import pomona, pomona._core; print(pomona.__file__)"
    path = output_of(installed / "python", "-I", "-c", code).strip()
    assert Path(path).is_relative_to(installed.parent)


def test_script_takes_over_without_importing_the_package(installed):
    trace = subprocess.run(
        [installed / "python", "-X", "importtime", installed / "pomona", "--version"],
        capture_output=True,
        text=True,
        check=True,
    ).stderr
    imported = {line.rpartition("|")[2].strip() for line in trace.splitlines()}
    assert "_pomona_command" in imported
    assert not imported & {"pomona", "numpy", "openvino", "pathlib"}
