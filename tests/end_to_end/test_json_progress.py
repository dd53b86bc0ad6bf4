# SPDX-License-Identifier: Apache-2.0
"""Progress and errors for programs, and a command that ends with the program that started it."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from command import (
    BINARY,
    DAMAGED,
    INTERRUPTED,
    NOT_FOUND,
    ROOT,
    TINY,
    UNAVAILABLE,
    USAGE,
    Pomona,
    wait_until,
)
from tables import words

KINDS = {"invalid_input": USAGE, "not_found": NOT_FOUND, "corrupt": DAMAGED}
KINDS |= {"interrupted": INTERRUPTED, "denied": UNAVAILABLE, "unavailable": UNAVAILABLE}


def events_of(text):
    """Every line must be one."""
    return [json.loads(line) for line in text.splitlines()]


@pytest.fixture
def error_of(tiny):
    """What ends the command: the one event of its kind, the last."""

    def error_of(*given, **environment):
        command = Pomona(**{**tiny.environment, "POMONA_PROGRESS": "json", **environment})
        done = command(*given, code=None)
        *before, error = events_of(done.message)
        assert {event["event"] for event in before} <= set(words("begin advance end note warning"))
        assert set(error) == {"event", "kind", "message"} and error["event"] == "error"
        assert done.code == KINDS[error["kind"]]
        return error["kind"], error["message"]

    return error_of


def test_every_stage_begins_and_ends(tiny, noise, tmp_path):
    done = tiny("run", noise, "--out", tmp_path / "out", *TINY, "--progress", "json")
    events = events_of(done.message)
    begun = [event["stage"] for event in events if event["event"] == "begin"]
    ended = [event["stage"] for event in events if event["event"] == "end"]
    stages = "prepare scan compare extract reduce train evaluate baselines tsne bundle report"
    assert begun == ended == words(stages)
    (extract,) = [e for e in events if e["event"] == "end" and e["stage"] == "extract"]
    assert extract["done"] == 18 and extract["seconds"] > 0
    (total,) = [e["total"] for e in events if e["event"] == "begin" and e["stage"] == "extract"]
    assert total == 18
    assert done.text.splitlines()[-1] == f"Report: {tmp_path}/out/report.html"


def test_there_are_at_most_ten_lines_of_progress_a_second(tiny, noise, tmp_path):
    done = tiny("run", noise, "--out", tmp_path / "out", *TINY, "--progress", "json")
    events = events_of(done.message)
    seconds = sum(event["seconds"] for event in events if event["event"] == "end")
    assert sum(event["event"] == "advance" for event in events) <= 10 * seconds


def test_notes_and_warnings_are_events(tiny, noise, noise_results, tmp_path):
    again = tiny("run", noise, "--out", noise_results, *TINY, "--progress", "json")
    notes = [e["message"] for e in events_of(again.message) if e["event"] == "note"]
    assert any("is complete" in note for note in notes), again.message
    photograph = next(noise.glob("*/*"))
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / f".hidden{photograph.suffix}").write_bytes(photograph.read_bytes())
    done = tiny("scan", tmp_path, noise, "--progress", "json")
    warnings = [e["message"] for e in events_of(done.message) if e["event"] == "warning"]
    assert warnings[0].startswith("include_hidden: 1 ") and "--" not in warnings[0]


def test_errors_have_the_name_of_their_kind(error_of, noise, tmp_path):
    out = ["--out", tmp_path / "out"]
    kind, message = error_of("run", tmp_path / "none", *out)
    assert kind == "not_found" and "none" in message
    kind, message = error_of("run", noise, *out, "--max-failures", "2")
    assert (kind, message) == ("invalid_input", "max_failures: expected 0 to 1, found 2")
    (tmp_path / "damaged").mkdir()
    (tmp_path / "damaged" / "bundle.json").write_text("{")
    kind, message = error_of("evaluate", tmp_path / "damaged", noise)
    assert kind == "corrupt", message


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ("run x --out y --size abc", "pomona run: size: expected 32 to 1024, found abc"),
        ("run x --out y --components abc", "reading components: expected a number"),
        ("extract x --out y --shard 9/8", "reading shard: expected I/N"),
        ("run x", "pomona run: out is required"),
        ("rnu", "pomona: unknown verb 'rnu'"),
        ("run x --out y --sise 3", "pomona run: unknown argument '--sise'"),
        ("run x --out y --progress", "progress"),
        ("", "pomona: a verb is missing"),
    ],
)
def test_a_senseless_command_line_is_an_error_that_names_fields(error_of, given, named):
    kind, message = error_of(*given.split())
    assert kind == "invalid_input"
    assert named in message and "\n" not in message


def test_the_form_is_known_before_the_words_are(pomona):
    done = pomona("run", "--size", "abc", "--progress=json", code=USAGE)
    assert events_of(done.message)[0]["kind"] == "invalid_input"
    done = pomona("run", "--size", "abc", "--progress", "json", "--progress", "auto", code=USAGE)
    assert done.message.startswith("pomona run: ")
    person = Pomona(POMONA_PROGRESS="json")("rnu", "--progress", "auto", code=USAGE)
    assert person.message.startswith("pomona: unknown verb")
    pomona.refuses("scan", "x", "--progress", "jsn", code=USAGE, tells=["--progress", "jsn"])


def test_flags_in_names_of_files_stay(error_of, tmp_path):
    for name in ("a--b-c", "--no-fruit"):
        kind, message = error_of("scan", tmp_path / name)
        assert kind == "not_found" and f"{tmp_path}/{name}" in message


def test_no_event_repeats_a_password(error_of):
    secret = "http://me:hunter2@host"
    kind, message = error_of("scan", "s3://a/b", "--s3-endpoint", secret)
    assert kind == "invalid_input" and "s3_endpoint" in message and "hunter2" not in message
    _, message = error_of("scan", "x", f"--sise={secret}")
    assert "hunter2" not in message


def test_an_interrupted_command_writes_events_alone(tiny, noise, tmp_path):
    words = ["run", noise, "--out", tmp_path / "out", *TINY, "--progress", "json"]
    command = tiny.start(*words, "--folds", "3", process_group=0)
    first = command.stderr.readline()
    command.send_signal(signal.SIGINT)
    _, rest = command.communicate(timeout=30)
    events = events_of((first + rest).decode())
    assert (command.returncode, events[-1]["kind"]) == (INTERRUPTED, "interrupted")


PARENT = """
import os, subprocess, sys
child = subprocess.Popen(
    sys.argv[1:], env=os.environ | {"POMONA_PARENT": str(os.getpid())}, stderr=subprocess.DEVNULL
)
print(child.pid, flush=True)
child.wait()
"""


def is_running(pid):
    try:
        return re.search(r"\) (\w)", Path(f"/proc/{pid}/stat").read_text())[1] not in "ZX"
    except FileNotFoundError:
        return False


def test_the_command_ends_with_its_parent(tiny, tmp_path):
    words = ["run", ROOT / "sample" / "fruits", "--out", tmp_path / "out", *TINY]
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, BINARY, *words],
        env=tiny.environment,
        stdout=subprocess.PIPE,
    )
    pid = int(parent.stdout.readline())
    wait_until(lambda: (tmp_path / "out").exists() or not is_running(pid), parent)
    assert is_running(pid)
    parent.kill()
    parent.communicate()
    deadline = time.monotonic() + 10
    while is_running(pid) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not is_running(pid)
    assert not (tmp_path / "out" / "_SUCCESS").exists()


def test_a_parent_that_has_ended_is_noticed(error_of, noise):
    gone = subprocess.Popen(["true"])
    gone.wait()
    kind, message = error_of("scan", noise, POMONA_PARENT=str(gone.pid))
    assert kind == "interrupted" and "POMONA_PARENT" in message


def test_a_parent_that_lives_changes_nothing(tiny, noise):
    command = Pomona(**tiny.environment, POMONA_PARENT=str(os.getpid()))
    assert "18 photographs" in command("scan", noise).text
