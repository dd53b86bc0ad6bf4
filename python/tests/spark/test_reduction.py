# SPDX-License-Identifier: Apache-2.0
"""PomonaScaler and PomonaPCA: what they fit, what they compute, and what they refuse."""

import json
import re
import struct

import numpy as np
import pytest

import pomona
from pomona import _core
from pomona.spark import PomonaPCA, PomonaPCAModel, PomonaScaler, PomonaScalerModel

WIDTH = 12


def made_up_rows(rows=300, seed=3):
    random = np.random.default_rng(seed)
    mixing = random.normal(size=(WIDTH, WIDTH))
    values = random.normal(size=(rows, WIDTH)) @ mixing * 3 + 100
    values[:, 4] = 7  # a constant feature
    return values.astype(np.float32)


def frame_of(spark, values, kind="array<float>", parts=5):
    rows = [(number, row.tolist()) for number, row in enumerate(values)]
    if kind == "vector":
        from pyspark.ml.linalg import Vectors

        rows = [(number, Vectors.dense(row)) for number, row in rows]
        return spark.createDataFrame(rows, ["id", "features"]).repartition(parts)
    return spark.createDataFrame(rows, f"id long, features {kind}").repartition(parts)


def column(frame, name):
    """Its rows in the order of `id`."""
    rows = frame.select("id", name).orderBy("id").collect()
    return np.array([list(row[name]) for row in rows])


@pytest.fixture(scope="module")
def values():
    return made_up_rows()


@pytest.fixture(scope="module")
def frame(spark, values):
    return frame_of(spark, values).cache()


@pytest.fixture(scope="module")
def reduced(values):
    return pomona.reduce(values, components=5)


def refused(call):
    with pytest.raises(pomona.InvalidInputError) as caught:
        call()
    return str(caught.value)


def test_pca_is_that_of_one_machine(frame, values, reduced):
    model = PomonaPCA(inputCol="features", outputCol="components", k=5).fit(frame)
    expected = reduced.reduction
    assert np.allclose(model.mean.toArray(), expected.mean, rtol=1e-12)
    assert np.allclose(model.scale.toArray(), expected.scale, rtol=1e-11)
    assert np.abs(model.pc.toArray().T - expected.components).max() < 1e-9
    assert (
        np.abs(model.explainedVariance.toArray() - expected.explained_variance_ratio).max() < 1e-9
    )
    found = column(model.transform(frame), "components")
    assert found.shape == (len(values), 5)
    assert np.allclose(found, reduced["pca_features"], atol=1e-4)


def test_pca_equals_the_command(spark, output):
    """Of the same rows, from the output folder of `pomona run`."""
    folder = output.path
    table = spark.read.parquet(f"{folder}/features")
    train = table.where("split = 'train'").repartition(3)
    model = PomonaPCA(inputCol="features", outputCol="pca", k=output_components(folder)).fit(train)
    tensors = safetensors(folder)
    for name, found in (
        ("scaler.mean", model.mean.toArray()),
        ("scaler.scale", model.scale.toArray()),
        ("pca.components", model.pc.toArray().T),
    ):
        assert np.abs(found - tensors[name]).max() < 1e-9 * max(1, np.abs(tensors[name]).max())
    reduced = spark.read.parquet(f"{folder}/reduced")
    both = model.transform(table).join(reduced, ["split", "path"]).select("pca", "pca_features")
    rows = both.collect()
    assert len(rows) == table.count() > 0
    off = max(np.abs(np.subtract(row["pca"], row["pca_features"])).max() for row in rows)
    assert off < 1e-4


def safetensors(folder):
    from pathlib import Path

    (file,) = Path(folder).glob("bundle/*.safetensors")
    content = file.read_bytes()
    (size,) = struct.unpack_from("<Q", content)
    tensors = {}
    for name, entry in json.loads(content[8 : 8 + size]).items():
        if name == "__metadata__":
            continue
        begin, end = entry["data_offsets"]
        kind = {"F64": np.float64, "F32": np.float32}[entry["dtype"]]
        values = np.frombuffer(content[8 + size + begin : 8 + size + end], kind)
        tensors[name] = values.reshape(entry["shape"])
    return tensors


def output_components(folder):
    return pomona.Bundle(folder).components


@pytest.mark.parametrize("kind", ["array<double>", "vector"])
def test_other_columns_give_the_same(spark, values, frame, kind):
    pca = PomonaPCA(inputCol="features", outputCol="components", k=3)
    other = frame_of(spark, values, kind)
    model = pca.fit(other)
    assert np.abs(model.pc.toArray() - pca.fit(frame).pc.toArray()).max() < 1e-9
    transformed = model.transform(other)
    expected = "vector" if kind == "vector" else "array<float>"
    assert dict(transformed.dtypes)["components"] == expected
    assert np.allclose(
        column(transformed, "components"), column(model.transform(frame), "components"), atol=1e-5
    )


