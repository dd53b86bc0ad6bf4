# SPDX-License-Identifier: Apache-2.0
"""Runs the `pomona` binary the way a user does, and keeps what came of it."""

import os
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BINARY = Path(os.environ.get("POMONA_BINARY", ROOT / "build" / "release" / "pomona"))

# The table of cli/exit_code.h.
DONE, NOT_ALL_GOOD, USAGE, NOT_FOUND, UNAVAILABLE, DAMAGED, INTERRUPTED = 0, 1, 2, 3, 4, 5, 130

TINY_ONNX = ROOT / "tests" / "golden" / "tiny_network" / "tiny.onnx"
# The backbone of a few thousand weights. Its precision is said: measured on so small a network,
# either may come out as the faster one, and results of two runs could not be compared.
TINY = ["--backbone", "tiny", "--precision", "f32"]


def import_of_tiny(models) -> list:
    """The words that install it there."""
    words = ["models", "import", TINY_ONNX, "--name", "tiny", "--size", "32", "--models", models]
    words += ["--output", "features", "--logits", "logits"]
    return [*words, "--license", "Apache-2.0", "--license-file", ROOT / "LICENSE"]


@dataclass
class Outcome:
    code: int
    out: bytes
    err: bytes

    @property
    def text(self) -> str:
        return self.out.decode("utf-8")

    @property
    def message(self) -> str:
        return self.err.decode("utf-8", "replace")


def wait_until(holds, process: subprocess.Popen, seconds: float = 30) -> None:
    """… something holds while the process is at work."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert process.poll() is None, f"it ended by itself: {process.returncode}"
        assert time.monotonic() < deadline
        time.sleep(0.005)


class Pomona:
    """The command, with the environment it is to run in."""

    def __init__(self, **environment: str):
        self.environment = os.environ | environment

    def start(self, *words, **popen) -> subprocess.Popen:
        return subprocess.Popen(
            [BINARY, *words],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=popen.pop("stdout", subprocess.PIPE),
            stderr=popen.pop("stderr", subprocess.PIPE),
            **popen,
        )

    def __call__(self, *words, code: int | None = DONE, **popen) -> Outcome:
        """`code`: the exit code that is expected; None where the caller looks at it."""
        process = self.start(*words, **popen)
        out, err = process.communicate(timeout=120)
        outcome = Outcome(process.returncode, out or b"", err or b"")
        if code is not None:
            assert outcome.code == code, f"{words}\n{outcome.out!r}\n{outcome.message}"
        return outcome

    def refuses(self, *words, code: int, tells: list[str], **popen) -> Outcome:
        """The command ends with this code and one message on stderr that holds all of `tells`."""
        outcome = self(*words, code=code, **popen)
        missing = [word for word in tells if word not in outcome.message]
        assert not missing, f"{missing} not in: {outcome.message}"
        assert "bug of ours" not in outcome.message
        return outcome
