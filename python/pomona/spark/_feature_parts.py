# SPDX-License-Identifier: Apache-2.0
"""The feature table of an output folder as a DataFrame."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pomona.spark._shipping import shipped

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from pomona.spark._shipping import Batches

_SCHEMA = "path string, label string, split string, features array<float>"
_BATCH_ROWS = 1024


@dataclass(frozen=True)
class Bucket:
    """How pyarrow reaches a bucket: with the credentials of the environment or role.

    Attributes:
        endpoint: URL of a service other than AWS; None: `AWS_ENDPOINT_URL`, or AWS.
        is_public: Whether requests are not signed.
        region: Of a bucket of AWS; None: of another service.
    """

    endpoint: str | None
    is_public: bool
    region: str | None

    def open(self) -> Any:
        """A `pyarrow.fs.FileSystem`."""
        from pyarrow.fs import S3FileSystem

        given = {"endpoint_override": self.endpoint, "region": self.region}
        given = {name: value for name, value in given.items() if value}
        return S3FileSystem(anonymous=self.is_public, **given)


def features_of(spark: SparkSession, out: str, options: dict[str, Any]) -> DataFrame:
    """A row for each photograph: `path`, `label`, `split`, `features`.

    Spark reads parts in a folder itself. In a bucket it could only with the jars of S3A, so there
    pyarrow reads them.

    Args:
        spark: The session.
        out: The output folder, or s3://bucket/prefix.
        options: How buckets are reached, among others.
    """
    if "://" not in out:
        return spark.read.parquet(f"file://{out}/features")
    from pyarrow.fs import FileSelector, resolve_s3_region

    folder = f"{out.removeprefix('s3://').rstrip('/')}/features"
    endpoint = options.get("s3_endpoint") or os.environ.get("AWS_ENDPOINT_URL")
    region = None if endpoint else resolve_s3_region(folder.partition("/")[0])
    bucket = Bucket(endpoint, options.get("sign_request") is False, region)
    parts = [one.path for one in bucket.open().get_file_info(FileSelector(folder))]
    parts = sorted(part for part in parts if part.endswith(".parquet"))
    numbers = spark.range(0, len(parts), 1, len(parts))
    return numbers.mapInArrow(shipped(__name__, "read_parts", bucket, parts), _SCHEMA)


def read_parts(batches: Batches, bucket: Bucket, parts: list[str]) -> Batches:
    """For each row, which numbers a part: its rows."""
    store = bucket.open()
    for batch in batches:
        for number in batch.column(0).to_pylist():
            yield from _rows(store, parts[number])


def _rows(store: Any, part: str) -> Batches:
    import pyarrow as pa
    from pyarrow.parquet import ParquetFile

    types = {"path": pa.string(), "label": pa.string(), "split": pa.string()}
    types["features"] = pa.list_(pa.float32())
    with store.open_input_file(part) as file:
        for rows in ParquetFile(file).iter_batches(_BATCH_ROWS, columns=list(types)):
            columns = [rows.column(name).cast(kind) for name, kind in types.items()]
            yield pa.RecordBatch.from_arrays(columns, names=list(types))
