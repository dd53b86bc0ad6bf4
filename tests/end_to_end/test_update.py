# SPDX-License-Identifier: Apache-2.0
"""Row B22: a run that takes rows from an earlier one (`--from`) gives the bytes of a fresh run, and
decodes what is new or changed and nothing else."""

import json
import os
import shutil

import pytest
from command import DAMAGED, NOT_FOUND, TINY, USAGE
from photographs import encoded, make_folder, picture
from tables import (
    differences,
    digests,
    edit_checked_json,
    failures_of,
    files_below,
    json_of,
    parts_of,
    sha256_of,
    work_of,
)

PARTS = [*TINY, "--part-files", "5"]


@pytest.fixture(scope="session")
def old(tiny, noise, tmp_path_factory):
    """The earlier results, of 18 photographs."""
    out = tmp_path_factory.mktemp("old") / "old"
    tiny("run", noise, "--out", out, *PARTS)
    return out


@pytest.fixture
def images(noise, tmp_path):
    """The photographs of the earlier run with their times, to be changed."""
    return shutil.copytree(noise, tmp_path / "images")


@pytest.fixture
def update(tiny, images, tmp_path):
    """Makes `new` with rows of an earlier run and `fresh` without; returns (decoded, taken)."""

    def update(earlier, *words, only_new=(), settings=PARTS):
        for name in ("fresh", "new"):
            shutil.rmtree(tmp_path / name, ignore_errors=True)
        tiny("run", images, "--out", tmp_path / "fresh", *settings, *words)
        words = [*settings, *words, "--from", earlier, *only_new]
        tiny("run", images, "--out", tmp_path / "new", *words)
        assert differences(tmp_path / "new", tmp_path / "fresh") == set()
        work = work_of(tmp_path / "new")
        return work["decoded"], work["rows_taken"]

    return update


def photograph(seed: int) -> bytes:
    return encoded(picture(seed))


def replace(path, content: bytes, *, keep_size=False, keep_time=False) -> None:
    """Other bytes in a file; padding after the end of a JPEG does no harm."""
    was = path.stat()
    if keep_size:
        assert len(content) <= was.st_size
        content = content.ljust(was.st_size, b"\0")
    path.write_bytes(content)
    later = was.st_mtime_ns + (0 if keep_time else 10**9)
    os.utime(path, ns=(later, later))


def small_photograph() -> bytes:
    return encoded(picture(903), quality=10)


def add(images):
    (images / "a" / "new.jpg").write_bytes(photograph(900))
    (images / "0").mkdir()  # a label before all others
    (images / "0" / "0.jpg").write_bytes(photograph(901))
    return 2, 18


def change(images):
    replace(images / "b" / "3.jpg", photograph(902))
    return 1, 17


def remove(images):
    (images / "a" / "0.jpg").unlink()
    shutil.rmtree(images / "c")
    return 0, 11


def rename(images):
    (images / "a" / "0.jpg").rename(images / "a" / "zero.jpg")
    return 1, 17


def move_to_another_label(images):
    (images / "a" / "5.jpg").rename(images / "b" / "6.jpg")
    return 1, 17


def swap_two(images):
    """Under each of two names lies what lay under the other, with its time."""
    a, b = images / "a" / "1.jpg", images / "b" / "1.jpg"
    for path, later in ((a, 10**9), (b, 2 * 10**9)):
        os.utime(path, ns=(path.stat().st_mtime_ns + later,) * 2)
    a.rename(images / "x")
    b.rename(a)
    (images / "x").rename(b)
    return 2, 16


def all_at_once(images):
    add(images), change(images), rename(images)
    (images / "c" / "2.jpg").unlink()
    return 4, 15


CHANGES = [add, change, remove, rename, move_to_another_label, swap_two, all_at_once]


@pytest.mark.parametrize("change", CHANGES)
def test_b22_what_has_not_changed_is_taken(update, old, images, tiny, tmp_path, change):
    expected = change(images)
    assert update(old) == expected
    tiny("verify", tmp_path / "new")


