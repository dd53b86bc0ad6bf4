# SPDX-License-Identifier: Apache-2.0
"""catalogue/: what is known about each kind, and which source classes stand for it."""

import csv
import json
import re
from pathlib import Path

import pytest

CATALOGUE = Path(__file__).resolve().parents[2] / "catalogue"


@pytest.fixture(scope="module")
def taxonomy():
    with (CATALOGUE / "taxonomy.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


@pytest.fixture(scope="module")
def catalogue():
    return json.loads((CATALOGUE / "kinds.json").read_text(encoding="utf-8"))


def test_every_class_of_the_sources_stands_once(taxonomy):
    keys = [(row["source"], row["class"]) for row in taxonomy]
    assert len(keys) == len(set(keys)) == 162
    assert sum(source == "fruits-360" for source, _ in keys) == 131


def test_a_label_is_the_kind_or_the_class_is_left_out(taxonomy):
    left_out = {row["class"] for row in taxonomy if not row["label"]}
    assert left_out == {"Melon"}
    assert all(row["label"] in ("", row["species_id"]) for row in taxonomy)


def test_classes_of_the_backbone_are_kinds_of_the_taxonomy(taxonomy):
    with (CATALOGUE / "backbone_classes.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, strict=True))
    numbers = [int(row["class"]) for row in rows]
    assert numbers == sorted(set(numbers)) and numbers[0] >= 0 and numbers[-1] < 1000
    assert {row["label"] for row in rows} <= {row["species_id"] for row in taxonomy}
    assert all(row["name"] for row in rows)


def test_what_is_said_of_a_kind_is_the_same_in_all_its_rows(taxonomy):
    said = {}
    for row in taxonomy:
        of_kind = [row[name] for name in ("common_en", "common_fr", "scientific_name", "family")]
        assert said.setdefault(row["species_id"], of_kind) == of_kind, row["class"]


def test_every_kind_is_described_in_both_languages(taxonomy, catalogue):
    ids = [kind["id"] for kind in catalogue["kinds"]]
    assert ids == sorted({row["species_id"] for row in taxonomy})
    for kind in catalogue["kinds"]:
        texts = [kind["name"], kind["part"], kind["origin"], *kind["cautions"], *kind["facts"]]
        for text in texts:
            assert text["en"].strip() == text["en"] != "", kind["id"]
            assert text["fr"].strip() == text["fr"] != "", kind["id"]


def test_names_are_those_of_the_taxonomy(taxonomy, catalogue):
    rows = {row["species_id"]: row for row in taxonomy}
    for kind in catalogue["kinds"]:
        row = rows[kind["id"]]
        assert kind["scientific_name"] == row["scientific_name"]
        assert kind["family"] == row["family"]
        assert kind["name"]["en"].lower() == row["common_en"].lower()
        assert kind["name"]["fr"].lower() == row["common_fr"].lower()


def test_every_kind_has_a_fact_with_its_source(catalogue):
    for kind in catalogue["kinds"]:
        assert kind["facts"], kind["id"]
        for fact in kind["facts"]:
            assert fact["source"], kind["id"]
            assert not re.search(r"\[S\d", json.dumps(fact)), kind["id"]


def test_every_cultivar_is_described(taxonomy, catalogue):
    reported = [(one["kind"], one["id"]) for one in catalogue["varieties"]]
    named = {(row["label"], row["cultivar"]) for row in taxonomy if row["cultivar"]}
    assert reported == sorted(named)
    for one in catalogue["varieties"]:
        for text in (one["name"], one["distinguished_by"]):
            assert text["en"].strip() == text["en"] != "", one["id"]
            assert text["fr"].strip() == text["fr"] != "", one["id"]
        assert one["distinguished_by"]["en"].endswith(".") and one["distinguished_by"][
            "fr"
        ].endswith(".")


def test_french_is_set_as_french(catalogue):
    text = json.dumps(catalogue, ensure_ascii=False)
    assert not re.search(r'"fr": "[^"]*(\w\'| [;:!?%»]|« )', text)


def test_lookalikes_are_pairs_of_kinds(catalogue):
    ids = {kind["id"] for kind in catalogue["kinds"]}
    pairs = [tuple(one["kinds"]) for one in catalogue["lookalikes"]]
    assert pairs == sorted(set(pairs))
    for pair in pairs:
        assert set(pair) <= ids and pair[0] < pair[1]
