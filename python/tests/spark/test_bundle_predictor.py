# SPDX-License-Identifier: Apache-2.0
"""`BundlePredictor` and the function for SQL: the answers of `pomona predict`, wherever they run."""

import shutil
import tempfile
from pathlib import Path

import pytest
from places import FRUITS

import pomona
from pomona.errors import InvalidInputError, NotFoundError
from pomona.spark import BundlePredictor, predictions_in_arrow, register
from pomona.spark._bundle import PackedBundle, predictor_of

BANANAS = FRUITS / "Banana"


@pytest.fixture(scope="session")
def bundle(output):
    return pomona.Bundle(output.path)


@pytest.fixture(scope="session")
def photographs(spark):
    return spark.read.format("binaryFile").load(f"{BANANAS}/*.jpg")


@pytest.fixture(scope="session")
def expected(bundle):
    found = pomona.predict(BANANAS, bundle)
    return dict(zip(found["path"], found.details))


def assert_are(rows, expected):
    assert sorted(row.path.split("/")[-1] for row in rows) == sorted(expected)
    for row in rows:
        one, found = expected[row.path.split("/")[-1]], row.prediction
        answers = [(answer.label, answer.probability) for answer in found.answers]
        assert answers == [(answer.id, answer.probability) for answer in one.answers]
        assert (found.label, found.probability) == answers[0]
        assert (found.rejected, found.ood_score) == (one.rejected, one.ood_score)
        assert found.failure is None


def test_a_stage_answers_as_the_command(bundle, photographs, expected):
    stage = BundlePredictor().setBundle(bundle)
    assert_are(stage.transform(photographs).collect(), expected)
    assert_are(stage.setInputCol("path").transform(photographs.select("path")).collect(), expected)


def test_what_a_stage_has_done_is_counted(spark, bundle):
    table = spark.createDataFrame([("a", b"none"), ("b", None)], "path string, content binary")
    stage = BundlePredictor().setBundle(bundle)
    assert stage.counts is None
    stage.transform(table).collect()
    assert (stage.counts.photographs, stage.counts.failures) == (2, 2)
    assert stage.counts.seconds > 0


def test_a_map_of_parameters_names_another_bundle(bundle, photographs):
    stage = BundlePredictor().setBundle(bundle)
    with pytest.raises(NotFoundError, match="nowhere"):
        stage.transform(photographs, {stage.bundle: "/nowhere"})


