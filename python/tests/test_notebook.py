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

SPARK = ROOT / "build" / "spark" / "spark"  # where tools/spark has been run


def test_notebook_shows_what_is_committed():
    variables = {"POMONA_MODELS": str(installed_models())}
    if SPARK.is_dir():
        variables["PYTHONPATH"] = os.pathsep.join([os.environ["PYTHONPATH"], str(SPARK)])
    done = subprocess.run(
        [sys.executable, ROOT / "tools" / "run_notebook.py", "--check"],
        env=os.environ | variables,
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


def test_cells_for_spark_print_one_line_without_it(monkeypatch, capsys):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    notebook = nbformat.read(run_notebook.NOTEBOOK, as_version=4)
    numbers = sorted(run_notebook.spark_cells(notebook))
    cells = [notebook.cells[n].source for n in numbers if notebook.cells[n].cell_type == "code"]
    names = {}
    for cell in cells:
        exec(compile(cell, "fruits.ipynb", "exec"), names)  # noqa: S102
    line = "Left out: PySpark or Java is not installed."
    assert capsys.readouterr().out.splitlines() == [line] * len(cells)
    assert len(cells) == 5


def test_what_needs_spark_is_compared_where_there_is_spark(monkeypatch):
    before = nbformat.read(run_notebook.NOTEBOOK, as_version=4)
    now = nbformat.read(run_notebook.NOTEBOOK, as_version=4)
    last = now.cells[max(run_notebook.spark_cells(now))]
    last.outputs = [nbformat.v4.new_output("stream", text="Left out.")]
    monkeypatch.setattr(run_notebook, "has_spark", lambda: False)
    assert run_notebook.differences(now, before) == []
    monkeypatch.setattr(run_notebook, "has_spark", lambda: True)
    assert len(run_notebook.differences(now, before)) == 1


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
