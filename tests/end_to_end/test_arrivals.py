# SPDX-License-Identifier: Apache-2.0
"""Row B19: photographs arrive, go and are replaced while a run is at work, or between its kill and
its next start: it works from the listing it began with, and nothing is lost or there twice."""

import os
import shutil
import signal
import subprocess

import pytest
from command import NOT_ALL_GOOD, TINY, USAGE, wait_until
from fault_proxy import Rule
from photographs import encoded, make_folder, picture
from tables import (
    counts_of_parts,
    differences,
    digests,
    failures_of,
    json_of,
    keys_of,
    part_records,
    results_below,
    rows_of,
    sha256_of,
    statuses_of,
    work_of,
)

# Twenty photographs. In order: the three that are kept for the test, then a, b and c, three a part.
SETTINGS = [*TINY, "--test-files", r"^5\.", "--part-files", "3", "--workers", "1"]
TOLERANT = [*SETTINGS, "--max-failures", "0.2"]
PARTS = 7
# When the run is halted these are done with …
READ_THEN_GONE, READ_THEN_REPLACED = "a/1.jpg", "a/3.jpg"
# … those, of the last part, are not …
GONE, REPLACED = "c/6.jpg", "c/7.jpg"
# … and of these nothing was known: before, among and behind the others, and of new labels.
ARRIVALS = ["0/0.jpg", "a/00.jpg", "b/3.jpg.jpg", "c/9.jpg", "d/0.jpg"]


@pytest.fixture(scope="module", params=["folder", "bucket"])
def kind(request):
    return request.param


@pytest.fixture(scope="module")
def original(kind, tmp_path_factory):
    """In a folder those of the last label take long to decode, so that a run can be halted."""
    folder = make_folder(tmp_path_factory.mktemp("growing") / "original", "ab", count=6)
    last = picture(5).resize((2000, 2000)) if kind == "folder" else picture(5)
    content = encoded(last, "PNG", compress_level=1)
    (folder / "c").mkdir()
    for i in range(8):
        (folder / "c" / f"{i}.jpg").write_bytes(content + bytes(i))
    return folder


@pytest.fixture(scope="module")
def undisturbed(tiny, original, tmp_path_factory):
    out = tmp_path_factory.mktemp("undisturbed") / "out"
    tiny("extract", original, "--out", out, *SETTINGS)
    assert work_of(out)["shards"] == PARTS
    return out


class Folder:
    """Photographs and results on this machine."""

    def __init__(self, pomona, original, root):
        self.pomona, self.root = pomona, root
        self.images, self.out = root / "images", root / "out"
        shutil.copytree(original, self.images)

    def start(self):
        return self.pomona.start(*self.words(), stderr=subprocess.DEVNULL)

    def words(self, *settings):
        return ["extract", self.images, "--out", self.out, *(settings or TOLERANT)]

    def finished_parts(self) -> int:
        return len(part_records(self.out))

    def hold(self, process):
        process.send_signal(signal.SIGSTOP)

    def let_go(self, process):
        process.send_signal(signal.SIGCONT)

    def put(self, name, content):
        path = self.images / name
        was = path.stat().st_mtime_ns if path.exists() else 0
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
        if was:
            os.utime(path, ns=(was + 10**9, was + 10**9))

    def remove(self, name):
        (self.images / name).unlink()

    def results(self):
        return self.out


class Bucket:
    """Photographs and results in a bucket; its last photographs cannot be had at first."""

    def __init__(self, far, shaky, s3, proxy, original, root):
        self.pomona, self.shaky, self.s3, self.proxy, self.root = far, shaky, s3, proxy, root
        self.bucket = s3.bucket()
        self.images, self.out = f"s3://{self.bucket}/photos", f"s3://{self.bucket}/out"
        s3.upload(original, self.bucket, "photos")

    words = Folder.words

    def start(self):
        self.proxy.add(Rule(method="GET", path=r"/photos/c/[^5]\.jpg", status=503, forward=False))
        return self.shaky.start(*self.words(), stderr=subprocess.DEVNULL)

    def finished_parts(self) -> int:
        return sum("/shards/" in name for name in self.s3.names(self.bucket, "out/_pomona"))

    def hold(self, process):
        pass

    def let_go(self, process):
        self.proxy.clear()

    def put(self, name, content):
        self.s3.client.put_object(Bucket=self.bucket, Key=f"photos/{name}", Body=content)

    def remove(self, name):
        self.s3.client.delete_object(Bucket=self.bucket, Key=f"photos/{name}")

    def results(self):
        copied = self.root / "copied"
        shutil.rmtree(copied, ignore_errors=True)
        return self.s3.download(self.bucket, "out", copied)


