# SPDX-License-Identifier: Apache-2.0
"""In Spark's workers: photographs to answers."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from pomona._objects import shared_reader
from pomona.spark._bundle import PackedBundle, predictor_of
from pomona.spark._counts import Counters, counting
from pomona.spark._photographs import WaitingRows, batch_of, item_of, photographs_of
from pomona.spark.answer import answer_of, arrow_answer_type

if TYPE_CHECKING:
    from pomona.spark._shipping import Batches

_ROWS = 64  # of a batch


@dataclass(frozen=True)
class PredictTask:
    """What is predicted for which columns, pickled on the way to the workers.

    Attributes:
        bundle: It predicts.
        options: Of a `Predictor`.
        stores: How buckets are reached.
        top: How many answers.
        place: The column of paths; None: photographs come in chunks.
        beside: Columns that stay.
        output: The column of answers.
    """

    bundle: PackedBundle
    options: dict[str, Any]
    stores: dict[str, Any]
    top: int
    place: str | None
    beside: list[str]
    output: str


def predict(batches: Batches, task: PredictTask, counters: Counters | None = None) -> Batches:
    """Batches of the columns beside and of answers."""
    import pyarrow as pa

    kind = arrow_answer_type()
    waiting = WaitingRows()
    items = photographs_of(batches, task.place, waiting, task.stores)
    named = ((str(number), item) for number, item in enumerate(items))
    with counting(counters) as count:
        predictor = predictor_of(task.bundle, task.options)
        found = predictor._stream(named, predictor._checked(task.top, "en"), "en")
        while some := list(islice(found, _ROWS)):
            count(len(some), sum(one.failure is not None for one in some))
            answers = pa.array([answer_of(one) for one in some], kind)
            yield batch_of(waiting.take(len(some)), task.beside, {task.output: answers})


def predict_one(photograph: bytes | str | None, task: PredictTask) -> dict[str, Any]:
    """The answer to one photograph: its bytes, or where it is."""
    predictor = predictor_of(task.bundle, task.options)
    item = item_of(bytes(photograph) if isinstance(photograph, bytearray) else photograph)
    options = predictor._checked(task.top, "en")
    named = shared_reader(task.stores).fetch([("0", item)])
    return answer_of(next(predictor._stream(named, options, "en")))
