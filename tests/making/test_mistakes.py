# SPDX-License-Identifier: Apache-2.0
"""The contact sheet of the surest mistakes."""

import sys
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "models"))
from making import mistakes  # noqa: E402

PHOTOGRAPHS = sorted((ROOT / "sample" / "fruits").rglob("*.jpg"))


def made_up_mistakes(count: int) -> list[dict]:
    return [
        {
            "path": path.relative_to(ROOT).as_posix(),
            "truth": "pomegranate",
            "prediction": "yellow-passion-fruit",
            "probability": 0.984,
        }
        for path in PHOTOGRAPHS[:count]
    ]


def test_a_contact_sheet_is_small_and_the_same_each_time(tmp_path):
    for name in ("one.jpg", "two.jpg"):
        mistakes.contact_sheet(tmp_path / name, made_up_mistakes(mistakes.MOST), ROOT)
    content = (tmp_path / "one.jpg").read_bytes()
    assert content == (tmp_path / "two.jpg").read_bytes()
    assert len(content) <= 300_000
    with Image.open(tmp_path / "one.jpg") as sheet:
        tile = mistakes.SIDE + mistakes.CAPTION
        assert sheet.size == (mistakes.COLUMNS * mistakes.SIDE, 3 * tile)
        caption = sheet.convert("L").crop((0, mistakes.SIDE, mistakes.SIDE, tile))
        assert caption.getextrema()[0] < 60  # something is written there
    mistakes.contact_sheet(tmp_path / "five.jpg", made_up_mistakes(5), ROOT)
    with Image.open(tmp_path / "five.jpg") as sheet:
        assert sheet.height == 2 * tile


def test_surest_mistakes_are_those_of_one_source():
    reported = [
        {"path": f"{source}/{i}.jpg"} for i in range(20) for source in ("natural", "naturalist")
    ]
    found = mistakes.surest({"surest_mistakes": reported}, "natural")
    assert [one["path"] for one in found] == [f"natural/{i}.jpg" for i in range(mistakes.MOST)]
    assert mistakes.captions(made_up_mistakes(1)[0]) == (
        "pomegranate",
        "› yellow-passion-fruit 0.98",
    )
