# SPDX-License-Identifier: Apache-2.0
"""`--backbone-classes`: a Gaussian prior for labels that only the studio domain shows."""

import pytest
from command import TINY, USAGE
from photographs import make_folder
from tables import differences, json_of

SHOWN = {"shop": "ab", "frames": "abc"}


@pytest.fixture(scope="module")
def sources(tmp_path_factory):
    """c is known from frames alone."""
    folder = tmp_path_factory.mktemp("backbone_classes")
    return [f"{name}={make_folder(folder / name, classes)}" for name, classes in SHOWN.items()]


@pytest.fixture(scope="module")
def features(tiny, sources, tmp_path_factory):
    out = tmp_path_factory.mktemp("backbone_classes_features") / "out"
    tiny("extract", *sources, "--out", out, "--holdout", "0", *TINY)
    return out


@pytest.fixture
def train(tiny, features, tmp_path):
    def run(name, rows="", words=()):
        if rows:
            (tmp_path / "own.csv").write_text(f"class,name,label\n{rows}\n")
            words = [*words, "--backbone-classes", tmp_path / "own.csv"]
        out = tmp_path / name
        tiny("train", features, "--studio", "frames", "--folds", "2", *words, "--out", out)
        return out

    return run


def test_labels_never_seen_in_the_wild_get_the_prior(train, tmp_path):
    known = train("known", "2,a fig,c")
    assert differences(known, train("again", "2,a fig,c", ["--workers", "1"])) == set()
    options = json_of(known / "run.json")["options"]
    assert options["backbone_classes"] == str(tmp_path / "own.csv")
    plain = train("plain")
    assert "backbone_classes" not in json_of(plain / "run.json")["options"]
    different = differences(plain, known)
    assert {"bundle/model.safetensors", "metrics.json"} <= different
    # So does the fit of each fold.
    losses = [json_of(out / "metrics.json")["metrics"][0]["log_loss"] for out in (plain, known)]
    assert losses[0] != losses[1]
    # Another class gives another prior.
    assert "bundle/model.safetensors" in differences(known, train("other", "3,a date,c"))


def test_labels_seen_in_the_wild_do_not(train):
    seen = train("seen", "1,x,a\n2,y,b\n3,z,none of them")
    assert differences(train("plain"), seen) == set()


def test_a_file_of_no_use_is_reported(tiny, features, tmp_path):
    (tmp_path / "own.csv").write_text("class,label\n1,a\n")
    words = ["--studio", "frames", "--backbone-classes", tmp_path / "own.csv"]
    told = tiny("train", features, *words, "--out", tmp_path / "out").message
    assert "no label of the classes is learnt from studio sources alone" in told
    assert "(--backbone-classes, --studio)" in told


def test_a_run_is_another_with_another_file(tiny, sources, tmp_path):
    words = ["run", *sources, "--studio", "frames", "--out", tmp_path / "out", *TINY]
    words += ["--holdout", "0", "--backbone-classes", tmp_path / "own.csv"]
    (tmp_path / "own.csv").write_text("class,label\n2,c\n")
    tiny(*words)
    assert "is complete" in tiny(*words).message
    (tmp_path / "own.csv").write_text("class,label\n3,c\n")
    tiny.refuses(*words, code=USAGE, tells=["with other options"])


@pytest.mark.parametrize(
    ("rows", "words", "tells"),
    [
        ("2,a fig,c\n2,a date,c", [], ["own.csv", "class 2 has two rows"]),
        ("fig,a fig,c", [], ["'fig' is no whole number"]),
        ("5,a fig,c", [], ["there is no class 5", "'tiny'", "0 to 4"]),
        ("2,a fig,c", ["--classifier", "ridge"], ["ridge", "logistic"]),
    ],
)
def test_what_cannot_be_used_is_reported(tiny, features, tmp_path, rows, words, tells):
    (tmp_path / "own.csv").write_text(f"class,name,label\n{rows}\n")
    words = [*words, "--studio", "frames", "--backbone-classes", tmp_path / "own.csv"]
    words += ["--out", tmp_path / "out"]
    tiny.refuses("train", features, *words, code=USAGE, tells=tells)
    assert not (tmp_path / "out").exists()


def test_a_run_tells_of_a_class_that_is_not_there_before_it_extracts(tiny, sources, tmp_path):
    (tmp_path / "own.csv").write_text("class,label\n5,c\n")
    words = [*sources, "--studio", "frames", "--backbone-classes", tmp_path / "own.csv"]
    words += ["--out", tmp_path / "out", "--part-files", "4", *TINY]
    result = tiny.refuses("run", *words, code=USAGE, tells=["there is no class 5"])
    assert "extract" not in result.message
    assert not list((tmp_path / "out").rglob("*.parquet"))


def test_it_needs_sources_of_studio_pictures(tiny, features, tmp_path):
    (tmp_path / "own.csv").write_text("class,label\n2,c\n")
    words = ["--backbone-classes", tmp_path / "own.csv", "--out", tmp_path / "out"]
    tells = ["--backbone-classes", "--studio"]
    tiny.refuses("train", features, *words, code=USAGE, tells=tells)
