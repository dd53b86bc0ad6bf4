#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How fast a bucket is listed, and in how much memory: against a stub that answers at once.

    benchmarks/list_bucket.py [--keys 1000000] [--folders 1000]

`pomona sync --dry-run` lists and does no more.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from stub_bucket import StubBucket

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--keys", type=int, default=1_000_000)
    parser.add_argument("--folders", type=int, default=1000)
    parser.add_argument("--pomona", type=Path, default=ROOT / "build" / "release" / "pomona")
    arguments = parser.parse_args()
    stub = StubBucket(b"no photograph", arguments.keys, arguments.folders)
    with tempfile.TemporaryDirectory() as nowhere:
        words = ["sync", "s3://stub/photos", f"{nowhere}/none", "--dry-run", "--json"]
        start = time.monotonic()
        done = subprocess.run(
            [arguments.pomona, *words], env=stub.environment, stdout=subprocess.PIPE, check=False
        )
        seconds = time.monotonic() - start
    if done.returncode != 0:
        sys.exit(f"pomona ended with {done.returncode}")
    found = len(json.loads(done.stdout)["copied"])
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(
        f"{found} keys in {seconds:.2f} s, {found / seconds:.0f} a second, peak memory {peak:.0f} MB"
    )


if __name__ == "__main__":
    main()
