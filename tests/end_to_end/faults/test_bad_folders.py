# SPDX-License-Identifier: Apache-2.0
"""Folders that are missing, empty, flat, too small, or in the way: what is said, what still works."""

import os
import shutil
import signal
import time

import pytest
from command import DAMAGED, DONE, NOT_FOUND, TINY, UNAVAILABLE, USAGE, Pomona, wait_until
from photographs import copy_fruits, encoded, make_folder, picture
from tables import (
    differences,
    edit_checked_json,
    files_below,
    json_of,
    matrix_of,
    part_records,
    results_below,
    rows_of,
)


def chain(images, out, *words):
    return ["run", images, "--out", out, *TINY, *words]


def test_a_missing_folder(tiny, tmp_path):
    for verb in ("run", "extract"):
        words = [verb, tmp_path / "nowhere", "--out", tmp_path / "out", *TINY]
        tiny.refuses(*words, code=NOT_FOUND, tells=[str(tmp_path / "nowhere")])
    tiny.refuses("scan", tmp_path / "nowhere", code=NOT_FOUND, tells=["nowhere"])
    assert not (tmp_path / "out").exists()


def test_a_missing_test_folder(tiny, noise, tmp_path):
    words = chain(noise, tmp_path / "out", "--test", tmp_path / "nowhere")
    tiny.refuses(*words, code=NOT_FOUND, tells=[str(tmp_path / "nowhere")])
    assert not (tmp_path / "out").exists()


def test_a_file_instead_of_a_folder(tiny, noise, tmp_path):
    photograph = noise / "a" / "0.jpg"
    words = chain(photograph, tmp_path / "out")
    tiny.refuses(*words, code=USAGE, tells=[str(photograph), "folder"])


def test_an_empty_folder(tiny, tmp_path):
    (tmp_path / "images" / "a" / "b").mkdir(parents=True)
    tells = [str(tmp_path / "images"), "no file", "LABEL"]
    tiny.refuses(*chain(tmp_path / "images", tmp_path / "out"), code=USAGE, tells=tells)
    assert not (tmp_path / "out").exists()


def test_a_test_folder_without_photographs(tiny, noise, tmp_path):
    (tmp_path / "test").mkdir()
    words = chain(noise, tmp_path / "out", "--test", tmp_path / "test")
    tiny.refuses(*words, code=USAGE, tells=[str(tmp_path / "test")])
    assert not (tmp_path / "out").exists()


def test_files_but_no_photograph(tiny, tmp_path):
    (tmp_path / "images" / "a").mkdir(parents=True)
    (tmp_path / "images" / "a" / "notes.txt").write_text("no picture")
    tells = [str(tmp_path / "images"), "JPEG, PNG or WebP"]
    tiny.refuses(*chain(tmp_path / "images", tmp_path / "out"), code=USAGE, tells=tells)


def test_without_label_folders_all_but_the_classifier_works(tiny, tmp_path):
    images = tmp_path / "images"
    images.mkdir()
    for i in range(12):
        (images / f"{i}.jpg").write_bytes(encoded(picture(i)))
    done = tiny(*chain(images, tmp_path / "out"))
    assert "no classifier" in done.message and "photographs of two labels" in done.message
    rows = rows_of(tmp_path / "out" / "reduced")
    assert {(row["label"], row["label_index"], row["split"]) for row in rows} == {
        ("", None, "train")
    }
    assert matrix_of(tmp_path / "out" / "reduced", "pca_features").shape == (12, 11)
    metrics = json_of(tmp_path / "out" / "metrics.json")
    assert metrics["labels"] == metrics["metrics"] == []
    assert metrics["headline"].startswith("No headline metric")
    assert (tmp_path / "out" / "report.html").stat().st_size > 0
    tiny("report", tmp_path / "out")
    tiny("verify", tmp_path / "out")
    for verb, what in (("predict", images / "0.jpg"), ("evaluate", images)):
        tells = ["no classifier", "labels"]
        tiny.refuses(verb, tmp_path / "out", what, code=USAGE, tells=tells)
    tiny("reduce", tmp_path / "out", "--out", tmp_path / "reduced")


def test_one_label_alone(tiny, tmp_path):
    images = make_folder(tmp_path / "images", "a", count=8)
    done = tiny(*chain(images, tmp_path / "out"))
    assert "no classifier" in done.message
    assert {row["split"] for row in rows_of(tmp_path / "out" / "features")} == {"train"}
    assert {row["label_index"] for row in rows_of(tmp_path / "out" / "reduced")} == {0}
    tiny("verify", tmp_path / "out")


def test_two_photographs_are_the_fewest_for_a_classifier(tiny, tmp_path):
    images = make_folder(tmp_path / "images", "ab", count=1)
    tiny(*chain(images, tmp_path / "out"))
    assert matrix_of(tmp_path / "out" / "reduced", "pca_features").shape == (2, 1)
    assert json_of(tmp_path / "out" / "metrics.json")["metrics"] == []
    tiny("predict", tmp_path / "out", images / "a" / "0.jpg")
    tiny("verify", tmp_path / "out")


