# SPDX-License-Identifier: Apache-2.0
"""CNN features, PCA and classifiers for photographs of fruit, at the speed of the C++ core.

Everything is imported when it is first used: `import pomona` takes milliseconds, and loads neither
NumPy nor OpenVINO.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    __version__: str  # of pomona._core, whose stub has no such names
    from pomona._progress import ProgressEvent as ProgressEvent
    from pomona.bundle import Bundle as Bundle
    from pomona.errors import DamagedError as DamagedError
    from pomona.errors import DeniedError as DeniedError
    from pomona.errors import ForkedProcessError as ForkedProcessError
    from pomona.errors import InternalError as InternalError
    from pomona.errors import InvalidInputError as InvalidInputError
    from pomona.errors import MissingLibraryError as MissingLibraryError
    from pomona.errors import NotFoundError as NotFoundError
    from pomona.errors import PomonaError as PomonaError
    from pomona.errors import PomonaWarning as PomonaWarning
    from pomona.errors import ReplacedError as ReplacedError
    from pomona.errors import TimedOutError as TimedOutError
    from pomona.errors import UnavailableError as UnavailableError
    from pomona.evaluation import evaluate as evaluate
    from pomona.extraction import extract as extract
    from pomona.featurizer import Featurizer as Featurizer
    from pomona.output import Output as Output
    from pomona.predictor import Predictor as Predictor
    from pomona.predictor import predict as predict
    from pomona.tables import FeatureTable as FeatureTable
    from pomona.tables import Predictions as Predictions
    from pomona.tables import ReducedTable as ReducedTable
    from pomona.training import reduce as reduce
    from pomona.training import train as train
    from pomona.verbs import backbones as backbones
    from pomona.verbs import clean as clean
    from pomona.verbs import compose as compose
    from pomona.verbs import report as report
    from pomona.verbs import run as run
    from pomona.verbs import scan as scan
    from pomona.verbs import sync as sync
    from pomona.verbs import verify as verify

# What is found where.
_HOMES = {
    "Bundle": "bundle",
    "DamagedError": "errors",
    "DeniedError": "errors",
    "FeatureTable": "tables",
    "Featurizer": "featurizer",
    "ForkedProcessError": "errors",
    "InternalError": "errors",
    "InvalidInputError": "errors",
    "MissingLibraryError": "errors",
    "NotFoundError": "errors",
    "Output": "output",
    "PomonaError": "errors",
    "PomonaWarning": "errors",
    "Predictions": "tables",
    "Predictor": "predictor",
    "ProgressEvent": "_progress",
    "ReducedTable": "tables",
    "ReplacedError": "errors",
    "TimedOutError": "errors",
    "UnavailableError": "errors",
    "__version__": "_core",
    "backbones": "verbs",
    "clean": "verbs",
    "compose": "verbs",
    "evaluate": "evaluation",
    "extract": "extraction",
    "predict": "predictor",
    "reduce": "training",
    "report": "verbs",
    "run": "verbs",
    "scan": "verbs",
    "sync": "verbs",
    "train": "training",
    "verify": "verbs",
}

__all__ = sorted(_HOMES)


def __getattr__(name: str) -> Any:
    if name == "_core":  # `from pomona import _core` asks here first
        return import_module("pomona._native").import_core()
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'pomona' has no attribute '{name}'")
    source = __getattr__(home) if home == "_core" else import_module(f"pomona.{home}")
    value = getattr(source, name)
    globals()[name] = value  # the next time it is there
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
