# SPDX-License-Identifier: Apache-2.0
"""`extract --shard I/N`: processes that share one work make the result of one that works alone."""

import json
import os
import shutil
import subprocess

import pytest
from command import DONE, TINY, UNAVAILABLE, USAGE, wait_until
from fault_proxy import Rule
from photographs import encoded, make_folder, picture
from tables import differences, digests, failures_of, part_records, results_below, work_of

# No photograph is kept for a test: all stand in the order of their paths.
SETTINGS = [*TINY, "--holdout", "0", "--part-files", "4"]
PARTS = 5
ORDERS = ["1/2 2/2", "2/2 1/2", "3/3 1/3 2/3", "2/3 3/3 1/3"]
ORDERS += [
    " ".join(f"{i}/7" for i in order) for order in ((1, 2, 3, 4, 5, 6, 7), (7, 4, 6, 2, 3, 5, 1))
]


@pytest.fixture(scope="module")
def images(tmp_path_factory):
    """Five parts, the first with a failure, the fourth with a file that is skipped."""
    folder = make_folder(tmp_path_factory.mktemp("shared") / "images", "abc", count=6)
    (folder / "a" / "broken.jpg").write_bytes((folder / "a" / "0.jpg").read_bytes()[:200])
    (folder / "b" / "notes.txt").write_text("no picture")
    return folder


@pytest.fixture(scope="module")
def alone(tiny, images, tmp_path_factory):
    out = tmp_path_factory.mktemp("alone") / "out"
    tiny("extract", images, "--out", out, *SETTINGS)
    assert work_of(out)["shards"] == PARTS
    return out


@pytest.fixture
def shard(tiny, images, tmp_path):
    """Does one shard of the work on `out`; returns how many parts are left to others."""

    def shard(which, *words, of=images):
        place = ["--out", tmp_path / "out", *SETTINGS, "--shard", which]
        done = json.loads(tiny("extract", of, *place, *words, "--json").text)
        return done.get("parts_left", 0)

    return shard


def finished_parts(out) -> dict[str, int]:
    """The records of parts that are finished, and when each was written."""
    return {path.name: path.stat().st_mtime_ns for path in part_records(out)}


def is_whole(out, alone) -> bool:
    """The results, and no unfinished work beside them."""
    same = differences(out, alone) == set() and (out / "_SUCCESS").is_file()
    return same and not (out / "_pomona").exists()