def test_b22_the_real_network_gives_the_same_bytes(pomona, fruits, tmp_path):
    images = shutil.copytree(fruits, tmp_path / "images")
    settings = ["--size", "96", "--precision", "f32", "--part-files", "16"]
    pomona("run", images, "--out", tmp_path / "old", *settings)
    for name in ("Banana", "Kiwi", "Lemon"):
        [first, second, *_] = sorted((images / name).iterdir())
        first.rename(images / name / "another name.jpg")
        second.unlink()
    pomona("run", images, "--out", tmp_path / "fresh", *settings)
    pomona("run", images, "--out", tmp_path / "new", *settings, "--from", tmp_path / "old")
    assert differences(tmp_path / "new", tmp_path / "fresh") == set()
    work = work_of(tmp_path / "new")
    assert (work["decoded"], work["rows_taken"]) == (3, 34)


@pytest.mark.parametrize(
    "options",
    [
        ["--seed", "7"],
        ["--holdout", "0.4"],
        ["--group", r"^([0-2])"],
        ["--test-files", r"^[12]\."],
        ["--components", "3", "--classifier", "ridge"],
        ["--part-files", "4"],
        ["--part-files", "4096"],
        ["--workers", "1"],
    ],
    ids=" ".join,
)
def test_other_sides_parts_or_models_need_no_photograph_again(update, old, options):
    settings = TINY if "--part-files" in options else PARTS
    assert update(old, *options, settings=settings) == (0, 18)


def test_files_that_were_left_out_are_decoded_now(tiny, update, images, tmp_path):
    words = ["--train-files", r"^[0-3]", "--test-files", "^4"]
    tiny("run", images, "--out", tmp_path / "old", *PARTS, *words)
    assert update(tmp_path / "old") == (3, 15)


def test_another_time_means_decoding_unless_the_bytes_are_compared(update, old, images):
    os.utime(images / "a" / "0.jpg", ns=(10**18, 10**18))
    assert update(old) == (1, 17)
    assert update(old, only_new=["--by-hash"]) == (0, 18)


def test_other_bytes_of_the_same_size_are_seen_by_their_time(update, old, images):
    replace(images / "a" / "0.jpg", small_photograph(), keep_size=True)
    assert update(old) == (1, 17)


def test_other_bytes_of_the_same_size_and_time_are_seen_by_comparing_them(
    tiny, update, old, images, tmp_path
):
    """The time is believed, as the help says."""
    replace(images / "a" / "0.jpg", small_photograph(), keep_size=True, keep_time=True)
    tiny("run", images, "--out", tmp_path / "believing", *PARTS, "--from", old)
    assert work_of(tmp_path / "believing")["decoded"] == 0
    assert differences(tmp_path / "believing", old) == set()
    decoded, _ = update(old, only_new=["--by-hash"])
    assert decoded == 1
    assert differences(tmp_path / "new", old)


def test_rows_taken_are_those_that_were_taken(update, old, images):
    replace(images / "a" / "0.jpg", small_photograph(), keep_size=True)
    assert update(old, only_new=["--by-hash"]) == (1, 17)


def test_what_failed_is_tried_again(tiny, update, images, tmp_path):
    broken = images / "a" / "broken.jpg"
    broken.write_bytes(photograph(904)[:300])
    (images / "b" / "notes.txt").write_text("no picture")
    tiny("run", images, "--out", tmp_path / "old", *PARTS)
    assert update(tmp_path / "old") == (1, 18)  # still broken
    assert failures_of(tmp_path / "new") == {"a/broken.jpg": ("decode", "truncated")}
    broken.write_bytes(photograph(904))
    assert update(tmp_path / "old") == (1, 18)
    assert failures_of(tmp_path / "new") == {}


