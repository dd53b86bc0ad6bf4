# SPDX-License-Identifier: Apache-2.0
"""Photographs that go through the core in blocks, so that memory does not grow with their number."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from operator import length_hint
from typing import TYPE_CHECKING, Any

from pomona import _core
from pomona.images import Unreadable, bytes_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from pomona.images import Item

# As many as a worker of `pomona extract` takes at a time.
MOST_PHOTOGRAPHS = 32
MOST_BYTES = 16 << 20
_PIECE_BYTES = 64 << 20  # the system gets it back at once, which it does above 32 MiB
_MILLISECONDS = 50  # between two looks for Ctrl-C


@dataclass(frozen=True, slots=True)
class Failure:
    """A photograph that could not be read.

    Attributes:
        path: Its name.
        stage: `"read"` or `"decode"`.
        kind: As in failures.csv: `"gone"`, `"not_an_image"`, `"truncated"`, `"too_large"`, …
        message: What was expected and found.
    """

    path: str
    stage: str
    kind: str
    message: str


@dataclass(frozen=True, slots=True)
class Block:
    """Some photographs that came one after the other."""

    photographs: int
    rows: list[int]  # numbers of those with a row, in this block
    paths: list[str]  # of these
    features: NDArray[np.float32]
    damage: list[float]
    failures: list[Failure]


class Gathered:
    """Blocks put together; beside the result it holds no more than one piece of `_PIECE_BYTES`."""

    def __init__(self) -> None:
        self.photographs = 0
        self.rows: list[int] = []  # numbers of those with a row
        self.paths: list[str] = []  # of these
        self.failures: list[Failure] = []
        self._pieces: list[NDArray[np.float32]] = []
        self._filled = 0  # rows of the last piece

    def add(self, block: Block) -> None:
        self.rows += [self.photographs + row for row in block.rows]
        self.photographs += block.photographs
        self.paths += block.paths
        self.failures += block.failures
        left = block.features
        while len(left):
            piece = self._piece(left.shape[1])
            count = min(len(left), len(piece) - self._filled)
            piece[self._filled : self._filled + count] = left[:count]
            self._filled += count
            left = left[count:]

    def _piece(self, width: int) -> NDArray[np.float32]:
        """One with room. Small ones would stay with the allocator when they are dropped."""
        import numpy as np

        if not self._pieces or self._filled == len(self._pieces[-1]):
            rows = max(1, _PIECE_BYTES // (4 * width))
            self._pieces.append(np.empty((rows, width), np.float32))
            self._filled = 0
        return self._pieces[-1]

    def features(self, width: int) -> NDArray[np.float32]:
        """Of all; piece by piece, so that Ctrl-C gets through. To be called once."""
        import numpy as np

        features = np.empty((len(self.paths), width), np.float32)
        first = 0
        self._pieces.reverse()
        while self._pieces:
            piece = self._pieces.pop()[: len(features) - first]
            features[first : first + len(piece)] = piece
            first += len(piece)
        return features


def cut(
    pairs: Iterable[tuple[str, Item]], most: int = MOST_PHOTOGRAPHS
) -> Iterator[tuple[list[str], list[Item]]]:
    """Names and items by the block: so many at most, and not much more bytes than `MOST_BYTES`."""
    names: list[str] = []
    items: list[Item] = []
    held = 0
    for name, item in pairs:
        names.append(name)
        items.append(item)
        held += bytes_of(item)
        if len(items) == most or held >= MOST_BYTES:
            yield names, items
            names, items, held = [], [], 0
    if items:
        yield names, items


def cut_growing(
    pairs: Iterable[tuple[str, Item]], least: int, at_least: int
) -> Iterator[tuple[list[str], list[Item]]]:
    """The same; the first `at_least` blocks are small, so that few photographs keep all busy."""
    pairs = iter(pairs)
    if least < MOST_PHOTOGRAPHS:
        yield from cut(islice(pairs, least * at_least), least)
    yield from cut(pairs, max(least, MOST_PHOTOGRAPHS))


def count_of(images: Any, pairs: Iterable[tuple[str, Item]]) -> int:
    """How many photographs there are, where that is known before they are read; else 0."""
    count = length_hint(pairs)  # of a folder, or of one photograph
    if count or isinstance(images, (str, os.PathLike)):
        return count
    return length_hint(images)


def stream_blocks(
    networks: _core.Networks, limits: _core.DecodeLimits, pairs: Iterable[tuple[str, Item]]
) -> Iterator[Block]:
    """Blocks in the order of the photographs, computed by all workers of the networks.

    What is under way when the iteration ends early ends by itself.
    """
    stream = _core.Stream(networks, limits)
    blocks = cut_growing(pairs, networks.batch, networks.workers)
    sent: deque[_Sent] = deque()
    try:
        yield from _ahead(stream, blocks, sent)
    finally:
        stream.stop()


@dataclass(frozen=True, slots=True)
class _Sent:
    """What is known of a block that the core computes."""

    names: list[str]
    unreadable: dict[int, Unreadable]


def unreadable_of(items: list[Item]) -> dict[int, Unreadable]:
    """Those that could not be read here, by their numbers."""
    return {number: item for number, item in enumerate(items) if isinstance(item, Unreadable)}


def _ahead(
    stream: _core.Stream,
    blocks: Iterator[tuple[list[str], list[Item]]],
    sent: deque[_Sent],
) -> Iterator[Block]:
    """Hands over as many blocks as keep the workers busy, and no more."""
    for names, items in blocks:
        sent.append(_Sent(names, unreadable_of(items)))
        stream.submit(items)
        del items
        if stream.pending >= stream.enough:
            yield _next(stream, sent)
    while stream.pending:
        yield _next(stream, sent)


def _next(stream: _core.Stream, sent: deque[_Sent]) -> Block:
    found = None
    while found is None:
        found = stream.next(_MILLISECONDS)
    rows, features, damage, failures = found
    block = sent.popleft()
    whys = {number: why for number, *why in failures}
    whys |= {number: list(item.why) for number, item in block.unreadable.items()}
    return Block(
        len(block.names),
        rows,
        [block.names[row] for row in rows],
        features,
        damage,
        [Failure(block.names[number], *why) for number, why in whys.items()],
    )
