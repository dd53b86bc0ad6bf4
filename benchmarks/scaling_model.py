#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What photographs cost on a Spark cluster: the tables of docs/scaling.md, from constants.

    benchmarks/scaling_model.py
    benchmarks/scaling_model.py --rate 240 --bytes 3000000 --cores 16 --price 0.8

Prints Markdown. Constants without an option are measured ones of docs/performance.md, or assumptions
named there as such. --rate replaces the four rates by one of your own, from `pomona bench`.
"""

import argparse
from dataclasses import dataclass

# Photographs a second of one core, machine A: half of what `pomona bench` gives for two.
RATES = {"128 px, f32": 311.5, "128 px, bf16": 571.0, "224 px, f32": 105.0, "224 px, bf16": 190.0}
COUNTS = {"10⁵": 10**5, "10⁶": 10**6, "10⁷": 10**7, "10⁸": 10**8, "10⁹": 10**9}
# Seconds of one core for one object from a bucket, and for each byte: 0.22 ms at 5 KB, 2.90 at 3 MB.
GET_SECONDS = 0.22e-3
GET_SECONDS_A_BYTE = (2.90e-3 - GET_SECONDS) / 3e6
TASK_FILES, TASK_SECONDS = 4096, 0.21  # a process that starts and compiles the network
KEYS_A_LISTING = 1000
TRAINING_SECONDS = 130e-6  # for a photograph, on the two cores of a driver: reduce 33 s, train 97 s
FEATURE_BYTES = 2900  # of a photograph with 1,280 features, compressed
MEMORY_BYTES = 300  # of the driver for a photograph, while it trains
SNAPSHOT_BYTES = 18  # of the listing for a photograph, which every task reads


@dataclass(frozen=True)
class Assumptions:
    """Of a cluster and its bucket. None is measured: replace them."""

    cores: int  # of a machine
    price: float  # euros for an hour of it
    share: float  # of the rate of `pomona extract` that a task of Spark reaches
    size: float  # bytes of a photograph
    get_price: float  # euros for 1,000 requests that read
    list_price: float  # euros for 1,000 requests that list
    network: float  # bytes a second of a machine
    prefix_requests: float  # a second that one prefix serves


def core_seconds(rate: float, given: Assumptions) -> float:
    """Of one photograph, from the bucket to its row."""
    get = GET_SECONDS + GET_SECONDS_A_BYTE * given.size
    return (1 / rate + get + TASK_SECONDS / TASK_FILES) / given.share


def machine_hours(photographs: int, rate: float, given: Assumptions) -> float:
    return photographs * core_seconds(rate, given) / given.cores / 3600


def request_euros(photographs: int, given: Assumptions) -> float:
    listing = photographs / KEYS_A_LISTING
    return (photographs * given.get_price + listing * given.list_price) / 1000


def number(value: float) -> str:
    """Two digits that count."""
    if value < 10:
        return f"{value:.2g}"
    digits = len(str(int(value))) - 2
    return f"{round(value, -digits):,.0f}"


def size_of(value: float) -> str:
    for unit in ("bytes", "KB", "MB", "GB"):
        if value < 1000:
            return f"{number(value)} {unit}"
        value /= 1000
    return f"{number(value)} TB"


def table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def costs(rates: dict[str, float], given: Assumptions) -> str:
    """Hours and euros of machines by size and precision, and euros of requests."""
    rows = []
    for name, count in COUNTS.items():
        hours = [machine_hours(count, rate, given) for rate in rates.values()]
        cells = [f"{number(one)} h, {number(one * given.price)} €" for one in hours]
        rows.append([name, *cells, f"{number(request_euros(count, given))} €"])
    return table(["photographs", *rates, "requests"], rows)


def loads(given: Assumptions) -> str:
    """What else grows with the number of photographs."""
    rows = []
    for name, count in COUNTS.items():
        tasks = -(-count // TASK_FILES)
        rows.append(
            [
                name,
                f"{number(count / KEYS_A_LISTING)}",
                size_of(count * given.size),
                size_of(count * FEATURE_BYTES),
                f"{number(tasks)} × {size_of(count * SNAPSHOT_BYTES)}",
                f"{number(count * TRAINING_SECONDS / 3600)} h",
                size_of(count * MEMORY_BYTES),
            ]
        )
    head = ["photographs", "requests that list", "bytes read", "feature table"]
    return table([*head, "tasks × listing", "training", "its memory"], rows)


def limits(rates: dict[str, float], given: Assumptions) -> str:
    """Where network and bucket are full before the cores are."""
    rows = []
    for name, rate in rates.items():
        of_core = 1 / core_seconds(rate, given)
        of_machine = of_core * given.cores
        rows.append(
            [
                name,
                number(of_machine),
                size_of(given.network / of_machine),
                number(given.prefix_requests / of_core),
            ]
        )
    head = ["", "photographs a second of a machine", "network full at photographs of"]
    return table([*head, "one prefix full at cores"], rows)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--rate", type=float, help="photographs a second of one core, yours")
    parser.add_argument("--cores", type=int, default=8, help="of a machine")
    parser.add_argument("--price", type=float, default=0.50, help="euros for an hour of a machine")
    parser.add_argument("--share", type=float, default=0.92, help="of the rate, in a task of Spark")
    parser.add_argument("--bytes", type=float, default=5000, help="of a photograph", dest="size")
    parser.add_argument("--get-price", type=float, default=0.0004, help="euros for 1,000 GETs")
    parser.add_argument("--list-price", type=float, default=0.005, help="euros for 1,000 LISTs")
    parser.add_argument("--network", type=float, default=1.56e9, help="bytes a second of a machine")
    parser.add_argument("--prefix-requests", type=float, default=5500, help="GETs a second")
    given = vars(parser.parse_args())
    rate = given.pop("rate")
    rates = RATES if rate is None else {"your rate": rate}
    assumptions = Assumptions(**given)
    print(costs(rates, assumptions), loads(assumptions), limits(rates, assumptions), sep="\n\n")


if __name__ == "__main__":
    main()
