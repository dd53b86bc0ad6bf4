# SPDX-License-Identifier: Apache-2.0
"""Sums over the rows of a DataFrame, in one pass: what scaler, PCA and ridge regression are fitted from.

Every partition makes the sums of its rows. They stay on the executors, which merge them as a tree, as
many at a time as fit into little memory; the driver gets the last few.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, Self, TypeVar

from pomona.errors import raise_error
from pomona.spark._feature_columns import BadRowError, FeatureColumn, LabelColumn, rows_of
from pomona.spark._shipping import shipped, shipped_call

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_SCHEMA = "part int, error string, width int, count long, bytes long, sums binary"
_SUMMARY = ("part", "error", "width", "count")
_MERGED_BYTES = 64 << 20  # of sums that are merged at once
_MOST_MERGED = 64
ADDED_ROWS = 4096  # at once: every call of the core copies the moments there are
_SPREAD_ROWS = 1024


@dataclass(frozen=True)
class FitRows:
    """Rows of one batch that a fit learns from."""

    values: NDArray[np.float32]  # C-contiguous, rows × width
    labels: NDArray[Any] | None  # texts; None: the fit has none
    groups: NDArray[Any] | None  # likewise


class Sums(Protocol):
    """Sums of rows that are merged with others."""

    def __init__(self, width: int) -> None: ...
    def add(self, rows: FitRows) -> None: ...
    def merge(self, other: Self) -> None: ...
    def to_bytes(self) -> bytes: ...
    @classmethod
    def from_bytes(cls, content: bytes) -> Self: ...


AnySums = TypeVar("AnySums", bound=Sums)


class Spread:
    """Mean and sum of squared deviations of each column, float64 (Chan, Golub and LeVeque 1983)."""

    def __init__(self, width: int) -> None:
        import numpy as np

        self.rows = 0
        self.mean: NDArray[np.float64] = np.zeros(width)
        self.squares: NDArray[np.float64] = np.zeros(width)

    def add(self, rows: FitRows) -> None:
        import numpy as np

        for first in range(0, len(rows.values), _SPREAD_ROWS):
            block = rows.values[first : first + _SPREAD_ROWS].astype(np.float64)
            other = Spread(0)
            other.rows = len(block)
            other.mean = block.mean(axis=0)
            block -= other.mean
            other.squares = np.einsum("ij,ij->j", block, block)
            self.merge(other)

    def merge(self, other: Spread) -> None:
        rows = self.rows + other.rows
        if rows == 0:
            return
        move = other.mean - self.mean
        self.mean = self.mean + move * (other.rows / rows)
        self.squares = self.squares + other.squares + move**2 * (self.rows * other.rows / rows)
        self.rows = rows

    def to_bytes(self) -> bytes:
        return struct.pack("<q", self.rows) + self.mean.tobytes() + self.squares.tobytes()

    @classmethod
    def from_bytes(cls, content: bytes) -> Spread:
        import numpy as np

        values = np.frombuffer(content, np.float64, offset=8)
        sums = cls(0)
        (sums.rows,) = struct.unpack_from("<q", content)
        sums.mean, sums.squares = values[: len(values) // 2], values[len(values) // 2 :]
        return sums

    def scale(self) -> NDArray[np.float64]:
        """The population standard deviation of each column; 1 where it is constant, as in the core."""
        import numpy as np

        variance = self.squares / self.rows
        epsilon = np.finfo(np.float64).eps
        rounding = self.rows * epsilon * variance + (self.rows * self.mean * epsilon) ** 2
        deviation: NDArray[np.float64] = np.where(variance <= rounding, 1.0, np.sqrt(variance))
        return deviation


class GramSums:
    """The moments of the core: mean and covariance."""

    def __init__(self, width: int) -> None:
        from pomona import _core

        self._moments = _core.Moments(width)
        self._waiting: list[NDArray[np.float32]] = []

    @property
    def moments(self) -> Any:
        """Moments of all rows."""
        import numpy as np

        if self._waiting:
            self._moments.add(np.concatenate(self._waiting))
            self._waiting = []
        return self._moments

    def add(self, rows: FitRows) -> None:
        self._waiting.append(rows.values)
        if sum(map(len, self._waiting)) >= ADDED_ROWS:
            _ = self.moments

    def merge(self, other: GramSums) -> None:
        self.moments.merge(other.moments)

    def to_bytes(self) -> bytes:
        content: bytes = self.moments.to_bytes()
        return content

    @classmethod
    def from_bytes(cls, content: bytes) -> GramSums:
        from pomona import _core

        sums = cls.__new__(cls)
        sums._moments = _core.Moments.from_bytes(content)
        sums._waiting = []
        return sums


@dataclass(frozen=True)
class Fit:
    """What an estimator reads, and what its errors call it."""

    stage: str  # such as "fitting PomonaPCA"
    features: FeatureColumn
    keep_bad: bool  # leave out rows that are null or not finite, and those without label or group
    label: LabelColumn | None = None
    group: str | None = None  # column

    def select(self, dataset: Any) -> Any:
        """Features as arrays, labels and groups where there are some: nothing else reaches Python."""
        columns = [self.features.as_array().alias("features")]
        if self.label is not None:
            columns.append(self.label.as_column().alias("label"))
        group = self._group_column()
        if group is not None:
            columns.append(group.as_column().alias("group"))
        if self.keep_bad:
            # Before Python sees them, so that they count in no partition.
            for column in (self.label, group):
                dataset = dataset if column is None else dataset.where(column.is_there())
        return dataset.select(*columns)

    def rows(self, batch: Any, width: int | None) -> FitRows:
        """Rows of a batch of what select() gives.

        Raises:
            BadRowError: One cannot be used. The text is the whole sentence.
        """
        column = self.features.name
        try:
            rows = rows_of(batch.column(0), width, self.keep_bad)
            if self.label is None:
                return FitRows(rows.values, None, None)
            column = self.label.name
            labels = self.label.texts(batch.column(1), rows.usable)
            group = self._group_column()
            if group is None:
                return FitRows(rows.values, labels, None)
            column = group.name
            groups = group.texts(batch.column(2), rows.usable)
            return FitRows(rows.values, labels, groups)
        except BadRowError as bad:
            raise BadRowError(f"{self.stage} on the column {column!r}: {bad}") from None

    def _group_column(self) -> LabelColumn | None:
        return None if self.group is None else LabelColumn(self.group, is_numeric=False)


def sums_of(fit: Fit, dataset: Any, kind: type[AnySums]) -> AnySums:
    """Sums of all rows of a DataFrame.

    Args:
        fit: Names the columns.
        dataset: The DataFrame.
        kind: Which sums.

    Raises:
        InvalidInputError: A row cannot be used, or there is none.
    """
    from pyspark import StorageLevel

    made = fit.select(dataset).mapInArrow(
        shipped(__name__, sums_of_partition.__name__, fit, kind), _SCHEMA
    )
    made = made.persist(StorageLevel.MEMORY_AND_DISK)
    try:
        found = made.select(*_SUMMARY, "bytes").collect()
        check_parts(fit, found)
        return _merged(
            made, kind, [row["part"] for row in found], max(row["bytes"] for row in found)
        )
    finally:
        made.unpersist()


def check_parts(fit: Fit, found: Sequence[Any]) -> None:
    """Sees to it that all partitions could be read and agree.

    Args:
        fit: What is fitted, for the sentence.
        found: The columns `part`, `error`, `width` and `count` of all partitions that have rows.

    Raises:
        InvalidInputError: They cannot or do not.
    """
    parts = sorted(found, key=lambda row: row["part"])
    for row in parts:
        if row["error"]:
            raise_error("invalid_input", row["error"])
    if not parts:
        needed = ["finite numbers"]
        needed += ["a label"] if fit.label else []
        needed += ["a group"] if fit.group else []
        left_out = f"; handleInvalid leaves out rows without {', '.join(needed)}"
        raise_error(
            "invalid_input",
            f"{fit.stage} on the column {fit.features.name!r}: expected rows with numbers, found none"
            f"{left_out if fit.keep_bad else ''}",
        )
    for row in parts:
        if row["width"] != parts[0]["width"]:
            raise_error(
                "invalid_input",
                f"{fit.stage} on the column {fit.features.name!r}: expected {parts[0]['width']} numbers "
                f"in every row, found {row['width']}",
            )


def sums_of_partition(batches: Iterator[Any], fit: Fit, kind: type[Sums]) -> Iterator[Any]:
    """One row with the sums of all batches, or with why there are none; no row where there are no rows.

    Runs in the workers.
    """
    import pyarrow as pa

    sums, width, count, error = None, None, 0, None
    try:
        for batch in batches:
            rows = fit.rows(batch, width)
            if len(rows.values) == 0:
                continue
            if sums is None:
                width = rows.values.shape[1]
                sums = kind(width)
            sums.add(rows)
            count += len(rows.values)
    except BadRowError as bad:
        error = str(bad)
    if sums is None and error is None:
        return
    content = sums.to_bytes() if sums is not None and error is None else b""
    part = part_number()
    yield pa.RecordBatch.from_pydict(
        {
            "part": pa.array([part], pa.int32()),
            "error": pa.array([error], pa.string()),
            "width": pa.array([width], pa.int32()),
            "count": pa.array([count], pa.int64()),
            "bytes": pa.array([len(content)], pa.int64()),
            "sums": pa.array([content], pa.binary()),
        }
    )


def part_number() -> int:
    """Number of the partition that a worker has before it."""
    from pyspark import TaskContext

    context = TaskContext.get()
    assert context is not None
    return context.partitionId()


def merged_group(group: Any, kind: type[Sums]) -> Any:
    """The sums of a group of partitions, as pandas has them, in one row. Runs in the workers."""
    ordered = group.sort_values("order")
    merged = _sum(kind, ordered["sums"].tolist()).to_bytes()
    return group.head(1).assign(sums=[merged])[["part", "sums"]]


def _merged(made: Any, kind: type[AnySums], parts: list[int], size: int) -> AnySums:
    """On the executors until few are left. Always in the order of partitions, for the same bits."""
    from pyspark.sql.functions import col, floor

    at_once = max(2, min(_MOST_MERGED, _MERGED_BYTES // size))
    level = made.select("part", "sums")
    merge = shipped_call(__name__, merged_group.__name__, kind)
    while len(parts) > at_once:
        slot = floor(col("part") / at_once).cast("int").alias("part")
        of_slot = level.select(slot, col("part").alias("order"), "sums").groupBy("part")
        level = of_slot.applyInPandas(merge, "part int, sums binary")
        parts = sorted({part // at_once for part in parts})
    left = sorted(level.collect(), key=lambda row: row["part"])
    return _sum(kind, [bytes(row["sums"]) for row in left])


def _sum(kind: type[AnySums], contents: list[bytes]) -> AnySums:
    total = kind.from_bytes(contents[0])
    for content in contents[1:]:
        total.merge(kind.from_bytes(content))
    return total
