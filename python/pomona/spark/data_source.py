# SPDX-License-Identifier: Apache-2.0
"""`spark.read.format("pomona")`: a folder of photographs as rows of features. Needs Spark 4.

spark.dataSource.register(PomonaDataSource)
features = spark.read.format("pomona").option("inputSize", 128).load("photographs")
"""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from pomona.errors import MissingLibraryError, raise_error
from pomona.images import photographs
from pomona.spark._features import FeatureTask, featurize
from pomona.spark.image_featurizer import ImageFeaturizer

try:
    from pyspark.sql.datasource import DataSource, DataSourceReader, InputPartition
except ImportError as error:
    raise MissingLibraryError(
        'using the format "pomona": expected PySpark 4, found an older one, which has no data sources '
        "in Python; use pomona.spark.ImageFeaturizer"
    ) from error

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql.types import StructType

_SCHEMA = "path string, label string, features array<float>, error string"
_IN_A_PARTITION = 256  # photographs: some seconds of work
_MOST_PARTITIONS = 10_000


class PomonaDataSource(DataSource):
    """Columns `path`, `label` (the name of the folder of the photograph; empty in the folder itself)
    and `features`; `error` is null, or why a photograph could not be read, where `handleInvalid` is `"keep"`.

    Options are the parameters of `ImageFeaturizer` about photographs: `backbone`, `inputSize`,
    `precision`, `fit`, `crops` (with commas), `batchSize`, `models`, `handleInvalid`, `maxPixels`,
    `maxDecodeMemory`, `maxDecodeTime`, `maxDamage`.
    """

    @classmethod
    def name(cls) -> str:
        """What `format()` takes."""
        return "pomona"

    def schema(self) -> str:
        """The columns."""
        return _SCHEMA

    def reader(self, schema: StructType) -> DataSourceReader:
        """Reads the folder of `load()`.

        Raises:
            InvalidInputError: There is no folder, or an option is unknown or out of range.
        """
        given = dict(self.options)
        place = given.pop("path", None)
        if not place:
            raise_error(
                "invalid_input",
                'reading the format "pomona": expected one folder of photographs, found none; '
                'name it with load("photographs")',
            )
        return _Reader(_folder_of(place), _featurizer_of(given))


class _Photographs(InputPartition):
    """What one task reads: paths and labels."""

    def __init__(self, found: Sequence[tuple[str, str]]) -> None:
        super().__init__(None)
        self.paths = [path for path, _ in found]
        self.labels = [label for _, label in found]


class _Reader(DataSourceReader):
    def __init__(self, place: str, featurizer: ImageFeaturizer) -> None:
        self._place = place
        self._task = FeatureTask(
            featurizer.arguments(),
            stores={},
            place="path",
            beside=["path", "label"],
            output="features",
            on_failure=featurizer.getHandleInvalid(),
            error="error",
            name="path",
        )

    def partitions(self) -> Sequence[InputPartition]:
        """Some photographs each, in the order of their paths."""
        found = [
            (str(item), unicodedata.normalize("NFC", PurePosixPath(name).parent.name))
            for name, item in photographs(self._place)
        ]
        count = max(_IN_A_PARTITION, -(-len(found) // _MOST_PARTITIONS))
        return [_Photographs(found[first : first + count]) for first in range(0, len(found), count)]

    def read(self, partition: InputPartition) -> Iterator[pa.RecordBatch]:
        """Rows of a partition; runs in a worker."""
        import pyarrow as pa

        assert isinstance(partition, _Photographs)
        batch = pa.record_batch({"path": partition.paths, "label": partition.labels})
        for made in featurize(iter([batch]), self._task):
            if self._task.on_failure == "keep":
                yield made
            else:
                yield made.append_column("error", pa.nulls(len(made), pa.string()))


def _folder_of(place: str) -> str:
    """A folder as every executor finds it.

    Raises:
        InvalidInputError: It is in a bucket, or in another file system.
    """
    if place.startswith("file:"):
        place = "/" + place.removeprefix("file:").lstrip("/")
    if "://" in place:
        raise_error(
            "invalid_input",
            f"reading the format \"pomona\" from '{place}': expected a folder that every executor "
            "sees; for a bucket use pomona.spark.run, or ImageFeaturizer on a column of s3:// paths",
        )
    return os.path.normpath(Path(place).absolute())


def _featurizer_of(given: dict[str, str]) -> ImageFeaturizer:
    """Options as Spark passes them, which has texts alone, and letters of either case."""
    known = {name.lower(): name for name in _OPTIONS}
    options: dict[str, Any] = {}
    for name, value in given.items():
        option = known.get(name.lower())
        if option is None:
            raise_error(
                "invalid_input",
                f'reading the format "pomona": unknown option {name}; there are '
                f"{', '.join(sorted(_OPTIONS))}",
            )
        read, expected = _OPTIONS[option]
        try:
            options[option] = read(value)
        except ValueError:
            raise_error("invalid_input", f"{option}: expected {expected}, found '{value}'")
    return ImageFeaturizer(**options)


def _texts(value: str) -> list[str]:
    return value.split(",")


_TEXT = (str, "a text")
_WHOLE = (int, "a whole number")
# How each is read, and what it is.
_OPTIONS: dict[str, tuple[Callable[[str], Any], str]] = {
    "backbone": _TEXT,
    "batchSize": _WHOLE,
    "crops": (_texts, "texts with commas"),
    "fit": _TEXT,
    "handleInvalid": _TEXT,
    "inputSize": _WHOLE,
    "maxDamage": (float, "a number"),
    "maxDecodeMemory": _WHOLE,
    "maxDecodeTime": _WHOLE,
    "maxPixels": _WHOLE,
    "models": _TEXT,
    "precision": _TEXT,
}
