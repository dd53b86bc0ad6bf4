#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs examples/fruits.ipynb from top to bottom and writes what it shows into it.

    tools/wheel --for-tests && build/wheel/cp311/python/bin/python tools/run_notebook.py

--check writes nothing, and fails where the notebook shows something else than it does now. Needs
nbclient, ipykernel and what the notebook imports (requirements/python.in), and for cells with the tag
"spark" PySpark: PYTHONPATH=$PWD/build/spark/spark, see tools/spark. Without PySpark, --check leaves
out what these cells show, and nothing is written.
"""

import argparse
import re
import sys
from collections import Counter
from importlib.util import find_spec
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOK = ROOT / "examples" / "fruits.ipynb"
SECONDS = 300  # of one cell
MOST_PICTURE = 100_000  # bytes
MOST_BYTES = 600_000
PICTURES = ("image/png", "image/jpeg")
NUMBER = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?(?:e[+-]?\d+)?")
# Processors round differently, and a few photographs lie between two answers.
RELATIVE, ABSOLUTE, WORDS = 0.15, 0.06, 0.9


def executed(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """The notebook with what its cells show now, without progress bars and times."""
    folder = {"metadata": {"path": str(NOTEBOOK.parent)}}
    NotebookClient(notebook, timeout=SECONDS, kernel_name="python3", resources=folder).execute()
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        if cell.cell_type == "code":
            cell.outputs = [one for one in cell.outputs if one.get("name") != "stderr"]
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    return notebook


def texts(notebook: nbformat.NotebookNode) -> list[str]:
    """What each cell shows, but for pictures and tags."""
    found = []
    for cell in notebook.cells:
        parts = []
        for output in cell.get("outputs", []):
            parts.append(output.get("text", ""))
            for kind, data in sorted(output.get("data", {}).items()):
                if kind not in PICTURES:
                    parts.append(re.sub(r"<[^>]*>", " ", data))
        found.append(" ".join(parts))
    return found


def is_like(found: str, expected: str) -> bool:
    """Nearly the same words; where all are the same, numbers that are nearly the same."""
    words, wanted = NUMBER.sub("#", found).split(), NUMBER.sub("#", expected).split()
    if words != wanted:
        alike = (Counter(words) & Counter(wanted)).total()
        return alike >= WORDS * max(len(words), len(wanted))
    pairs = zip(numbers(found), numbers(expected), strict=True)
    return all(abs(one - two) <= RELATIVE * max(one, two) + ABSOLUTE for one, two in pairs)


def numbers(text: str) -> list[float]:
    return [float(one.replace(",", "")) for one in NUMBER.findall(text)]


def problems(notebook: nbformat.NotebookNode) -> list[str]:
    """Why the notebook should not be committed as it is."""
    found = []
    text = nbformat.writes(notebook)
    if len(text) > MOST_BYTES:
        found.append(f"it has {len(text):,} bytes; at most {MOST_BYTES:,} are wanted")
    for folder in {str(ROOT), str(Path.home()), "file:///", "/tmp/"}:
        if folder in text:
            found.append(f"it names a folder of this machine: {folder}")
    for number, cell in enumerate(notebook.cells):
        for output in cell.get("outputs", []):
            for kind in PICTURES:
                size = len(output.get("data", {}).get(kind, "")) * 3 // 4
                if size > MOST_PICTURE:
                    found.append(f"cell {number}: a picture of {size:,} bytes")
    return found


def differences(now: nbformat.NotebookNode, before: nbformat.NotebookNode) -> list[str]:
    """Where both show something else; without PySpark, but for cells that need it."""
    left_out = set() if has_spark() else spark_cells(before)
    return [
        f"cell {number}: expected\n{expected}\nfound\n{found}"
        for number, (found, expected) in enumerate(zip(texts(now), texts(before), strict=True))
        if number not in left_out and not is_like(found, expected)
    ]


def has_spark() -> bool:
    return find_spec("pyspark") is not None


def spark_cells(notebook: nbformat.NotebookNode) -> set[int]:
    """Numbers of the cells with the tag "spark"."""
    return {n for n, cell in enumerate(notebook.cells) if "spark" in cell.metadata.get("tags", [])}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="write nothing, compare")
    is_check = parser.parse_args().check
    if not is_check and not has_spark():
        parser.error(
            "PySpark is not installed, which the notebook shows; put it into PYTHONPATH (tools/spark)"
        )
    before = nbformat.read(NOTEBOOK, as_version=4)
    try:
        now = executed(nbformat.read(NOTEBOOK, as_version=4))
    except CellExecutionError as error:
        print(f"run_notebook: {error}", file=sys.stderr)
        return 1
    found = problems(now) + (differences(now, before) if is_check else [])
    for problem in found:
        print(f"run_notebook: {problem}", file=sys.stderr)
    if not found and not is_check:
        nbformat.write(now, NOTEBOOK)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
