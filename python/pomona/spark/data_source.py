# SPDX-License-Identifier: Apache-2.0
"""`spark.read.format("pomona")`: a folder of photographs as rows of features. Needs Spark 4.

spark.dataSource.register(PomonaDataSource)
features = spark.read.format("pomona").option("inputSize", 128).load("photographs")
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from pyspark.sql.datasource import DataSource, DataSourceReader, InputPartition

from pomona.errors import raise_error
from pomona.images import photographs
from pomona.spark._features import FeatureTask, featurize
from pomona.spark.image_featurizer import ImageFeaturizer

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql.types import StructType

_SCHEMA = "path string, label string, features array<float>, error string"
_IN_A_PARTITION = 256  # photographs: some seconds of work
_MOST_PARTITIONS = 10_000


class PomonaDataSource(DataSource):
    """Columns `path`, `label` (the name of the folder of the photograph) and `features`; `error` is
    null, or why a photograph could not be read, where `handleInvalid` is `"keep"`.

    Options are the parameters of `ImageFeaturizer` about photographs: `backbone`, `inputSize`,
    `precision`, `fit`, `crops` (with commas), `batchSize`, `models`, `handleInvalid`.
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
        return _Reader(place, _featurizer_of(given))


class _Paths(InputPartition):
    """Photographs that one task reads."""

    def __init__(self, paths: Sequence[str]) -> None:
        super().__init__(None)
        self.paths = list(paths)


class _Reader(DataSourceReader):
    def __init__(self, place: str, featurizer: ImageFeaturizer) -> None:
        self._place = place
        self._task = FeatureTask(
            featurizer.arguments(),
            place="path",
            beside=["path", "label"],
            output="features",
            on_failure=featurizer.getHandleInvalid(),
            error="error",
            name="path",
        )

    def partitions(self) -> Sequence[InputPartition]:
        """Some photographs each, in the order of their paths."""
        paths = [str(item) for _, item in photographs(self._place)]
        count = max(_IN_A_PARTITION, -(-len(paths) // _MOST_PARTITIONS))
        return [_Paths(paths[first : first + count]) for first in range(0, len(paths), count)]

    def read(self, partition: InputPartition) -> Iterator[pa.RecordBatch]:
        """Rows of a partition; runs in a worker."""
        import pyarrow as pa

        assert isinstance(partition, _Paths)
        labels = [PurePosixPath(path).parent.name for path in partition.paths]
        batch = pa.record_batch({"path": partition.paths, "label": labels})
        for made in featurize(iter([batch]), self._task):
            if self._task.on_failure == "keep":
                yield made
            else:
                yield made.append_column("error", pa.nulls(len(made), pa.string()))


def _featurizer_of(given: dict[str, str]) -> ImageFeaturizer:
    """Options as Spark passes them, which has texts alone, and letters of either case."""
    known = {
        name.lower(): name
        for name in ("backbone", "precision", "fit", "models", "handleInvalid")
        + ("inputSize", "batchSize", "crops")
    }
    options: dict[str, Any] = {}
    for name, value in given.items():
        option = known.get(name.lower())
        if option is None:
            raise_error(
                "invalid_input",
                f'reading the format "pomona": unknown option {name}; there are '
                f"{', '.join(sorted(known.values()))}",
            )
        if option == "crops":
            options[option] = value.split(",")
        elif option in ("inputSize", "batchSize"):
            if not value.isdecimal():
                raise_error("invalid_input", f"{option}: expected a whole number, found '{value}'")
            options[option] = int(value)
        else:
            options[option] = value
    return ImageFeaturizer(**options)
