# SPDX-License-Identifier: Apache-2.0
"""Engines that a Python worker of Spark keeps from task to task."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeVar

Engine = TypeVar("Engine")

_MOST: Final = 2  # a worker lives long, and a search over options would fill its memory


def kept(engines: dict[str, Engine], key: str, make: Callable[[], Engine]) -> Engine:
    """The engine of this key, which is made where there is none; those used last stay."""
    engine = engines.pop(key) if key in engines else make()
    engines[key] = engine
    while len(engines) > _MOST:
        del engines[next(iter(engines))]
    return engine
