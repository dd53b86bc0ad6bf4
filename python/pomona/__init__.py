# SPDX-License-Identifier: Apache-2.0
"""CNN features, PCA and classifiers for photographs of fruit, at the speed of the C++ core.

Everything is imported when it is first used: `import pomona` takes milliseconds, and loads neither
NumPy nor OpenVINO.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pomona.bundle import Bundle as Bundle
    from pomona.extraction import extract as extract
    from pomona.featurizer import Featurizer as Featurizer
    from pomona.predictor import Predictor as Predictor
    from pomona.predictor import predict as predict

# What is found where.
_HOMES = {
    "Bundle": "bundle",
    "Featurizer": "featurizer",
    "Predictor": "predictor",
    "extract": "extraction",
    "predict": "predictor",
}

__all__ = sorted(_HOMES)


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'pomona' has no attribute '{name}'")
    value = getattr(import_module(f"pomona.{home}"), name)
    globals()[name] = value  # the next time it is there
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
