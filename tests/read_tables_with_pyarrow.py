# SPDX-License-Identifier: Apache-2.0
"""Reads the tables that parquet_writer_test wrote into a folder, and checks schema and rows."""

import pathlib
import sys

import pyarrow as pa
import pyarrow.parquet as pq

folder = pathlib.Path(sys.argv[1])


def text(name):
    return pa.field(name, pa.string(), nullable=False)


def floats(name):
    return pa.field(
        name, pa.list_(pa.field("element", pa.float32(), nullable=False)), nullable=False
    )


KEYS = [text("path"), text("label"), text("split")]
SCHEMAS = {
    "features": [*KEYS, floats("features")],
    "empty": [*KEYS, floats("features")],
    "manifest": [
        *KEYS,
        pa.field("bytes", pa.int64(), nullable=False),
        text("status"),
        text("sha256"),
        pa.field("damage", pa.float64(), nullable=False),
    ],
    "reduced": [*KEYS, pa.field("label_index", pa.int32()), floats("pca_features")],
    "previews": [*KEYS, pa.field("jpeg", pa.binary(), nullable=False)],
}
ROWS = {"features": 2053, "empty": 0, "manifest": 10, "reduced": 10, "previews": 10}

tables = {}
for name, fields in SCHEMAS.items():
    (part,) = sorted((folder / name).glob("part-*.snappy.parquet"))
    assert (folder / name / "_SUCCESS").stat().st_size == 0
    file = pq.ParquetFile(part, page_checksum_verification=True)
    assert file.schema_arrow.equals(pa.schema(fields)), f"{name}: {file.schema_arrow}"
    assert file.metadata.num_rows == ROWS[name], f"{name}: {file.metadata.num_rows} rows"
    for group in range(file.metadata.num_row_groups):
        for column in range(file.metadata.num_columns):
            chunk = file.metadata.row_group(group).column(column)
            assert chunk.compression == "SNAPPY", f"{name}: {chunk.compression}"
            is_dense = chunk.path_in_schema.split(".")[0] in ("features", "pca_features", "path")
            assert chunk.has_dictionary_page == (False if is_dense else chunk.has_dictionary_page)
            assert not (chunk.path_in_schema.endswith("element") and chunk.is_stats_set)
    tables[name] = pq.read_table(folder / name).to_pydict()

path = [f'Früchte/{row % 131}/photo, "{row}".jpg' for row in range(2053)]
assert tables["features"]["path"] == path
assert tables["features"]["split"][:6] == ["test", "train", "train", "train", "train", "test"]
assert {len(row) for row in tables["features"]["features"]} == {3}
assert sum(value == 0 for row in tables["features"]["features"] for value in row) > 1000
assert tables["manifest"]["bytes"] == [row * 1_000_003 for row in range(10)]
assert tables["manifest"]["status"][6:9] == ["ok", "failed", "ok"]
assert tables["reduced"]["label_index"] == [None, 1, 2, None, 4, 5, None, 7, 8, None]
assert {len(row) for row in tables["reduced"]["pca_features"]} == {2}
assert tables["previews"]["jpeg"] == [bytes([row]) * (500 + row) for row in range(10)]
