# SPDX-License-Identifier: Apache-2.0
"""A disk that fills up at one stage or another: said clearly, nothing half done is seen on it, and
once there is room the same command goes on."""

import os
import subprocess
from pathlib import Path

import pytest
from command import TINY, UNAVAILABLE
from photographs import make_folder
from tables import digests, json_of, part_records, results_below

SMALL_PARTS = [*TINY, "--part-files", "50"]


@pytest.fixture(scope="session")
def images(tmp_path_factory):
    return make_folder(tmp_path_factory.mktemp("disk") / "images", "abcd", count=60)


@pytest.fixture(scope="session")
def whole(tiny, images, tmp_path_factory):
    """A run with room enough."""
    out = tmp_path_factory.mktemp("whole") / "out"
    tiny("run", images, "--out", out, *SMALL_PARTS)
    return out


@pytest.fixture(scope="session")
def needed(whole):
    """What a whole run takes, in bytes."""
    return sum(path.stat().st_size for path in whole.rglob("*") if path.is_file())


@pytest.fixture
def disk(tmp_path):
    """Mounts a small file system of the size asked for."""
    place = tmp_path / "disk"
    place.mkdir()

    def mount(size):
        words = ["mount", "-t", "tmpfs", "-o", f"size={size // 1024}k", "tmpfs", place]
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            pytest.skip(f"a small tmpfs cannot be mounted here: {done.stderr.strip()}")
        return place

    yield mount
    subprocess.run(["umount", place], capture_output=True, check=False)


@pytest.mark.parametrize("share", [0.01, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 0.9, 0.97])
def test_b6_a_full_disk_is_reported_and_the_run_goes_on_later(
    tiny, images, whole, needed, disk, share
):
    place = disk(max(int(share * needed), 8192))
    words = ["run", images, "--out", place / "out", *SMALL_PARTS]
    tells = [str(place / "out"), "space"]
    done = tiny.refuses(*words, code=UNAVAILABLE, tells=tells)
    assert results_below(place / "out") == set()
    kept = len(part_records(place / "out"))
    if kept == 0:
        assert list(place.iterdir()) == []
        state = os.statvfs(place)
        assert state.f_bavail >= state.f_blocks - 1
    else:
        assert "the same command goes on" in done.message
    subprocess.run(["mount", "-o", f"remount,size={8 * needed}", place], check=True)
    tiny(*words)
    assert digests(place / "out") == digests(whole)
    assert json_of(place / "out" / "run.json")["work"]["shards_kept"] == kept


@pytest.mark.parametrize("verb", ["reduce", "train"])
def test_other_verbs_tell_of_a_full_disk(tiny, images, disk, tmp_path, verb):
    tiny("extract", images, "--out", tmp_path / "in", *TINY)
    for size in (8 << 10, 48 << 10):
        place = disk(size)
        words = [verb, tmp_path / "in", "--out", place / "out"]
        tiny.refuses(*words, code=UNAVAILABLE, tells=[str(place / "out"), "space"])
        assert list(place.iterdir()) == []
        subprocess.run(["umount", place], check=True)


def test_results_that_cannot_be_printed_are_an_error(tiny, noise):
    with Path("/dev/full").open("wb") as full:
        tells = ["standard output"]
        tiny.refuses("scan", noise, stdout=full, code=UNAVAILABLE, tells=tells)
