# SPDX-License-Identifier: Apache-2.0
"""A model that says so when it does not know what it is shown."""

import json
import shutil

import pytest
from command import TINY, USAGE
from photographs import encoded, make_folder, picture
from PIL import Image, ImageFilter
from tables import differences, json_of

# The whole picture is kept, so that sharpness is that of the file.
WORDS = [*TINY, "--holdout", "0"]


@pytest.fixture(scope="session")
def many(tmp_path_factory):
    return make_folder(tmp_path_factory.mktemp("rejection") / "images", count=20)


@pytest.fixture(scope="session")
def careful(tiny, many, tmp_path_factory):
    out = tmp_path_factory.mktemp("careful") / "out"
    tiny("run", many, "--out", out, *WORDS, "--reject-rate", "0.1")
    return out


def answers_of(tiny, out, *photographs, words=()) -> list[dict]:
    printed = tiny("predict", out, "--json", *photographs, *words).text
    return [json.loads(line) for line in printed.splitlines()]


def saved(path, image: Image.Image):
    path.write_bytes(encoded(image, quality=95))
    return path


def test_most_of_what_it_learnt_is_answered(tiny, careful, many):
    answers = answers_of(tiny, careful, *sorted(many.rglob("*.jpg")))
    rejected = [answer["refused"] for answer in answers if answer["refused"]]
    assert len(rejected) <= 0.2 * len(answers)
    assert set(rejected) <= {"something_else", "unknown_kind"}
    assert all((answer["ood_score"] > 1) == bool(answer["refused"]) for answer in answers)
    assert json_of(careful / "bundle" / "bundle.json")["reject_option"]["rate"] == 0.1


@pytest.mark.parametrize(
    ("reason", "spoil", "words"),
    [
        ("too_dark", lambda image: image.point(lambda level: level // 20), "too dark"),
        ("too_blurred", lambda image: image.filter(ImageFilter.GaussianBlur(9)), "too blurred"),
        ("too_small", lambda image: image.resize((30, 30)), "too small"),
    ],
)
def test_what_shows_nothing_is_rejected(tiny, careful, tmp_path, reason, spoil, words):
    whole = picture(77, side=160)
    whole.paste((230, 230, 230), (0, 0, 80, 160))
    path = saved(tmp_path / "spoilt.jpg", spoil(whole))
    (answer,) = answers_of(tiny, careful, path)
    assert answer["refused"] == reason
    assert answer["kinds"]
    assert answer["facts"] == []
    assert answer["confusable"] is None
    printed = tiny("predict", careful, path).text
    assert words in printed
    assert "%" not in printed


def test_something_else_is_rejected_with_what_is_nearest(tiny, careful, tmp_path):
    paths = []
    for number, colour in enumerate([(255, 0, 255), (0, 255, 0), (255, 255, 0), (0, 0, 255)]):
        stripes = Image.new("RGB", (64, 64), colour)
        for x in range(0, 64, 8):
            stripes.paste((0, 0, 0), (x, 0, x + 4, 64))
        paths.append(saved(tmp_path / f"{number}.jpg", stripes))
    answers = answers_of(tiny, careful, *paths)
    rejected = [a["path"] for a in answers if a["refused"] in ("something_else", "unknown_kind")]
    assert len(rejected) >= 2
    printed = tiny("predict", careful, rejected[0]).text
    assert "Nearest to what I know: " in printed
    assert "Le plus proche" in tiny("predict", careful, rejected[0], "--lang", "fr").text


def test_a_model_without_a_reject_option_answers_everything(tiny, many, tmp_path):
    tiny("run", many, "--out", tmp_path / "out", *WORDS)
    black = saved(tmp_path / "black.jpg", Image.new("RGB", (64, 64)))
    (answer,) = answers_of(tiny, tmp_path / "out", black)
    assert answer["refused"] is None
    assert json_of(tmp_path / "out" / "bundle" / "bundle.json")["reject_option"] is None


def test_same_bytes_for_any_number_of_workers(tiny, many, careful, tmp_path):
    words = ["--reject-rate", "0.1", "--workers", "1"]
    tiny("run", many, "--out", tmp_path / "out", *WORDS, *words)
    assert not differences(careful, tmp_path / "out")


def test_a_bundle_may_leave_its_backbone_at_home(tiny, careful, many, tmp_path):
    light = tmp_path / "light"
    shutil.copytree(careful / "bundle", light)
    sums = light / "SHA256SUMS"
    kept = [line for line in sums.read_text().splitlines(True) if "backbone." not in line[:75]]
    for name in ("backbone.bin", "backbone.xml"):
        (light / name).unlink()
    sums.write_text("".join(line for line in kept if not line.split()[1].startswith("backbone.")))
    photographs = sorted(many.rglob("*.jpg"))[:3]
    assert answers_of(tiny, light, *photographs) == answers_of(tiny, careful, *photographs)
    empty = tmp_path / "no-models"
    empty.mkdir()
    words = ["predict", light, photographs[0], "--models", empty]
    tiny.refuses(*words, code=3, tells=['no backbone "tiny"', "models install"])


def test_a_share_of_all_is_no_share(tiny, many, tmp_path):
    words = ["run", many, "--out", tmp_path / "out", *WORDS, "--reject-rate", "0.9"]
    tiny.refuses(*words, code=USAGE, tells=["--reject-rate"])
