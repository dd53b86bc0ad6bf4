# SPDX-License-Identifier: Apache-2.0
"""Photographs of a DataFrame to answers of a bundle: a stage, and a function for SQL."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

from pyspark import keyword_only
from pyspark.ml import Transformer
from pyspark.ml.param import Param, Params, TypeConverters
from pyspark.ml.param.shared import HasInputCol, HasOutputCol
from pyspark.ml.util import DefaultParamsReadable, DefaultParamsWritable

from pomona._in_memory import is_remote, split_store_options
from pomona._signature import takes
from pomona.bundle import Bundle
from pomona.errors import raise_error
from pomona.predictor import Predictor
from pomona.spark._bundle import PackedBundle
from pomona.spark._columns import with_columns
from pomona.spark._content import PhotographSource, photograph_source
from pomona.spark._counts import Counters, StageCounts, counters_of
from pomona.spark._photograph_params import ReadsPhotographs, naming_params
from pomona.spark._predictions import PredictTask
from pomona.spark._shipping import check_driver, shipped, shipped_call
from pomona.spark.answer import answer_type
from pomona.spark.options import PhotographOptions

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

StrPath = str | os.PathLike[str]


class BundlePredictor(
    Transformer,
    HasInputCol,
    HasOutputCol,
    ReadsPhotographs,
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
        maxPixels: Photographs with more pixels fail as too_large; by default 250,000,000.
        maxDecodeMemory: Photographs whose decoding takes more MiB fail as too_large; by default 160.
        maxDecodeTime: Photographs whose decoding takes more milliseconds, by an estimate from their
            headers, fail as too_large; by default 250.
        maxDamage: Decode JPEGs of which at most this share is lost, 0 to 1, instead of failing them
            as truncated or damaged; by default 0.
        s3Endpoint: URL of a service other than AWS for paths in buckets; by default that of each
            executor's environment (`AWS_ENDPOINT_URL`) or AWS profile. Likewise credentials, which
            are no parameter.
        regions: Regions that buckets may lie in; `["eu"]`: those in the European Union. By default
            those of each executor's `POMONA_REGIONS`, or any.
        requesterPays: Agree to pay for requests to buckets whose requester pays.
        signRequest: False reads public buckets without credentials.

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
        maxPixels: int | None = None,
        maxDecodeMemory: int | None = None,
        maxDecodeTime: int | None = None,
        maxDamage: float | None = None,
        s3Endpoint: str | None = None,
        regions: Sequence[str] | None = None,
        requesterPays: bool | None = None,
        signRequest: bool | None = None,
    ) -> None:
        super().__init__()
        self._setDefault(inputCol="content", outputCol="prediction", top=3, fast=False)
        self._opened: Bundle | None = None
        self._counters: Counters | None = None
        if bundle is not None:
            self._input_kwargs["bundle"] = _absolute(bundle)  # type: ignore[attr-defined]
        self._set(**self._input_kwargs)  # type: ignore[attr-defined]

    @property
    def counts(self) -> StageCounts | None:
        """What was done since the last `transform`; None before it, and with Spark Connect."""
        return None if self._counters is None else self._counters.read()

    @keyword_only
    def setParams(self, **params: Any) -> BundlePredictor:
        """Sets any of the parameters of the constructor."""
        if params.get("bundle") is not None:
            self.setBundle(params.pop("bundle"))
        self._set(**params)
        return self

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
        options = {"fast": self.getFast(), **self.photograph_options()}
        self._counters = counters_of(dataset.sparkSession)
        columns = (self.getInputCol(), self.getOutputCol())
        with naming_params():
            return _predicted(
                dataset, self._chosen(), columns, self.getTop(), options, self._counters
            )

    def _chosen(self) -> Bundle | str:
        """The bundle that was set, unless a map of parameters names another."""
        if self._opened is not None and (
            not self.isDefined(self.bundle) or self.getBundle() == self._opened._absolute
        ):
            return self._opened
        if not self.isDefined(self.bundle):
            raise_error("invalid_input", "predicting: expected a bundle, found none; setBundle(…)")
        return self.getBundle()


def _absolute(place: StrPath) -> str:
    """A place that is found from any working directory."""
    place = os.fspath(place)
    return place if is_remote(place) else str(Path(place).absolute())


@takes(PhotographOptions)
def predictions_in_arrow(
    df: DataFrame,
    bundle: Bundle | StrPath,
    *,
    input_col: str = "content",
    output_col: str = "prediction",
    top: int = 3,
    fast: bool = False,
    **options: Unpack[PhotographOptions],
) -> DataFrame:
    """Adds a column of answers to photographs. What `BundlePredictor` does, without a stage.

    Args:
        df: A row for each photograph; also one of Spark Connect, or a streaming one.
        bundle: A bundle, or a place that the driver can open.
        input_col: Column of encoded photographs or of their paths, as for `features_in_arrow`.
        output_col: Column of answers, of the type `answer_type()`.
        top: How many answers for each photograph.
        fast: Use two crops instead of all.
        {options}

    Returns:
        The columns of `df`, but for those of bytes as in `features_in_arrow`, and the answers after
        them.

    Raises:
        NotFoundError: There is no bundle at that place.
        InvalidInputError: There is no such column, one of another type, or an option is out of range.
    """
    return _predicted(df, bundle, (input_col, output_col), top, {"fast": fast, **options}, None)


def _predicted(
    df: DataFrame,
    bundle: Bundle | StrPath,
    columns: tuple[str, str],
    top: int,
    options: dict[str, Any],
    counters: Counters | None,
) -> DataFrame:
    """The same with counters that the workers add to; columns are input and output."""
    check_driver()
    source = photograph_source(df, columns[0])
    schema = with_columns(df, source.beside, {columns[1]: answer_type()}, "adding answers")
    task = _task(bundle, top, options, source, columns[1])
    work = shipped("pomona.spark._predictions", "predict", task, counters)
    return source.rows.mapInArrow(work, schema)


@takes(PhotographOptions)
def register(
    spark: SparkSession,
    name: str,
    bundle: Bundle | StrPath,
    *,
    top: int = 3,
    fast: bool = False,
    **options: Unpack[PhotographOptions],
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
        {options}

    Raises:
        NotFoundError: There is no bundle at that place.

    Example:
        pomona.spark.register(spark, "identify", "results")
        spark.sql("SELECT path, identify(content).label FROM photographs")
    """
    check_driver()
    work = _task(bundle, top, {"fast": fast, **options}, None, "")
    spark.udf.register(
        name, shipped_call("pomona.spark._predictions", "predict_one", work), answer_type()
    )


def _task(
    bundle: Bundle | StrPath,
    top: int,
    options: dict[str, Any],
    source: PhotographSource | None,
    output: str,
) -> PredictTask:
    stores, options = split_store_options(options)
    predictor = Predictor(bundle, **options)
    predictor._checked(top, "en")
    packed = PackedBundle.of(predictor.bundle)
    place, beside = (None, []) if source is None else (source.place, source.beside)
    return PredictTask(packed, options, stores, top, place, beside, output)
