# SPDX-License-Identifier: Apache-2.0
"""What the recipe writes about the model: its card, and judgements for the report."""

import copy
import json
import sys
from pathlib import Path

import pytest
from made_up_answers import FRUIT, NOT_FRUIT, UNKNOWN

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "models"))
sys.path.insert(0, str(ROOT / "tests" / "end_to_end"))
from command import BINARY, TINY, Pomona, import_of_tiny  # noqa: E402
from making import card, judgements, rejection, sources  # noqa: E402
from photographs import make_folder  # noqa: E402


def metrics(accuracy: float) -> dict:
    return {
        "rows": 1000,
        "accuracy": accuracy,
        "accuracy_interval": [accuracy - 0.02, accuracy + 0.01],
        "top3_accuracy": 0.99,
        "top3_accuracy_interval": [0.98, 0.995],
        "expected_calibration_error": 0.02,
    }


def share(of: float, count: int = 100) -> dict:
    return {"share": of, "low": of - 0.02, "high": of + 0.01, "count": count}


def kind(label: str, recall: float, drawn: list | None) -> dict:
    return {
        "label": label,
        "support": 50,
        "recall": recall,
        "recall_interval": drawn,
        "precision": 0.8,
    }


@pytest.fixture
def figures() -> dict:
    """Of a model that reaches all that is wanted."""
    return {
        "reject_rate": 0.05,
        "components": 123,
        "backbone_knows": ["fig", "maize"],
        "composed_a_class": 24,
        "natural": metrics(0.9),
        "natural_alone": metrics(0.88),
        "without_composed": metrics(0.89),
        "film": metrics(0.8),
        "official": metrics(0.985),
        "wild": {"right": share(0.4), "among three": share(0.6)},
        "wild_known": {"right": share(0.55, 40), "among three": share(0.7, 40)},
        "wild_new": {"right": share(0.31, 60), "among three": share(0.5, 60)},
        "wild_adapted": {"right": share(0.35, 34), "among three": share(0.5, 34)},
        "wild_unadapted": {"right": share(0.2, 34), "among three": share(0.3, 34)},
        "wild_without_composed": {"right": share(0.1, 34), "among three": share(0.2, 34)},
        "unknown": {"rejected": share(0.7)},
        "not_fruit": {"cutouts": share(0.95), "round": share(0.91)},
        "spoilt": {
            "as it is": {"right": share(0.86), "rejected": 0.05},
            "blur-4": {"right": share(0.42), "rejected": 0.987},
        },
        "rejection": rejection.figures(fruit=FRUIT, unknown=UNKNOWN, not_fruit=NOT_FRUIT),
        "by_class": {
            "natural": [
                kind("banana", 1, [1, 1]),
                kind("peach", 0.6, [0.5, 0.7]),
                kind("lime", 0.7, None),
            ],
            "studio": [kind("fig", 0.95, [0.9, 1])],
        },
        "varieties": [{"label": "apple", "rows": 300, "named": 250, "reported": 123, "right": 117}],
        "surest_mistakes": [{"path": "natural/a.jpg"}],
        "confusions": [{"truth": "peach", "prediction": "plum", "count": 7, "rate": 0.125}],
    }


def card_of(figures: dict, folder: Path) -> str:
    card.write(folder / "README.md", figures, sources.ClassMap(ROOT / "catalogue" / "taxonomy.csv"))
    return (folder / "README.md").read_text(encoding="utf-8")


def test_a_card_lists_metrics_kind_by_kind(figures, tmp_path):
    text = card_of(figures, tmp_path)
    lines = text.splitlines()
    peach = lines.index("| peach | 50 | 60.0 % (50.0–70.0) | 80.0 % |")
    assert lines[peach + 1] == "| lime | 50 | 70.0 % | 80.0 % |"
    assert lines[peach + 2] == "| banana | 50 | 100.0 % (100.0–100.0) | 80.0 % |"
    assert (
        "- Fruits-360 by film, as in the second row above: all 1 kinds are right for at least 90 %."
        in lines
    )
    assert "| and composed scenes without domain adaptation | 20.0 % (18.0–21.0) |" in lines
    assert "| and composed scenes with domain adaptation | 35.0 % (33.0–36.0) |" in lines
    assert "among the backbone's own classes 55.0 %, of others 31.0 %" in text
    assert "the backbone's output layer (fig, maize;" in text
    assert "123 principal components" in text
    assert "| apple | 300 | 250 | 123 | 117 |" in lines
    assert "peach for plum (7, 12.5 %)" in text
    assert "| blur-4 | 42.0 % (40.0–43.0) | 98.7 % |" in lines
    assert text.startswith("# A model of 69 kinds")
    assert "about 34 of the 100 photographs, evenly chosen" in text
    assert "only in the studio; `predict` says so too: apricot, " in text
    assert "(mistakes.jpg)" in text and "MIT, © 2019 Marcus Klasson" in text
    assert "(rejection.svg)" in text


def test_a_card_tells_only_what_falls_short(figures, tmp_path):
    assert "\nNothing of what was wanted.\n" in card_of(figures, tmp_path)
    short = copy.deepcopy(figures)
    short["official"] = metrics(0.9633)
    text = card_of(short, tmp_path)
    assert "- **The official test.** 96.3 %." in text
    assert "Nothing of what was wanted" not in text and "**By film.**" not in text
    short["unknown"]["rejected"] = share(0.123)
    short["film"] = metrics(0.7)
    text = card_of(short, tmp_path)
    assert "- **Unknown kinds.** 12.3 %." in text and "- **By film.** 70.0 %" in text


def test_a_card_without_a_mistake_in_shops_shows_none(figures, tmp_path):
    assert "mistakes.jpg" not in card_of(figures | {"surest_mistakes": []}, tmp_path)


def test_the_row_of_the_bundle_is_marked(figures, tmp_path):
    marked = [line for line in card_of(figures, tmp_path).splitlines() if line.startswith("| **")]
    assert marked == ["| **5 % (5.0 %)** | **0.95** | **66.7 %** | **100.0 %** |"]


def test_the_report_takes_the_judgements(figures, tmp_path):
    assert BINARY.is_file(), f"{BINARY} is not built: run ./check, or set POMONA_BINARY"
    models = tmp_path / "models"
    pomona = Pomona(POMONA_MODELS=str(models))
    pomona(*import_of_tiny(models))
    pomona("run", make_folder(tmp_path / "images"), "--out", tmp_path / "out", *TINY)
    rows = rejection.rows(figures["rejection"]["curve"])
    file = judgements.write(tmp_path / "judgements.json", figures, rows)
    pomona("report", tmp_path / "out", "--judgements", file)
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    tables = json.loads(file.read_text(encoding="utf-8"))["tables"]
    for title in [table["title"] for table in tables]:
        assert title in page
    assert "at most 5 % of fruit: limit 0.95" in page
