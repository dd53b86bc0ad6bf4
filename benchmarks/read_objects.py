#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How fast Python gets the bytes of single objects: `ObjectReader` beside boto3 in eight threads.

    PYTHONPATH=python benchmarks/read_objects.py [--small 2000] [--large 200] [--repeat 5]

Both read the same objects of versitygw on this machine, in turn: small ones of 5 KB and large ones
of 3 MB. The server shares the cores with who reads. A first round is not counted. Prints the
medians, and the processor time for an object, that of the process of `ObjectReader` included.
"""

import argparse
import os
import random
import statistics
import sys
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "end_to_end"))
import boto3  # noqa: E402
from botocore.config import Config  # noqa: E402
from s3_server import S3Server  # noqa: E402

from pomona._objects import ObjectReader  # noqa: E402

THREADS = 8


class Boto3:
    def __init__(self, bucket: str):
        self.bucket = bucket
        config = Config(max_pool_connections=THREADS)
        self.client = boto3.client("s3", region_name="us-east-1", config=config)

    def get(self, key: str) -> bytes:
        return self.client.get_object(Bucket=self.bucket, Key=key)["Body"].read()

    def read(self, keys: list[str]) -> Iterable[bytes]:
        with ThreadPoolExecutor(THREADS) as pool:
            yield from pool.map(self.get, keys)


class Pomona:
    def __init__(self, bucket: str):
        self.bucket = bucket
        self.reader = ObjectReader()

    def read(self, keys: list[str]) -> Iterable[bytes]:
        return self.reader.read(f"s3://{self.bucket}/{key}" for key in keys)


def processor_seconds(server: S3Server) -> float:
    """Of this process and of those that it has started, but for the server."""
    times = os.times()
    seconds = times.user + times.system
    for task in Path("/proc/self/task").iterdir():
        for pid in (task / "children").read_text().split():
            if int(pid) != server.process.pid:
                fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
                seconds += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return seconds


def measure(
    way: Boto3 | Pomona, keys: list[str], size: int, server: S3Server
) -> tuple[float, float]:
    """Seconds, and those of the processor, from the first request to the last byte."""
    processor, begin = processor_seconds(server), time.perf_counter()
    found = sum(len(one) == size for one in way.read(keys))
    seconds = time.perf_counter() - begin
    assert found == len(keys), f"{found} of {len(keys)} came whole"
    return seconds, processor_seconds(server) - processor


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--small", type=int, default=2000)
    parser.add_argument("--large", type=int, default=200)
    parser.add_argument("--repeat", type=int, default=5)
    options = parser.parse_args()
    os.environ.setdefault("POMONA_COMMAND", str(ROOT / "build" / "release" / "pomona"))
    with S3Server() as server:
        os.environ.update(server.environment())
        bucket = server.bucket()
        for what, count, size in (
            ("small", options.small, 5_000),
            ("large", options.large, 3_000_000),
        ):
            keys = [f"{what}/{number}.jpg" for number in range(count)]
            for key in keys:
                body = random.Random(key).randbytes(size)
                server.client.put_object(Bucket=bucket, Key=key, Body=body)
            ways = (Boto3(bucket), Pomona(bucket))
            found: list[list] = [[], []]
            for round_ in range(options.repeat + 1):
                for way, times in zip(ways, found, strict=True):
                    measured = measure(way, keys, size, server)
                    if round_ > 0:  # the first makes connections, and starts the process
                        times.append(measured)
            rates = []
            for way, times in zip(ways, found, strict=True):
                seconds, processor = map(statistics.median, zip(*times, strict=True))
                rates.append(count / seconds)
                print(
                    f"{count} objects of {size:,} bytes, {type(way).__name__}: "
                    f"{count / seconds:,.0f} objects/s, {count * size / seconds / 1e6:,.1f} MB/s, "
                    f"{1e3 * processor / count:.2f} ms of a core for each"
                )
            print(f"  ObjectReader : boto3 {rates[1] / rates[0]:.2f}", flush=True)


if __name__ == "__main__":
    main()
