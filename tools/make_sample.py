#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Picks the photographs of sample/fruits out of the Fruits-360 archives.

Needs the folder of archives in POMONA_DATA (default: ../shared/data beside the repository). Of
every class it takes eight photographs: four of the film whose file names have no prefix, and four of
the film whose names begin with r_. The four are spread evenly over the frames that the archives
hold, that is over the turn of the fruit. The bytes are copied as they are. The choice depends on the
names alone, so a second run gives the same files.
"""

import argparse
import os
import re
import shutil
import sys
import tarfile
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ARCHIVES = ("fruits-360-train-fifth.tar.gz", "fruits-360-test.tar.gz")
FILMS = ("", "r_")
PER_FILM = 4
FRAME = re.compile(r"(?P<film>r\d*_|)(?P<frame>\d+)_100\.jpg")


def spread(frames: list[int], count: int) -> list[int]:
    """The frames nearest to the middles of `count` equal parts of the sorted list."""
    frames = sorted(frames)
    if len(frames) <= count:
        return frames
    return [frames[(2 * i + 1) * len(frames) // (2 * count)] for i in range(count)]


def choose(names: list[str]) -> set[str]:
    """The names (`Class/film_frame_100.jpg`) to take, of all the names of the archives."""
    frames: dict[tuple[str, str], list[int]] = defaultdict(list)
    for name in names:
        label, file = name.split("/")
        match = FRAME.fullmatch(file)
        if match and match["film"] in FILMS:
            frames[label, match["film"]].append(int(match["frame"]))
    return {
        f"{label}/{film}{frame}_100.jpg"
        for (label, film), of_film in frames.items()
        for frame in spread(of_film, PER_FILM)
    }


def name_in_set(member: tarfile.TarInfo) -> str | None:
    """`Training/Class/file` without its first part; None for what is no photograph."""
    parts = member.name.split("/")
    return "/".join(parts[1:]) if member.isfile() and len(parts) == 3 else None


def make_sample(data: Path, target: Path) -> int:
    """Writes the photographs anew and says how many there are."""
    names: list[str] = []
    for archive in ARCHIVES:
        with tarfile.open(data / archive) as tar:
            names += filter(None, map(name_in_set, tar))
    chosen = choose(names)
    shutil.rmtree(target, ignore_errors=True)
    for archive in ARCHIVES:
        with tarfile.open(data / archive) as tar:
            for member in tar:
                name = name_in_set(member)
                if name in chosen:
                    file = target / name
                    file.parent.mkdir(parents=True, exist_ok=True)
                    file.write_bytes(tar.extractfile(member).read())
    return len(chosen)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=ROOT / "sample" / "fruits")
    options = parser.parse_args()
    data = Path(os.environ.get("POMONA_DATA", ROOT.parent / "shared" / "data"))
    missing = [archive for archive in ARCHIVES if not (data / archive).is_file()]
    if missing:
        print(
            f"make_sample: {', '.join(missing)} not found in {data}: "
            "set POMONA_DATA to the folder that holds the archives",
            file=sys.stderr,
        )
        return 2
    count = make_sample(data, options.out)
    print(f"{count} photographs in {options.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
