#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How fast Python gets the bytes of single objects: `ObjectReader` beside boto3 in eight threads.

    PYTHONPATH=python benchmarks/read_objects.py [--small 2000] [--large 200] [--repeat 5]

Both read the same objects of versitygw on this machine, in turn: small ones of 5 KB and large ones
of 3 MB. The server shares the cores with who reads. Prints the medians, and the processor time that
the readers took for an object, the process of `ObjectReader` included.
"""

import argparse
import os
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "end_to_end"))
import boto3  # noqa: E402
from botocore.config import Config  # noqa: E402
from s3_server import S3Server  # noqa: E402

from pomona._objects import ObjectReader  # noqa: E402

THREADS = 8


def by_boto3(keys: list[str], bucket: str) -> Iterable[bytes]:
    client = boto3.client(
        "s3", region_name="us-east-1", config=Config(max_pool_connections=THREADS)
    )

    def get(key: str) -> bytes:
        return client.get_object(Bucket=bucket, Key=key)["Body"].read()

    with ThreadPoolExecutor(THREADS) as pool:
        yield from pool.map(get, keys)


def by_object_reader(keys: list[str], bucket: str) -> Iterable[bytes]:
    with ObjectReader() as reader:
        yield from reader.read(f"s3://{bucket}/{key}" for key in keys)


def processor_seconds() -> float:
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def measure(read: Callable, keys: list[str], size: int, *where) -> tuple[float, float]:
    """Seconds, and those of the processor, from the first request to the last byte."""
    processor, begin = processor_seconds(), time.perf_counter()
    found = sum(len(one) == size for one in read(keys, *where))
    seconds = time.perf_counter() - begin
    assert found == len(keys), f"{found} of {len(keys)} came whole"
    return seconds, processor_seconds() - processor


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
            found: dict[Callable, list] = {by_boto3: [], by_object_reader: []}
            for _ in range(options.repeat):
                for read, times in found.items():
                    times.append(measure(read, keys, size, bucket))
            rates = {}
            for read, times in found.items():
                seconds, processor = map(statistics.median, zip(*times, strict=True))
                rates[read] = count / seconds
                print(
                    f"{count} objects of {size:,} bytes, {read.__name__}: {count / seconds:,.0f} "
                    f"objects/s, {count * size / seconds / 1e6:,.1f} MB/s, "
                    f"{1e3 * processor / count:.2f} ms of a core for each"
                )
            print(
                f"  ObjectReader : boto3 {rates[by_object_reader] / rates[by_boto3]:.2f}",
                flush=True,
            )


if __name__ == "__main__":
    main()
