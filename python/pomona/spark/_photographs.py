# SPDX-License-Identifier: Apache-2.0
"""In Spark's workers: photographs out of Arrow batches, and rows with results back into them."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from pomona._objects import ObjectPlace, shared_reader
from pomona.images import Unreadable
from pomona.spark._content import CHUNK, FIRST, ROW

if TYPE_CHECKING:
    import pyarrow as pa

    from pomona.images import Item
    from pomona.spark._shipping import Batches

_S3 = ("s3", "s3a", "s3n")  # as Hadoop calls them
_NULL = Unreadable("read", "unreadable", "expected a photograph, found null")


class WaitingRows:
    """The columns beside photographs whose results are not there yet, in order. One thread."""

    def __init__(self) -> None:
        self._pieces: deque[pa.StructArray] = deque()

    def add(self, rows: pa.StructArray) -> None:
        """Rows that come after all that are waiting."""
        if len(rows):
            self._pieces.append(rows)

    def take(self, count: int) -> pa.StructArray:
        """The first rows, which then wait no more."""
        import pyarrow as pa

        taken = []
        while count:
            piece = self._pieces.popleft()
            if len(piece) > count:
                self._pieces.appendleft(piece.slice(count))
                piece = piece.slice(0, count)
            taken.append(piece)
            count -= len(piece)
        return taken[0] if len(taken) == 1 else pa.concat_arrays(taken)


def photographs_of(
    batches: Batches, place: str | None, waiting: WaitingRows, stores: dict[str, Any]
) -> Iterator[Item]:
    """Photographs of a column of places, or without one in chunks; what is beside them waits."""
    if place is None:
        return _of_chunks(batches, waiting)
    items = map(item_of, _of_column(batches, place, waiting))
    return (item for _, item in shared_reader(stores).fetch((None, item) for item in items))


def _of_chunks(batches: Batches, waiting: WaitingRows) -> Iterator[Item]:
    """Photographs that `_content.chunks_of` has cut; a null is `_NULL`."""
    parts: list[bytes] = []
    for batch in batches:
        firsts = batch.column(FIRST)
        # A copy: a slice would keep the whole batch, chunks and all.
        waiting.add(batch.column(ROW).filter(firsts))
        for chunk, first in zip(batch.column(CHUNK), firsts.to_pylist()):
            if first and parts:
                yield _taken(parts)
            parts.append(chunk.as_py() if chunk.is_valid else _NULL)
    if parts:
        yield _taken(parts)


def _taken(parts: list[bytes]) -> bytes:
    """All parts as one; none is held longer, as a photograph of 100 MB would be twice."""
    photograph = parts[0] if len(parts) == 1 else b"".join(parts)
    parts.clear()
    return photograph


def _of_column(batches: Batches, column: str, waiting: WaitingRows) -> Iterator[str | None]:
    import pyarrow as pa

    for batch in batches:
        waiting.add(pa.StructArray.from_arrays(batch.columns, fields=list(batch.schema)))
        yield from batch.column(column).to_pylist()


def item_of(photograph: bytes | str | None) -> Item:
    """Encoded bytes as they are, a place on this machine as the core reads it, an object of a bucket
    for a reader of objects; of null a failure.
    """
    if isinstance(photograph, bytes):
        return photograph
    place = photograph
    if place is None:
        return _NULL
    scheme, colon, rest = place.partition(":")
    if not colon or "/" in scheme:
        return place
    if scheme in _S3:
        return ObjectPlace(f"s3:{rest}")
    if scheme == "file":
        return "/" + rest.lstrip("/")
    return Unreadable(
        "read",
        "unreadable",
        f"expected a path of a file or s3://bucket/key, found a place of '{scheme}:'; read it with "
        'spark.read.format("binaryFile") and take its column content',
    )


def batch_of(
    rows: pa.StructArray, names: list[str], results: dict[str, pa.Array]
) -> pa.RecordBatch:
    """These columns of the rows, and the results after them."""
    import pyarrow as pa

    columns = [rows.field(name) for name in names]
    return pa.record_batch([*columns, *results.values()], names=[*names, *results])
