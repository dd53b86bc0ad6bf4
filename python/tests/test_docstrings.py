# SPDX-License-Identifier: Apache-2.0
"""Every example in a docstring does what it shows, and every function that users call has one.

Examples run in a folder with `sample/fruits` and `results`, what a run makes of it. They may use the
names of `names()` without an import.
"""

import doctest
import importlib
import pkgutil
import shutil

import pytest
from conftest import ROOT, installed_models

import pomona

MODULES = [
    "pomona",
    "pomona._progress",  # ProgressEvent
    *(
        f"pomona.{one.name}"
        for one in pkgutil.iter_modules(pomona.__path__)
        if not one.name.startswith("_")
    ),
]
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


def examples():
    finder = doctest.DocTestFinder(exclude_empty=True)
    found = {}
    for name in MODULES:
        for one in finder.find(importlib.import_module(name), name):
            if one.examples:
                found[one.name] = one
    return found


EXAMPLES = examples()


@pytest.fixture(scope="module")
def names(tmp_path_factory):
    """What examples use, made once; the folder they run in is the current one from here on."""
    folder = tmp_path_factory.mktemp("examples")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("POMONA_MODELS", str(installed_models()))  # no_variables() ends it
        (folder / "sample").symlink_to(ROOT / "sample")
        options = {"group": r"^(r\d*_)?", "size": 64, "precision": "f32", "previews": False}
        pomona.run("sample/fruits", "results", **options)
        yield {
            "pomona": pomona,
            "bundle": pomona.Bundle("results"),
            "featurizer": pomona.Featurizer(size=64, precision="f32"),
            "predictor": pomona.Predictor("results"),
        }
        shutil.rmtree(folder)


@pytest.mark.parametrize("name", EXAMPLES)
def test_example_does_what_it_shows(name, names, capsys, monkeypatch):
    monkeypatch.setenv("POMONA_MODELS", str(installed_models()))
    test = EXAMPLES[name]
    test.globs = dict(names)
    with capsys.disabled():  # doctest takes what examples print
        report = []
        failed, tried = doctest.DocTestRunner(optionflags=FLAGS).run(test, out=report.append)
    assert tried == len(test.examples)
    assert not failed, "".join(report)


def functions_without_example():
    made_by_pomona = ("pomona.errors", "pomona.tables")
    for name in pomona.__all__:
        value = getattr(pomona, name)
        is_called = callable(value) and value.__module__ not in made_by_pomona
        if is_called and ">>> " not in (value.__doc__ or ""):
            yield name


def test_every_function_has_an_example():
    assert list(functions_without_example()) == []
