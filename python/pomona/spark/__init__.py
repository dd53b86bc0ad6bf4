# SPDX-License-Identifier: Apache-2.0
"""Pomona inside Apache Spark: ML stages, functions and the whole chain, on every executor.

Stages have the names and parameters that Spark ML users know (`inputCol`, `outputCol`); functions have
the options of `pomona`. Needs `pomona[spark]` on the driver, and the same wheel on every executor.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pomona.spark.chain import run as run
    from pomona.spark.environment import pack_environment as pack_environment
    from pomona.spark.image_featurizer import ImageFeaturizer as ImageFeaturizer

# What is found where.
_HOMES = {
    "run": "chain",
    "pack_environment": "environment",
    "ImageFeaturizer": "image_featurizer",
}

__all__ = sorted(_HOMES)


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'pomona.spark' has no attribute '{name}'")
    value = getattr(import_module(f"pomona.spark.{home}"), name)
    globals()[name] = value  # the next time it is there
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
