# SPDX-License-Identifier: Apache-2.0
"""The bytes of single objects in buckets, by a process that reads many at once.

The module of the package links no network client (docs/decisions.md). `pomona read` does: a process
that is kept, asked for object after object, and answers in the order in which it was asked. It finds
credentials where the other verbs find them, in this process's environment or its machine's role.
"""

from __future__ import annotations

import fcntl
import json
import os
import signal
import struct
import subprocess
import tempfile
import weakref
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO, TYPE_CHECKING, Any, Final, Generic, NoReturn, TypeVar, Unpack

from pomona._command import _interrupts_held, find_command, words_of
from pomona.errors import EXCEPTIONS, raise_error
from pomona.images import Unreadable, bytes_of

if TYPE_CHECKING:
    from pomona.images import Item
    from pomona.options import StoreOptions

Key = TypeVar("Key")

_LENGTH: Final = struct.Struct("<I")
_HEAD: Final = struct.Struct("<BQ")
_PIPE_BYTES: Final = 1 << 20
_MOST_BYTES: Final = 1 << 40  # what the process takes for a limit
# So many places are named before the answer to the first is taken. The process reads 64 at once.
_AHEAD: Final = 128
# What came between them, such as arrays, waits for its turn here; not much more than this.
_WAITING_BYTES: Final = 16 << 20
_SECONDS_TO_END: Final = 0.1


class ObjectPlace(str):
    """The place of an object, or of a file, whose bytes are still to be read."""


class ObjectReader:
    """Reads objects of buckets and files of this machine, many at once.

    Its process is started at the first read and kept for the next until it is closed, or the
    interpreter ends. Any thread may read, several at once too: each has a process of its own then.
    A forked process starts its own as well.

    Args:
        max_bytes: Of one object; a larger one is `Unreadable`.
        stores: As the other verbs take them: `s3_endpoint`, `regions`, `requester_pays`,
            `sign_request`.
    """

    def __init__(
        self,
        *,
        max_bytes: int | None = None,
        **stores: Unpack[StoreOptions],
    ) -> None:
        self._words = words_of({"max_bytes": max_bytes, **stores})
        self._idle: deque[_Process] = deque()  # at most one; no lock, which a fork might find taken

    def read(self, places: Iterable[str | os.PathLike[str]]) -> Iterator[bytes | Unreadable]:
        """The bytes of each place, in order, read ahead while the caller works on those before.

        What cannot be read is an `Unreadable`, whose kind is as in failures.csv: `"gone"`,
        `"denied"`, `"timed_out"`, `"too_large"`, `"replaced"` or `"unreadable"`.

        Raises:
            UnavailableError: The process was killed or cannot be started. The next call starts
                another.
            InvalidInputError: It refuses its options.
        """
        pairs = (("", ObjectPlace(os.fspath(place))) for place in places)
        for _, item in self.fetch(pairs):
            assert isinstance(item, bytes)
            yield item

    def fetch(self, pairs: Iterable[tuple[Key, Item]]) -> Iterator[tuple[Key, Item]]:
        """The same pairs with the bytes of each `ObjectPlace` in its place; other items pass."""
        fetching: _Fetching[Key] = _Fetching(self)
        try:
            for key, item in pairs:
                fetching.add(key, item)
                while fetching.is_full():
                    yield fetching.next()
            while fetching:
                yield fetching.next()
        finally:
            fetching.end()

    def close(self) -> None:
        """Ends the process that is kept. The next read starts another."""
        while (process := self._pop()) is not None:
            process.end()

    def __enter__(self) -> ObjectReader:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _pop(self) -> _Process | None:
        try:
            return self._idle.popleft()
        except IndexError:
            return None

    def _take(self) -> _Process:
        """The process that is kept, if it runs and sees what a new one would; else a new one."""
        while (process := self._pop()) is not None:
            if process.is_usable():
                return process
            process.end()
        return _Process(self._words)

    def _keep(self, process: _Process) -> None:
        if self._idle:
            process.end()
        else:
            self._idle.append(process)


class _Fetching(Generic[Key]):
    """One walk through some places."""

    def __init__(self, reader: ObjectReader) -> None:
        self._reader = reader
        self._process: _Process | None = None
        self._waiting: deque[tuple[Key, Item]] = deque()
        self._held = 0
        self._asked = 0

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def add(self, key: Key, item: Item) -> None:
        if isinstance(item, ObjectPlace):
            if self._process is None:
                self._process = self._reader._take()
            self._asked += 1  # first: Ctrl-C may come at any line
            self._process.ask(item)
        else:
            self._held += bytes_of(item)
        self._waiting.append((key, item))

    def is_full(self) -> bool:
        """Is it time to take the next? At once where nothing before it is awaited."""
        if not self._waiting:
            return False
        is_awaited = isinstance(self._waiting[0][1], ObjectPlace)
        return not is_awaited or len(self._waiting) >= _AHEAD or self._held >= _WAITING_BYTES

    def next(self) -> tuple[Key, Item]:
        key, item = self._waiting[0]
        if isinstance(item, ObjectPlace):
            assert self._process is not None
            item = self._process.answer()
            self._asked -= 1
        else:
            self._held -= bytes_of(item)
        self._waiting.popleft()
        return key, item

    def end(self) -> None:
        """Keeps the process, unless it would still answer what nobody waits for."""
        process, self._process = self._process, None
        if process is None:
            return
        if self._asked == 0:
            self._reader._keep(process)
        else:
            process.end()


