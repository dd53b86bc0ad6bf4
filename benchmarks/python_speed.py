#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How fast the Python package is, beside the command and beside Python with OpenVINO and Pillow.

    PYTHONPATH=python benchmarks/python_speed.py [PHOTOGRAPHS] [--rounds 3] [--size 128]
                                                 [--stream 100000]

Prints, each with its peer measured in the same rounds, turn by turn:
  featurizer   Featurizer over the files of a folder, beside `pomona extract` of the same folder
  predictor    Predictor from 1 and from 8 threads, one photograph a call, beside a loop over Pillow
               and OpenVINO on the network of the same bundle, at its precision, with its crop; the
               answers are compared. One after the other every 50 photographs
  import       seconds and memory of `import pomona`
  stream       memory while 100,000 photographs come from an iterator of bytes
PHOTOGRAPHS is a folder with a folder for each label; sample/fruits when left out.
"""

import argparse
import io
import json
import os
import resource
import statistics
import struct
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
THREADS = 8
PREDICTED = 400
AT_A_TIME = 50


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("photographs", type=Path, nargs="?", default=ROOT / "sample" / "fruits")
    parser.add_argument("--models", type=Path, default=ROOT / "build" / "models")
    parser.add_argument("--pomona", type=Path, default=ROOT / "build" / "release" / "pomona")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--size", type=int, default=128)
    parser.add_argument("--precision", default="f32")
    parser.add_argument("--stream", type=int, default=100_000)
    parser.add_argument(
        "--only", nargs="+", default=["featurizer", "predictor", "import", "stream"]
    )
    return parser.parse_args()


def resident() -> int:
    """Bytes."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


def run_pomona(arguments: argparse.Namespace, verb: str, *words) -> None:
    command = [arguments.pomona, verb, *words, "--models", arguments.models]
    command += ["--size", str(arguments.size), "--precision", arguments.precision]
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(map(str, command))}\n{done.stderr}")


def measure_featurizer(arguments: argparse.Namespace) -> None:
    """Both begin with nothing, in a process of their own, and end with all features."""
    program = (
        "import sys, pomona.featurizer as f; "
        "print(len(f.Featurizer(size=int(sys.argv[2]), precision=sys.argv[3], models=sys.argv[4])"
        "(sys.argv[1])))"
    )
    words = [arguments.photographs, arguments.size, arguments.precision, arguments.models]
    own = [sys.executable, "-c", program, *map(str, words)]
    found: dict[str, list[float]] = {"package": [], "command": []}
    rows = 0
    for _ in range(arguments.rounds):
        with tempfile.TemporaryDirectory() as out:
            flags = ["--out", Path(out) / "out", "--no-previews"]
            start = time.monotonic()
            run_pomona(arguments, "extract", arguments.photographs, *flags)
            found["command"].append(time.monotonic() - start)
        start = time.monotonic()
        rows = int(subprocess.run(own, check=True, capture_output=True, text=True).stdout)
        found["package"].append(time.monotonic() - start)
    package, command = (statistics.median(found[name]) for name in ("package", "command"))
    print(
        f"featurizer  {rows} photographs: {rows / package:.0f}/s, command {rows / command:.0f}/s, "
        f"ratio {command / package:.3f}",
        flush=True,
    )


class Peer:
    """What a Python programmer writes: Pillow, OpenVINO, NumPy; one photograph at a time.

    Args:
        bundle: Its folder.
        hint: OpenVINO's LATENCY gives every core to one request, THROUGHPUT one to each of several.
    """

    def __init__(self, bundle: Path, hint: str):
        import numpy as np
        import openvino

        self.np = np
        record = json.loads((bundle / "bundle.json").read_text())
        self.size = record["input"]["size"]
        self.labels = record["labels"]
        self.temperature = record["classifier"]["temperature"]
        spec = record["backbone"]
        self.mean = np.array(spec["mean"], np.float32)
        self.std = np.array(spec["std"], np.float32)
        core = openvino.Core()
        network = core.read_model(bundle / "backbone.xml")
        network = openvino.Model([network.output("features")], network.get_parameters())
        network.reshape([1, 3, self.size, self.size])
        hints = {
            "PERFORMANCE_HINT": hint,
            "INFERENCE_PRECISION_HINT": record["input"]["precision"],
        }
        self.network = core.compile_model(network, "CPU", hints)
        self.own = threading.local()
        self.numbers = read_safetensors(bundle / "model.safetensors", np)

    def answer(self, photograph: bytes) -> tuple[str, float]:
        from PIL import Image

        np, numbers = self.np, self.numbers
        if not hasattr(self.own, "request"):
            self.own.request = self.network.create_infer_request()
        image = Image.open(io.BytesIO(photograph)).convert("RGB")
        resized = image.resize((self.size, self.size), Image.Resampling.BICUBIC)
        pixels = (np.asarray(resized, np.float32) - self.mean) / self.std
        output = self.own.request.infer([pixels.transpose(2, 0, 1)[None]])
        features = output["features"][0].astype(np.float64)
        scaled = (features - numbers["scaler.mean"]) / numbers["scaler.scale"]
        reduced = numbers["pca.components"] @ scaled
        logits = numbers["classifier.weights"] @ reduced + numbers["classifier.bias"]
        shares = np.exp((logits - logits.max()) / self.temperature)
        best = int(np.argmax(shares))
        return str(self.labels[best]), float(shares[best] / shares.sum())


