#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Spoils photographs in the ways that cameras, hands and networks do, one tree for each way.

    models/judging/corruptions.py PHOTOGRAPHS --out FOLDER

Writes FOLDER/CORRUPTION/PATH for every JPEG, PNG and WebP below PHOTOGRAPHS, upright and without
metadata. The bytes depend on a photograph and its path alone, not on the number of workers. The exit
code is 1 when a photograph could not be read.
"""

import argparse
import io
import os
import sys
import tempfile
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
from judged_form import seed_of
from PIL import Image, ImageFilter, ImageOps

SUFFIXES = (".jpg", ".jpeg", ".png", ".webp")
QUALITY = 95  # of JPEG where it is not what is tried: hardly distinguishable from the original
BLUR_SIDE = 348  # pixels of the shorter side at which the radius of a blur is given

# Exit codes, as in cli/exit_code.h.
PARTLY, USAGE, NOT_FOUND, UNAVAILABLE = 1, 2, 3, 4


class Corruption(NamedTuple):
    """`change` gets an RGB picture and the seed of its path and gives an RGB picture."""

    name: str
    change: Callable
    quality: int = QUALITY


def unchanged(picture, seed):
    return picture


def blurred(picture, seed, radius):
    """`radius` is the standard deviation in pixels of a picture whose shorter side is BLUR_SIDE."""
    return picture.filter(ImageFilter.GaussianBlur(radius * min(picture.size) / BLUR_SIDE))


def _table(gain: float) -> list[int]:
    """From each of the 256 sRGB values to the one of `gain` times as much light."""
    value = np.arange(256) / 255
    light = np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4) * gain
    light = np.clip(light, 0, 1)
    value = np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)
    return np.rint(value * 255).astype(int).tolist()


def relit(picture, seed, gains):
    """Each channel with so many times its light, as by exposure or the colour of a lamp."""
    return picture.point([value for gain in gains for value in _table(gain)])


def rotated(picture, seed, degrees):
    """Anticlockwise, of the same size; what comes in at the corners is the picture mirrored."""
    if degrees % 90 == 0:
        return picture.rotate(degrees, expand=True)
    across, down = ((side + 2) // 3 for side in picture.size)
    edges = ((down, down), (across, across), (0, 0))
    wide = Image.fromarray(np.pad(np.asarray(picture), edges, mode="symmetric"))
    wide = wide.rotate(degrees, Image.Resampling.BICUBIC)
    return wide.crop((across, down, across + picture.width, down + picture.height))


def noisy(picture, seed):
    """As in little light: the more light, the more noise; standard deviation 6 in black, 19 in white."""
    pixels = np.asarray(picture, dtype=np.float32)
    normal = np.random.default_rng(seed).standard_normal(pixels.shape, dtype=np.float32)
    noise = normal * np.sqrt(36 + 1.25 * pixels)
    return Image.fromarray(np.clip(np.rint(pixels + noise), 0, 255).astype(np.uint8))


def halved(picture, seed):
    size = tuple(max(1, side // 2) for side in picture.size)
    return picture.resize(size, Image.Resampling.BOX)


# Red, green and blue light of blackbodies against daylight, of equal luminance: a lamp of 2,850 kelvin
# that a camera has balanced half (the square root), and a sky of 8,000 kelvin that it has not.
TUNGSTEN, SHADE = (1.39, 0.94, 0.49), (0.95, 0.99, 1.24)

CORRUPTIONS = (
    *(Corruption(f"blur-{radius}", partial(blurred, radius=radius)) for radius in (1, 2, 4)),
    Corruption("exposure-minus-2", partial(relit, gains=(0.25,) * 3)),
    Corruption("exposure-minus-1", partial(relit, gains=(0.5,) * 3)),
    Corruption("exposure-plus-1", partial(relit, gains=(2.0,) * 3)),
    Corruption("white-tungsten", partial(relit, gains=TUNGSTEN)),
    Corruption("white-shade", partial(relit, gains=SHADE)),
    *(Corruption(f"jpeg-{quality}", unchanged, quality) for quality in (30, 50, 75, 95)),
    *(Corruption(f"rotated-{angle}", partial(rotated, degrees=angle)) for angle in (15, 90, 180)),
    Corruption("noise", noisy),
    Corruption("half-size", halved),
)


def upright(path: Path) -> Image.Image:
    """The photograph as it is meant to be seen, RGB, without metadata. Raises OSError, ValueError."""
    with Image.open(path) as photograph:
        picture = ImageOps.exif_transpose(photograph).convert("RGB")
    return Image.fromarray(np.asarray(picture))


def write_picture(picture: Image.Image, path: Path, quality: int) -> None:
    """In the format of the path's suffix; one without loss gets the loss of JPEG all the same."""
    path.parent.mkdir(parents=True, exist_ok=True)
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=quality)
    suffix = path.suffix.lower()
    if suffix in (".jpg", ".jpeg"):
        path.write_bytes(file.getvalue())
        return
    lossless = {"lossless": True} if suffix == ".webp" else {}
    with Image.open(file) as lossy:
        Image.fromarray(np.asarray(lossy)).save(path, **lossless)