def test_updates_of_updates(tiny, images, old, tmp_path):
    earlier = old
    for day in range(3):
        replace(images / "abc"[day] / "2.jpg", photograph(910 + day))
        (images / "b" / f"day {day}.jpg").write_bytes(photograph(920 + day))
        tiny("run", images, "--out", tmp_path / f"{day}", *PARTS, "--from", earlier)
        earlier = tmp_path / f"{day}"
        assert work_of(earlier)["decoded"] == 2
    tiny("run", images, "--out", tmp_path / "fresh", *PARTS)
    assert differences(earlier, tmp_path / "fresh") == set()


def test_features_of_extract_serve_a_run(tiny, update, images, tmp_path):
    tiny("extract", images, "--out", tmp_path / "old", *PARTS)
    assert update(tmp_path / "old") == (0, 18)


def test_results_can_be_brought_up_to_date_where_they_lie(tiny, old, images, tmp_path):
    out = shutil.copytree(old, tmp_path / "out")
    add(images)
    words = ["run", images, "--out", out, *PARTS, "--from", out]
    before = digests(out, leave_out=set())
    tiny.refuses(*words, code=USAGE, tells=["--force", str(out)])
    assert digests(out, leave_out=set()) == before
    tiny(*words, "--force")
    tiny("run", images, "--out", tmp_path / "fresh", *PARTS)
    assert differences(out, tmp_path / "fresh") == set()
    assert work_of(out)["decoded"] == 2


def test_without_previews_there_is_nothing_to_take_for_a_run_that_keeps_them(
    tiny, update, old, images, tmp_path
):
    tiny("run", images, "--out", tmp_path / "old", *PARTS, "--no-previews")
    assert update(tmp_path / "old") == (18, 0)
    assert update(tmp_path / "old", "--no-previews") == (0, 18)
    assert update(old, "--no-previews") == (0, 18)
    assert "previews/_SUCCESS" not in files_below(tmp_path / "new")


@pytest.fixture
def roots(tmp_path):
    """Photographs to learn from, and others with the same names to test on."""
    train = make_folder(tmp_path / "train", "abc", count=6)
    test = make_folder(tmp_path / "test", "abc", count=6)
    for number, path in enumerate(sorted(test.rglob("*.jpg"))):
        path.write_bytes(photograph(700 + number))
    return train, test


def test_of_two_roots_each_photograph_is_taken_from_its_own(tiny, roots, tmp_path):
    train, test = roots
    words = ["run", train, *PARTS, "--test", test, "--out"]
    tiny(*words, tmp_path / "old")
    (train / "a" / "0.jpg").rename(train / "a" / "moved.jpg")
    shutil.move(train / "a" / "moved.jpg", test / "a")  # a new path, in the other root
    shutil.move(train / "b" / "1.jpg", test / "b" / "1.jpg")  # instead of another
    (test / "c" / "2.jpg").unlink()
    tiny(*words, tmp_path / "fresh")
    tiny(*words, tmp_path / "new", "--from", tmp_path / "old")
    assert differences(tmp_path / "new", tmp_path / "fresh") == set()
    work = work_of(tmp_path / "new")
    assert (work["decoded"], work["rows_taken"]) == (2, 32)


def test_a_holdout_serves_a_run_with_a_test_root_and_the_other_way(tiny, roots, old, tmp_path):
    train, test = roots
    both = [("one", ["run", train]), ("two", ["run", train, "--test", test])]
    for name, words in both:
        tiny(*words, *PARTS, "--out", tmp_path / name)
    for (name, words), earlier, expected in zip(both, ["two", "one"], [(0, 18), (18, 18)]):
        new = tmp_path / f"{name} new"
        tiny(*words, *PARTS, "--out", new, "--from", tmp_path / earlier)
        assert differences(new, tmp_path / name) == set()
        assert (work_of(new)["decoded"], work_of(new)["rows_taken"]) == expected


