# SPDX-License-Identifier: Apache-2.0
"""One cluster and one session for all tests of Spark.

PYTHONPATH=build/spark/spark python -m pytest python/tests/spark    (see tools/spark)
"""

import os
import sys
from importlib.util import find_spec

import pytest

if find_spec("pyspark") is None:
    print("python/tests/spark: left out, PySpark is not installed; see tools/spark")
    collect_ignore_glob = ["*"]


@pytest.fixture(scope="session")
def cluster(tmp_path_factory):
    from cluster import Cluster

    cluster = Cluster(tmp_path_factory.mktemp("cluster"))
    yield cluster
    cluster.close()


def session_builder(master):
    """With what every session of these tests has."""
    from pyspark.sql import SparkSession

    settings = {
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.executor.memory": "3g",  # a row of 100 MB is there several times
        "spark.executorEnv.OMP_NUM_THREADS": "1",
        "spark.pyspark.python": sys.executable,
        "spark.sql.shuffle.partitions": "4",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
    }
    builder = SparkSession.builder.master(master).appName("pomona")
    for name, value in settings.items():
        builder = builder.config(name, value)
    return builder


@pytest.fixture(scope="session")
def spark(cluster):
    """On the cluster: each of two workers has one core and a process of its own."""
    os.environ["PYSPARK_PYTHON"] = sys.executable
    session = session_builder(cluster.url).getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    yield session
    session.stop()
