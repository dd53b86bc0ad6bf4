# SPDX-License-Identifier: Apache-2.0
"""What workers say that do not have the wheel of the driver."""

import pytest
from places import FRUITS

import pomona
from pomona.spark import features_in_arrow
from pomona.spark._shipping import check_driver, shipped


@pytest.fixture
def photographs(spark):
    return spark.read.format("binaryFile").load(f"{FRUITS}/Banana/*.jpg").drop("content")


def test_another_version_is_refused_with_how_to_ship_this_one(photographs, monkeypatch):
    monkeypatch.setattr(pomona, "__version__", "99.0.0")
    features = features_in_arrow(photographs, input_col="path")
    with pytest.raises(
        Exception, match="expected version 99.0.0, which the driver has, found"
    ) as found:
        features.collect()
    assert "--archives environment.tar.gz#environment" in str(found.value)


def test_a_missing_wheel_is_a_sentence(photographs):
    absent = shipped("pomona_of_another_name", "featurize")
    with pytest.raises(Exception, match=r"loading Pomona \S+ on the Spark executor on") as found:
        photographs.mapInArrow(absent, photographs.schema).collect()
    assert "No module named 'pomona_of_another_name'; install the wheel of the driver" in str(
        found.value
    )


@pytest.mark.parametrize("release", ["3.4.4", "5.0.0"])
def test_other_releases_of_spark_are_refused(release, monkeypatch):
    import pyspark

    monkeypatch.setattr(pyspark, "__version__", release)
    with pytest.raises(
        ImportError, match=f"using PySpark {release}: expected 3.5 or a release of 4"
    ):
        check_driver()
