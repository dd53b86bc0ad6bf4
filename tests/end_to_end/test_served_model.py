# SPDX-License-Identifier: Apache-2.0
"""The model in models/kinds, tried as somebody would who has just cloned the project."""

import json

import pytest
from command import ROOT
from photographs import SAMPLE, encoded
from PIL import Image, ImageDraw
from tables import json_of

KINDS = ROOT / "models" / "kinds"


def answers_of(pomona, *photographs, words=()) -> list[dict]:
    printed = pomona("predict", KINDS, "--json", *photographs, *words).text
    return [json.loads(line) for line in printed.splitlines()]


def cup(path):
    """A drawing of one: nobody's photograph."""
    image = Image.new("RGB", (400, 400), (230, 225, 215))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 300, 400, 400), fill=(120, 85, 60))
    draw.ellipse((240, 160, 340, 270), outline=(245, 245, 250), width=22)
    draw.rectangle((110, 130, 270, 320), fill=(245, 245, 250))
    draw.ellipse((110, 105, 270, 155), fill=(205, 205, 215))
    draw.ellipse((125, 113, 255, 148), fill=(70, 40, 20))
    path.write_bytes(encoded(image, quality=92))
    return path


def test_it_is_small_and_whole():
    bundle = KINDS / "bundle"
    assert sum(path.stat().st_size for path in bundle.iterdir()) <= 15_000_000
    settings = json_of(bundle / "bundle.json")
    kinds = json_of(ROOT / "catalogue" / "kinds.json")["kinds"]
    assert settings["labels"] == [kind["id"] for kind in kinds]
    assert settings["reject_option"]["rate"] == json_of(KINDS / "figures.json")["reject_rate"]
    assert (KINDS / "README.md").read_text(encoding="utf-8").startswith("# A model of 69 kinds")


@pytest.mark.parametrize(
    ("folder", "kind"), [("Banana", "banana"), ("Lemon", "lemon"), ("Kiwi", "kiwi")]
)
def test_it_knows_fruit(pomona, folder, kind):
    photographs = sorted((SAMPLE / folder).iterdir())[:4]
    answers = answers_of(pomona, *photographs)
    named = [answer["kinds"][0]["id"] for answer in answers if answer["refused"] is None]
    assert len(named) >= 3
    assert set(named) == {kind}
    assert any(fact["topic"] == "biodiversity" and fact["source"] for fact in answers[0]["facts"])


def test_it_says_kindly_that_a_cup_is_no_fruit(pomona, tmp_path):
    path = cup(tmp_path / "cup.jpg")
    (answer,) = answers_of(pomona, path)
    assert answer["refused"] == "something_else"
    assert "none of the fruits I know" in pomona("predict", KINDS, path).text
    printed = pomona("predict", KINDS, path, "--lang", "fr").text
    assert "aucun des fruits que je connais" in printed


def test_fast_agrees_on_what_is_plain(pomona):
    photographs = sorted((SAMPLE / "Banana").iterdir())[:3]
    answers = answers_of(pomona, *photographs, words=["--fast"])
    assert {answer["kinds"][0]["id"] for answer in answers} == {"banana"}
