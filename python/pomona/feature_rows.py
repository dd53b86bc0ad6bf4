# SPDX-License-Identifier: Apache-2.0
"""Features as users have them, for the core: tables of Pomona, Arrow tables, matrices of NumPy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pomona import _core
from pomona._in_memory import names_of
from pomona._origin import origin_in
from pomona.errors import raise_error
from pomona.tables import FeatureOrigin, FeatureTable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_SPLITS = ("train", "test")


@dataclass
class FeatureRows:
    """Rows of features where they lie, and what is known of each."""

    features: NDArray[np.float32]
    paths: list[str] | None
    labels: list[str] | None
    splits: list[str] | None  # None: nobody has divided them
    groups: list[str] | None = None
    origin: FeatureOrigin | None = None  # None: they do not say what made them

    def refuse_other_origin(self, given: Mapping[str, Any]) -> None:
        """Refuses options that differ from what the features themselves record.

        Raises:
            InvalidInputError: One differs.
        """
        for name, found in given.items():
            known = getattr(self.origin, name, None)
            if name == "crops":
                known, found = list(known or ()), None if found is None else names_of(found)
            if self.origin is not None and found not in (None, known):
                raise_error(
                    "invalid_input",
                    f"{name}: the features know it themselves: {known!r}, found {found!r}; leave it "
                    "out",
                )

    def native(self, crops: int) -> _core.MemoryRows:
        """As the core takes them. Groups and paths that no row has are left out.

        Raises:
            InvalidInputError: A text is not UTF-8.
        """
        rows = _core.MemoryRows(self.features, crops)
        for name, texts in (
            ("paths", self.paths),
            ("labels", self.labels),
            ("groups", self.groups),
        ):
            if texts is None:
                continue
            try:
                setattr(rows, name, texts)
            except TypeError:
                raise_error("invalid_input", f"{name}: expected texts of UTF-8, found other bytes")
        if self.splits is not None:
            rows.set_sides(self.splits)
        return rows


def rows_of(
    features: Any, *, labels: Any = None, test: Any = None, groups: Any = None
) -> FeatureRows:
    """Features, and what is given of their rows beside them.

    Args:
        features: A `FeatureTable`; anything with `__arrow_c_stream__` that has a column `features`,
            and may have `path`, `label` and `split`; or a float32 matrix of shape (rows, width).
        labels: A text for each row, in place of the column.
        test: True for each row of the test, in place of the column `split`.
        groups: The name of a group for each row.

    Raises:
        InvalidInputError: Something is none of these, or has another length than the features.
    """
    rows = _rows(features)
    if labels is not None:
        rows.labels = _texts("labels", labels)
    if rows.labels is not None and not any(rows.labels):
        rows.labels = None
    if groups is not None:
        rows.groups = _texts("groups", groups)
    if test is not None:
        rows.splits = [_SPLITS[one] for one in _truths("test", test)]
    count = len(rows.features)
    for name, values in (
        ("labels", rows.labels),
        ("groups", rows.groups),
        ("test", rows.splits),
    ):
        if values is not None and len(values) != count:
            raise_error(
                "invalid_input",
                f"{name}: expected {count} values, one for each row of features, found {len(values)}",
            )
    return rows


def _rows(features: Any) -> FeatureRows:
    if isinstance(features, FeatureTable):
        splits = None if features.origin.split is None else list(features["split"])
        return FeatureRows(
            _matrix(features["features"]),
            list(features["path"]),
            list(features["label"]),
            splits,
            origin=features.origin,
        )
    if hasattr(features, "__arrow_c_stream__") or hasattr(features, "__arrow_c_array__"):
        return _rows_of_arrow(_core.read_table(features))
    if not hasattr(features, "__array__"):
        raise_error(
            "invalid_input",
            "reading features: expected a FeatureTable, a table with a column `features`, or a "
            f"float32 matrix, found {type(features).__name__}",
        )
    return FeatureRows(_matrix(features), None, None, None)


def _rows_of_arrow(table: _core.Table) -> FeatureRows:
    names = table.column_names
    if "features" not in names:
        found = ", ".join(map(repr, names)) or "no column"
        raise_error(
            "invalid_input",
            "reading features from a table: expected a column `features` of lists of float32, found "
            f"{found}",
        )
    texts = {
        name: _texts(name, table.column(name)) if name in names else None
        for name in ("path", "label", "split")
    }
    splits = texts["split"]
    for row, split in enumerate(splits or ()):
        if split not in _SPLITS:
            raise_error(
                "invalid_input",
                f"split: expected 'train' or 'test', found {split!r} in row {row} (counted from 0)",
            )
    origin = origin_in(table.metadata)
    if origin is not None and origin.split is None and "test" not in (splits or ()):
        splits = None  # as in the FeatureTable: a column is there, but nobody has divided the rows
    return FeatureRows(
        _matrix(table.column("features")), texts["path"], texts["label"], splits, origin=origin
    )


def _matrix(features: Any) -> NDArray[np.float32]:
    import numpy as np

    array = np.asarray(features)
    if array.dtype != np.float32 or array.ndim != 2:
        shape = " × ".join(map(str, array.shape)) or "no shape"
        raise_error(
            "invalid_input",
            "features: expected float32 of shape (rows, width), found "
            f"{array.dtype} of {shape}; convert it with astype(numpy.float32)",
        )
    return np.ascontiguousarray(array)


def _values(name: str, values: Any) -> list[Any]:
    if isinstance(values, (str, bytes)) or not isinstance(values, Iterable):
        raise_error(
            "invalid_input",
            f"{name}: expected a value for each row, found {type(values).__name__}",
        )
    return list(values)


def _texts(name: str, values: Any) -> list[str]:
    texts = _values(name, values)
    for row, text in enumerate(texts):
        if not isinstance(text, str):
            raise_error(
                "invalid_input",
                f"{name}: expected a text for each row, found {type(text).__name__} in row {row} "
                "(counted from 0)",
            )
    return texts


def _truths(name: str, values: Any) -> list[bool]:
    truths = _values(name, values)
    for row, one in enumerate(truths):
        if type(one).__name__ not in ("bool", "bool_"):
            raise_error(
                "invalid_input",
                f"{name}: expected True or False for each row, found {one!r} in row {row} (counted "
                "from 0)",
            )
    return [bool(one) for one in truths]