def test_a_bundle_in_memory_travels_too(bundle, photographs, expected, tmp_path):
    bundle.save(tmp_path / "copy")
    opened = pomona.Bundle(tmp_path / "copy")
    answers = predictions_in_arrow(photographs, opened)
    for path in sorted((tmp_path / "copy").rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    assert_are(answers.collect(), expected)


def test_sql_asks_by_a_function(spark, bundle, photographs, expected):
    register(spark, "identify", bundle)
    photographs.createOrReplaceTempView("photographs")
    for column in ("content", "replace(path, 'file:', '')"):
        asked = spark.sql(f"SELECT path, identify({column}) AS prediction FROM photographs")
        assert_are(asked.collect(), expected)


def test_what_cannot_be_read_has_a_reason(spark, bundle):
    table = spark.createDataFrame([("a", b"none"), ("b", None)], "path string, content binary")
    rows = {row.path: row.prediction for row in predictions_in_arrow(table, bundle).collect()}
    assert rows["a"].failure.startswith("not_an_image: ")
    assert rows["b"].failure.startswith("unreadable: ")
    assert (rows["a"].label, rows["a"].answers) == (None, [])


def test_limits_of_decoding(spark, bundle, photographs):
    stage = BundlePredictor(maxPixels=100).setBundle(bundle)
    found = stage.transform(photographs).collect()
    assert {row.prediction.failure.split(":")[0] for row in found} == {"too_large"}
    register(spark, "identify_small", bundle, max_pixels=100)
    photographs.createOrReplaceTempView("photographs")
    asked = spark.sql("SELECT identify_small(content).failure AS why FROM photographs").collect()
    assert {row.why.split(":")[0] for row in asked} == {"too_large"}


def test_parameters_are_set_together(bundle, output, monkeypatch):
    monkeypatch.chdir(Path(output.path).parent)
    stage = BundlePredictor().setParams(bundle=Path(output.path).name, top=1, maxPixels=9)
    assert (stage.getBundle(), stage.getTop()) == (str(output.path), 1)
    assert (stage.getMaxPixels(), stage.getOutputCol()) == (9, "prediction")
    assert stage.setParams(bundle=bundle, fast=True).getFast()


def test_a_network_that_only_the_driver_has_travels_too(
    output, photographs, expected, tiny, tmp_path
):
    """A bundle without its network: executors have no `tiny` among their backbones."""
    bare = tmp_path / "bare"
    shutil.copytree(Path(output.path) / "bundle", bare)
    for name in ("backbone.xml", "backbone.bin"):
        (bare / name).unlink()
    sums = (bare / "SHA256SUMS").read_text().splitlines(keepends=True)
    (bare / "SHA256SUMS").write_text("".join(line for line in sums if "backbone." not in line))
    stage = BundlePredictor().setBundle(pomona.Bundle(bare, models=tiny["models"]))
    assert_are(stage.transform(photographs).collect(), expected)


def test_a_stage_is_saved_by_the_place_of_its_bundle(bundle, photographs, expected, tmp_path):
    saved = BundlePredictor(top=1).setBundle(bundle)
    saved.save(f"file:{tmp_path}/stage")
    loaded = BundlePredictor.load(f"file:{tmp_path}/stage")
    assert loaded.getTop() == 1
    rows = loaded.transform(photographs).collect()
    assert {len(row.prediction.answers) for row in rows} == {1}
    assert {row.prediction.label for row in rows} == {
        one.answers[0].id for one in expected.values()
    }


def test_a_stage_with_a_bundle_in_memory_is_not_saved(tiny, tmp_path):
    features = pomona.extract(FRUITS, **tiny)
    in_memory = pomona.train(features, models=tiny["models"])
    with pytest.raises(InvalidInputError, match="which is in memory; save that first"):
        BundlePredictor().setBundle(in_memory).save(f"file:{tmp_path}/stage")


def test_a_place_is_kept_from_any_working_directory(bundle, output, monkeypatch):
    monkeypatch.chdir(Path(output.path).parent)
    assert BundlePredictor(bundle=Path(output.path).name).getBundle() == str(output.path)


def test_a_worker_has_files_of_its_own_until_it_has_read_them(bundle, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    packed = PackedBundle.of(bundle)
    with packed.opened() as first, packed.opened() as second:
        assert first == second == bundle
        folders = list(tmp_path.iterdir())
        assert len(folders) == 2
        assert {folder.stat().st_mode & 0o777 for folder in folders} == {0o700}
    assert list(tmp_path.iterdir()) == []
    photograph = sorted(FRUITS.rglob("*.jpg"))[0]
    assert predictor_of(packed, {})(photograph) == pomona.Predictor(bundle)(photograph)
    assert list(tmp_path.iterdir()) == []


def test_what_makes_no_sense_is_refused_by_the_driver(bundle, photographs):
    with pytest.raises(InvalidInputError, match="expected a bundle, found none"):
        BundlePredictor().transform(photographs)
    with pytest.raises(NotFoundError, match="nowhere"):
        BundlePredictor(bundle="/nowhere").transform(photographs)
    with pytest.raises(InvalidInputError, match="output column 'PATH' exists already"):
        BundlePredictor(outputCol="PATH").setBundle(bundle).transform(photographs)
    with pytest.raises(InvalidInputError, match="^maxDamage: "):
        BundlePredictor(maxDamage=2.0).setBundle(bundle).transform(photographs)
    with pytest.raises(InvalidInputError, match="top"):
        BundlePredictor(top=0).setBundle(bundle).transform(photographs)
    with pytest.raises(InvalidInputError, match="expected a column 'picture', found the columns"):
        BundlePredictor(inputCol="picture").setBundle(bundle).transform(photographs)
