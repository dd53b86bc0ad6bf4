# SPDX-License-Identifier: Apache-2.0
"""Rows of a DataFrame on the disk of the driver, for fits that read them many times.

Executors pack them into blobs of float32 of a few megabytes. The driver writes one partition after the
other into a file and maps it, so its memory stays small whatever the number of rows.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from pomona.spark._feature_columns import BadRowError
from pomona.spark._shipping import shipped
from pomona.spark.moments import Fit, FitRows, check_parts, part_number

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_SCHEMA = (
    "part int, error string, width int, count long, "
    "labels array<string>, groups array<string>, keys array<string>, rows binary"
)
_BLOB_BYTES = 4 << 20
_KEY_BYTES = 12


@dataclass
class DriverRows:
    """Rows in a file, and what is known of each."""

    rows: NDArray[np.float32]
    labels: list[str]
    groups: list[str]  # empty: there are none
    keys: list[str]  # a different one for each row, whatever the order of rows


class PackedRows:
    """Brings the rows to the driver; the file is gone when it is left.

    Args:
        fit: Names the columns.
        dataset: The DataFrame.
    """

    def __init__(self, fit: Fit, dataset: Any) -> None:
        self._fit = fit
        self._packed = fit.select(dataset).mapInArrow(
            shipped(__name__, pack.__name__, fit), _SCHEMA
        )
        self._folder = tempfile.TemporaryDirectory(prefix="pomona-")

    def __enter__(self) -> DriverRows:
        """Raises InvalidInputError where a row cannot be used, or there is none."""
        from pyspark import StorageLevel

        packed = self._packed.persist(StorageLevel.MEMORY_AND_DISK)
        try:
            found = packed.select("part", "error", "width", "count").collect()
            check_parts(self._fit, found)
            return self._fetched(packed, sum(row["count"] for row in found), found[0]["width"])
        except BaseException:
            self._folder.cleanup()
            raise
        finally:
            packed.unpersist()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._folder.cleanup()

    def _fetched(self, packed: Any, count: int, width: int) -> DriverRows:
        import numpy as np

        place = Path(self._folder.name) / "rows.f32"
        labels: list[str] = []
        groups: list[str] = []
        keys: list[str] = []
        seen: Counter[str] = Counter()
        with place.open("wb") as file:
            for blob in packed.toLocalIterator(prefetchPartitions=True):
                file.write(blob["rows"])
                labels += blob["labels"]
                groups += blob["groups"]
                for key in blob["keys"]:
                    keys.append(f"{key}-{seen[key]}")
                    seen[key] += 1
        rows = np.memmap(place, np.float32, mode="r", shape=(count, width))
        return DriverRows(np.asarray(rows), labels, groups, keys)


def pack(batches: Iterator[Any], fit: Fit) -> Iterator[Any]:
    """Blobs of rows, and at last why there are no more. Runs in the workers."""
    part = part_number()
    width = None
    try:
        for batch in batches:
            rows = fit.rows(batch, width)
            if len(rows.values) == 0:
                continue
            width = rows.values.shape[1]
            at_once = max(1, _BLOB_BYTES // (4 * width))
            for first in range(0, len(rows.values), at_once):
                yield _record(part, _slice(rows, first, at_once))
    except BadRowError as bad:
        yield _record(part, None, str(bad))


def _slice(rows: FitRows, first: int, count: int) -> FitRows:
    those = slice(first, first + count)
    parts = (None if part is None else part[those] for part in (rows.labels, rows.groups))
    return FitRows(rows.values[those], *parts)


def row_keys(rows: FitRows) -> list[bytes]:
    """A digest of the numbers of each row: copies of a photograph have the same, whatever their order."""
    return [hashlib.blake2b(row.tobytes(), digest_size=_KEY_BYTES).digest() for row in rows.values]


def _order_keys(rows: FitRows) -> list[str]:
    """A digest of each row with its label and group: rows with the same key are alike in everything."""
    digests = [hashlib.blake2b(row.tobytes(), digest_size=_KEY_BYTES) for row in rows.values]
    for texts in (rows.labels, rows.groups):
        for digest, text in zip(digests, [] if texts is None else texts):
            encoded = text.encode()
            digest.update(len(encoded).to_bytes(8, "little") + encoded)
    return [digest.hexdigest() for digest in digests]


def _record(part: int, rows: FitRows | None, error: str | None = None) -> Any:
    import pyarrow as pa

    def texts(values: Any) -> Any:
        return pa.array([[] if values is None else list(values)], pa.list_(pa.string()))

    keys = [] if rows is None else _order_keys(rows)
    return pa.RecordBatch.from_pydict(
        {
            "part": pa.array([part], pa.int32()),
            "error": pa.array([error], pa.string()),
            "width": pa.array([None if rows is None else rows.values.shape[1]], pa.int32()),
            "count": pa.array([len(keys)], pa.int64()),
            "labels": texts(rows and rows.labels),
            "groups": texts(rows and rows.groups),
            "keys": texts(keys),
            "rows": pa.array([b"" if rows is None else rows.values.tobytes()], pa.binary()),
        }
    )
