# SPDX-License-Identifier: Apache-2.0
"""A contact sheet of the surest mistakes."""

from pathlib import Path

from PIL import Image, ImageDraw, ImageFont, ImageOps

from .leave_one_source_out import Judged
from .sources import Credits

MOST = 12
COLUMNS = 4
SIDE = 220  # pixels of a photograph
CAPTION = 40
QUALITY = 80


def surest(found: list[Judged], credits: Credits) -> list[dict]:
    """Of what was answered wrongly and may be shown, surest first, each with its credit: one of each
    source, kind and answer, since photographs of one fruit fail alike."""
    wrong = [
        one for one in found if not one.right and not one.refused and credits.may_show(one.path)
    ]
    first = {}
    for one in sorted(wrong, key=lambda one: (-one.probability, one.path)):
        first.setdefault((one.source, one.kind, one.prediction), one)
    return [
        {
            "path": one.path,
            "truth": one.kind,
            "prediction": one.prediction,
            "probability": one.probability,
            "credit": credits.of(one.path),
        }
        for one in list(first.values())[:MOST]
    ]


def captions(mistake: dict) -> tuple[str, str]:
    return mistake["truth"], f"› {mistake['prediction']} {mistake['probability']:.2f}"


def contact_sheet(path: Path, mistakes: list[dict], photographs: Path) -> None:
    """`photographs` is the folder that their paths begin in."""
    lines = -(-len(mistakes) // COLUMNS)
    sheet = Image.new("RGB", (COLUMNS * SIDE, lines * (SIDE + CAPTION)), "white")
    draw = ImageDraw.Draw(sheet)
    font = ImageFont.load_default(14)
    for number, mistake in enumerate(mistakes):
        x, y = SIDE * (number % COLUMNS), (SIDE + CAPTION) * (number // COLUMNS)
        with Image.open(photographs / mistake["path"]) as photograph:
            upright = ImageOps.exif_transpose(photograph).convert("RGB")
        sheet.paste(ImageOps.pad(upright, (SIDE - 4, SIDE - 4), color="white"), (x + 2, y + 2))
        for line, text in enumerate(captions(mistake)):
            draw.text((x + 4, y + SIDE + 17 * line), text, fill="black", font=font)
    sheet.save(path, "JPEG", quality=QUALITY)
