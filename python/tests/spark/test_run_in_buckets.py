# SPDX-License-Identifier: Apache-2.0
"""The whole chain from a bucket to a bucket: credentials come by the environment and go nowhere."""

import hashlib
from pathlib import Path

import pytest
from buckets import SECRET, files_that_hold, served
from cluster import Cluster
from driver import Driver
from outputs import differences, make_photographs

import pomona
from pomona.errors import NotFoundError, UnavailableError
from pomona.spark import _chain_worker


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """Whoever reads nothing but variables does not find it."""
    yield from served(tmp_path_factory.mktemp("aws") / "config")


@pytest.fixture(scope="module")
def cluster_of_buckets(server, tmp_path_factory):
    """Its machines have the credentials in their environment."""
    cluster = Cluster(tmp_path_factory.mktemp("cluster"))
    yield cluster
    cluster.close()


def test_from_a_bucket_to_a_bucket(server, cluster_of_buckets, tiny, tmp_path):
    photographs = make_photographs(tmp_path / "fruits", labels=4)
    options = {**tiny, "components": 4, "part_files": 16}
    alone = pomona.run(photographs, tmp_path / "alone", **options)
    bucket = f"s3://{server.bucket()}"
    pomona.sync(photographs, f"{bucket}/fruits")
    events = tmp_path / "events"
    events.mkdir()
    settings = {"spark.eventLog.enabled": "true", "spark.eventLog.dir": f"file://{events}"}
    settings["spark.eventLog.compress"] = "false"
    words = (cluster_of_buckets.url, f"{bucket}/fruits", f"{bucket}/out", options, settings)
    with Driver(*words) as driver:
        said = driver.end()
    assert "error" not in said, said
    assert pomona.verify(f"{bucket}/out", models=options["models"]).ok
    pomona.sync(f"{bucket}/out", tmp_path / "out")
    # The listing holds times, which are others in a bucket.
    listing = {"snapshot/part-00000.snappy.parquet"}
    assert differences(alone.path, tmp_path / "out") == listing
    assert said["paths"] == sorted(alone.features("pyarrow")["path"].to_pylist())
    assert sum(one["decoded"] for one in said["shards"]) == alone.record["work"]["decoded"]
    # The log of events, and the folders of the machines, hold what was done and no secret.
    assert files_that_hold(events, "pomona.spark.run: extract features") != []
    assert files_that_hold(cluster_of_buckets.folder, "ExecutorBackend") != []
    for folder in (events, cluster_of_buckets.folder, Path(alone.path)):
        assert files_that_hold(folder, SECRET) == []
    assert SECRET not in str(said)


def test_a_task_looks_whether_it_sees_the_bucket_of_the_driver(server, tiny, tmp_path):
    photographs = make_photographs(tmp_path / "fruits", labels=2)
    out = f"s3://{server.bucket()}/out"
    pomona.run(photographs, out, **tiny, shard="0/1")
    pomona.sync(out, tmp_path / "out")
    note = (tmp_path / "out" / "_pomona" / "work.json").read_bytes()
    digest = _chain_worker.digest_of_note(out, {})
    assert digest == hashlib.sha256(note).hexdigest()
    options = {"backbone": "tiny", "models": str(tiny["models"]), "precision": "f32"}

    def done(note, **stores):
        task = _chain_worker.ShardTask(
            [str(photographs)], out, note, {**options, **stores}, {}, 1, []
        )
        return _chain_worker._done(0, task)

    with pytest.raises(NotFoundError, match="does not see the bucket of the driver.*s3_endpoint"):
        done("another")
    with pytest.raises(UnavailableError, match="shard 1 of 1 on the Spark executor.*endpoint"):
        done(digest, s3_endpoint="http://127.0.0.1:9")
    assert done(digest).photographs > 0
