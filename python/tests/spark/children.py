# SPDX-License-Identifier: Apache-2.0
"""Interpreters of their own that use Spark."""

import os
import sys
from pathlib import Path

import pyspark


def child_environment(*folders, python=sys.executable):
    """Variables with which a child finds the PySpark and the package of these tests, and folders."""
    paths = [str(Path(pyspark.__file__).parents[1]), os.environ["PYTHONPATH"], *map(str, folders)]
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(paths),
        "PYSPARK_PYTHON": str(python),
    }
