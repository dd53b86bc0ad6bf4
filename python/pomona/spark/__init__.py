# SPDX-License-Identifier: Apache-2.0
"""Pomona inside Apache Spark: ML stages, functions and the whole chain, on every executor.

Stages have the names and parameters that Spark ML users know (`inputCol`, `outputCol`); functions have
the options of `pomona`. Needs `pomona[spark]` on the driver, and the same wheel on every executor.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pomona.spark.answer import answer_type as answer_type
    from pomona.spark.chain import run as run
    from pomona.spark.classifier import PomonaClassificationModel as PomonaClassificationModel
    from pomona.spark.classifier import PomonaClassifier as PomonaClassifier
    from pomona.spark.data_source import PomonaDataSource as PomonaDataSource
    from pomona.spark.environment import pack_environment as pack_environment
    from pomona.spark.export import export_bundle as export_bundle
    from pomona.spark.features import features_in_arrow as features_in_arrow
    from pomona.spark.image_featurizer import ImageFeaturizer as ImageFeaturizer
    from pomona.spark.labels import withLabel as withLabel
    from pomona.spark.labels import withSplit as withSplit
    from pomona.spark.pca import PomonaPCA as PomonaPCA
    from pomona.spark.pca import PomonaPCAModel as PomonaPCAModel
    from pomona.spark.predictor import BundlePredictor as BundlePredictor
    from pomona.spark.predictor import predictions_in_arrow as predictions_in_arrow
    from pomona.spark.predictor import register as register
    from pomona.spark.scaler import PomonaScaler as PomonaScaler
    from pomona.spark.scaler import PomonaScalerModel as PomonaScalerModel

# What is found where.
_HOMES = {
    "BundlePredictor": "predictor",
    "ImageFeaturizer": "image_featurizer",
    "PomonaClassificationModel": "classifier",
    "PomonaClassifier": "classifier",
    "PomonaDataSource": "data_source",
    "PomonaPCA": "pca",
    "PomonaPCAModel": "pca",
    "PomonaScaler": "scaler",
    "PomonaScalerModel": "scaler",
    "answer_type": "answer",
    "export_bundle": "export",
    "features_in_arrow": "features",
    "pack_environment": "environment",
    "predictions_in_arrow": "predictor",
    "register": "predictor",
    "run": "chain",
    "withLabel": "labels",
    "withSplit": "labels",
}

# PySpark 3.5 has no data sources in Python, where a name that is imported with all others would fail.
__all__ = sorted(_HOMES.keys() - {"PomonaDataSource"})


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'pomona.spark' has no attribute '{name}'")
    import_module("pomona.spark._shipping").check_driver()
    import_module("pomona.spark._java").check_java()
    value = getattr(import_module(f"pomona.spark.{home}"), name)
    globals()[name] = value  # the next time it is there
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
