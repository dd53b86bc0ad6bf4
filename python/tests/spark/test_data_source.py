# SPDX-License-Identifier: Apache-2.0
"""`spark.read.format("pomona")`."""

import os
import shutil

import numpy as np
import pyspark
import pytest
from places import FRUITS

import pomona

pytestmark = pytest.mark.skipif(
    pyspark.__version__ < "4", reason="Spark 3.5 has no data sources in Python"
)


@pytest.fixture
def reader(spark, models):
    from pomona.spark import PomonaDataSource

    spark.dataSource.register(PomonaDataSource)
    return spark.read.format("pomona").option("backbone", "tiny").option("models", str(models))


def test_a_folder_is_read_as_features(reader, tiny):
    table = pomona.extract(FRUITS, **tiny)
    rows = reader.load(str(FRUITS)).collect()
    found = {row.path.removeprefix(f"{FRUITS}/"): row for row in rows}
    assert sorted(found) == sorted(table["path"])
    for path, label, features in zip(table["path"], table["label"], np.asarray(table["features"])):
        assert found[path].label == label
        assert found[path].error is None
        assert np.array_equal(np.float32(found[path].features), features)


def test_folders_become_paths_that_executors_find(reader, tmp_path):
    (tmp_path / "fruits" / "Banana").mkdir(parents=True)
    for place in ("fruits/Banana/25.jpg", "fruits/top.jpg"):
        shutil.copy(FRUITS / "Banana" / "25_100.jpg", tmp_path / place)
    relative = os.path.relpath(tmp_path / "fruits")  # to where Spark was started
    for place in (relative, f"file://{tmp_path}/fruits", f"file:{tmp_path}/fruits"):
        rows = reader.load(place).collect()
        assert {row.path: row.label for row in rows} == {
            f"{tmp_path}/fruits/Banana/25.jpg": "Banana",
            f"{tmp_path}/fruits/top.jpg": "",
        }


def test_buckets_are_refused(reader):
    with pytest.raises(Exception, match="for a bucket use pomona.spark.run, or ImageFeaturizer"):
        reader.load("s3://orchard/fruits").collect()


def test_reasons_of_photographs_that_cannot_be_read(reader, tmp_path):
    (tmp_path / "Banana").mkdir()
    (tmp_path / "Banana" / "a.jpg").write_bytes(b"no photograph")
    rows = reader.option("handleInvalid", "keep").load(str(tmp_path)).collect()
    assert [(row.label, row.features) for row in rows] == [("Banana", None)]
    assert rows[0].error.startswith("not_an_image: ")
    with pytest.raises(Exception, match="featurizing the photograph '.*a.jpg': not_an_image"):
        reader.option("handleInvalid", "error").load(str(tmp_path)).collect()


@pytest.mark.parametrize(
    "option, value, sentence",
    [
        ("colour", "red", "unknown option colour; there are backbone, "),
        ("inputSize", "big", "inputSize: expected a whole number, found 'big'"),
        ("batchSize", "0", "batchSize: expected 1 or more, found 0"),
        ("maxDamage", "much", "maxDamage: expected a number, found 'much'"),
        ("maxPixels", "2", "featurizing the photograph '.*jpg': too_large"),
    ],
)
def test_options_that_make_no_sense(reader, option, value, sentence):
    with pytest.raises(Exception, match=sentence):
        reader.option(option, value).load(str(FRUITS)).collect()


def test_without_a_folder(reader):
    with pytest.raises(Exception, match="expected one folder of photographs, found none"):
        reader.load().collect()
