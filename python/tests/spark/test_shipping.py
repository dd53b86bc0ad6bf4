# SPDX-License-Identifier: Apache-2.0
"""What workers say that do not have the wheel of the driver."""

import os
import subprocess
import sys
from pathlib import Path

import pyspark
import pytest
from places import FRUITS
from pyspark import cloudpickle

import pomona
from pomona.spark import features_in_arrow
from pomona.spark._features import FeatureTask
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


def test_plans_name_what_runs_in_the_workers(photographs, capsys):
    features_in_arrow(photographs, input_col="path").explain()
    assert "featurize(" in capsys.readouterr().out


def test_all_names_can_be_imported_at_once():
    names: dict[str, object] = {}
    exec("from pomona.spark import *", names)
    assert names["ImageFeaturizer"].__module__ == "pomona.spark.image_featurizer"


def test_a_missing_wheel_is_a_sentence(photographs):
    absent = shipped("pomona_of_another_name", "featurize")
    with pytest.raises(Exception, match=r"loading Pomona \S+ on the Spark executor on") as found:
        photographs.mapInArrow(absent, photographs.schema).collect()
    assert "No module named 'pomona_of_another_name'; install the wheel of the driver" in str(
        found.value
    )


WITHOUT = """
import sys
from pathlib import Path
sys.modules["pomona"] = None
from pyspark import cloudpickle
run = cloudpickle.loads(Path(sys.argv[1]).read_bytes())
try:
    list(run(iter([])))
except RuntimeError as error:
    print(error)
"""


def test_so_is_one_where_arguments_are_of_its_classes(tmp_path):
    task = FeatureTask({}, {}, None, [], "features", "error", "error", None)
    run = shipped("pomona.spark._features", "featurize", task)
    (tmp_path / "function").write_bytes(cloudpickle.dumps(run))
    paths = [str(Path(pyspark.__file__).parents[1])]
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT, tmp_path / "function"],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
    )
    assert "install the wheel of the driver on every executor" in done.stdout, done.stderr


@pytest.mark.parametrize("release", ["3.4.4", "5.0.0"])
def test_other_releases_of_spark_are_refused(release, monkeypatch):
    monkeypatch.setattr(pyspark, "__version__", release)
    with pytest.raises(
        ImportError, match=f"using PySpark {release}: expected 3.5 or a release of 4"
    ):
        check_driver()
