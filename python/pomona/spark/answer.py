# SPDX-License-Identifier: Apache-2.0
"""An answer to a photograph as a value of Spark. Used by the driver and in the workers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql.types import StructType

    from pomona.prediction import Prediction


def answer_type() -> StructType:
    """Type of an answer.

    `label` and `probability` are null where there is none: `rejected` then has the reason of a
    rejection, as in `pomona.Prediction`, or `failure` why the photograph cannot be read. `answers`
    has the most probable labels, the best first, also of a rejected photograph.
    """
    from pyspark.sql.types import ArrayType, DoubleType, StringType, StructType

    best = StructType().add("label", StringType()).add("probability", DoubleType())
    return (
        StructType()
        .add("label", StringType())
        .add("probability", DoubleType())
        .add("answers", ArrayType(best))
        .add("rejected", StringType())
        .add("ood_score", DoubleType())
        .add("failure", StringType())
    )


def arrow_answer_type() -> pa.DataType:
    """The same in Arrow's words, as Spark translates them."""
    from pyspark.sql.pandas.types import to_arrow_type

    return to_arrow_type(answer_type())


def answer_of(prediction: Prediction) -> dict[str, Any]:
    """A value of that type."""
    failure = prediction.failure
    answers = [{"label": one.id, "probability": one.probability} for one in prediction.answers]
    best = answers[0] if answers and prediction.rejected is None and failure is None else {}
    return {
        "label": best.get("label"),
        "probability": best.get("probability"),
        "answers": answers,
        "rejected": prediction.rejected,
        "ood_score": prediction.ood_score,
        "failure": None if failure is None else f"{failure.kind}: {failure.message}",
    }
