# SPDX-License-Identifier: Apache-2.0
"""Java, Python, OpenVINO and workers that are not as Pomona needs them: a sentence that says what to do."""

import shutil
import subprocess
import sys
import sysconfig
from importlib import metadata
from pathlib import Path

import pyspark
import pytest
from children import child_environment
from places import FRUITS, PACKAGE

from pomona.spark import ImageFeaturizer

START = """
import pyspark
from pomona.spark import ImageFeaturizer, PomonaPCA
pyspark.sql.SparkSession.builder.master("local[1]").getOrCreate()
"""
SAYS = {
    8: 'java version "1.8.0_292"\nJava(TM) SE Runtime Environment (build 1.8.0_292-b10)',
    7: 'java version "1.7.0_80"',
    25: 'openjdk version "25.0.1" 2025-10-21 LTS',
    11: 'openjdk version "11.0.2" 2019-01-15',
}
NEWEST = pyspark.__version__ >= "4"


def said_with(folder, environment):
    """What a driver says that cannot start Java."""
    done = subprocess.run(
        [sys.executable, "-c", START],
        capture_output=True,
        text=True,
        timeout=60,
        env={**child_environment(), "PATH": "/nowhere", "JAVA_HOME": "", **environment},
    )
    assert done.returncode != 0
    return done.stderr


@pytest.mark.parametrize(
    ("version", "is_in_path"), [(11, True), (8, False)] if NEWEST else [(25, True), (7, False)]
)
def test_a_java_with_which_spark_does_not_start(tmp_path, version, is_in_path):
    java = tmp_path / "bin" / "java"
    java.parent.mkdir()
    java.write_text(f"#!/bin/sh\n/bin/cat >&2 <<'END'\n{SAYS[version]}\nEND\n")
    java.chmod(0o755)
    environment = {"PATH": f"{java.parent}:/usr/bin:/bin"} if is_in_path else {}
    said = said_with(tmp_path, environment or {"JAVA_HOME": str(tmp_path)})
    needed = "17 or later" if NEWEST else "8 to 23"
    sentence = (
        f"expected Java {needed}, which PySpark {pyspark.__version__} needs, found Java "
        f"{version} ({java}); install one and set JAVA_HOME to its folder"
    )
    assert said.count(sentence) == 1


def test_no_java(tmp_path):
    assert "found none in PATH, and no JAVA_HOME; install one" in said_with(tmp_path, {})
    home = {"JAVA_HOME": "/nowhere"}
    assert "found none (/nowhere/bin/java); install one" in said_with(tmp_path, home)
    client = {"SPARK_CONNECT_MODE_ENABLED": "1"}
    assert "expected Java" not in said_with(tmp_path, client)


@pytest.fixture
def photographs(spark):
    return spark.read.format("binaryFile").load(f"file:{FRUITS}/Banana/*.jpg")


def test_another_python(spark, photographs, monkeypatch):
    monkeypatch.setattr(spark.sparkContext, "pythonVer", "3.9")
    with pytest.raises(Exception, match="PYTHON_VERSION_MISMATCH") as error:
        ImageFeaturizer().transform(photographs).collect()
    assert "PYSPARK_PYTHON" in str(error.value)


@pytest.fixture
def bare(tmp_path, spark, monkeypatch):
    """Packages of a worker, which is another Python for the session: all but Pomona and OpenVINO."""
    packages = tmp_path / "lib" / f"python{sys.version_info[0]}.{sys.version_info[1]}/site-packages"
    packages.mkdir(parents=True)
    for entry in Path(sysconfig.get_path("purelib")).iterdir():
        if not entry.name.startswith(("pomona", "_pomona", "openvino")):
            (packages / entry.name).symlink_to(entry)
    base = Path(sys._base_executable).resolve()
    (tmp_path / "pyvenv.cfg").write_text(f"home = {base.parent}\n")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python").symlink_to(base)
    spark_home = Path(pyspark.__file__).parents[1]
    started = tmp_path / "bin" / "started"
    started.write_text(f'#!/bin/sh\nPYTHONPATH="{spark_home}" exec "{tmp_path}/bin/python" "$@"\n')
    started.chmod(0o755)
    monkeypatch.setattr(spark.sparkContext, "pythonExec", str(started))
    return packages


def test_a_worker_without_the_wheel(bare, photographs):
    with pytest.raises(Exception, match=r"loading Pomona \S+ on the Spark executor") as error:
        ImageFeaturizer().transform(photographs).collect()
    assert "No module named 'pomona'; install the wheel of the driver" in str(error.value)
    assert "--archives environment.tar.gz#environment" in str(error.value)


def test_a_worker_with_another_openvino(bare, photographs):
    try:
        wheel = metadata.distribution("pomona")
    except metadata.PackageNotFoundError:
        pytest.skip("the wheel is not installed: the module of a clone finds OpenVINO anywhere")
    unneeded = shutil.ignore_patterns("_core*", "__pycache__", "bin", "lib", "licenses", "models")
    shutil.copytree(PACKAGE, bare / "pomona", ignore=unneeded)
    shutil.copy(next(Path(wheel.locate_file("pomona")).glob("_core*.so")), bare / "pomona")
    add_metadata(bare, "pomona", wheel.read_text("METADATA"))
    add_metadata(bare, "openvino", "Name: openvino\nVersion: 2026.3.0\n")
    libraries = bare / "openvino" / "libs"
    libraries.mkdir(parents=True)
    (libraries / "libopenvino.so.2630").write_bytes(b"of another version")
    with pytest.raises(Exception, match=r"loading Pomona \S+ on the Spark executor") as error:
        ImageFeaturizer().transform(photographs).collect()
    needed = next(one for one in wheel.requires if one.startswith("openvino"))
    assert f"Pomona needs {needed}, found 2026.3.0; pip install {needed}" in str(error.value)


def add_metadata(folder, name, text):
    information = folder / f"{name}-1.dist-info"
    information.mkdir()
    (information / "METADATA").write_text(text, encoding="utf-8")
