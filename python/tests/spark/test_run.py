# SPDX-License-Identifier: Apache-2.0
"""The whole chain on a cluster: the output folder of one machine, byte for byte."""

import fcntl
import json
import logging
import os
import subprocess
import sys
import threading
from pathlib import Path

import pyspark
import pytest
from children import child_environment
from outputs import differences, make_photographs, what_shards_did

import pomona
from pomona.errors import InvalidInputError, NotFoundError
from pomona.spark import _chain_worker, chain, run

GROUP = r"^(r\d*_)?"
DONE = ("parts", "ok", "failed", "decoded", "bytes")


@pytest.fixture(scope="module")
def photographs(tmp_path_factory):
    """One label has nearly all of them, one file is broken, one is no photograph."""
    return make_photographs(tmp_path_factory.mktemp("fruits") / "fruits")


@pytest.fixture(scope="module")
def options(tiny):
    return {**tiny, "components": 4, "group": GROUP, "part_files": 16}


@pytest.fixture(scope="module")
def alone(photographs, options, tmp_path_factory):
    return pomona.run(photographs, tmp_path_factory.mktemp("alone") / "out", **options)


def test_it_gives_the_bytes_of_one_machine(spark, photographs, options, alone, tmp_path, caplog):
    caplog.set_level(logging.INFO, "pomona")
    out = tmp_path / "out [1]"  # Spark takes that for a pattern
    table = run(spark, photographs, out, **options)
    assert differences(alone.path, out) == set()
    assert table.columns == ["path", "label", "split", "features"]
    ours = alone.features("pyarrow").to_pylist()
    rows = [row.asDict() for row in table.collect()]
    assert sorted(rows, key=lambda row: row["path"]) == sorted(ours, key=lambda row: row["path"])
    assert pomona.verify(out, models=options["models"]).ok
    assert pomona.report(out).is_complete
    record = pomona.Output(out).record
    assert record["verb"] == "run" and record["work"]["decoded"] == 0
    done = what_shards_did(caplog)
    assert sum(one.photographs for one in done) == record["counts"]["ok"] == len(rows)
    assert sum(one.failed for one in done) == record["counts"]["failed"] == 1
    assert len({one.daemon for one in done}) == 2
    assert all(one.seconds >= one.extract > 0 for one in done)


def test_the_same_call_again_finds_it_done(spark, photographs, options, tmp_path, caplog):
    first = run(spark, photographs, tmp_path / "out", **options).count()
    written = (tmp_path / "out" / "run.json").stat().st_mtime_ns
    caplog.set_level(logging.INFO, "pomona")
    assert run(spark, photographs, tmp_path / "out", **options).count() == first
    assert (tmp_path / "out" / "run.json").stat().st_mtime_ns == written
    assert what_shards_did(caplog) == []
    with pytest.raises(InvalidInputError, match="other options.*force"):
        run(spark, photographs, tmp_path / "out", **{**options, "size": 48})
    run(spark, photographs, tmp_path / "out", **{**options, "size": 48}, force=True)
    assert pomona.Output(tmp_path / "out").record["backbone"]["size"] == 48
    assert len(what_shards_did(caplog)) > 0
    assert pomona.Output(tmp_path / "out").record["work"]["decoded"] == 0
    assert not (tmp_path / "out" / "_pomona").exists()


def test_failures_alone_are_read_again(spark, photographs, options, alone, tmp_path, caplog):
    run(spark, photographs, tmp_path / "out", **options)
    caplog.set_level(logging.INFO, "pomona")
    run(spark, photographs, tmp_path / "out", **options, retry_failures=True)
    assert sum(one.decoded for one in what_shards_did(caplog)) == 1
    assert differences(alone.path, tmp_path / "out") == set()


