# SPDX-License-Identifier: Apache-2.0
"""Runs the command `pomona` in a process of its own.

Verbs that write folders need Parquet and S3, whose libraries would meet those of the user's pyarrow
in one process (docs/decisions.md). Any thread may call `run_command`, several at once too; a process
that was forked may as well, since nothing is kept between calls.
"""

import json
import logging
import os
import re
import selectors
import signal
import subprocess
import threading
import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import IO, Any, Final

from pomona._progress import ProgressArgument, ProgressEvent, Show, progress_shower
from pomona.errors import raise_error, warn

Options = dict[str, object]

_SOURCE: Final = re.compile(r"[A-Za-z0-9._-]+")
_LOG: Final = logging.getLogger("pomona")
_DONE: Final = 0
_DONE_WITH_FINDINGS: Final = 1
# After that an interrupted command is killed. While it only prepares there is nothing to save, and
# the compilation of a network cannot be interrupted.
_SECONDS_TO_STOP: Final = 10.0
_SECONDS_TO_STOP_PREPARING: Final = 0.15
_PREPARING: Final = ("", "prepare")
_KEPT_LINES: Final = 20  # of what is no event, for the message about a crash


def find_command() -> Path:
    """The binary: that of the wheel, or the one that `POMONA_COMMAND` names.

    Raises:
        NotFoundError: Neither is there.
    """
    named = os.environ.get("POMONA_COMMAND")
    path = Path(named) if named else Path(__file__).resolve().parent / "bin" / "pomona"
    if not path.is_file():
        remedy = (
            "POMONA_COMMAND names no file"
            if named
            else "the package is incomplete; install the wheel again"
        )
        raise_error("not_found", f"looking for the command '{path}': {remedy}")
    return path.resolve()


def words_of(options: Options, repeated: Sequence[str] = ()) -> list[str]:
    """The words of the command line for options by their Python names.

    `None` is left out. `from_` is `--from`, a list is joined by commas, places by a name of
    `repeated` give the option again and again, and what is in `FLAGS_TO_TURN_OFF` is turned round.
    """
    words: list[str] = []
    for name, value in options.items():
        flag = flag_of(name)
        if value is None:
            continue
        if name in repeated:
            words += [f"{flag}={place}" for place in places_of(value, name)]
        elif isinstance(value, bool):
            turned_on = value is not (name in FLAGS_TO_TURN_OFF)
            words.append(f"{flag}={'true' if turned_on else 'false'}")
        elif isinstance(value, (list, tuple)):
            words.append(f"{flag}={','.join(map(text_of, value))}")
        else:
            words.append(f"{flag}={text_of(value)}")
    return words


# `--no-scale` is `scale=False`: what messages and run.json call the field.
FLAGS_TO_TURN_OFF: Final = frozenset(
    {"conditional_writes", "listing", "previews", "scale", "sign_request"}
)


def flag_of(name: str) -> str:
    """`"max_failures"` is `"--max-failures"`, `"scale"` is `"--no-scale"`."""
    flag = name.removesuffix("_").replace("_", "-")
    return f"--no-{flag}" if name in FLAGS_TO_TURN_OFF else f"--{flag}"


def text_of(value: object) -> str:
    """A value as the command line takes it.

    Raises:
        InvalidInputError: It is neither text nor a path nor a number, or holds a NUL character.
    """
    if isinstance(value, os.PathLike):
        value = os.fspath(value)
    if isinstance(value, bytes):
        value = os.fsdecode(value)
    if isinstance(value, str):
        if "\0" in value:
            raise_error("invalid_input", f"{value!r}: no name or option may hold a NUL character")
        return value
    if isinstance(value, bool) or not hasattr(value, "__float__"):
        found = f"{type(value).__name__} {value!r}"
        raise_error("invalid_input", f"expected text, a path or a number, found {found}")
    # NumPy's numbers too
    return str(int(value)) if hasattr(value, "__index__") else repr(float(value))


