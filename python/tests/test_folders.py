# SPDX-License-Identifier: Apache-2.0
"""Folders of photographs as they are given to verbs: one, several, with names, with strange names."""

import shutil

import pytest
from conftest import FRUITS

import pomona
from pomona.errors import InvalidInputError, NotFoundError

LABELS = ("Banana", "Beetroot")


@pytest.fixture
def photos(tmp_path, monkeypatch):
    """Makes folders with a folder for each label, in the working directory."""
    monkeypatch.chdir(tmp_path)

    def make(name):
        for label in LABELS:
            shutil.copytree(FRUITS / label, tmp_path / name / label)
        return name

    return make


def test_a_missing_folder_among_several_is_not_found(photos, tiny):
    here = photos("here")
    for images in ([here, "nope"], ["nope", here], {"a": here, "b": "nope"}):
        with pytest.raises(NotFoundError, match="no folder 'nope'"):
            pomona.extract(images, **tiny)
    with pytest.raises(NotFoundError, match="no folder 'nope'"):
        pomona.extract(here, test=[here, "nope"], **tiny)


def test_folders_and_other_things_do_not_mix(photos, tiny):
    here = photos("here")
    file = next(FRUITS.glob("Banana/*.jpg"))
    for images in ([here, file], {"a": here, "b": str(file)}):
        with pytest.raises(InvalidInputError, match=f"expected folders.*'{file}'.*has a label"):
            pomona.extract(images, **tiny)
    with pytest.raises(InvalidInputError, match="expected folders.*found bytes"):
        pomona.extract([here, b"photograph"], **tiny)


def test_evaluate_says_which_folder_is_missing(photos, tiny):
    here = photos("here")
    bundle = pomona.train(pomona.extract(here, **tiny), models=tiny["models"])
    for data in ([here, "nope"], ["nope", "neither"], {"a": "nope", "b": here}):
        with pytest.raises(NotFoundError, match="no file or folder 'nope'"):
            pomona.evaluate(bundle, data)
    with pytest.raises(InvalidInputError, match="expected folders"):
        pomona.evaluate(bundle, [here, next(FRUITS.glob("Banana/*.jpg"))])


def test_a_source_whose_name_the_core_does_not_take_is_refused(photos, tiny):
    here = photos("here")
    for name in ("my studio", "", "..", "a/b", "café"):
        for call in (
            lambda images: pomona.extract(images, **tiny),
            lambda images: pomona.extract(here, test=images, **tiny),
            pomona.scan,
        ):
            with pytest.raises(InvalidInputError, match="expected a name of letters.*found"):
                call({name: here})


def test_messages_about_sources_name_the_option_and_no_flag(photos, tiny):
    photos("a/shop"), photos("b/shop")
    calls = (
        lambda: pomona.extract(["a/shop", "b/shop"], **tiny),
        lambda: pomona.scan(["a/shop", "b/shop"]),
        lambda: pomona.extract(["a/shop", "b/shop"], out="out", **tiny),
    )
    for call in calls:
        with pytest.raises(
            InvalidInputError, match="give one of them another name in images"
        ) as one:
            call()
        assert "SOURCE" not in str(one.value)
    with pytest.raises(InvalidInputError, match="give each a name in images") as one:
        table = pomona.extract("a/shop", **tiny)
        pomona.train(table, studio="shop", models=tiny["models"])
    assert "SOURCE" not in str(one.value)
    pomona.extract({"first": "a/shop", "second": "b/shop"}, **tiny)


def test_an_equals_sign_belongs_to_the_name_of_a_folder(photos, tiny, tmp_path):
    name = photos("lr=0.1")
    expected = list(pomona.extract(photos("here"), holdout=0, **tiny)["path"])
    for images in (name, [name], tmp_path / name):
        table = pomona.extract(images, holdout=0, **tiny)
        assert list(table["path"]) == expected
        assert table.origin.sources == ()
    named = pomona.extract({"studio": name}, holdout=0, **tiny)
    assert named.origin.sources == ("studio",)
    assert pomona.extract("here", test=name, **tiny).origin.split.kind == "test_set"
    scan = pomona.scan("here")
    assert pomona.scan(name) == scan == pomona.scan([name])
    assert pomona.scan({"studio": name}).ok == scan.ok
    output = pomona.extract(name, out="out=1", test="here", **tiny)
    assert output.labels == list(LABELS)
    assert pomona.verify("out=1", images=name, test="here", models=tiny["models"]).ok
