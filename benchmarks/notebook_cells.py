#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Seconds and memory of the cells of docs/from-pyspark-keras.md, in their order, in one process.

    benchmarks/notebook_cells.py PHOTOGRAPHS [--precision bf16] [--size 128] [--components 200] [--spark]

With --spark the cells for a cluster, on local[2]; the memory is then that of the driver's Python alone.
Nothing is imported before the first cell. The precision is given, not measured ("auto"), so that it is
that of a Python script beside it; the last line repeats it as features and bundle name it. Memory is
the peak of this process while the cell ran, with what earlier cells left.
"""

import argparse
import re
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("photographs", type=Path)
    parser.add_argument("--precision", default="bf16", choices=["f32", "bf16"])
    parser.add_argument("--size", type=int, default=128)
    parser.add_argument("--components", type=int, default=200)
    parser.add_argument("--spark", action="store_true", help="the cells for Spark instead")
    return parser.parse_args()


def peak() -> int:
    """MB since `forget_peak`."""
    status = Path("/proc/self/status").read_text()
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    assert found is not None
    return int(found[1]) * 1024 // 1_000_000


def forget_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5")


def measured(name: str, cell: Callable[[], Any]) -> Any:
    forget_peak()
    start = time.monotonic()
    result = cell()
    print(f"{name:28} {time.monotonic() - start:6.1f} s {peak():6} MB", flush=True)
    return result


def load() -> Any:
    import pomona

    return pomona


def write(table: Any, reduced: Any, folder: Path) -> None:
    import polars as pl
    import pyarrow.parquet as pq

    pq.write_table(table.to_arrow(), folder / "features.parquet")
    pq.write_table(reduced.to_arrow(), folder / "pca.parquet")
    pl.DataFrame(reduced.components).write_csv(folder / "pca.csv")


def start_spark() -> Any:
    import os
    import sys

    from pyspark.sql import SparkSession

    os.environ["PYSPARK_PYTHON"] = sys.executable
    builder = SparkSession.builder.master("local[2]").config("spark.driver.memory", "6g")
    spark = builder.config("spark.ui.enabled", "false").getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    return spark


def run_spark_cells(given: argparse.Namespace) -> None:
    spark = measured("start", start_spark)
    from pomona.spark import ImageFeaturizer, PomonaPCA, run, withLabel

    reader = spark.read.format("binaryFile").option("recursiveFileLookup", "true")
    images = reader.option("pathGlobFilter", "*.jpg").load(str(given.photographs))
    measured("list", images.count)
    featurizer = ImageFeaturizer(
        inputSize=given.size, precision=given.precision, handleInvalid="skip"
    )
    with tempfile.TemporaryDirectory() as folder:
        features = featurizer.transform(withLabel(images))
        measured("features", lambda: features.write.parquet(f"{folder}/features"))
        kept = spark.read.parquet(f"{folder}/features")
        pca = PomonaPCA(k=given.components, inputCol="features", outputCol="pca")
        model = measured("PCA", lambda: pca.fit(kept))
        measured("write", lambda: model.transform(kept).write.parquet(f"{folder}/pca"))
        made_by = {"size": given.size, "precision": given.precision}
        out = f"{folder}/out"
        measured("all in one call", lambda: run(spark, given.photographs, out, **made_by))
    spark.stop()


def main() -> None:
    given = parse_arguments()
    if given.spark:
        run_spark_cells(given)
    else:
        run_cells(given)


def run_cells(given: argparse.Namespace) -> None:
    photographs = given.photographs
    made_by = {"size": given.size, "precision": given.precision}
    count = {"components": given.components}
    pomona = measured("start", load)
    measured("list", lambda: pomona.scan(photographs))
    measured("network", lambda: pomona.Featurizer(**made_by))
    table = measured("features", lambda: pomona.extract(photographs, progress=False, **made_by))
    reduced = measured("PCA", lambda: pomona.reduce(table, progress=False, **count))
    with tempfile.TemporaryDirectory() as folder:
        measured("write Parquet and CSV", lambda: write(table, reduced, Path(folder)))
        bundle = measured("model", lambda: pomona.train(table, progress=False, **count))
        one = next(path for path in sorted(photographs.rglob("*")) if path.is_file())

        def whole() -> Any:
            out = Path(folder) / "out"
            return pomona.predict(
                one, pomona.run(photographs, out, progress=False, **made_by, **count)
            )

        measured("all in one call, prediction", whole)
    print(f"{len(table)} photographs, features {table.precision}, bundle {bundle.precision}")


if __name__ == "__main__":
    main()