def read_safetensors(file: Path, np) -> dict:
    content = file.read_bytes()
    length = struct.unpack("<Q", content[:8])[0]
    header = json.loads(content[8 : 8 + length])
    arrays = {}
    for name, entry in header.items():
        if name == "__metadata__" or entry["dtype"] != "F64":
            continue
        first, last = (8 + length + offset for offset in entry["data_offsets"])
        arrays[name] = np.frombuffer(content[first:last], "<f8").reshape(entry["shape"])
    return arrays


def measure_predictor(arguments: argparse.Namespace) -> None:
    from pomona.predictor import Predictor

    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out"
        run_pomona(arguments, "run", ROOT / "sample" / "fruits", "--out", out)
        predictor = Predictor(out)
        peers = {1: Peer(out / "bundle", "LATENCY"), THREADS: Peer(out / "bundle", "THROUGHPUT")}
        files = sorted(arguments.photographs.glob("*/*.jpg"))
        files = files[:: max(1, len(files) // PREDICTED)][:PREDICTED]
        photographs = [file.read_bytes() for file in files]

        def own(photograph: bytes) -> tuple[str, float]:
            best = predictor(photograph, top=1).answers[0]
            return best.id, best.probability

        compare_answers(own, peers[1].answer, photographs)
        for threads, peer in peers.items():
            compare_speed({"package": own, "peer": peer.answer}, photographs, threads, arguments)


def compare_answers(own, other, photographs: list[bytes]) -> None:
    answers = [(own(one), other(one)) for one in photographs]
    same = sum(one[0] == another[0] for one, another in answers)
    apart = max(abs(one[1] - another[1]) for one, another in answers)
    print(
        f"predictor   {same} of {len(answers)} answers are the same, "
        f"probabilities within {apart:.1e}"
    )


def compare_speed(
    askers: dict, photographs: list[bytes], threads: int, arguments: argparse.Namespace
) -> None:
    """In turn every few photographs: what else runs on the machine then slows down both."""
    seconds: dict[str, list[float]] = {name: [] for name in askers}
    processor: dict[str, list[float]] = {name: [] for name in askers}
    with ThreadPoolExecutor(threads) as pool:

        def ask(name: str, some: list[bytes]) -> None:
            begun, used = time.monotonic(), time.process_time()
            if threads == 1:
                for one in some:
                    askers[name](one)
            else:
                list(pool.map(askers[name], some))
            seconds[name].append((time.monotonic() - begun) / len(some))
            processor[name].append((time.process_time() - used) / len(some))

        for number in range(arguments.rounds + 1):
            for first in range(0, len(photographs), AT_A_TIME):
                for name in askers:
                    ask(name, photographs[first : first + AT_A_TIME])
            if number == 0:  # caches and threads are warm now
                for found in (*seconds.values(), *processor.values()):
                    found.clear()
    rates = {name: 1 / statistics.median(some) for name, some in seconds.items()}
    spent = {name: 1e3 * statistics.median(some) for name, some in processor.items()}
    ratio = statistics.median(b / a for a, b in zip(seconds["package"], seconds["peer"]))
    print(
        f"            {threads} threads: {rates['package']:.0f}/s, peer {rates['peer']:.0f}/s, "
        f"ratio {ratio:.2f}; processor {spent['package']:.2f} ms, peer {spent['peer']:.2f} ms",
        flush=True,
    )


def measure_import(arguments: argparse.Namespace) -> None:
    program = (
        "import time; t = time.perf_counter(); import pomona; t = time.perf_counter() - t; "
        "import resource; pages = int(open('/proc/self/statm').read().split()[1]); "
        "print(t * 1e3, pages * resource.getpagesize() / 2**20, "
        "'libopenvino' in open('/proc/self/maps').read())"
    )
    command = [sys.executable, "-c", program]
    found = []
    for _ in range(max(5, arguments.rounds)):
        printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        milliseconds, mib, engine = printed.split()
        found.append((float(milliseconds), float(mib), engine))
    times, memory, engines = zip(*found)
    print(
        f"import      {statistics.median(times):.0f} ms, {max(memory):.0f} MiB resident, "
        f"OpenVINO loaded: {engines[0]}",
        flush=True,
    )


def measure_stream(arguments: argparse.Namespace) -> None:
    from pomona.featurizer import Featurizer

    featurizer = Featurizer(
        size=arguments.size, precision=arguments.precision, models=arguments.models
    )
    files = sorted(arguments.photographs.glob("*/*.jpg"))

    def photographs():
        for number in range(arguments.stream):
            yield files[number % len(files)].read_bytes()

    done = 0
    shown = 0
    start = time.monotonic()
    for table in featurizer.stream(photographs()):
        done += len(table)
        if done >= shown:
            print(f"stream      {done:7} photographs: {resident() / 2**20:.1f} MiB", flush=True)
            shown += arguments.stream // 10
    print(
        f"stream      {done:7} photographs: {resident() / 2**20:.1f} MiB, "
        f"{done / (time.monotonic() - start):.0f}/s",
        flush=True,
    )


def main() -> None:
    arguments = parse_arguments()
    os.environ["POMONA_MODELS"] = str(arguments.models)
    measures = {
        "featurizer": measure_featurizer,
        "predictor": measure_predictor,
        "import": measure_import,
        "stream": measure_stream,
    }
    for name in arguments.only:
        measures[name](arguments)


if __name__ == "__main__":
    main()
