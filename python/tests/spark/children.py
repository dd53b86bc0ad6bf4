# SPDX-License-Identifier: Apache-2.0
"""Interpreters of their own that use Spark."""

import json
import os
import subprocess
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


class Child:
    """Runs a program of this folder, which gets one object of JSON; is killed, with its JVM, when left."""

    def __init__(self, program, given, python=sys.executable):
        self.process = subprocess.Popen(
            [sys.executable, program, json.dumps(given)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=child_environment(Path(__file__).parents[1], python=python),
            start_new_session=True,
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kill()

    def kill(self):
        if self.process.poll() is None:
            os.killpg(self.process.pid, 9)
        self.process.communicate()

    def has_ended(self):
        return self.process.poll() is not None

    def end(self, seconds=240):
        """What it prints last, an object of JSON; its error where it fails."""
        output, errors = self.process.communicate(timeout=seconds)
        if self.process.returncode != 0:
            return {"error": errors}
        return json.loads(output.splitlines()[-1])