def test_share_of_the_variance(frame, values):
    model = PomonaPCA(inputCol="features", outputCol="c", varianceShare=0.8).fit(frame)
    expected = pomona.reduce(values, components=0.8).reduction
    assert model.pc.numCols == len(expected.components) < WIDTH
    assert sum(model.explainedVariance) >= 0.8 > sum(list(model.explainedVariance)[:-1])


def test_without_a_number_as_many_as_there_can_be(frame, values):
    model = PomonaPCA(inputCol="features", outputCol="c").fit(frame)
    assert model.pc.numCols == WIDTH


def test_without_scaling(frame, values):
    model = PomonaPCA(inputCol="features", outputCol="c", k=2, scale=False).fit(frame)
    expected = pomona.reduce(values, components=2, scale=False).reduction
    assert np.abs(model.pc.toArray().T - expected.components).max() < 1e-9
    assert set(model.scale) == {1.0}


def test_merging_on_executors_gives_the_same(spark, values, monkeypatch):
    """More partitions than are merged at once."""
    from pomona.spark import moments

    pca = PomonaPCA(inputCol="features", outputCol="c", k=4)
    plain = pca.fit(frame_of(spark, values, parts=11))
    monkeypatch.setattr(moments, "_MOST_MERGED", 2)
    levels = []
    shipped = moments.shipped_call
    monkeypatch.setattr(
        moments, "shipped_call", lambda *what: levels.append(what) or shipped(*what)
    )
    merged = pca.fit(frame_of(spark, values, parts=11))
    assert levels == [("pomona.spark.moments", "merged_group", moments.GramSums)]
    assert np.abs(merged.pc.toArray() - plain.pc.toArray()).max() < 1e-9
    assert np.allclose(merged.mean.toArray(), plain.mean.toArray(), rtol=1e-13)


def test_scaler(frame, values, reduced):
    model = PomonaScaler(inputCol="features", outputCol="scaled").fit(frame)
    assert np.allclose(model.mean.toArray(), reduced.reduction.mean, rtol=1e-12)
    assert np.allclose(model.scale.toArray(), reduced.reduction.scale, rtol=1e-10)
    assert model.scale[4] == 1
    expected = (values.astype(np.float64) - values.mean(axis=0, dtype=np.float64)) / model.scale
    assert np.allclose(column(model.transform(frame), "scaled"), expected, atol=1e-5)


def test_scaler_leaves_out_what_it_is_told(frame, values):
    model = PomonaScaler(inputCol="features", outputCol="s", withMean=False, withStd=False)
    assert np.array_equal(column(model.fit(frame).transform(frame), "s"), values)


def test_models_are_saved_and_loaded(frame, tmp_path):
    for estimator, kind in (
        (PomonaPCA(inputCol="features", outputCol="c", k=3, handleInvalid="keep"), PomonaPCAModel),
        (PomonaScaler(inputCol="features", outputCol="c"), PomonaScalerModel),
    ):
        model = estimator.fit(frame)
        place = str(tmp_path / kind.__name__)
        model.write().overwrite().save(place)
        loaded = kind.load(place)
        assert loaded.uid == model.uid
        assert loaded.getHandleInvalid() == model.getHandleInvalid()
        assert loaded.mean == model.mean
        assert np.array_equal(
            column(loaded.transform(frame), "c"), column(model.transform(frame), "c")
        )
        estimator.save(f"{place}-estimator")
        again = type(estimator).load(f"{place}-estimator")
        assert again.extractParamMap().values() is not None
        assert {p.name: v for p, v in again.extractParamMap().items()} == {
            p.name: v for p, v in estimator.extractParamMap().items()
        }


def test_large_arrays_are_saved_in_parts(frame, tmp_path, monkeypatch, spark):
    from pomona.spark import persistence

    monkeypatch.setattr(persistence, "_PART_BYTES", 100)
    model = PomonaPCA(inputCol="features", outputCol="c", k=3).fit(frame)
    model.save(str(tmp_path / "model"))
    assert spark.read.parquet(str(tmp_path / "model" / "data")).where("part > 0").count() > 3
    loaded = PomonaPCAModel.load(str(tmp_path / "model"))
    assert np.array_equal(loaded.pc.toArray(), model.pc.toArray())


