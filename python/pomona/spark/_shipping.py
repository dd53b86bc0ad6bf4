# SPDX-License-Identifier: Apache-2.0
"""Functions that run in Spark's Python workers, and what these need: the wheel, in the same version."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import pomona
from pomona.errors import MissingLibraryError
from pomona.spark._session import spark_release

if TYPE_CHECKING:
    import pyarrow as pa

    Batches = Iterator[pa.RecordBatch]
    BatchFunction = Callable[[Batches], Batches]


def shipped(module: str, function: str, *arguments: Any) -> BatchFunction:
    """What `mapInArrow` takes: calls `function(batches, *arguments)` of a module of this package.

    Spark pickles it whole, since it is defined inside a function, and it imports Pomona when it runs.
    So a worker without the wheel raises a sentence and not an error of unpickling.

    Args:
        module: Name of a module that is imported in the worker.
        function: Name of a function in it.
        arguments: What is pickled along.
    """
    load = _loader(module, function, arguments)

    def run(batches: Batches) -> Batches:
        work, given = load()
        yield from work(batches, *given)

    run.__name__ = function  # plans in the Spark UI show it
    return run


def shipped_call(module: str, function: str, *arguments: Any) -> Callable[[Any], Any]:
    """The same for a function of one value, of which the workers call `function(value, *arguments)`."""
    load = _loader(module, function, arguments)
    loaded: list[Any] = []  # in the worker: not for each value anew

    def run(value: Any) -> Any:
        if not loaded:
            loaded.append(load())
        work, given = loaded[0]
        return work(value, *given)

    run.__name__ = function
    return run


def _loader(module: str, function: str, arguments: Sequence[Any]) -> Callable[[], Any]:
    """In a worker: the function and its arguments, which are of classes that the wheel has."""
    from pyspark import cloudpickle

    version = pomona.__version__
    pickled: bytes = cloudpickle.dumps(arguments)  # type: ignore[no-untyped-call]
    how = (
        "install the wheel of the driver on every executor, or ship an environment that holds it, "
        "which pomona.spark.pack_environment('environment.tar.gz') packs: "
        "--archives environment.tar.gz#environment and PYSPARK_PYTHON=./environment/bin/python"
    )

    def load() -> Any:
        import importlib
        import pickle
        import platform

        where = f"the Spark executor on {platform.node()}"
        try:
            found = importlib.import_module("pomona").__version__
            work = getattr(importlib.import_module(module), function)
        except ImportError as error:
            raise RuntimeError(f"loading Pomona {version} on {where}: {error}; {how}") from error
        if found != version:
            raise RuntimeError(
                f"loading Pomona on {where}: expected version {version}, which the driver has, found "
                f"{found}; {how}"
            )
        return work, pickle.loads(pickled)

    return load


def check_driver() -> None:
    """Checks the release of Spark that is imported here.

    Raises:
        MissingLibraryError: There is no PySpark, or one that is not supported.
    """
    try:
        import pyspark
    except ImportError as error:
        raise MissingLibraryError(
            f"loading PySpark: {error}; pip install 'pomona[spark]'"
        ) from error
    if not (3, 5) <= spark_release() < (5, 0):
        raise MissingLibraryError(
            f"using PySpark {pyspark.__version__}: expected 3.5 or a release of 4; install one of "
            "these, as the cluster has it"
        )
