# SPDX-License-Identifier: Apache-2.0
"""Rows of 100 MB: a row each, with features or a reason, in workers whose memory stays bounded."""

import numpy as np
import pytest
from pictures import encoded, pixels
from places import FRUITS

import pomona
from pomona.spark import ImageFeaturizer

BYTES = 100_000_000
MOST_MEGABYTES = 600


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Most of two photographs is padding, which takes no room on the disk."""
    folder = tmp_path_factory.mktemp("large")
    banana = (FRUITS / "Banana" / "25_100.jpg").read_bytes()
    (folder / "1-zeros.jpg").write_bytes(b"")
    (folder / "2-padded.jpg").write_bytes(banana)
    (folder / "3-cut.jpg").write_bytes(banana[:900])
    (folder / "4-banana.jpg").write_bytes(banana)
    for name in ("1-zeros.jpg", "2-padded.jpg", "3-cut.jpg"):
        with (folder / name).open("r+b") as file:
            file.truncate(BYTES)
    side = int((BYTES / 3) ** 0.5)
    (folder / "5-large.bmp").write_bytes(encoded(np.resize(pixels(5), (side, side, 3)), "BMP"))
    return folder


@pytest.mark.parametrize("column", ["content", "path"])
def test_each_is_a_row(spark, cluster, tiny, folder, column):
    photographs = spark.read.format("binaryFile").load(f"file:{folder}").coalesce(1)
    options = {**tiny, "models": str(tiny["models"])}
    cluster.forget_memory()
    stage = ImageFeaturizer(inputCol=column, handleInvalid="keep", **options)
    rows = {row.path.rpartition("/")[2]: row for row in stage.transform(photographs).collect()}
    megabytes = cluster.most_memory() >> 20
    assert sorted(rows) == sorted(path.name for path in folder.iterdir())
    expected = pomona.Featurizer(**tiny)(sorted(folder.iterdir()))
    print(megabytes, {name: row.error for name, row in rows.items()})
    features = dict(zip(expected["path"], np.asarray(expected["features"])))
    for name, row in rows.items():
        if row.error is None:
            assert np.array_equal(np.float32(row.features), features[name])
    print([f.__dict__ if hasattr(f, "__dict__") else f for f in expected.failures])
    assert megabytes < MOST_MEGABYTES
