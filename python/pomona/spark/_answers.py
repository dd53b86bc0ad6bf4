# SPDX-License-Identifier: Apache-2.0
"""The columns that a classifier adds: logits, probabilities and the most probable label."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pomona.spark._columns import refuse_columns
from pomona.spark._lists import lists_of_rows
from pomona.spark._stages import blocks_of, column_udf, once, usable_rows
from pomona.spark.moments import Fit

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


_LISTS = ("raw", "probability")  # a number for each label


@dataclass(frozen=True)
class Answering:
    """A fitted classifier."""

    weights: NDArray[np.float64]
    bias: NDArray[np.float64]
    temperature: float
    labels: list[str] | list[int]  # texts, or class indices, ascending
    width: int  # of vectors

    @property
    def is_numeric(self) -> bool:
        """Are labels class indices?"""
        return isinstance(self.labels[0], int)

    def logits(self, rows: NDArray[np.float32]) -> NDArray[np.float64]:
        """Before calibration."""
        from pomona import _core

        return _core.logits(self.weights, self.bias, rows)

    def probabilities(self, logits: NDArray[np.float64]) -> NDArray[np.float64]:
        """Calibrated."""
        import numpy as np

        scaled = (logits - logits.max(axis=1, keepdims=True)) / self.temperature
        odds = np.exp(scaled)
        shares: NDArray[np.float64] = odds / odds.sum(axis=1, keepdims=True)
        return shares

    def spread(self, values: NDArray[np.float64], missing: float) -> NDArray[np.float64]:
        """By class index, with this for an index that no row had."""
        import numpy as np

        if not self.is_numeric or len(self.labels) == self.width:
            return values
        by_index = np.full((len(values), self.width), missing, np.float64)
        by_index[:, np.array(self.labels)] = values
        return by_index


def with_answers(
    fit: Fit, dataset: Any, answering: Answering, columns: dict[str, str], skip: bool
) -> Any:
    """The DataFrame with the columns of answers.

    Args:
        fit: Names stage and features.
        dataset: The DataFrame.
        answering: The classifier.
        columns: Names for `prediction`, `probability` and `raw`; "": there is none.
        skip: Leave out rows that are null or not finite.

    Raises:
        InvalidInputError: A column is there already.
    """
    from pyspark.ml.functions import array_to_vector
    from pyspark.sql.functions import col, when

    refuse_columns(dataset, filter(None, columns.values()), fit.stage)
    answer = "_pomona_answer"
    named = {part: name for part, name in columns.items() if name}
    function = _function(fit, answering, [part for part in _LISTS if part in named])
    function = once(function) if skip else function
    answered = dataset.withColumn(answer, function(fit.features.as_array()))
    if skip:
        answered = answered.where(col(answer)["prediction"].isNotNull())
    added = []
    for part, name in named.items():
        value = col(answer)[part]
        if part in _LISTS:
            value = when(value.isNotNull(), array_to_vector(value))
        added.append(value.alias(name))
    return answered.select("*", *added).drop(answer)


def answers_of_rows(
    array: Any, task: dict[str, Any], answering: Answering, parts: list[str]
) -> Any:
    """The label of each row, and what is asked for beside it. Runs in the workers.

    Args:
        array: Features.
        task: What `usable_rows` needs.
        answering: The classifier.
        parts: Of `_LISTS`: with many labels each is much larger than the features.
    """
    import numpy as np
    import pyarrow as pa

    rows = usable_rows(array, task)
    blocks: dict[str, list[NDArray[np.float64]]] = {part: [] for part in parts}
    winners = []
    for block in blocks_of(rows.values):
        logits = answering.logits(block)
        winners.append(logits.argmax(axis=1))
        if "raw" in blocks:
            blocks["raw"].append(answering.spread(logits, -np.inf))
        if "probability" in blocks:
            shares = answering.probabilities(logits)
            blocks["probability"].append(answering.spread(shares, 0.0))
    best = np.zeros(len(array), np.int64)
    best[rows.usable] = np.concatenate(winners)
    labels = pa.array(answering.labels, pa.float64() if answering.is_numeric else pa.string())
    prediction = labels.take(pa.array(best, mask=~rows.usable))
    lists = [lists_of_rows(np.concatenate(blocks[part]), ~rows.usable) for part in parts]
    return pa.StructArray.from_arrays([*lists, prediction], [*parts, "prediction"])


def _function(fit: Fit, answering: Answering, parts: list[str]) -> Any:
    task = {
        "stage": fit.stage,
        "column": fit.features.name,
        "width": answering.weights.shape[1],
        "keep": fit.keep_bad,
    }
    label = "double" if answering.is_numeric else "string"
    lists = "".join(f"{part}:array<double>," for part in parts)
    schema = f"struct<{lists}prediction:{label}>"
    return column_udf(schema, __name__, answers_of_rows.__name__, task, answering, parts)
