# SPDX-License-Identifier: Apache-2.0
"""Standard scaler, as the one in front of the PCA of `pomona reduce`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from pyspark import keyword_only
from pyspark.ml import Estimator, Model
from pyspark.ml.linalg import DenseVector
from pyspark.ml.param import Param, Params, TypeConverters
from pyspark.ml.util import DefaultParamsReadable, DefaultParamsWritable

from pomona.spark._stages import RowColumns
from pomona.spark.moments import Spread, sums_of
from pomona.spark.persistence import ArrayModel

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class PomonaScaler(
    RowColumns,
    Estimator["PomonaScalerModel"],
    DefaultParamsReadable["PomonaScaler"],
    DefaultParamsWritable,
):
    """Centres features and divides them by their standard deviation.

    `PomonaPCA` does so itself: in front of it this stage is not needed. Unlike `StandardScaler` of Spark
    ML it centres unless told otherwise, and divides by the deviation of the population, not of a
    sample, as Pomona and scikit-learn do.

    Args:
        inputCol: Column of features: array<float>, array<double> or a vector of Spark ML.
        outputCol: Column to add: a vector where the input is one, else array<float>.
        withMean: Centre.
        withStd: Divide by the standard deviation; a constant feature is divided by 1.
        handleInvalid: Of rows that are null or not finite: "error" fails, "skip" leaves them out, "keep"
            leaves them out of the fit and gives them null.
    """

    withMean: Param[bool] = Param(
        Params._dummy(), "withMean", "centre features", typeConverter=TypeConverters.toBoolean
    )
    withStd: Param[bool] = Param(
        Params._dummy(),
        "withStd",
        "divide features by their standard deviation",
        typeConverter=TypeConverters.toBoolean,
    )

    @keyword_only
    def __init__(
        self,
        *,
        inputCol: str | None = None,
        outputCol: str | None = None,
        withMean: bool = True,
        withStd: bool = True,
        handleInvalid: str = "error",
    ) -> None:
        super().__init__()
        self._setDefault(withMean=True, withStd=True)
        self._set(**self._input_kwargs)  # type: ignore[attr-defined]

    @keyword_only
    def setParams(self, **params: Any) -> PomonaScaler:
        """Sets any of the params of the constructor."""
        self._set(**params)
        return self

    def getWithMean(self) -> bool:
        """Returns whether features are centred."""
        value: bool = self.getOrDefault(self.withMean)
        return value

    def setWithMean(self, value: bool) -> PomonaScaler:
        """Sets whether features are centred."""
        self._set(withMean=value)
        return self

    def getWithStd(self) -> bool:
        """Returns whether features are divided by their standard deviation."""
        value: bool = self.getOrDefault(self.withStd)
        return value

    def setWithStd(self, value: bool) -> PomonaScaler:
        """Sets whether features are divided by their standard deviation."""
        self._set(withStd=value)
        return self

    def _fit(self, dataset: Any) -> PomonaScalerModel:
        import numpy as np

        spread = sums_of(self._fit_of(dataset), dataset, Spread)
        model = PomonaScalerModel()
        width = len(spread.mean)
        model._mean = spread.mean if self.getWithMean() else np.zeros(width)
        model._scale = spread.scale() if self.getWithStd() else np.ones(width)
        return self._copyValues(model)


class PomonaScalerModel(RowColumns, Model, ArrayModel):
    """Means and standard deviations that `PomonaScaler` has measured."""

    _arrays: ClassVar = ("_mean", "_scale")
    _mean: NDArray[np.float64]
    _scale: NDArray[np.float64]

    @property
    def mean(self) -> DenseVector:
        """What is subtracted from each feature; 0 without `withMean`."""
        return DenseVector(self._mean)

    @property
    def scale(self) -> DenseVector:
        """What each feature is divided by; 1 for a constant one and without `withStd`."""
        return DenseVector(self._scale)

    def _transform(self, dataset: Any) -> Any:
        return self._transform_rows(dataset, standardised, (self._mean, self._scale))


def standardised(
    rows: NDArray[np.float32], mean: NDArray[np.float64], scale: NDArray[np.float64]
) -> NDArray[np.float32]:
    """Rows centred and divided. Runs in the workers."""
    import numpy as np

    scaled: NDArray[np.float32] = ((rows - mean) / scale).astype(np.float32)
    return scaled
