# SPDX-License-Identifier: Apache-2.0
"""The columns that a classifier adds: logits, probabilities and the most probable label."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pomona.errors import raise_error
from pomona.spark._columns import BadRowError, quoted, refuse_column, rows_of
from pomona.spark._stages import BLOCK_ROWS, list_array
from pomona.spark.moments import Fit

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Answering:
    """A fitted classifier, by value."""

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
        by_index = np.full((len(values), self.width), missing)
        by_index[:, self.labels] = values
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

    for name in columns.values():
        refuse_column(dataset.schema, name, fit.stage)
    names = dataset.columns
    answer = "_pomona_answer"
    answered = dataset.withColumn(answer, _function(fit, answering)(fit.features.as_array()))
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


def _function(fit: Fit, answering: Answering) -> Any:
    import pandas as pd
    from pyspark.sql.functions import pandas_udf

    width, keep = answering.weights.shape[1], fit.keep_bad

    def answers_of(series: Any) -> Any:
        import numpy as np
        import pandas as pd

        try:
            rows = rows_of(list_array(series), width, keep)
        except BadRowError as bad:
            raise_error("invalid_input", f"{fit.stage} of the column {fit.features.name!r}: {bad}")
        usable = np.arange(len(series)) if rows.usable is None else np.flatnonzero(rows.usable)
        names = ("raw", "probability", "prediction")
        answers = {name: np.empty(len(series), dtype=object) for name in names}
        for first in range(0, len(usable), BLOCK_ROWS):
            logits = answering.logits(rows.values[first : first + BLOCK_ROWS])
            probabilities = answering.probabilities(logits)
            best = logits.argmax(axis=1)
            raw = answering.spread(logits, -np.inf)
            probabilities = answering.spread(probabilities, 0)
            for at, row in enumerate(usable[first : first + BLOCK_ROWS]):
                label = answering.labels[best[at]]
                answers["raw"][row] = raw[at]
                answers["probability"][row] = probabilities[at]
                answers["prediction"][row] = float(label) if isinstance(label, int) else label
        return pd.DataFrame(answers, index=series.index)

    answers_of.__annotations__ = {"series": pd.Series, "return": pd.DataFrame}
    label = "double" if answering.is_numeric else "string"
    schema = f"raw array<double>, probability array<double>, prediction {label}"
    return pandas_udf(answers_of, schema)
