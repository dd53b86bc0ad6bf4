# SPDX-License-Identifier: Apache-2.0
"""Stages whose driver or executor is killed, or whose tasks run twice: every photograph once."""

import json
import os
import threading

import numpy as np
import pytest
from buckets import SECRET, files_that_hold, served
from cluster import Cluster, kill_executor
from driver import SPECULATION
from places import FRUITS
from processes import parent_of, wait_until
from stage_driver import StageDriver, digest, rows_of
from waiting import passes

import pomona
from pomona.spark import ImageFeaturizer

FILES = sorted([*(FRUITS / "Banana").glob("*.jpg"), *(FRUITS / "Fig").glob("*.jpg")])
PHOTOGRAPHS = {f"{number:02}.jpg": path for number, path in enumerate(FILES)}
FIRST, LATER = sorted(PHOTOGRAPHS)[:10], sorted(PHOTOGRAPHS)[10:13]
STUCK = FIRST[6]  # in the second batch of four


@pytest.fixture(scope="module")
def server():
    yield from served()


@pytest.fixture(scope="module")
def two_machines(server, tmp_path_factory):
    """Spark gives a duplicate to another machine alone. They have the credentials of the bucket, and
    a core more than the two streams have tasks that wait.
    """
    cluster = Cluster(tmp_path_factory.mktemp("cluster"), workers=0)
    cluster.add_worker(cores=2)
    cluster.add_worker(cores=1, host="127.0.0.2")
    yield cluster
    cluster.close()


class Arrivals:
    """Photographs that arrive one after the other in a folder, and in a bucket with a list of each."""

    def __init__(self, server, root):
        self.folder, self.lists = root / "folder", root / "lists"
        self.folder.mkdir()
        self.lists.mkdir()
        self._server, self._bucket, self._seconds = server, server.bucket(), 1_700_000_000

    def add(self, name, content):
        self._seconds += 10  # streams take what is oldest first
        self._server.client.put_object(Bucket=self._bucket, Key=name, Body=content)
        place = f"s3://{self._bucket}/{name}\n"
        for file, text in (
            (self.folder / name, content),
            (self.lists / f"{name}.txt", place.encode()),
        ):
            file.write_bytes(text)
            os.utime(file, (self._seconds, self._seconds))


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    root = tmp_path_factory.mktemp("streams")
    for name in ("marks", "events"):
        (root / name).mkdir()
    return root


@pytest.fixture(scope="module")
def said(server, two_machines, tiny, output, root):
    """By a driver that was started again after it was killed in mid-batch."""
    arrivals = Arrivals(server, root)
    for name in FIRST:
        arrivals.add(name, PHOTOGRAPHS[name].read_bytes())
    given = {"folder": f"file:{arrivals.folder}", "lists": f"file:{arrivals.lists}"}
    given |= {"out": f"{root}/out", "marks": f"{root}/marks", "stuck": STUCK}
    given |= {"bundle": str(output.path), "options": {**tiny, "models": str(tiny["models"])}}
    events = {"spark.eventLog.enabled": "true", "spark.eventLog.dir": f"file:{root}/events"}
    given["settings"] = {**events, "spark.eventLog.compress": "false"}
    outs = [root / "out" / name for name in ("folder", "bucket")]

    def is_in_mid_batch(out):
        return (root / "marks" / out.name).is_dir() and unrecorded(out) != []

    with StageDriver(two_machines.url, given) as driver:
        wait_until(lambda: driver.has_ended() or all(map(is_in_mid_batch, outs)), seconds=120)
        assert not driver.has_ended(), driver.end()
    for out in outs:
        checkpoint = out.with_name(f"{out.name}-checkpoint")
        assert (checkpoint / "offsets" / "1").exists()
        assert not (checkpoint / "commits" / "1").exists()
    for name in LATER:
        arrivals.add(name, PHOTOGRAPHS[name].read_bytes())
    arrivals.add("broken.jpg", b"no photograph")
    given["settings"] |= SPECULATION
    with StageDriver(two_machines.url, given) as driver:
        said = driver.end()
    assert "error" not in said, said["error"]
    return said


def unrecorded(out):
    """Finished files of rows that no finished batch of a stream has."""
    recorded = {
        json.loads(line)["path"].rpartition("/")[2]
        for log in (out / "_spark_metadata").glob("[0-9]*")
        for line in log.read_text().splitlines()[1:]
    }
    files = [file for file in out.glob("*.parquet") if file.name not in recorded]
    return [file for file in files if file.read_bytes()[4:].endswith(b"PAR1")]


@pytest.fixture(scope="module")
def digests(tiny):
    """Of features of one machine."""
    features = np.asarray(pomona.Featurizer(**tiny)(list(PHOTOGRAPHS.values()))["features"])
    return {name: digest(row) for name, row in zip(PHOTOGRAPHS, features)}


@pytest.fixture(scope="module")
def expected(digests):
    rows = {name: digests[name] for name in FIRST + LATER} | {"broken.jpg": "not_an_image"}
    return sorted(map(list, rows.items()))


@pytest.mark.parametrize("source", ["folder", "bucket"])
def test_a_stream_goes_on_where_its_driver_was_killed(said, expected, root, source):
    assert said["streams"][source] == expected
    # What the killed driver had written of its batch is still there, and no part of the table.
    assert unrecorded(root / "out" / source) != []


def test_speculative_duplicates(said, expected):
    assert said["killed"] >= 1
    assert said["duplicated"] == expected


def test_no_secret_leaves_the_environment(said, root, two_machines):
    by_stage, by_sql = said["answers"]
    assert by_stage == by_sql
    assert len([place for place, label in by_stage.items() if label]) == len(FIRST + LATER)
    assert said["tasks"] >= 4
    assert said["secrets"] == 0
    assert files_that_hold(root / "events", "MapInArrow") != []
    for folder in (root, two_machines.folder):
        assert files_that_hold(folder, SECRET) == []


def test_an_executor_is_killed(spark, cluster, tiny, digests, tmp_path):
    folder = tmp_path / "folder"
    folder.mkdir()
    for name, path in PHOTOGRAPHS.items():
        (folder / name).symlink_to(path)
    mark, out = tmp_path / "mark", tmp_path / "out"

    def kill():
        wait_until(lambda: mark.is_dir() and list(mark.iterdir()), seconds=60)
        wait_until(lambda: list(out.glob("_temporary/0/task_*")), seconds=60)
        worker = next(mark.iterdir()).name
        kill_executor(parent_of(parent_of(worker)))
        killed.append(worker)

    killed = []
    thread = threading.Thread(target=kill)
    thread.start()
    photographs = spark.read.format("binaryFile").load(f"file:{folder}")
    waiting = photographs.repartition(6, "path").where(passes(mark, STUCK)("path"))
    stage = ImageFeaturizer(**{**tiny, "models": str(tiny["models"])}, handleInvalid="keep")
    stage.transform(waiting).write.parquet(f"file:{out}")
    thread.join()
    assert killed != []
    assert rows_of(spark.read.parquet(f"file:{out}")) == sorted(digests.items())
    wait_until(lambda: len(cluster.executors()) == 2, seconds=60)
