# SPDX-License-Identifier: Apache-2.0
"""Executors on whose machines nothing is installed: the environment comes as an archive."""

import shutil
import subprocess

import pytest
from cluster import Cluster
from driver import Driver
from outputs import differences, make_photographs
from places import COMMAND, PACKAGE

import pomona
from pomona.errors import InvalidInputError
from pomona.spark import pack_environment

IS_INSTALLED = (PACKAGE / "bin" / "pomona").is_file()  # … and not the package of a clone


@pytest.fixture(scope="module")
def bare_cluster(tmp_path_factory):
    """Of one worker, which has the interpreter and Spark, and not Pomona."""
    with pytest.MonkeyPatch.context() as environment:
        environment.delenv("PYTHONPATH", raising=False)
        if IS_INSTALLED:
            environment.delenv("POMONA_COMMAND", raising=False)
        else:
            environment.setenv("POMONA_COMMAND", str(COMMAND))
        cluster = Cluster(tmp_path_factory.mktemp("cluster"), workers=1)
    yield cluster
    cluster.close()


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    return pack_environment(tmp_path_factory.mktemp("packed") / "environment.tar.gz")


def unpacked(archive, folder):
    folder.mkdir()
    subprocess.run(["tar", "-xzf", archive, "-C", folder], check=True)
    return folder


@pytest.fixture(scope="module")
def photographs(tmp_path_factory):
    return make_photographs(tmp_path_factory.mktemp("fruits") / "fruits", labels=4)


@pytest.fixture(scope="module")
def options(tiny):
    return {**tiny, "components": 4, "part_files": 16}


def test_an_archive_is_all_that_executors_need(
    bare_cluster, archive, photographs, options, tmp_path
):
    alone = pomona.run(photographs, tmp_path / "alone", **options)
    settings = {"spark.archives": f"{archive}#environment"}
    words = (bare_cluster.url, photographs, tmp_path / "out", options, settings)
    with Driver(*words, python="./environment/bin/python") as driver:
        said = driver.end()
    assert "error" not in said, said
    assert differences(alone.path, tmp_path / "out") == set()
    assert len(said["paths"]) == alone.record["counts"]["ok"]


def test_it_works_wherever_it_is_unpacked(archive, tmp_path):
    moved = unpacked(archive, tmp_path / "here").rename(tmp_path / "there")
    code = "import sys, pomona, pyarrow, pandas, pomona._core; print(sys.prefix, pomona.__file__)"
    words = ["env", "-i", moved / "bin" / "python", "-c", code]
    prefix, file = subprocess.run(words, capture_output=True, text=True, check=True).stdout.split()
    assert prefix == str(moved) and file.startswith(prefix)
    assert sorted(path.name for path in (moved / "bin").iterdir())[0] == "python"


def test_a_worker_without_the_wheel_and_one_with_another(
    bare_cluster, archive, photographs, options, tmp_path
):
    package = next(unpacked(archive, tmp_path / "bare").glob("lib/*/site-packages/pomona"))
    shutil.rmtree(package)
    python = tmp_path / "bare" / "bin" / "python"
    with Driver(bare_cluster.url, photographs, tmp_path / "out", options, python=python) as driver:
        last = driver.end()["error"].strip().splitlines()[-1]
    assert last.startswith(
        f"pomona.errors.MissingLibraryError: loading Pomona {pomona.__version__} on"
    )
    assert "--archives" in last
    (package / "spark").mkdir(parents=True)
    (package / "__init__.py").write_text("__version__ = '0.0.1'\n")
    (package / "spark" / "_chain_worker.py").write_text("look_around = None\n")
    with Driver(bare_cluster.url, photographs, tmp_path / "out", options, python=python) as driver:
        last = driver.end()["error"].strip().splitlines()[-1]
    assert last.startswith("pomona.errors.MissingLibraryError: loading Pomona")
    assert "--archives" in last and "0.0.1" in last
    assert not (tmp_path / "out").exists()


@pytest.mark.skipif(
    not IS_INSTALLED, reason="the module of a clone finds the OpenVINO of the build"
)
def test_a_worker_without_openvino(bare_cluster, archive, photographs, options, tmp_path):
    environment = unpacked(archive, tmp_path / "bare")
    shutil.rmtree(next(environment.glob("lib/*/site-packages/openvino")))
    words = (bare_cluster.url, photographs, tmp_path / "out", options)
    with Driver(*words, python=environment / "bin" / "python") as driver:
        last = driver.end()["error"].strip().splitlines()[-1]
    assert last.startswith("pomona.errors.MissingLibraryError: ") and "openvino" in last
    assert not (tmp_path / "out").exists()


def test_a_worker_without_pyarrow(bare_cluster, photographs, options, tmp_path):
    words = (bare_cluster.url, photographs, tmp_path / "out", options)
    with Driver(*words, python="/usr/bin/python3.11") as driver:
        last = driver.end()["error"].strip().splitlines()[-1]
    assert last.startswith("pomona.errors.MissingLibraryError: ")
    assert "pack_environment" in last


def test_an_archive_that_spark_would_not_unpack_is_refused(tmp_path):
    with pytest.raises(InvalidInputError, match=r"\.tar\.gz"):
        pack_environment(tmp_path / "environment.rar")
    assert list(tmp_path.iterdir()) == []
