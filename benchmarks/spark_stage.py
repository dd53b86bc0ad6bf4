#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How fast pomona.spark is, beside `pomona extract` on the same photographs, and what a worker holds.

    PYTHONPATH=build/spark/spark:python benchmarks/spark_stage.py PHOTOGRAPHS [--rounds 3]
        [--size 128] [--precision f32] [--only speed workers memory]

Runs with the Python of `tools/wheel --for-tests`. Prints, each with its peer in the same rounds:
  speed    photographs a second of one core, once started: ImageFeaturizer on paths and on contents,
           beside `pomona extract --workers 1`; and how long Spark takes to start
  workers  two workers of one core beside one, over the photographs --repeats times
  memory   most memory of a Python worker at photographs of 12 megapixels and of 3 MB each, with
           Spark's own maxRecordsPerBatch
"""

import argparse
import io
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PARTS = ("speed", "workers", "memory")
TASKS = 8  # of `workers`


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("photographs", type=Path)
    parser.add_argument("--models", type=Path, default=ROOT / "build" / "models")
    parser.add_argument("--pomona", type=Path, default=ROOT / "build" / "release" / "pomona")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--size", type=int, default=128)
    parser.add_argument("--precision", default="f32")
    parser.add_argument("--repeats", type=int, default=4, help="for `workers`")
    parser.add_argument("--large", type=int, default=200, help="photographs for `memory`")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS)
    return parser.parse_args()


def session(cores: int):
    from pyspark.sql import SparkSession

    os.environ["PYSPARK_PYTHON"] = sys.executable
    spark = (
        SparkSession.builder.master(f"local[{cores}]")
        .config("spark.driver.memory", "4g")
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .getOrCreate()
    )
    spark.sparkContext.setLogLevel("ERROR")
    return spark


def run(df) -> None:
    """Computes every row, and writes none."""
    df.write.format("noop").mode("overwrite").save()


class Speed:
    """Photographs a second of the stage and of the command."""

    def __init__(self, arguments: argparse.Namespace) -> None:
        self.arguments = arguments
        self.files = sorted(str(path) for path in files_below(arguments.photographs))

    def stage(self, spark, column: str, partitions: int, repeats: int = 1):
        from pomona.spark import ImageFeaturizer

        if column == "path":
            paths = [(path,) for path in self.files * repeats]
            rows = spark.createDataFrame(paths, "path string")
            rows = rows.repartition(partitions)
        else:
            reader = spark.read.format("binaryFile").option("recursiveFileLookup", "true")
            rows = reader.load(str(self.arguments.photographs)).coalesce(partitions)
        featurizer = ImageFeaturizer(
            inputCol=column,
            inputSize=self.arguments.size,
            precision=self.arguments.precision,
            models=str(self.arguments.models),
        )
        return featurizer.transform(rows)

    def rate(self, act) -> float:
        started = time.monotonic()
        act()
        return len(self.files) / (time.monotonic() - started)

    def extract(self) -> float:
        """Photographs a second of the stage that extracts, without starting and listing."""
        with tempfile.TemporaryDirectory() as out:
            words = [self.arguments.pomona, "extract", self.arguments.photographs]
            words += ["--out", Path(out) / "out", "--workers", "1", "--no-previews"]
            words += ["--size", str(self.arguments.size), "--models", self.arguments.models]
            words += ["--precision", self.arguments.precision, "--json"]
            done = subprocess.run(
                words, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
            )
        stages = {one["stage"]: one["seconds"] for one in json.loads(done.stdout)["timeline"]}
        return len(self.files) / stages["extract"]


def files_below(folder: Path):
    for place, _, names in os.walk(folder, followlinks=True):
        for name in names:
            if name.endswith(".jpg"):
                yield Path(place) / name


def speed(arguments: argparse.Namespace) -> dict:
    measured = Speed(arguments)
    started = time.monotonic()
    spark = session(1)
    stages = {column: measured.stage(spark, column, 1) for column in ("path", "content")}
    for stage in stages.values():
        run(stage.limit(64))
    begun = time.monotonic() - started
    rates = {"extract": [], "path": [], "content": []}
    for _ in range(arguments.rounds):
        rates["extract"].append(measured.extract())
        for column, stage in stages.items():
            rates[column].append(measured.rate(lambda stage=stage: run(stage)))
    spark.stop()
    median = {name: statistics.median(values) for name, values in rates.items()}
    return {
        "start_seconds": round(begun, 1),
        **{name: round(value, 1) for name, value in median.items()},
        "path_over_extract": round(ratio(rates["path"], rates["extract"]), 3),
        "content_over_extract": round(ratio(rates["content"], rates["extract"]), 3),
    }


def ratio(these: list[float], those: list[float]) -> float:
    """The median over rounds, whose parts ran one after the other."""
    return statistics.median(one / other for one, other in zip(these, those))


def workers(arguments: argparse.Namespace) -> dict:
    """Sessions follow each other in processes of their own: the number of cores is fixed."""
    measured = Speed(arguments)
    rates = {1: [], 2: []}
    for _ in range(arguments.rounds):
        for cores in rates:
            spark = session(cores)
            run(measured.stage(spark, "path", 2 * cores))  # starts every worker
            stage = measured.stage(spark, "path", TASKS, arguments.repeats)
            rates[cores].append(arguments.repeats * measured.rate(lambda stage=stage: run(stage)))
            spark.stop()
    return {
        "one": round(statistics.median(rates[1]), 1),
        "two": round(statistics.median(rates[2]), 1),
        "two_over_one": round(ratio(rates[2], rates[1]), 3),
    }


def memory(arguments: argparse.Namespace) -> dict:
    import numpy as np
    from PIL import Image

    from pomona.spark import ImageFeaturizer

    noise = np.random.default_rng(0).integers(0, 256, (375, 500, 3), np.uint8)
    picture = Image.fromarray(noise).resize((4000, 3000), Image.Resampling.BICUBIC)
    encoded = io.BytesIO()
    picture.save(encoded, "JPEG", quality=88)
    with tempfile.TemporaryDirectory() as folder:
        for number in range(arguments.large):
            Path(folder, f"{number}.jpg").write_bytes(encoded.getvalue())
        found = {"megapixels": 12, "megabytes": round(len(encoded.getvalue()) / 1e6, 2)}
        for column in ("content", "path"):
            spark = session(1)  # with workers of its own: the most that one has held never falls
            photographs = spark.read.format("binaryFile").load(folder).coalesce(1).select(column)
            featurizer = ImageFeaturizer(inputCol=column, models=str(arguments.models))
            with MostMemory() as most:
                run(featurizer.transform(photographs))
            found[f"{column}_worker_mb"] = round(most.kilobytes / 1024, 1)
            spark.stop()
    return found


class MostMemory:
    """The most that a Python worker of Spark has held since this was entered."""

    def __init__(self) -> None:
        self.kilobytes = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *error):
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stop.wait(0.1):
            for entry in Path("/proc").iterdir():
                if entry.name.isdigit():
                    self.kilobytes = max(self.kilobytes, self._of(entry))

    @staticmethod
    def _of(entry: Path) -> int:
        try:
            if b"pyspark.daemon" not in (entry / "cmdline").read_bytes():
                return 0
            status = (entry / "status").read_text()
        except (OSError, IndexError):
            return 0
        peak = [line for line in status.splitlines() if line.startswith("VmHWM")]
        return int(peak[0].split()[1]) if peak else 0


def main() -> None:
    arguments = parse_arguments()
    parts = {"speed": speed, "workers": workers, "memory": memory}
    print(json.dumps({name: parts[name](arguments) for name in arguments.only}, indent=2))


if __name__ == "__main__":
    main()
