# SPDX-License-Identifier: Apache-2.0
"""kill -9 before every single change that a run makes to a file system: nothing half done is ever
seen, and the same command goes on to the bytes of a run that nobody disturbed.

The folder has copies of photographs in other parts of the tables than their originals, under the same
label and under another, a hidden file, and files that are no photographs: a resumed run takes the split
from its listing, and finds copies and failures in the parts that are finished."""

import shutil
import signal
import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyarrow.parquet as parquet
import pytest
from command import BINARY, DONE, TINY
from photographs import make_folder
from tables import digests, failures_of, json_of, part_records, parts_of, sha256_of

SMALL_PARTS = [*TINY, "--part-files", "4"]
AT_ONCE = 2


@pytest.fixture(scope="module")
def images(tmp_path_factory):
    folder = make_folder(tmp_path_factory.mktemp("killed") / "images", "abc", count=8)
    (folder / "a" / "broken.jpg").write_bytes((folder / "a" / "0.jpg").read_bytes()[:200])
    (folder / "b" / "notes.txt").write_text("no picture")
    for number in range(3):
        shutil.copy(folder / "a" / f"{number}.jpg", folder / "a" / f"z copy of {number}.jpg")
    shutil.copy(folder / "a" / "7.jpg", folder / "c" / "wrong.jpg")
    (folder / "c" / "pointer.jpg").write_text("version https://git-lfs.github.com/spec/v1\n")
    (folder / "@eaDir").mkdir()
    shutil.copy(folder / "b" / "0.jpg", folder / "@eaDir" / "0.jpg")
    return folder


@pytest.fixture(scope="module")
def undisturbed_results(tiny, images, tmp_path_factory):
    out = tmp_path_factory.mktemp("undisturbed") / "out"
    tiny("run", images, "--out", out, *SMALL_PARTS)
    return out


@pytest.fixture(scope="module")
def undisturbed(undisturbed_results):
    return digests(undisturbed_results)


