# SPDX-License-Identifier: Apache-2.0
"""How far a verb is: a bar of tqdm, the user's own function, or nothing."""

import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from pomona.errors import raise_error, warn


@dataclass(frozen=True, slots=True)
class ProgressEvent:
    """How far one stage of a verb is.

    Attributes:
        stage: Its name: `"scan"`, `"extract"`, `"train"`, …
        done: Items done so far.
        total: Items that it is expected to have, 0 when that is not known.
        finished: Whether the stage has ended.

    Example:
        >>> events = []
        >>> table = featurizer("sample/fruits/Banana", progress=events.append)
        >>> events[-1]
        ProgressEvent(stage='extract', done=8, total=8, finished=True)
    """

    stage: str
    done: int
    total: int
    finished: bool


ProgressArgument = bool | Callable[[ProgressEvent], object] | None
Show = Callable[[ProgressEvent | None], None]  # None: nothing more comes


def progress_shower(progress: ProgressArgument) -> Show:
    """What is to be called with each event, in the thread that called the verb.

    Raises:
        InvalidInputError: `progress` is neither a bool nor callable.
    """
    if progress is False or (progress is None and not _is_watched()):
        return _show_nothing
    if callable(progress):
        return _called(progress)
    if progress is not None and progress is not True:
        found = type(progress).__name__
        raise_error("invalid_input", f"progress: expected True, False or a function, found {found}")
    bar_class = _import_tqdm()
    if bar_class is None:
        if progress:
            warn("progress=True needs tqdm: pip install tqdm")
        return _show_nothing
    return _Bars(bar_class)


@contextmanager
def stages(progress: ProgressArgument) -> Iterator[Callable[[str, int, int], None]]:
    """What the core calls now and then with the stage at work: its name, items done, items in all.

    A stage that is over before the next look is never shown. The last one ends when the core does,
    unless that fails.
    """
    show = progress_shower(progress)
    last: ProgressEvent | None = None

    def watch(stage: str, done: int, total: int) -> None:
        nonlocal last
        if last is not None and last.stage != stage:
            show(replace(last, finished=True))
            last = None
        if stage:
            last = ProgressEvent(stage, done, total, False)
            show(last)

    try:
        yield watch
        watch("", 0, 0)
    finally:
        show(None)


def _show_nothing(event: ProgressEvent | None) -> None:
    pass


def _called(function: Callable[[ProgressEvent], object]) -> Show:
    def show(event: ProgressEvent | None) -> None:
        if event is not None:
            function(event)

    return show


def _is_watched() -> bool:
    if "ipykernel" in sys.modules:
        return True
    try:
        return sys.stderr.isatty()
    except (AttributeError, ValueError):  # there is none, or it is closed
        return False


def _import_tqdm() -> Any:
    """The class, or None where it is not installed."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a notebook without ipywidgets gets a bar of text
            from tqdm.auto import tqdm
    except ImportError:
        return None
    return tqdm


class _Bars:
    """One bar after the other, each gone when its stage ends."""

    def __init__(self, bar_class: Any):
        self._bar_class = bar_class
        self._bar: Any = None

    def __call__(self, event: ProgressEvent | None) -> None:
        if event is None or event.finished:
            if self._bar is not None:
                self._bar.close()
            self._bar = None
        elif self._bar is None:
            # A stage that ends at once shows nothing.
            self._bar = self._bar_class(
                desc=event.stage, total=event.total or None, leave=False, delay=0.3
            )
        else:
            self._bar.update(event.done - self._bar.n)
