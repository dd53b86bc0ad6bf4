# SPDX-License-Identifier: Apache-2.0
"""What made features stays with them in Arrow tables, files and pandas, and is missed where it does not."""

import json
import pickle
import warnings
from dataclasses import replace

import numpy as np
import pytest
from conftest import FRUITS

import pomona
from pomona import _core
from pomona._origin import KEY, origin_in, origin_of_record, origin_text
from pomona.errors import InvalidInputError, PomonaError, PomonaWarning
from pomona.feature_rows import rows_of
from pomona.tables import FailureTable, FeatureOrigin, FeatureSplit, FeatureTable

pa = pytest.importorskip("pyarrow")
FILMS = r"^(r\d*_)?"
ORIGIN = FeatureOrigin(
    "tiny",
    32,
    "f32",
    ("whole", "flip"),
    "pad",
    4,
    FeatureSplit("holdout", 0.25, FILMS, 7),
    ("lab", "market é"),
)


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    """Two sources of two labels."""
    folder = tmp_path_factory.mktemp("photos")
    for source, first in (("lab", 0), ("market", 4)):
        for label in ("Banana", "Beetroot"):
            (folder / source / label).mkdir(parents=True)
            for path in sorted((FRUITS / label).iterdir())[first : first + 4]:
                (folder / source / label / path.name).symlink_to(path)
    return {source: folder / source for source in ("lab", "market")}


@pytest.fixture(scope="module")
def options(tiny):
    return {"fit": "pad", "crops": "whole,flip", "holdout": 0.25, "seed": 7, **tiny}


@pytest.fixture(scope="module")
def table(photos, options):
    return pomona.extract(photos, **options)


def made(origin, rows=4):
    columns = {
        "path": [str(row) for row in range(rows)],
        "label": ["a", "b"] * (rows // 2),
        "split": ["train"] * (rows - 1) + ["test"],
        "features": np.zeros((rows, 6), np.float32),
    }
    return FeatureTable(columns, origin, FailureTable({name: [] for name in FailureTable.TYPES}))


@pytest.mark.parametrize("origin", [ORIGIN, replace(ORIGIN, split=None, sources=())])
def test_every_part_of_an_origin_comes_back(origin, tmp_path):
    feather = pytest.importorskip("pyarrow.feather")
    parquet = pytest.importorskip("pyarrow.parquet")
    arrow = pa.table(made(origin))
    feather.write_feather(arrow, tmp_path / "a.feather")
    parquet.write_table(arrow, tmp_path / "a.parquet")
    frame = made(origin).to_pandas()
    for one in (
        made(origin),
        arrow,
        arrow.to_batches()[0],
        arrow.filter(pa.compute.field("label") == "a"),
        pa.concat_tables([arrow, arrow]),
        feather.read_table(tmp_path / "a.feather"),
        parquet.read_table(tmp_path / "a.parquet"),
        frame,
        frame[frame.label == "a"].drop(columns="path"),
        pickle.loads(pickle.dumps(frame)),
    ):
        assert rows_of(one).origin == origin
    for one in (made(origin).to_polars(), made(origin)["features"]):
        assert rows_of(one).origin is None


def test_all_that_arrow_keeps_trains_the_same_bundle(table, tiny):
    models = {"models": tiny["models"]}
    with warnings.catch_warnings():
        warnings.filterwarnings("error", "do not say")
        warnings.filterwarnings("ignore", category=PomonaWarning)
        expected = pomona.train(table, **models)
        for one in (pa.table(table), table.to_pandas()):
            trained = pomona.train(one, **models)
            assert trained == expected
            assert trained.training.metrics == expected.training.metrics
            metrics = pomona.evaluate(expected, one).metrics
            assert metrics == pomona.evaluate(expected, table).metrics


@pytest.mark.filterwarnings("ignore::pomona.errors.PomonaWarning")
def test_features_of_an_output_say_what_made_them(table, photos, options, tiny, tmp_path):
    output = pomona.extract(photos, out=tmp_path / "out", **options)
    found = output.features("pyarrow")
    assert rows_of(found).origin == table.origin
    assert pomona.train(found, models=tiny["models"]) == pomona.train(table, models=tiny["models"])
    assert rows_of(output.features("polars")).origin is None
    (tmp_path / "out" / "run.json").unlink()
    assert rows_of(pomona.Output(output.path).features("pyarrow")).origin is None


def test_the_kind_of_split_and_the_sources_are_those_of_the_record():
    record = {
        "features_by": {
            "backbone": "tiny",
            "size": 32,
            "precision": "f32",
            "fit": "pad",
            "crops": ["whole"],
            "batch": 4,
        },
        "options": {"holdout": 0.2, "group": "", "seed": 0, "train_files": "", "test_files": ""},
        "inputs": {"images": "fruit", "test": None},
    }
    assert origin_of_record(record, False).split.kind == "none"
    assert origin_of_record(record, True).split.kind == "holdout"
    assert origin_of_record(record, True).sources == ()
    record["options"]["test_files"] = "^t"
    assert origin_of_record(record, True).split.kind == "file_names"
    record["inputs"] = {"images": ["a=x/y", "s3://bucket/z", "v=w=1"], "test": "elsewhere"}
    assert origin_of_record(record, True).split.kind == "test_set"
    assert origin_of_record(record, True).sources == ("a", "z", "v")
    del record["features_by"]["size"]
    assert origin_of_record(record, True) is None


def test_a_column_that_divides_rows_counts_more_than_the_metadata(tiny):
    rows = rows_of(pa.table(made(replace(ORIGIN, split=None))))
    assert rows.splits == ["train", "train", "train", "test"]
    undivided = pa.table(made(replace(ORIGIN, split=None))).slice(0, 2)
    assert rows_of(undivided).splits is None
    assert rows_of(undivided.replace_schema_metadata(None)).splits == ["train"] * 2


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "null", "3", "{}", '{"backbone": 3}']
    + [
        json.dumps({**json.loads(origin_text(ORIGIN)), **change})
        for change in ({"size": "32"}, {"split": {}}, {"split": 3}, {"crops": None})
    ],
)
def test_metadata_that_is_no_origin_is_none(text):
    arrow = pa.table(made(ORIGIN))
    assert rows_of(arrow.replace_schema_metadata({KEY: text})).origin is None
    assert origin_in({b"pandas": text.encode()}) is None
    assert origin_in({b"pandas": json.dumps({"attributes": {KEY: text}}).encode()}) is None