@pytest.mark.parametrize("bad", ["null", "nan", "element"])
def test_bad_rows(spark, values, bad):
    from pyspark.errors import PythonException

    rows = [(number, row.tolist()) for number, row in enumerate(values)]
    rows[7] = (7, {"null": None, "nan": [float("nan")] * WIDTH, "element": [None] * WIDTH}[bad])
    frame = spark.createDataFrame(rows, "id long, features array<float>").repartition(3)
    pca = PomonaPCA(inputCol="features", outputCol="c", k=3)
    sentence = refused(lambda: pca.fit(frame))
    assert sentence.startswith("fitting PomonaPCA on the column 'features': expected ")
    assert "\n" not in sentence

    keeping = pca.copy().setHandleInvalid("keep").fit(frame)
    others = np.delete(values, 7, axis=0)
    expected = pomona.reduce(others, components=3).reduction
    assert np.allclose(keeping.mean.toArray(), expected.mean, rtol=1e-12)
    transformed = keeping.transform(frame)
    assert transformed.where("c is null").select("id").collect() == [(7,)]
    assert keeping.setHandleInvalid("skip").transform(frame).count() == len(values) - 1
    with pytest.raises(PythonException, match="transforming by PomonaPCAModel of the column"):
        keeping.setHandleInvalid("error").transform(frame).collect()


def test_rows_of_another_width(spark, values, frame):
    from pyspark.errors import PythonException

    rows = [(number, row.tolist()) for number, row in enumerate(values)]
    rows[7] = (7, [1.0, 2.0])
    pca = PomonaPCA(inputCol="features", outputCol="c", k=3)
    wrong = spark.createDataFrame(rows, "id long, features array<float>")
    for parts in (1, 8):
        sentence = refused(lambda parts=parts: pca.fit(wrong.repartition(parts, "id")))
        assert re.search("expected (12|2) numbers in every row, found (2|12)", sentence)
    alone = wrong.where("id = 7").union(wrong.where("id > 7"))
    assert "expected 2 numbers in every row, found 12" in refused(lambda: pca.fit(alone))
    with pytest.raises(PythonException, match="expected 12 numbers in every row, found 2"):
        pca.fit(frame).transform(wrong).collect()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            {"inputCol": "nothing"},
            "expected a column 'nothing', found the columns 'id', 'features'",
        ),
        ({"inputCol": "id"}, "expected array<float>, array<double> or a vector of Spark ML, found"),
        ({"k": 0}, "k: expected at least 1, found 0"),
        ({"k": 13}, "components: expected 1 to 12"),
        ({"k": 1, "varianceShare": 0.5}, "k, varianceShare: set one of them alone"),
        ({"varianceShare": 1.5}, "varianceShare: expected a share between 0 and 1, found 1.5"),
        ({"handleInvalid": "drop"}, "handleInvalid: expected error, skip, keep, found 'drop'"),
    ],
)
def test_params_that_are_refused(frame, change, sentence):
    pca = PomonaPCA(**{"inputCol": "features", "outputCol": "c", **change})
    assert sentence in refused(lambda: pca.fit(frame))


def test_columns_that_are_refused(frame, spark):
    assert "inputCol is not set" in refused(lambda: PomonaPCA(outputCol="c").fit(frame))
    model = PomonaPCA(inputCol="features", outputCol="id", k=2).fit(frame)
    assert "output column 'id' exists already" in refused(lambda: model.transform(frame))
    assert "output column 'ID' exists already" in refused(
        lambda: model.setInputCol("Features").setOutputCol("ID").transform(frame)
    )
    empty = frame.limit(0)
    assert "expected rows with numbers, found none" in refused(
        lambda: PomonaPCA(inputCol="features", outputCol="c").fit(empty)
    )
    same = spark.createDataFrame([(1, [1.0, 2.0])] * 3, "id int, features array<float>")
    assert "all of them are the same" in refused(
        lambda: PomonaPCA(inputCol="features", outputCol="c").fit(same)
    )


def test_rows_are_computed_once_where_some_are_skipped(frame, capsys):
    """One pass through Python, not another one for the filter."""
    pca = PomonaPCA(inputCol="features", outputCol="components", k=2).fit(frame)
    pca.setHandleInvalid("skip").transform(frame).explain()
    assert capsys.readouterr().out.count("ArrowEvalPython") == 1


def test_moments_of_more_classes_than_there_was_room_for():
    from pomona.spark.class_moments import ClassMoments

    random = np.random.default_rng(1)
    values = random.normal(size=(700, WIDTH)).astype(np.float32)
    labels = np.array([f"kind {number % 70:02}" for number in range(700)], dtype=object)
    one, other = ClassMoments(WIDTH), ClassMoments(WIDTH)
    for first in range(0, 700, 7):
        rows = slice(first, first + 7)
        (one if first % 2 else other).add(values[rows], labels[rows])
    one = ClassMoments.from_bytes(one.to_bytes())
    one.merge(ClassMoments.from_bytes(other.to_bytes()))
    names = sorted(set(labels))
    expected = _core.Moments(WIDTH, 70)
    expected.add(values, np.array([names.index(label) for label in labels], np.int32))
    assert sorted(one.names) == names
    found = one.of_classes(names).fit_ridge(1.0)
    assert np.abs(found.weights - expected.fit_ridge(1.0).weights).max() < 1e-10
