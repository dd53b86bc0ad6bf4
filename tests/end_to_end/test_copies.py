# SPDX-License-Identifier: Apache-2.0
"""Copies of photographs lie on one side of a split; those under two labels are reported."""

import collections
import json
import shutil

import pytest
from command import TINY
from photographs import encoded, make_folder, picture
from tables import differences, json_of, rows_of
from test_left_out import page_of

PARTS = [*TINY, "--part-files", "8"]


@pytest.fixture
def images(tmp_path):
    """Twenty photographs and a copy of each of a label, and others."""
    images = make_folder(tmp_path / "images", "abc", count=10)
    for name in "ab":
        for i in range(10):
            shutil.copy(images / name / f"{i}.jpg", images / name / f"copy of {i}.jpg")
    return images


def sides_of_digests(out) -> dict[str, set[str]]:
    sides = collections.defaultdict(set)
    for row in rows_of(out / "manifest"):
        if row["status"] == "ok":
            sides[row["sha256"]].add(row["split"])
    return sides


@pytest.mark.parametrize("seed", ["0", "1", "2", "3"])
def test_copies_lie_on_one_side(tiny, images, tmp_path, seed):
    out = tmp_path / "out"
    tiny("run", images, "--out", out, *TINY, "--seed", seed)
    assert all(len(sides) == 1 for sides in sides_of_digests(out).values())
    labels = collections.Counter(
        row["label"] for row in rows_of(out / "features") if row["split"] == "test"
    )
    assert set(labels) == {"a", "b", "c"}
    copies = json_of(out / "metrics.json")["copies"]
    assert copies == {"photographs": 40, "test_rows": 0, "two_labels": 0, "contradictions": []}
    assert json_of(out / "metrics.json")["warnings"] == []


def test_copies_are_split_alike_however_they_are_read(tiny, images, tmp_path):
    one = tmp_path / "one"
    tiny("run", images, "--out", one, *PARTS, "--workers", "1")
    tiny("run", images, "--out", tmp_path / "three", *PARTS, "--workers", "3")
    tiny("run", images, "--out", tmp_path / "from", *PARTS, "--from", one)
    for other in ("three", "from"):
        assert differences(one, tmp_path / other) == set()
    for shard in ("1/2", "2/2"):
        tiny("extract", images, "--out", tmp_path / "shards", *PARTS, "--shard", shard)
    for table in ("manifest", "features"):
        assert rows_of(tmp_path / "shards" / table) == rows_of(one / table)


def test_a_bucket_splits_copies_like_the_folder(far, s3, images, tmp_path):
    photos = f"s3://{s3.bucket()}/photos"
    far("sync", images, photos)
    far("run", images, "--out", tmp_path / "near", *TINY)
    far("run", photos, "--out", tmp_path / "far", *TINY)
    assert differences(tmp_path / "near", tmp_path / "far") == set()


def test_folders_without_copies_are_split_as_before(tiny, noise, tmp_path, noise_results):
    """What lies in a folder of its own does not move what is elsewhere."""
    images = shutil.copytree(noise, tmp_path / "images")
    for i in range(4):
        (images / "d").mkdir(exist_ok=True)
        (images / "d" / f"{i}.jpg").write_bytes(encoded(picture(1)))
    tiny("run", images, "--out", tmp_path / "out", *TINY)
    before = {row["path"]: row["split"] for row in rows_of(noise_results / "features")}
    after = {row["path"]: row["split"] for row in rows_of(tmp_path / "out" / "features")}
    assert {path: split for path, split in after.items() if path[0] != "d"} == before


