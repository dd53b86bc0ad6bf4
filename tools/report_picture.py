#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Takes docs/report.png, the picture of a report that the README shows.

    ./demo && tools/report_picture.py

Needs Chromium (requirements/debian-check.txt) and Pillow (.venv). The page is drawn at twice its size
and reduced, so that text is smooth. The picture shows the head of the page and its metrics; the
sections below are left out, and the empty space under the last line is cropped. The photographs on it
are those of sample/, so the picture carries their author and licence as text.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image, ImageChops
from PIL.PngImagePlugin import PngInfo

ROOT = Path(__file__).resolve().parent.parent
WINDOW = (1280, 2400)  # In CSS pixels: the width for which the page has two columns.
SCALE = 2
WIDTH = 1600  # Of the picture, in pixels.
MARGIN = 30  # Kept under the last line, in CSS pixels.
MOST_BYTES = 300_000
COPYRIGHT = (
    "Photographs: Fruits-360, (c) 2017- Mihai Oltean, CC BY-SA 4.0, "
    "https://creativecommons.org/licenses/by-sa/4.0/; reduced in size. "
    "This picture is under the same licence."
)
ONLY_THE_TOP = """<style>
:root { color-scheme: light; }
main > :not(#metrics), footer { display: none !important; }
</style>"""


class PictureError(Exception):
    """The picture cannot be taken; the text says why and what to do."""


def only_the_top(page: str) -> str:
    """The report without what stands below its metrics."""
    head, end, rest = page.partition("</head>")
    if not end:
        raise PictureError("the report has no </head>: it is not a page that pomona wrote")
    return head + ONLY_THE_TOP + end + rest


def screenshot(page: Path, target: Path, chromium: str) -> None:
    """Draws the page in a window of WINDOW, SCALE pixels to each CSS pixel, and saves it."""
    command = [chromium, "--headless=new", "--disable-gpu", "--hide-scrollbars"]
    if os.geteuid() == 0:
        command.append("--no-sandbox")  # As root Chromium refuses to start with its sandbox.
    command += [f"--user-data-dir={target.parent / 'profile'}"]
    command += [f"--window-size={WINDOW[0]},{WINDOW[1]}", f"--force-device-scale-factor={SCALE}"]
    command += ["--virtual-time-budget=10000", f"--screenshot={target}", page.as_uri()]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    except FileNotFoundError:
        raise PictureError(
            f"{chromium} is not there: install the Debian package chromium, or name the program "
            "in POMONA_CHROMIUM"
        ) from None
    if done.returncode != 0 or not target.is_file():
        raise PictureError(f"{chromium} ended with {done.returncode}:\n{done.stderr}")


def cut_below(picture: Image.Image, margin: int) -> Image.Image:
    """The picture without the rows below its last one that is not all of the colour of its corner."""
    ground = Image.new("RGB", picture.size, picture.getpixel((0, picture.height - 1)))
    box = ImageChops.difference(picture, ground).getbbox()
    if box is None:
        raise PictureError("Chromium drew an empty page; open the report in a browser to see why")
    if box[3] == picture.height:
        raise PictureError(f"the page is taller than {WINDOW[1]} CSS pixels: raise WINDOW")
    return picture.crop((0, 0, picture.width, min(box[3] + margin, picture.height)))


def save(picture: Image.Image, target: Path) -> None:
    """A PNG of 256 colours. MAXCOVERAGE leaves the photographs, a tenth of the page, most of them."""
    colours = picture.quantize(256, method=Image.Quantize.MAXCOVERAGE, kmeans=3)
    note = PngInfo()
    note.add_text("Copyright", COPYRIGHT)
    picture.quantize(palette=colours, dither=Image.Dither.FLOYDSTEINBERG).save(
        target, optimize=True, pnginfo=note
    )


def take(report: Path, target: Path, chromium: str) -> int:
    """Writes the picture and returns how many bytes it has."""
    if not report.is_file():
        raise PictureError(f"{report} is not there: run ./demo first")
    with tempfile.TemporaryDirectory() as folder:
        page, drawn = Path(folder) / "report.html", Path(folder) / "drawn.png"
        page.write_text(only_the_top(report.read_text(encoding="utf-8")), encoding="utf-8")
        screenshot(page, drawn, chromium)
        with Image.open(drawn) as opened:
            picture = cut_below(opened.convert("RGB"), MARGIN * SCALE)
    height = round(picture.height * WIDTH / picture.width)
    save(picture.resize((WIDTH, height), Image.Resampling.LANCZOS), target)
    size = target.stat().st_size
    if size > MOST_BYTES:
        raise PictureError(f"{target} has {size} bytes, more than {MOST_BYTES}: lower WIDTH")
    return size


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("report", nargs="?", type=Path, default=ROOT / "build/demo/report.html")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "report.png")
    arguments = parser.parse_args()
    chromium = os.environ.get("POMONA_CHROMIUM", "chromium")
    try:
        size = take(arguments.report, arguments.out, chromium)
    except PictureError as error:
        print(f"report_picture: {error}", file=sys.stderr)
        return 1
    print(f"{arguments.out}: {size} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