def place_of(value: object, name: str) -> str:
    """A folder or URI as an argument of the command.

    Raises:
        InvalidInputError: It is neither text nor a path, or it is empty.
    """
    if not isinstance(value, (str, os.PathLike)):
        raise_error("invalid_input", f"{name}: expected a path, found {type(value).__name__}")
    place = text_of(value)
    if not place:
        raise_error("invalid_input", f"{name}: expected a path, found an empty text")
    # The command would take these for a list and an option.
    return f"./{place}" if place.startswith(("[", "-")) else place


def places_of(value: object, name: str) -> list[str]:
    """One folder or several, each as an argument of the command.

    A mapping names where photographs come from: `{"studio": "Training"}` is `studio=Training`.

    Raises:
        InvalidInputError: The list is empty, or an element is neither text nor a path.
    """
    if isinstance(value, (str, os.PathLike)):
        return [without_source(place_of(value, name))]
    if isinstance(value, Mapping):
        named = [f"{source_of(one)}={place_of(place, name)}" for one, place in value.items()]
        if not named:
            raise_error("invalid_input", f"{name}: expected at least one folder, found none")
        return [place_of(one, name) for one in named]
    try:
        values = list(value)  # type: ignore[call-overload]
    except TypeError:
        raise_error(
            "invalid_input", f"{name}: expected a path or paths, found {type(value).__name__}"
        )
    if not values:
        raise_error("invalid_input", f"{name}: expected at least one folder, found an empty list")
    return [without_source(place_of(one, name)) for one in values]


def source_of(value: object) -> str:
    """The name of a place that photographs come from.

    Raises:
        InvalidInputError: The core would take it for a part of the path.
    """
    if not isinstance(value, str) or value in (".", "..") or not _SOURCE.fullmatch(value):
        raise_error(
            "invalid_input",
            "naming where photographs come from: expected a name of letters, digits, '.', '_' and "
            f"'-', found {value!r}; give it another name",
        )
    return value


def without_source(place: str) -> str:
    """A folder such as `lr=0.1`, which the core would take for SOURCE=FOLDER, as `./lr=0.1`."""
    return f"./{place}" if "=" in place and "/" not in place.partition("=")[0] else place


def run_command(words: Sequence[str], progress: ProgressArgument = None) -> str:
    """Runs a verb to its end and gives what it prints to standard output.

    The words are a verb, its options and its arguments. The interpreter is not blocked:
    other threads run, and signals are handled.

    Raises:
        PomonaError: The command failed; the class is that of `pomona.errors.EXCEPTIONS`.
        KeyboardInterrupt: Ctrl-C was pressed. The command has ended, and the same call resumes
            what it had begun. A second Ctrl-C kills it.
    """
    return _Command([str(find_command()), *words], progress_shower(progress)).result()


