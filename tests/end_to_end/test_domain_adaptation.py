# SPDX-License-Identifier: Apache-2.0
"""`--adapt`: domain adaptation from studio to in-the-wild."""

import json

import pytest
from command import TINY, USAGE
from photographs import encoded, picture
from PIL import ImageEnhance
from tables import differences, json_of

SHOWN = {"shop": "abc", "still": "abcd", "frames": "e"}


@pytest.fixture(scope="module")
def features(tiny, tmp_path_factory):
    """The source still has the pictures of shops, much darker; d is known from it alone."""
    folder = tmp_path_factory.mktemp("adapt")
    for source, classes in SHOWN.items():
        for label in classes:
            (folder / source / label).mkdir(parents=True)
            for i in range(8):
                image = picture(1000 * ord(label) + i // 4, side=64)
                dark = ImageEnhance.Brightness(image).enhance(0.3 if source == "still" else 1)
                (folder / source / label / f"{i}.jpg").write_bytes(encoded(dark, "jpeg"))
    sources = [f"{source}={folder / source}" for source in SHOWN]
    words = ["--holdout", "0", "--crops", "whole,flip"]
    tiny("extract", *sources, "--out", folder / "features", *words, *TINY)
    return folder / "features"


@pytest.fixture(scope="module")
def train(tiny, features):
    def run(out, *words):
        return tiny("train", features, "--studio", "still,frames", *words, "--out", out)

    return run


def test_adapted_sources_train_and_are_not_evaluated(train, tmp_path):
    train(tmp_path / "unadapted", "--folds", "2")
    train(tmp_path / "adapted", "--folds", "2", "--adapt", "still")
    train(tmp_path / "again", "--folds", "2", "--adapt", "still", "--workers", "1")
    assert differences(tmp_path / "adapted", tmp_path / "again") == set()
    plain, adapted = (
        json_of(tmp_path / name / "run.json")["options"] for name in ("unadapted", "adapted")
    )
    assert "adapt" not in plain
    assert adapted["adapt"] == ["still"]
    different = differences(tmp_path / "unadapted", tmp_path / "adapted")
    assert {"bundle/model.safetensors", "metrics.json"} <= different
    # What was reduced stays where it is.
    assert not [name for name in different if name.startswith("tsne")]
    # They train, and are not evaluated.
    plain, adapted = (
        {entry.get("source") for entry in json_of(tmp_path / name / "metrics.json")["metrics"]}
        for name in ("unadapted", "adapted")
    )
    assert plain == {None, "shop", "still", "frames"}
    assert adapted == {None, "shop", "frames"}


def test_a_kind_known_from_adapted_pictures_is_found_in_the_wild(tiny, train, tmp_path):
    """Asked for the bright pictures of d, of which there are only dark ones to learn from."""
    paths = []
    for i in range(8):
        paths.append(tmp_path / f"{i}.jpg")
        paths[-1].write_bytes(encoded(picture(1000 * ord("d") + i // 4, side=64), "jpeg"))

    def found(out, *words):
        train(out, *words)
        printed = tiny("predict", out, *paths, "--json").text.splitlines()
        answers = [json.loads(line)["kinds"] for line in printed]
        return sum(k["probability"] for kinds in answers for k in kinds if k["id"] == "d")

    assert found(tmp_path / "adapted", "--adapt", "still") > 1.2 * found(tmp_path / "plain")


def test_only_studio_sources_that_share_a_label_are_adapted(tiny, train, features, tmp_path):
    def refused(words, code, tells):
        words = ["train", features, "--studio", "still,frames", *words, "--out", tmp_path / "no"]
        tiny.refuses(*words, code=code, tells=tells)

    refused(["--adapt", "shop"], USAGE, ["'shop'", "--studio"])
    refused(["--adapt", "still", "--classifier", "ridge"], USAGE, ["ridge", "logistic"])
    outcome = train(tmp_path / "frames", "--adapt", "frames")
    assert "adapt: the source 'frames' has no label in common" in outcome.message
    assert "(--adapt)" in outcome.message
