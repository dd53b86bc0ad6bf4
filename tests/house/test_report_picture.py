# SPDX-License-Identifier: Apache-2.0
"""The picture of the report in docs/, and the tool that takes it."""

import os
import sys
from pathlib import Path

import pytest
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

from report_picture import (  # noqa: E402
    MOST_BYTES,
    WIDTH,
    PictureError,
    cut_below,
    only_the_top,
    take,
)

CHROMIUM = os.environ.get("POMONA_CHROMIUM", "chromium")
PAGE = """<!doctype html><html><head><title>Small</title></head>
<body style="margin: 0; background: #ffffff"><main>
<div id="metrics" style="height: 300px; background: #204060"></div>
<div id="tsne" style="height: 300px; background: #c00000"></div>
</main></body></html>"""


def test_picture_is_small_and_says_whose_photographs_it_shows():
    picture = ROOT / "docs" / "report.png"
    assert picture.stat().st_size <= MOST_BYTES
    with Image.open(picture) as opened:
        assert opened.width == WIDTH
        assert "Mihai Oltean, CC BY-SA 4.0" in opened.info["Copyright"]


def test_picture_ends_under_the_metrics(tmp_path):
    report, target = tmp_path / "report.html", tmp_path / "report.png"
    report.write_text(PAGE, encoding="utf-8")
    take(report, target, CHROMIUM)
    with Image.open(target) as opened:
        picture = opened.convert("RGB")
    assert picture.size == (WIDTH, round(330 * WIDTH / 1280))
    assert picture.getpixel((800, 370)) == (0x20, 0x40, 0x60)
    assert min(picture.getpixel((800, 400))) > 240


def test_rows_of_one_colour_at_the_end_are_cut():
    picture = Image.new("RGB", (4, 50), "white")
    picture.putpixel((1, 10), (0, 0, 0))
    assert cut_below(picture, 6).size == (4, 17)
    assert cut_below(picture, 100).size == (4, 50)
    with pytest.raises(PictureError, match="empty page"):
        cut_below(Image.new("RGB", (4, 50), "white"), 6)
    picture.putpixel((1, 49), (0, 0, 0))
    with pytest.raises(PictureError, match="raise WINDOW"):
        cut_below(picture, 6)


def test_what_is_missing_is_named(tmp_path):
    with pytest.raises(PictureError, match="run ./demo first"):
        take(tmp_path / "report.html", tmp_path / "report.png", CHROMIUM)
    report = tmp_path / "report.html"
    report.write_text(PAGE, encoding="utf-8")
    with pytest.raises(PictureError, match="POMONA_CHROMIUM"):
        take(report, tmp_path / "report.png", str(tmp_path / "no-such-browser"))
    with pytest.raises(PictureError, match="no </head>"):
        only_the_top("no page")
