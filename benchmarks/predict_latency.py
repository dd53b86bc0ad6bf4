#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How long each further photograph takes, from its file to its answer, once `pomona predict` runs.

    benchmarks/predict_latency.py PHOTOGRAPHS... [--bundle models/kinds] [--rounds 5]

A round asks about one photograph and about all of them, with every crop and with --fast: what the
others take more is their time, since the first pays for reading the model and compiling the network.
After it, in the same round, the same crops of the same photographs in Python, with Pillow and
OpenVINO, as far as the features: one after the other, each on every core. Prints medians.
"""

import argparse
import json
import statistics
import subprocess
import time
from pathlib import Path

import numpy as np
import openvino
from PIL import Image

ROOT = Path(__file__).resolve().parent.parent


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("photographs", type=Path, nargs="+", help="at least two JPEG files")
    parser.add_argument("--bundle", type=Path, default=ROOT / "models" / "kinds")
    parser.add_argument("--models", type=Path, default=ROOT / "build" / "models")
    parser.add_argument("--pomona", type=Path, default=ROOT / "build" / "release" / "pomona")
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    if len(arguments.photographs) < 2:
        parser.error("expected at least two photographs")
    return arguments


def seconds_of(act) -> float:
    start = time.monotonic()
    act()
    return time.monotonic() - start


class Pomona:
    def __init__(self, arguments: argparse.Namespace):
        self.words = [arguments.pomona, "predict", arguments.bundle, "--json"]
        self.words += ["--models", arguments.models]

    def seconds(self, photographs: list[Path], *more: str) -> float:
        command = [*self.words, *more, *photographs]
        return seconds_of(lambda: self.answer(command))

    @staticmethod
    def answer(command: list) -> None:
        code = subprocess.run(command, stdout=subprocess.DEVNULL, check=False).returncode
        if code != 0:
            raise SystemExit(f"{' '.join(map(str, command))}\nended with {code}: see above")


class Peer:
    """The whole and its middles, mirrored or not, one picture at a time on every core."""

    def __init__(self, settings: dict, models: Path):
        self.size = settings["size"]
        self.crops = settings["crops"]
        folder = models / settings["backbone"]
        core = openvino.Core()
        network = core.read_model(folder / "backbone.xml")
        spec = json.loads((folder / "backbone.json").read_text())
        self.channels_last = spec["layout"] == "NHWC"
        self.mean = np.array(spec["mean"], dtype=np.float32)
        self.std = np.array(spec["std"], dtype=np.float32)
        side = [self.size, self.size]
        network.reshape([1, *side, 3] if self.channels_last else [1, 3, *side])
        hints = {"PERFORMANCE_HINT": "LATENCY", "INFERENCE_PRECISION_HINT": settings["precision"]}
        self.network = core.compile_model(network, "CPU", hints)

    def features(self, photograph: Path) -> np.ndarray:
        image = Image.open(photograph).convert("RGB")
        return np.mean([self.features_of_crop(image, crop) for crop in self.crops], axis=0)

    def features_of_crop(self, image: Image.Image, crop: str) -> np.ndarray:
        part = int(crop.removeprefix("center")[:2]) / 100 if crop.startswith("center") else 1
        edge = [side * (1 - part) / 2 for side in image.size]
        box = (*edge, *(side - gap for side, gap in zip(image.size, edge, strict=True)))
        resized = image.resize((self.size, self.size), Image.Resampling.BICUBIC, box=box)
        pixels = (np.asarray(resized, dtype=np.float32) - self.mean) / self.std
        if crop.endswith("flip"):
            pixels = pixels[:, ::-1]
        order = (0, 1, 2) if self.channels_last else (2, 0, 1)
        return self.network([pixels.transpose(order)[None]])["features"][0]


def settings_of(bundle: Path) -> dict:
    folder = bundle if (bundle / "bundle.json").exists() else bundle / "bundle"
    settings = json.loads((folder / "bundle.json").read_text())
    crops = settings["input"]["crops"]
    if any("@" in crop for crop in crops) or settings["input"]["fit"] != "squash":
        raise SystemExit(f"{bundle}: the peer makes crops of one size alone, and squashes them")
    return {
        "backbone": settings["backbone"]["name"],
        "precision": settings["input"]["precision"],
        "size": settings["input"]["size"],
        "crops": crops,
    }


def main() -> None:
    arguments = parse_arguments()
    photographs = arguments.photographs
    others = len(photographs) - 1
    settings = settings_of(arguments.bundle)
    pomona = Pomona(arguments)
    peer = Peer(settings, arguments.models)
    found: dict[str, list[float]] = {}
    for _ in range(arguments.rounds):
        for name, more in (("every crop", ()), ("--fast", ("--fast",))):
            first = pomona.seconds(photographs[:1], *more)
            whole = pomona.seconds(photographs, *more)
            found.setdefault(f"{name}: the first answer", []).append(first)
            found.setdefault(f"{name}: another photograph", []).append((whole - first) / others)
        peer.features(photographs[0])
        of_peer = seconds_of(lambda: [peer.features(one) for one in photographs[1:]])
        found.setdefault("Python, every crop, features alone", []).append(of_peer / others)
    print(f"{len(settings['crops'])} crops at {settings['size']} px, {others} photographs")
    for name, seconds in found.items():
        milliseconds = sorted(1000 * one for one in seconds)
        spread = f"{milliseconds[0]:.1f} to {milliseconds[-1]:.1f}"
        print(f"{name:36} {statistics.median(milliseconds):7.1f} ms ({spread})")


if __name__ == "__main__":
    main()