@pytest.mark.parametrize(
    ("options", "tells"),
    [
        (["--size", "48"], ["size 32", "48"]),
        (["--fit", "crop"], ["fit", "squash", "crop"]),
        (["--batch", "3"], ["batch", "3"]),
    ],
    ids=["size", "fit", "batch"],
)
def test_features_made_otherwise_are_refused(tiny, old, noise, options, tells, tmp_path):
    words = ["run", noise, "--out", tmp_path / "new", *PARTS, *options, "--from", old]
    tiny.refuses(*words, code=USAGE, tells=[str(old), *tells])
    assert not (tmp_path / "new").exists()


@pytest.fixture
def edited(old, tmp_path):
    """The earlier results, after `edit` changed their run.json."""

    def edited(edit):
        copy = shutil.copytree(old, tmp_path / "old")
        record = json_of(copy / "run.json")
        edit(record)
        (copy / "run.json").write_text(json.dumps(record))
        return copy

    return edited


def upgrade(record):
    record["pomona"] = "99.0"
    record["versions"] = dict.fromkeys(record["versions"], "99.0")
    record["machine"] = {"cpu": "another", "cores": 1, "instruction_sets": ["another"]}


def test_rows_are_taken_after_an_upgrade_or_on_another_machine(update, edited):
    assert update(edited(upgrade)) == (0, 18)


@pytest.mark.parametrize("name", ["recipe", "engine"])
def test_rows_of_another_recipe_or_engine_are_refused(tiny, edited, noise, name, tmp_path):
    earlier = edited(lambda record: record["features_by"].update({name: 99}))
    words = ["run", noise, "--out", tmp_path / "new", *PARTS, "--from", earlier]
    tiny.refuses(*words, code=USAGE, tells=[str(earlier), f"{name} 99"])
    earlier = shutil.move(earlier, tmp_path / "older")
    record = json_of(earlier / "run.json")
    del record["features_by"][name]
    (earlier / "run.json").write_text(json.dumps(record))
    words[-1] = earlier
    tiny.refuses(*words, code=USAGE, tells=[str(earlier), f"{name} null"])
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("shard", [[], ["--shard", "2/2"]], ids=["resume", "shard"])
@pytest.mark.parametrize("name", ["recipe", "engine"])
def test_unfinished_work_of_another_recipe_or_engine_is_refused(tiny, noise, shard, name, tmp_path):
    words = ["extract", noise, "--out", tmp_path / "out", *PARTS]
    tiny(*words, "--shard", "1/2")
    note = tmp_path / "out" / "_pomona" / "work.json"
    assert not {"pomona", "arrow", "instruction_sets"} & set(edit_checked_json(note)["settings"])
    was = edit_checked_json(note)["settings"][name]
    edit_checked_json(note, lambda work: work["settings"].update({name: 99}))
    tiny.refuses(*words, *shard, code=USAGE, tells=[f"{name}: 99 there"])
    edit_checked_json(note, lambda work: work["settings"].update({name: was}))
    tiny(*words, *shard)
    assert work_of(tmp_path / "out")["shards_kept"] > 0


@pytest.mark.parametrize(
    "edit",
    [
        lambda record: record.update({"features_by": 3}),
        lambda record: record.pop("inputs"),
        lambda record: record["inputs"].pop("test"),
        lambda record: record.update({"verb": None}),
    ],
    ids=["features_by", "inputs", "test", "verb"],
)
def test_a_record_of_another_shape_is_damaged(tiny, edited, noise, edit, tmp_path):
    words = ["run", noise, "--out", tmp_path / "new", *PARTS, "--from", edited(edit)]
    tiny.refuses(*words, code=DAMAGED, tells=["run.json"])
    assert not (tmp_path / "new").exists()


def test_the_results_of_another_network_or_verb_are_refused(tiny, results, old, noise, tmp_path):
    words = ["run", noise, "--out", tmp_path / "new", *PARTS, "--from"]
    tiny.refuses(*words, results, code=USAGE, tells=["backbone", "efficientnet-lite0", "tiny"])
    tiny("reduce", old, "--out", tmp_path / "reduced")
    tiny.refuses(*words, tmp_path / "reduced", code=USAGE, tells=["pomona reduce"])
    tiny.refuses(*words, tmp_path / "nowhere", code=NOT_FOUND, tells=["nowhere"])
    tiny.refuses(*words, noise, code=USAGE, tells=[str(noise), "_SUCCESS"])
    assert not (tmp_path / "new").exists()


