# SPDX-License-Identifier: Apache-2.0
"""What stages count while they work, by Spark's accumulators."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pomona.spark._session import is_client

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


@dataclass(frozen=True)
class StageCounts:
    """What a stage has done until now, in all actions since its last `transform`.

    As accumulators of Spark count: work that Spark does again counts again, and a task that Spark
    ends early, as for `limit` and `show`, counts nothing.

    Attributes:
        photographs: That were given.
        failures: Of these, that could not be read.
        seconds: Of all tasks together, with what the first one of a worker takes to compile the
            network.
    """

    photographs: int
    failures: int
    seconds: float

    @property
    def rate(self) -> float:
        """Photographs a second of a task; 0 before there is one."""
        return self.photographs / self.seconds if self.seconds else 0.0


class Counters:
    """Accumulators of a stage: the driver makes and reads them, workers add to them."""

    def __init__(self, spark: SparkSession) -> None:
        context = spark.sparkContext
        self._photographs: Any = context.accumulator(0)
        self._failures: Any = context.accumulator(0)
        self._seconds: Any = context.accumulator(0.0)

    def add(self, photographs: int, failures: int) -> None:
        """In a worker: photographs that are done."""
        self._photographs.add(photographs)
        self._failures.add(failures)

    def add_seconds(self, seconds: float) -> None:
        """In a worker: the time that a task took."""
        self._seconds.add(seconds)

    def read(self) -> StageCounts:
        """On the driver: what was added."""
        return StageCounts(self._photographs.value, self._failures.value, self._seconds.value)


@contextmanager
def counting(counters: Counters | None) -> Iterator[Callable[[int, int], None]]:
    """In a worker: times a task, and gives what adds its photographs and failures."""
    if counters is None:
        yield lambda photographs, failures: None
        return
    started = time.monotonic()
    try:
        yield counters.add
    finally:
        counters.add_seconds(time.monotonic() - started)


def counters_of(spark: SparkSession) -> Counters | None:
    """Those of a new stage; None with Spark Connect, which has no accumulators."""
    return None if is_client(spark) else Counters(spark)
