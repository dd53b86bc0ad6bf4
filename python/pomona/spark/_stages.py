# SPDX-License-Identifier: Apache-2.0
"""What the stages for columns of features have in common: their columns and what becomes of bad rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from pyspark.ml.param.shared import HasHandleInvalid, HasInputCol, HasOutputCol

from pomona.errors import raise_error
from pomona.spark._columns import (
    BadRowError,
    FeatureColumn,
    feature_column,
    quoted,
    refuse_column,
    rows_of,
)
from pomona.spark.moments import Fit

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_HANDLE: Final = ("error", "skip", "keep")
BLOCK_ROWS = 4096  # for which results are made at once

# A matrix in, as many rows out.
RowFunction = Callable[["NDArray[np.float32]"], "NDArray[np.float32]"]


class HandlesBadRows(HasHandleInvalid):
    """`handleInvalid` for rows that are null or not finite.

    "error" fails; "skip" leaves such rows out; "keep" leaves them out of the fit and gives them null.
    """

    def __init__(self) -> None:
        super().__init__()
        self._setDefault(handleInvalid="error")

    def setHandleInvalid(self, value: str) -> Any:
        """Sets what becomes of rows that are null or not finite: "error", "skip" or "keep"."""
        return self._set(handleInvalid=value)

    def _keeps_bad_rows(self) -> bool:
        value = self.getHandleInvalid()
        if value not in _HANDLE:
            raise_error(
                "invalid_input", f"handleInvalid: expected {', '.join(_HANDLE)}, found {value!r}"
            )
        return bool(value != "error")


class RowColumns(HandlesBadRows, HasInputCol, HasOutputCol):
    """From a column of features to another."""

    def setInputCol(self, value: str) -> Any:
        """Sets the column of features: array<float>, array<double> or a vector of Spark ML."""
        return self._set(inputCol=value)

    def setOutputCol(self, value: str) -> Any:
        """Sets the column to add: a vector where the input is one, else array<float>."""
        return self._set(outputCol=value)

    def _fit_of(self, dataset: Any) -> Fit:
        stage = f"fitting {type(self).__name__}"
        column = feature_column(dataset.schema, self._named(self.inputCol, stage), stage)
        return Fit(stage, column, self._keeps_bad_rows())

    def _named(self, param: Any, stage: str) -> str:
        if not self.isDefined(param):
            raise_error("invalid_input", f"{stage}: {param.name} is not set; name a column")
        name: str = self.getOrDefault(param)
        return name

    def _transform_rows(self, dataset: Any, width: int, compute: RowFunction) -> Any:
        """The DataFrame with the output column."""
        stage = f"transforming by {type(self).__name__}"
        column = feature_column(dataset.schema, self._named(self.inputCol, stage), stage)
        output = self._named(self.outputCol, stage)
        refuse_column(dataset.schema, output, stage)
        keep = self._keeps_bad_rows()
        from pyspark.ml.functions import array_to_vector
        from pyspark.sql.functions import col, when

        function = _function_of_series(stage, column, (width, keep), compute)
        computed = dataset.withColumn(output, function(column.as_array()))
        if self.getHandleInvalid() == "skip":
            computed = computed.where(col(quoted(output)).isNotNull())
        if not column.is_vector:
            return computed
        numbers = col(quoted(output))
        vectors = when(numbers.isNotNull(), array_to_vector(numbers))
        return computed.withColumn(output, vectors)


def _function_of_series(
    stage: str, column: FeatureColumn, expected: tuple[int, bool], compute: RowFunction
) -> Any:
    """A UDF over the column alone: the others, such as photographs, stay where they are."""
    import pandas as pd
    from pyspark.sql.functions import pandas_udf

    width, keep = expected

    def of_series(series: Any) -> Any:
        import numpy as np

        array = list_array(series)
        try:
            rows = rows_of(array, width, keep)
        except BadRowError as bad:
            raise_error("invalid_input", f"{stage} of the column {column.name!r}: {bad}")
        result = np.empty(len(series), dtype=object)
        usable = np.arange(len(series)) if rows.usable is None else np.flatnonzero(rows.usable)
        for first in range(0, len(usable), BLOCK_ROWS):
            block = compute(rows.values[first : first + BLOCK_ROWS])
            for at, row in zip(usable[first:], block):
                result[at] = row
        return type(series)(result, index=series.index)

    # Spark reads them, and would resolve texts where it knows no pandas.
    of_series.__annotations__ = {"series": pd.Series, "return": pd.Series}
    return pandas_udf(of_series, "array<float>")


def list_array(series: Any) -> Any:
    """An Arrow list array of a pandas series of arrays, lists and None."""
    import numpy as np
    import pyarrow as pa

    first = next((row for row in series if row is not None), None)
    single = first is None or getattr(first, "dtype", None) == np.float32
    return pa.Array.from_pandas(series, type=pa.list_(pa.float32() if single else pa.float64()))
