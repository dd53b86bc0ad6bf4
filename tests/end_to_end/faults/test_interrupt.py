# SPDX-License-Identifier: Apache-2.0
"""Ctrl-C at any stage leaves nothing half done, and the same command goes on from there."""

import signal
import subprocess

import pytest
from command import DONE, INTERRUPTED, TINY, USAGE
from photographs import make_folder
from tables import digests, json_of, results_below

# The words with which `--log-timing` ends the stages of a run, in their order.
STAGES = ["scan", "extract", "reduce", "train", "evaluate", "baselines", "tsne", "bundle"]


@pytest.fixture(scope="session")
def many(tmp_path_factory):
    return make_folder(tmp_path_factory.mktemp("many") / "images", "abcdef", count=150)


def hear_interrupts():
    """A check that runs in the background passes on that SIGINT is to be ignored."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def start(tiny, images, out, *words):
    """A run that says on its stderr which stage has ended."""
    words = ["run", images, "--out", out, *TINY, "--group", r"^(\d)", "--log-timing", *words]
    return tiny.start(
        *words,
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        preexec_fn=hear_interrupts,
    )


def wait_for(process, stage):
    """Reads on until the stage has ended, or the run has."""
    for line in process.stderr:
        if line.startswith(stage.encode() + b":"):
            return


def end_of(process):
    message = process.stderr.read().decode()
    return process.wait(timeout=60), message


@pytest.mark.parametrize("stage", ["", *STAGES])
def test_interrupted_after_a_stage_leaves_nothing_half_done(tiny, many, tmp_path, stage):
    process = start(tiny, many, tmp_path / "out")
    if stage:
        wait_for(process, stage)
    process.send_signal(signal.SIGINT)
    code, message = end_of(process)
    if code == DONE:
        assert stage in ("tsne", "bundle"), "a signal in the middle of a run was not heard"
        tiny("verify", tmp_path / "out")
        return
    # Sent at once, the signal may come before main() and end the process as by default.
    assert code == INTERRUPTED or (not stage and code == -signal.SIGINT), message
    if stage:
        assert "stopped as asked" in message
        assert "bug of ours" not in message
    if stage in ("", "scan"):
        assert list(tmp_path.iterdir()) == []
        return
    assert "the same command goes on" in message
    assert results_below(tmp_path / "out") == set()
    tiny("run", many, "--out", tmp_path / "out", *TINY, "--group", r"^(\d)")
    assert json_of(tmp_path / "out" / "run.json")["work"]["decoded"] == 0
    assert not (tmp_path / "out" / "_pomona").exists()


@pytest.mark.parametrize("verb", ["reduce", "train", "evaluate", "verify"])
def test_other_verbs_stop_too(tiny, noise_results, many, tmp_path, verb):
    tiny("extract", many, "--out", tmp_path / "in", *TINY)
    words = {
        "reduce": ["reduce", tmp_path / "in", "--out", tmp_path / "out"],
        "train": ["train", tmp_path / "in", "--out", tmp_path / "out"],
        "evaluate": ["evaluate", noise_results, many],
        "verify": ["verify", tmp_path / "in"],
    }[verb]
    process = tiny.start(*words, "--log-timing", preexec_fn=hear_interrupts)
    first = {"reduce": "", "train": "reduce", "evaluate": "scan", "verify": "verify run.json"}[verb]
    if first:
        wait_for(process, first)
    process.send_signal(signal.SIGINT)
    code, message = end_of(process)
    # Sent at once, the signal may come before main() and end the process as by default.
    assert code == INTERRUPTED or (not first and code == -signal.SIGINT), message
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_a_folder_that_was_there_stays_and_stays_empty(tiny, many, tmp_path, name):
    (tmp_path / "out").mkdir()
    process = start(tiny, many, tmp_path / "out")
    wait_for(process, "scan")
    process.send_signal(signal.Signals[name])
    code, _ = end_of(process)
    assert code == {"SIGINT": INTERRUPTED, "SIGTERM": 143}[name]
    assert list((tmp_path / "out").iterdir()) == []


def test_results_of_an_earlier_run_outlive_an_interrupted_one(tiny, many, noise, tmp_path):
    tiny("run", noise, "--out", tmp_path / "out", *TINY)
    before = digests(tmp_path / "out", leave_out=set())
    for stage in ("scan", "extract", "baselines"):
        process = start(tiny, many, tmp_path / "out", "--force")
        wait_for(process, stage)
        process.send_signal(signal.SIGINT)
        assert end_of(process)[0] == INTERRUPTED
        assert results_below(tmp_path / "out") == set(before)
        assert digests(tmp_path / "out", leave_out=set()).items() >= before.items()
    tiny("clean", tmp_path / "out")
    assert digests(tmp_path / "out", leave_out=set()) == before


def test_a_second_signal_ends_at_once(tiny, many, tmp_path):
    process = start(tiny, many, tmp_path / "out")
    wait_for(process, "scan")
    process.send_signal(signal.SIGINT)
    for line in process.stderr:
        if b"once more" in line:
            break
    process.send_signal(signal.SIGINT)
    code, _ = end_of(process)
    assert code == INTERRUPTED
    assert not (tmp_path / "out" / "_SUCCESS").exists()


@pytest.mark.parametrize("stage", ["scan", "extract", "train", "tsne"])
def test_a_killed_run_is_seen_and_made_again_with_force(tiny, many, noise_results, tmp_path, stage):
    out = tmp_path / "out"
    process = start(tiny, many, out)
    wait_for(process, stage)
    process.kill()
    process.wait()
    process.stderr.close()
    assert results_below(out) == set()
    words = ["run", many, "--out", out, *TINY]
    if stage != "scan":  # nothing was begun before
        tells = [str(out), "unfinished work", 'group: "^(\\\\d)" there, "" now', "--force"]
        tiny.refuses(*words, code=USAGE, tells=tells)
    tiny("reduce", noise_results, "--out", out, "--force")
    tiny("verify", out)
    assert not (out / "_pomona").exists()
