# SPDX-License-Identifier: Apache-2.0
"""Varieties of a label, and labels known from studio images alone: learnt, and reported by `predict`."""

import json

import pytest
from command import TINY, USAGE
from photographs import encoded, picture
from PIL import Image
from tables import differences, json_of

# The label x has the varieties Alpha and Beta, and photographs of neither; y has none.
MAP = """source,class,label,variety
shop,a,x,Alpha
shop,b,x,Beta
shop,c,x,
shop,d,y,
studio,a,x,Alpha
studio,e,z,
"""
FOLDS = ["--folds", "4", "--c", "10"]


def texts(english: str, french: str) -> dict:
    return {"en": english, "fr": french}


CATALOGUE = {
    "format": 1,
    "kinds": [
        {
            "id": name,
            "name": texts(f"Fruit {name}", f"Le fruit {name}"),
            "scientific_name": "Fructus",
            "family": "Fructaceae",
            "part": texts("a berry", "une baie"),
            "origin": texts("an island", "une île"),
            "cautions": [],
            "facts": [texts("Rare.", "Rare.") | {"source": "general knowledge, not checked"}],
        }
        for name in "xyz"
    ],
    "lookalikes": [],
    "varieties": [
        {
            "kind": "x",
            "id": name,
            "name": texts(f"{name} the Great", f"Grand {name}"),
            "distinguished_by": texts("Big spots.", "De grandes taches."),
        }
        for name in ("Alpha", "Gamma")
    ],
}


def photograph(target, classes: str, count: int, first: int = 0):
    """LABEL/N.jpg: those of a class are much alike, and unlike others."""
    for name in classes:
        (target / name).mkdir(parents=True)
        for i in range(first, first + count):
            seen = Image.blend(picture(8000 + ord(name)), picture(9000 + 100 * ord(name) + i), 0.2)
            (target / name / f"{i}.jpg").write_bytes(encoded(seen))
    return target


@pytest.fixture(scope="session")
def shop(tmp_path_factory):
    return photograph(tmp_path_factory.mktemp("varieties") / "shop", "abcd", count=24)


@pytest.fixture(scope="session")
def studio(shop):
    return photograph(shop.parent / "studio", "abcde", count=10, first=30)


@pytest.fixture(scope="session")
def kinds(shop):
    path = shop.parent / "kinds.csv"
    path.write_text(MAP + "".join(f"studio,{name},,\n" for name in "bcd"))
    return path


@pytest.fixture(scope="session")
def catalogue(shop):
    path = shop.parent / "kinds.json"
    path.write_text(json.dumps(CATALOGUE))
    return path


@pytest.fixture(scope="session")
def features(tiny, shop, studio, kinds):
    out = shop.parent / "features"
    words = ["--classes", kinds, "--holdout", "0", *TINY]
    tiny("extract", f"shop={shop}", f"studio={studio}", "--out", out, *words)
    return out


@pytest.fixture(scope="session")
def judged(tiny, features, kinds, catalogue, shop):
    """A cross-validated model that knows what is studio."""
    out = shop.parent / "judged"
    words = ["--classes", kinds, "--catalogue", catalogue, "--studio", "studio", *FOLDS]
    tiny("train", features, "--out", out, *words)
    return out


def answers_of(tiny, out, *photographs, words=()) -> list[dict]:
    text = tiny("predict", out, "--json", *photographs, *words).text
    return [json.loads(line) for line in text.splitlines()]


def test_a_variety_is_reported_where_it_is_known(tiny, judged, shop):
    for name, varieties in (("a", {"Alpha"}), ("b", {"Beta"}), ("c", set()), ("d", set())):
        answers = answers_of(tiny, judged, *sorted((shop / name).iterdir()))
        found = [answer["variety"]["id"] for answer in answers if answer["variety"]]
        assert set(found) == varieties
        assert len(found) >= len(varieties) * 10