def test_results_that_are_incomplete_are_refused(tiny, old, noise, tmp_path):
    copy = shutil.copytree(old, tmp_path / "old")
    (copy / "_SUCCESS").unlink()
    words = ["run", noise, "--out", tmp_path / "new", *PARTS, "--from", copy]
    tiny.refuses(*words, code=USAGE, tells=[str(copy), "_SUCCESS"])
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("table", ["features", "manifest", "previews", "snapshot"])
@pytest.mark.parametrize("damage", ["flipped", "missing", "swapped"])
def test_results_that_are_damaged_are_refused(tiny, old, noise, table, damage, tmp_path):
    copy = shutil.copytree(old, tmp_path / "old")
    part = parts_of(copy / table)[-1]
    if damage == "flipped":
        whole = part.read_bytes()
        part.write_bytes(whole[:100] + bytes([whole[100] ^ 1]) + whole[101:])
    elif damage == "missing":
        part.unlink()
    else:
        shutil.copy(parts_of(copy / "reduced")[0], part)
    words = ["run", noise, "--out", tmp_path / "new", *PARTS, "--from", copy]
    tiny.refuses(*words, code=DAMAGED, tells=[f"{table}/{part.name}"])
    assert not (tmp_path / "new").exists()


def test_comparing_bytes_needs_something_to_compare_with(tiny, noise, tmp_path):
    words = ["run", noise, "--out", tmp_path / "new", *PARTS, "--by-hash"]
    tiny.refuses(*words, code=USAGE, tells=["--by-hash", "--from"])


def test_bucket_rows_of_a_folder_and_the_other_way(far, s3, old, images, tmp_path):
    """Neither knows the other's times: by their bytes photographs are the same."""
    name = s3.bucket()
    expected = all_at_once(images)
    s3.upload(images, name, "photos")
    s3.upload(old, name, "old")
    far("run", images, "--out", tmp_path / "fresh", *PARTS)
    there, new = f"s3://{name}/photos", f"s3://{name}/new"
    far("run", there, "--out", new, *PARTS, "--from", old, "--by-hash")
    copied = s3.download(name, "new", tmp_path / "copied")
    assert differences(copied, tmp_path / "fresh") == set()
    assert work_of(copied)["decoded"] == expected[0]
    words = ["run", images, *PARTS, "--out"]
    far(*words, tmp_path / "near", "--from", f"s3://{name}/old", "--by-hash")
    assert differences(tmp_path / "near", tmp_path / "fresh") == set()
    assert work_of(tmp_path / "near")["decoded"] == expected[0]
    far(*words, tmp_path / "by time", "--from", new)
    assert work_of(tmp_path / "by time")["decoded"] == 19


def test_bucket_photographs_are_the_same_by_their_etag(far, s3, images, tmp_path):
    name = s3.bucket()
    s3.upload(images, name, "photos")
    words = ["run", f"s3://{name}/photos", *PARTS, "--out"]
    far(*words, f"s3://{name}/old")
    was = sha256_of(images / "a" / "0.jpg")
    replace(images / "a" / "0.jpg", small_photograph(), keep_size=True, keep_time=True)
    assert sha256_of(images / "a" / "0.jpg") != was
    s3.upload(images, name, "photos")  # all of them anew: ETags tell which differ
    far(*words, tmp_path / "fresh")
    far(*words, tmp_path / "new", "--from", f"s3://{name}/old")
    assert differences(tmp_path / "new", tmp_path / "fresh") == set()
    work = work_of(tmp_path / "new")
    assert (work["decoded"], work["rows_taken"]) == (1, 17)
