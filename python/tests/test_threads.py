# SPDX-License-Identifier: Apache-2.0
"""Ctrl-C in the middle of calls of the core, and threads that outlive the interpreter."""

import subprocess
import sys

import pytest
from places import FRUITS

PHOTOGRAPHS = sorted(map(str, FRUITS.rglob("*.jpg")))[:60]


def python(code, *words, seconds=120):
    """What an interpreter of its own prints; one that hangs fails with a trace of its threads."""
    begin = f"import faulthandler; faulthandler.dump_traceback_later({seconds}, exit=True)\n"
    words = [sys.executable, "-c", begin + code, *map(str, words)]
    return subprocess.run(words, capture_output=True, text=True)


AGAIN = """
import os, signal, sys, threading, time
import numpy as np
import pomona
rows = np.random.default_rng(0).normal(size=(4000, 640)).astype(np.float32)
few = rows[:60].copy()
pomona.reduce(few, components=5)
sys.setswitchinterval(1000)
for number in range(10):
    threading.Timer(0.05, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
    try:
        while True:
            pomona.reduce(rows.copy(), components=20)
    except KeyboardInterrupt:
        pass
    # What was left behind ends meanwhile, and waits for the GIL to drop the rows.
    end = time.monotonic() + 0.5
    while time.monotonic() < end:
        pass
    pomona.reduce(few, components=5)
print("done")
"""


def test_a_call_after_an_interrupted_one_does_not_hang():
    done = python(AGAIN)
    assert (done.returncode, done.stdout, done.stderr) == (0, "done\n", "")


DAEMONS = """
import sys, threading, time
import numpy as np
import pomona
what, fruits, models, output, *photographs = sys.argv[1:]
tiny = dict(backbone="tiny", precision="f32", models=models)
if what == "featurizer":
    featurizer = pomona.Featurizer(**tiny, workers=2)
    call = lambda: featurizer(photographs)
elif what == "extract":
    call = lambda: pomona.extract(fruits, progress=lambda event: None, **tiny)
elif what == "reduce":
    rows = np.random.default_rng(0).normal(size=(4000, 640)).astype(np.float32)
    call = lambda: pomona.reduce(rows, components=50)
else:
    predictor = pomona.Predictor(output, workers=2)
    given = photographs[0] if what == "one" else photographs
    call = lambda: predictor(given) if what == "one" else predictor.predict(given)
call()
def loop():
    while True:
        call()
for _ in range(3):
    threading.Thread(target=loop, daemon=True).start()
time.sleep(0.3)
"""


@pytest.mark.parametrize("what", ["featurizer", "extract", "reduce", "predict", "one"])
def test_daemon_threads_end_with_the_interpreter(models, output, what):
    for _ in range(3):
        done = python(DAEMONS, what, FRUITS, models, output.path, *PHOTOGRAPHS)
        assert (done.returncode, done.stderr) == (0, "")


IMPORT = """
import sys
import pomona
from array import array
from pomona import _core
what, fruits, models, photograph = sys.argv[1:]
tiny = dict(backbone="tiny", precision="f32", models=models)
class CtrlC:
    def find_spec(self, name, path=None, target=None):
        if name == "numpy":
            sys.meta_path.remove(self)
            raise KeyboardInterrupt
if what == "featurizer":
    featurizer = pomona.Featurizer(**tiny)
    call = lambda: featurizer([photograph])
elif what == "extract":
    call = lambda: pomona.extract(fruits, **tiny)
else:
    table = _core.Table({"count": array("d", [1, 2])})
    call = lambda: table.column("count")
assert "numpy" not in sys.modules
sys.meta_path.insert(0, CtrlC())
try:
    call()
except BaseException as error:
    print(type(error).__name__)
print(len(call()) > 0)
"""


@pytest.mark.parametrize("what", ["featurizer", "extract", "column"])
def test_ctrl_c_while_numpy_is_imported_is_raised(models, what):
    done = python(IMPORT, what, FRUITS, models, PHOTOGRAPHS[0])
    assert (done.stdout, done.stderr) == ("KeyboardInterrupt\nTrue\n", "")
