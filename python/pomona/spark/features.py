# SPDX-License-Identifier: Apache-2.0
"""Photographs of a DataFrame to features, by `mapInArrow`; also with Spark Connect."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal, Unpack

from pomona.errors import raise_error
from pomona.featurizer import Featurizer
from pomona.spark._content import chunks_of
from pomona.spark._shipping import check_driver, shipped

if TYPE_CHECKING:
    from pyspark.sql import DataFrame
    from pyspark.sql.types import DataType, StructType

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
    is_content = _is_content(df.schema, input_col)
    beside = [name for name in df.columns if not is_content or name != input_col]
    outputs: dict[str, DataType] = {output_col: ArrayType(FloatType(), containsNull=False)}
    if handle_invalid == "keep":
        outputs[error_col] = StringType()
    schema = _with_columns(df.schema, beside, outputs)
    from pomona.spark._features import FeatureTask

    task = FeatureTask(
        arguments,
        None if is_content else input_col,
        beside,
        output_col,
        handle_invalid,
        error_col,
        _name_among(beside, None if is_content else input_col),
    )
    source = chunks_of(df, input_col, beside) if is_content else df
    return source.mapInArrow(shipped("pomona.spark._features", "featurize", task), schema)


def featurizer_arguments(**options: Unpack[FeaturizerOptions]) -> dict[str, Any]:
    """All arguments of a `Featurizer`, for the workers.

    Raises:
        InvalidInputError: One is out of range.
    """
    given: dict[str, Any] = {"precision": "f32", **options}
    return Featurizer(**given)._arguments


def column_type(schema: StructType, column: str) -> DataType:
    """The type of a column.

    Raises:
        InvalidInputError: There is none of this name.
    """
    types = {field.name: field.dataType for field in schema.fields}
    if column not in types:
        names = ", ".join(f"'{name}'" for name in types) or "none"
        raise_error(
            "invalid_input",
            f"reading the column '{column}': it is not there; the columns are {names}",
        )
    return types[column]


def _is_content(schema: StructType, column: str) -> bool:
    """Has the column bytes, or else places?"""
    from pyspark.sql.types import BinaryType, StringType

    found = column_type(schema, column)
    if not isinstance(found, (BinaryType, StringType)):
        raise_error(
            "invalid_input",
            f"reading photographs from the column '{column}': expected binary (encoded photographs) "
            f"or string (paths), found {found.simpleString()}",
        )
    return isinstance(found, BinaryType)


def _with_columns(
    schema: StructType, beside: list[str], outputs: dict[str, DataType]
) -> StructType:
    """The columns beside, and the outputs after them.

    Raises:
        InvalidInputError: An output would have the name of another column.
    """
    from pyspark.sql.types import StructType

    made = StructType([schema[name] for name in beside])
    for name, kind in outputs.items():
        if name in made.fieldNames():
            raise_error(
                "invalid_input",
                f"writing the column '{name}': there is one of this name already; choose another",
            )
        made = made.add(name, kind)
    return made


def _name_among(beside: list[str], place: str | None) -> str | None:
    """The column that names a photograph in messages."""
    if place is not None:
        return place
    return "path" if "path" in beside else None
