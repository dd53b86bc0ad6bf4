# SPDX-License-Identifier: Apache-2.0
"""The columns that a classifier adds: logits, probabilities and the most probable label."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pomona.spark._columns import quoted, refuse_columns
from pomona.spark._stages import blocks_of, column_udf, list_array, once, usable_rows
from pomona.spark.moments import Fit

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


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
    names = dataset.columns
    answer = "_pomona_answer"
    function = _function(fit, answering)
    function = once(function) if skip else function
    answered = dataset.withColumn(answer, function(fit.features.as_array()))
    if skip:
        answered = answered.where(col(answer)["raw"].isNotNull())
    added = []
    for part, name in columns.items():
        value = col(answer)[part]
        if part != "prediction":
            value = when(value.isNotNull(), array_to_vector(value))
        if name:
            added.append(value.alias(name))
    return answered.select(*[col(quoted(name)) for name in names], *added)


def answers_of_rows(array: Any, task: dict[str, Any], answering: Answering) -> Any:
    """Logits, probabilities and label of each row. Runs in the workers."""
    import numpy as np
    import pyarrow as pa

    rows = usable_rows(array, task)
    raw, probabilities = [], []
    best = np.zeros(len(array), np.int64)
    usable = np.ones(len(array), bool) if rows.usable is None else rows.usable
    winners = []
    for block in blocks_of(rows.values):
        logits = answering.logits(block)
        winners.append(logits.argmax(axis=1))
        raw.append(answering.spread(logits, -np.inf))
        probabilities.append(answering.spread(answering.probabilities(logits), 0.0))
    if winners:
        best[usable] = np.concatenate(winners)
    labels = pa.array(answering.labels, pa.float64() if answering.is_numeric else pa.string())
    prediction = labels.take(pa.array(best, mask=~usable))
    lists = [
        list_array(blocks, len(array), rows.usable, np.float64) for blocks in (raw, probabilities)
    ]
    return pa.StructArray.from_arrays([*lists, prediction], ["raw", "probability", "prediction"])


def _function(fit: Fit, answering: Answering) -> Any:
    task = {
        "stage": fit.stage,
        "column": fit.features.name,
        "width": answering.weights.shape[1],
        "keep": fit.keep_bad,
    }
    label = "double" if answering.is_numeric else "string"
    schema = f"struct<raw:array<double>,probability:array<double>,prediction:{label}>"
    return column_udf(schema, __name__, answers_of_rows.__name__, task, answering)
