# SPDX-License-Identifier: Apache-2.0
"""Few photographs, some of them of the same thing: cross-validation."""

import random

import pytest
from command import TINY, USAGE
from photographs import encoded, picture
from PIL import Image
from tables import differences, files_below, json_of, rows_of

PAIRS = 8  # of a label


@pytest.fixture(scope="session")
def shelf(tmp_path_factory):
    """Two labels of pictures that tell nothing, each photographed twice: only its
    near-duplicate knows its label."""
    folder = tmp_path_factory.mktemp("shelf") / "images"
    for number in range(2 * PAIRS):
        target = folder / ("left" if number % 2 else "right")
        target.mkdir(parents=True, exist_ok=True)
        once = Image.blend(picture(3000 + number), picture(4000 + number), 0.3)
        for shot in range(2):
            seen = Image.blend(once, picture(5000 + 2 * number + shot), 0.02)
            name = random.Random(2 * number + shot).randrange(10**6)
            (target / f"{name:06}.jpg").write_bytes(encoded(seen, quality=95))
    return folder


@pytest.fixture(scope="session")
def features(tiny, shelf, tmp_path_factory):
    out = tmp_path_factory.mktemp("shelf_features") / "out"
    tiny("extract", shelf, "--out", out, "--holdout", "0", *TINY)
    return out


def metrics_of(out) -> dict[str, dict]:
    return {entry["key"]: entry for entry in json_of(out / "metrics.json")["metrics"]}


def test_every_photograph_is_judged_once(tiny, features, tmp_path):
    tiny("train", features, "--out", tmp_path / "out", "--folds", "4")
    entry = metrics_of(tmp_path / "out")["cross_validated"]
    assert entry["rows"] == 4 * PAIRS
    assert entry["interval"]["unit"] == "row"
    assert entry["title"] == "4-fold cross-validation"
    metrics = json_of(tmp_path / "out" / "metrics.json")
    assert sum(one["support"] for one in metrics["classes"]) == 4 * PAIRS
    assert (tmp_path / "out" / "confusion.csv").read_text().startswith("truth,left,right\n")
    assert "near-duplicate" in metrics["headline"]


def test_near_duplicates_are_kept_together(tiny, features, tmp_path):
    words = ["train", features, "--folds", "4", "--near-duplicates", "0.02"]
    outcome = tiny(*words, "--out", tmp_path / "whole")
    entry = metrics_of(tmp_path / "whole")["cross_validated"]
    assert entry["rows"] == 4 * PAIRS
    assert entry["interval"]["unit"] == "group"
    assert entry["interval"]["groups"] == 2 * PAIRS
    assert "by group, cross-validated" in outcome.text
    assert json_of(tmp_path / "whole" / "run.json")["options"]["near_duplicates"] == 0.02

    tiny("train", features, "--out", tmp_path / "ungrouped", "--folds", "4")
    ungrouped = metrics_of(tmp_path / "ungrouped")["cross_validated"]
    assert ungrouped["accuracy"] > entry["accuracy"] + 0.15

    metrics = json_of(tmp_path / "whole" / "metrics.json")
    classes = metrics["by_class"][0]["classes"]
    assert [one["groups"] for one in classes] == [PAIRS, PAIRS]
    wrong = sum(one["support"] - one["right"] for one in classes)
    assert 0 < len(metrics["surest_mistakes"]) < wrong, (
        "near-duplicates that are both wrong show as one"
    )

    tiny(*words, "--out", tmp_path / "again", "--workers", "1")
    assert not differences(tmp_path / "whole", tmp_path / "again")


def test_a_training_shows_pictures_that_its_features_were_kept_with(
    tiny, shelf, features, tmp_path
):
    tiny("train", features, "--out", tmp_path / "out", "--folds", "4")
    shown = {row["path"]: row for row in rows_of(tmp_path / "out" / "thumbnails")}
    mistakes = json_of(tmp_path / "out" / "metrics.json")["surest_mistakes"]
    assert mistakes and all(shown[one["path"]]["label"] == one["truth"] for one in mistakes)
    tiny("report", tmp_path / "out")
    tiny("verify", tmp_path / "out")

    dropped = tmp_path / "classes.csv"
    folders = sorted({path.parent.name for path in shelf.rglob("*.jpg")})
    rows = [f",{folders[0]},", f",{folders[1]},b"]
    dropped.write_text("source,class,label\n" + "\n".join(rows) + "\n", encoding="utf-8")
    tiny("train", features, "--out", tmp_path / "some", "--classes", dropped)
    assert {row["label"] for row in rows_of(tmp_path / "some" / "thumbnails")} == {"b"}

    words = ["--holdout", "0", "--no-thumbnails"]
    tiny("extract", shelf, "--out", tmp_path / "bare", *words, *TINY)
    tiny("train", tmp_path / "bare", "--out", tmp_path / "without", "--folds", "4")
    assert not any("thumbnails" in name for name in files_below(tmp_path / "without"))


def test_a_label_of_one_group_is_never_judged(tiny, features, tmp_path):
    words = ["--folds", "3", "--near-duplicates", "2"]  # all of a label are linked
    outcome = tiny("train", features, "--out", tmp_path / "out", *words)
    assert "no cross-validated metrics" in outcome.message
    assert "cross_validated" not in metrics_of(tmp_path / "out")


def test_a_run_lists_the_metrics_of_each_source(tiny, shelf, tmp_path):
    other = tmp_path / "other"
    for path in shelf.rglob("*.jpg"):
        target = other / path.relative_to(shelf)
        target.parent.mkdir(parents=True, exist_ok=True)
        Image.open(path).rotate(90).save(target, quality=95)
    words = [f"shop={shelf}", f"studio={other}", "--out", tmp_path / "out", "--holdout", "0"]
    outcome = tiny("run", *words, *TINY, "--folds", "3")
    metrics = json_of(tmp_path / "out" / "metrics.json")
    entries = metrics["metrics"]
    of_source = {entry["source"]: entry for entry in entries if "source" in entry}
    assert set(of_source) == {"shop", "studio"}
    assert all(entry["rows"] == 4 * PAIRS for entry in of_source.values())
    whole = next(entry for entry in entries if entry["key"] == "cross_validated")
    assert whole["accuracy"] == pytest.approx(
        sum(entry["accuracy"] for entry in of_source.values()) / 2
    )
    assert "of these studio" in outcome.text

    by_class = {(one["metrics"], one.get("source")): one["classes"] for one in metrics["by_class"]}
    assert list(by_class) == [(entry["key"], entry.get("source")) for entry in entries]
    for (_, source), classes in by_class.items():
        rows = of_source[source] if source else whole
        assert sum(one["support"] for one in classes) == rows["rows"]
        right = sum(one["right"] for one in classes)
        assert right / rows["rows"] == pytest.approx(rows["accuracy"])


@pytest.mark.parametrize(
    ("words", "tells"),
    [
        (["--folds", "1"], ["--folds"]),
        (["--near-duplicates", "3"], ["--near-duplicates"]),
    ],
)
def test_what_cannot_be_is_refused(tiny, features, tmp_path, words, tells):
    tiny.refuses("train", features, "--out", tmp_path / "out", *words, code=USAGE, tells=tells)
