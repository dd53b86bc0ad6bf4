# SPDX-License-Identifier: Apache-2.0
"""examples/fruits.ipynb runs from top to bottom and shows what it shows in the repository."""

import os
import subprocess
import sys

import nbformat
import pytest
from conftest import ROOT, installed_models

sys.path.insert(0, str(ROOT / "tools"))

import run_notebook


def test_notebook_shows_what_is_committed():
    done = subprocess.run(
        [sys.executable, ROOT / "tools" / "run_notebook.py", "--check"],
        env=os.environ | {"POMONA_MODELS": str(installed_models())},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_notebook_is_fit_to_be_read_on_the_web():
    notebook = nbformat.read(run_notebook.NOTEBOOK, as_version=4)
    assert run_notebook.problems(notebook) == []
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    shown = [output for cell in code for output in cell.outputs]
    assert not [output for output in shown if output.output_type == "error"]
    assert len(shown) > len(code) / 2


@pytest.mark.parametrize(
    ("found", "expected", "is_like"),
    [
        ("accuracy 0.63", "accuracy 0.66", True),
        ("accuracy 0.63", "accuracy 0.9", False),
        ("1,048 rows", "1,050 rows", True),
        ("524 rows", "1,048 rows", False),
        ("a pear 0.9", "a plum 0.9", False),
        ("1 2", "1", False),
    ],
)
def test_what_is_like_what_is_expected(found, expected, is_like):
    assert run_notebook.is_like(found, expected) is is_like
