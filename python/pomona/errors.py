# SPDX-License-Identifier: Apache-2.0
"""What Pomona raises: one table from its kinds of errors to exceptions.

Each class is a `PomonaError`, and most are also the exception of Python that says the same, so that
`except FileNotFoundError` works without knowing Pomona. An interrupted call raises
`KeyboardInterrupt`.
"""

import os
import sys
import warnings
from pathlib import Path
from types import FrameType
from typing import Final, NoReturn


class PomonaError(Exception):
    """Base of every exception of Pomona. Its text says what was attempted, on what, and what to do."""


class InvalidInputError(PomonaError, ValueError):
    """What was asked for cannot be done as asked: a value out of range, a folder without images."""


class NotFoundError(PomonaError, FileNotFoundError):
    """Something named does not exist: a folder, a bucket, a backbone."""


class UnavailableError(PomonaError, OSError):
    """It exists but cannot be read or written now: a full disk, a broken network, too little memory."""


class DeniedError(PomonaError, PermissionError):
    """The store or the file system does not allow it."""


class TimedOutError(PomonaError, TimeoutError):
    """A store did not answer in time."""


class ReplacedError(PomonaError, OSError):
    """A file was replaced by another version while it was in use."""


class DamagedError(PomonaError):
    """Stored data is not what it was when it was written.

    It is neither a `ValueError` nor an `OSError`: other arguments do not help, and neither does
    another try.
    """


class InternalError(PomonaError, RuntimeError):
    """A bug in Pomona. Please report it."""


class ForkedProcessError(PomonaError, RuntimeError):
    """A forked process uses what its parent has used: threads do not come along with a fork.

    Start processes by spawn or forkserver, or use threads.
    """


class MissingLibraryError(PomonaError, ImportError):
    """The compiled module cannot be loaded: OpenVINO or OpenBLAS is missing or of another version."""


class PomonaWarning(UserWarning):
    """Something that does not stop the work but may make its result worse than expected."""


EXCEPTIONS: Final[dict[str, type[BaseException]]] = {
    "invalid_input": InvalidInputError,
    "not_found": NotFoundError,
    "unavailable": UnavailableError,
    "denied": DeniedError,
    "timed_out": TimedOutError,
    "replaced": ReplacedError,
    "corrupt": DamagedError,
    "interrupted": KeyboardInterrupt,
    "internal": InternalError,
    "forked": ForkedProcessError,  # of the Python package alone
}


def raise_error(kind: str, message: str) -> NoReturn:
    """Raises the exception of a kind, as `error_kind_name()` of the C++ library calls it.

    A kind that this version does not know is an `InternalError`.
    """
    raise EXCEPTIONS.get(kind, InternalError)(message)


def warn(message: str) -> None:
    """Warns at the line of the user's program that called the package."""
    package = str(Path(__file__).parent) + os.sep
    frame: FrameType | None = sys._getframe(0)
    level = 1
    while frame is not None and frame.f_code.co_filename.startswith(package):
        frame, level = frame.f_back, level + 1
    warnings.warn(message, PomonaWarning, stacklevel=level)