@pytest.fixture(scope="module")
def killed(tiny, tmp_path_factory):
    """Runs a command that is killed before its n-th change; how many changes it made where n is 0.
    `without`: system calls that this file system does not offer."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        pytest.skip("no C compiler here to build what kills")
    folder = tmp_path_factory.mktemp("shim")
    shim = folder / "kill_shim.so"
    source = Path(__file__).with_name("kill_shim.c")
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", shim, source, "-ldl"], check=True)

    def run(words, at=0, without=""):
        count = folder / f"count-{threading.get_ident()}"
        own = {"POMONA_TEST_KILL_AT": str(at), "POMONA_TEST_KILL_COUNT": str(count)}
        own["POMONA_TEST_WITHOUT"] = without
        done = subprocess.run(
            [BINARY, *words],
            env=tiny.environment | own | {"LD_PRELOAD": str(shim)},
            capture_output=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == (-signal.SIGKILL if at else DONE), done.stderr.decode()
        return 0 if at else int(count.read_text().split()[0])

    # Of the last run of this thread that was not killed: where writes began that replace nothing.
    run.moments = lambda: [
        int(at) for at in (folder / f"count-{threading.get_ident()}").read_text().split()[1:]
    ]
    return run


def promised(out: Path) -> dict[str, str] | None:
    """What SHA256SUMS lists, for a reader who goes by _SUCCESS; None: there is nothing."""
    if not (out / "_SUCCESS").exists():
        return None
    lines = (out / "SHA256SUMS").read_text().splitlines()
    return {line[66:]: line[:64] for line in lines}


def check_reader(out: Path) -> None:
    listed = promised(out)
    if listed is not None:
        assert {name: sha256_of(out / name) for name in listed} == listed


def in_parallel(check, points) -> None:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for done in [pool.submit(check, point) for point in points]:
            done.result()


def test_copies_lie_in_several_parts(undisturbed_results):
    """Else the kills below would show nothing about them."""
    out = undisturbed_results
    assert json_of(out / "metrics.json")["copies"] | {"contradictions": []} == {
        "photographs": 8,
        "test_rows": 0,
        "two_labels": 2,
        "contradictions": [],
    }
    found = {
        row["path"]: (number, row["split"], row["status"])
        for number, part in enumerate(parts_of(out / "manifest"))
        for row in parquet.read_table(part).to_pylist()
    }
    pairs = [(f"a/{number}.jpg", f"a/z copy of {number}.jpg") for number in range(3)]
    pairs.append(("a/7.jpg", "c/wrong.jpg"))
    sides = [(found[one][1], found[other][1]) for one, other in pairs]
    assert set(sides) == {("train", "train"), ("test", "test")}
    apart = [pair for pair in pairs if found[pair[0]][0] != found[pair[1]][0]]
    assert len(apart) >= 2 and pairs[-1] in apart
    assert found["@eaDir/0.jpg"][2] == "skipped"
    kinds = {path: kind for path, (_, kind) in failures_of(out).items()}
    assert kinds == {"a/broken.jpg": "truncated", "c/pointer.jpg": "not_an_image"}


def test_b1_killed_before_every_change(tiny, killed, images, undisturbed, tmp_path, capsys):
    words = ["run", images, "--workers", "1", *SMALL_PARTS, "--out"]
    changes = killed([*words, tmp_path / "counted"])
    decoded = []

    def check(point):
        out = tmp_path / f"out-{point}"
        killed([*words, out], point)
        check_reader(out)
        shards = len(part_records(out))
        was_published = promised(out) is not None
        publishes = any(out.glob("_pomona/*/publication.json"))
        tiny(*words, out)
        assert digests(out) == undisturbed, point
        assert not (out / "_pomona").exists()
        if not (was_published or publishes):
            assert json_of(out / "run.json")["work"]["shards_kept"] == shards
            decoded.append(json_of(out / "run.json")["work"]["decoded"])
        shutil.rmtree(out)

    assert changes >= 200
    in_parallel(check, range(1, changes + 1))
    assert min(decoded) == 0 and max(decoded) == 29
    with capsys.disabled():
        print(f"\nkill points: {changes}, each with the bytes of an undisturbed run")


def test_b1_killed_twice(tiny, killed, images, undisturbed, tmp_path):
    words = ["run", images, "--workers", "1", *SMALL_PARTS, "--out"]
    changes = killed([*words, tmp_path / "counted"])

    def check(point):
        out = tmp_path / f"out-{point}"
        killed([*words, out], point)
        killed([*words, out], 20 + point % 37)
        tiny(*words, out)
        assert digests(out) == undisturbed, point

    in_parallel(check, range(10, changes * 3 // 4, 17))


@pytest.mark.parametrize("without", ["", "linkat", "linkat,renameat2"])
def test_b1_killed_around_every_write_that_replaces_nothing(
    tiny, killed, images, undisturbed, tmp_path, without
):
    """By a hard link, by a rename and under a lock: the work, its parts, the publication."""
    words = ["run", images, "--workers", "1", *SMALL_PARTS, "--out"]
    killed([*words, tmp_path / "counted"], without=without)
    moments = killed.moments()
    assert len(moments) == 10, "work.json, eight parts, publication.json"

    def check(point):
        out = tmp_path / f"out-{point}"
        killed([*words, out], point, without)
        check_reader(out)
        killed([*words, out], without=without)
        assert digests(out) == undisturbed, point
        assert not (out / "_pomona").exists()
        shutil.rmtree(out)

    # A link is followed by a removal; a lock is made, a file renamed, and the lock removed.
    in_parallel(check, sorted({at + after for at in moments for after in range(4)}))


class Reader(threading.Thread):
    """Looks again and again at what a reader by _SUCCESS would take for whole."""

    def __init__(self, out: Path):
        super().__init__()
        self.out = out
        self.seen: list[tuple[dict[str, str], dict[str, str]]] = []  # listed, found
        self.ended = threading.Event()

    def run(self):
        while not self.ended.is_set():
            try:
                listed = promised(self.out)
                found = {name: sha256_of(self.out / name) for name in listed or {}}
                still = promised(self.out)
            except FileNotFoundError:
                continue  # replaced meanwhile: a reader sees so and reads again
            if listed and still == listed:
                self.seen.append((listed, found))


def test_b2_a_reader_sees_the_old_or_the_new_result(
    tiny, killed, images, undisturbed, noise, tmp_path
):
    """Killed before each of the changes with which a result replaces an earlier one."""
    words = ["run", images, "--workers", "1", *SMALL_PARTS, "--force", "--out"]
    old = tmp_path / "old"
    tiny("run", noise, "--out", old, *TINY)
    counted = tmp_path / "counted"
    shutil.copytree(old, counted)
    changes = killed([*words, counted])
    old_names, new_names = set(promised(old)), set(promised(counted))
    assert old_names != new_names

    def check(point):
        out = tmp_path / f"out-{point}"
        shutil.copytree(old, out)
        reader = Reader(out)
        reader.start()
        try:
            killed([*words, out], point)
            check_reader(out)
            tiny(*words, out)
        finally:
            reader.ended.set()
            reader.join()
        for listed, found in reader.seen:
            assert found == listed and set(listed) in (old_names, new_names)
        assert digests(out) == undisturbed
        shutil.rmtree(out)

    in_parallel(check, range(changes - 110, changes + 1, 2))
