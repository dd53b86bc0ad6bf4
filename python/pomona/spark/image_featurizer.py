# SPDX-License-Identifier: Apache-2.0
"""The stage `ImageFeaturizer` of Spark ML."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal, cast

from pyspark import keyword_only
from pyspark.ml import Transformer
from pyspark.ml.param import Param, Params, TypeConverters
from pyspark.ml.param.shared import HasHandleInvalid, HasInputCol, HasOutputCol
from pyspark.ml.util import DefaultParamsReadable, DefaultParamsWritable

from pomona._in_memory import split_store_options
from pomona._models import DEFAULT_BACKBONE
from pomona.errors import raise_error
from pomona.spark._columns import quoted
from pomona.spark._counts import Counters, StageCounts, counters_of
from pomona.spark._photograph_params import OF_FEATURIZER, ReadsPhotographs, naming_params
from pomona.spark.features import FeatureColumns, featurized, featurizer_arguments
from pomona.spark.options import HandleInvalid

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

_OUTPUT_TYPES = ("array", "vector")


class ImageFeaturizer(
    Transformer,
    HasInputCol,
    HasOutputCol,
    HasHandleInvalid,
    ReadsPhotographs,
    DefaultParamsReadable["ImageFeaturizer"],
    DefaultParamsWritable,
):
    """Photographs to features with a pretrained network, inside every executor.

    Args:
        inputCol: Column of encoded photographs, as `spark.read.format("binaryFile")` gives it, or
            of text: paths that every executor can open, or s3://bucket/key, which executors read
            themselves. `"content"` by default. A column of bytes is not in the result.
        outputCol: Column for the features; `"features"` by default.
        outputType: `"array"`, array<float>, or `"vector"`, a vector of Spark ML.
        backbone: The network, one of `pomona.backbones()`.
        inputSize: Side of the network's input, in pixels; 0: the backbone's own.
        precision: `"f32"`, `"bf16"`, or `"auto"`, by which each executor takes its fastest.
        fit: How a photograph that is not square becomes square: `"squash"`, `"crop"` or `"pad"`.
        crops: Parts of each photograph that the network sees, as in `pomona.Featurizer`. A row
            holds the features of each, one after the other.
        batchSize: Photographs in one call of the network; by default what is fastest at this size.
        models: Folder of installed backbones on every executor; `""`: that of the executor's
            package.
        handleInvalid: What happens at a photograph that cannot be read: `"error"` ends the job,
            `"skip"` leaves its row out, `"keep"` leaves its features null and gives the reason.
        errorCol: Column of the reason with `"keep"`; `"error"` by default.
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
        featurizer = ImageFeaturizer(inputSize=128, handleInvalid="keep")
        features = featurizer.transform(spark.read.format("binaryFile").load("photographs/*/*"))
    """

    outputType: Param[str] = Param(
        Params._dummy(), "outputType", '"array" or "vector"', TypeConverters.toString
    )
    backbone: Param[str] = Param(
        Params._dummy(), "backbone", "the pretrained network", TypeConverters.toString
    )
    inputSize: Param[int] = Param(
        Params._dummy(),
        "inputSize",
        "side of the network's input in pixels; 0: the backbone's own",
        TypeConverters.toInt,
    )
    precision: Param[str] = Param(
        Params._dummy(), "precision", '"f32", "bf16" or "auto"', TypeConverters.toString
    )
    fit: Param[str] = Param(
        Params._dummy(),
        "fit",
        'how a photograph becomes square: "squash", "crop" or "pad"',
        TypeConverters.toString,
    )
    crops: Param[list[str]] = Param(
        Params._dummy(),
        "crops",
        "parts of each photograph that the network sees",
        TypeConverters.toListString,
    )
    batchSize: Param[int] = Param(
        Params._dummy(),
        "batchSize",
        "photographs in one call of the network; not set: what is fastest",
        TypeConverters.toInt,
    )
    models: Param[str] = Param(
        Params._dummy(),
        "models",
        'folder of backbones on every executor; "": that of its package',
        TypeConverters.toString,
    )
    errorCol: Param[str] = Param(
        Params._dummy(),
        "errorCol",
        'column of the reason with handleInvalid="keep"',
        TypeConverters.toString,
    )

    @keyword_only
    def __init__(
        self,
        *,
        inputCol: str = "content",
        outputCol: str = "features",
        outputType: Literal["array", "vector"] = "array",
        backbone: str = DEFAULT_BACKBONE,
        inputSize: int = 0,
        precision: Literal["f32", "bf16", "auto"] = "f32",
        fit: Literal["squash", "crop", "pad"] = "squash",
        crops: Sequence[str] = ("whole",),
        batchSize: int | None = None,
        models: str = "",
        handleInvalid: HandleInvalid = "error",
        errorCol: str = "error",
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
        self._setDefault(
            inputCol="content",
            outputCol="features",
            outputType="array",
            backbone=DEFAULT_BACKBONE,
            inputSize=0,
            precision="f32",
            fit="squash",
            crops=["whole"],
            models="",
            handleInvalid="error",
            errorCol="error",
        )
        self._counters: Counters | None = None
        self._set(**self._input_kwargs)  # type: ignore[attr-defined]

    @property
    def counts(self) -> StageCounts | None:
        """What was done since the last `transform`; None before it, and with Spark Connect."""
        return None if self._counters is None else self._counters.read()

    @keyword_only
    def setParams(self, **params: Any) -> ImageFeaturizer:
        """Sets any of the parameters of the constructor."""
        self._set(**params)
        return self

    def _transform(self, dataset: DataFrame) -> DataFrame:
        kind = self.getOrDefault(self.outputType)
        if kind not in _OUTPUT_TYPES:
            raise_error(
                "invalid_input",
                f"outputType: expected {' or '.join(_OUTPUT_TYPES)}, found {kind!r}",
            )
        output = self.getOutputCol()
        columns = FeatureColumns(
            self.getInputCol(),
            output,
            cast(HandleInvalid, self.getHandleInvalid()),
            self.getOrDefault(self.errorCol),
        )
        self._counters = counters_of(dataset.sparkSession)
        with naming_params():
            rows = featurized(dataset, columns, self._options(), self._counters)
        if kind == "array":
            return rows
        from pyspark.ml.functions import array_to_vector
        from pyspark.sql import functions as F

        vector = F.when(F.col(quoted(output)).isNotNull(), array_to_vector(F.col(quoted(output))))
        return rows.withColumn(output, vector)

    def arguments(self) -> dict[str, Any]:
        """Arguments of the `pomona.Featurizer` that the workers use.

        Raises:
            InvalidInputError: A parameter is out of range.
        """
        with naming_params():
            return featurizer_arguments(split_store_options(self._options())[1])

    def _options(self) -> Any:
        options = self._options_of(OF_FEATURIZER)
        if options.get("batch", 1) < 1:
            raise_error(
                "invalid_input",
                f"batchSize: expected 1 or more, found {options['batch']}; without it, the "
                "fastest is taken",
            )
        for name in ("size", "models"):
            options[name] = options[name] or None
        return {**options, **self.photograph_options()}

    def setInputCol(self, value: str) -> ImageFeaturizer:
        """Sets `inputCol`."""
        self._set(inputCol=value)
        return self

    def setOutputCol(self, value: str) -> ImageFeaturizer:
        """Sets `outputCol`."""
        self._set(outputCol=value)
        return self

    def setHandleInvalid(self, value: str) -> ImageFeaturizer:
        """Sets `handleInvalid`."""
        self._set(handleInvalid=value)
        return self

    def setOutputType(self, value: str) -> ImageFeaturizer:
        """Sets `outputType`."""
        self._set(outputType=value)
        return self

    def getOutputType(self) -> str:
        """Gets `outputType`."""
        return self.getOrDefault(self.outputType)

    def setBackbone(self, value: str) -> ImageFeaturizer:
        """Sets `backbone`."""
        self._set(backbone=value)
        return self

    def getBackbone(self) -> str:
        """Gets `backbone`."""
        return self.getOrDefault(self.backbone)

    def setInputSize(self, value: int) -> ImageFeaturizer:
        """Sets `inputSize`."""
        self._set(inputSize=value)
        return self

    def getInputSize(self) -> int:
        """Gets `inputSize`."""
        return self.getOrDefault(self.inputSize)

    def setPrecision(self, value: str) -> ImageFeaturizer:
        """Sets `precision`."""
        self._set(precision=value)
        return self

    def getPrecision(self) -> str:
        """Gets `precision`."""
        return self.getOrDefault(self.precision)

    def setFit(self, value: str) -> ImageFeaturizer:
        """Sets `fit`."""
        self._set(fit=value)
        return self

    def getFit(self) -> str:
        """Gets `fit`."""
        return self.getOrDefault(self.fit)

    def setCrops(self, value: list[str]) -> ImageFeaturizer:
        """Sets `crops`."""
        self._set(crops=value)
        return self

    def getCrops(self) -> list[str]:
        """Gets `crops`."""
        return self.getOrDefault(self.crops)

    def setBatchSize(self, value: int) -> ImageFeaturizer:
        """Sets `batchSize`."""
        self._set(batchSize=value)
        return self

    def getBatchSize(self) -> int:
        """Gets `batchSize`."""
        return self.getOrDefault(self.batchSize)

    def setModels(self, value: str) -> ImageFeaturizer:
        """Sets `models`."""
        self._set(models=value)
        return self

    def getModels(self) -> str:
        """Gets `models`."""
        return self.getOrDefault(self.models)

    def setErrorCol(self, value: str) -> ImageFeaturizer:
        """Sets `errorCol`."""
        self._set(errorCol=value)
        return self

    def getErrorCol(self) -> str:
        """Gets `errorCol`."""
        return self.getOrDefault(self.errorCol)