def test_one_photograph_alone_cannot_be_reduced(tiny, tmp_path):
    images = make_folder(tmp_path / "images", "a", count=1)
    tells = ["two training photographs", "found 1"]
    tiny.refuses(*chain(images, tmp_path / "out"), code=USAGE, tells=tells)
    assert results_below(tmp_path / "out") == set()
    tiny("extract", images, "--out", tmp_path / "out", *TINY)


def test_photographs_that_are_all_the_same(tiny, tmp_path):
    content = encoded(picture(1))
    for label in "ab":
        (tmp_path / "images" / label).mkdir(parents=True)
        for i in range(5):
            (tmp_path / "images" / label / f"{i}.jpg").write_bytes(content)
    tells = ["all of them are the same", "photographs differ"]
    tiny.refuses(*chain(tmp_path / "images", tmp_path / "out"), code=USAGE, tells=tells)
    assert results_below(tmp_path / "out") == set()


def test_most_features_constant(tiny, tmp_path):
    """Two kinds of photographs: one direction in which they differ, and no more."""
    for label, seed in (("a", 1), ("b", 2)):
        (tmp_path / "images" / label).mkdir(parents=True)
        for i in range(5):
            # The same pixels in other bytes: copies would stay on one side of the holdout.
            content = encoded(picture(seed), "PNG", compress_level=2 * i)
            (tmp_path / "images" / label / f"{i}.png").write_bytes(content)
    tiny(*chain(tmp_path / "images", tmp_path / "out"))
    main = json_of(tmp_path / "out" / "metrics.json")["metrics"][0]
    assert main["accuracy"] == 1
    tiny("verify", tmp_path / "out")


def test_out_inside_images_and_images_inside_out(tiny, noise, tmp_path):
    images = make_folder(tmp_path / "images", "ab")
    before = files_below(tmp_path)
    for out in (images / "out", images, tmp_path, images / "a" / ".." / "out", f"{images}/"):
        tiny.refuses(*chain(images, out), code=USAGE, tells=[str(images), "overlaps"])
        tiny.refuses(*chain(images, out, "--force"), code=USAGE, tells=["overlaps"])
    (tmp_path / "link").symlink_to(images)
    tiny.refuses(*chain(images, tmp_path / "link" / "out"), code=USAGE, tells=["overlaps"])
    tiny.refuses(*chain(tmp_path / "link", images / "out"), code=USAGE, tells=["overlaps"])
    tiny.refuses(*chain(noise, images / "out", "--test", images), code=USAGE, tells=["overlaps"])
    assert files_below(tmp_path) == before


def test_out_beside_images_with_a_name_that_begins_alike(tiny, tmp_path):
    images = make_folder(tmp_path / "images", "ab", count=2)
    tiny(*chain(images, tmp_path / "images_out"))


