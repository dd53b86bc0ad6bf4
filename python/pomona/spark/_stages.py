# SPDX-License-Identifier: Apache-2.0
"""What the stages for columns of features have in common: their columns and what becomes of bad rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from pyspark.ml.param.shared import HasHandleInvalid, HasInputCol, HasOutputCol

from pomona.errors import raise_error
from pomona.spark._columns import quoted, refuse_columns
from pomona.spark._feature_columns import BadRowError, feature_column, rows_of
from pomona.spark._shipping import shipped_call
from pomona.spark.moments import Fit
from pomona.spark.options import check_handle_invalid

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Arrays = tuple[NDArray[np.float64], ...]

BLOCK_ROWS = 4096  # for which results are made at once


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
        check_handle_invalid("handleInvalid", value)
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
        column = feature_column(dataset, self._named(self.inputCol, stage), stage)
        return Fit(stage, column, self._keeps_bad_rows())

    def _named(self, param: Any, stage: str) -> str:
        if not self.isDefined(param):
            raise_error("invalid_input", f"{stage}: {param.name} is not set; name a column")
        name: str = self.getOrDefault(param)
        return name

    def _transform_rows(self, dataset: Any, compute: Callable[..., Any], arrays: Arrays) -> Any:
        """The DataFrame with the output column.

        Args:
            dataset: The DataFrame.
            compute: `compute(rows, *arrays)` is a matrix of as many rows.
            arrays: The first has a number for each feature.
        """
        stage = f"transforming by {type(self).__name__}"
        column = feature_column(dataset, self._named(self.inputCol, stage), stage)
        output = self._named(self.outputCol, stage)
        refuse_columns(dataset, [output], stage)
        keep = self._keeps_bad_rows()
        task = {"stage": stage, "column": column.name, "width": len(arrays[0]), "keep": keep}
        from pyspark.ml.functions import array_to_vector
        from pyspark.sql.functions import col, when

        function = series_udf(
            "array<float>", __name__, computed_series.__name__, task, compute, arrays
        )
        skip = self.getHandleInvalid() == "skip"
        function = once(function) if skip else function
        computed = dataset.withColumn(output, function(column.as_array()))
        if skip:
            computed = computed.where(col(quoted(output)).isNotNull())
        if not column.is_vector:
            return computed
        numbers = col(quoted(output))
        vectors = when(numbers.isNotNull(), array_to_vector(numbers))
        return computed.withColumn(output, vectors)


def once(function: Any) -> Any:
    """The UDF, for a result that rows are filtered by.

    Spark moves a filter below the projection that the filter reads, and then evaluates the UDF in both.
    It does not for a UDF that may give another result the second time.
    """
    return function.asNondeterministic()


def series_udf(schema: str, module: str, function: str, *arguments: Any) -> Any:
    """A UDF over a column alone: the others, such as photographs, stay where they are.

    It calls `function(series, *arguments)` of a module in the workers, with series of pandas.
    """
    import pandas as pd
    from pyspark.sql import functions

    run = shipped_call(module, function, *arguments)
    # Spark reads them, and would resolve texts where it knows no pandas.
    result = pd.DataFrame if schema.startswith("struct") else pd.Series
    run.__annotations__ = {"value": pd.Series, "return": result}
    return functions.pandas_udf(run, schema)  # type: ignore[attr-defined]


def computed_series(
    series: Any, task: dict[str, Any], compute: Callable[..., Any], arrays: Arrays
) -> Any:
    """What a function makes of each row. Runs in the workers."""
    import numpy as np

    values, usable = usable_rows(series, task)
    result = np.empty(len(series), dtype=object)
    for first in range(0, len(usable), BLOCK_ROWS):
        block = compute(values[first : first + BLOCK_ROWS], *arrays)
        for at, row in zip(usable[first:], block):
            result[at] = row
    return type(series)(result, index=series.index)


def usable_rows(series: Any, task: dict[str, Any]) -> tuple[NDArray[np.float32], NDArray[np.intp]]:
    """Rows of a series, and their numbers in it.

    Raises:
        InvalidInputError: One cannot be used, and is not to be kept.
    """
    import numpy as np

    try:
        rows = rows_of(list_array(series), task["width"], task["keep"])
    except BadRowError as bad:
        raise_error("invalid_input", f"{task['stage']} of the column {task['column']!r}: {bad}")
    count = len(series)
    return rows.values, np.arange(count) if rows.usable is None else np.flatnonzero(rows.usable)


def list_array(series: Any) -> Any:
    """An Arrow list array of a pandas series of arrays and None."""
    import numpy as np
    import pyarrow as pa

    missing = series.isna().to_numpy()
    present = [row for row, gone in zip(series, missing) if not gone]
    values = np.concatenate(present) if present else np.empty(0, np.float32)
    if values.dtype not in (np.float32, np.float64):  # with None among numbers
        return pa.Array.from_pandas(series, type=pa.list_(pa.float64()))
    offsets = np.zeros(len(series) + 1, np.int32)
    offsets[1:][~missing] = [len(row) for row in present]
    offsets = np.cumsum(offsets, dtype=np.int32)
    mask = pa.array(missing) if missing.any() else None
    return pa.ListArray.from_arrays(pa.array(offsets), pa.array(values), mask=mask)
