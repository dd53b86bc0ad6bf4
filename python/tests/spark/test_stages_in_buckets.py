# SPDX-License-Identifier: Apache-2.0
"""Stages on a column of s3:// paths: executors read objects themselves, with their credentials."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyspark
import pytest
from places import FRUITS, ROOT

import pomona

sys.path.insert(0, str(ROOT / "tests" / "end_to_end"))
s3_server = pytest.importorskip("s3_server")
SECRET = "a secret that no plan may hold"
PROGRAM = """
import json, sys
sys.path.insert(0, sys.argv[1])
from conftest import session_builder
from pomona.spark import ImageFeaturizer, predictions_in_arrow, register

places, options, bundle, secret = json.loads(sys.argv[2])
spark = session_builder("local[1]").getOrCreate()
spark.sparkContext.setLogLevel("ERROR")
table = spark.createDataFrame([(place,) for place in places], "path string").coalesce(1)
stage = ImageFeaturizer(inputCol="path", handleInvalid="keep", **options)
features = stage.transform(table)
rows = [(row.path, row.features, row.error) for row in features.collect()]
labels = {row.path: row.prediction.label for row in
          predictions_in_arrow(table, bundle, input_col="path").collect()}
register(spark, "identify", bundle)
table.createOrReplaceTempView("photographs")
asked = {row.path: row.label for row in
         spark.sql("SELECT path, identify(path).label AS label FROM photographs").collect()}
plan = features._jdf.queryExecution().toString() + spark.sparkContext.getConf().toDebugString()
print(json.dumps([rows, labels, asked, secret in plan]))
"""


@pytest.fixture(scope="module")
def server():
    if not s3_server.BINARY.is_file():
        pytest.skip(f"no S3 server at {s3_server.BINARY}: tools/setup --check builds it")
    with pytest.MonkeyPatch.context() as environment:
        environment.setattr(s3_server, "SECRET", SECRET)
        with s3_server.S3Server() as server:
            for name, value in server.environment().items():
                environment.setenv(name, value)
            yield server


def test_objects_become_features_and_answers(server, tiny, output):
    bananas = {path.name: path for path in sorted((FRUITS / "Banana").glob("*.jpg"))}
    bucket = server.bucket()
    pomona.sync(FRUITS / "Banana", f"s3://{bucket}/Banana")
    places = [f"{scheme}://{bucket}/Banana/{name}" for name, scheme in
              zip(bananas, ["s3", "s3a"] * len(bananas))]  # fmt: skip
    places += [f"s3://{bucket}/gone.jpg", str(bananas["25_100.jpg"])]
    options = {"backbone": "tiny", "models": str(tiny["models"])}
    words = [str(Path(__file__).parent), json.dumps([places, options, str(output.path), SECRET])]
    path = os.pathsep.join([str(Path(pyspark.__file__).parents[1]), os.environ["PYTHONPATH"]])
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *words],
        capture_output=True,
        text=True,
        timeout=180,
        env={**os.environ, "PYTHONPATH": path, "PYSPARK_PYTHON": sys.executable},
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
