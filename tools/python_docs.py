#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the documentation of the Python package from its docstrings: build/docs/python/index.html.

    tools/wheel --for-tests && build/wheel/cp311/python/bin/python tools/python_docs.py

Documents the package that this interpreter imports. Needs pdoc (requirements/python.in).
"""

import argparse
import shutil
import sys
import warnings
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

import pdoc
import pdoc.render

ROOT = Path(__file__).resolve().parent.parent
# In the order of the list of pages. What they define for users is in `pomona`, or found from there.
MODULES = (
    "pomona",
    "pomona.images",
    "pomona.tables",
    "pomona.measured",
    "pomona.prediction",
    "pomona.output",
    "pomona.results",
    "pomona.sklearn",
    "pomona.errors",
)
SPARK = "pomona.spark"  # documented where PySpark is installed


def version() -> str:
    try:
        return metadata.version("pomona")
    except metadata.PackageNotFoundError:  # the package is the one in python/
        return ""


def expect_no_warnings() -> None:
    """Of pdoc, but for attributes that stages inherit: PySpark types them by names of its stubs alone."""
    warnings.filterwarnings("error", module=r"pdoc\.")
    warnings.filterwarnings("ignore", r".* type annotation .*for pyspark\.", module=r"pdoc\.")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "docs" / "python")
    out = parser.parse_args().out
    pdoc.render.configure(
        docformat="google",
        show_source=False,
        footer_text=f"Pomona {version()}".strip(),
        template_directory=ROOT / "tools" / "pdoc",
    )
    expect_no_warnings()
    shutil.rmtree(out, ignore_errors=True)
    if find_spec("pyspark") is None:
        print(f"{SPARK}: left out, PySpark is not installed; see tools/spark")
        pdoc.pdoc(*MODULES, output_directory=out)
    else:
        pdoc.pdoc(*MODULES, SPARK, output_directory=out)
    print(out / "index.html")
    return 0


if __name__ == "__main__":
    sys.exit(main())
