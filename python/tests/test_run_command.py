# SPDX-License-Identifier: Apache-2.0
"""The process of a verb: errors, interrupts, progress, and that nothing is left behind."""

import logging
import os
import sys
import threading
import time
from multiprocessing import get_context
from pathlib import Path

import pytest
from places import FRUITS
from processes import children

from pomona._command import find_command, run_command
from pomona._progress import ProgressEvent, progress_shower
from pomona.errors import (
    DamagedError,
    DeniedError,
    InternalError,
    InvalidInputError,
    NotFoundError,
    PomonaError,
    PomonaWarning,
    UnavailableError,
)
from pomona.verbs import backbones, run, scan, verify


def test_what_does_not_exist_is_a_file_that_was_not_found(tmp_path):
    with pytest.raises(FileNotFoundError, match="no such file or folder") as caught:
        scan(tmp_path / "none")
    assert type(caught.value) is NotFoundError
    assert str(tmp_path / "none") in str(caught.value)


def test_a_senseless_option_is_a_value_error_that_names_it(tmp_path, tiny):
    with pytest.raises(ValueError, match=r"max_failures: expected 0 to 1, found 2") as caught:
        run(FRUITS, tmp_path / "out", max_failures=2, **tiny)
    assert type(caught.value) is InvalidInputError
    with pytest.raises(InvalidInputError, match="size: expected 32 to 1024, found 7"):
        run(FRUITS, tmp_path / "out", size=7)
    with pytest.raises(InvalidInputError, match="precision"):
        run(FRUITS, tmp_path / "out", precision="f64")


def test_damage_is_an_error_of_its_own(tmp_path, output):
    from pomona.verbs import _evaluate

    (tmp_path / "bundle.json").write_text("{")
    with pytest.raises(DamagedError):
        _evaluate(tmp_path, FRUITS)


@pytest.mark.skipif(os.geteuid() == 0 and not Path("/proc/1").exists(), reason="needs /proc")
def test_a_place_where_nobody_may_write_is_an_os_error(tmp_path, tiny):
    with pytest.raises(OSError) as caught:
        run(FRUITS, "/proc/none/out", **tiny)
    assert isinstance(caught.value, PomonaError)


@pytest.mark.parametrize("images", [[], "", b"bytes", 3, None, ["fine", 3]])
def test_what_is_no_place_is_refused_before_anything_starts(images, monkeypatch):
    monkeypatch.setenv("POMONA_COMMAND", "/does/not/matter")
    with pytest.raises(InvalidInputError, match="images: expected"):
        scan(images)


