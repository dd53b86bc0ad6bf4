# SPDX-License-Identifier: Apache-2.0
"""What the stages for columns of features have in common: their columns and what becomes of bad rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from pyspark.ml.param.shared import HasHandleInvalid, HasInputCol, HasOutputCol

from pomona.errors import raise_error
from pomona.spark._columns import quoted, refuse_columns
from pomona.spark._feature_columns import BadRowError, Rows, feature_column, rows_of
from pomona.spark._lists import list_array, lists_of_rows
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

        function = column_udf(
            "array<float>", __name__, computed_rows.__name__, task, compute, arrays
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


def column_udf(schema: str, module: str, function: str, *arguments: Any) -> Any:
    """A UDF over a column alone: the others, such as photographs, stay where they are.

    It calls `function(array, *arguments)` of a module in the workers, with arrays of Arrow. Before 4.1
    Spark has no such UDFs, and hands over series of pandas.
    """
    from pyspark.sql import functions

    if hasattr(functions, "arrow_udf"):
        import pyarrow as pa

        run = shipped_call(module, function, *arguments)
        # Spark reads them, and would resolve texts where it knows no pyarrow.
        run.__annotations__ = {"value": pa.Array, "return": pa.Array}
        return functions.arrow_udf(run, schema)
    import pandas as pd

    run = shipped_call(__name__, through_arrow.__name__, module, function, arguments)
    result = pd.DataFrame if schema.startswith("struct") else pd.Series
    run.__annotations__ = {"value": pd.Series, "return": result}
    return functions.pandas_udf(run, schema)  # type: ignore[attr-defined]


def through_arrow(series: Any, module: str, function: str, arguments: tuple[Any, ...]) -> Any:
    """What a function of Arrow arrays makes of a series of pandas. Runs in the workers."""
    import importlib

    import pyarrow as pa

    work = getattr(importlib.import_module(module), function)
    result = work(array_of_series(series), *arguments)
    if isinstance(result, pa.StructArray):
        return pa.RecordBatch.from_struct_array(result).to_pandas()
    return result.to_pandas()


def computed_rows(
    array: Any, task: dict[str, Any], compute: Callable[..., Any], arrays: Arrays
) -> Any:
    """What a function makes of each row. Runs in the workers."""
    import numpy as np

    rows = usable_rows(array, task)
    blocks = [compute(block, *arrays) for block in blocks_of(rows.values)]
    return lists_of_rows(np.concatenate(blocks), ~rows.usable)


def blocks_of(values: NDArray[np.float32]) -> Iterator[NDArray[np.float32]]:
    """The rows, so many at a time that what is made of them stays small; without rows one empty block."""
    firsts = range(0, max(len(values), 1), BLOCK_ROWS)
    return (values[first : first + BLOCK_ROWS] for first in firsts)


def usable_rows(array: Any, task: dict[str, Any]) -> Rows:
    """Rows of a list array.

    Raises:
        InvalidInputError: One cannot be used, and is not to be kept.
    """
    try:
        return rows_of(array, task["width"], task["keep"])
    except BadRowError as bad:
        raise_error("invalid_input", f"{task['stage']} of the column {task['column']!r}: {bad}")


def array_of_series(series: Any) -> Any:
    """An Arrow array of a pandas series of texts, or of arrays, and None."""
    import numpy as np
    import pyarrow as pa

    missing = series.isna().to_numpy()
    present = [row for row, gone in zip(series, missing) if not gone]
    if not present or isinstance(present[0], str):
        return pa.Array.from_pandas(series)
    values = np.concatenate(present)
    if values.dtype not in (np.float32, np.float64):  # with None among numbers
        return pa.Array.from_pandas(series, type=pa.list_(pa.float64()))
    lengths = np.zeros(len(series), np.int32)
    lengths[~missing] = [len(row) for row in present]
    return list_array(values, lengths, missing)
