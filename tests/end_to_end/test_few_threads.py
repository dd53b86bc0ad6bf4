# SPDX-License-Identifier: Apache-2.0
"""Where a system starts few threads, or none, a command works with those it has."""

import shutil
import subprocess
from pathlib import Path

import pytest
from command import DONE, TINY, UNAVAILABLE, Pomona
from photographs import make_folder
from s3_server import ACCESS, SECRET


@pytest.fixture(scope="module")
def shim(tmp_path_factory):
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        pytest.skip("no C compiler here to build what refuses threads")
    shim = tmp_path_factory.mktemp("shim") / "thread_shim.so"
    source = Path(__file__).with_name("thread_shim.c")
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", shim, source, "-ldl"], check=True)
    return shim


def with_threads(pomona, shim, threads, **more):
    # OpenBLAS starts its own before main() and ends the process where it cannot.
    own = {"LD_PRELOAD": str(shim), "POMONA_TEST_THREADS": str(threads)}
    return Pomona(**(pomona.environment | own | more | {"OPENBLAS_NUM_THREADS": "1"}))


@pytest.fixture(scope="module")
def images(tmp_path_factory):
    return make_folder(tmp_path_factory.mktemp("few") / "images", "abc", count=4)


@pytest.mark.parametrize("threads", [0, 1])
def test_a_folder_is_listed(pomona, shim, images, threads):
    """The first thread is the one that waits for signals."""
    few = with_threads(pomona, shim, threads)
    assert few("scan", images).text == pomona("scan", images).text


@pytest.mark.parametrize("threads", [0, 1, 3])
def test_a_bucket_is_listed(far, s3, shim, images, threads):
    """Folder by folder, each of which a thread of its own would list."""
    bucket = s3.bucket()
    far("sync", images, f"s3://{bucket}/images")
    few = with_threads(far, shim, threads)
    place = f"s3://{bucket}/images"
    assert few("scan", place).text == far("scan", place).text


@pytest.mark.parametrize("threads", range(8))
def test_the_sdk_for_credentials_does_not_keep_the_process(
    far, s3, shim, images, tmp_path, threads
):
    """It starts where the environment has no keys, and waits at its end for a thread of its own."""
    bucket = s3.bucket()
    far("sync", images, f"s3://{bucket}/images")
    place = f"s3://{bucket}/images"
    profile = tmp_path / "credentials"
    profile.write_text(
        f"[default]\naws_access_key_id = {ACCESS}\naws_secret_access_key = {SECRET}\n"
    )
    own = {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""}
    own["AWS_SHARED_CREDENTIALS_FILE"] = str(profile)
    few = with_threads(far, shim, threads, POMONA_TEST_THREADS_OF_ALL="1", **own)
    assert few("scan", place).text == far("scan", place).text


@pytest.mark.parametrize("threads", range(11))
def test_an_extraction_is_done_or_reports_that_threads_are_missing(
    tiny, shim, images, tmp_path, threads
):
    """Where OpenVINO can start only some of its threads, it hangs or ends the process."""
    few = with_threads(tiny, shim, threads)
    words = ["extract", images, "--workers", "2", *TINY, "--out", tmp_path / "out"]
    # One waits for signals, and OpenVINO is to have two for each of its streams and four beside them.
    outcome = few(*words, code=DONE if threads >= 9 else UNAVAILABLE)
    assert threads >= 9 or "allow this process more" in outcome.message
