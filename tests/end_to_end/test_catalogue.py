# SPDX-License-Identifier: Apache-2.0
"""What a bundle knows about its labels, and how `predict` tells it."""

import json
import shutil

import pytest
from command import DAMAGED, NOT_ALL_GOOD, NOT_FOUND, ROOT, TINY, USAGE
from tables import differences, json_of, renew_sums

LANGUAGES = ("en", "fr")


def texts(english: str, french: str) -> dict:
    return {"en": english, "fr": french}


def kind(name: str) -> dict:
    return {
        "id": name,
        "name": texts(f"Fruit {name}", f"Fruit français {name}"),
        "scientific_name": f"Fructus {name}",
        "family": "Fructaceae",
        "part": texts("a berry", "une baie"),
        "origin": texts("an island", "une île"),
        "cautions": [texts("Not for dogs.", "Pas pour les chiens.")],
        "facts": [texts("It is rare.", "Il est rare.") | {"source": "Somebody 2020"}],
    }


CATALOGUE = {
    "format": 1,
    "kinds": [kind("a"), kind("b"), kind("elsewhere")],
    "lookalikes": [
        {"kinds": ["a", "b"], "difference": texts("B is longer.", "B est plus long.")},
    ],
}


@pytest.fixture(scope="session")
def catalogue(tmp_path_factory):
    path = tmp_path_factory.mktemp("catalogue") / "kinds.json"
    path.write_text(json.dumps(CATALOGUE))
    return path


@pytest.fixture(scope="session")
def knowing(tiny, noise, catalogue, tmp_path_factory):
    """A run of the labels a, b and c, of which the catalogue knows a and b."""
    out = tmp_path_factory.mktemp("knowing") / "out"
    tiny("run", noise, "--catalogue", catalogue, "--out", out, *TINY)
    return out


def answer(tiny, bundle, photograph, *words, code=0) -> dict:
    return json.loads(tiny("predict", bundle, photograph, "--json", *words, code=code).text)


def test_the_bundle_carries_what_it_needs(knowing, noise_results):
    carried = json_of(knowing / "bundle" / "catalogue.json")
    assert [entry["id"] for entry in carried["kinds"]] == ["a", "b"]
    assert carried["lookalikes"] == CATALOGUE["lookalikes"]
    assert not (noise_results / "bundle" / "catalogue.json").exists()
    only_the_catalogue = {"bundle/catalogue.json", "bundle/SHA256SUMS"}
    assert differences(knowing, noise_results) == only_the_catalogue


def test_an_answer_tells_what_is_known(tiny, knowing, noise):
    reported = answer(tiny, knowing, noise / "a" / "0.jpg")
    keys = ["path", "refused", "ood_score", "kinds", "confusable", "variety", "facts"]
    assert list(reported) == keys
    assert reported["ood_score"] is None
    first = reported["kinds"][0]
    assert (first["id"], first["name"]) == ("a", "Fruit a")
    assert (first["scientific_name"], first["family"]) == ("Fructus a", "Fructaceae")
    assert reported["facts"] == [
        {"topic": "part", "text": "a berry", "source": None},
        {"topic": "origin", "text": "an island", "source": None},
        {"topic": "biodiversity", "text": "It is rare.", "source": "Somebody 2020"},
        {"topic": "caution", "text": "Not for dogs.", "source": None},
    ]


def test_in_french(tiny, knowing, noise):
    reported = answer(tiny, knowing, noise / "a" / "0.jpg", "--lang", "fr")
    assert reported["kinds"][0]["name"] == "Fruit français a"
    assert [fact["text"] for fact in reported["facts"]][:2] == ["une baie", "une île"]
    text = tiny("predict", knowing, noise / "a" / "0.jpg", "--lang", "fr").text
    assert "Fruit français a (Fructus a, Fructaceae)" in text
    assert "À savoir : Il est rare. [Somebody 2020]" in text


