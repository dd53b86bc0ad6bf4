# SPDX-License-Identifier: Apache-2.0
"""Arrow arrays of lists, some of them null, out of NumPy arrays: what Spark takes for array columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import ArrayLike, NDArray


def list_array(
    values: NDArray[Any], lengths: ArrayLike, missing: NDArray[np.bool_]
) -> pa.ListArray:
    """Lists whose elements follow each other in `values`.

    Args:
        values: One-dimensional.
        lengths: Of each list; 0 for one that is null.
        missing: Which are null.
    """
    import numpy as np
    import pyarrow as pa

    offsets = np.zeros(len(missing) + 1, np.int32)
    np.cumsum(lengths, out=offsets[1:])
    mask = pa.array(missing) if missing.any() else None
    return pa.ListArray.from_arrays(pa.array(offsets), pa.array(values), mask=mask)


def lists_of_rows(rows: NDArray[Any], missing: NDArray[np.bool_]) -> pa.ListArray:
    """Rows of a matrix, which has none for those that are missing."""
    import numpy as np

    values = np.ascontiguousarray(rows).reshape(-1)
    return list_array(values, np.where(missing, 0, rows.shape[1]), missing)