@pytest.mark.parametrize("order", ORDERS)
def test_one_after_another_in_any_order_they_give_what_one_gives(
    tiny, shard, alone, tmp_path, order
):
    out, before = tmp_path / "out", {}
    for which in order.split():
        left = shard(which)
        if left == 0:
            break
        assert results_below(out) == set()
        after = finished_parts(out)
        assert before.items() <= after.items() and left == PARTS - len(after)
        assert len(after) - len(before) <= -(-PARTS // len(order.split()))
        before = after
    assert is_whole(out, alone)
    tiny("verify", out)
    whole = digests(out, leave_out=set())
    assert [shard(which) for which in order.split()] == [0] * len(order.split())
    assert digests(out, leave_out=set()) == whole


def test_work_records_what_the_last_shard_did_itself(shard, tmp_path):
    assert shard("2/2") == 3
    assert shard("1/2") == 0
    expected = {"shards": PARTS, "shards_kept": 2, "rows_taken": 0, "decoded": 12}
    assert work_of(tmp_path / "out") == expected


def race(pomona, images, out, shards) -> list[tuple[int, str]]:
    """Starts all at once; exit code and message of each."""
    words = ["extract", images, "--out", out, *SETTINGS, "--workers", "1", "--shard"]
    all_of_them = [pomona.start(*words, which, stdout=subprocess.DEVNULL) for which in shards]
    ends = [process.communicate(timeout=60)[1].decode() for process in all_of_them]
    return [(process.returncode, message) for process, message in zip(all_of_them, ends)]


def check_end(code, message, out) -> None:
    """Done, or another was first with publishing."""
    assert code in (DONE, UNAVAILABLE), message
    assert code == DONE or (str(out) in message and "publish" in message), message
    assert "damaged" not in message, message


def check_ends(ends, out) -> None:
    assert DONE in {code for code, _ in ends}
    for code, message in ends:
        check_end(code, message, out)


AT_ONCE = {"2": 4, "3": 3, "7": 2}  # how many shards: how many times


@pytest.mark.parametrize("count", AT_ONCE)
def test_at_once_in_a_folder(tiny, images, alone, tmp_path, count):
    for number in range(AT_ONCE[count]):
        out = tmp_path / f"{number}"
        ends = race(tiny, images, out, [f"{i + 1}/{count}" for i in range(int(count))])
        check_ends(ends, out)
        assert is_whole(out, alone), ends
        tiny("verify", out)


@pytest.mark.parametrize("count", AT_ONCE)
def test_at_once_in_a_bucket(far, s3, images, alone, tmp_path, count):
    bucket = s3.bucket()
    s3.upload(images, bucket, "photos")
    for number in range(AT_ONCE[count] // 2):
        out = f"s3://{bucket}/{number}"
        shards = [f"{i + 1}/{count}" for i in range(int(count))]
        ends = race(far, f"s3://{bucket}/photos", out, shards)
        check_ends(ends, out)
        copied = s3.download(bucket, f"{number}", tmp_path / f"{number}")
        assert is_whole(copied, alone), ends
        far("verify", out)
    assert s3.pending_uploads(bucket) == []


def test_one_shard_at_once_with_itself(tiny, images, alone, tmp_path):
    for number in range(4):
        out = tmp_path / f"{number}"
        check_ends(race(tiny, images, out, ["1/2", "1/2", "2/2", "2/2"]), out)
        assert is_whole(out, alone)


def test_a_shard_that_is_done_does_nothing_when_given_again(shard, alone, tmp_path):
    out = tmp_path / "out"
    left = shard("2/3")
    done = finished_parts(out)
    assert shard("2/3") == left and finished_parts(out) == done
    shard("1/3")
    assert shard("3/3") == 0 and is_whole(out, alone)


def test_shards_of_another_number_do_what_is_left(shard, alone, tmp_path):
    shard("1/2")
    assert [shard("1/3"), shard("3/3"), shard("2/3")][-1] == 0
    assert is_whole(tmp_path / "out", alone)


def test_one_that_works_alone_does_what_shards_have_left(tiny, images, shard, alone, tmp_path):
    left = shard("1/2")
    out = tmp_path / "out"
    tiny("extract", images, "--out", out, *SETTINGS)
    assert is_whole(out, alone)
    assert work_of(out)["shards_kept"] == PARTS - left


@pytest.fixture
def halted(far, s3, images, proxy, shaky, tmp_path):
    """A shard of the first three parts that has finished two and waits for a photograph of the
    third; and the words it was given."""
    bucket = s3.bucket()
    s3.upload(images, bucket, "photos")
    proxy.add(Rule(method="GET", path=r"/photos/b/2\.jpg", status=503, forward=False))
    words = ["extract", f"s3://{bucket}/photos", "--out", tmp_path / "out", *SETTINGS, "--shard"]
    process = shaky.start(*words, "1/2", stdout=subprocess.DEVNULL)
    try:
        wait_until(lambda: len(finished_parts(tmp_path / "out")) == 2, process)
        yield process, words
    finally:
        process.kill()
        process.communicate()


def test_a_shard_that_is_killed_goes_on_when_given_again(far, halted, alone, tmp_path):
    process, words = halted
    out = tmp_path / "out"
    process.kill()
    process.wait()
    done = finished_parts(out)
    assert len(done) == 2 and results_below(out) == set()
    far(*words, "2/2")
    assert done.items() <= finished_parts(out).items() and results_below(out) == set()
    far(*words, "1/2")
    assert is_whole(out, alone)
    far("verify", out)


def test_while_a_shard_is_at_work_others_join_it_and_nobody_else(far, halted, tmp_path):
    process, words = halted
    out = tmp_path / "out"
    far.refuses(*words[:-1], code=UNAVAILABLE, tells=[str(out), "at work"])
    far.refuses("clean", out, code=UNAVAILABLE, tells=[str(out), "at work"])
    assert json.loads(far(*words, "2/2", "--json").text)["parts_left"] == 1
    assert process.poll() is None


def test_a_shard_whose_work_another_has_published_says_so(far, halted, proxy, alone, tmp_path):
    process, words = halted
    out = tmp_path / "out"
    far(*words, "2/2")
    far(*words, "1/2")
    assert is_whole(out, alone) and process.poll() is None
    whole = digests(out, leave_out=set())
    proxy.clear()
    message = process.communicate(timeout=60)[1].decode()
    check_end(process.returncode, message, out)
    assert digests(out, leave_out=set()) == whole


OTHERWISE = {
    "size": ["--size", "48"],
    "fit": ["--fit", "crop"],
    "seed": ["--seed", "7"],
    "previews": ["--no-previews"],
    "part_files": ["--part-files", "5"],
    "max_damage": ["--max-damage", "0.5"],
    "test": ["--test", "noise"],
}


@pytest.mark.parametrize("name", [*OTHERWISE, "images"])
def test_a_shard_with_other_options_is_refused_and_harms_nothing(
    tiny, images, noise, shard, alone, tmp_path, name
):
    shard("2/2")
    out = tmp_path / "out"
    before = digests(out, leave_out=set())
    given = [noise if word == "noise" else word for word in OTHERWISE.get(name, [])]
    settings = SETTINGS[:-2] if name == "part_files" else SETTINGS
    words = ["--out", out, *settings, "--shard", "1/2", *given]
    others = shutil.copytree(images, tmp_path / "copy") if name == "images" else images
    tiny.refuses("extract", others, *words, code=USAGE, tells=[str(out), name])
    assert digests(out, leave_out=set()) == before
    assert shard("1/2") == 0 and is_whole(out, alone)


def test_a_shard_with_other_options_comes_too_late_as_well(tiny, images, alone, tmp_path):
    out = shutil.copytree(alone, tmp_path / "out")
    before = digests(out, leave_out=set())
    words = ["extract", images, "--out", out, *SETTINGS, "--shard", "1/2", "--size", "48"]
    tiny.refuses(*words, code=USAGE, tells=[str(out), "--force"])
    assert digests(out, leave_out=set()) == before


def test_what_is_made_of_the_result_is_the_same(tiny, shard, alone, tmp_path):
    shard("2/2"), shard("1/2")
    for verb in ("reduce", "train"):
        tiny(verb, alone, "--out", tmp_path / verb / "alone")
        tiny(verb, tmp_path / "out", "--out", tmp_path / verb / "shared")
        assert differences(tmp_path / verb / "alone", tmp_path / verb / "shared") == set()


def test_shards_take_rows_of_an_earlier_run(tiny, images, shard, alone, tmp_path):
    """A row that is taken shows where other bytes of the same size and time lie meanwhile."""
    grown = shutil.copytree(images, tmp_path / "images")
    (grown / "c" / "new.jpg").write_bytes(encoded(picture(900)))
    tiny("extract", grown, "--out", tmp_path / "fresh", *SETTINGS)
    for photograph in (grown / "a" / "1.jpg", grown / "c" / "3.jpg"):
        was = photograph.stat()
        photograph.write_bytes(encoded(picture(901), quality=10).ljust(was.st_size, b"\0"))
        assert photograph.stat().st_size == was.st_size
        os.utime(photograph, ns=(was.st_mtime_ns, was.st_mtime_ns))
    assert shard("1/2", "--from", alone, of=grown) > 0
    assert shard("2/2", "--from", alone, of=grown) == 0
    assert is_whole(tmp_path / "out", tmp_path / "fresh")


@pytest.mark.parametrize("option", ["--force", "--retry-failures"])
def test_what_would_undo_the_work_of_other_shards_is_refused(
    tiny, images, shard, alone, tmp_path, option
):
    shard("1/2")
    before = digests(tmp_path / "out", leave_out=set())
    words = ["extract", images, "--out", tmp_path / "out", *SETTINGS, option, "--shard", "2/2"]
    tiny.refuses(*words, code=USAGE, tells=["--shard", option])
    assert digests(tmp_path / "out", leave_out=set()) == before
    shard("2/2")
    assert is_whole(tmp_path / "out", alone)


@pytest.fixture
def spoilt(tiny, images, shard, tmp_path):
    """Photographs of which too many are broken, all shards of them done; the message of the last."""
    folder = shutil.copytree(images, tmp_path / "images")
    for number in range(4):
        (folder / "c" / f"{number}.jpg").write_bytes((images / "c" / "0.jpg").read_bytes()[:200])
    assert shard("1/2", of=folder) == 2
    words = ["extract", folder, "--out", tmp_path / "out", *SETTINGS, "--shard", "2/2"]
    refused = tiny.refuses(*words, code=USAGE, tells=["--max-failures", "5 of 19"])
    assert results_below(tmp_path / "out") == set()
    return folder, refused.message


def test_where_too_many_fail_the_last_shard_lists_what_is_kept(spoilt, tmp_path):
    _, message = spoilt
    assert f"what is finished is kept in '{tmp_path / 'out'}'" in message


def test_photographs_that_were_refused_in_the_end_can_be_repaired(images, shard, spoilt, tmp_path):
    """As where one works alone: the next to come lists anew."""
    folder, _ = spoilt
    for photograph in sorted(images.glob("c/*")):
        shutil.copy(photograph, folder / "c")
    left = [shard(which, of=folder) for which in ("1/2", "2/2")]
    assert left == [2, 0]
    assert failures_of(tmp_path / "out") == {"a/broken.jpg": ("decode", "truncated")}


RUN = [*TINY, "--holdout", "0.3", "--part-files", "4", "--components", "4"]


@pytest.fixture(scope="module")
def chain_alone(tiny, images, tmp_path_factory):
    out = tmp_path_factory.mktemp("chain") / "out"
    tiny("run", images, "--out", out, *RUN)
    return out


def test_run_goes_on_with_what_its_shards_have_finished(tiny, images, chain_alone, tmp_path):
    out = tmp_path / "out"
    words = ["run", images, "--out", out, *RUN]
    for which, left in {"0/3": PARTS, "2/3": 3, "1/3": 1, "3/3": 0}.items():
        done = json.loads(tiny(*words, "--shard", which, "--json").text)
        assert (done["parts"], done["parts_left"], done["files"]) == (PARTS, left, 20)
        assert results_below(out) == set()
    tiny(*words)
    assert is_whole(out, chain_alone)
    assert work_of(out) == {"shards": PARTS, "shards_kept": PARTS, "rows_taken": 0, "decoded": 0}
    tiny("verify", out)
    whole = digests(out, leave_out=set())
    assert "complete" in tiny(*words, "--shard", "2/3").message
    assert digests(out, leave_out=set()) == whole


def test_shards_of_run_say_what_each_has_done(tiny, images, tmp_path):
    words = ["run", images, "--out", tmp_path / "out", *RUN, "--json", "--shard"]
    done = [json.loads(tiny(*words, which).text)["done"] for which in ("1/2", "2/2", "1/2")]
    assert [one["decoded"] for one in done] == [12, 7, 0]
    assert [one["failed"] for one in done] == [1, 0, 0]
    assert [one["skipped"] for one in done] == [0, 1, 0]
    assert sum(one["ok"] for one in done) == 18


def test_only_listing_begins_anew_where_it_is_forced(tiny, images, chain_alone, tmp_path):
    out = shutil.copytree(chain_alone, tmp_path / "out")
    words = ["run", images, "--out", out, *RUN, "--seed", "3"]
    tiny.refuses(*words, "--shard", "0/2", code=USAGE, tells=[str(out), "--force"])
    assert (
        json.loads(tiny(*words, "--shard", "0/2", "--force", "--json").text)["parts_left"] == PARTS
    )
    assert (out / "_SUCCESS").is_file()
    for which in ("1/2", "2/2"):
        tiny(*words, "--shard", which)
    tiny(*words)
    tiny("verify", out)
    assert json.loads((out / "run.json").read_bytes())["options"]["seed"] == 3


def test_only_listing_keeps_the_listing_for_those_that_come_later(tiny, images, shard, tmp_path):
    folder = shutil.copytree(images, tmp_path / "images")
    assert shard("0/2", of=folder) == PARTS
    shutil.copytree(folder / "a", folder / "d")
    assert [shard(which, of=folder) for which in ("1/2", "2/2")] == [2, 0]


WRONG = [
    "4/3",
    "x/3",
    "3",
    "1/0",
    "-1/2",
    "",
    "/",
    "1/",
    "/2",
    "1/2/3",
    "1.0/2",
    "+1/2",
    "-0/2",
    " 1/2",
]
WRONG += ["18446744073709551617/3", "1/x", "1 / 2", "1\\2"]


@pytest.mark.parametrize("value", WRONG)
def test_what_is_no_shard_is_refused(tiny, images, tmp_path, value):
    words = ["extract", images, "--out", tmp_path / "out", *SETTINGS]
    for given in (["--shard", value], [f"--shard={value}"]):
        tiny.refuses(*words, *given, code=USAGE, tells=["--shard"])
    assert not (tmp_path / "out").exists()