def test_a_label_that_no_catalogue_knows_is_its_own_name(tiny, knowing, noise):
    answers = (answer(tiny, knowing, path) for path in sorted((noise / "c").iterdir()))
    reported = next(one for one in answers if one["kinds"][0]["id"] == "c")
    first = reported["kinds"][0]
    assert (first["name"], first["scientific_name"]) == ("c", None)
    assert reported["facts"] == []


def test_two_near_answers_are_distinguished(tiny, knowing, noise):
    """Photographs of all labels: a second answer is named where it has half of the first's share."""
    seen = set()
    for path in sorted(noise.rglob("*.jpg")):
        reported = answer(tiny, knowing, path)
        first, second = reported["kinds"][:2]
        near = second["probability"] >= first["probability"] / 2
        assert (reported["confusable"] is not None) == near
        if near:
            assert reported["confusable"]["id"] == second["id"]
            known = {first["id"], second["id"]} == {"a", "b"}
            assert reported["confusable"]["difference"] == ("B is longer." if known else None)
        seen.add(near)
        alone = answer(tiny, knowing, path, "--top", "1")
        assert (
            alone["kinds"] == reported["kinds"][:1]
            and alone["confusable"] == reported["confusable"]
        )
    assert False in seen


def test_a_photograph_that_cannot_be_read_is_refused_by_name(tiny, knowing, tmp_path):
    path = tmp_path / "no.jpg"
    path.write_text("no picture")
    reported = answer(tiny, knowing, path, code=NOT_ALL_GOOD)
    assert (reported["refused"], reported["kinds"], reported["facts"]) == ("unreadable", [], [])
    assert "n'a pas pu être lue" in tiny("predict", knowing, path, "--lang", "fr", code=1).text


def test_training_on_features_takes_a_catalogue_too(tiny, knowing, catalogue, tmp_path):
    tiny("train", knowing, "--catalogue", catalogue, "--out", tmp_path / "model")
    carried = json_of(tmp_path / "model" / "bundle" / "catalogue.json")
    assert carried == json_of(knowing / "bundle" / "catalogue.json")


def test_labels_that_the_catalogue_does_not_know_are_reported(tiny, noise, catalogue, tmp_path):
    printed = tiny("run", noise, "--catalogue", catalogue, "--out", tmp_path / "out", *TINY).message
    assert "has no entry for 1 of 3 labels, such as 'c'" in printed


def test_a_bundle_with_a_damaged_catalogue_is_refused(tiny, knowing, noise, tmp_path):
    bundle = tmp_path / "bundle"
    shutil.copytree(knowing / "bundle", bundle)
    (bundle / "catalogue.json").write_text('{"format": 7}')
    renew_sums(bundle)
    tells = ["of the bundle", "expected format 1, found 7"]
    tiny.refuses("predict", bundle, noise / "a" / "0.jpg", code=DAMAGED, tells=tells)


def test_another_catalogue_is_another_run(tiny, knowing, noise, catalogue, tmp_path):
    again = ["run", noise, "--out", knowing, *TINY]
    assert "is complete" in tiny(*again, "--catalogue", catalogue).message
    tiny.refuses(*again, code=USAGE, tells=["with other options"])


def test_a_catalogue_that_does_not_do(tiny, noise, tmp_path):
    words = ["run", noise, "--out", tmp_path / "out", *TINY, "--catalogue"]
    tiny.refuses(*words, tmp_path / "none.json", code=NOT_FOUND, tells=["none.json"])
    path = tmp_path / "bad.json"
    broken = kind("a")
    del broken["family"]
    path.write_text(json.dumps(CATALOGUE | {"kinds": [broken]}))
    tiny.refuses(*words, path, code=USAGE, tells=[str(path), '"a"', "family"])
    path.write_text("no JSON")
    tiny.refuses(*words, path, code=USAGE, tells=["the catalogue", str(path)])
    assert not (tmp_path / "out").exists()


def test_our_own_catalogue_is_read(tiny, noise, tmp_path):
    ours = ROOT / "catalogue" / "kinds.json"
    tiny("run", noise, "--catalogue", ours, "--out", tmp_path / "out", *TINY)
    assert json_of(tmp_path / "out" / "bundle" / "catalogue.json")["kinds"] == []