def test_rows_of_an_earlier_run_and_a_test_set(
    spark, photographs, options, alone, tmp_path, caplog, monkeypatch
):
    make_photographs(tmp_path / "others", labels=2)
    monkeypatch.chdir(tmp_path)
    caplog.set_level(logging.INFO, "pomona")
    given = {**options, "from_": alone.path, "test": ["others"]}
    table = run(spark, photographs, "out", **given)
    rows = {row.split: row["count"] for row in table.groupBy("split").count().collect()}
    assert rows["train"] == alone.record["counts"]["ok"]
    # Those of the test set, and in each of both the one that is broken.
    assert sum(one.decoded for one in what_shards_did(caplog)) == rows["test"] + 2
    one = pomona.run(photographs, "one", **given)
    assert differences(one.path, tmp_path / "out") == set()


def test_attempts_that_spark_has_killed_are_waited_for(tmp_path):
    """Their processes hold the lock of the folder until they have ended."""
    attempt = os.open(tmp_path, os.O_RDONLY)
    fcntl.flock(attempt, fcntl.LOCK_SH)
    is_over = threading.Event()

    def end():
        is_over.set()
        os.close(attempt)

    threading.Timer(0.5, end).start()
    chain._wait_until_alone(str(tmp_path))
    assert is_over.is_set()


def test_the_driver_measures_which_precision_is_fast(spark, photographs, options, tmp_path):
    run(spark, photographs, tmp_path / "out", **{**options, "precision": "auto"})
    record = pomona.Output(tmp_path / "out").record
    assert record["options"]["precision"] == record["precision"] in ("f32", "bf16")
    given = {**options, "precision": record["precision"]}
    one = pomona.run(photographs, tmp_path / "one", **given)
    assert differences(one.path, tmp_path / "out") == set()


def test_more_tasks_than_photographs(
    spark, photographs, options, alone, tmp_path, monkeypatch, caplog
):
    caplog.set_level(logging.INFO, "pomona")
    monkeypatch.setattr(chain, "_shards", lambda listing, slots: 6 * listing["parts"])
    few = {**options, "part_files": 64}
    one = pomona.run(photographs, tmp_path / "one", **few)
    run(spark, photographs, tmp_path / "out", **few)
    assert differences(one.path, tmp_path / "out") == set()
    done = what_shards_did(caplog)
    assert sum(shard.parts for shard in done) == one.record["work"]["shards"]
    assert sum(shard.parts == 0 for shard in done) > 0.8 * len(done)


def test_places_and_files_mean_the_same_on_executors(
    spark, photographs, options, tmp_path, monkeypatch
):
    monkeypatch.chdir(photographs.parent)
    labels = sorted(entry.name for entry in photographs.iterdir())
    rows = "".join(
        f"shop,{name},{'even' if i % 2 == 0 else 'odd'}\n" for i, name in enumerate(labels)
    )
    (tmp_path / "classes.csv").write_text(f"source,class,label\n{rows}")
    Path("classes.csv").symlink_to(tmp_path / "classes.csv")
    few = {**options, "classes": "classes.csv"}
    table = run(spark, {"shop": photographs.name}, "out", **few)
    assert {row.label for row in table.select("label").collect()} == {"even", "odd"}
    one = pomona.run({"shop": photographs.name}, tmp_path / "one", **few)
    assert differences(one.path, photographs.parent / "out") == set()


def test_photographs_that_only_the_driver_sees(spark, photographs, options, tmp_path, monkeypatch):
    monkeypatch.setattr(chain, "_samples", lambda images: ["/nowhere/fruits"] if images else [])
    with pytest.raises(NotFoundError, match=r"'/nowhere/fruits' on the Spark executor.*s3://"):
        run(spark, photographs, tmp_path / "out", **options)
    assert not (tmp_path / "out").exists()


def test_an_output_folder_that_only_the_driver_sees(
    spark, photographs, options, alone, tmp_path, monkeypatch
):
    monkeypatch.setattr(chain, "digest_of_note", lambda out, options: "another")
    with pytest.raises(
        NotFoundError, match=r"shard \d+ of \d+ on the Spark executor on .*does not see"
    ):
        run(spark, photographs, tmp_path / "out", **options)
    monkeypatch.undo()
    run(spark, photographs, tmp_path / "out", **options)
    assert differences(alone.path, tmp_path / "out") == set()


