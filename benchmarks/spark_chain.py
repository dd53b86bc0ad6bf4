#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How fast pomona.spark.run is, beside other chains on Spark with the same photographs.

    PYTHONPATH=build/spark/spark:python benchmarks/spark_chain.py PHOTOGRAPHS
        --network efficientnet-lite0.onnx --python PYTHON [--size 128] [--precision f32 bf16]
        [--only pomona onnxruntime keras_cached keras] [--rounds 1]

Runs with the Python of `tools/wheel --for-tests`; PYTHON has pyspark, tensorflow, onnxruntime, pandas
and Pillow. Each chain is a process of its own on local[2], timed from its start to its end: session,
features, reduction and what is written. A round runs all of them, one after the other.
  pomona        pomona.spark.run, which also trains, evaluates and writes a report
  onnxruntime   benchmarks/peers/spark_onnxruntime.py
  keras_cached  spark_keras.py of the peers' folder, features cached
  keras         the same as it is usually run: features are computed for every action
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PEERS = ("onnxruntime", "keras_cached", "keras")


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("photographs", type=Path)
    parser.add_argument("--network", type=Path, help="an .onnx file for onnxruntime")
    parser.add_argument("--python", default=sys.executable, help="of the peers")
    parser.add_argument(
        "--peers",
        type=Path,
        default=Path(os.environ.get("POMONA_PEERS", ROOT.parent / "shared" / "peers")),
        help="folder with spark_keras.py",
    )
    parser.add_argument("--size", type=int, default=128)
    parser.add_argument("--precision", nargs="+", default=["f32"], choices=["f32", "bf16"])
    parser.add_argument("--only", nargs="+", choices=("pomona", *PEERS), default=("pomona", *PEERS))
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--pomona-alone", metavar="OUT", help=argparse.SUPPRESS)
    return parser.parse_args()


def run_pomona(of: argparse.Namespace) -> None:
    """What the process of `pomona` does."""
    from pyspark.sql import SparkSession

    from pomona.spark import run

    builder = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
    spark = builder.config("spark.driver.memory", "6g").getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    run(spark, of.photographs, of.pomona_alone, size=of.size, precision=of.precision[0]).count()


def commands(of: argparse.Namespace, folder: Path) -> dict[str, list[str]]:
    """What each chain is started with; it writes below a folder of its own."""
    photographs, size = str(of.photographs), ["--size", str(of.size)]
    found = {}
    for precision in of.precision if "pomona" in of.only else ():
        out = str(folder / f"pomona-{precision}")
        own = ["--precision", precision, "--pomona-alone", out]
        found[f"pomona {precision}"] = [sys.executable, __file__, photographs, *size, *own]
    onnxruntime = [of.python, str(ROOT / "benchmarks" / "peers" / "spark_onnxruntime.py")]
    keras = [of.python, str(of.peers / "spark_keras.py"), photographs]
    peers = {
        "onnxruntime": [*onnxruntime, photographs, str(of.network), str(folder / "onnxruntime")],
        "keras_cached": [*keras, str(folder / "keras_cached"), "--cache"],
        "keras": [*keras, str(folder / "keras")],
    }
    return found | {name: [*words, *size] for name, words in peers.items() if name in of.only}


def seconds_of(name: str, command: list[str]) -> float:
    ours = name.startswith("pomona")
    environment = dict(os.environ, PYSPARK_PYTHON=command[0])
    if not ours:
        # Theirs has a pyspark of its own.
        environment.pop("PYTHONPATH", None)
    start = time.monotonic()
    done = subprocess.run(command, env=environment, check=False, capture_output=True, text=True)
    seconds = time.monotonic() - start
    if done.returncode != 0:
        raise SystemExit(f"{name} ended with {done.returncode}:\n{done.stderr[-2000:]}")
    last = "" if ours else done.stdout.strip().splitlines()[-1]
    print(f"{name:14} {seconds:7.1f} s  {last}", flush=True)
    return seconds


def main() -> None:
    of = parse_arguments()
    if of.pomona_alone:
        run_pomona(of)
        return
    found: dict[str, list[float]] = {}
    for _ in range(of.rounds):
        with tempfile.TemporaryDirectory(prefix="pomona-spark-chain-") as folder:
            for name, command in commands(of, Path(folder)).items():
                found.setdefault(name, []).append(seconds_of(name, command))
    median = {name: round(statistics.median(values), 1) for name, values in found.items()}
    ratios = {
        f"{peer} over {ours}": round(
            statistics.median(b / a for a, b in zip(found[ours], found[peer], strict=True)), 2
        )
        for ours in found
        if ours.startswith("pomona")
        for peer in found
        if not peer.startswith("pomona")
    }
    print(json.dumps({"seconds": median, **ratios}, indent=2))


if __name__ == "__main__":
    main()
