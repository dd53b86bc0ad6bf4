# SPDX-License-Identifier: Apache-2.0
"""Answers about photographs with low and high OOD scores, and of models without their source."""

from making.leave_one_source_out import Judged


def left_out(source: str, kind: str, right: bool, elsewhere: int = 0, **more) -> Judged:
    values = {
        "path": f"{source}/{kind}/1.jpg",
        "source": source,
        "kind": kind,
        "prediction": kind if right else "other",
        "elsewhere": elsewhere,
        "right": right,
        "among_three": right,
        "probability": 1.0 if right else 0.0,
        "refused": False,
    }
    return Judged(**(values | more))


def answers(*values: float) -> list[dict]:
    return [{"ood_score": one, "refused": "unknown_kind" if one > 1 else None} for one in values]


# From 0.05 to 0.95, and one above the limit.
FRUIT = answers(*[number / 20 for number in range(1, 20)], 1.2)
UNKNOWN = answers(0.5, 0.99, 1.5)
NOT_FRUIT = answers(2, 3)
