# SPDX-License-Identifier: Apache-2.0
"""A driver of its own: `pomona.spark.run` in a process that a test may kill, or give other settings."""

import json
import logging
import sys
import urllib.request
from pathlib import Path

from children import Child

# Spark duplicates what takes longer than another task.
SPECULATION = {
    "spark.speculation": "true",
    "spark.speculation.interval": "100ms",
    "spark.speculation.quantile": "0.1",
    "spark.speculation.multiplier": "1.1",
    "spark.speculation.minTaskRuntime": "100ms",
}


class Driver(Child):
    """Runs on a cluster from the start on."""

    def __init__(self, master, images, out, options, settings=None, python=sys.executable):
        given = {"master": master, "images": str(images), "out": str(out), "python": str(python)}
        options = {name: str(it) if isinstance(it, Path) else it for name, it in options.items()}
        given |= {"options": options, "settings": settings or {}}
        super().__init__(__file__, given, python)


def session_of(given):
    """On the given master, with the given settings and with a REST API."""
    from conftest import session_builder

    builder = session_builder(given["master"]).config("spark.pyspark.python", given["python"])
    settings = {"spark.ui.enabled": "true", "spark.ui.port": "0", **given["settings"]}
    for name, value in settings.items():
        builder = builder.config(name, value)
    spark = builder.getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    return spark


def main(given):
    from pomona.spark import run

    spark = session_of(given)
    shards = []
    log = logging.getLogger("pomona")
    log.setLevel(logging.INFO)
    log.addFilter(lambda record: shards.extend(getattr(record, "shards", [])) or False)
    table = run(spark, given["images"], given["out"], progress=False, **given["options"])
    rows = [row.path for row in table.select("path").collect()]
    said = {"shards": [one.__dict__ for one in shards], "paths": sorted(rows)}
    said["jobs"] = [job.get("description") for job in asked(spark, "jobs")]
    stages = asked(spark, "stages")
    said["stages"] = sorted({stage.get("description") for stage in stages}, key=str)
    said["killed"] = sum(stage["numKilledTasks"] for stage in stages)
    print(json.dumps(said))
    spark.stop()


def asked(spark, what):
    """What Spark's REST API answers about the application."""
    context = spark.sparkContext
    place = f"{context.uiWebUrl}/api/v1/applications/{context.applicationId}/{what}"
    with urllib.request.urlopen(place, timeout=30) as answer:
        return json.load(answer)


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
