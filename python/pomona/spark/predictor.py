# SPDX-License-Identifier: Apache-2.0
"""Photographs of a DataFrame to answers of a bundle: a stage, and a function for SQL."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pyspark import keyword_only
from pyspark.ml import Transformer
from pyspark.ml.param import Param, Params, TypeConverters
from pyspark.ml.param.shared import HasInputCol, HasOutputCol
from pyspark.ml.util import DefaultParamsReadable, DefaultParamsWritable

from pomona.bundle import Bundle
from pomona.errors import raise_error
from pomona.predictor import Predictor
from pomona.spark._bundle import PackedBundle
from pomona.spark._columns import with_columns
from pomona.spark._content import photograph_source
from pomona.spark._predictions import PredictTask
from pomona.spark._shipping import check_driver, shipped, shipped_call

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession
    from pyspark.sql.types import StructType

StrPath = str | os.PathLike[str]


def answer_type() -> StructType:
    """Type of an answer.

    `label` and `probability` are null where there is none: `rejected` then has the reason of a
    rejection, as in `pomona.Prediction`, or `failure` why the photograph cannot be read. `answers`
    has the most probable labels, the best first, also of a rejected photograph.
    """
    from pyspark.sql.types import ArrayType, DoubleType, StringType, StructType

    best = StructType().add("label", StringType()).add("probability", DoubleType())
    return (
        StructType()
        .add("label", StringType())
        .add("probability", DoubleType())
        .add("answers", ArrayType(best))
        .add("rejected", StringType())
        .add("ood_score", DoubleType())
        .add("failure", StringType())
    )


class BundlePredictor(
    Transformer,
    HasInputCol,
    HasOutputCol,
    DefaultParamsReadable["BundlePredictor"],
    DefaultParamsWritable,
):
    """Photographs to answers, inside every executor. The bundle travels with the work.

    Answers are those of `pomona predict`.

    Args:
        bundle: Place of a bundle that the driver can open. A bundle in memory is set by
            `setBundle`; save it in a folder first if the stage is to be saved.
        inputCol: Column of encoded photographs or of their paths, as for `ImageFeaturizer`;
            `"content"` by default. A column of bytes is not in the result.
        outputCol: Column of answers, of the type `answer_type()`; `"prediction"` by default.
        top: How many answers for each photograph; 3 by default.
        fast: Use two crops instead of all: faster, slightly less accurate.

    Example:
        predictor = BundlePredictor(bundle="results")
        predictor.transform(photographs).select("path", "prediction.label")
    """

    bundle: Param[str] = Param(
        Params._dummy(), "bundle", "place of the bundle on the driver", TypeConverters.toString
    )
    top: Param[int] = Param(
        Params._dummy(), "top", "how many answers for each photograph", TypeConverters.toInt
    )
    fast: Param[bool] = Param(
        Params._dummy(), "fast", "use two crops instead of all", TypeConverters.toBoolean
    )

    @keyword_only
    def __init__(
        self,
        *,
        bundle: str | None = None,
        inputCol: str = "content",
        outputCol: str = "prediction",
        top: int = 3,
        fast: bool = False,
    ) -> None:
        super().__init__()
        self._setDefault(inputCol="content", outputCol="prediction", top=3, fast=False)
        self._opened: Bundle | None = None
        if bundle is not None:
            self._input_kwargs["bundle"] = _absolute(bundle)  # type: ignore[attr-defined]
        self._set(**self._input_kwargs)  # type: ignore[attr-defined]

    def setBundle(self, value: Bundle | StrPath) -> BundlePredictor:
        """Sets `bundle`: a place, or a `pomona.Bundle`."""
        if isinstance(value, Bundle):
            self._opened = value
            self.clear(self.bundle)
            if value._place is not None:
                self._set(bundle=value._absolute)
        else:
            self._opened = None
            self._set(bundle=_absolute(value))
        return self

    def write(self) -> Any:
        """Writes the stage, with the place of its bundle.

        Raises:
            InvalidInputError: The bundle is in memory.
        """
        if not self.isDefined(self.bundle):
            raise_error(
                "invalid_input",
                "saving a BundlePredictor: it is saved by the place of its bundle, which is in memory; "
                "save that first: bundle.save(FOLDER)",
            )
        return super().write()

    def getBundle(self) -> str:
        """Gets `bundle`."""
        return self.getOrDefault(self.bundle)

    def setInputCol(self, value: str) -> BundlePredictor:
        """Sets `inputCol`."""
        self._set(inputCol=value)
        return self

    def setOutputCol(self, value: str) -> BundlePredictor:
        """Sets `outputCol`."""
        self._set(outputCol=value)
        return self

    def setTop(self, value: int) -> BundlePredictor:
        """Sets `top`."""
        self._set(top=value)
        return self

    def getTop(self) -> int:
        """Gets `top`."""
        return self.getOrDefault(self.top)

    def setFast(self, value: bool) -> BundlePredictor:
        """Sets `fast`."""
        self._set(fast=value)
        return self

    def getFast(self) -> bool:
        """Gets `fast`."""
        return self.getOrDefault(self.fast)

    def _transform(self, dataset: DataFrame) -> DataFrame:
        if self._opened is None and not self.isDefined(self.bundle):
            raise_error("invalid_input", "predicting: expected a bundle, found none; setBundle(…)")
        bundle = self._opened if self._opened is not None else self.getBundle()
        return predictions_in_arrow(
            dataset,
            bundle,
            input_col=self.getInputCol(),
            output_col=self.getOutputCol(),
            top=self.getTop(),
            fast=self.getFast(),
        )


def _absolute(place: StrPath) -> str:
    """A place that is found from any working directory."""
    place = os.fspath(place)
    return place if "://" in place else str(Path(place).absolute())


def predictions_in_arrow(
    df: DataFrame,
    bundle: Bundle | StrPath,
    *,
    input_col: str = "content",
    output_col: str = "prediction",
    top: int = 3,
    fast: bool = False,
) -> DataFrame:
    """Adds a column of answers to photographs. What `BundlePredictor` does, without a stage.

    Args:
        df: A row for each photograph; also one of Spark Connect, or a streaming one.
        bundle: A bundle, or a place that the driver can open.
        input_col: Column of encoded photographs or of their paths, as for `features_in_arrow`.
        output_col: Column of answers, of the type `answer_type()`.
        top: How many answers for each photograph.
        fast: Use two crops instead of all.

    Returns:
        The columns of `df`, but for those of bytes as in `features_in_arrow`, and the answers after
        them.

    Raises:
        NotFoundError: There is no bundle at that place.
        InvalidInputError: There is no such column, one of another type, or an option is out of range.
    """
    check_driver()
    source = photograph_source(df, input_col)
    schema = with_columns(df.schema, source.beside, {output_col: answer_type()})
    work = _task(bundle, top, fast, source.place, source.beside, output_col)
    return source.rows.mapInArrow(shipped("pomona.spark._predictions", "predict", work), schema)


def register(
    spark: SparkSession, name: str, bundle: Bundle | StrPath, *, top: int = 3, fast: bool = False
) -> None:
    """Registers a function for SQL, of a photograph or its path, that returns an answer.

    Spark hands it 100 rows at a time, however large they are, and it answers them one by one: for
    many photographs, or large ones, `BundlePredictor` is faster and holds less.

    Args:
        spark: Its session.
        name: What SQL calls it.
        bundle: A bundle, or a place that the driver can open.
        top: How many answers for each photograph.
        fast: Use two crops instead of all.

    Raises:
        NotFoundError: There is no bundle at that place.

    Example:
        pomona.spark.register(spark, "identify", "results")
        spark.sql("SELECT path, identify(content).label FROM photographs")
    """
    check_driver()
    work = _task(bundle, top, fast, None, [], "")
    spark.udf.register(
        name, shipped_call("pomona.spark._predictions", "predict_one", work), answer_type()
    )


def _task(
    bundle: Bundle | StrPath,
    top: int,
    fast: bool,
    place: str | None,
    beside: list[str],
    output: str,
) -> PredictTask:
    predictor = Predictor(bundle, fast=fast)
    predictor._checked(top, "en")
    return PredictTask(
        PackedBundle.of(predictor.bundle), {"fast": fast}, top, place, beside, output
    )
