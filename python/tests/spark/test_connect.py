# SPDX-License-Identifier: Apache-2.0
"""Spark Connect: a client without a JVM of its own."""

import subprocess
import sys

import pyspark
import pytest
from children import child_environment
from places import FRUITS

import pomona

PROGRAM = """
import sys
from pyspark.sql import SparkSession
from pomona.spark import BundlePredictor, ImageFeaturizer, features_in_arrow
from pomona.spark import predictions_in_arrow, register

folder, models, bundle = sys.argv[1:]
spark = SparkSession.builder.remote("local[1]").getOrCreate()
assert "connect" in type(spark).__module__
photographs = spark.read.format("binaryFile").load(f"{folder}/*.jpg")
options = {"backbone": "tiny", "models": models}
features = features_in_arrow(photographs, input_col="CONTENT", **options)
print(features.count(), features.columns)
staged = ImageFeaturizer(**options).transform(photographs)
print(staged.exceptAll(features).count())
answers = predictions_in_arrow(photographs, bundle).select("path", "prediction").collect()
print(*sorted(row.prediction.label for row in answers))
staged = BundlePredictor(bundle=bundle).transform(photographs)
print(staged.select("path", "prediction").collect() == answers)
register(spark, "identify", bundle)
photographs.createOrReplaceTempView("photographs")
print(spark.sql("SELECT path, identify(content) AS prediction FROM photographs").collect() == answers)
spark.stop()
"""


@pytest.mark.skipif(
    pyspark.__version__ < "4", reason="the packages of Spark 3.5 do not hold Spark Connect's server"
)
def test_a_client_of_spark_connect(models, output):
    bananas = FRUITS / "Banana"
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, bananas, models, output.path],
        capture_output=True,
        text=True,
        timeout=120,
        env=child_environment(),
    )
    assert done.returncode == 0, done.stderr
    count = len(list(bananas.glob("*.jpg")))
    columns = ["path", "modificationTime", "length", "features"]
    answers = pomona.predict(bananas, output.path).details
    labels = " ".join(sorted(one.answers[0].id for one in answers))
    assert done.stdout.splitlines() == [f"{count} {columns}", "0", labels, "True", "True"]
