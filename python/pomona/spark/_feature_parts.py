# SPDX-License-Identifier: Apache-2.0
"""The feature table of an output folder as a DataFrame."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from pomona._in_memory import is_remote, store_options
from pomona.errors import raise_error
from pomona.spark._shipping import shipped

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from pomona.spark._shipping import Batches

_SCHEMA = "path string, label string, split string, features array<float>"
_BATCH_ROWS = 1024


def features_of(spark: SparkSession, out: str, options: dict[str, Any]) -> DataFrame:
    """A row for each photograph: `path`, `label`, `split`, `features`.

    Spark reads parts in a folder itself. In a bucket it could only with the jars of S3A, so there
    the command reads them, by the endpoint, region and credentials with which it wrote them.

    Args:
        spark: The session.
        out: The output folder, or s3://bucket/prefix.
        options: How buckets are reached, among others.
    """
    if not is_remote(out):
        # Spark takes paths for patterns.
        folder = re.sub(r"([][{}*?\\])", r"\\\1", out)
        return spark.read.parquet(f"file://{folder}/features")
    stores = store_options(options)
    out = out.rstrip("/")
    # What is published has its digests there.
    lines = _content(f"{out}/SHA256SUMS", stores).decode().splitlines()
    names = [line.partition("  ")[2] for line in lines]
    parts = [
        f"{out}/{name}"
        for name in names
        if name.startswith("features/") and name.endswith(".parquet")
    ]
    numbers = spark.range(0, len(parts), 1, len(parts))
    return numbers.mapInArrow(shipped(__name__, "read_parts", parts, stores), _SCHEMA)


def read_parts(batches: Batches, parts: list[str], stores: dict[str, Any]) -> Batches:
    """For each row, which numbers a part: its rows."""
    for batch in batches:
        for number in batch.column(0).to_pylist():
            yield from _rows(_content(parts[number], stores))


def _content(place: str, stores: dict[str, Any]) -> bytes:
    from pomona._objects import read_object  # which imports the core

    content = read_object(place, stores)
    if content is None:
        raise_error(
            "not_found",
            f"reading '{place}': it is gone since the run has ended; run again, which makes it anew",
        )
    return content


def _rows(part: bytes) -> Batches:
    import pyarrow as pa
    from pyarrow.parquet import ParquetFile

    types = {"path": pa.string(), "label": pa.string(), "split": pa.string()}
    types["features"] = pa.list_(pa.float32())
    table = ParquetFile(pa.BufferReader(part))
    for rows in table.iter_batches(_BATCH_ROWS, columns=list(types)):
        columns = [rows.column(name).cast(kind) for name, kind in types.items()]
        yield pa.RecordBatch.from_arrays(columns, names=list(types))
