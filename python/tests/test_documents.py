# SPDX-License-Identifier: Apache-2.0
"""The Python in docs/ and in the README runs as it stands there, and tables of exceptions are complete."""

import re
import shutil
import subprocess
import sys

import pytest
from conftest import FRUITS, ROOT, installed_models

import pomona
from pomona import errors

LABELS = ("Banana", "Cauliflower", "Kiwi", "Tomato Yellow")
DOCUMENTS = ("README.md", "docs/python.md", "docs/from-pyspark-keras.md")


def text_of(document):
    return (ROOT / document).read_text(encoding="utf-8")


def blocks(document):
    """Each block of Python, but for those that need Spark."""
    found = re.findall(r"^```python\n(.*?)^```$", text_of(document), re.MULTILINE | re.DOTALL)
    return [one for one in found if "spark" not in one.lower() and "keras" not in one.lower()]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The current folder, with the photographs that documents name."""
    for label in LABELS:
        shutil.copytree(FRUITS / label, tmp_path / "my-photos" / label)
    shutil.copy(next((FRUITS / LABELS[0]).glob("r_*.jpg")), tmp_path / "new-photo.jpg")
    monkeypatch.setenv("POMONA_MODELS", str(installed_models()))
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_examples_run_in_their_order(document, folder):
    examples = blocks(document)
    assert examples
    names = {}
    for example in examples:
        exec(compile(example, document, "exec"), names)  # noqa: S102


def test_table_of_exceptions_has_all_of_them():
    listed = re.findall(
        r"^\| `(\w+Error)` \| (?:`(\w+)`)?", text_of("docs/python.md"), re.MULTILINE
    )
    expected = {
        (name, value.__bases__[1].__name__ if len(value.__bases__) > 1 else "")
        for name, value in vars(errors).items()
        if name.endswith("Error") and name != "PomonaError"
    }
    assert set(listed) == expected


def test_documentation_has_all_that_users_call(tmp_path):
    program = ROOT / "tools" / "python_docs.py"
    subprocess.run([sys.executable, program, "--out", tmp_path], check=True, capture_output=True)
    page = (tmp_path / "pomona.html").read_text(encoding="utf-8")
    described = set(re.findall(r'<section id="(\w+)">', page))
    assert described == set(pomona.__all__)
    assert 'id="Featurizer.__call__"' in page
    for module in ("errors", "images", "measured", "prediction", "sklearn", "tables"):
        assert (tmp_path / "pomona" / f"{module}.html").is_file()
