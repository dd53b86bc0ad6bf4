#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Row B24: does memory grow with the number of photographs? Against a stub that answers at once.

    benchmarks/million_objects.py [--keys 100000 1000000]

Extracts features of so many objects, all the same tiny photograph, with a network of a few thousand
weights, in one shard for each 4,096. Prints the rate and the peak of memory: all of it, and without
pages of files, which the system takes back when it needs room.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from stub_bucket import StubBucket

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "end_to_end"))
from command import TINY, import_of_tiny  # noqa: E402
from photographs import encoded, picture  # noqa: E402

POMONA = ROOT / "build" / "release" / "pomona"


def memory_of(process: int) -> tuple[int, int]:
    """MB: all, and what is no page of a file."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    told = {line.split(":")[0]: int(line.split()[1]) for line in lines if line.endswith(" kB")}
    return told["VmHWM"] >> 10, told["RssAnon"] >> 10


def extract(keys: int, models: Path, out: Path) -> None:
    stub = StubBucket(encoded(picture(1, side=32)), keys, folders=max(1, keys // 1000))
    words = ["extract", "s3://stub/photos", "--out", out, *TINY]
    environment = os.environ | stub.environment | {"POMONA_MODELS": str(models)}
    start = time.monotonic()
    process = subprocess.Popen(
        [POMONA, *words], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    most = anonymous = 0
    while process.poll() is None:
        try:
            most, now = memory_of(process.pid)
        except (KeyError, FileNotFoundError):  # it ends just now
            break
        anonymous = max(anonymous, now)
        time.sleep(0.1)
    if process.wait() != 0:
        sys.exit(f"pomona ended with {process.returncode}")
    seconds = time.monotonic() - start
    print(
        f"{keys} photographs: {keys / seconds:.0f} a second, peak memory {most} MB, of it "
        f"{anonymous} MB not pages of files",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--keys", type=int, nargs="+", default=[100_000, 1_000_000])
    with tempfile.TemporaryDirectory() as folder:
        models = Path(folder) / "models"
        words = import_of_tiny(models)
        subprocess.run([POMONA, *words], check=True, stdout=subprocess.DEVNULL)
        for number, keys in enumerate(parser.parse_args().keys):
            extract(keys, models, Path(folder) / f"{number}")


if __name__ == "__main__":
    main()
