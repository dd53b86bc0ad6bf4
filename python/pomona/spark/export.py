# SPDX-License-Identifier: Apache-2.0
"""Fitted stages as the bundle of the command, which predicts without Spark.

Scaler, PCA and classifier are affine maps: those in front of the PCA, and those in front of a ridge
regression, are folded into one.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from pomona._in_memory import names_of
from pomona._models import DEFAULT_BACKBONE
from pomona.bundle import Bundle
from pomona.errors import raise_error
from pomona.featurizer import extract_options
from pomona.spark._photograph_params import OF_FEATURIZER
from pomona.spark.classifier import PomonaClassificationModel
from pomona.spark.pca import PomonaPCAModel
from pomona.spark.scaler import PomonaScalerModel

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def export_bundle(
    model: Any,
    *,
    backbone: str | None = None,
    size: int | None = None,
    precision: str | None = None,
    fit: str | None = None,
    crops: str | Sequence[str] | None = None,
    batch: int | None = None,
    models: str | os.PathLike[str] | None = None,
    labels: Sequence[str] | None = None,
) -> Bundle:
    """Makes a bundle of fitted stages: `pomona predict` and `BundlePredictor` then answer as they do.

    Args:
        model: A `PipelineModel`, or a list of fitted stages: a `PomonaPCAModel` with or without a
            `PomonaScalerModel` in front of it, and perhaps a `PomonaClassificationModel`. An
            `ImageFeaturizer` among them says what made the features, a `StringIndexerModel` what class
            indices mean.
        backbone: The network that made the features; None: that of the `ImageFeaturizer`, else
            `"efficientnet-lite0"`. Likewise the five options that follow.
        size: Side of the network's input, in pixels; None: the backbone's own.
        precision: `"f32"` or `"bf16"`; None: `"f32"`.
        fit: How photographs became square; None: `"squash"`.
        crops: Parts of each photograph that the network saw; None: `"whole"`. The stages get the mean of
            their features, so they must be fitted to features of one crop.
        batch: Photographs in one call of the network; None: what is fastest at this size.
        models: Folder of installed backbones on this machine; None: those of this package.
        labels: Texts for class indices, that of 0 first; None: those of the `StringIndexerModel`.

    Returns:
        The bundle, in memory: `export_bundle(model).save("bundle")`.

    Raises:
        InvalidInputError: The stages do not make a bundle, or are not as wide as the backbone's features.
        NotFoundError: The backbone is not installed.

    Example:
        >>> bundle = export_bundle(pipeline.fit(features), size=128)
    """
    from pomona import _core

    stages = list(getattr(model, "stages", model))
    given = {
        "backbone": backbone,
        "size": size,
        "precision": precision,
        "fit": fit,
        "crops": crops,
        "batch": batch,
        "models": models,
    }
    chain = _chain_of(stages, labels)
    made_by = _made_by(stages, given)
    _check_crops(made_by, len(chain.arrays["mean"]))
    native = _core.Bundle.of_parts(
        made_by, chain.arrays, chain.kind, chain.temperature, chain.labels
    )
    return Bundle._in_memory(native, models, None)


@dataclass(frozen=True)
class Affine:
    """rows · weightsᵀ + offset."""

    weights: NDArray[np.float64]
    offset: NDArray[np.float64]

    def after(self, first: Affine) -> Affine:
        """This of what another gives."""
        return Affine(self.weights @ first.weights, self.weights @ first.offset + self.offset)


@dataclass(frozen=True)
class _Chain:
    arrays: dict[str, NDArray[np.float64]]
    kind: str
    temperature: float
    labels: list[str]


def _chain_of(stages: list[Any], labels: Sequence[str] | None) -> _Chain:
    """What the stages do, as a bundle has it."""
    pca = _only(stages, PomonaPCAModel)
    if pca is None:
        _refuse("expected a PomonaPCAModel among the stages, found none; a bundle has one")
    classifier = _only(stages, PomonaClassificationModel)
    scaler = _in_front(stages, pca.getInputCol())
    arrays = _reduction_of(pca, scaler)
    if classifier is None:
        return _Chain(arrays, "none", 1.0, [])
    names, order = _labels_of(classifier, stages, labels)
    weights, bias = classifier._weights[order], classifier._bias[order]
    source = classifier.getFeaturesCol()
    if classifier.kind == "logistic" and source != pca.getOutputCol():
        _refuse(
            f"expected a logistic classifier on the components {pca.getOutputCol()!r}, found one on the "
            f"column {source!r}; name them featuresCol"
        )
    if classifier.kind == "ridge":
        on_rows = _to_column(stages, source, _input_of(pca, scaler), weights.shape[1])
        folded = Affine(weights, bias).after(on_rows)
        weights, bias = folded.weights, folded.offset
    arrays = {**arrays, "weights": _contiguous(weights), "bias": _contiguous(bias)}
    return _Chain(arrays, classifier.kind, classifier.temperature, names)


def _only(stages: list[Any], kind: type[Any]) -> Any:
    found = [stage for stage in stages if isinstance(stage, kind)]
    if len(found) > 1:
        _refuse(f"expected one {kind.__name__} among the stages, found {len(found)}")
    return found[0] if found else None


def _in_front(stages: list[Any], column: str) -> Any:
    """The scaler whose output this column is; None: there is none."""
    scaler = _only(stages, PomonaScalerModel)
    return scaler if scaler is not None and scaler.getOutputCol() == column else None


def _input_of(pca: Any, scaler: Any) -> str:
    name: str = (pca if scaler is None else scaler).getInputCol()
    return name


def _reduction_of(pca: Any, scaler: Any) -> dict[str, NDArray[np.float64]]:
    mean, scale = pca._mean, pca._scale
    if scaler is not None:
        mean, scale = scaler._mean + scaler._scale * mean, scaler._scale * scale
    return {
        "mean": mean,
        "scale": scale,
        "components": pca._components,
        "explained_variance": pca._explained_variance,
        "explained_variance_ratio": pca._explained_variance_ratio,
        "spectrum_ratio": pca._spectrum_ratio,
    }


def _to_column(stages: list[Any], column: str, features: str, width: int) -> Affine:
    """From features to this column, through scaler and PCA where they make it."""
    import numpy as np

    if column == features:
        return Affine(np.eye(width), np.zeros(width))
    makers = [
        stage
        for stage in stages
        if isinstance(stage, (PomonaPCAModel, PomonaScalerModel)) and stage.getOutputCol() == column
    ]
    if not makers:
        _refuse(
            f"the classifier reads the column {column!r}, which no stage makes of the features "
            f"{features!r}"
        )
    own = _affine_of(makers[0])
    return own.after(_to_column(stages, makers[0].getInputCol(), features, own.weights.shape[1]))


def _affine_of(stage: Any) -> Affine:
    import numpy as np

    if isinstance(stage, PomonaScalerModel):
        return Affine(np.diag(1 / stage._scale), -stage._mean / stage._scale)
    weights = stage._components / stage._scale
    return Affine(weights, -weights @ stage._mean)


def _labels_of(
    classifier: Any, stages: list[Any], given: Sequence[str] | None
) -> tuple[list[str], list[int]]:
    """Labels in byte order, as a bundle has them, and which class of the classifier each is."""
    names = classifier.labels
    if classifier._numeric:
        texts = _texts_of_indices(classifier, stages) if given is None else list(given)
        if len(texts) <= int(names[-1]):
            _refuse(
                f"labels: expected a text for each class index up to {names[-1]}, found "
                f"{len(texts)}; name them"
            )
        names = [texts[int(name)] for name in names]
    elif given is not None:
        _refuse("labels: no effect, as the classifier's labels are texts; leave it out")
    if len(set(names)) < len(names):
        _refuse("labels: expected a different text for each class index")
    order = sorted(range(len(names)), key=lambda at: names[at].encode())
    return [names[at] for at in order], order


def _texts_of_indices(classifier: Any, stages: list[Any]) -> list[str]:
    """Those of the StringIndexerModel; empty: there is none."""
    from pyspark.ml.feature import StringIndexerModel

    for stage in stages:
        is_indexer = isinstance(stage, StringIndexerModel)
        if is_indexer and stage.getOutputCol() == classifier.getLabelCol():
            return list(stage.labels)
    return []


def _made_by(stages: list[Any], given: dict[str, Any]) -> Any:
    """What made the features: as the caller says, else as the ImageFeaturizer does."""
    for stage in stages:
        if not hasattr(stage, "inputSize"):
            continue
        for param, name in OF_FEATURIZER.items():
            if given[name] is None and stage.isDefined(stage.getParam(param)):
                given[name] = stage.getOrDefault(param) or None
    if given["precision"] == "auto":
        _refuse(
            'precision: expected "f32" or "bf16", found "auto", by which each executor takes its own; '
            "name one"
        )
    return extract_options(
        backbone=given["backbone"] or DEFAULT_BACKBONE,
        size=given["size"],
        precision=given["precision"] or "f32",
        fit=given["fit"] or "squash",
        crops=names_of(given["crops"] or ["whole"]),
        batch=given["batch"],
        workers=None,
        models=given["models"],
    )


def _check_crops(made_by: Any, width: int) -> None:
    """Refuses stages that are fitted to features of several crops; of other widths the core speaks."""
    try:
        text = (Path(made_by.models) / made_by.backbone / "backbone.json").read_text("utf-8")
        count = int(json.loads(text)["feature_count"])
    except (OSError, ValueError, KeyError):
        return  # the core says what is wrong with it
    if width > count > 0 and width % count == 0:
        _refuse(
            f"expected stages for rows of {count} features, as the backbone {made_by.backbone!r} gives "
            f"them for one crop, found stages for {width}: features of {width // count} crops that lie "
            "side by side, of which a bundle takes the mean; fit the stages to features of one crop, "
            'crops=["whole"]'
        )


def _contiguous(values: NDArray[np.float64]) -> NDArray[np.float64]:
    import numpy as np

    return np.ascontiguousarray(values, np.float64)


def _refuse(why: str) -> NoReturn:
    raise_error("invalid_input", f"making a bundle of stages: {why}")
