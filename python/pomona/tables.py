# SPDX-License-Identifier: Apache-2.0
"""Tables that Pomona returns: features, their reduction, predictions, failures.

Each is an Arrow table. pyarrow (14 or later), polars, pandas and DuckDB take it by Arrow's PyCapsule
interface, without a copy of its numbers: ``polars.DataFrame(table)``, ``pyarrow.table(table)``,
``pandas.DataFrame.from_arrow(table)``, ``duckdb.from_arrow(table)``. Columns have the names and types of
the tables that ``pomona run`` writes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar

from pomona import _core
from pomona.errors import InvalidInputError

if TYPE_CHECKING:
    import os

    import numpy as np

    from pomona.prediction import Prediction

    Column = list[Any] | np.ndarray[Any, Any]
    Picture = np.ndarray[Any, Any] | str | os.PathLike[str] | None


class Table:
    """Columns of one length, which do not change. Any thread may read it. It is pickled by columns.

    A NumPy array that becomes a column shares its memory with the table: do not write to it later.

    Args:
        columns: each column of the class, and any others. A list of str, bytes, float or
            ``[(label, probability)]``, where None stands for null; a NumPy array of bool, int32,
            int64, float32 or float64; or a C-contiguous array of float32 or float64 of shape
            (rows, width).

    Raises:
        InvalidInputError: a column is missing, has another length than the first, or values of another
            type. The message names the column, and the row where there is one.
    """

    #: The columns of the class: what a list holds, or "matrix" for an array of (rows, width).
    TYPES: ClassVar[Mapping[str, str]] = {}

    def __init__(self, columns: Mapping[str, Column]) -> None:
        missing = [name for name in self.TYPES if name not in columns]
        if missing:
            raise InvalidInputError(
                f"cannot build a {type(self).__name__}: expected the columns "
                f"{', '.join(self.TYPES)}, found no {', '.join(missing)}"
            )
        for name, kind in self.TYPES.items():
            if kind == "matrix" and getattr(columns[name], "ndim", 0) != 2:
                raise InvalidInputError(
                    f"cannot build a {type(self).__name__}: expected an array of shape "
                    f"(rows, width) as its column {name!r}, found {type(columns[name]).__name__}"
                )
        types = {name: kind for name, kind in self.TYPES.items() if kind != "matrix"}
        self._table = _core.Table(dict(columns), types, self._metadata())

    @property
    def column_names(self) -> list[str]:
        """Names of the columns, in their order."""
        return self._table.column_names

    def __len__(self) -> int:
        return self._table.num_rows

    def __getitem__(self, name: str) -> Any:
        """One column.

        Returns:
            A read-only NumPy array over the table's memory, of shape (rows,) or (rows, width), where
            the column has numbers and no nulls; else a list with None for null.

        Raises:
            KeyError: there is no such column.
        """
        if name not in self.column_names:
            raise KeyError(f"no column {name!r}; there are {', '.join(self.column_names)}")
        return self._table.column(name)

    def __arrow_c_schema__(self) -> Any:
        return self._table.__arrow_c_schema__()

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        return self._table.__arrow_c_stream__(requested_schema)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), ({name: self[name] for name in self.column_names}, *self._beside())

    def _beside(self) -> tuple[Any, ...]:
        """What the constructor takes beside columns."""
        return ()

    def _metadata(self) -> dict[str, str]:
        """Of the Arrow schema."""
        return {}

    def __repr__(self) -> str:
        rows = "1 row" if len(self) == 1 else f"{len(self):,} rows"
        return f"<{type(self).__name__}: {rows} of {', '.join(self.column_names)}>"

    def _repr_html_(self) -> str:
        from pomona.table_html import rows_html

        return rows_html(self)

    def head(self, rows: int) -> dict[str, Any]:
        """The first rows of each column, by its name."""
        first = self._table.slice(0, rows)
        return {name: first.column(name) for name in first.column_names}

    def to_arrow(self) -> Any:
        """A ``pyarrow.Table`` over the same memory. Raises ImportError without pyarrow."""
        return import_module("pyarrow").table(self)

    def to_polars(self) -> Any:
        """A ``polars.DataFrame`` over the same memory. Raises ImportError without polars."""
        return import_module("polars").DataFrame(self)

    def to_pandas(self) -> Any:
        """A ``pandas.DataFrame``. Raises ImportError without pandas or pyarrow."""
        return self.to_arrow().to_pandas()


class FailureTable(Table):
    """Photographs that could not be read, with the columns of ``failures.csv``.

    ``path``, ``stage`` (list, read or decode), ``kind`` and ``message``, all str.
    """

    TYPES = {"path": "utf8", "stage": "utf8", "kind": "utf8", "message": "utf8"}


@dataclass(frozen=True)
class FeatureSplit:
    """How photographs were divided into training and test."""

    kind: str
    """none, holdout, test_set or file_names."""
    holdout: float
    """Share of the photographs that a holdout keeps for the test."""
    group: str
    """Regular expression on file names; empty: there are no groups."""
    seed: int


@dataclass(frozen=True)
class FeatureOrigin:
    """What computed features: features of different origins are not comparable."""

    backbone: str
    size: int
    """Side of the pictures that the network sees, in pixels."""
    precision: str
    """f32 or bf16."""
    crops: tuple[str, ...]
    fit: str = "squash"
    """How photographs became square: squash, crop or pad."""
    batch: int = 0
    """Photographs in one call of the network; 0: what is fastest at this size."""
    split: FeatureSplit | None = None
    """None: the photographs were not divided."""
    sources: tuple[str, ...] = ()
    """Names of the places that photographs came from, where they have names."""


@dataclass(frozen=True)
class Reduction:
    """A scaler and a PCA, fitted on the rows for training. All arrays are float64."""

    mean: np.ndarray[Any, Any]
    """Of each feature, shape (features,)."""
    scale: np.ndarray[Any, Any]
    """What each is divided by, shape (features,)."""
    components: np.ndarray[Any, Any]
    """Orthonormal rows, shape (components, features)."""
    explained_variance: np.ndarray[Any, Any]
    """Of each component, of scaled features, shape (components,)."""
    explained_variance_ratio: np.ndarray[Any, Any]
    """Shares of the total variance, shape (components,)."""


class FeatureTable(Table):
    """Features of photographs: ``path``, ``label`` and ``split`` (str), ``features`` (float32).

    Its Arrow schema says in its metadata what computed them (``origin``), and so do Arrow tables made
    of it: `train`, `reduce` and `evaluate` read it there.

    ``table["features"]`` has the shape (rows, width); with several crops the width is that of the
    backbone times their number.

    A notebook shows the first rows, what computed them, how many photographs could not be read, and
    a bar for each label with its number of rows. It shows no pictures.

    Example:
        >>> table = featurizer("sample/fruits/Banana")
        >>> table.column_names
        ['path', 'label', 'split', 'features']
    """

    TYPES = {"path": "utf8", "label": "utf8", "split": "utf8", "features": "matrix"}

    def __init__(
        self, columns: Mapping[str, Column], origin: FeatureOrigin, failures: FailureTable
    ) -> None:
        self.origin = origin
        super().__init__(columns)
        #: Photographs that have no row.
        self.failures = failures

    def _beside(self) -> tuple[Any, ...]:
        return self.origin, self.failures

    def _metadata(self) -> dict[str, str]:
        from pomona._origin import KEY, origin_text

        return {KEY: origin_text(self.origin)}

    def to_pandas(self) -> Any:
        """A ``pandas.DataFrame``, whose ``attrs`` say what computed the features.

        Raises ImportError without pandas or pyarrow.
        """
        frame = super().to_pandas()
        frame.attrs.update(self._metadata())
        return frame

    @property
    def backbone(self) -> str:
        """Name of the network."""
        return self.origin.backbone

    @property
    def size(self) -> int:
        """Side of the pictures that the network saw, in pixels."""
        return self.origin.size

    @property
    def precision(self) -> str:
        """Number type in which the network computed: f32 or bf16."""
        return self.origin.precision

    @property
    def crops(self) -> tuple[str, ...]:
        """Crops of each photograph, in the order in which their features follow each other."""
        return self.origin.crops

    def _repr_html_(self) -> str:
        from pomona.table_html import features_html

        return features_html(self)


class ReducedTable(Table):
    """Features after scaler and PCA: ``path``, ``label``, ``split`` (str), ``pca_features``.

    Example:
        >>> table = featurizer("sample/fruits/Banana")
        >>> pomona.reduce(table, components=3).components.shape
        (8, 3)
    """

    TYPES = {"path": "utf8", "label": "utf8", "split": "utf8", "pca_features": "matrix"}

    def __init__(self, columns: Mapping[str, Column], reduction: Reduction | None = None) -> None:
        super().__init__(columns)
        #: The scaler and PCA that made the components.
        self.reduction = reduction

    def _beside(self) -> tuple[Any, ...]:
        return (self.reduction,)

    @property
    def components(self) -> Any:
        """The principal components, a NumPy array of shape (rows, components)."""
        return self["pca_features"]


class Predictions(Table):
    """Answers to photographs, one row each.

    ``path`` (str); ``answers``, a list of (label, probability), the best first; ``rejected``, the
    reason of a rejection or None; ``ood_score`` (float, above 1 is rejected; None without a reject
    option); ``failure``, why the photograph could not be read, or None.

    Args:
        columns: as above.
        pictures: what the caller gave for each row, to be shown as a thumbnail: pixels as an array
            of uint8 of shape (height, width, 3), or a file on this machine. None: none is shown.
        details: for each row all that is predicted, with varieties and facts.

    Example:
        >>> table = predictor.predict("sample/fruits/Banana")
        >>> table.column_names
        ['path', 'answers', 'rejected', 'ood_score', 'failure']
    """

    TYPES = {
        "path": "utf8",
        "answers": "answers",
        "rejected": "utf8",
        "ood_score": "double",
        "failure": "utf8",
    }

    def __init__(
        self,
        columns: Mapping[str, Column],
        pictures: Sequence[Picture] | None = None,
        details: Sequence[Prediction] = (),
    ) -> None:
        super().__init__(columns)
        if pictures is not None and len(pictures) != len(self):
            raise InvalidInputError(
                f"cannot show {len(pictures)} pictures with {len(self)} predictions: "
                "expected one for each, or None in its place"
            )
        self.pictures = pictures
        #: For each row all that is predicted, with varieties and facts.
        self.details = details

    def _beside(self) -> tuple[Any, ...]:
        return self.pictures, self.details

    def _repr_html_(self) -> str:
        from pomona.table_html import predictions_html

        return predictions_html(self)
