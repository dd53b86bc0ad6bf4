# SPDX-License-Identifier: Apache-2.0
"""Answers about photographs that are more and less strange."""


def answers(*values: float) -> list[dict]:
    return [{"strangeness": one, "refused": "unknown_kind" if one > 1 else None} for one in values]


# From 0.05 to 0.95, and one that is strange.
FRUIT = answers(*[number / 20 for number in range(1, 20)], 1.2)
UNKNOWN = answers(0.5, 0.99, 1.5)
NOT_FRUIT = answers(2, 3)
