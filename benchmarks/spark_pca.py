#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How fast PomonaPCA is, beside StandardScaler and PCA of Spark ML on the same cluster.

    PYTHONPATH=build/spark/spark:python benchmarks/spark_pca.py [--rows 100000] [--width 1280] [--k 200]
                                                                [--workers 2] [--rounds 3]

Starts a standalone cluster on loopback, whose executors make the rows and write them to Parquet: as
array<float> for Pomona, as vectors for Spark ML. Prints the seconds of each, turn by turn and the
medians: those of `fit`, which standardises and finds k components, and those of `transform`, whose
rows nobody keeps. Both find the same shares of the variance, which is checked.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TESTS = ROOT / "python" / "tests"
sys.path[:0] = [str(TESTS / "spark"), str(TESTS)]
LATENT = 64
MOST_OFF = 1e-4


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--width", type=int, default=1280)
    parser.add_argument("--k", type=int, default=200)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--partitions", type=int, default=8)
    parser.add_argument("--memory", default="3g", help="of each executor")
    parser.add_argument("--rounds", type=int, default=3)
    return parser.parse_args()


def session_on(url: str, memory: str):
    from conftest import session_builder

    builder = session_builder(url).config("spark.executor.memory", memory)
    session = builder.config("spark.driver.memory", "3g").getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    return session


def make_rows(spark, folder: Path, of: argparse.Namespace) -> None:
    """Correlated columns of different spread, as features of photographs are."""
    width = of.width

    def make(batches: Iterator) -> Iterator:
        import numpy as np
        import pyarrow as pa

        mixing = np.random.default_rng(0).gamma(1.0, 1.0, (LATENT, width))
        for batch in batches:
            seed = batch.column(0)[0].as_py()
            random = np.random.default_rng(seed + 1)
            rows = random.normal(size=(len(batch), LATENT)) @ mixing
            rows += random.normal(size=rows.shape) + 1
            values = pa.array(rows.astype(np.float32).ravel())
            offsets = pa.array(np.arange(0, rows.size + 1, width, dtype=np.int32))
            yield pa.RecordBatch.from_arrays(
                [pa.ListArray.from_arrays(offsets, values)], ["features"]
            )

    from pyspark.ml.functions import array_to_vector
    from pyspark.sql.functions import col

    numbers = spark.range(0, of.rows, numPartitions=of.partitions)
    rows = numbers.mapInArrow(make, "features array<float>")
    rows.write.parquet(str(folder / "arrays"))
    arrays = spark.read.parquet(str(folder / "arrays"))
    vectors = arrays.select(array_to_vector(col("features")).alias("features"))
    vectors.write.parquet(str(folder / "vectors"))


def seconds_of(act) -> tuple[float, object]:
    start = time.monotonic()
    result = act()
    return time.monotonic() - start, result


def main() -> None:
    of = parse_arguments()
    from cluster import Cluster
    from pyspark import __version__

    os.environ["PYSPARK_PYTHON"] = sys.executable
    # Executors work elsewhere.
    paths = filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))
    os.environ["PYTHONPATH"] = os.pathsep.join(str(Path(path).resolve()) for path in paths)
    with tempfile.TemporaryDirectory(prefix="pomona-spark-pca-") as scratch:
        folder = Path(scratch)
        cluster = Cluster(folder / "cluster", workers=of.workers, memory="4g")
        try:
            spark = session_on(cluster.url, of.memory)
            made, _ = seconds_of(lambda: make_rows(spark, folder, of))
            print(
                f"Spark {__version__}, {of.workers} workers of one core; rows made in {made:.1f} s"
            )
            report(compare(contenders_of(spark, folder, of.k), of.rounds), of)
            spark.stop()
        finally:
            cluster.close()


def contenders_of(spark, folder: Path, k: int) -> dict:
    """Estimators and what they read."""
    from pyspark.ml import Pipeline
    from pyspark.ml.feature import PCA, StandardScaler

    from pomona.spark import PomonaPCA

    scaler = StandardScaler(inputCol="features", outputCol="scaled", withMean=True)
    peer = Pipeline(stages=[scaler, PCA(k=k, inputCol="scaled", outputCol="components")])
    ours = PomonaPCA(inputCol="features", outputCol="components", k=k)
    return {
        "Pomona": (ours, spark.read.parquet(str(folder / "arrays"))),
        "Spark ML": (peer, spark.read.parquet(str(folder / "vectors"))),
    }


def compare(contenders: dict, rounds: int) -> dict[str, list[tuple[float, float]]]:
    seconds: dict[str, list[tuple[float, float]]] = {name: [] for name in contenders}
    for number in range(rounds):
        shares = {}
        for name, (estimator, frame) in contenders.items():
            fitting, model = seconds_of(lambda e=estimator, f=frame: e.fit(f))
            reduced = model.transform(frame).select("components")
            write = reduced.write.format("noop").mode("overwrite")
            applying, _ = seconds_of(write.save)
            seconds[name].append((fitting, applying))
            last = model.stages[-1] if hasattr(model, "stages") else model
            shares[name] = last.explainedVariance.toArray()
            print(f"round {number + 1}: {name}: fit {fitting:.1f} s, transform {applying:.1f} s")
        one, other = shares.values()
        off = abs(one - other).max()
        assert off < MOST_OFF, f"shares of the variance are off by {off}"
    return seconds


def report(seconds: dict[str, list[tuple[float, float]]], of: argparse.Namespace) -> None:
    print(f"{of.rows:,} rows of {of.width}, {of.k} components, median of {of.rounds}:")
    medians = {
        name: [statistics.median(column) for column in zip(*rounds)]
        for name, rounds in seconds.items()
    }
    for name, (fitting, applying) in medians.items():
        print(f"  {name:<9} fit {fitting:8.1f} s   transform {applying:8.1f} s")
    (fitting, applying), (peer_fitting, peer_applying) = medians["Pomona"], medians["Spark ML"]
    both = (peer_fitting + peer_applying) / (fitting + applying)
    print(
        f"  Pomona is {peer_fitting / fitting:.1f} × as fast to fit, "
        f"{peer_applying / applying:.1f} × to transform, {both:.1f} × together"
    )


if __name__ == "__main__":
    main()