class _Command:
    """One process, from its start to its end. It is never left behind."""

    def __init__(self, words: Sequence[str], show: Show):
        self._words = words
        self._show = show
        self._process: subprocess.Popen[bytes] | None = None
        self._stage = ""
        self._total = 0
        self._output = bytearray()
        self._line = b""
        self._error: tuple[str, str] | None = None
        self._other_lines: deque[str] = deque(maxlen=_KEPT_LINES)
        self._is_stopping = False

    def result(self) -> str:
        """Runs it."""
        try:
            self._start()
            self._read_all()
            code = self._wait()
        except BaseException:  # Ctrl-C, or what the user's function raises
            self._stop()
            raise
        finally:
            self._end()
        if self._error is not None:
            raise_error(*self._error)
        if code not in (_DONE, _DONE_WITH_FINDINGS):
            self._raise_for(code)
        return self._output.decode("utf-8", "replace")

    def _start(self) -> None:
        environment = os.environ | {"POMONA_PROGRESS": "json", "POMONA_PARENT": str(os.getpid())}
        with _interrupts_held():
            try:
                self._process = subprocess.Popen(
                    self._words,
                    env=environment,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    # A terminal sends Ctrl-C to its whole group. The command gets it once, from us.
                    process_group=0,
                )
            except OSError as error:
                kind = "denied" if isinstance(error, PermissionError) else "unavailable"
                raise_error(kind, f"starting '{self._words[0]}': {error.strerror}")

    def _wait(self) -> int:
        assert self._process is not None
        return self._process.wait()

    def _end(self) -> None:
        """Leaves no process and no pipe behind, whatever happened."""
        if self._process is not None:
            if self._process.poll() is None:
                self._process.kill()
                self._process.wait()
            for pipe in self._pipes():
                pipe.close()
        self._show(None)

    def _pipes(self) -> list[IO[bytes]]:
        if self._process is None:
            return []
        return [pipe for pipe in (self._process.stdout, self._process.stderr) if pipe is not None]

    def _stop(self) -> None:
        """Sends SIGINT and waits for the end. A second Ctrl-C raises here, and `_end` then kills it.

        The output is read meanwhile: a command that writes to a full pipe would not stop.
        """
        self._is_stopping = True
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            is_preparing = self._stage in _PREPARING
            patience = _SECONDS_TO_STOP_PREPARING if is_preparing else _SECONDS_TO_STOP
            self._read_all(time.monotonic() + patience)

    def _read_all(self, deadline: float | None = None) -> None:
        output = self._process.stdout if self._process else None
        with selectors.DefaultSelector() as selector:
            for pipe in self._pipes():
                selector.register(pipe, selectors.EVENT_READ)
            while selector.get_map():
                left = None if deadline is None else deadline - time.monotonic()
                if left is not None and left <= 0:
                    return
                for key, _ in selector.select(left):
                    piece = os.read(key.fd, 1 << 16)
                    if not piece:
                        selector.unregister(key.fileobj)
                    elif key.fileobj is output:
                        self._output += piece
                    else:
                        self._take(piece)

    def _take(self, piece: bytes) -> None:
        *lines, self._line = (self._line + piece).split(b"\n")
        for line in lines:
            self._take_line(line.decode("utf-8", "replace"))

    def _take_line(self, line: str) -> None:
        try:
            event = json.loads(line)
            name = event["event"]
        except (ValueError, TypeError, KeyError):
            if line.strip():
                self._other_lines.append(line)  # of a library or the loader
            return
        if name == "error":
            self._error = (str(event["kind"]), str(event["message"]))
        elif not self._is_stopping:
            self._take_event(name, event)

    def _take_event(self, name: str, event: dict[str, Any]) -> None:
        if name == "begin":
            self._stage, self._total = event["stage"], event["total"]
            self._show(ProgressEvent(self._stage, 0, self._total, False))
        elif name in ("advance", "end"):
            is_end = name == "end"
            self._show(ProgressEvent(self._stage, event["done"], self._total, is_end))
            if is_end:
                _LOG.debug("%s: %.2f s", event["stage"], event["seconds"])
        elif name == "note":
            _LOG.info("%s", event["message"])
        elif name == "warning":
            warn(event["message"])

    def _raise_for(self, code: int) -> None:
        what = f"running `pomona {self._words[1]}`: "
        if code == -signal.SIGKILL:
            raise_error(
                "unavailable",
                f"{what}it was killed (SIGKILL), as the system does when memory runs out; the same "
                "call resumes what it had begun; fewer `workers` need less memory",
            )
        if code < 0:
            what += f"it ended by signal {-code} ({signal.strsignal(-code)})"
        else:
            what += f"it ended with exit code {code} and no message"
        last = "; its last words: " + " / ".join(self._other_lines) if self._other_lines else ""
        raise_error("internal", what + last)


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Holds Ctrl-C back while a process starts: raised within, it would leave the process alone."""
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread is interrupted
        return
    held: list[tuple[int, FrameType | None]] = []
    before = signal.getsignal(signal.SIGINT)
    if not callable(before):
        yield
        return
    signal.signal(signal.SIGINT, lambda number, frame: held.append((number, frame)))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if held:
        before(*held[0])