def test_names_that_look_like_options_and_lists_are_names(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("-x", "[a]", "--out", "a,b"):
        (tmp_path / name / "Kiwi").mkdir(parents=True)
        photograph = next((FRUITS / "Kiwi").iterdir())
        (tmp_path / name / "Kiwi" / "1.jpg").write_bytes(photograph.read_bytes())
        assert scan(name).ok == 1
    assert scan("-x", test="--out").ok == 2
    assert scan({"here": "-x", "there": "[a]"}, test={"c": "--out", "d": "a,b"}).ok == 4


def test_a_binary_that_is_missing_is_named(monkeypatch, tmp_path):
    monkeypatch.setenv("POMONA_COMMAND", str(tmp_path / "none"))
    with pytest.raises(NotFoundError, match="POMONA_COMMAND names no file"):
        find_command()
    monkeypatch.delenv("POMONA_COMMAND")
    monkeypatch.setattr("pomona._command.__file__", str(tmp_path / "_command.py"))
    with pytest.raises(NotFoundError, match="the package is incomplete"):
        find_command()
    (tmp_path / "text").write_text("no program")
    monkeypatch.setenv("POMONA_COMMAND", str(tmp_path / "text"))
    with pytest.raises(DeniedError, match="starting"):
        run_command(["scan"])


def test_a_killed_command_says_what_may_have_killed_it(fake):
    fake("kill -9 $$")
    with pytest.raises(UnavailableError, match="SIGKILL.*memory.*workers"):
        run_command(["scan"])


def test_a_crash_is_a_bug_with_its_last_words(fake):
    fake("echo 'terminate called' >&2; kill -ABRT $$")
    with pytest.raises(InternalError, match=r"signal 6 \(Aborted\); its last words: terminate"):
        run_command(["scan"])
    fake("echo 'error while loading shared libraries' >&2; exit 127")
    with pytest.raises(InternalError, match="exit code 127.*shared libraries"):
        run_command(["scan"])


def test_a_kind_of_another_version_is_no_riddle(fake):
    fake("""echo '{"event":"error","kind":"new","message":"what?"}' >&2; exit 9""")
    with pytest.raises(InternalError, match=r"^what\?$"):
        run_command(["scan"])


def test_much_on_both_pipes_does_not_hang(fake):
    fake("head -c 3000000 /dev/zero | tr '\\0' a; head -c 3000000 /dev/zero | tr '\\0' b >&2")
    assert len(run_command(["scan"])) == 3_000_000


@pytest.fixture
def with_hidden(tmp_path):
    """Photographs of which one is hidden, about which the command warns."""
    for name in ("1.jpg", "2.jpg", ".3.jpg"):
        photograph = next((FRUITS / "Kiwi").iterdir())
        target = tmp_path / "hidden" / "Kiwi" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(photograph.read_bytes())
    return tmp_path / "hidden"


def test_warnings_point_at_the_caller_and_notes_are_logged(with_hidden, tiny, caplog, output):
    with pytest.warns(PomonaWarning, match="include_hidden: 1 ") as caught:
        scan(with_hidden)
    assert {Path(one.filename) for one in caught} == {Path(__file__)}
    assert not any("--" in str(one.message) for one in caught)
    with caplog.at_level(logging.INFO, logger="pomona"):
        run(FRUITS, output.path, group=r"^(r\d*_)?", **tiny)
    assert any("is complete" in record.getMessage() for record in caplog.records)


def test_a_warning_that_is_an_error_ends_the_command(with_hidden):
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("error", PomonaWarning)
        with pytest.raises(PomonaWarning):
            scan(with_hidden)
    assert children() == []


def test_a_function_gets_every_stage(tmp_path, tiny):
    events = []
    run(FRUITS, tmp_path / "out", progress=events.append, **tiny)
    assert all(isinstance(event, ProgressEvent) for event in events)
    ended = [event.stage for event in events if event.finished]
    assert ended[:3] == ["prepare", "scan", "compare"] and ended[-1] == "report"
    (extract,) = [event for event in events if event.finished and event.stage == "extract"]
    assert (extract.done, extract.total) == (1048, 1048)
    with pytest.raises(InvalidInputError, match="progress: expected True, False or a function"):
        scan(FRUITS, progress="yes")


def test_a_function_that_raises_ends_the_command(tmp_path, tiny):
    def fail(event):
        if event.stage == "extract":
            raise ZeroDivisionError("mine")

    with pytest.raises(ZeroDivisionError, match="mine"):
        run(FRUITS, tmp_path / "out", progress=fail, **tiny)
    assert children() == []
    assert not (tmp_path / "out" / "_SUCCESS").exists()
    assert run(FRUITS, tmp_path / "out", **tiny).is_complete  # the same call resumes


def test_the_command_is_in_a_group_of_its_own(fake, tmp_path):
    fake(f"ps -o pgid= $$ >{tmp_path}/group; echo $$ >{tmp_path}/pid")
    run_command(["scan"])
    assert (tmp_path / "group").read_text().split() == (tmp_path / "pid").read_text().split()


def test_other_threads_run_meanwhile(tmp_path, tiny):
    """And several verbs at once, in threads of which none is the main one."""
    turns = 0
    done = threading.Event()

    def count():
        nonlocal turns
        while not done.is_set():
            turns += 1
            time.sleep(0.001)

    counting = threading.Thread(target=count)
    counting.start()
    found = []
    scans = [threading.Thread(target=lambda: found.append(scan(FRUITS).ok)) for _ in range(3)]
    for thread in scans:
        thread.start()
    run(FRUITS, tmp_path / "out", **tiny)
    for thread in scans:
        thread.join()
    done.set()
    counting.join()
    assert found == [1048] * 3
    assert turns > 100


def scan_in_child(queue):
    queue.put(scan(FRUITS).ok)


def test_a_forked_process_may_call_it(output):
    assert verify(output.path).ok
    context = get_context("fork")
    queue = context.Queue()
    child = context.Process(target=scan_in_child, args=(queue,))
    child.start()
    assert queue.get(timeout=60) == 1048
    child.join()


def test_the_environment_passes_through(models, monkeypatch):
    assert "tiny" not in [one.name for one in backbones()]
    monkeypatch.setenv("POMONA_MODELS", str(models))
    assert [one.name for one in backbones()] == ["tiny"]


def test_a_bar_is_shown_on_a_terminal_or_where_it_is_asked_for(tmp_path, tiny, capsys):
    pytest.importorskip("tqdm")
    show = progress_shower(True)
    for done in (0, 10, 20):
        show(ProgressEvent("extract", done, 30, False))
        time.sleep(0.35)
    show(ProgressEvent("extract", 30, 30, True))
    show(None)
    assert "extract:  67%" in capsys.readouterr().err
    run(FRUITS, tmp_path / "b", **tiny)
    run(FRUITS, tmp_path / "c", progress=False, **tiny)
    assert capsys.readouterr().err == ""


def test_without_tqdm_it_is_quiet(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "tqdm", None)
    monkeypatch.setitem(sys.modules, "tqdm.auto", None)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    assert scan(FRUITS).ok == 1048
    assert capsys.readouterr().err == ""
    with pytest.warns(PomonaWarning, match="pip install tqdm") as caught:
        scan(FRUITS, progress=True)
    assert caught[0].filename == __file__
