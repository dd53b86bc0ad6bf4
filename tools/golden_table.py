# SPDX-License-Identifier: Apache-2.0
"""Makes tests/golden/table/: feature tables as other writers make them, and some that are wrong.

pyarrow writes them. Row i of each good one is: path "a/i.jpg", label "K0" or "K1" by turns, split
"train" but "test" for every third, features [i, i + 0.5, -i].
"""

import pathlib

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

FOLDER = pathlib.Path(__file__).parent.parent / "tests" / "golden" / "table"
ROWS = 50

PATHS = [f"a/{i}.jpg" for i in range(ROWS)]
LABELS = [f"K{i % 2}" for i in range(ROWS)]
SPLITS = ["test" if i % 3 == 0 else "train" for i in range(ROWS)]
FEATURES = [[i, i + 0.5, -i] for i in range(ROWS)]
LIST = pa.list_(pa.float32())


def table(**changes):
    columns = {
        "path": pa.array(PATHS),
        "label": pa.array(LABELS),
        "split": pa.array(SPLITS),
        "features": pa.array(FEATURES, LIST),
    }
    columns.update(changes)
    return pa.table({name: column for name, column in columns.items() if column is not None})


def write(name, content, **options):
    pq.write_table(content, FOLDER / f"{name}.parquet", **options)


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    # As other writers may store the same rows.
    write("plain", table())
    write("small_groups", table(), row_group_size=7, data_page_size=64, write_batch_size=3)
    write(
        "large_types",
        table(
            path=pa.array(PATHS, pa.large_string()),
            features=pa.array(FEATURES, pa.large_list(pa.float32())),
        ),
    )
    write("dictionary", table(label=pa.array(LABELS).dictionary_encode()))
    write(
        "fixed_size",
        table(
            features=pa.FixedSizeListArray.from_arrays(
                np.array(FEATURES, np.float32).reshape(-1), 3
            )
        ),
    )
    write("old_lists", table(), use_compliant_nested_type=False, version="1.0")
    write("pages_v2", table(), data_page_version="2.0", compression="zstd")
    write(
        "split_bytes",
        table(),
        use_dictionary=False,
        column_encoding={"features.list.element": "BYTE_STREAM_SPLIT"},
    )
    write("more_columns", table().append_column("width", pa.array(range(ROWS))))
    write("no_split", table(split=None))
    # What must be refused.
    write("no_label", table(label=None))
    write("double_features", table(features=pa.array(FEATURES, pa.list_(pa.float64()))))
    write("number_label", table(label=pa.array(range(ROWS))))
    write("nested_features", table(features=pa.array([[row] for row in FEATURES], pa.list_(LIST))))
    write("struct_features", table(features=pa.array([{"x": 1.0, "y": 2.0}] * ROWS)))
    write("flat_features", table(features=pa.array(range(ROWS), pa.float32())))
    write("ragged", table(features=pa.array([*FEATURES[:-2], [1], [1, 2, 3, 4, 5]], LIST)))
    write("uneven", table(features=pa.array([*FEATURES[:-1], [1]], LIST)))
    write("empty_row", table(features=pa.array([*FEATURES[:-1], []], LIST)))
    write("null_row", table(features=pa.array([*FEATURES[:-1], None], LIST)))
    write("null_number", table(features=pa.array([*FEATURES[:-1], [1, None, 2]], LIST)))
    write("null_path", table(path=pa.array([*PATHS[:-1], None])))


if __name__ == "__main__":
    main()
