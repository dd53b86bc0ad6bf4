# SPDX-License-Identifier: Apache-2.0
"""Photographs of several sources, and a map that says what their folders are to be called."""

import json
import shutil

import pytest
from command import NOT_FOUND, TINY, USAGE
from photographs import make_folder
from tables import differences, json_of, keys_of, rows_of, statuses_of

MAP = """source,class,label,note
shop,a,apple,
shop,b,banana,
studio,a,apple,
studio,pear,pear,
studio,c,,of no use
"""


@pytest.fixture(scope="session")
def shop(tmp_path_factory):
    return make_folder(tmp_path_factory.mktemp("sources") / "shop", ("a", "b"))


@pytest.fixture(scope="session")
def studio(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sources") / "studio"
    make_folder(folder, ("not a", "not b", "a", "c", "pear"))
    for name in ("not a", "not b"):  # the photographs of the shop: there would be copies
        shutil.rmtree(folder / name)
    return folder


@pytest.fixture(scope="session")
def kinds(tmp_path_factory):
    path = tmp_path_factory.mktemp("map") / "kinds.csv"
    path.write_text(MAP)
    return path


@pytest.fixture(scope="session")
def by_kind(tiny, shop, studio, kinds, tmp_path_factory):
    """What `pomona run` makes of both."""
    out = tmp_path_factory.mktemp("by_kind") / "out"
    tiny("run", shop, studio, "--classes", kinds, "--out", out, *TINY)
    return out


def rows_kept_for_the_test(out) -> list[dict]:
    return [row for row in rows_of(out / "features") if row["split"] == "test"]


def labels_of(rows) -> dict[str, str]:
    return {row["path"]: row["label"] for row in rows}


def test_sources_become_one_set_of_labels(by_kind):
    labels = labels_of(rows_of(by_kind / "features"))
    assert len(labels) == 6 * 4
    assert labels["shop/a/0.jpg"] == labels["studio/a/0.jpg"] == "apple"
    assert labels["studio/pear/0.jpg"] == "pear"
    assert json_of(by_kind / "bundle" / "bundle.json")["labels"] == ["apple", "banana", "pear"]


def test_a_dropped_class_is_accounted_for(by_kind):
    statuses = statuses_of(by_kind)
    assert len(statuses) == 6 * 5
    assert {path for path, status in statuses.items() if status == "skipped"} == {
        f"studio/c/{i}.jpg" for i in range(6)
    }
    counts = json_of(by_kind / "run.json")["counts"]
    assert (counts["ok"], counts["skipped"], counts["classes"]) == (24, 6, 3)


def test_verify_lists_all_sources_anew(tiny, by_kind, shop):
    assert "30 files found anew" in tiny("verify", by_kind).text
    new = shop / "b" / "new.jpg"
    new.write_bytes((shop / "b" / "0.jpg").read_bytes())
    try:
        assert "'shop/b/new.jpg'" in tiny("verify", by_kind, code=1).text
    finally:
        new.unlink()


def test_sources_may_move(tiny, by_kind, shop, studio, tmp_path):
    moved = tmp_path / "elsewhere"
    moved.symlink_to(shop)
    words = ["--images", f"shop={moved}", "--images", studio]
    assert "30 files found anew" in tiny("verify", by_kind, *words).text


def test_the_same_again_is_done_and_another_map_is_not(
    tiny, by_kind, shop, studio, kinds, tmp_path
):
    again = ["run", shop, studio, "--out", by_kind, *TINY, "--classes"]
    assert "is complete" in tiny(*again, kinds).message
    other = tmp_path / "other.csv"
    other.write_text(MAP.replace("banana", "lemon"))
    tiny.refuses(*again, other, code=USAGE, tells=["of other photographs or with other options"])


def test_an_update_takes_rows_under_new_labels(tiny, by_kind, shop, studio, tmp_path):
    other = tmp_path / "other.csv"
    other.write_text(MAP.replace("studio,c,,", "studio,c,cherry,"))
    fresh, new = tmp_path / "fresh", tmp_path / "new"
    words = ["run", shop, studio, "--classes", other, *TINY, "--out"]
    tiny(*words, fresh)
    tiny(*words, new, "--from", by_kind)
    assert differences(fresh, new) == set()
    work = json_of(new / "run.json")["work"]
    assert (work["decoded"], work["rows_taken"]) == (6, 24)


def test_features_are_labelled_anew_for_training(tiny, shop, studio, kinds, tmp_path):
    """The rows of a dropped class are in the features: nothing learns from them or is judged by them."""
    features, model, whole = tmp_path / "features", tmp_path / "model", tmp_path / "whole"
    split = ["--holdout", "0.5"]
    tiny("extract", shop, studio, "--out", features, *TINY, *split)
    labels = labels_of(rows_of(features / "features"))
    assert labels["studio/pear/0.jpg"] == "pear" and labels["shop/b/0.jpg"] == "b"
    printed = tiny("train", features, "--classes", kinds, "--out", model).text
    assert "training does not know" not in printed
    metrics = json_of(model / "metrics.json")
    assert metrics["labels"] == ["apple", "banana", "pear"]
    assert metrics["train_rows"] + metrics["test_rows"] == 24
    assert json_of(model / "run.json")["counts"] == {"train": 12, "test": 12}
    assert metrics["metrics"][0]["rows"] == 12

    tiny("run", shop, studio, "--classes", kinds, "--out", whole, *TINY, *split)
    expected = json_of(whole / "metrics.json")
    assert expected["train_rows"] + expected["test_rows"] == 24


def test_groups_are_those_of_folders(tiny, shop, studio, tmp_path):
    """Folders that the map calls alike are not one group, however their files are called."""
    one_name = tmp_path / "map.csv"
    one_name.write_text("source,class,label\n,a,fruit\n,b,fruit\n,c,fruit\n,pear,other\n")
    words = ["scan", shop, studio, "--classes", one_name, "--group", "^", "--holdout", "0.5"]
    lines = {line.split()[0]: line.split()[1:3] for line in tiny(*words).text.splitlines()[1:3]}
    assert int(lines["fruit"][1]) > 0  # some folder, as a whole, is for the test
    assert int(lines["fruit"][1]) % 6 == 0


def test_reduced_rows_carry_the_new_labels(tiny, shop, kinds, tmp_path):
    features, reduced = tmp_path / "features", tmp_path / "reduced"
    tiny("extract", f"shop={shop}", "--out", features, *TINY)
    tiny("reduce", features, "--classes", kinds, "--out", reduced)
    rows = rows_of(reduced / "reduced")
    assert {row["label"] for row in rows} == {"apple", "banana"}
    assert {row["label_index"] for row in rows if row["split"] == "train"} == {0, 1}
    assert "ok       reduced" in tiny("verify", reduced).text


def test_evaluation_reads_labels_by_the_map(tiny, by_kind, shop, studio, kinds):
    of_photographs = tiny("evaluate", by_kind, shop, studio, "--classes", kinds).text
    assert "24 photographs judged" in of_photographs
    of_features = tiny("evaluate", by_kind, by_kind, "--classes", kinds).text
    assert f"{len(rows_kept_for_the_test(by_kind))} photographs judged" in of_features


def test_rows_are_in_byte_order_of_their_keys(by_kind):
    keys = keys_of(rows_of(by_kind / "features"))
    assert keys == sorted(keys)


def test_scan_counts_by_the_map(tiny, shop, studio, kinds):
    lines = tiny("scan", shop, studio, "--classes", kinds, "--holdout", "0").text.splitlines()
    assert [line.split()[:2] for line in lines[1:4]] == [
        ["apple", "12"],
        ["banana", "6"],
        ["pear", "6"],
    ]


@pytest.mark.parametrize(
    "text, tells",
    [
        ("source,class,label\nshop,a,apple\n", ["no row for the class 'b' of shop"]),
        (MAP + "shop,a,pear,\n", ["'a' of source 'shop' has two rows"]),
        ("class,label\na,apple\n", ["no column 'source'"]),
        ('source,class,label\nshop,"a,apple\n', ["line 2", "a quoted field without an end"]),
        ("", ["expected a header"]),
        (MAP.replace("shop", "store"), ["it has no source 'shop'", "'store', 'studio'"]),
        (MAP.replace("banana", "banana "), ["'banana '", "blank"]),
        (MAP.replace("banana", "p\xeache"), ["not UTF-8"]),
    ],
    ids=[
        "unknown class",
        "doubled class",
        "missing column",
        "torn quote",
        "empty",
        "unknown source",
        "blank",
        "latin",
    ],
)
def test_a_map_that_does_not_do(tiny, shop, tmp_path, text, tells):
    path = tmp_path / "bad.csv"
    path.write_text(text, encoding="latin-1")
    words = ["scan", f"shop={shop}", "--classes", path]
    tiny.refuses(*words, code=USAGE, tells=[str(path), *tells])


def test_a_map_that_is_not_there(tiny, shop, tmp_path):
    words = ["scan", shop, "--classes", tmp_path / "none.csv"]
    tiny.refuses(*words, code=NOT_FOUND, tells=["none.csv"])


def test_inputs_that_do_not_go_together(tiny, shop, studio, tmp_path):
    two = [shop, shop.parent.parent]
    tiny.refuses("scan", *two, code=USAGE, tells=["lie in one another", "count twice"])
    other = make_folder(tmp_path / "shop", ("a",))
    tells = ["both called 'shop'", "SOURCE=FOLDER"]
    tiny.refuses("scan", shop, other, code=USAGE, tells=tells)
    empty = tmp_path / "empty"
    empty.mkdir()
    tiny.refuses("scan", shop, empty, code=USAGE, tells=["source 'empty'", "no file found"])


def test_a_folder_in_brackets_is_no_list(tiny, tmp_path):
    """Which the parser of flags would make of it."""
    make_folder(tmp_path / "br", ("a", "b"), count=1)
    make_folder(tmp_path / "[br]", ("a", "b"), count=3)
    tiny.refuses("scan", "[br]", code=USAGE, tells=["square brackets", "./[a]"], cwd=tmp_path)
    assert "6 files" in tiny("scan", "./[br]", cwd=tmp_path).text


def test_heavier_photographs_are_believed(tiny, shop, tmp_path):
    """Two sources of the same photographs that contradict each other."""
    for source in ("one", "two"):
        make_folder(tmp_path / source, ("a", "b"))
    answers = {}
    for light in ("one", "two"):
        kinds = tmp_path / f"{light}.csv"
        rows = ["one,a,apple", "one,b,banana", "two,a,banana", "two,b,apple"]
        kinds.write_text(
            "source,class,label,weight\n"
            + "".join(f"{row},{0.01 if row.startswith(light) else 1}\n" for row in rows)
        )
        out = tmp_path / f"light_{light}"
        images = [f"one={tmp_path / 'one'}", f"two={tmp_path / 'two'}"]
        tiny("run", *images, "--classes", kinds, "--out", out, "--holdout", "0", *TINY)
        printed = tiny("predict", out, "--json", shop / "a" / "0.jpg").text
        answers[light] = json.loads(printed)["kinds"][0]["id"]
    assert answers == {"one": "banana", "two": "apple"}


@pytest.mark.parametrize("more", [[], ["--folds", "3"]])
def test_ridge_takes_no_weights(tiny, shop, tmp_path, more):
    kinds = tmp_path / "kinds.csv"
    kinds.write_text("source,class,label,weight\n,a,apple,2\n,b,banana,\n")
    words = ["run", shop, "--classes", kinds, "--out", tmp_path / "out", *TINY, *more]
    tiny.refuses(*words, "--classifier", "ridge", code=USAGE, tells=["ridge", "weight", "logistic"])


def test_weights_of_an_extraction_are_asked_for_again(tiny, shop, tmp_path):
    kinds = tmp_path / "kinds.csv"
    kinds.write_text("source,class,label,weight\n,a,apple,2\n,b,banana,\n")
    tiny("extract", shop, "--classes", kinds, "--out", tmp_path / "features", *TINY)
    words = ["train", tmp_path / "features", "--out"]
    assert "give it again, or all photographs weigh 1" in tiny(*words, tmp_path / "plain").message
    assert "again" not in tiny(*words, tmp_path / "heavy", "--classes", kinds).message
    plain, heavy = (tmp_path / name / "bundle" / "model.safetensors" for name in ("plain", "heavy"))
    assert plain.read_bytes() != heavy.read_bytes()
