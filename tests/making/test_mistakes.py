# SPDX-License-Identifier: Apache-2.0
"""The contact sheet of the surest mistakes."""

from pathlib import Path

from making import mistakes
from making.leave_one_source_out import Judged
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
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


class Credits:
    def of(self, path: str) -> str:
        return f"by {path.split('/')[0]}"

    def may_show(self, path: str) -> bool:
        return not path.startswith("hidden/")


def answer(path: str, prediction: str, probability: float, refused: bool = False) -> Judged:
    return Judged(
        path=path,
        source=path.split("/")[0],
        kind="peach",
        prediction=prediction,
        elsewhere=0,
        right=prediction == "peach",
        among_three=False,
        probability=probability,
        refused=refused,
    )


def test_surest_mistakes_may_be_shown_and_have_a_credit():
    found = mistakes.surest(
        [
            answer("shops/peach/1.jpg", "plum", 0.5),
            answer("shops/peach/2.jpg", "plum", 0.6),
            answer("tables/peach/1.jpg", "plum", 0.7),
            answer("tables/peach/2.jpg", "apple", 0.8),
            answer("tables/peach/3.jpg", "peach", 0.99),
            answer("tables/peach/4.jpg", "lemon", 0.99, refused=True),
            answer("hidden/peach/1.jpg", "plum", 0.99),
        ],
        Credits(),
    )
    assert [one["path"] for one in found] == [
        "tables/peach/2.jpg",
        "tables/peach/1.jpg",
        "shops/peach/2.jpg",
    ]
    assert found[2] == {
        "path": "shops/peach/2.jpg",
        "truth": "peach",
        "prediction": "plum",
        "probability": 0.6,
        "credit": "by shops",
    }
    many = [answer(f"shops/peach/{i}.jpg", f"kind {i}", 0.5) for i in range(20)]
    assert len(mistakes.surest(many, Credits())) == mistakes.MOST
    assert mistakes.captions(made_up_mistakes(1)[0]) == (
        "pomegranate",
        "› yellow-passion-fruit 0.98",
    )
