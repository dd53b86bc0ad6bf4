# SPDX-License-Identifier: Apache-2.0
"""Rows of 100 MB: a row each, with features or a reason, in workers whose memory stays bounded."""

from pathlib import Path

import numpy as np
import pytest
from pictures import encoded, pixels
from places import FRUITS

import pomona
from pomona.spark import ImageFeaturizer

BYTES = 100_000_000
SIDE = int((BYTES / 3) ** 0.5)
MOST_MEGABYTES = 750  # less than all rows of the partition have


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Most files are padding for the most part, which takes no room on the disk."""
    folder = tmp_path_factory.mktemp("large")
    banana = (FRUITS / "Banana" / "25_100.jpg").read_bytes()
    for name, content in {"zeros.jpg": b"", "padded.jpg": banana}.items():
        with (folder / name).open("wb") as file:
            file.write(content)
            file.truncate(BYTES)
    large = encoded(np.resize(pixels(5), (SIDE, SIDE, 3)), compress_level=0)
    (folder / "large.png").write_bytes(large)
    for number in range(4):
        (folder / f"padded-{number}.jpg").hardlink_to(folder / "padded.jpg")
    (folder / "small.jpg").write_bytes(banana)
    return folder


@pytest.mark.parametrize("column", ["content", "path"])
def test_each_is_a_row(spark, cluster, tiny, folder, column):
    expected = pomona.Featurizer(**tiny)(sorted(folder.iterdir()), max_failures=1.0)
    features = {Path(path).name: row for path, row in zip(expected["path"], expected["features"])}
    photographs = spark.read.format("binaryFile").load(f"file:{folder}").coalesce(1)
    options = {**tiny, "models": str(tiny["models"])}
    stage = ImageFeaturizer(inputCol=column, handleInvalid="keep", **options)
    cluster.forget_memory()
    rows = {row.path.rpartition("/")[2]: row for row in stage.transform(photographs).collect()}
    megabytes = cluster.most_memory() >> 20
    print(megabytes, "MB in a worker")
    assert megabytes < MOST_MEGABYTES
    assert sorted(rows) == sorted(path.name for path in folder.iterdir())
    assert rows.pop("zeros.jpg").error.startswith("not_an_image: ")
    assert rows.keys() == features.keys()
    for name, row in rows.items():
        assert row.error is None
        assert np.array_equal(np.float32(row.features), features[name])
