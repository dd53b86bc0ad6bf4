# SPDX-License-Identifier: Apache-2.0
"""The whole chain on a cluster: the output folder of one machine, byte for byte."""

import logging
import shutil
import urllib.request

import pytest
from outputs import decoded_by, differences, make_photographs
from places import FRUITS

import pomona
from pomona.errors import InvalidInputError, NotFoundError, PomonaError
from pomona.spark import run

GROUP = r"^(r\d*_)?"


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
    table = run(spark, photographs, tmp_path / "out", **options)
    assert differences(alone.path, tmp_path / "out") == set()
    assert table.columns == ["path", "label", "split", "features"]
    ours = alone.features("pyarrow").to_pylist()
    rows = [row.asDict() for row in table.collect()]
    assert sorted(rows, key=lambda row: row["path"]) == sorted(ours, key=lambda row: row["path"])
    assert pomona.verify(tmp_path / "out", models=options["models"]).ok
    assert pomona.report(tmp_path / "out").is_complete
    record = pomona.Output(tmp_path / "out").record
    assert record["verb"] == "run" and record["work"]["decoded"] == 0
    done = decoded_by(caplog)
    assert sum(one.photographs for one in done) == record["counts"]["ok"] == len(rows)
    assert sum(one.failed for one in done) == record["counts"]["failed"] == 1
    assert len({one.daemon for one in done}) == 2
    assert all(one.seconds >= one.extract > 0 for one in done)
