# SPDX-License-Identifier: Apache-2.0
"""Verbs from a bucket to a bucket, and what is known of an output that lies in one."""

import shutil
import sys

import pytest
from places import FRUITS, ROOT

from pomona.errors import InvalidInputError, NotFoundError, PomonaError
from pomona.output import Output
from pomona.verbs import clean, run, scan, sync, verify

sys.path.insert(0, str(ROOT / "tests" / "end_to_end"))


@pytest.fixture
def bucket(monkeypatch):
    module = pytest.importorskip("s3_server")
    if not module.BINARY.is_file():
        pytest.skip(f"no S3 server at {module.BINARY}: tools/setup --check builds it")
    with module.S3Server() as server:
        for name, value in server.environment().items():
            monkeypatch.setenv(name, value)
        yield f"s3://{server.bucket()}"


def test_a_run_from_a_bucket_to_a_bucket(bucket, tiny, tmp_path):
    for name in ("Kiwi", "Lemon"):
        shutil.copytree(FRUITS / name, tmp_path / "fruits" / name)
    assert len(sync(tmp_path / "fruits", f"{bucket}/fruits").copied) == 16
    assert scan(f"{bucket}/fruits").ok == 16
    output = run(f"{bucket}/fruits", f"{bucket}/out", **tiny)
    assert output.record["counts"]["ok"] == 16
    assert output.labels == ["Kiwi", "Lemon"]
    assert "16" in output._repr_html_()
    with pytest.raises(InvalidInputError, match="copy it with pomona.sync"):
        output.features()
    assert verify(output.path, models=tiny["models"]).ok
    assert clean(output.path).complete
    assert sync(output.path, tmp_path / "copy").ok
    assert Output(tmp_path / "copy").metrics["labels"] == ["Kiwi", "Lemon"]


def test_a_bucket_that_does_not_exist_and_a_region_that_is_not_allowed(bucket, monkeypatch):
    with pytest.raises(NotFoundError, match="s3://no-such-bucket"):
        scan("s3://no-such-bucket/fruits")
    with pytest.raises(PomonaError, match="regions"):
        scan(f"{bucket}/fruits", regions=["eu-north-1"])


def test_only_named_objects_are_copied(bucket, tmp_path):
    sync(FRUITS / "Kiwi", f"{bucket}/kiwi")
    first, second, *_ = sorted(path.name for path in (FRUITS / "Kiwi").iterdir())
    (tmp_path / "keys.txt").write_text(f"{second}\nnone.jpg\n{first}\n")
    copied = sync(f"{bucket}/kiwi", tmp_path / "copy", keys=tmp_path / "keys.txt")
    assert copied.copied == [first, second]
    assert [one["key"] for one in copied.failures] == ["none.jpg"]
    assert sorted(path.name for path in (tmp_path / "copy").iterdir()) == [first, second]
    for name in (first, second):
        content = (tmp_path / "copy" / name).read_bytes()
        assert content == (FRUITS / "Kiwi" / name).read_bytes()
    (tmp_path / "keys.txt").write_text("\n")
    with pytest.raises(InvalidInputError, match="keys.*expected a key on each line"):
        sync(f"{bucket}/kiwi", tmp_path / "copy", keys=tmp_path / "keys.txt")
    with pytest.raises(InvalidInputError, match="keys, remove_others: expected one of them"):
        (tmp_path / "keys.txt").write_text(first)
        sync(f"{bucket}/kiwi", tmp_path / "copy", keys=tmp_path / "keys.txt", delete=True)


def test_a_password_is_refused_and_not_repeated(bucket):
    with pytest.raises(InvalidInputError, match="s3_endpoint") as caught:
        scan(f"{bucket}/fruits", s3_endpoint="http://me:hunter2@127.0.0.1")
    assert "hunter2" not in str(caught.value)
