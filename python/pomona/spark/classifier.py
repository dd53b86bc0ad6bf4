# SPDX-License-Identifier: Apache-2.0
"""Logistic and ridge regression with calibrated probabilities, as `pomona train` fits them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from pyspark import keyword_only
from pyspark.ml import Estimator, Model
from pyspark.ml.linalg import DenseMatrix, DenseVector
from pyspark.ml.param import Param, Params, TypeConverters
from pyspark.ml.param.shared import (
    HasFeaturesCol,
    HasLabelCol,
    HasPredictionCol,
    HasProbabilityCol,
    HasRawPredictionCol,
)
from pyspark.ml.util import DefaultParamsReadable, DefaultParamsWritable

from pomona.errors import raise_error, warn
from pomona.spark._answers import Answering, with_answers
from pomona.spark._columns import field_of
from pomona.spark._feature_columns import feature_column, label_column
from pomona.spark._stages import HandlesBadRows
from pomona.spark.moments import Fit, sums_of
from pomona.spark.packed_rows import PackedRows
from pomona.spark.persistence import ArrayModel
from pomona.spark.ridge import RidgeSums

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_KINDS = ("logistic", "ridge")


class ClassifierColumns(
    HandlesBadRows,
    HasFeaturesCol,
    HasLabelCol,
    HasPredictionCol,
    HasProbabilityCol,
    HasRawPredictionCol,
):
    """The columns of a classifier."""

    def setFeaturesCol(self, value: str) -> Any:
        """Sets the column of features or components."""
        return self._set(featuresCol=value)

    def setLabelCol(self, value: str) -> Any:
        """Sets the column of labels: texts, or class indices."""
        return self._set(labelCol=value)

    def setPredictionCol(self, value: str) -> Any:
        """Sets the column for the most probable label."""
        return self._set(predictionCol=value)

    def setProbabilityCol(self, value: str) -> Any:
        """Sets the column for the probabilities; "": there is none."""
        return self._set(probabilityCol=value)

    def setRawPredictionCol(self, value: str) -> Any:
        """Sets the column for the logits; "": there is none."""
        return self._set(rawPredictionCol=value)


class PomonaClassifier(
    ClassifierColumns,
    Estimator["PomonaClassificationModel"],
    DefaultParamsReadable["PomonaClassifier"],
    DefaultParamsWritable,
):
    """Distinguishes labels, with calibrated probabilities.

    Labels are texts, and predictions then are texts; or they are class indices 0, 1, 2, … as
    `StringIndexer` makes them, and predictions are doubles, which the evaluators of Spark ML need.

    "logistic" brings the rows to the disk of the driver and fits there, on all its cores: give it
    principal components. "ridge" sums on the executors, in one pass.

    Args:
        featuresCol: Column of numbers: array<float>, array<double> or a vector of Spark ML.
        labelCol: Column of labels.
        predictionCol: Column to add: the most probable label.
        probabilityCol: Column to add: a vector with the probability of each label; "": none.
        rawPredictionCol: Column to add: a vector of logits; "": none.
        classifier: "logistic" or "ridge".
        c: Inverse regularisation strength of logistic regression.
        groupCol: Column of groups, such as one fruit: calibration keeps those of a group together.
        handleInvalid: Of rows that are null or not finite: "error" fails, "skip" leaves them out, "keep"
            leaves them out of the fit and gives them null. The fit treats rows whose label or group is null
            or empty likewise.

    Example:
        >>> classifier = PomonaClassifier(featuresCol="components", labelCol="label")
        >>> answers = classifier.fit(reduced).transform(reduced)
    """

    classifier: Param[str] = Param(
        Params._dummy(),
        "classifier",
        "logistic or ridge",
        typeConverter=TypeConverters.toString,
    )
    c: Param[float] = Param(
        Params._dummy(),
        "c",
        "inverse regularisation strength of logistic regression",
        typeConverter=TypeConverters.toFloat,
    )
    groupCol: Param[str] = Param(
        Params._dummy(),
        "groupCol",
        "column of groups that calibration keeps together",
        typeConverter=TypeConverters.toString,
    )

    @keyword_only
    def __init__(
        self,
        *,
        featuresCol: str = "features",
        labelCol: str = "label",
        predictionCol: str = "prediction",
        probabilityCol: str = "probability",
        rawPredictionCol: str = "rawPrediction",
        classifier: str = "logistic",
        c: float = 1.0,
        groupCol: str | None = None,
        handleInvalid: str = "error",
    ) -> None:
        super().__init__()
        self._setDefault(classifier="logistic", c=1.0)
        self._set(**self._input_kwargs)  # type: ignore[attr-defined]

    @keyword_only
    def setParams(self, **params: Any) -> PomonaClassifier:
        """Sets any of the params of the constructor."""
        self._set(**params)
        return self

    def getClassifier(self) -> str:
        """Returns which regression is fitted."""
        kind: str = self.getOrDefault(self.classifier)
        return kind

    def setClassifier(self, value: str) -> PomonaClassifier:
        """Sets which regression is fitted: "logistic" or "ridge"."""
        self._set(classifier=value)
        return self

    def getC(self) -> float:
        """Returns the inverse regularisation strength."""
        strength: float = self.getOrDefault(self.c)
        return strength

    def setC(self, value: float) -> PomonaClassifier:
        """Sets the inverse regularisation strength of logistic regression."""
        self._set(c=value)
        return self

    def getGroupCol(self) -> str:
        """Returns the column of groups."""
        name: str = self.getOrDefault(self.groupCol)
        return name

    def setGroupCol(self, value: str) -> PomonaClassifier:
        """Sets the column of groups that calibration keeps together."""
        self._set(groupCol=value)
        return self

    def _fit(self, dataset: Any) -> PomonaClassificationModel:
        stage = f"fitting {type(self).__name__}"
        if self.getClassifier() not in _KINDS:
            raise_error(
                "invalid_input",
                f"classifier: expected {' or '.join(_KINDS)}, found {self.getClassifier()!r}",
            )
        group = self.getGroupCol() if self.isDefined(self.groupCol) else None
        if group is not None:
            group = field_of(dataset, group, stage).name
        fit = Fit(
            stage,
            feature_column(dataset, self.getFeaturesCol(), stage),
            self._keeps_bad_rows(),
            label_column(dataset, self.getLabelCol(), stage),
            group,
        )
        model = self._copyValues(PomonaClassificationModel())
        model._kind = self.getClassifier()
        if model._kind == "ridge":
            _fit_ridge(model, fit, dataset)
        else:
            _fit_logistic(model, fit, dataset, self.getC())
        assert fit.label is not None
        model._numeric = fit.label.is_numeric
        model._class_count = len(model._labels)
        if model._numeric:
            model._sort_by_index()
            # A fold of a search may lack the last classes, which its evaluator meets in the other one.
            model._class_count = max(int(model._labels[-1]) + 1, fit.label.class_count)
        return model


class PomonaClassificationModel(ClassifierColumns, Model, ArrayModel):
    """What `PomonaClassifier` has fitted."""

    _arrays: ClassVar = ("_weights", "_bias")
    _weights: NDArray[np.float64]
    _bias: NDArray[np.float64]
    _labels: list[str]
    _numeric: bool
    _class_count: int
    _temperature: float
    _kind: str

    @property
    def labels(self) -> list[str]:
        """What it distinguishes: texts in byte order, or class indices in theirs, as text."""
        return list(self._labels)

    @property
    def kind(self) -> str:
        """ "logistic" or "ridge"."""
        return self._kind

    @property
    def temperature(self) -> float:
        """Probabilities are softmax(logits / temperature)."""
        return self._temperature

    @property
    def numFeatures(self) -> int:
        """Width of the rows."""
        width: int = self._weights.shape[1]
        return width

    @property
    def numClasses(self) -> int:
        """Elements of a vector of probabilities; a class index that no row had counts too.

        Where labels are indices and their column has the metadata of `StringIndexer`, the number of
        classes in there; else one more than the highest index.
        """
        return self._class_count

    @property
    def coefficientMatrix(self) -> DenseMatrix:
        """Weights, labels × features."""
        rows, columns = self._weights.shape
        return DenseMatrix(rows, columns, self._weights.ravel(order="F"))

    @property
    def interceptVector(self) -> DenseVector:
        """Of each label."""
        return DenseVector(self._bias)

    def _facts(self) -> dict[str, Any]:
        return {
            "labels": self._labels,
            "numeric": self._numeric,
            "class_count": self._class_count,
            "temperature": self._temperature,
            "kind": self._kind,
        }

    def _set_facts(self, facts: dict[str, Any]) -> None:
        self._labels = facts["labels"]
        self._numeric = facts["numeric"]
        self._class_count = facts["class_count"]
        self._temperature = facts["temperature"]
        self._kind = facts["kind"]

    def _sort_by_index(self) -> None:
        import numpy as np

        order = np.argsort([int(label) for label in self._labels])
        self._labels = [self._labels[at] for at in order]
        self._weights, self._bias = self._weights[order], self._bias[order]

    def _transform(self, dataset: Any) -> Any:
        stage = f"transforming by {type(self).__name__}"
        answering = Answering(
            self._weights,
            self._bias,
            self._temperature,
            [int(label) for label in self._labels] if self._numeric else self._labels,
            self.numClasses,
        )
        columns = {
            "prediction": self.getPredictionCol(),
            "probability": self.getProbabilityCol(),
            "raw": self.getRawPredictionCol(),
        }
        features = feature_column(dataset, self.getFeaturesCol(), stage)
        skip = self.getHandleInvalid() == "skip"
        fit = Fit(stage, features, self._keeps_bad_rows())
        return with_answers(fit, dataset, answering, columns, skip)


def _fit_ridge(model: PomonaClassificationModel, fit: Fit, dataset: Any) -> None:
    sums = sums_of(fit, dataset, RidgeSums)
    labels = sums.labels()
    _check_labels(fit, labels)
    fitted, model._temperature = sums.fit(labels)
    model._labels, model._weights, model._bias = labels, fitted.weights, fitted.bias


def _fit_logistic(model: PomonaClassificationModel, fit: Fit, dataset: Any, c: float) -> None:
    from pomona import _core

    options = _core.TrainOptions()
    options.c = c
    with PackedRows(fit, dataset) as rows:
        _check_labels(fit, sorted(set(rows.labels)))
        native = _core.MemoryRows(rows.rows)
        native.labels, native.paths = rows.labels, rows.keys
        if rows.groups:
            native.groups = rows.groups
        labels, weights, bias, temperature, iterations, converged, notes = _core.train_classifier(
            native, options, None
        )
    for sentence in notes:
        warn(sentence)
    if not converged:
        warn(
            f"{fit.stage}: logistic regression did not converge in {iterations} iterations; a "
            "smaller c converges sooner"
        )
    model._labels, model._weights, model._bias = labels, weights, bias
    model._temperature = temperature


def _check_labels(fit: Fit, labels: list[str]) -> None:
    assert fit.label is not None
    if len(labels) < 2:
        raise_error(
            "invalid_input",
            f"{fit.stage} on the column {fit.label.name!r}: expected at least two labels, found "
            f"{labels[0]!r} alone",
        )
