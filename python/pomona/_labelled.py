# SPDX-License-Identifier: Apache-2.0
"""Photographs in a table whose columns say which label they have, and which are of the test."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pomona import _core
from pomona._progress import ProgressArgument
from pomona._stream import count_of
from pomona.errors import raise_error
from pomona.featurizer import Featurizer, failure_table
from pomona.images import numbered, table_rows
from pomona.tables import FeatureSplit, FeatureTable

if TYPE_CHECKING:
    from pomona.images import Item
    from pomona.options import StoreOptions

SPLITS = ("train", "test")


def extract_labelled(
    featurizer: Featurizer,
    images: Any,
    columns: Sequence[str],
    stores: StoreOptions,
    *,
    progress: ProgressArgument,
    max_failures: float,
) -> FeatureTable:
    """Features of a table's photographs.

    Args:
        featurizer: What computes them.
        images: The table.
        columns: Which of `label` and `split` it has.
        stores: How buckets are reached.
        progress: As for `extract`.
        max_failures: Share of photographs that may be unreadable, 0 to 1.

    Returns:
        Rows with these labels and splits. Without a column `split` they are not divided.

    Raises:
        InvalidInputError: A label is no text, or a split neither train nor test.
    """
    noted: list[dict[str, str]] = []
    pairs = _noting(table_rows(images, columns), columns, stores, noted)
    gathered = featurizer._gather(pairs, count_of(images, pairs), progress, max_failures)
    of_rows = [noted[row] for row in gathered.rows]
    values: dict[str, Any] = {
        "path": gathered.paths,
        "label": [one.get("label", "") for one in of_rows],
        "split": [one.get("split", "train") for one in of_rows],
        "features": gathered.features(featurizer.row_width),
    }
    origin = featurizer._origin()
    if "split" in columns:
        kind = "test_set" if "test" in values["split"] else "none"
        default = _core.SplitOptions()
        split = FeatureSplit(kind, default.holdout, default.group, default.seed)
        origin = replace(origin, split=split)
    return FeatureTable(values, origin, failure_table(gathered.failures))


def _noting(
    rows: Iterable[tuple[Any, ...]],
    columns: Sequence[str],
    stores: StoreOptions,
    noted: list[dict[str, str]],
) -> Iterator[tuple[str, Item]]:
    """Photographs, for each of which `noted` gets what its row says."""
    beside: list[dict[str, str]] = []

    def entries() -> Iterator[Any]:
        for row, (entry, *values) in enumerate(rows):
            beside.append(dict(zip(columns, values)))
            _check(beside[-1], row)
            yield entry

    for number, name, item in numbered(entries(), stores):
        noted.append(beside[number])
        yield name, item


def _check(values: Mapping[str, Any], row: int) -> None:
    for column, expected in (("label", "a text"), ("split", "'train' or 'test'")):
        value = values.get(column, "train")
        if not isinstance(value, str) or (column == "split" and value not in SPLITS):
            found = "null" if value is None else repr(value)
            raise_error(
                "invalid_input",
                f"extracting features from a table: {column}: expected {expected}, found {found} in "
                f"row {row} (counted from 0); correct it, or drop the row or the column",
            )