@pytest.fixture
def place(request, kind, original, tmp_path):
    if kind == "folder":
        return Folder(request.getfixturevalue("tiny"), original, tmp_path)
    of_a_bucket = [request.getfixturevalue(name) for name in ("far", "shaky", "s3", "proxy")]
    return Bucket(*of_a_bucket, original, tmp_path)


@pytest.fixture
def halted(place):
    """A run that has done most parts, but has not begun with the last one."""
    process = place.start()
    try:
        wait_until(lambda: place.finished_parts() >= 4, process)
        place.hold(process)
        assert place.finished_parts() <= PARTS - 2
        yield process
    finally:
        process.kill()
        process.communicate()


def goes_on(place, process, killed: bool) -> None:
    """To the end: the run itself, or the same command once it was killed."""
    if killed:
        process.kill()
        process.wait()
        finished = place.finished_parts()
        place.let_go(process)
        place.pomona(*place.words())
        assert work_of(place.results())["shards_kept"] == finished
    else:
        place.let_go(process)
        process.communicate(timeout=60)
        assert process.returncode == 0


def photograph(seed: int) -> bytes:
    return encoded(picture(seed))


def arrive(place):
    for number, name in enumerate(ARRIVALS):
        place.put(name, photograph(800 + number))


def change(place):
    """All that can happen to photographs."""
    arrive(place)
    place.remove(READ_THEN_GONE)
    place.put(READ_THEN_REPLACED, photograph(900))
    place.remove(GONE)
    place.put(REPLACED, photograph(901))


KILLED = pytest.mark.parametrize("killed", [True, False], ids=["killed", "at work"])


@KILLED
def test_b19_arrivals_change_no_byte(place, halted, undisturbed, killed):
    arrive(place)
    goes_on(place, halted, killed)
    out = place.results()
    assert differences(out, undisturbed) == set()
    assert keys_of(rows_of(out / "snapshot")) == keys_of(rows_of(undisturbed / "snapshot"))
    assert not (out / "_pomona").exists()


@KILLED
def test_b19_each_photograph_of_the_listing_has_one_row(
    place, halted, original, undisturbed, killed
):
    change(place)
    goes_on(place, halted, killed)
    out = place.results()
    assert failures_of(out) == {GONE: ("read", "gone"), REPLACED: ("read", "replaced")}

    whole = rows_of(undisturbed / "manifest")
    rows = rows_of(out / "manifest")
    assert keys_of(rows) == keys_of(whole)
    for row, expected in zip(rows, whole):
        failed = row["path"] in (GONE, REPLACED)
        assert row == (expected | {"status": "failed", "sha256": ""} if failed else expected)
    for table in ("features", "pictures"):
        whole = [row for row in rows_of(undisturbed / table) if row["path"] not in (GONE, REPLACED)]
        assert rows_of(out / table) == whole

    counts = json_of(out / "run.json")["counts"]
    assert [counts[name] for name in ("found", "ok", "failed", "skipped")] == [20, 18, 2, 0]
    assert [sum(column) for column in zip(*counts_of_parts(out))] == [20, 18, 2, 0]
    assert counts_of_parts(out)[-1] == [2, 0, 2, 0]
    read = {path: original / path for path, status in statuses_of(out).items() if status == "ok"}
    assert counts["bytes"] == sum(path.stat().st_size for path in read.values())
    assert {row["path"]: row["sha256"] for row in rows if row["status"] == "ok"} == {
        name: sha256_of(path) for name, path in read.items()
    }


