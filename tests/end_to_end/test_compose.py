# SPDX-License-Identifier: Apache-2.0
"""`pomona compose`: scenes that resemble photographs in the wild, from studio images."""

import json

import pytest
from command import NOT_FOUND, USAGE
from photographs import FRUITS, copy_fruits, encoded, make_folder, picture
from PIL import Image
from tables import differences, failures_of, files_below, json_of, results_below

SMALL = ["--count", "5", "--size", "96"]


def pictures_of(label, count=5):
    return {f"photographs/{label}/compose-{i:05}.jpg" for i in range(count)}


@pytest.fixture(scope="module")
def composed(pomona, fruits, tmp_path_factory):
    out = tmp_path_factory.mktemp("composed") / "out"
    pomona("compose", fruits, "--out", out, *SMALL, "--workers", "1")
    return out


def test_every_label_gets_its_pictures(composed):
    expected = set.union(*(pictures_of(label) for label in FRUITS))
    beside = {"contact_sheet.jpg", "failures.csv", "run.json", "SHA256SUMS", "_SUCCESS"}
    assert files_below(composed) == expected | beside
    for name in sorted(expected):
        with Image.open(composed / name) as image:
            image.load()
            assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (96, 96))
            assert not image.getexif()


def test_the_contact_sheet_shows_all_labels(composed):
    with Image.open(composed / "contact_sheet.jpg") as sheet:
        sheet.load()
        assert max(sheet.size) < 4000
        # Five labels with five pictures of 160 pixels each, in one column.
        assert sheet.size == (5 * 160, 5 * 160)
        for line in range(5):
            for column in range(5):
                place = (160 * column, 160 * line, 160 * column + 160, 160 * line + 160)
                assert sheet.crop(place).convert("L").getextrema()[0] < 250


def test_run_json_tells_what_was_done(composed, fruits):
    record = json_of(composed / "run.json")
    assert (record["format"], record["verb"]) == (2, "compose")
    assert record["options"] == {
        "include_hidden": False,
        "count": 5,
        "size": 96,
        "seed": 0,
        "workers": 1,
    }
    assert record["inputs"] == {"images": str(fruits), "test": None, "backgrounds": None}
    assert record["counts"] == {
        "found": 40,
        "ok": 40,
        "failed": 0,
        "skipped": 0,
        "backgrounds": 0,
        "backgrounds_failed": 0,
        "pictures": 25,
    }
    assert record["labels"] == [
        {"folder": label, "frames": 8, "pictures": 5} for label in sorted(FRUITS)
    ]
    assert [stage["stage"] for stage in record["timeline"]] == ["prepare", "compose"]


def test_the_same_bytes_again_whatever_the_workers(pomona, fruits, composed, tmp_path):
    again, two = tmp_path / "again", tmp_path / "two"
    pomona("compose", fruits, "--out", again, *SMALL, "--workers", "1")
    pomona("compose", fruits, "--out", two, *SMALL, "--workers", "2")
    assert differences(composed, again) == differences(composed, two) == set()


def test_pictures_depend_on_their_own_label_alone(pomona, composed, tmp_path):
    some = copy_fruits(tmp_path / "some", ["Kiwi", "Lemon"])
    pomona("compose", some, "--out", tmp_path / "out", "--count", "3", "--size", "96")
    for name in pictures_of("Kiwi", 3) | pictures_of("Lemon", 3):
        assert (tmp_path / "out" / name).read_bytes() == (composed / name).read_bytes()


def test_another_seed_makes_other_pictures(pomona, fruits, composed, tmp_path):
    pomona("compose", fruits, "--out", tmp_path / "out", *SMALL, "--seed", "1")
    changed = differences(composed, tmp_path / "out")
    assert changed == results_below(composed) - {
        "_SUCCESS",
        "failures.csv",
        "run.json",
        "SHA256SUMS",
    }


def test_the_result_is_a_source_like_any_other(pomona, composed):
    found = json.loads(pomona("scan", composed / "photographs", "--json").text)
    assert (found["found"], found["ok"]) == (25, 25)
    assert [label["label"] for label in found["labels"]] == sorted(FRUITS)


def test_verify_finds_all_as_it_was_written(pomona, fruits, tmp_path):
    out = tmp_path / "out"
    pomona("compose", fruits, "--out", out, *SMALL)
    assert "28 files are as they were written" in pomona("verify", out).text
    changed = out / "photographs" / "Kiwi" / "compose-00002.jpg"
    changed.write_bytes(changed.read_bytes() + b"!")
    assert "compose-00002.jpg' has changed" in pomona("verify", out, code=1).text


