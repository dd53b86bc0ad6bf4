# SPDX-License-Identifier: Apache-2.0
"""The command of places.py, a backbone of a few weights, and one finished run."""

import signal
import subprocess
from importlib import resources

import pytest
from places import COMMAND, FRUITS, PACKAGE, ROOT


@pytest.fixture(autouse=True, scope="session")
def ctrl_c_is_heard():
    """A check that runs in the background passes on that SIGINT is to be ignored."""
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True, scope="session")
def same_command_and_package():
    """For the package and for the interpreters that tests start, wherever they start them."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("POMONA_COMMAND", str(COMMAND))
        environment.setenv("PYTHONPATH", str(PACKAGE.parent))
        yield


def installed_models():
    """Those of the package; those of the clone where the package is the one in python/."""
    of_package = resources.files("pomona") / "models"
    return of_package if of_package.is_dir() else ROOT / "build" / "models"


@pytest.fixture(scope="session")
def networks():
    """The folder of the models that users have."""
    return installed_models()


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


@pytest.fixture
def fake(tmp_path, monkeypatch):
    """A program in the place of the command."""

    def fake(script):
        program = tmp_path / "pomona"
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
        monkeypatch.setenv("POMONA_COMMAND", str(program))

    return fake
