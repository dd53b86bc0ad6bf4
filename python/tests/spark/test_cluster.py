# SPDX-License-Identifier: Apache-2.0
"""That the cluster of these tests is one."""


def test_two_executors_work(spark, cluster):
    def process_of(_):
        import os

        yield os.getppid()

    daemons = spark.sparkContext.parallelize(range(8), 8).mapPartitions(process_of).collect()
    assert len(set(daemons)) == 2
    assert len(cluster.executors()) == 2
