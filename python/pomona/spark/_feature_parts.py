# SPDX-License-Identifier: Apache-2.0
"""The feature table of an output folder as a DataFrame."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pomona.spark._shipping import shipped

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from pomona.spark._shipping import Batches

_SCHEMA = "path string, label string, split string, features array<float>"


def features_of(spark: SparkSession, out: str) -> DataFrame:
    """A row for each photograph: `path`, `label`, `split`, `features`.

    Spark reads parts in a folder itself. In a bucket it could only with the jars of S3A, so there
    pyarrow reads them, with the credentials that the core has used.
    """
    if "://" not in out:
        return spark.read.parquet(f"file://{out}/features")
    store, folder = store_of(f"{out.rstrip('/')}/features")
    from pyarrow.fs import FileSelector

    parts = [one.path for one in store.get_file_info(FileSelector(folder))]
    parts = sorted(part for part in parts if part.endswith(".parquet"))
    numbers = spark.range(0, len(parts), 1, len(parts))
    return numbers.mapInArrow(shipped(__name__, "read_parts", out, parts), _SCHEMA)


def store_of(place: str) -> tuple[Any, str]:
    """The bucket of a place, and the path of the place as pyarrow writes it."""
    import os

    from pyarrow.fs import S3FileSystem

    endpoint = os.environ.get("AWS_ENDPOINT_URL")
    return S3FileSystem(endpoint_override=endpoint), place.removeprefix("s3://")


def read_parts(batches: Batches, out: str, parts: list[str]) -> Batches:
    """For each row, which numbers a part: its rows."""
    import pyarrow as pa
    from pyarrow.parquet import ParquetFile

    store, _ = store_of(out)
    for batch in batches:
        for number in batch.column(0).to_pylist():
            with store.open_input_file(parts[number]) as file:
                for rows in ParquetFile(file).iter_batches(1024):
                    features = rows.column("features").cast(pa.list_(pa.float32()))
                    names = ["path", "label", "split"]
                    columns = [rows.column(name).cast(pa.string()) for name in names]
                    yield pa.RecordBatch.from_arrays([*columns, features], [*names, "features"])