class _Process:
    """One `pomona read`. Used by one thread at a time."""

    def __init__(self, words: list[str]) -> None:
        self._environment = dict(os.environ)
        self._owner = os.getpid()
        # A file, since nobody reads a pipe while all is well.
        self._errors: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115
        command = str(find_command())
        environment = self._environment | {
            "POMONA_PROGRESS": "json",
            "POMONA_PARENT": str(os.getpid()),
        }
        with _interrupts_held():
            try:
                self._popen = subprocess.Popen(
                    [command, "read", *words],
                    env=environment,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=self._errors,
                    bufsize=0,
                    process_group=0,  # a terminal sends Ctrl-C to its whole group
                )
            except OSError as error:
                self._errors.close()
                kind = "denied" if isinstance(error, PermissionError) else "unavailable"
                raise_error(kind, f"starting '{command}': {error.strerror}")
            _PROCESSES.add(self)
            self._finalizer = weakref.finalize(self, _end, self._popen, self._owner, self._errors)
        with suppress(OSError):  # the system may allow no more; then it is slower
            fcntl.fcntl(self._output(), fcntl.F_SETPIPE_SZ, _PIPE_BYTES)

    def is_usable(self) -> bool:
        """Does it run, and has the environment not changed? One of a forked process does not."""
        return self._popen.poll() is None and self._environment == dict(os.environ)

    def ask(self, place: str) -> None:
        """Sends a place. It is taken at once, however many were sent before."""
        self._check_owner()
        if place and "://" not in place:
            place = str(Path(place).absolute())  # the process has the folder of its start
        name = os.fsencode(place)
        request = memoryview(_LENGTH.pack(len(name)) + name)
        assert self._popen.stdin is not None
        try:
            while request:
                request = request[self._popen.stdin.write(request) :]
        except BrokenPipeError:
            self._fail()

    def answer(self) -> bytes | Unreadable:
        """What came of the place that was sent first and is not answered yet."""
        self._check_owner()
        is_failure, size = _HEAD.unpack(self._read(_HEAD.size))
        content = self._read(size)
        if not is_failure:
            return content
        failure = json.loads(content)
        return Unreadable("read", str(failure["kind"]), str(failure["message"]))

    def _check_owner(self) -> None:
        if self._owner != os.getpid():
            raise_error(
                "forked",
                "reading objects: this iterator was begun in the process that this one was forked "
                "from; begin another",
            )

    def _output(self) -> IO[bytes]:
        assert self._popen.stdout is not None
        return self._popen.stdout

    def _read(self, size: int) -> bytes:
        pieces = []
        while size > 0:
            piece = self._output().read(min(size, _PIPE_BYTES))
            if not piece:
                self._fail()
            pieces.append(piece)
            size -= len(piece)
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def _fail(self) -> NoReturn:
        """Raises what the process says, or how it ended."""
        try:  # it ends by itself, but for what holds its pipe closed
            code = self._popen.wait(_SECONDS_TO_END)
        except subprocess.TimeoutExpired:
            self._popen.kill()
            code = self._popen.wait()
        self._errors.seek(0)
        kind, message = _last_error(self._errors.read().decode("utf-8", "replace"))
        self.end()
        if kind not in ("", "interrupted"):
            raise_error(kind, message)
        how = f"signal {-code} ({signal.strsignal(-code)})" if code < 0 else f"exit code {code}"
        raise_error(
            "unavailable",
            f"reading objects: the process `pomona read` ended by {how} before it had answered; "
            "read again, which starts another; a smaller `max_bytes` needs less memory",
        )

    def end(self) -> None:
        """Leaves no process and no pipe behind."""
        self._finalizer()

    def forget(self) -> None:
        """In a forked process: closes the pipes, so that the parent's process ends with the parent."""
        self._finalizer.detach()
        _close(self._popen, self._errors)
        self._popen.returncode = 0  # not ours to wait for


def _last_error(lines: str) -> tuple[str, str]:
    """Kind and message of the error that a process reported last; "" where there is none."""
    for line in reversed(lines.splitlines()):
        with suppress(ValueError, TypeError, KeyError):  # of a library or the loader
            event = json.loads(line)
            if event["event"] == "error":
                return str(event["kind"]), str(event["message"])
    return "", ""


_PROCESSES: Final[weakref.WeakSet[_Process]] = weakref.WeakSet()


def _forget_processes() -> None:
    for process in list(_PROCESSES):
        process.forget()
    _PROCESSES.clear()


os.register_at_fork(after_in_child=_forget_processes)


def _end(popen: subprocess.Popen[bytes], owner: int, errors: IO[bytes]) -> None:
    if os.getpid() == owner and popen.poll() is None:
        popen.kill()
        popen.wait()
    _close(popen, errors)


def _close(popen: subprocess.Popen[bytes], errors: IO[bytes]) -> None:
    for pipe in (popen.stdin, popen.stdout, errors):
        if pipe is not None:
            pipe.close()


def read_object(place: str, stores: Mapping[str, Any]) -> bytes | None:
    """The bytes of one object, however large; None: there is none.

    Raises:
        UnavailableError: It cannot be read, or its bucket cannot be reached.
        DeniedError: The store does not allow it.
        TimedOutError: The store does not answer in time.
    """
    with ObjectReader(max_bytes=_MOST_BYTES, **stores) as reader:
        (found,) = reader.read([place])
    if not isinstance(found, Unreadable):
        return found
    _, kind, message = found.why
    if kind != "gone":
        raise_error(kind if kind in EXCEPTIONS else "unavailable", message)
    return None


_READERS: Final[dict[tuple[str, ...], ObjectReader]] = {}


def shared_reader(stores: dict[str, Any]) -> ObjectReader:
    """One for each set of options, with a process that is kept until the interpreter ends."""
    reader = ObjectReader(**stores)
    return _READERS.setdefault(tuple(reader._words), reader)
