# SPDX-License-Identifier: Apache-2.0
"""Answers about photographs with low and high OOD scores."""


def answers(*values: float) -> list[dict]:
    return [{"ood_score": one, "refused": "unknown_kind" if one > 1 else None} for one in values]


# From 0.05 to 0.95, and one above the limit.
FRUIT = answers(*[number / 20 for number in range(1, 20)], 1.2)
UNKNOWN = answers(0.5, 0.99, 1.5)
NOT_FRUIT = answers(2, 3)
