#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Our own client of S3 beside Arrow's: a bucket copied into a folder, by both and in turns.

    benchmarks/copy_bucket.py PHOTOGRAPHS [--count 6000] [--repeat 3] [--latency 100]

versitygw runs on the same machine. `pomona sync` lists, reads with 64 requests at once and checks
every MD5; pyarrow.fs.copy_files() lists and reads with as many threads as it is given. Both once
more through a relay that holds every request back. Prints the medians.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

import pyarrow
from bucket import POMONA, Relay, take_some
from pyarrow import fs
from s3_server import S3Server


def sync(bucket: str, endpoint: str, environment: dict, folder: Path) -> None:
    words = [POMONA, "sync", f"s3://{bucket}/photos", folder]
    environment = environment | {"AWS_ENDPOINT_URL": endpoint}
    subprocess.run(words, env=environment, stdout=subprocess.DEVNULL, check=True)


def copy_files(bucket: str, endpoint: str, environment: dict, folder: Path) -> None:
    far = fs.S3FileSystem(
        access_key=environment["AWS_ACCESS_KEY_ID"],
        secret_key=environment["AWS_SECRET_ACCESS_KEY"],
        endpoint_override=endpoint,
        region="us-east-1",
    )
    copied = fs.LocalFileSystem()
    fs.copy_files(f"{bucket}/photos", str(folder), far, copied)


def seconds(way, bucket: str, endpoint: str, environment: dict, scratch: Path, count: int) -> float:
    folder = scratch / "copy"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    start = time.monotonic()
    way(bucket, endpoint, environment, folder)
    taken = time.monotonic() - start
    found = sum(path.is_file() for path in folder.rglob("*"))
    if found != count:
        raise SystemExit(f"{way.__name__}: {found} of {count} photographs came")
    return taken


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("photographs", type=Path)
    parser.add_argument("--count", type=int, default=6000)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--latency", type=int, default=100, help="milliseconds")
    options = parser.parse_args()
    pyarrow.set_io_thread_count(64)
    with tempfile.TemporaryDirectory() as place, S3Server() as server:
        scratch = Path(place)
        take_some(options.photographs, options.count, scratch / "photos")
        count = sum(path.is_file() for path in (scratch / "photos").rglob("*"))
        environment = os.environ | server.environment()
        bucket = server.bucket()
        words = [POMONA, "sync", scratch / "photos", f"s3://{bucket}/photos"]
        subprocess.run(words, env=environment, stdout=subprocess.DEVNULL, check=True)
        for delay in (0, options.latency):
            endpoint = f"http://127.0.0.1:{Relay(server.port, delay / 1000).port}"
            found = {sync: [], copy_files: []}
            for _ in range(options.repeat):
                for way, times in found.items():
                    times.append(seconds(way, bucket, endpoint, environment, scratch, count))
            ours, theirs = (statistics.median(times) for times in found.values())
            print(
                f"{count} photographs, {delay} ms of latency: pomona sync {ours:.1f} s, "
                f"pyarrow.fs.copy_files {theirs:.1f} s, {theirs / ours:.2f} times as long",
                flush=True,
            )


if __name__ == "__main__":
    main()
