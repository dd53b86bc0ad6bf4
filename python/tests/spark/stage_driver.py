# SPDX-License-Identifier: Apache-2.0
"""A driver of its own that uses stages: streams of photographs, then batches on places in a bucket."""

import hashlib
import json
import os
import sys

import numpy as np
from children import Child
from driver import asked, session_of
from waiting import passes


class StageDriver(Child):
    """Runs on a cluster from the start on; `given` is what `main` below takes out of it."""

    def __init__(self, master, given):
        super().__init__(__file__, {"master": master, "python": sys.executable, **given})


def main(given):
    pickled = watch_pickles()
    spark = session_of(given)
    said = {"streams": streams(spark, given)}
    said["duplicated"], said["killed"] = duplicated(spark, given)
    said["answers"] = answers(spark, given)
    secret = os.environ["AWS_SECRET_ACCESS_KEY"].encode()
    said["tasks"] = sum(b"FeatureTask" in one or b"PredictTask" in one for one in pickled)
    said["secrets"] = sum(secret in one for one in pickled)
    print(json.dumps(said))
    spark.stop()


def watch_pickles():
    """What is pickled for workers from here on."""
    from pyspark import cloudpickle

    made, dumps = [], cloudpickle.dumps

    def watched(*arguments, **options):
        made.append(dumps(*arguments, **options))
        return made[-1]

    cloudpickle.dumps = watched
    return made


def streams(spark, given):
    """Two at a time: of a folder of photographs, and of a folder of texts that list objects."""
    binary = "path string, modificationTime timestamp, length long, content binary"
    rows = {
        "folder": few(spark).format("binaryFile").schema(binary).load(given["folder"]),
        "bucket": few(spark).text(given["lists"]).withColumnRenamed("value", "path"),
    }
    columns = {"folder": "content", "bucket": "path"}
    queries = [start(rows[name], name, columns[name], given) for name in rows]
    for query in queries:
        query.awaitTermination()
    return {name: rows_of(spark.read.parquet(f"{given['out']}/{name}")) for name in rows}


def few(spark):
    """Reads files in batches of few."""
    return spark.readStream.option("maxFilesPerTrigger", 4)


def start(rows, name, column, given):
    out = f"{given['out']}/{name}"
    waiting = rows.where(passes(f"{given['marks']}/{name}", given["stuck"])("path"))
    features = stage(given, inputCol=column).transform(waiting)
    writer = features.writeStream.option("checkpointLocation", f"{out}-checkpoint")
    return writer.trigger(availableNow=True).start(out, format="parquet")


def stage(given, **options):
    from pomona.spark import ImageFeaturizer

    return ImageFeaturizer(**given["options"], handleInvalid="keep", **options)


def duplicated(spark, given):
    """Features of the folder in a table, where an attempt waits so that Spark starts another one."""
    photographs = spark.read.format("binaryFile").load(given["folder"])
    waiting = photographs.where(passes(f"{given['marks']}/batch", given["stuck"])("path"))
    stage(given).transform(waiting).write.parquet(f"{given['out']}/batch")
    killed = sum(one["numKilledTasks"] for one in asked(spark, "stages"))
    return rows_of(spark.read.parquet(f"{given['out']}/batch")), killed


def answers(spark, given):
    """Labels of objects, by the stage and in SQL."""
    from pomona.spark import BundlePredictor, register

    places = spark.read.text(given["lists"]).withColumnRenamed("value", "path")
    predictor = BundlePredictor(bundle=given["bundle"], inputCol="path")
    found = {row.path: row.prediction.label for row in predictor.transform(places).collect()}
    register(spark, "identify", given["bundle"])
    places.createOrReplaceTempView("places")
    asked_for = spark.sql("SELECT path, identify(path).label AS label FROM places").collect()
    return [found, {row.path: row.label for row in asked_for}]


def rows_of(table):
    """Names of photographs with the digest of their features, or the kind of their failure."""
    return sorted(
        (
            row.path.rpartition("/")[2],
            row.error.split(":")[0] if row.error else digest(row.features),
        )
        for row in table.select("path", "features", "error").collect()
    )


def digest(features):
    return hashlib.sha256(np.float32(features).tobytes()).hexdigest()


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