def reported_by_verify(place) -> None:
    done = place.pomona("verify", place.out, code=NOT_ALL_GOOD)
    assert "manifest: 20 files, 18 ok, 2 failed, 0 skipped" in done.text
    [problem] = [line for line in done.text.splitlines() if line.startswith("PROBLEM")]
    for words in (
        f"5 files are in the folder but not in the manifest, the first is '{ARRIVALS[0]}'",
        f"2 files are in the manifest but no longer in the folder, the first is '{READ_THEN_GONE}'",
        f"2 files are of another size than in the manifest, the first is '{READ_THEN_REPLACED}'",
    ):
        assert words in problem


def test_b19_what_came_later_is_reported_by_verify_and_taken_by_the_next_run(place, halted):
    change(place)
    goes_on(place, halted, killed=True)
    reported_by_verify(place)
    before = digests(place.results(), leave_out=set())
    place.pomona.refuses(*place.words(), code=USAGE, tells=["other photographs", "--from"])
    assert digests(place.results(), leave_out=set()) == before
    words = ["run", place.images, *TOLERANT, "--out"]
    place.pomona(*words, place.root / "next", "--from", place.out)
    place.pomona(*words, place.root / "fresh")
    assert differences(place.root / "next", place.root / "fresh") == set()
    replaced = {READ_THEN_REPLACED, REPLACED}
    work = work_of(place.root / "next")
    assert work["decoded"] == len(ARRIVALS) + len(replaced)
    assert work["rows_taken"] == 20 - len(replaced) - len({READ_THEN_GONE, GONE})
    assert failures_of(place.root / "next") == {}
    place.pomona("verify", place.root / "next")


def test_b19_where_too_many_have_gone_the_next_run_lists_anew(place, halted):
    """More than --max-failures allows: such work holds up nobody."""
    halted.kill()
    halted.wait()
    place.let_go(halted)
    change(place)
    place.remove("c/4.jpg")
    words = place.words(*SETTINGS)
    place.pomona.refuses(
        *words, code=USAGE, tells=["--max-failures", "2 gone, 1 replaced", "c/4.jpg"]
    )
    assert results_below(place.results()) == set()
    place.pomona(*words)
    place.pomona("verify", place.out)
    statuses = statuses_of(place.results())
    assert set(statuses.values()) == {"ok"} and set(ARRIVALS) < set(statuses)
    assert len(statuses) == 20 + len(ARRIVALS) - 3


def test_b19_photographs_that_move_are_there_once_at_most(place, halted, original):
    """One that was read moves behind the others, one that was not to the front."""
    for name, moved in ((READ_THEN_GONE, "c/9.jpg"), (GONE, "a/00.jpg")):
        place.put(moved, (original / name).read_bytes())
        place.remove(name)
    goes_on(place, halted, killed=True)
    out = place.results()
    assert failures_of(out) == {GONE: ("read", "gone")}
    there = [row["sha256"] for row in rows_of(out / "manifest") if row["status"] == "ok"]
    assert len(there) == len(set(there)) == 19
    place.pomona("run", place.images, "--out", place.root / "next", *SETTINGS, "--from", place.out)
    assert work_of(place.root / "next")["decoded"] == 2
    there = [row["sha256"] for row in rows_of(place.root / "next" / "manifest")]
    assert len(there) == len(set(there)) == 20


def test_b19_shares_work_from_the_listing_of_the_first(tiny, noise, tmp_path):
    images = shutil.copytree(noise, tmp_path / "images")
    words = ["extract", images, *SETTINGS, "--out"]
    tiny(*words, tmp_path / "alone")
    tiny(*words, tmp_path / "out", "--shard", "1/2")
    (images / "a" / "00.jpg").write_bytes(photograph(800))
    tiny(*words, tmp_path / "out", "--shard", "2/2")
    assert differences(tmp_path / "out", tmp_path / "alone") == set()
