#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What settings of Spark give to ImageFeaturizer: photographs a second with each, beside the others.

    PYTHONPATH=build/spark/spark:python benchmarks/spark_settings.py PHOTOGRAPHS [--rounds 3] [--size 128]

Runs with the Python of `tools/wheel --for-tests`, on local[2]. A round measures every row once, in a
session of its own; the photographs of a smaller folder start the workers before. The first row has the
settings that docs/scaling.md advises; every other one changes the setting that it names.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ADVISED = {
    "spark.sql.files.openCostInBytes": "32KB",
    "spark.python.worker.reuse": "true",
    "spark.task.cpus": "1",
    "spark.sql.execution.arrow.maxRecordsPerBatch": "10000",
}
CHANGES = {
    "as advised": {},
    "openCostInBytes 4MB, the default": {"spark.sql.files.openCostInBytes": "4MB"},
    "worker.reuse false": {"spark.python.worker.reuse": "false"},
    "both": {
        "spark.sql.files.openCostInBytes": "4MB",
        "spark.python.worker.reuse": "false",
    },
    "task.cpus 2": {"spark.task.cpus": "2"},
    "maxRecordsPerBatch 100": {"spark.sql.execution.arrow.maxRecordsPerBatch": "100"},
}
STARTERS = 64


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("photographs", type=Path)
    parser.add_argument("--models", type=Path, default=ROOT / "build" / "models")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--size", type=int, default=128)
    parser.add_argument("--precision", default="f32")
    return parser.parse_args()


def session(settings: dict[str, str]):
    from pyspark.sql import SparkSession

    os.environ["PYSPARK_PYTHON"] = sys.executable
    builder = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
    for name, value in {**ADVISED, **settings}.items():
        builder = builder.config(name, value)
    spark = builder.config("spark.driver.memory", "4g").getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    return spark


def computed(spark, of: argparse.Namespace, folder: Path) -> tuple[int, float]:
    """How many tasks it takes, and how many seconds."""
    from pomona.spark import ImageFeaturizer

    reader = spark.read.format("binaryFile").option("recursiveFileLookup", "true")
    photographs = reader.load(str(folder))
    stage = ImageFeaturizer(
        inputSize=of.size, precision=of.precision, models=str(of.models), outputCol="features"
    )
    features = stage.transform(photographs)
    started = time.monotonic()
    features.write.format("noop").mode("overwrite").save()
    return photographs.rdd.getNumPartitions(), time.monotonic() - started


def main() -> None:
    of = parse_arguments()
    count = sum(1 for path in of.photographs.rglob("*.jpg"))
    rates: dict[str, list[float]] = {name: [] for name in CHANGES}
    tasks = {}
    with tempfile.TemporaryDirectory() as starters:
        for number, path in zip(range(STARTERS), sorted(of.photographs.rglob("*.jpg"))):
            Path(starters, f"{number}.jpg").symlink_to(path.resolve())
        for _ in range(of.rounds):
            for name, settings in CHANGES.items():
                spark = session(settings)
                computed(spark, of, Path(starters))
                tasks[name], seconds = computed(spark, of, of.photographs)
                rates[name].append(count / seconds)
                print(f"{name}: {rates[name][-1]:.0f} photographs a second", flush=True)
                spark.stop()
    first = rates["as advised"]
    print(f"\n{count:,} photographs, median of {of.rounds}:")
    for name, values in rates.items():
        beside = statistics.median(one / other for one, other in zip(values, first, strict=True))
        print(
            f"  {name:34} {statistics.median(values):6.0f} a second  {beside:5.2f}  {tasks[name]} tasks"
        )


if __name__ == "__main__":
    main()
