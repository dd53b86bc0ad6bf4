# SPDX-License-Identifier: Apache-2.0
"""The whole chain from a bucket to a bucket: credentials come by the environment and go nowhere."""

from pathlib import Path

import pytest
from buckets import SECRET, files_that_hold, served
from cluster import Cluster
from driver import Driver
from outputs import differences, make_photographs

import pomona


@pytest.fixture(scope="module")
def server():
    yield from served()


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
