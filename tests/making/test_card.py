# SPDX-License-Identifier: Apache-2.0
"""What the recipe writes about the model: its card, and judgements for the report."""

import copy
import json
import sys
from pathlib import Path

import pytest
from made_up_answers import FRUIT, NOT_FRUIT, UNKNOWN, left_out
from making import card, judgements, leave_one_source_out, rejection

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "end_to_end"))
from command import BINARY, TINY, Pomona, import_of_tiny  # noqa: E402
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
        "group_power": 0.5,
        "sources": [
            {
                "name": "grocery-fruit",
                "domain": "in_the_wild",
                "photographs": 1253,
                "kinds": 19,
                "weight": 1.0,
                "shown": True,
                "licence": "MIT",
                "credit": "© 2019 Marcus Klasson",
                "note": "shelves",
            }
        ],
        "in_the_wild": {"apple": 300, "apricot": 0, "fig": 3},
        "few_in_the_wild": {"apricot": 0, "fig": 3},
        "leave_one_source_out": leave_one_source_out.figures(
            [left_out("shops", "apple", True)] * 9
            + [left_out("shops", "fig", False), left_out("tables", "apple", True, elsewhere=50)],
            {("shops", "apple"): 4},
        ),
        "folds": {"grocery-fruit": metrics(0.9)},
        "wild_alone": metrics(0.88),
        "without_synthetic": metrics(0.89),
        "film": metrics(0.8),
        "official": metrics(0.985),
        "wild": {"right": share(0.4), "among three": share(0.6)},
        "wild_known": {"right": share(0.55, 40), "among three": share(0.7, 40)},
        "wild_new": {"right": share(0.31, 60), "among three": share(0.5, 60)},
        "wild_adapted": {"right": share(0.35, 34), "among three": share(0.5, 34)},
        "wild_unadapted": {"right": share(0.2, 34), "among three": share(0.3, 34)},
        "wild_without_synthetic": {"right": share(0.1, 34), "among three": share(0.2, 34)},
        "unknown": {"rejected": share(0.7)},
        "not_fruit": {"cutouts": share(0.95), "round": share(0.91)},
        "spoilt": {
            "as it is": {"right": share(0.86), "rejected": 0.05},
            "blur-4": {"right": share(0.42), "rejected": 0.987},
        },
        "rejection": rejection.figures(fruit=FRUIT, unknown=UNKNOWN, not_fruit=NOT_FRUIT),
        "by_class": {
            "grocery-fruit": [
                kind("banana", 1, [1, 1]),
                kind("peach", 0.6, [0.5, 0.7]),
                kind("lime", 0.7, None),
            ],
            "fruits-360": [kind("fig", 0.95, [0.9, 1])],
        },
        "varieties": [{"label": "apple", "names": ["Gala", "Jonagold"], "least_probability": 0.65}],
        "surest_mistakes": [
            {"truth": "peach", "prediction": "plum", "credit": "CC0 by Ada"},
            {"truth": "lime", "prediction": "kiwi", "credit": "© Klasson, MIT"},
        ],
        "confusions": [{"truth": "peach", "prediction": "plum", "count": 7, "rate": 0.125}],
    }


def card_of(figures: dict, folder: Path) -> str:
    card.write(folder / "README.md", figures)
    return (folder / "README.md").read_text(encoding="utf-8")


def test_a_card_lists_metrics_kind_by_kind(figures, tmp_path):
    text = card_of(figures, tmp_path)
    lines = text.splitlines()
    peach = lines.index("| peach | 50 | 60.0 % (50.0–70.0) | 80.0 % |")
    assert lines[peach + 1] == "| lime | 50 | 70.0 % | 80.0 % |"
    assert lines[peach + 2] == "| banana | 50 | 100.0 % (100.0–100.0) | 80.0 % |"
    assert (
        "- Fruits-360 by film, as in the table above: all 1 kinds are right for at least 90 %."
        in lines
    )
    assert "| and composed scenes without domain adaptation | 20.0 % (18.0–21.0) |" in lines
    assert "| and composed scenes with domain adaptation | 35.0 % (33.0–36.0) |" in lines
    assert "among the backbone's own classes 55.0 %, of others 31.0 %" in text
    assert "the backbone's output layer (fig, maize;" in text
    assert "123 principal components" in text
    assert "| apple | 65.0 % | Gala, Jonagold |" in lines
    assert "peach for plum (7, 12.5 %)" in text
    assert "| blur-4 | 42.0 % (40.0–43.0) | 98.7 % |" in lines
    assert text.startswith("# A model of 3 kinds")
    assert "about 34 of the 100 photographs, evenly chosen" in text
    assert "only in the studio; `predict` says so too: apricot.\n" in text
    assert "(mistakes.jpg)" in text
    assert "1. peach › plum: CC0 by Ada\n2. lime › kiwi: © Klasson, MIT\n" in text
    assert (
        "| grocery-fruit | in_the_wild | 1,253 of 19 kinds: shelves | 1 | MIT: © 2019 Marcus Klasson |"
        in lines
    )
    assert "(rejection.svg)" in text


def test_the_headline_is_leave_one_source_out_over_kinds(figures, tmp_path):
    lines = card_of(figures, tmp_path).splitlines()
    (headline,) = [line for line in lines if "**headline metric**" in line]
    assert "(11 of 2 kinds), leave-one-source-out, mean over kinds" in headline
    assert "| 50.0 % (0.0–100.0), among three 50.0 %; over photographs 90.9 %" in headline
    assert "| … of kinds with at least 10 photographs in other sources (1) | 100.0 % " in "".join(
        line for line in lines if "at least 10 photographs" in line
    )
    fig = lines.index("| fig ◦ | 1 | 1 | 1 | 0 | 0.0 % (0.0–79.3) | 0.0 % | 0.0 % |")
    assert lines[fig + 1].startswith("| apple | 10 | 5 | 2 | 1 | 100.0 % (56.6–100.0) |")
    assert any(line.startswith("| tables | 1 | 1 | 100.0 % |") for line in lines)
    assert "2 kinds have fewer than 10 photographs in the wild" in "".join(lines)
    assert "apricot (0), fig (3)." in "".join(lines)


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


def test_a_card_without_a_mistake_to_show_shows_none(figures, tmp_path):
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
