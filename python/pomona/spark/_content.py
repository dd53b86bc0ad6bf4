# SPDX-License-Identifier: Apache-2.0
"""Photographs of a DataFrame on their way to Python; those in a binary column are cut into chunks.

Spark 3.5 fills an Arrow batch with so many rows (`spark.sql.execution.arrow.maxRecordsPerBatch`,
10,000), however large they are: photographs of 3 MB would make batches of 30 GB. Cut into rows of a
few KiB, the same batches hold some MiB. Spark does that row by row, without a shuffle, so the chunks
of a photograph stay one after the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pomona.errors import raise_error
from pomona.spark._columns import field_of, quoted

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame
    from pyspark.sql.types import DataType, StructField

CHUNK = "chunk"  # bytes, null for a photograph that is null
FIRST = "first"  # is it the first one of a photograph?
ROW = "row"  # the other columns, null but with the first chunk

_BATCH_BYTES = 64 << 20
_LEAST_CHUNK = 1 << 10
_MOST_CHUNK = 1 << 20


@dataclass(frozen=True)
class PhotographSource:
    """Photographs on their way to the workers.

    Attributes:
        rows: What the workers get.
        place: The column of places, which is among `beside`; None: `rows` are chunks.
        beside: The columns that stay.
        name: The column of `beside` that names a photograph in messages; None: there is none.
    """

    rows: DataFrame
    place: str | None
    beside: list[str]
    name: str | None


def photograph_source(df: DataFrame, column: str) -> PhotographSource:
    """Photographs of a column of encoded bytes, which does not stay, or of text, which does.

    Beside a column of text no column of bytes stays: as `binaryFile` gives it, it holds the
    photographs, which would all go to Python and back.

    Raises:
        InvalidInputError: There is no such column, or one of another type.
    """
    field = field_of(df, column, "reading photographs")
    if not _is_content(field):
        beside = [field.name for field in df.schema.fields if not _is_binary(field.dataType)]
        _refuse_duplicates(beside)
        return PhotographSource(df.select(*map(quoted, beside)), field.name, beside, field.name)
    beside = [name for name in df.columns if name != field.name]
    _refuse_duplicates(beside)
    name = next((name for name in beside if name.lower() == "path"), None)
    return PhotographSource(chunks_of(df, field.name, beside), None, beside, name)


def _is_content(field: StructField) -> bool:
    """Has the column bytes, or else places?"""
    from pyspark.sql.types import BinaryType, StringType

    found = field.dataType
    if not isinstance(found, (BinaryType, StringType)):
        raise_error(
            "invalid_input",
            f"reading photographs from the column {field.name!r}: expected binary (encoded "
            f"photographs) or string (paths), found {found.simpleString()}",
        )
    return _is_binary(found)


def _refuse_duplicates(beside: list[str]) -> None:
    """Refuses duplicate names: workers find columns by name."""
    duplicates = {name for name in beside if beside.count(name) > 1}
    if duplicates:
        raise_error(
            "invalid_input",
            f"reading photographs: several columns beside them are named {min(duplicates)!r}; rename "
            "them, or drop all but one",
        )


def _is_binary(kind: DataType) -> bool:
    from pyspark.sql.types import BinaryType

    return isinstance(kind, BinaryType)


def chunks_of(df: DataFrame, column: str, others: list[str]) -> DataFrame:
    """Rows of `chunk`, `first` and `row`, in the order of the photographs."""
    from pyspark.sql import functions as F

    size = _chunk_bytes(df)

    def chunks_of_one(whole: Column) -> Column:
        last = F.floor(F.greatest(F.length(whole) - 1, F.lit(0)) / size).cast("int")
        numbers = F.sequence(F.lit(0), last)
        return F.transform(numbers, lambda number: whole.substr(number * size + 1, F.lit(size)))

    # As an element of an array: Spark copies the whole of a binary column each time it reads it.
    chunks = F.transform(F.array(F.col(quoted(column))), chunks_of_one)[0]
    beside = [F.col(quoted(name)) for name in others] or [F.lit(True).alias("nothing")]
    row = F.struct(*beside)
    exploded = df.select(row.alias(ROW), F.posexplode_outer(chunks).alias("number", CHUNK))
    first = F.coalesce(F.col("number") == 0, F.lit(True))
    return exploded.select(CHUNK, first.alias(FIRST), F.when(first, F.col(ROW)).alias(ROW))


def _chunk_bytes(df: DataFrame) -> int:
    rows = df.sparkSession.conf.get("spark.sql.execution.arrow.maxRecordsPerBatch")
    rows_per_batch = int(rows or 0)
    if rows_per_batch <= 0:  # a whole partition in one batch, by the user's wish
        return _MOST_CHUNK
    return min(max(_BATCH_BYTES // rows_per_batch, _LEAST_CHUNK), _MOST_CHUNK)
