# SPDX-License-Identifier: Apache-2.0
"""Labels that are written in several ways, and labels of very few photographs."""

import unicodedata

from command import TINY, USAGE
from photographs import make_folder
from tables import json_of, rows_of

PEACH = "Pêche"
COMPOSED = unicodedata.normalize("NFC", PEACH)
DECOMPOSED = unicodedata.normalize("NFD", PEACH)  # as macOS names folders


def test_a_folder_of_a_mac_has_the_label_of_any_other(tiny, tmp_path):
    train = make_folder(tmp_path / "train", (COMPOSED, "fig"))
    test = make_folder(tmp_path / "test", (DECOMPOSED, "fig"), count=2)
    outcome = tiny("run", train, "--test", test, "--out", tmp_path / "out", *TINY)
    assert "does not know" not in outcome.text
    metrics = json_of(tmp_path / "out" / "metrics.json")
    assert metrics["labels"] == [COMPOSED, "fig"]
    assert metrics["metrics"][0]["unknown_label_rows"] == 0
    kept = [row for row in rows_of(tmp_path / "out" / "features") if row["split"] == "test"]
    assert {row["path"].split("/")[0] for row in kept} == {DECOMPOSED, "fig"}
    assert {row["label"] for row in kept} == {COMPOSED, "fig"}
    tiny("verify", tmp_path / "out")
    evaluated = tiny("evaluate", tmp_path / "out", test)
    assert "does not know" not in evaluated.text


def test_a_class_map_knows_folders_of_a_mac(tiny, tmp_path):
    train = make_folder(tmp_path / "train", (DECOMPOSED, "fig"))
    kinds = tmp_path / "kinds.csv"
    kinds.write_text(f"source,class,label\n,{COMPOSED},peach\n,fig,fig\n", encoding="utf-8")
    tiny("run", train, "--classes", kinds, "--out", tmp_path / "out", *TINY)
    assert json_of(tmp_path / "out" / "metrics.json")["labels"] == ["fig", "peach"]

    kinds.write_text(f"source,class,label\n,{COMPOSED.upper()},peach\n,fig,fig\n")
    words = ["run", train, "--classes", kinds, "--out", tmp_path / "no", *TINY]
    tiny.refuses(
        *words, code=USAGE, tells=["no row for the class", f"but for '{COMPOSED.upper()}'"]
    )


def test_a_near_miss_is_named(tiny, tmp_path):
    train = make_folder(tmp_path / "train", ("apple red", "fig"))
    test = make_folder(tmp_path / "test", ("Apple_Red", "fig"), count=2)
    outcome = tiny("run", train, "--test", test, "--out", tmp_path / "out", *TINY)
    assert "'apple red' from 'Apple_Red'" in outcome.message
    evaluated = tiny("evaluate", tmp_path / "out", test)
    assert "'Apple_Red' from 'apple red'" in evaluated.message


def test_two_photographs_of_each_label_spare_some_for_the_test(tiny, tmp_path):
    labels = [f"label {number}" for number in range(10)]
    train = make_folder(tmp_path / "train", labels, count=2)
    tiny("run", train, "--out", tmp_path / "out", *TINY)
    assert json_of(tmp_path / "out" / "metrics.json")["metrics"][0]["rows"] == 4


def test_one_photograph_has_wilsons_interval(tiny, tmp_path):
    train = make_folder(tmp_path / "train", ("a", "b"), count=2)
    outcome = tiny("run", train, "--out", tmp_path / "out", *TINY)
    main = json_of(tmp_path / "out" / "metrics.json")["metrics"][0]
    assert main["rows"] == 1
    right = main["accuracy"] == 1
    assert ("(20.7–100.0)" if right else "(0.0–79.3)") in outcome.text


def test_a_run_without_a_test_says_why(tiny, tmp_path):
    single = make_folder(tmp_path / "single", ("a", "b"), count=1)
    outcome = tiny("run", single, "--out", tmp_path / "one", *TINY)
    assert "every label has a single photograph" in outcome.message
    few = make_folder(tmp_path / "few", ("a", "b"), count=2)
    outcome = tiny("run", few, "--holdout", "0.1", "--out", tmp_path / "out", *TINY)
    assert "0.1 of 4 photographs rounds to none" in outcome.message
    assert "(--holdout, --folds)" in outcome.message
