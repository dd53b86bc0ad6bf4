# SPDX-License-Identifier: Apache-2.0
"""In Spark's workers: photographs to rows of features, by one engine for each Python process."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pomona._stream import Block, Failure, stream_blocks
from pomona.errors import raise_error
from pomona.featurizer import Featurizer
from pomona.spark._counts import Counters, counting
from pomona.spark._kept import kept
from pomona.spark._lists import lists_of_rows
from pomona.spark._photographs import (
    WaitingRows,
    batch_of,
    photographs_of,
)

if TYPE_CHECKING:
    import pyarrow as pa

    from pomona.images import Item
    from pomona.spark._shipping import Batches

# A worker of Spark is used for many tasks, which all find the networks that the first one compiled.
_featurizers: dict[str, Featurizer] = {}


@dataclass(frozen=True)
class FeatureTask:
    """What is computed of which columns, pickled on the way to the workers.

    Attributes:
        featurizer: Arguments of a `Featurizer`.
        stores: How buckets are reached.
        place: The column of paths, which is among `beside`; None: photographs come in chunks.
        beside: Other columns, which stay.
        output: The column of features.
        on_failure: `"error"`, `"skip"` or `"keep"`.
        error: The column of reasons, where failures are kept.
        name: The column of `beside` that names a photograph in a message; None: its number does.
    """

    featurizer: dict[str, Any]
    stores: dict[str, Any]
    place: str | None
    beside: list[str]
    output: str
    on_failure: str
    error: str
    name: str | None


def featurize(batches: Batches, task: FeatureTask, counters: Counters | None = None) -> Batches:
    """Batches of the columns beside, features and, where failures are kept, reasons."""
    waiting = WaitingRows()
    items = photographs_of(batches, task.place, waiting, task.stores)
    with counting(counters) as count:
        for block in _blocks(featurizer_of(task.featurizer), items):
            count(block.photographs, len(block.failures))
            yield from _batches_of(block, waiting.take(block.photographs), task)


def featurizer_of(arguments: dict[str, Any]) -> Featurizer:
    """The one of this process with these arguments."""
    key = repr(sorted(arguments.items()))
    return kept(_featurizers, key, lambda: Featurizer(**{**arguments, "workers": 1}))


def _blocks(featurizer: Featurizer, items: Iterable[Item]) -> Iterator[Block]:
    """Blocks whose paths and failures are called by the numbers of the photographs."""
    numbered = ((str(number), item) for number, item in enumerate(items))
    return stream_blocks(featurizer._compiled(), featurizer._options.limits, numbered)


def _batches_of(block: Block, rows: pa.StructArray, task: FeatureTask) -> Batches:
    import numpy as np
    import pyarrow as pa

    failed = {int(one.path): one for one in block.failures}
    first = min(map(int, block.paths[:1] + [one.path for one in block.failures]))
    reasons = [_reason(failed.get(first + number)) for number in range(block.photographs)]
    if failed and task.on_failure == "error":
        _raise_first(reasons, first, rows, task)
    if task.on_failure == "keep":
        absent = np.array([reason is not None for reason in reasons])
        results = {
            task.output: lists_of_rows(block.features, absent),
            task.error: pa.array(reasons, pa.string()),
        }
        yield batch_of(rows, task.beside, results)
    elif block.paths:
        if failed:
            rows = rows.filter(pa.array([reason is None for reason in reasons]))
        absent = np.zeros(len(block.paths), np.bool_)
        yield batch_of(rows, task.beside, {task.output: lists_of_rows(block.features, absent)})


def _reason(failure: Failure | None) -> str | None:
    return None if failure is None else f"{failure.kind}: {failure.message}"


def _raise_first(
    reasons: list[str | None], first: int, rows: pa.StructArray, task: FeatureTask
) -> None:
    number, reason = next(pair for pair in enumerate(reasons) if pair[1] is not None)
    if task.name is None:
        photograph = f"photograph {first + number} of a partition"
    else:
        photograph = f"photograph '{rows.field(task.name)[number]}'"
    raise_error(
        "corrupt",
        f'featurizing the {photograph}: {reason}; repair or remove it, or "skip" or "keep" '
        "such photographs (handleInvalid of a stage, handle_invalid of a function)",
    )
