# SPDX-License-Identifier: Apache-2.0
"""A driver of its own: `pomona.spark.run` in a process that a test may kill, or give other settings."""

import json
import logging
import os
import subprocess
import sys
import urllib.request
from pathlib import Path

from children import child_environment


class Driver:
    """Runs on a cluster from the start on; is killed, with its JVM, when left."""

    def __init__(self, master, images, out, options, settings=None, python=sys.executable):
        given = {"master": master, "images": str(images), "out": str(out), "python": str(python)}
        options = {name: str(it) if isinstance(it, Path) else it for name, it in options.items()}
        given |= {"options": options, "settings": settings or {}}
        self.process = subprocess.Popen(
            [sys.executable, __file__, json.dumps(given)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=child_environment(Path(__file__).parents[1], python=python),
            start_new_session=True,
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kill()

    def kill(self):
        if self.process.poll() is None:
            os.killpg(self.process.pid, 9)
        self.process.communicate()

    def end(self, seconds=240):
        """What it prints of the run; its error where it fails."""
        output, errors = self.process.communicate(timeout=seconds)
        if self.process.returncode != 0:
            return {"error": errors}
        return json.loads(output.splitlines()[-1])


def main(given):
    from conftest import session_builder

    from pomona.spark import run

    builder = session_builder(given["master"]).config("spark.pyspark.python", given["python"])
    settings = {"spark.ui.enabled": "true", "spark.ui.port": "0", **given["settings"]}
    for name, value in settings.items():
        builder = builder.config(name, value)
    spark = builder.getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    shards = []
    log = logging.getLogger("pomona")
    log.setLevel(logging.INFO)
    log.addFilter(lambda record: shards.extend(getattr(record, "shards", [])) or False)
    table = run(spark, given["images"], given["out"], progress=False, **given["options"])
    rows = [row.path for row in table.select("path").collect()]
    said = {"shards": [one.__dict__ for one in shards], "paths": sorted(rows)}
    said["jobs"] = [job.get("description") for job in _rest(spark, "jobs")]
    stages = _rest(spark, "stages")
    said["stages"] = sorted({stage.get("description") for stage in stages}, key=str)
    said["killed"] = sum(stage["numKilledTasks"] for stage in stages)
    print(json.dumps(said))
    spark.stop()


def _rest(spark, what):
    context = spark.sparkContext
    place = f"{context.uiWebUrl}/api/v1/applications/{context.applicationId}/{what}"
    with urllib.request.urlopen(place, timeout=30) as answer:
        return json.load(answer)


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
