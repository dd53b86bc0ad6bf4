# SPDX-License-Identifier: Apache-2.0
"""The package with the binary that `POMONA_COMMAND` names, and a backbone of a few weights.

POMONA_COMMAND   the binary; build/release/pomona when not set
"""

import os
import subprocess
from importlib import resources
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FRUITS = ROOT / "sample" / "fruits"
COMMAND = Path(os.environ.get("POMONA_COMMAND", ROOT / "build/release/pomona")).resolve()
os.environ["POMONA_COMMAND"] = str(COMMAND)  # absolute, since tests change the folder
os.environ["PYTHONPATH"] = str(ROOT / "python")  # of the interpreters that tests start


def installed_models():
    """Those of the package; those of the clone where the package is the one in python/."""
    of_package = resources.files("pomona") / "models"
    return of_package if of_package.is_dir() else ROOT / "build" / "models"


@pytest.fixture(scope="session")
def models(tmp_path_factory):
    """A folder of models with the backbone `tiny`."""
    assert COMMAND.is_file(), f"{COMMAND} is not built: run ./check, or set POMONA_COMMAND"
    folder = tmp_path_factory.mktemp("models")
    network = ROOT / "tests" / "golden" / "tiny_network" / "tiny.onnx"
    words = ["models", "import", network, "--name", "tiny", "--size", "32", "--models", folder]
    words += ["--output", "features", "--logits", "logits"]
    subprocess.run([COMMAND, *words], check=True, capture_output=True)
    return folder


@pytest.fixture(scope="session")
def tiny(models):
    """Options that make a run quick."""
    return {"backbone": "tiny", "precision": "f32", "models": models}


@pytest.fixture(autouse=True)
def no_variables(monkeypatch):
    for name in ("CONFIG", "MODELS", "PROGRESS", "REGIONS", "WORKERS"):
        monkeypatch.delenv(f"POMONA_{name}", raising=False)


@pytest.fixture(scope="session")
def output(tiny, tmp_path_factory):
    """What `run` makes of the sample."""
    from pomona.verbs import run

    return run(FRUITS, tmp_path_factory.mktemp("out") / "out", group=r"^(r\d*_)?", **tiny)