def test_what_cannot_be_done_is_refused_in_a_sentence(spark, photographs, options, tmp_path):
    out = tmp_path / "out"
    with pytest.raises(NotFoundError, match="nowhere"):
        run(spark, tmp_path / "nowhere", out, **options)
    with pytest.raises(NotFoundError, match="no-such-network"):
        run(spark, photographs, out, **{**options, "backbone": "no-such-network"})
    with pytest.raises(InvalidInputError, match="holdout"):
        run(spark, photographs, out, **options, holdout=7)
    with pytest.raises(TypeError, match="'sise'"):
        run(spark, photographs, out, **options, sise=7)
    with pytest.raises(TypeError, match="'shard'"):
        run(spark, photographs, out, **options, shard="1/2")
    with pytest.raises(InvalidInputError, match="photographs failed.*max_failures"):
        run(spark, photographs, out, **options, max_failures=0)


CLIENT = """
import sys
from pyspark.sql import SparkSession
from pomona.spark import run

photographs, out, models = sys.argv[1:]
spark = SparkSession.builder.remote("local[1]").getOrCreate()
assert "connect" in type(spark).__module__
options = {"backbone": "tiny", "models": models, "components": 4, "part_files": 16}
print(run(spark, photographs, out, progress=False, group=r"^(r\\d*_)?", **options).count())
spark.stop()
"""


@pytest.mark.skipif(
    pyspark.__version__ < "4", reason="the packages of Spark 3.5 do not hold Spark Connect's server"
)
def test_a_client_of_spark_connect(photographs, options, alone, tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", CLIENT, photographs, tmp_path / "out", options["models"]],
        capture_output=True,
        text=True,
        timeout=240,
        env=child_environment(),
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [str(alone.record["counts"]["ok"])]
    assert differences(alone.path, tmp_path / "out") == set()


def test_a_processor_without_bf16(fake, tmp_path):
    """What the core says there, and what a task makes of it."""
    message = "precision: this processor does not compute bf16; use f32, or auto"
    event = json.dumps({"event": "error", "kind": "invalid_input", "message": message})
    fake(f"echo '{event}' >&2; exit 2")
    task = _chain_worker.ShardTask(
        ["s3://a/b"], str(tmp_path), None, {"precision": "bf16"}, {}, 3, []
    )
    with pytest.raises(InvalidInputError, match=r'shard 2 of 3 on the Spark executor.*"f32"'):
        _chain_worker._done(1, task)


def test_a_late_executor_that_sees_no_photographs_fails_its_task(tmp_path):
    seen = str(tmp_path / "fruits")
    task = _chain_worker.ShardTask([seen], str(tmp_path), None, {}, {}, 3, [seen])
    with pytest.raises(NotFoundError, match="fruits': the driver sees it, this machine does not"):
        _chain_worker._done(0, task)


def test_the_file_of_classes_travels_with_the_task(fake, tmp_path):
    """To machines that do not see the one of the driver."""
    stages = {"timeline": [], "seconds": 0, "done": dict.fromkeys(DONE, 0)}
    fake(
        f"""for word; do case "$word" in --classes=*) cp "${{word#*=}}" '{tmp_path}/seen' ;; esac; done
        echo '{json.dumps(stages)}'"""
    )
    options = {"classes": "/driver/classes.csv", "precision": "f32"}
    files = {"classes": b"source,class,label\n"}
    task = _chain_worker.ShardTask(["s3://a/b"], str(tmp_path), None, options, files, 3, [])
    assert _chain_worker._done(0, task).parts == 0
    assert (tmp_path / "seen").read_bytes() == files["classes"]
    given = {"classes": tmp_path / "seen"}
    assert chain._contents(given, "classes") == files
    assert chain._contents({"classes": "s3://a/b.csv"}, "classes") == {}


@pytest.mark.parametrize(
    ("files", "parts", "slots", "expected"),
    [
        (22_688, 6, 2, 6),
        (1_000_000, 245, 2, 245),
        (1_000_000, 245, 400, 245),
        (1_000_000, 16_000, 2, 245),
        (1048, 66, 2, 8),
        (5, 1, 64, 1),
    ],
)
def test_tasks_are_neither_long_nor_many(files, parts, slots, expected):
    assert chain._shards({"files": files, "parts": parts}, slots) == expected
