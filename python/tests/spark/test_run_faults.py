# SPDX-License-Identifier: Apache-2.0
"""What is killed in the middle, done twice or begun again leaves the bytes of one machine."""

import os
import signal
import threading
from pathlib import Path

import pytest
from cluster import Cluster, kill_executor
from driver import SPECULATION, Driver
from outputs import differences, make_photographs, parts_done
from places import COMMAND
from processes import parent_of, wait_until

import pomona
from pomona.spark import run

PART_FILES = 8


@pytest.fixture(scope="module")
def photographs(tmp_path_factory):
    return make_photographs(tmp_path_factory.mktemp("fruits") / "fruits")


@pytest.fixture(scope="module")
def options(networks):
    """With a real network, so that a part takes long enough to be interrupted."""
    given = {"models": networks, "precision": "f32", "size": 160, "components": 4}
    return {**given, "part_files": PART_FILES, "previews": False}


@pytest.fixture(scope="module")
def alone(photographs, options, tmp_path_factory):
    return pomona.run(photographs, tmp_path_factory.mktemp("alone") / "out", **options)


@pytest.fixture(scope="module")
def parts(alone):
    return alone.record["work"]["shards"]


def check(out, alone, options):
    assert differences(alone.path, out) == set()
    assert not (out / "_pomona").exists()
    assert pomona.verify(out, models=options["models"]).ok
    wait_until(lambda: commands_on(out) == [])


def commands_on(out):
    """Processes of the command that work on an output folder, and those which started them."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            words = (entry / "cmdline").read_bytes().split(b"\0")
        except OSError:  # no process, or one that has ended
            continue
        if f"--out={out}".encode() in words and any(word.startswith(b"--shard=") for word in words):
            found.append(int(entry.name))
    return found


@pytest.fixture
def once_begun():
    """Calls a function when a first part is finished, while another thread is at work."""
    threads, happened = [], []

    def when(out, strike):
        def watch():
            wait_until(lambda: parts_done(out) and commands_on(out), seconds=120)
            strike()
            happened.append(len(parts_done(out)))

        threads.append(threading.Thread(target=watch))
        threads[0].start()
        return happened

    yield when
    for thread in threads:
        thread.join()


def test_an_executor_is_killed(
    spark, cluster, photographs, options, alone, parts, tmp_path, once_begun
):
    out = tmp_path / "out"

    done = once_begun(out, lambda: kill_executor(cluster.executors()[0]))
    run(spark, photographs, out, **options)
    assert 0 < done[0] < parts
    check(out, alone, options)
    wait_until(lambda: len(cluster.executors()) == 2, seconds=60)


def test_a_python_worker_is_killed(spark, photographs, options, alone, parts, tmp_path, once_begun):
    out = tmp_path / "out"
    killed = []

    def kill():
        command = commands_on(out)[0]
        os.kill(parent_of(command), signal.SIGKILL)
        killed.append(command)

    done = once_begun(out, kill)
    run(spark, photographs, out, **options)
    assert 0 < done[0] < parts
    wait_until(lambda: not Path(f"/proc/{killed[0]}").exists())
    check(out, alone, options)


def test_the_command_is_killed_as_where_memory_runs_out(
    spark, photographs, options, alone, parts, tmp_path, once_begun
):
    out = tmp_path / "out"
    done = once_begun(out, lambda: os.kill(commands_on(out)[0], signal.SIGKILL))
    run(spark, photographs, out, **options)
    assert 0 < done[0] < parts
    check(out, alone, options)


# Attempts of two shards wait the first time they are made: one before it begins, one before it ends.
SLOW = """#!/bin/sh
for word; do case "$word" in --shard=2/*) shard=2 ;; --shard=3/*) shard=3 ;; esac; done
if [ -n "$shard" ]; then
  echo "$shard" >> "{marks}/attempts"
  mkdir "{marks}/$shard" 2> "{marks}/none" && first=yes
fi
[ "$first$shard" = yes2 ] && sleep 20
if [ "$first$shard" = yes3 ]; then POMONA_PARENT= "{command}" "$@"; sleep 20; exit 0; fi
exec "{command}" "$@"
"""


@pytest.fixture(scope="module")
def marks(tmp_path_factory):
    return tmp_path_factory.mktemp("marks")


@pytest.fixture(scope="module")
def own_cluster(marks, tmp_path_factory):
    """For drivers of their own, whose command waits where `marks` has no mark yet."""
    slow = marks / "pomona"
    slow.write_text(SLOW.format(marks=marks, command=COMMAND))
    slow.chmod(0o755)
    (marks / "2").mkdir()
    (marks / "3").mkdir()
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("POMONA_COMMAND", str(slow))
        cluster = Cluster(tmp_path_factory.mktemp("cluster"), workers=0)
        cluster.add_worker(cores=2)
        cluster.add_worker(
            cores=2, host="127.0.0.2"
        )  # Spark gives no duplicate to the same machine
    yield cluster
    cluster.close()


def test_speculative_duplicates(own_cluster, marks, photographs, options, alone, tmp_path):
    (marks / "2").rmdir()
    (marks / "3").rmdir()
    (marks / "attempts").write_text("")
    out = tmp_path / "out"
    with Driver(own_cluster.url, photographs, out, options, SPECULATION) as driver:
        said = driver.end()
    assert "error" not in said, said
    attempts = (marks / "attempts").read_text().split()
    assert attempts.count("2") >= 2 and attempts.count("3") >= 2
    assert said["killed"] >= 2
    check(out, alone, options)
    assert len(said["paths"]) == len(set(said["paths"])) == alone.record["counts"]["ok"]
    assert len({one["shard"] for one in said["shards"]}) == len(said["shards"])
    for what in ("jobs", "stages"):
        assert any(f"{len(said['paths']) + 2} files" in str(one) for one in said[what]), said[what]
    assert all("check executors" in str(one) for one in said["jobs"][-1:])


def test_a_driver_that_is_killed_and_started_again(
    own_cluster, photographs, options, alone, parts, tmp_path
):
    out = tmp_path / "out"
    with Driver(own_cluster.url, photographs, out, options) as driver:
        wait_until(lambda: len(parts_done(out)) >= 3, seconds=120)
        driver.kill()
    wait_until(lambda: commands_on(out) == [], seconds=60)
    done = parts_done(out)
    assert 3 <= len(done) < parts
    with Driver(own_cluster.url, photographs, out, options) as driver:
        kept = threading.Thread(
            target=wait_until, args=(lambda: done.items() <= parts_done(out).items(),)
        )
        kept.start()
        said = driver.end()
        kept.join()
    assert "error" not in said, said
    check(out, alone, options)
    made = sum(one["parts"] for one in said["shards"])
    assert made == parts - len(done)
