# SPDX-License-Identifier: Apache-2.0
"""scikit-learn transformers and estimators over the core of Pomona.

They compute what `pomona run` computes: the same features, the same scaler and PCA, the same
logistic and ridge regression. Use them in a `Pipeline`, in `GridSearchCV`, or beside
scikit-learn's own. Needs scikit-learn, which Pomona does not install.

Example:
    >>> from sklearn.pipeline import make_pipeline
    >>> from pomona.sklearn import PomonaClassifier, PomonaPCA
    >>> model = make_pipeline(PomonaPCA(n_components=50), PomonaClassifier(c=1.0))
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import (
    BaseEstimator,
    ClassifierMixin,
    ClassNamePrefixFeaturesOutMixin,
    TransformerMixin,
)
from sklearn.utils import Tags
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import (
    _check_sample_weight,
    check_is_fitted,
    validate_data,
)

from pomona import _core
from pomona._models import DEFAULT_BACKBONE, absolute_folder
from pomona.featurizer import Featurizer

__all__ = ["PomonaClassifier", "PomonaFeaturizer", "PomonaPCA"]

# Of the ridge regression of `pomona train`, whose features are standardised.
_RIDGE_ALPHA = 1.0


class PomonaFeaturizer(ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator):
    """Photographs to CNN features, by a pretrained backbone. Nothing is fitted.

    `X` is a list of n photographs as `pomona.Featurizer` takes them: paths, encoded bytes, PIL
    images or uint8 arrays of shape (height, width, 3).

    It passes the checks of scikit-learn for the interface of estimators. scikit-learn leaves out
    those that fit: they need a matrix of numbers.

    Args:
        backbone: Name of an installed backbone.
        size: Side of the network's input in pixels; None: the backbone's own.
        precision: "auto", "f32" or "bf16".
        fit_mode: How a photograph becomes square: "squash", "crop" or "pad" (`--fit`).
        crops: Parts of each photograph that the network sees; features are their mean. A text such
            as "whole,flip", or several.
        batch: Photographs in one call of the network; None: what is fastest at this size.
        workers: Threads; None: one for each core.
        models: Folder of installed backbones; None: those of this package.
        max_pixels: Photographs with more pixels are too large; None: 250,000,000.
        max_decode_memory: The same of MiB that decoding takes; None: 160.
        max_decode_time: The same of milliseconds that decoding takes, by an estimate; None: 250.
        max_damage: Share of a JPEG that may be lost, 0 to 1; None: 0.

    Attributes:
        n_features_out_: Number of features of a photograph, known when the network is compiled: by
            `fit`, or by the first `transform`.
    """

    def __init__(
        self,
        backbone: str = DEFAULT_BACKBONE,
        *,
        size: int | None = None,
        precision: Literal["auto", "f32", "bf16"] = "auto",
        fit_mode: Literal["squash", "crop", "pad"] = "squash",
        crops: str | Sequence[str] = ("whole",),
        batch: int | None = None,
        workers: int | None = None,
        models: str | os.PathLike[str] | None = None,
        max_pixels: int | None = None,
        max_decode_memory: int | None = None,
        max_decode_time: int | None = None,
        max_damage: float | None = None,
    ) -> None:
        self.backbone = backbone
        self.size = size
        self.precision = precision
        self.fit_mode = fit_mode
        self.crops = crops
        self.batch = batch
        self.workers = workers
        self.models = models
        self.max_pixels = max_pixels
        self.max_decode_memory = max_decode_memory
        self.max_decode_time = max_decode_time
        self.max_damage = max_damage

    def fit(self, X: Any, y: Any = None) -> PomonaFeaturizer:
        """Compiles the network. Raises for options out of range."""
        self._compiled()
        return self

    def _compiled(self) -> Featurizer:
        """With the options as they are now: after `set_params` they are others."""
        options = self.get_params(deep=False)
        if getattr(self, "_compiled_with", None) != options:
            named = {
                "fit" if name == "fit_mode" else name: value for name, value in options.items()
            }
            self._featurizer = Featurizer(**named)
            self.n_features_out_ = self._featurizer.feature_count
            self._compiled_with = options
        return self._featurizer

    @property
    def _n_features_out(self) -> int:
        return self._compiled().feature_count

    def transform(self, X: Any) -> NDArray[np.float32]:
        """Returns features, float32 of shape (n, n_features_out_). It needs no `fit` before.

        Raises:
            pomona.DamagedError: A photograph cannot be decoded; every row must have features here.
                `pomona.Featurizer` returns such photographs as failures instead.
        """
        return self._compiled().transform(X)

    def __getstate__(self) -> dict[str, Any]:
        """`models` as an absolute path, which another working directory does not change."""
        state = {**super().__getstate__(), "models": absolute_folder(self.models)}
        if "_compiled_with" in state:
            state["_compiled_with"] = {**state["_compiled_with"], "models": state["models"]}
        return state

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        tags.requires_fit = False
        tags.no_validation = True
        return tags


class PomonaPCA(ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator):
    """Standard scaler and PCA in one, as `pomona reduce` fits them in one pass.

    Sums are float64, input and output are float32.

    Args:
        n_components: How many, at least 1; a share of the variance between 0 and 1; None: 200, or
            as many as the rows allow.
        scale: Divide features by their standard deviation; False: centre only.

    Attributes:
        mean_: Of each feature, shape (n_features,).
        scale_: What each is divided by, shape (n_features,); 1 for a constant one.
        components_: Orthonormal rows, shape (n_components_, n_features). The element of largest
            magnitude of each is positive.
        explained_variance_: Of each component, of scaled features, shape (n_components_,).
        explained_variance_ratio_: Shares of the total variance, shape (n_components_,).
        n_components_: How many components there are.
    """

    def __init__(self, n_components: int | float | None = None, *, scale: bool = True) -> None:
        self.n_components = n_components
        self.scale = scale

    def fit(self, X: ArrayLike, y: Any = None) -> PomonaPCA:
        """Fits on `X`, shape (n, n_features), n at least 2."""
        rows = validate_data(self, X, dtype=np.float32, order="C", ensure_min_samples=2)
        moments = _core.Moments(rows.shape[1])
        moments.add(rows)
        components = self.n_components
        if components is None:
            components = min(200, _core.max_components(*rows.shape))
        elif isinstance(components, (int, np.integer)):
            components = int(components)
        else:
            components = float(components)
        reduction = moments.fit_reduction(components, self.scale)
        self.mean_ = reduction.mean
        self.scale_ = reduction.scale
        self.components_ = reduction.components
        self.explained_variance_ = reduction.explained_variance
        self.explained_variance_ratio_ = reduction.explained_variance_ratio
        self.n_components_ = int(self.components_.shape[0])
        return self

    @property
    def _n_features_out(self) -> int:
        return self.n_components_

    def transform(self, X: ArrayLike) -> NDArray[np.float32]:
        """Returns components, float32 of shape (n, n_components_)."""
        check_is_fitted(self, "components_")
        rows = validate_data(self, X, dtype=np.float32, order="C", reset=False)
        return _core.project(self.mean_, self.scale_, self.components_, rows)

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = ["float32"]
        return tags


class PomonaClassifier(ClassifierMixin, BaseEstimator):
    """Logistic or ridge regression, as `pomona train` fits them, without calibration.

    It passes the checks of scikit-learn (`sklearn.utils.estimator_checks`) but for these:

    - logistic regression: `check_sample_weight_equivalence_on_dense_data`. The search ends within
      2e-5 of the least objective, so that probabilities agree to 1e-4; the check asks for 1e-7.
    - ridge regression takes no weights, and the checks of weights fail: the same one,
      `check_sample_weights_not_an_array`, `check_sample_weights_list`,
      `check_sample_weights_pandas_series`,
      `check_sample_weights_shape`, `check_sample_weights_not_overwritten`,
      `check_all_zero_sample_weights_error` and `check_classifiers_one_label_sample_weights`.

    Args:
        classifier: "logistic" for components, "ridge" for features.
        c: Inverse regularisation strength of logistic regression, scikit-learn's C on rows divided
            by their root mean square.

    Attributes:
        classes_: The labels, shape (n_classes,).
        coef_: Weights, float64 of shape (n_classes, n_features).
        intercept_: Shape (n_classes,).
        n_iter_: Passes over the rows; 0 for ridge regression.
    """

    def __init__(
        self, classifier: Literal["logistic", "ridge"] = "logistic", *, c: float = 1.0
    ) -> None:
        self.classifier = classifier
        self.c = c

    def fit(
        self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None
    ) -> PomonaClassifier:
        """Fits on `X`, shape (n, n_features), and labels `y`, shape (n,).

        Args:
            X: Rows, finite.
            y: A label for each row, at least two different ones.
            sample_weight: A positive weight for each row; logistic regression only.
        """
        rows, y = validate_data(self, X, y, dtype=np.float32, order="C")
        check_classification_targets(y)
        self.classes_, numbers = np.unique(y, return_inverse=True)
        labels = np.ascontiguousarray(numbers, dtype=np.int32)
        if len(self.classes_) < 2:
            raise ValueError(
                f"fitting a classifier: expected at least two classes, found one class "
                f"({self.classes_[0]!r})"
            )
        if self.classifier == "logistic":
            fitted = self._fit_logistic(rows, labels, sample_weight)
        elif self.classifier == "ridge":
            fitted = self._fit_ridge(rows, labels, sample_weight)
        else:
            raise ValueError(f"classifier: expected logistic or ridge, found {self.classifier!r}")
        self.coef_ = fitted.weights
        self.intercept_ = fitted.bias
        self.n_iter_ = fitted.iterations
        return self

    def _fit_logistic(
        self, rows: NDArray[np.float32], labels: NDArray[np.int32], sample_weight: ArrayLike | None
    ) -> _core.LinearFit:
        weights = None
        if sample_weight is not None:
            weights = _check_sample_weight(sample_weight, rows, dtype=np.float32)
            kept = weights > 0  # a weight of 0 leaves the row out
            rows, labels, weights = rows[kept], labels[kept], weights[kept]
        fitted = _core.fit_logistic(rows, labels, len(self.classes_), float(self.c), weights)
        if not fitted.converged:
            import warnings

            from sklearn.exceptions import (
                ConvergenceWarning,
            )

            warnings.warn(
                f"logistic regression did not converge in {fitted.iterations} iterations; a "
                "smaller c converges sooner",
                ConvergenceWarning,
                stacklevel=3,
            )
        return fitted

    def _fit_ridge(
        self, rows: NDArray[np.float32], labels: NDArray[np.int32], sample_weight: ArrayLike | None
    ) -> _core.LinearFit:
        if sample_weight is not None:
            raise ValueError("sample_weight: ridge regression takes no weights; use logistic")
        moments = _core.Moments(rows.shape[1], len(self.classes_))
        moments.add(rows, labels)
        return moments.fit_ridge(_RIDGE_ALPHA)

    def _logits(self, X: ArrayLike) -> NDArray[np.float64]:
        check_is_fitted(self, "classes_")
        rows = validate_data(self, X, dtype=np.float32, order="C", reset=False)
        return _core.logits(self.coef_, self.intercept_, rows)

    def decision_function(self, X: ArrayLike) -> NDArray[np.float64]:
        """Returns logits of shape (n, n_classes); of two classes their difference, shape (n,)."""
        logits = self._logits(X)
        return logits[:, 1] - logits[:, 0] if len(self.classes_) == 2 else logits

    def predict_proba(self, X: ArrayLike) -> NDArray[np.float64]:
        """Returns probabilities of shape (n, n_classes)."""
        logits = self._logits(X)
        odds = np.exp(logits - logits.max(axis=1, keepdims=True))
        probabilities: NDArray[np.float64] = odds / odds.sum(axis=1, keepdims=True)
        return probabilities

    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """Returns the most probable label of each row, shape (n,)."""
        logits = self._logits(X)
        answers: NDArray[Any] = self.classes_[np.argmax(logits, axis=1)]
        return answers
