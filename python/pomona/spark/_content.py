# SPDX-License-Identifier: Apache-2.0
"""Photographs in a binary column, cut into chunks on their way to Python.

Spark fills an Arrow batch with so many rows (`spark.sql.execution.arrow.maxRecordsPerBatch`, 10,000),
however large they are: photographs of 3 MB would make batches of 30 GB. Cut into rows of a few KiB,
the same batches hold some MiB. Spark does that row by row, without a shuffle, so the chunks of a
photograph stay one after the other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

CHUNK = "chunk"  # bytes, null for a photograph that is null
FIRST = "first"  # is it the first one of a photograph?
ROW = "row"  # the other columns, null but with the first chunk

_BATCH_BYTES = 64 << 20
_LEAST_CHUNK = 1 << 10
_MOST_CHUNK = 1 << 20


def chunks_of(df: DataFrame, column: str, others: list[str]) -> DataFrame:
    """Rows of `chunk`, `first` and `row`, in the order of the photographs."""
    from pyspark.sql import functions as F

    size = _chunk_bytes(df)
    content = F.col(quoted(column))
    last = F.floor(F.greatest(F.length(content) - 1, F.lit(0)) / size).cast("int")
    chunks = F.transform(
        F.sequence(F.lit(0), last), lambda number: content.substr(number * size + 1, F.lit(size))
    )
    beside = [F.col(quoted(name)) for name in others] or [F.lit(True).alias("nothing")]
    row = F.struct(*beside)
    exploded = df.select(row.alias(ROW), F.posexplode_outer(chunks).alias("number", CHUNK))
    first = F.coalesce(F.col("number") == 0, F.lit(True))
    return exploded.select(CHUNK, first.alias(FIRST), F.when(first, F.col(ROW)).alias(ROW))


def quoted(column: str) -> str:
    """The name of a column, which may hold dots."""
    return "`" + column.replace("`", "``") + "`"


def _chunk_bytes(df: DataFrame) -> int:
    rows = df.sparkSession.conf.get("spark.sql.execution.arrow.maxRecordsPerBatch")
    rows_per_batch = int(rows or 0)
    if rows_per_batch <= 0:  # a whole partition in one batch, by the user's wish
        return _MOST_CHUNK
    return min(max(_BATCH_BYTES // rows_per_batch, _LEAST_CHUNK), _MOST_CHUNK)
