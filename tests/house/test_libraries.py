# SPDX-License-Identifier: Apache-2.0
"""What each of the four libraries needs: of the programs that link one alone, and of a configure."""

import re
import subprocess
import sysconfig
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build" / "release"
# Of each library: what its program must not need, and one thing it does need.
NEEDS = {
    "core": (("arrow", "parquet", "curl", "aws", "pugixml"), "openvino"),
    "tables": (("arrow_s3", "curl", "aws", "pugixml"), "parquet"),
    "s3": (("parquet", "openvino"), "curl"),
    "jobs": (("arrow_s3", "curl", "aws", "pugixml"), "parquet"),
}
OPTIONS = ("TABLES", "S3", "CLI", "TESTS", "BENCHMARKS")
# Symbols of these stand in no object of the core, also in those that link_core leaves out.
FOREIGN_SYMBOL = re.compile(r"N5arrow|N7parquet|N4pugi|N3Aws|\bcurl_")


def rooms_of(library):
    """Of src/pomona/CMakeLists.txt."""
    text = (ROOT / "src" / "pomona" / "CMakeLists.txt").read_text(encoding="utf-8")
    return re.search(rf"pomona_library\({library} ROOMS ([^)]*)\)", text)[1].split()


def built(path):
    if not path.is_file():
        pytest.skip(f"{path.relative_to(ROOT)} is not built: run ./check")
    return path


def output_of(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def needed_libraries(program):
    """The names in NEEDED of the program, and of all that the loader brings for these."""
    direct = re.findall(r"\(NEEDED\).*\[(.+)\]", output_of("readelf", "-d", program))
    lines = [line.split() for line in output_of("ldd", program).splitlines()]
    loaded = {Path(words[0]).name for words in lines}
    assert "not" not in {word for words in lines for word in words}, lines  # "=> not found"
    assert set(direct) <= loaded
    return loaded


def names(party, libraries):
    """Those of a third party: libarrow_s3.so.2600 is one of arrow and of arrow_s3."""
    return [name for name in libraries if re.match(rf"lib{party}[._-]", name)]


@pytest.mark.parametrize("library", NEEDS)
def test_program_needs_what_its_library_does(library):
    forbidden, expected = NEEDS[library]
    libraries = needed_libraries(built(BUILD / f"link_{library}"))
    assert names(expected, libraries), libraries
    assert not [name for party in forbidden for name in names(party, libraries)]


@pytest.mark.parametrize("program", ["pomona", *(f"link_{library}" for library in NEEDS)])
def test_program_has_the_allocator_of_the_standard_library(program):
    """The `new` of base/failing_memory is for tests alone."""
    defined = output_of("nm", "--defined-only", "--format=just-symbols", built(BUILD / program))
    assert not re.findall(r"^_Zn[wa]m|^_Zd[la]Pv", defined, re.MULTILINE)


def foreign_symbols(room):
    archive = built(BUILD / "src" / "pomona" / room / f"libpomona_{room}.a")
    return FOREIGN_SYMBOL.findall(output_of("nm", "--undefined-only", archive))


def test_no_object_of_the_core_refers_to_other_libraries():
    assert {room: found for room in rooms_of("core") if (found := foreign_symbols(room))} == {}
    assert foreign_symbols("table")
    assert foreign_symbols("storage_s3")


@pytest.mark.parametrize("library", NEEDS)
def test_layers_know_the_same_libraries(library):
    layers = (ROOT / "tools" / "layers.txt").read_text(encoding="utf-8")
    lines = re.findall(rf"^library {library} (.*)$", layers, re.MULTILINE)
    folders = [folder for line in lines for folder in line.split()]
    assert folders == [f"src/pomona/{room}" for room in rooms_of(library)]


@pytest.fixture
def configure(tmp_path):
    """Configures with these options alone, where nothing but what the core needs is to be found."""
    packages = tmp_path / "venv" / "lib" / "python3.11" / "site-packages"
    packages.mkdir(parents=True)
    for package in ("openvino", "scipy_openblas32"):
        (packages / package).symlink_to(Path(sysconfig.get_paths()["purelib"]) / package)
    hidden = ("CLI11", "tomlplusplus", "GTest", "benchmark", "CURL", "pugixml", "Arrow", "Parquet")

    def run(*wanted):
        command = ["cmake", "-G", "Ninja", "-S", ROOT, "-B", tmp_path / "build"]
        command += [f"-DPOMONA_VENV={tmp_path / 'venv'}"]
        command += [f"-DCMAKE_DISABLE_FIND_PACKAGE_{package}=ON" for package in hidden]
        command += [f"-DPOMONA_{name}={'ON' if name in wanted else 'OFF'}" for name in OPTIONS]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    return run


def test_core_configures_where_nothing_else_is_installed(configure, tmp_path):
    done = configure()
    assert done.returncode == 0, done.stderr
    targets = output_of("ninja", "-C", tmp_path / "build", "-t", "targets", "all")
    assert "\npomona_evaluation: phony" in targets
    for target in (
        "pomona_table",
        "pomona_storage_s3",
        "pomona_jobs",
        "pomona",
        "pomona_base_test",
    ):
        assert f"\n{target}: phony" not in targets


@pytest.mark.parametrize(
    ("wanted", "missing"),
    [
        (("TABLES",), "no pyarrow 26 in"),
        (("S3",), "CURL"),
        (("TESTS",), "GTest"),
        (("BENCHMARKS",), "benchmark"),
    ],
)
def test_configure_names_what_an_option_lacks(configure, wanted, missing):
    done = configure(*wanted)
    assert done.returncode != 0
    assert missing in done.stderr
