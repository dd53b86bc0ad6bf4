# SPDX-License-Identifier: Apache-2.0
"""The whole recipe, with a chain that makes its answers up: from sources to the bundle and its card."""

import json
import shutil

import pytest
from making.chain import Chain
from making.sources import KEPT
from PIL import Image
from small_sources import (
    FILMS,
    OFFICIAL,
    SCENES,
    SHOPS,
    TABLES,
    make_photographs,
    photograph,
    write_sources,
)
from test_card import metrics

WILD = ("grocery-fruit", "tables")


class MadeUpChain(Chain):
    """Knows bananas alone, and rejects what is no fruit."""

    trained: dict[str, list[str]] = {}
    extracted: list[str] = []

    def run(self, verb, *words, out=None):
        words = [str(word) for word in words]
        if verb == "extract":
            self.extracted[:] = words
        if verb == "train":
            self.trained[out] = words
            self.write_results(self.work / out)
        return ""

    def write_results(self, out):
        labels = [
            {"label": "banana", "support": 4, "recall": 1, "recall_interval": None}
            | {"precision": 0.5, "groups": 2}
        ]
        sources = [*WILD, "fruits-360"]
        results = {
            "metrics": [metrics(0.5), *(metrics(0.5) | {"source": name} for name in sources)],
            "by_class": [{"source": name, "classes": labels} for name in sources],
            "confusions": [{"truth": "kiwi", "prediction": "banana", "count": 3, "rate": 1}],
        }
        bundle = out / "bundle"
        bundle.mkdir(parents=True, exist_ok=True)
        (out / "metrics.json").write_text(json.dumps(results))
        (bundle / "bundle.json").write_text("{}")
        (bundle / "SHA256SUMS").write_text("aa  bundle.json\n")

    def evaluate(self, bundle, *words):
        return metrics(0.9)

    def script(self, name, *words, out):
        if name == "not_fruit.py":
            photograph(out / "judge" / "round" / "ball.jpg")
        return 0

    def predict(self, bundle, photographs, *words):
        return [
            {
                "kinds": [{"id": "banana", "probability": 0.75}],
                "ood_score": 2 if "not_fruit" in path.parts else 0.5,
                "refused": "something_else" if "not_fruit" in path.parts else None,
            }
            for path in photographs
        ]


@pytest.fixture
def made(recipe, tmp_path, monkeypatch):
    make_photographs(tmp_path / "data")
    for path in (tmp_path / "data").rglob("*.jpg"):
        number = sum(path.as_posix().encode())
        Image.new("RGB", (8, 8), (number % 256, number // 256 % 256, 9)).save(path)
    sources = write_sources(tmp_path / "sources.csv", SHOPS, TABLES, FILMS, SCENES, OFFICIAL)
    monkeypatch.setattr(recipe, "Chain", MadeUpChain)
    monkeypatch.setattr(recipe, "OFFICIAL", "official")
    words = {"--data": tmp_path / "data", "--sources": sources, "--work": tmp_path / "work"}
    words["--out"] = tmp_path / "out"
    monkeypatch.setattr(
        "sys.argv", ["recipe", *(str(part) for pair in words.items() for part in pair)]
    )
    MadeUpChain.trained.clear()
    recipe.main()
    return tmp_path / "out"


def test_a_bundle_and_its_card_are_made(made):
    names = {path.name for path in made.iterdir()}
    assert names == {"README.md", "bundle", "figures.json", "mistakes.jpg", "rejection.svg"}
    text = (made / "README.md").read_text(encoding="utf-8")
    assert "**headline metric**" in text and "| tables | in_the_wild | 6 of 2 kinds" in text
    assert "kiwi › banana: © Klasson, MIT" in text
    assert "lemon › banana" not in text, "photographs of tables may not be shown"
    figures = json.loads((made / "figures.json").read_text(encoding="utf-8"))
    assert figures["leave_one_source_out"]["all"]["photographs"] == 16
    assert (
        figures["leave_one_source_out"]["all"]["mean_over_kinds"]["share"] == 0.25
    )  # of four kinds
    assert figures["leave_one_source_out"]["by_source"]["tables"]["right"] == 0.5
    assert set(figures["folds"]) == set(WILD)
    assert figures["in_the_wild"] == {"apple": 3, "banana": 7, "kiwi": 3, "lemon": 3}
    assert figures["few_in_the_wild"] == figures["in_the_wild"]


def test_every_source_is_learnt_from_by_its_domain(made):
    inputs = [word.split("=")[0] for word in MadeUpChain.extracted if "=" in word]
    assert inputs == [*WILD, "fruits-360", "composed"]
    served = MadeUpChain.trained["model"]
    assert served[served.index("--studio") + 1] == "fruits-360,composed"
    assert served[served.index("--adapt") + 1] == "composed"
    assert "--reject-rate" in MadeUpChain.trained["without-tables"]


def test_near_duplicates_weigh_less_in_the_served_model(made):
    rows = (made.parent / "work" / "kinds.csv").read_text().splitlines()
    assert "grocery-fruit,Banana,banana,0.707107," in rows, "two groups of four photographs"
    assert f"grocery-fruit,Banana{KEPT},banana,0.707107," in rows
    assert "fruits-360,Banana,banana,0.15," in rows


def test_what_is_wrong_with_sources_ends_the_recipe_with_one_sentence(
    recipe, tmp_path, monkeypatch
):
    make_photographs(tmp_path)
    shutil.move(tmp_path / "tables" / "lemon", tmp_path / "tables" / "citron")
    sources = write_sources(tmp_path / "sources.csv", SHOPS, TABLES)
    words = ["--data", tmp_path, "--sources", sources, "--work", tmp_path / "work"]
    monkeypatch.setattr("sys.argv", ["recipe", *map(str, words)])
    with pytest.raises(SystemExit, match="^recipe: reading the source tables: its folder 'citron'"):
        recipe.main()