def test_copies_under_two_labels_are_reported_and_not_tested(tiny, noise, tmp_path):
    images = shutil.copytree(noise, tmp_path / "images")
    for i in range(2):
        shutil.copy(images / "a" / f"{i}.jpg", images / "b" / f"wrong {i}.jpg")
    out = tmp_path / "out"
    done = tiny("run", images, "--out", out, *TINY)
    metrics = json_of(out / "metrics.json")
    assert metrics["copies"]["two_labels"] == 4
    pairs = [{one["path"], other["path"]} for one, other in metrics["copies"]["contradictions"]]
    assert pairs == [{"a/0.jpg", "b/wrong 0.jpg"}, {"a/1.jpg", "b/wrong 1.jpg"}]
    splits = {row["path"]: row["split"] for row in rows_of(out / "features")}
    assert {splits[path] for pair in pairs for path in pair} == {"train"}
    (warning,) = metrics["warnings"]
    assert "4 photographs have a copy under another label" in warning
    assert f"warning: {warning}" in done.message
    assert page_of(out)["metrics"]["warnings"] == [warning]
    again = tiny("run", images, "--out", out, *TINY)
    assert f"warning: {warning}" in again.message, "of the results that are there"

    trained = tiny("train", out, "--out", tmp_path / "trained")
    assert warning in trained.message
    assert json_of(tmp_path / "trained" / "metrics.json")["copies"] == metrics["copies"]

    scanned = tiny("scan", images)
    assert "4 files are copies of one another under two labels" in scanned.text
    assert "'a/0.jpg' (a) and 'b/wrong 0.jpg' (b)" in scanned.text
    assert json.loads(tiny("scan", images, "--json").text)["copies"] == {
        "files": 4,
        "two_labels": 4,
    }


def test_a_test_set_with_copies_of_training_photographs_is_reported(tiny, noise, tmp_path):
    test = make_folder(tmp_path / "test", "abc", count=2)
    for number, path in enumerate(sorted(test.rglob("*.jpg"))):
        path.write_bytes(encoded(picture(900 + number)))
    shutil.copy(noise / "a" / "0.jpg", test / "a" / "seen.jpg")
    out = tmp_path / "out"
    done = tiny("run", noise, "--test", test, "--out", out, *TINY)
    assert json_of(out / "metrics.json")["copies"]["test_rows"] == 1
    assert "1 of 7 test photographs are copies of training photographs" in done.message


def test_near_duplicates_across_the_split_are_counted(pomona, fruits, tmp_path):
    """Every test photograph is one of training, saved again."""
    from PIL import Image

    for path in sorted(fruits.rglob("*.jpg"))[::4]:
        target = tmp_path / "test" / path.parent.name / path.name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(encoded(Image.open(path).convert("RGB"), quality=85))
    out = tmp_path / "out"
    words = ["--size", "96", "--precision", "f32"]
    pomona("run", fruits, "--test", tmp_path / "test", "--out", out, *words)
    near = json_of(out / "metrics.json")["near_duplicates"]
    assert near["compared"] == 10 and near["test_rows"] >= 8
    assert json_of(out / "metrics.json")["copies"]["test_rows"] == 0
    assert page_of(out)["metrics"]["near_duplicates"] == near


def test_folds_keep_copies_together(tiny, images, tmp_path):
    out = tmp_path / "out"
    tiny("run", images, "--out", out, *TINY, "--folds", "3", "--holdout", "0")
    metrics = json_of(out / "metrics.json")
    assert metrics["copies"]["photographs"] == 40 and metrics["near_duplicates"] is None


def test_a_fit_that_does_not_converge_is_a_warning(tiny, tmp_path):
    images = make_folder(tmp_path / "images", "abcdefgh", count=12)
    out = tmp_path / "out"
    words = ["--c", "1000000", "--components", "20", "--out"]
    done = tiny("run", images, *TINY, *words, out)
    metrics = json_of(out / "metrics.json")
    assert metrics["classifier"]["converged"] is False
    assert "warning: c: logistic regression did not converge in" in done.message
    assert "(--c)" in done.message
    assert any("did not converge" in one for one in page_of(out)["metrics"]["warnings"])
    trained = tiny("train", out, *words, tmp_path / "trained", "--folds", "2")
    assert "did not converge in 2 of 2 folds" in trained.message
    assert len(json_of(tmp_path / "trained" / "metrics.json")["warnings"]) == 2
