# SPDX-License-Identifier: Apache-2.0
"""Standard scaler and PCA in one stage, as `pomona reduce` fits them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from pyspark import keyword_only
from pyspark.ml import Estimator, Model
from pyspark.ml.linalg import DenseMatrix, DenseVector
from pyspark.ml.param import Param, Params, TypeConverters
from pyspark.ml.util import DefaultParamsReadable, DefaultParamsWritable

from pomona.errors import raise_error
from pomona.spark._stages import RowColumns
from pomona.spark.moments import GramSums, sums_of
from pomona.spark.persistence import ArrayModel

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_DEFAULT_COMPONENTS = 200


class PomonaPCA(
    RowColumns,
    Estimator["PomonaPCAModel"],
    DefaultParamsReadable["PomonaPCA"],
    DefaultParamsWritable,
):
    """Standardises features and finds their principal components, in one pass over the rows.

    The result is that of `pomona reduce`. Sums are float64, rows are float32.

    Args:
        inputCol: Column of features: array<float>, array<double> or a vector of Spark ML.
        outputCol: Column to add: a vector where the input is one, else array<float>.
        k: Number of components; with `varianceShare` unset too: 200, or as many as the rows allow.
        varianceShare: Instead of `k`: the fewest components that reach this share of the variance.
        scale: Divide features by their standard deviation; False: centre only.
        handleInvalid: Of rows that are null or not finite: "error" fails, "skip" leaves them out, "keep"
            leaves them out of the fit and gives them null.

    Example:
        >>> pca = PomonaPCA(inputCol="features", outputCol="components", k=50)
        >>> reduced = pca.fit(features).transform(features)
    """

    k: Param[int] = Param(
        Params._dummy(), "k", "number of components", typeConverter=TypeConverters.toInt
    )
    varianceShare: Param[float] = Param(
        Params._dummy(),
        "varianceShare",
        "share of the variance that the components reach, instead of k",
        typeConverter=TypeConverters.toFloat,
    )
    scale: Param[bool] = Param(
        Params._dummy(),
        "scale",
        "divide features by their standard deviation",
        typeConverter=TypeConverters.toBoolean,
    )

    @keyword_only
    def __init__(
        self,
        *,
        inputCol: str | None = None,
        outputCol: str | None = None,
        k: int | None = None,
        varianceShare: float | None = None,
        scale: bool = True,
        handleInvalid: str = "error",
    ) -> None:
        super().__init__()
        self._setDefault(scale=True)
        self._set(**self._input_kwargs)  # type: ignore[attr-defined]

    @keyword_only
    def setParams(self, **params: Any) -> PomonaPCA:
        """Sets any of the params of the constructor."""
        self._set(**params)
        return self

    def getK(self) -> int:
        """Returns the number of components asked for."""
        number: int = self.getOrDefault(self.k)
        return number

    def setK(self, value: int) -> PomonaPCA:
        """Sets the number of components, and clears `varianceShare`."""
        self.clear(self.varianceShare)
        self._set(k=value)
        return self

    def getVarianceShare(self) -> float:
        """Returns the share of the variance asked for."""
        share: float = self.getOrDefault(self.varianceShare)
        return share

    def setVarianceShare(self, value: float) -> PomonaPCA:
        """Sets the share of the variance that the components reach, and clears `k`."""
        self.clear(self.k)
        self._set(varianceShare=value)
        return self

    def getScale(self) -> bool:
        """Returns whether features are divided by their standard deviation."""
        scale: bool = self.getOrDefault(self.scale)
        return scale

    def setScale(self, value: bool) -> PomonaPCA:
        """Sets whether features are divided by their standard deviation."""
        self._set(scale=value)
        return self

    def _fit(self, dataset: Any) -> PomonaPCAModel:
        from pomona import _core

        fit = self._fit_of(dataset)
        self._check_components()
        moments = sums_of(fit, dataset, GramSums).moments
        components: int | float
        if self.isDefined(self.k):
            components = self.getK()
        elif self.isDefined(self.varianceShare):
            components = self.getVarianceShare()
        else:
            most = _core.max_components(moments.rows, moments.dims)
            components = min(_DEFAULT_COMPONENTS, most)
        reduction = moments.fit_reduction(components, self.getScale())
        model = PomonaPCAModel()
        for array in PomonaPCAModel._arrays:
            setattr(model, array, getattr(reduction, array.removeprefix("_")))
        return self._copyValues(model)

    def _check_components(self) -> None:
        """What the core refuses, before a job runs; a `k` that is too large shows when rows are counted."""
        if self.isDefined(self.k) and self.isDefined(self.varianceShare):
            raise_error("invalid_input", "k, varianceShare: set one of them alone")
        if self.isDefined(self.k) and self.getK() < 1:
            raise_error("invalid_input", f"k: expected at least 1, found {self.getK()}")
        if self.isDefined(self.varianceShare) and not 0 < self.getVarianceShare() < 1:
            raise_error(
                "invalid_input",
                f"varianceShare: expected a share between 0 and 1, found {self.getVarianceShare()}",
            )


class PomonaPCAModel(RowColumns, Model, ArrayModel):
    """Scaler and principal components that `PomonaPCA` has fitted."""

    _arrays: ClassVar = (
        "_mean",
        "_scale",
        "_components",
        "_explained_variance",
        "_explained_variance_ratio",
        "_spectrum_ratio",
    )
    _mean: NDArray[np.float64]
    _scale: NDArray[np.float64]
    _components: NDArray[np.float64]
    _explained_variance: NDArray[np.float64]
    _explained_variance_ratio: NDArray[np.float64]
    _spectrum_ratio: NDArray[np.float64]  # of every dimension there is

    @property
    def mean(self) -> DenseVector:
        """Of each feature."""
        return DenseVector(self._mean)

    @property
    def scale(self) -> DenseVector:
        """What each feature is divided by; 1 for a constant one."""
        return DenseVector(self._scale)

    @property
    def pc(self) -> DenseMatrix:
        """Components as columns, as in Spark ML: features × components, for standardised features."""
        count, width = self._components.shape
        return DenseMatrix(width, count, self._components.ravel())

    @property
    def explainedVariance(self) -> DenseVector:
        """Share of the total variance that each component explains, as in Spark ML."""
        return DenseVector(self._explained_variance_ratio)

    def _transform(self, dataset: Any) -> Any:
        return self._transform_rows(dataset, projected, (self._mean, self._scale, self._components))


def projected(
    rows: NDArray[np.float32],
    mean: NDArray[np.float64],
    scale: NDArray[np.float64],
    components: NDArray[np.float64],
) -> NDArray[np.float32]:
    """Rows of features as principal components. Runs in the workers."""
    from pomona import _core

    return _core.project(mean, scale, components, rows)
