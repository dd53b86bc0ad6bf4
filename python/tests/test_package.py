# SPDX-License-Identifier: Apache-2.0
"""`import pomona`: what it offers, and how little it loads."""

import re

import pytest
from conftest import ROOT
from pictures import run_python

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
