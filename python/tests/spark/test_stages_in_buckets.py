# SPDX-License-Identifier: Apache-2.0
"""Stages on a column of s3:// paths: executors read objects themselves, with their credentials."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from buckets import SECRET, served
from children import child_environment
from places import FRUITS

import pomona

PROGRAM = """
import json, sys
sys.path.insert(0, sys.argv[1])
from conftest import session_builder
from pomona.spark import ImageFeaturizer, predictions_in_arrow, register

places, options, bundle, endpoint, secret = json.loads(sys.argv[2])
spark = session_builder("local[1]").getOrCreate()
spark.sparkContext.setLogLevel("ERROR")
table = spark.createDataFrame([(place,) for place in places], "path string").coalesce(1)
stage = ImageFeaturizer(
    inputCol="path", handleInvalid="keep", s3Endpoint=endpoint, requesterPays=True, **options
)
features = stage.transform(table)
rows = [(row.path, row.features, row.error) for row in features.collect()]
labels = {row.path: row.prediction.label for row in
          predictions_in_arrow(table, bundle, input_col="path", s3_endpoint=endpoint).collect()}
register(spark, "identify", bundle, s3_endpoint=endpoint)
table.createOrReplaceTempView("photographs")
asked = {row.path: row.label for row in
         spark.sql("SELECT path, identify(path).label AS label FROM photographs").collect()}
plan = features._jdf.queryExecution().toString() + spark.sparkContext.getConf().toDebugString()
print(json.dumps([rows, labels, asked, secret in plan]))
"""


@pytest.fixture(scope="module")
def server():
    yield from served()


def test_objects_become_features_and_answers(server, tiny, output):
    bananas = {path.name: path for path in sorted((FRUITS / "Banana").glob("*.jpg"))}
    bucket = server.bucket()
    pomona.sync(FRUITS / "Banana", f"s3://{bucket}/Banana")
    places = [f"{scheme}://{bucket}/Banana/{name}" for name, scheme in
              zip(bananas, ["s3", "s3a"] * len(bananas))]  # fmt: skip
    places += [f"s3://{bucket}/gone.jpg", str(bananas["25_100.jpg"])]
    options = {"backbone": "tiny", "models": str(tiny["models"])}
    given = [places, options, str(output.path), server.endpoint, SECRET]
    words = [str(Path(__file__).parent), json.dumps(given)]
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *words],
        capture_output=True,
        text=True,
        timeout=180,
        # What a stage is given counts, not this.
        env={**child_environment(), "AWS_ENDPOINT_URL": "http://127.0.0.1:9"},
    )
    assert done.returncode == 0, done.stderr
    rows, labels, asked, told = json.loads(done.stdout.splitlines()[-1])
    assert [row[0] for row in rows] == places
    expected = pomona.Featurizer(**tiny)(list(bananas.values()))
    features = dict(zip(bananas, np.asarray(expected["features"])))
    for place, found, error in rows:
        if "gone" in place:
            assert (found, error.split(":")[0]) == (None, "gone")
        else:
            assert error is None
            assert np.array_equal(np.float32(found), features[Path(place).name])
    answers = pomona.predict(list(bananas.values()), output.path)
    best = {Path(p).name: one.answers[0].id for p, one in zip(answers["path"], answers.details)}
    for found in (labels, asked):
        assert {Path(place).name: label for place, label in found.items() if label} == best
        assert found[f"s3://{bucket}/gone.jpg"] is None
    assert not told
    assert SECRET not in done.stderr