def test_what_the_catalogue_says_of_it_is_reported(tiny, judged, shop):
    alpha, beta = answers_of(tiny, judged, shop / "a" / "0.jpg", shop / "b" / "0.jpg")
    assert list(alpha["variety"]) == ["id", "name", "probability", "distinguished_by"]
    assert alpha["variety"]["name"] == "Alpha the Great"
    assert alpha["variety"]["distinguished_by"] == "Big spots."
    assert alpha["variety"]["probability"] <= alpha["kinds"][0]["probability"]
    assert (beta["variety"]["name"], beta["variety"]["distinguished_by"]) == ("Beta", None)
    text = tiny("predict", judged, shop / "a" / "0.jpg").text
    assert "  Variety: Alpha the Great, " in text
    assert "  How to recognise it: Big spots.\n" in text
    text = tiny("predict", judged, shop / "a" / "0.jpg", "--lang", "fr").text
    assert "  Variété : Grand Alpha, " in text
    assert "  Ce qui la distingue : De grandes taches.\n" in text
    assert "How to tell" not in tiny("predict", judged, shop / "b" / "0.jpg").text
    assert "Variety" not in tiny("predict", judged, shop / "c" / "0.jpg").text


def test_the_bundle_carries_the_varieties_it_reports(judged):
    settings = json_of(judged / "bundle" / "bundle.json")
    (varieties,) = settings["varieties"]
    assert (varieties["label"], varieties["names"]) == ("x", ["Alpha", "Beta"])
    assert varieties["others"] is True
    assert 0 < varieties["least_probability"] < 1
    carried = json_of(judged / "bundle" / "catalogue.json")["varieties"]
    assert [one["id"] for one in carried] == ["Alpha"]


def test_varieties_that_look_alike_are_never_reported(tiny, tmp_path):
    """Photographs of one class under two names: held out, half of what is reported is wrong."""
    one = tmp_path / "one"
    for source in ("left", "right"):
        photograph(one / source, "xy", count=20, first=0 if source == "left" else 20)
    words = ["--holdout", "0", *TINY]
    sources = [f"left={one / 'left'}", f"right={one / 'right'}"]
    blind = tmp_path / "blind.csv"
    blind.write_text("source,class,label,variety\nleft,x,x,Left\nright,x,x,Right\n,y,y,\n")
    done = tiny("run", *sources, "--classes", blind, "--out", tmp_path / "out", *words, *FOLDS)
    assert "varieties of 'x' are not reported" in done.message
    assert "varieties" not in json_of(tmp_path / "out" / "bundle" / "bundle.json")
    (answer,) = answers_of(tiny, tmp_path / "out", one / "left" / "x" / "0.jpg")
    assert answer["variety"] is None


def test_without_folds_the_probable_are_reported(tiny, features, kinds, shop, tmp_path):
    tiny("train", features, "--out", tmp_path / "out", "--classes", kinds, "--c", "10")
    (varieties,) = json_of(tmp_path / "out" / "bundle" / "bundle.json")["varieties"]
    assert varieties["least_probability"] == 0.8
    answers = answers_of(tiny, tmp_path / "out", *sorted((shop / "a").iterdir()))
    assert {answer["variety"]["id"] for answer in answers if answer["variety"]} == {"Alpha"}


def test_a_map_without_varieties_changes_nothing(tiny, features, kinds, tmp_path):
    plain = tmp_path / "plain.csv"
    plain.write_text("\n".join(line.rsplit(",", 1)[0] for line in kinds.read_text().splitlines()))
    empty = tmp_path / "empty.csv"
    empty.write_text(
        "\n".join(
            line.rsplit(",", 1)[0] + ("," if i else ",variety")
            for i, line in enumerate(kinds.read_text().splitlines())
        )
    )
    for path in (plain, empty):
        tiny("train", features, "--classes", path, "--out", tmp_path / path.stem, *FOLDS)
    assert not differences(tmp_path / "plain", tmp_path / "empty")
    settings = json_of(tmp_path / "plain" / "bundle" / "bundle.json")
    assert "varieties" not in settings


def test_same_bytes_for_any_number_of_workers(tiny, features, kinds, catalogue, judged, tmp_path):
    words = ["--classes", kinds, "--catalogue", catalogue, "--studio", "studio", *FOLDS]
    tiny("train", features, "--out", tmp_path / "out", *words, "--workers", "1")
    assert not differences(judged, tmp_path / "out")


