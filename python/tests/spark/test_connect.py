# SPDX-License-Identifier: Apache-2.0
"""Spark Connect: a client without a JVM of its own."""

import subprocess
import sys

import pyspark
import pytest
from children import child_environment
from places import FRUITS

PROGRAM = """
import sys
from pyspark.sql import SparkSession
from pomona.spark import ImageFeaturizer, features_in_arrow

folder, models = sys.argv[1:]
spark = SparkSession.builder.remote("local[1]").getOrCreate()
assert "connect" in type(spark).__module__
photographs = spark.read.format("binaryFile").load(f"{folder}/*.jpg")
options = {"backbone": "tiny", "models": models}
features = features_in_arrow(photographs, input_col="CONTENT", **options)
print(features.count(), features.columns)
staged = ImageFeaturizer(**options).transform(photographs)
print(staged.exceptAll(features).count())
spark.stop()
"""


@pytest.mark.skipif(
    pyspark.__version__ < "4", reason="the packages of Spark 3.5 do not hold Spark Connect's server"
)
def test_a_client_of_spark_connect(models):
    bananas = FRUITS / "Banana"
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, bananas, models],
        capture_output=True,
        text=True,
        timeout=120,
        env=child_environment(),
    )
    assert done.returncode == 0, done.stderr
    count = len(list(bananas.glob("*.jpg")))
    columns = ["path", "modificationTime", "length", "features"]
    assert done.stdout.splitlines() == [f"{count} {columns}", "0"]