def test_out_that_is_not_empty(tiny, noise, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("mine")
    for verb in ("run", "extract"):
        words = [verb, noise, "--out", tmp_path / "out", *TINY]
        tiny.refuses(*words, code=USAGE, tells=[str(tmp_path / "out"), "not empty", "--force"])
    assert files_below(tmp_path / "out") == {"mine.txt"}


def test_out_that_is_empty_or_in_folders_not_yet_made(tiny, noise, tmp_path):
    (tmp_path / "out").mkdir()
    tiny(*chain(noise, tmp_path / "out"), code=DONE)
    tiny(*chain(noise, tmp_path / "one" / "two" / "out"), code=DONE)


def test_out_that_is_a_file(tiny, noise, tmp_path):
    (tmp_path / "out").write_text("a file")
    for force in ([], ["--force"]):
        tells = [str(tmp_path / "out"), "folder"]
        tiny.refuses(*chain(noise, tmp_path / "out", *force), code=USAGE, tells=tells)
    tiny.refuses(*chain(noise, tmp_path / "out" / "below"), code=USAGE, tells=[str(tmp_path)])
    assert (tmp_path / "out").read_text() == "a file"


def test_a_folder_in_which_a_run_is_at_work_is_not_taken_from_it(tiny, noise, tmp_path):
    out = tmp_path / "out"
    first = tiny.start(*chain(noise, out))
    while not (out / "_pomona").exists():
        time.sleep(0.001)
    first.send_signal(signal.SIGSTOP)
    tiny.refuses(*chain(noise, out, "--force"), code=UNAVAILABLE, tells=["at work", str(out)])
    first.send_signal(signal.SIGCONT)
    assert first.wait(timeout=60) == 0
    assert (out / "_SUCCESS").exists()


def test_a_refused_run_leaves_no_folder_behind(tiny, noise, tmp_path):
    words = chain(noise, tmp_path / "one" / "two" / "out", "--components", "1000")
    tiny.refuses(*words, code=USAGE, tells=["1000"])
    assert list(tmp_path.iterdir()) == []


def test_more_components_than_photographs_are_refused_before_any_is_read(tiny, noise, tmp_path):
    words = chain(noise, tmp_path / "out", "--components", "1000", "--log-timing")
    refused = tiny.refuses(*words, code=USAGE, tells=["1000"])
    assert "scan" in refused.message and "extract" not in refused.message


def test_capital_letters_and_order_of_labels(tiny, tmp_path):
    images = copy_fruits(tmp_path / "images", ["Kiwi", "Banana"], count=4)
    (images / "Banana").rename(images / "banana")
    tiny(*chain(images, tmp_path / "out"))
    assert json_of(tmp_path / "out" / "metrics.json")["labels"] == ["Kiwi", "banana"]


@pytest.mark.parametrize("depth", [1, 3, 40])
def test_the_label_is_the_folder_a_photograph_lies_in(tiny, tmp_path, depth):
    below = tmp_path / "images" / "/".join(f"d{i}" for i in range(depth))
    make_folder(below, ("x", "y"), count=2)
    tiny("extract", tmp_path / "images", "--out", tmp_path / "out", *TINY)
    assert {row["label"] for row in rows_of(tmp_path / "out" / "features")} == {"x", "y"}


LATIN_1 = os.fsdecode(b"caf\xe9")  # a name of bytes that are not UTF-8


def test_a_folder_whose_name_is_not_utf8_is_gone_on_with(tiny, noise, tmp_path):
    images = shutil.copytree(noise, tmp_path / LATIN_1 / "images")
    words = ["--part-files", "3", "--group", f"^({LATIN_1}|[0-9])", "--workers", "1"]
    out = tmp_path / LATIN_1 / "out"
    tiny(*chain(noise, tmp_path / "plain", *words))
    killed = tiny.start(*chain(images, out, *words))
    wait_until(lambda: part_records(out), killed)
    killed.kill()
    killed.wait()
    assert not (out / "_SUCCESS").exists()
    done = tiny(*chain(images, out, *words))
    assert "going on with an unfinished run" in done.message
    assert differences(out, tmp_path / "plain") == set()
    assert "is complete" in tiny(*chain(images, out, *words)).message
    record = json_of(out / "run.json")
    assert record["inputs"]["images"].endswith("/caf%E9/images")
    assert record["options"]["group"] == "^(caf%E9|[0-9])"
    tiny("verify", out)  # finds the photographs by run.json
    tiny("train", out, "--out", tmp_path / LATIN_1 / "trained")
    trained = json_of(tmp_path / LATIN_1 / "trained" / "run.json")
    assert trained["options"]["group"] == record["options"]["group"]
    for verb in ("reduce", "evaluate"):
        place = [out, out] if verb == "evaluate" else [out, "--out", tmp_path / LATIN_1 / verb]
        tiny(verb, *place)


def test_a_place_that_looks_like_an_escape_comes_back(tiny, noise, tmp_path):
    """`caf%E9` is another folder than the one with this byte."""
    images = shutil.copytree(noise, tmp_path / "caf%E9")
    tiny(*chain(images, tmp_path / "out"))
    tiny("verify", tmp_path / "out")


def test_results_of_other_programs_are_not_replaced(tiny, noise, tmp_path):
    out = tmp_path / "out"
    (out / "features").mkdir(parents=True)
    (out / "features" / "mine.parquet").write_text("mine")
    for text in ('{"steps": 3}', "[]", "no JSON", ""):
        (out / "run.json").write_text(text)
        (out / "_SUCCESS").touch()
        for verb in ("run", "extract"):
            words = [verb, noise, "--out", out, *TINY]
            tiny.refuses(*words, code=USAGE, tells=["not empty"])
            tiny.refuses(*words, "--force", code=USAGE, tells=["written by pomona"])
        assert files_below(out) == {"features/mine.parquet", "run.json", "_SUCCESS"}
        assert (out / "run.json").read_text() == text


def test_unfinished_work_of_another_shape_is_no_bug_of_ours(tiny, noise, tmp_path):
    """Its digest is right: another version wrote it."""
    out = tmp_path / "out"
    words = ["extract", noise, "--out", out, *TINY, "--part-files", "3"]
    tiny(*words, "--shard", "1/2")
    note = out / "_pomona" / "work.json"
    was = edit_checked_json(note)
    for name in was:
        for value in (None, 3, [], {"a": 1}):
            edit_checked_json(note, lambda work, n=name, v=value: work.update(was | {n: v}))
            done = tiny(*words, "--shard", "2/3", code=None)
            assert done.code in (DONE, USAGE, DAMAGED), (name, value, done.message)
            assert "bug of ours" not in done.message
            shutil.rmtree(out)
            tiny(*words, "--shard", "1/2")


def test_a_folder_for_scratch_files_that_is_missing_is_named(tiny, noise_results, tmp_path):
    lost = Pomona(**tiny.environment | {"TMPDIR": str(tmp_path / "nowhere")})
    words = ["evaluate", noise_results, noise_results]
    lost.refuses(*words, code=UNAVAILABLE, tells=["TMPDIR"])