def corrupt(relative: str, photographs: Path, out: Path) -> str | None:
    """Writes all corruptions of one photograph; why not, if it cannot be read."""
    try:
        picture = upright(photographs / relative)
    except (OSError, ValueError, Image.DecompressionBombError) as error:
        return f"{photographs / relative} is left out, it cannot be read as a photograph: {error}"
    for name, change, quality in CORRUPTIONS:
        write_picture(change(picture, seed_of(relative)), out / name / relative, quality)
    return None


def photographs_below(folder: Path) -> list[str]:
    """Their paths in it, in order, with /."""
    return sorted(
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.suffix.lower() in SUFFIXES and path.is_file()
    )


def corrupt_all(photographs: Path, out: Path, workers: int) -> int:
    """How many photographs there were; those that could not be read are reported and not counted."""
    paths = photographs_below(photographs)
    work = partial(corrupt, photographs=photographs, out=out)
    with ProcessPoolExecutor(workers) as pool:
        failures = [failure for failure in pool.map(work, paths, chunksize=8) if failure]
    for failure in failures:
        print(f"corruptions.py: {failure}", file=sys.stderr)
    return len(paths) - len(failures)


def refusal(photographs: Path, out: Path) -> tuple[str, int] | None:
    """Why there is nothing to do, and the exit code."""
    if not photographs.is_dir():
        return f"{photographs} is no folder: name one of photographs", NOT_FOUND
    if out.exists():
        return f"{out} exists: name a folder that does not", USAGE
    if out.resolve().is_relative_to(photographs.resolve()):
        return f"{out} lies in {photographs}: name a folder outside of it", USAGE
    if not photographs_below(photographs):
        return f"{photographs} holds no photograph ({', '.join(SUFFIXES)})", NOT_FOUND
    return None


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("photographs", type=Path, help="a folder, with a folder for each label")
    parser.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="is made anew")
    parser.add_argument("--workers", type=int, default=os.cpu_count(), help="processes")
    options = parser.parse_args()
    refused = refusal(options.photographs, options.out)
    if refused:
        print(f"corruptions.py: {refused[0]}", file=sys.stderr)
        return refused[1]
    out = options.out
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{out.name}.", dir=out.parent) as staged:
            folder = Path(staged) / out.name
            folder.mkdir()
            count = corrupt_all(options.photographs, folder, options.workers)
            folder.rename(out)
    except OSError as error:
        print(f"corruptions.py: writing {out}: {error}: nothing is left there", file=sys.stderr)
        return UNAVAILABLE
    print(f"{count} photographs in {len(CORRUPTIONS)} corruptions: {out}")
    return 0 if count == len(photographs_below(options.photographs)) else PARTLY


if __name__ == "__main__":
    sys.exit(main())
