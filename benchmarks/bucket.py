#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How fast photographs come from a bucket, beside a folder, and over a network that is slow.

    benchmarks/bucket.py PHOTOGRAPHS [--count 6000] [--size 224 128] [--repeat 3] [--latency 100]

Every round extracts the same photographs from the folder, from versitygw on this machine, which then
shares its cores, and twice through a relay: at once, and with every request held back. The relay
takes processor time too, so the slow network is compared with the quick relay. Prints the medians.
"""

import argparse
import asyncio
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "end_to_end"))
from s3_server import S3Server  # noqa: E402

POMONA = ROOT / "build" / "release" / "pomona"


class Relay:
    """Hands on every byte between a client and a server, what the client says after a delay."""

    def __init__(self, port: int, delay: float):
        self.upstream = port
        self.delay = delay
        self.loop = asyncio.new_event_loop()
        self.ready = threading.Event()
        self.port = 0
        threading.Thread(target=self.run, daemon=True).start()
        self.ready.wait()

    def run(self):
        asyncio.set_event_loop(self.loop)
        server = self.loop.run_until_complete(
            asyncio.start_server(self.accept, "127.0.0.1", 0, backlog=256)
        )
        self.port = server.sockets[0].getsockname()[1]
        self.ready.set()
        self.loop.run_forever()

    async def accept(self, reader, writer):
        there_reader, there_writer = await asyncio.open_connection("127.0.0.1", self.upstream)
        await asyncio.gather(
            self.copy(reader, there_writer, self.delay), self.copy(there_reader, writer, 0)
        )

    @staticmethod
    async def copy(reader, writer, delay):
        try:
            while data := await reader.read(1 << 16):
                if delay:
                    await asyncio.sleep(delay)
                writer.write(data)
                await writer.drain()
        except ConnectionError:
            pass
        finally:
            writer.close()


def extract(place: str, size: int, environment: dict, scratch: Path) -> float:
    """Photographs a second."""
    out = scratch / "out"
    shutil.rmtree(out, ignore_errors=True)
    words = [POMONA, "extract", place, "--out", out, "--size", str(size), "--json"]
    done = subprocess.run(
        words, env=os.environ | environment, stdout=subprocess.PIPE, check=True, text=True
    )
    return json.loads(done.stdout)["images_per_second"]


def take_some(photographs: Path, count: int, folder: Path) -> None:
    files = sorted(path for path in photographs.rglob("*") if path.is_file())
    for path in files[:: max(1, len(files) // count)][:count]:
        copied = folder / path.relative_to(photographs)
        copied.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, copied)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("photographs", type=Path)
    parser.add_argument("--count", type=int, default=6000)
    parser.add_argument("--size", type=int, nargs="+", default=[224, 128])
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--latency", type=int, default=100, help="milliseconds")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as place, S3Server() as server:
        folder = Path(place) / "photos"
        take_some(options.photographs, options.count, folder)
        bucket = f"s3://{server.bucket()}/photos"
        subprocess.run(
            [POMONA, "sync", folder, bucket], env=os.environ | server.environment(), check=True
        )
        quick = f"http://127.0.0.1:{Relay(server.port, 0).port}"
        slow = f"http://127.0.0.1:{Relay(server.port, options.latency / 1000).port}"
        ways = {
            "folder": (str(folder), {}),
            "bucket": (bucket, server.environment()),
            "relay": (bucket, server.environment(quick)),
            f"relay + {options.latency} ms": (bucket, server.environment(slow)),
        }
        for size in options.size:
            rates = {name: [] for name in ways}
            for _ in range(options.repeat):
                for name, (where, environment) in ways.items():
                    rates[name].append(extract(where, size, environment, Path(place)))
            middle = {name: statistics.median(found) for name, found in rates.items()}
            near, far, through, late = middle.values()
            print(f"{size} px: " + ", ".join(f"{n} {rate:.0f}/s" for n, rate in middle.items()))
            print(
                f"  bucket : folder {far / near:.2f}, slow : quick {late / through:.2f}", flush=True
            )


if __name__ == "__main__":
    main()