def test_what_contradicts_the_metadata_is_refused(table, tiny):
    arrow = pa.table(table)
    for other in ({"size": 64}, {"backbone": "b"}, {"fit": "crop"}, {"crops": "whole"}):
        with pytest.raises(InvalidInputError, match=f"{next(iter(other))}: the features know it"):
            pomona.train(arrow, models=tiny["models"], **other)


def test_metadata_of_the_schema_is_any_bytes():
    columns = {"a": [1.0]}
    own = _core.Table(columns, {}, {"k": "é", "": "", "long": "x" * 70_000})
    assert own.metadata == {b"k": "é".encode(), b"": b"", b"long": b"x" * 70_000}
    assert pa.table(own).schema.metadata == own.metadata
    assert own.slice(0, 1).metadata == own.metadata
    raw = {b"\xff\x00": b"\x00\xfe", b"e": b""}
    assert _core.read_table(pa.table(columns).replace_schema_metadata(raw)).metadata == raw
    assert _core.read_table(pa.table(columns)).metadata == {}
    assert pa.table(_core.Table(columns)).schema.metadata is None


@pytest.mark.parametrize("numbers", [(-1,), (1, -5), (1, 0, -2)])
def test_a_negative_length_in_metadata_is_refused(numbers):
    import ctypes

    class Schema(ctypes.Structure):
        _fields_ = [(name, ctypes.c_char_p) for name in ("format", "name")] + [
            ("metadata", ctypes.c_void_p)
        ]

    arrow = pa.table({"a": [1.0]})
    metadata = (ctypes.c_int32 * len(numbers))(*numbers)

    class Changed:
        def __arrow_c_array__(self):
            schema, array = arrow.to_batches()[0].__arrow_c_array__()
            pointer = ctypes.pythonapi.PyCapsule_GetPointer
            pointer.restype, pointer.argtypes = ctypes.c_void_p, [ctypes.py_object, ctypes.c_char_p]
            struct = Schema.from_address(pointer(schema, b"arrow_schema"))
            struct.metadata = ctypes.addressof(metadata)
            return schema, array

    with pytest.raises(PomonaError, match="metadata is negative"):
        _core.read_table(Changed())
