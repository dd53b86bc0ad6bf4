# SPDX-License-Identifier: Apache-2.0
"""Columns of features: what type they have, and their rows as matrices of float32.

A column is array<float>, array<double> or an ML Vector. Spark hands arrays to Python workers as Arrow
lists; vectors become arrays before and vectors again afterwards.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pomona.errors import raise_error
from pomona.spark._columns import field_of, quoted

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MOST_CLASSES = 100_000
"""Class indices are smaller: probabilities have an element for each index."""

_DROP = 'drop such rows, or set handleInvalid="skip"'
_EXPECTED = "expected array<float>, array<double> or a vector of Spark ML"


@dataclass(frozen=True)
class FeatureColumn:
    """A column of a DataFrame that holds rows of numbers."""

    name: str
    is_vector: bool

    def as_array(self) -> Any:
        """The Column, as array<float> or array<double>."""
        from pyspark.ml.functions import vector_to_array
        from pyspark.sql.functions import col

        column = col(quoted(self.name))
        return vector_to_array(column, "float32") if self.is_vector else column


def feature_column(dataset: Any, name: str, stage: str) -> FeatureColumn:
    """The column of features with this name.

    Raises:
        InvalidInputError: There is none, or it has another type.
    """
    from pyspark.ml.linalg import VectorUDT
    from pyspark.sql.types import ArrayType, DoubleType, FloatType

    field = field_of(dataset, name, stage)
    kind = field.dataType
    is_vector = isinstance(kind, VectorUDT)
    is_array = isinstance(kind, ArrayType) and isinstance(kind.elementType, (FloatType, DoubleType))
    if not is_vector and not is_array:
        raise_error(
            "invalid_input",
            f"{stage}: the column {name!r}: {_EXPECTED}, found {kind.simpleString()}",
        )
    return FeatureColumn(field.name, is_vector)


@dataclass(frozen=True)
class LabelColumn:
    """A column of labels: texts, or the class indices that StringIndexer makes."""

    name: str
    is_numeric: bool
    class_count: int = 0  # what metadata of the column say, as StringIndexer sets them; 0: nothing

    def as_column(self) -> Any:
        """The Column, as string or double."""
        from pyspark.sql.functions import col

        return col(quoted(self.name)).cast("double" if self.is_numeric else "string")

    def is_there(self) -> Any:
        """Has a row a label? A Column of booleans."""
        from pyspark.sql.functions import isnan

        column = self.as_column()
        return column.isNotNull() & (~isnan(column) if self.is_numeric else (column != ""))

    def texts(self, array: Any, usable: NDArray[np.bool_]) -> NDArray[Any]:
        """Labels as texts in NFC, those of usable rows.

        Raises:
            BadRowError: One is missing, or is a number that is no class index.
        """
        import numpy as np

        if array.null_count:
            raise BadRowError(f"expected a value in every row, found null; {_DROP}")
        labels: NDArray[Any] = array.to_numpy(zero_copy_only=False)[usable]
        if not self.is_numeric:
            if (labels == "").any():
                raise BadRowError(f"expected a text in every row, found an empty one; {_DROP}")
            composed = [unicodedata.normalize("NFC", label) for label in labels]
            return np.array(composed, dtype=object)
        if np.isnan(labels).any():
            raise BadRowError(f"expected a number in every row, found NaN; {_DROP}")
        wrong = labels[~((labels >= 0) & (labels < MOST_CLASSES) & (labels == np.floor(labels)))]
        if len(wrong):
            raise BadRowError(
                "expected labels that are class indices 0, 1, 2, … as StringIndexer makes them, found "
                f"{wrong[0]}; give labels as texts, or index them first"
            )
        return labels.astype(np.int64).astype(str)


def label_column(dataset: Any, name: str, stage: str) -> LabelColumn:
    """The column of labels with this name.

    Raises:
        InvalidInputError: There is none, or it has another type.
    """
    from pyspark.sql.types import NumericType, StringType

    field = field_of(dataset, name, stage)
    kind = field.dataType
    if not isinstance(kind, (NumericType, StringType)):
        raise_error(
            "invalid_input",
            f"{stage}: the column {name!r}: expected labels, a string or a number, found "
            f"{kind.simpleString()}",
        )
    if isinstance(kind, StringType):
        return LabelColumn(field.name, is_numeric=False)
    return LabelColumn(field.name, is_numeric=True, class_count=_class_count(field.metadata))


def _class_count(metadata: dict[str, Any]) -> int:
    """The number of classes in the attribute of a column of Spark ML; 0: it has none."""
    attribute = metadata.get("ml_attr", {})
    if attribute.get("type") == "binary":
        return 2
    return len(attribute.get("vals", ())) or int(attribute.get("num_vals", 0))


class BadRowError(ValueError):
    """A row that cannot be used; its text ends a sentence that names stage and column."""


@dataclass(frozen=True)
class Rows:
    """Rows of one batch that have numbers, and which of the batch they are."""

    values: NDArray[np.float32]  # C-contiguous, rows × width
    usable: NDArray[np.bool_]  # one for each row of the batch


def rows_of(array: Any, width: int | None, keep_bad: bool) -> Rows:
    """The rows of an Arrow list array.

    Args:
        array: List<float> or List<double>.
        width: Of every row; None: that of the first.
        keep_bad: Leave out rows that are null or not finite, which are refused otherwise.

    Raises:
        BadRowError: A row cannot be used.
    """
    import numpy as np

    usable: NDArray[np.bool_] = np.ones(len(array), np.bool_)
    if array.null_count:
        if not keep_bad:
            raise BadRowError(f"expected numbers in every row, found null; {_DROP}")
        usable = np.asarray(array.is_valid().to_numpy(zero_copy_only=False), dtype=np.bool_)
        array = array.filter(array.is_valid())
    if len(array) == 0:
        return Rows(np.empty((0, width or 0), np.float32), usable)
    lengths = array.value_lengths().to_numpy(zero_copy_only=False)
    width = int(lengths[0]) if width is None else width
    other = lengths[lengths != width]
    if len(other):
        raise BadRowError(f"expected {width} numbers in every row, found {other[0]}")
    if width == 0:
        raise BadRowError("expected at least one number in every row, found none")
    with np.errstate(over="ignore"):
        numbers = array.flatten().to_numpy(zero_copy_only=False).astype(np.float32, copy=False)
    values = np.ascontiguousarray(numbers.reshape(len(array), width))
    finite = np.isfinite(values).all(axis=1)
    if finite.all():
        return Rows(values, usable)
    if not keep_bad:
        bad = values[~finite][0]
        raise BadRowError(
            f"expected finite numbers of float32 in every row, found {bad[~np.isfinite(bad)][0]} or "
            f"a null element; {_DROP}"
        )
    usable[usable] = finite
    return Rows(np.ascontiguousarray(values[finite]), usable)
