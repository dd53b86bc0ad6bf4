# SPDX-License-Identifier: Apache-2.0
"""Photographs of a DataFrame to features, by `mapInArrow`; also with Spark Connect."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal, Unpack

from pomona.errors import raise_error
from pomona.featurizer import Featurizer
from pomona.spark._columns import photograph_source, with_columns
from pomona.spark._shipping import check_driver, shipped

if TYPE_CHECKING:
    from pyspark.sql import DataFrame
    from pyspark.sql.types import DataType

    from pomona.spark.options import FeaturizerOptions

OnFailure = Literal["error", "skip", "keep"]
ON_FAILURE: Final = ("error", "skip", "keep")


def features_in_arrow(
    df: DataFrame,
    *,
    input_col: str = "content",
    output_col: str = "features",
    handle_invalid: OnFailure = "error",
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
        options: As `pomona.Featurizer` has them. Without `precision` it is `"f32"`, so that all
            executors compute the same; `"bf16"` is faster where all have it.

    Returns:
        The columns of `df`, features after them. A column of bytes is left out, so that
        photographs do not go back through Spark: join by a column such as `path` if you need them.

    Raises:
        InvalidInputError: There is no such column, one of another type, or an option is out of range.
    """
    check_driver()
    from pyspark.sql.types import ArrayType, FloatType, StringType

    if handle_invalid not in ON_FAILURE:
        raise_error(
            "invalid_input",
            f"handle_invalid: expected {', '.join(ON_FAILURE)}, found {handle_invalid!r}",
        )
    arguments = featurizer_arguments(**options)
    source = photograph_source(df, input_col)
    outputs: dict[str, DataType] = {output_col: ArrayType(FloatType(), containsNull=False)}
    if handle_invalid == "keep":
        outputs[error_col] = StringType()
    schema = with_columns(df.schema, source.beside, outputs)
    from pomona.spark._features import FeatureTask

    task = FeatureTask(
        arguments,
        source.place,
        source.beside,
        output_col,
        handle_invalid,
        error_col,
        source.name,
    )
    return source.rows.mapInArrow(shipped("pomona.spark._features", "featurize", task), schema)


def featurizer_arguments(**options: Unpack[FeaturizerOptions]) -> dict[str, Any]:
    """All arguments of a `Featurizer`, for the workers.

    Raises:
        InvalidInputError: One is out of range.
    """
    given: dict[str, Any] = {"precision": "f32", **options}
    return Featurizer(**given)._arguments
