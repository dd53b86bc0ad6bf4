# SPDX-License-Identifier: Apache-2.0
"""Draws the little pictures of the page's tests: coloured balls, 48 × 48, in previews.json."""

import base64
import colorsys
import io
import json
import pathlib

from PIL import Image, ImageDraw

SIDE = 48
COUNT = 16


def ball(index: int) -> str:
    picture = Image.new("RGB", (SIDE * 4, SIDE * 4), "white")
    draw = ImageDraw.Draw(picture)
    red, green, blue = colorsys.hsv_to_rgb(index / COUNT, 0.75, 0.8)
    inset = 8 + 10 * (index % 3)
    draw.ellipse(
        (inset, 12, SIDE * 4 - inset, SIDE * 4 - 12),
        fill=(int(red * 255), int(green * 255), int(blue * 255)),
    )
    small = picture.resize((SIDE, SIDE), Image.Resampling.BICUBIC)
    coded = io.BytesIO()
    small.save(coded, "JPEG", quality=60, optimize=True)
    return base64.b64encode(coded.getvalue()).decode("ascii")


if __name__ == "__main__":
    place = pathlib.Path(__file__).with_name("previews.json")
    place.write_text(json.dumps([ball(index) for index in range(COUNT)], indent=1) + "\n")