def test_varieties_of_several_crops(tiny, shop, kinds, tmp_path):
    words = ["--classes", kinds, "--out", tmp_path / "out", "--holdout", "0", *FOLDS]
    tiny("run", f"shop={shop}", *words, "--crops", "whole,flip", *TINY)
    (answer,) = answers_of(tiny, tmp_path / "out", shop / "b" / "1.jpg")
    assert answer["variety"]["id"] == "Beta"


def test_ridge_reports_none(tiny, features, kinds, tmp_path):
    words = ["--classes", kinds, "--classifier", "ridge", "--out", tmp_path / "out"]
    assert "ridge regression reports none" in tiny("train", features, *words).message
    assert "varieties" not in json_of(tmp_path / "out" / "bundle" / "bundle.json")


def test_a_rejected_photograph_has_no_variety(tiny, features, kinds, shop, tmp_path):
    words = ["--classes", kinds, "--c", "10", "--reject-rate", "0.1", "--out", tmp_path / "out"]
    tiny("train", features, *words)
    whole = shop / "a" / "0.jpg"
    small = tmp_path / "small.jpg"
    small.write_bytes(encoded(Image.open(whole).resize((39, 39)), quality=95))
    answered, rejected = answers_of(tiny, tmp_path / "out", whole, small)
    assert answered["variety"]["id"] == "Alpha"
    assert rejected["refused"] == "too_small" and rejected["kinds"][0]["id"] == "x"
    assert rejected["variety"] is None


def test_a_kind_known_from_studio_pictures_alone_is_reported(tiny, judged, shop, studio):
    assert json_of(judged / "bundle" / "bundle.json")["studio_only"] == ["z"]
    assert json_of(judged / "run.json")["options"]["studio"] == ["studio"]
    both = [studio / "e" / "30.jpg", shop / "d" / "0.jpg"]
    for answer in answers_of(tiny, judged, *both):
        assert {kind["id"]: kind["studio_only"] for kind in answer["kinds"]} == {
            "x": False,
            "y": False,
            "z": True,
        }
    assert "studio images only, so be less sure" in tiny("predict", judged, both[0]).text
    assert "photos de studio" in tiny("predict", judged, both[0], "--lang", "fr").text
    assert "studio" not in tiny("predict", judged, both[1]).text.replace(str(both[1]), "")


def test_without_studio_no_kind_is_called_so(tiny, noise_results, noise):
    assert "studio_only" not in json_of(noise_results / "bundle" / "bundle.json")
    (answer,) = answers_of(tiny, noise_results, noise / "a" / "0.jpg")
    assert [kind["studio_only"] for kind in answer["kinds"]] == [False] * 3


def test_studio_sources_are_those_of_the_run(tiny, features, shop, studio, kinds, tmp_path):
    words = ["train", features, "--classes", kinds, "--out", tmp_path / "out"]
    tells = ["no source 'wild'", "'shop', 'studio'"]
    tiny.refuses(*words, "--studio", "studio,wild", code=USAGE, tells=tells)
    words = ["run", shop, "--out", tmp_path / "out", *TINY, "--studio", "shop"]
    tiny.refuses(*words, code=USAGE, tells=["no source 'shop'", "SOURCE=FOLDER"])
    assert not (tmp_path / "out").exists()


def test_another_studio_is_another_run(tiny, shop, studio, kinds, tmp_path):
    sources = [f"shop={shop}", f"studio={studio}"]
    words = ["run", *sources, "--classes", kinds, "--out", tmp_path / "out", *TINY]
    tiny(*words, "--studio", "studio")
    assert "is complete" in tiny(*words, "--studio", "studio").message
    tiny.refuses(*words, code=USAGE, tells=["with other options"])


def test_what_was_not_checked_is_said_in_french_too(tiny, judged, shop):
    english, french = (
        tiny("predict", judged, shop / "d" / "0.jpg", "--lang", language).text
        for language in ("en", "fr")
    )
    assert "[general knowledge, not checked]" in english
    assert "[culture générale, non vérifié]" in french