def test_what_cannot_be_used_is_accounted_for(pomona, tmp_path):
    folder = copy_fruits(tmp_path / "fruits", ["Kiwi"], 4)
    whole = (folder / "Kiwi" / sorted(p.name for p in (folder / "Kiwi").iterdir())[0]).read_bytes()
    (folder / "Kiwi" / "cut.jpg").write_bytes(whole[: len(whole) // 2])
    (folder / "Kiwi" / "notes.txt").write_text("not a picture")
    (folder / "Kiwi" / "white.jpg").write_bytes(encoded(Image.new("RGB", (30, 30), "white")))
    (folder / "Wild").mkdir()
    (folder / "Wild" / "1.jpg").write_bytes(encoded(picture(1)))
    out = tmp_path / "out"
    done = pomona("compose", folder, "--out", out, *SMALL)
    assert failures_of(out) == {
        "Kiwi/cut.jpg": ("decode", "truncated"),
        "Kiwi/white.jpg": ("cut", "no_fruit"),
        "Wild/1.jpg": ("cut", "no_ground"),
    }
    counts = json_of(out / "run.json")["counts"]
    assert (counts["found"], counts["ok"], counts["failed"], counts["skipped"]) == (8, 4, 3, 1)
    assert "'Wild'" in done.message and "failures.csv" in done.message
    assert pictures_of("Kiwi") <= files_below(out)
    assert not (out / "photographs" / "Wild").exists()


def test_backgrounds_lie_behind_the_fruit(pomona, fruits, composed, tmp_path):
    behind = make_folder(tmp_path / "shelves", ("a",), count=3)
    (behind / "a" / "broken.jpg").write_bytes((behind / "a" / "0.jpg").read_bytes()[:200])
    out, again = tmp_path / "out", tmp_path / "again"
    words = ["compose", fruits, *SMALL, "--backgrounds", behind, "--out"]
    pomona(*words, out, "--workers", "2")
    pomona(*words, again, "--workers", "1")
    assert differences(out, again) == set()
    assert differences(out, composed)
    record = json_of(out / "run.json")
    assert record["inputs"]["backgrounds"] == str(behind)
    assert (record["counts"]["backgrounds"], record["counts"]["backgrounds_failed"]) == (3, 1)
    assert failures_of(out) == {"a/broken.jpg": ("background", "truncated")}


def test_folders_that_do_not_do(pomona, fruits, tmp_path):
    empty, out = tmp_path / "empty", tmp_path / "out"
    empty.mkdir()
    words = ["--out", out, *SMALL]
    pomona.refuses("compose", empty, *words, code=USAGE, tells=[str(empty), "no file found"])
    tells = [str(empty), "found 0 files", "--backgrounds"]
    pomona.refuses("compose", fruits, *words, "--backgrounds", empty, code=USAGE, tells=tells)
    pomona.refuses("compose", tmp_path / "none", *words, code=NOT_FOUND, tells=["none"])
    wild = make_folder(tmp_path / "wild", ("a",), count=2)
    tells = [str(wild), "white ground", "none among 2 files", "'a/0.jpg'"]
    pomona.refuses("compose", wild, *words, code=USAGE, tells=tells)
    assert not out.exists()


def test_results_are_replaced_with_force_alone(pomona, fruits, tmp_path):
    out = tmp_path / "out"
    pomona("compose", fruits, "--out", out, *SMALL)
    ours = out / "photographs" / "Kiwi" / "IMG_1.jpg"
    ours.write_bytes(b"of somebody else")
    words = ["compose", fruits, "--out", out, "--size", "96", "--count", "2"]
    pomona.refuses(*words, code=USAGE, tells=["not empty", "--force"])
    pomona(*words, "--force")
    left = {name for name in files_below(out) if "/Kiwi/" in name}
    assert left == pictures_of("Kiwi", 2) | {"photographs/Kiwi/IMG_1.jpg"}


def test_inputs_and_results_lie_beside_each_other(pomona, fruits):
    words = ["compose", fruits, "--out", fruits / "out", *SMALL]
    pomona.refuses(*words, code=USAGE, tells=["overlaps the input"])


def test_from_and_into_a_bucket(far, s3, fruits, composed, tmp_path):
    bucket = s3.bucket()
    s3.upload(fruits, bucket, "fruits")
    place = f"s3://{bucket}/out"
    far("compose", f"s3://{bucket}/fruits", "--out", place, *SMALL)
    far("sync", place, tmp_path / "down")
    assert differences(composed, tmp_path / "down") == set()
