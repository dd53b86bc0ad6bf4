# SPDX-License-Identifier: Apache-2.0
"""A table with a column of every type that we have, for the tests of Arrow."""

import numpy as np
import pytest

needs = pytest.importorskip
REASON = "it is one of the libraries that take our tables"
FEATURES = np.arange(24, dtype=np.float32).reshape(6, 4) / 7


def columns():
    return {
        "text": ["a", None, "cc", "", "é", "longer than the twelve bytes of a view"],
        "raw": [b"a", b"", None, b"\0", b"ccc", b"d"],
        "number": [0.5, None, float("inf"), -1.0, 0.0, 2.0],
        "answers": [[("fig", 0.75), ("pêche", 0.25)], [], [], [("fig", 1.0)], [], [("kiwi", 0.5)]],
        "flag": np.array([True, False, True, True, False, False]),
        "int32": np.arange(6, dtype=np.int32),
        "int64": np.arange(6) * 2**40,
        "float32": FEATURES[:, 0].copy(),
        "float64": np.linspace(0, 1, 6),
        "features": FEATURES,
        "wide": FEATURES.astype(np.float64),
    }


def as_lists(table):
    """Every column as plain lists, whatever it is."""
    values = {name: table.column(name) for name in table.column_names}
    return {n: v.tolist() if isinstance(v, np.ndarray) else list(v) for n, v in values.items()}


def answer_rows(values):
    return [[{"label": label, "probability": p} for label, p in row] for row in values]
