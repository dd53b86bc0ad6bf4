#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the whole chain and what users would run instead, in turn, on the same photographs.

    benchmarks/compare_peers.py IMAGES --peers FOLDER [--size 128] [--precision f32] [--rounds 3]

A round runs `pomona run` and right after it the Python script of the peers' folder, with the same
network, size and precision, so that a machine whose speed drifts does not favour one of them. With
--spark the usual PySpark chain follows once, with and without its features cached; it needs pyspark,
tensorflow and Java. Prints every run, and the medians and ratios as a table and as JSON.
"""

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument(
        "images", type=Path, help="folder with one folder of photographs for each label"
    )
    parser.add_argument(
        "--peers",
        type=Path,
        default=Path(os.environ.get("POMONA_PEERS", ROOT.parent / "shared" / "peers")),
        help="folder with python_script.py and spark_keras.py",
    )
    parser.add_argument("--onnx", type=Path, help="the network as ONNX for the Python script")
    parser.add_argument("--size", type=int, default=128)
    parser.add_argument("--precision", default="f32", choices=["f32", "bf16"])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--spark", action="store_true", help="also run the PySpark chain")
    parser.add_argument("--python", default=sys.executable, help="Python of the peers")
    parser.add_argument("--pomona", type=Path, default=ROOT / "build" / "release" / "pomona")
    parser.add_argument("--json", type=Path, help="also write the figures here")
    return parser.parse_args()


def timed(command: list[str], log: Path) -> dict:
    """Wall seconds and peak memory of a command; raises when it fails."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.monotonic()
    with log.open("ab") as output:
        status = subprocess.run(command, stdout=output, stderr=output, check=False).returncode
    seconds = time.monotonic() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if status != 0:
        raise SystemExit(f"{command[0]} ended with {status}; its output is in {log}")
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"seconds": round(seconds, 2), "cpu_seconds": round(cpu, 2)}


def convert(work: Path) -> Path:
    """The default backbone as ONNX, by our own converter."""
    network = work / "efficientnet-lite0.onnx"
    script = ROOT / "models" / "convert_efficientnet_lite.py"
    command = [sys.executable, str(script), "efficientnet-lite0", "--out", str(network)]
    subprocess.run(command, check=True)
    return network


def stages(out: Path) -> dict:
    record = json.loads((out / "run.json").read_text(encoding="utf-8"))
    return {entry["stage"]: round(entry["seconds"], 2) for entry in record["timeline"]}


def one_round(arguments, network: Path, work: Path, log: Path) -> dict:
    out = work / "pomona"
    shutil.rmtree(out, ignore_errors=True)
    common = ["--size", str(arguments.size), "--precision", arguments.precision]
    pomona = timed(
        [str(arguments.pomona), "run", str(arguments.images), "--out", str(out), *common], log
    )
    pomona["stages"] = stages(out)
    script = arguments.peers / "python_script.py"
    peer_out = work / "script"
    shutil.rmtree(peer_out, ignore_errors=True)
    peer = timed(
        [
            arguments.python,
            str(script),
            str(arguments.images),
            str(network),
            str(peer_out),
            *common,
        ],
        log,
    )
    print(f"pomona {pomona['seconds']} s, script {peer['seconds']} s", flush=True)
    return {"pomona": pomona, "python_script": peer}


def run_spark(arguments, work: Path, log: Path) -> dict:
    figures = {}
    for name, flags in (("spark_cached", ["--cache"]), ("spark", [])):
        out = work / name
        script = arguments.peers / "spark_keras.py"
        figures[name] = timed(
            [
                arguments.python,
                str(script),
                str(arguments.images),
                str(out),
                "--size",
                str(arguments.size),
                *flags,
            ],
            log,
        )
        print(f"{name} {figures[name]['seconds']} s", flush=True)
    return figures


def summary(rounds: list[dict], spark: dict) -> dict:
    ours = [one["pomona"]["seconds"] for one in rounds]
    theirs = [one["python_script"]["seconds"] for one in rounds]
    result = {
        "pomona_median_seconds": statistics.median(ours),
        "python_script_median_seconds": statistics.median(theirs),
        "python_script_over_pomona": round(
            statistics.median(b / a for a, b in zip(ours, theirs, strict=True)), 3
        ),
        "rounds": rounds,
    }
    for name, figures in spark.items():
        result[f"{name}_over_pomona"] = round(figures["seconds"] / statistics.median(ours), 2)
        result[name] = figures
    return result


def main() -> None:
    arguments = parse_arguments()
    with tempfile.TemporaryDirectory(prefix="pomona-peers-") as folder:
        work = Path(folder)
        log = work / "output.log"
        network = arguments.onnx or convert(work)
        rounds = [one_round(arguments, network, work, log) for _ in range(arguments.rounds)]
        spark = run_spark(arguments, work, log) if arguments.spark else {}
    result = {"size": arguments.size, "precision": arguments.precision, **summary(rounds, spark)}
    print(json.dumps(result, indent=2))
    if arguments.json:
        arguments.json.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
