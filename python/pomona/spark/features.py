# SPDX-License-Identifier: Apache-2.0
"""Photographs of a DataFrame to features, by `mapInArrow`; also with Spark Connect."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Unpack

from pomona._in_memory import split_store_options
from pomona._signature import takes
from pomona.featurizer import Featurizer
from pomona.spark._columns import with_columns
from pomona.spark._content import photograph_source
from pomona.spark._shipping import check_driver, shipped
from pomona.spark.options import FeaturizerOptions, HandleInvalid, check_handle_invalid

if TYPE_CHECKING:
    from pyspark.sql import DataFrame
    from pyspark.sql.types import DataType

    from pomona.spark._counts import Counters


@takes(FeaturizerOptions)
def features_in_arrow(
    df: DataFrame,
    *,
    input_col: str = "content",
    output_col: str = "features",
    handle_invalid: HandleInvalid = "error",
    error_col: str = "error",
    **options: Unpack[FeaturizerOptions],
) -> DataFrame:
    """Adds a column of features to photographs. What `ImageFeaturizer` does, without a stage.

    Args:
        df: A row for each photograph; also one of Spark Connect, or a streaming one.
        input_col: Column of encoded bytes, as `spark.read.format("binaryFile")` gives it, or of
            text: paths that every executor can open, or s3://bucket/key, which executors read
            themselves, with their own credentials.
        output_col: Column of array<float> for the features.
        handle_invalid: What happens at a photograph that cannot be read: an error ends the job,
            `"skip"` leaves its row out, `"keep"` leaves its features null and gives the reason.
        error_col: Column of the reason, null for photographs that can be read; only with `"keep"`.
        {options}

    Returns:
        The columns of `df`, features after them. The column of bytes is left out, and with paths
        every column of bytes, so that photographs do not go back through Spark: join by a column
        such as `path` if you need them.

    Raises:
        InvalidInputError: There is no such column, one of another type, or an option is out of range.
    """
    columns = FeatureColumns(input_col, output_col, handle_invalid, error_col)
    return featurized(df, columns, options)


@dataclass(frozen=True)
class FeatureColumns:
    """Names of columns, and what happens at a photograph that cannot be read."""

    photographs: str
    features: str
    handle_invalid: HandleInvalid
    reasons: str


def featurized(
    df: DataFrame,
    columns: FeatureColumns,
    options: FeaturizerOptions,
    counters: Counters | None = None,
) -> DataFrame:
    """The same with counters that the workers add to."""
    check_driver()
    check_handle_invalid("handle_invalid", columns.handle_invalid)
    from pomona.spark._features import FeatureTask

    stores, of_featurizer = split_store_options(options)
    arguments = featurizer_arguments(of_featurizer)
    source = photograph_source(df, columns.photographs)
    schema = with_columns(df, source.beside, _outputs(columns), "adding features")
    task = FeatureTask(
        arguments,
        stores,
        source.place,
        source.beside,
        columns.features,
        columns.handle_invalid,
        columns.reasons,
        source.name,
    )
    work = shipped("pomona.spark._features", "featurize", task, counters)
    return source.rows.mapInArrow(work, schema)


def _outputs(columns: FeatureColumns) -> dict[str, DataType]:
    from pyspark.sql.types import ArrayType, FloatType, StringType

    outputs: dict[str, DataType] = {columns.features: ArrayType(FloatType(), containsNull=False)}
    if columns.handle_invalid == "keep":
        outputs[columns.reasons] = StringType()
    return outputs


def featurizer_arguments(options: Mapping[str, Any]) -> dict[str, Any]:
    """All arguments of a `Featurizer`, for the workers.

    Raises:
        InvalidInputError: One is out of range.
    """
    given: dict[str, Any] = {"precision": "f32", **options}
    return Featurizer(**given)._arguments
