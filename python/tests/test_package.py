# SPDX-License-Identifier: Apache-2.0
"""`import pomona`: what it offers, and how little it loads."""

import re
import shutil
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest
from pictures import run_python
from places import PACKAGE, ROOT

import pomona

LIGHT = """
import sys
import pomona
assert dir(pomona)
loaded = {"numpy", "pomona._core", "pomona.verbs", "json"} & set(sys.modules)
print(loaded or "light")
"""


def test_import_loads_neither_numpy_nor_the_core():
    assert run_python(LIGHT) == "light\n"


@pytest.mark.parametrize("name", pomona.__all__)
def test_every_name_is_there(name):
    value = getattr(pomona, name)
    assert name in dir(pomona)
    if name != "__version__":
        assert value.__name__ == name
        assert value.__doc__


def test_the_version_is_that_of_the_library():
    text = (ROOT / "CMakeLists.txt").read_text(encoding="utf-8")
    assert f"VERSION {pomona.__version__} " in text
    assert re.fullmatch(r"\d+\.\d+\.\d+", pomona.__version__)


def test_other_names_are_attribute_errors():
    with pytest.raises(AttributeError, match="no attribute 'banana'"):
        pomona.banana  # noqa: B018


@pytest.fixture
def alone(tmp_path):
    """A copy of this package with the module of the wheel, in a folder that has no OpenVINO."""
    try:
        wheel = metadata.distribution("pomona")
    except metadata.PackageNotFoundError:
        pytest.skip("the wheel is not installed: the module of a clone finds OpenVINO anywhere")
    module = next(Path(wheel.locate_file("pomona")).glob("_core*.so"))
    unneeded = shutil.ignore_patterns("_core*", "__pycache__", "bin", "lib", "licenses", "models")
    shutil.copytree(PACKAGE, tmp_path / "pomona", ignore=unneeded)
    shutil.copy(module, tmp_path / "pomona")
    add_metadata(tmp_path, "pomona", wheel.read_text("METADATA"))
    return tmp_path


def add_metadata(folder, name, text):
    information = folder / f"{name}-1.dist-info"
    information.mkdir()
    (information / "METADATA").write_text(text, encoding="utf-8")


USES = """
import sys
sys.path.insert(0, sys.argv[1])
import pomona
for use in (lambda: pomona.__version__, lambda: pomona.Featurizer):
    try:
        use()
    except pomona.PomonaError as error:
        assert isinstance(error, ImportError)
        print(error)
"""


@pytest.mark.parametrize("found", ["none", "2026.3.0"])
def test_another_openvino_or_none_is_named(alone, found):
    if found != "none":
        add_metadata(alone, "openvino", f"Name: openvino\nVersion: {found}\n")
    requirement = next(one for one in metadata.requires("pomona") if one.startswith("openvino"))
    words = [sys.executable, "-S", "-E", "-c", USES, alone]  # without the packages beside it
    done = subprocess.run(words, capture_output=True, text=True)
    first, second = done.stdout.splitlines() or [done.stderr, ""]
    assert first.startswith(f"Pomona needs {requirement}, found {found}; ")
    assert f"pip install {requirement} " in first
    assert second == first
