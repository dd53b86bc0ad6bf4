# SPDX-License-Identifier: Apache-2.0
"""`pomona sync`: what a folder holds, in a bucket, and back."""

import json
import random
import shutil

import pytest
from command import NOT_ALL_GOOD, USAGE, Pomona
from fault_proxy import FaultProxy, Rule
from photographs import make_folder, write_odd_names
from tables import digests


@pytest.fixture(scope="module")
def far(pomona, s3):
    return Pomona(**{**pomona.environment, **s3.environment()})


@pytest.fixture
def bucket(s3):
    return s3.bucket()


@pytest.fixture
def folder(tmp_path):
    """Photographs, names that are hard on somebody, an empty file, and one that goes up in parts."""
    folder = make_folder(tmp_path / "photos")
    write_odd_names(folder / "a")
    (folder / "empty").write_bytes(b"")
    (folder / "large").write_bytes(random.Random(0).randbytes(20_000_000))
    return folder


def files(folder) -> dict[str, str]:
    return digests(folder, frozenset())


def test_up_and_down_loses_nothing(far, s3, bucket, folder, tmp_path):
    up = json.loads(far("sync", folder, f"s3://{bucket}/copy", "--json").text)
    assert len(up["copied"]) == len(files(folder)) and up["failures"] == []
    assert s3.pending_uploads(bucket) == []
    down = tmp_path / "down"
    far("sync", f"s3://{bucket}/copy", down)
    assert files(down) == files(folder)


def test_a_second_time_copies_nothing(far, bucket, folder):
    place = f"s3://{bucket}/copy"
    far("sync", folder, place)
    for way in ([folder, place], [place, folder]):
        again = json.loads(far("sync", *way, "--json").text)
        assert again["copied"] == [] and again["unchanged"] == len(files(folder))


def test_what_changed_is_copied_even_where_the_size_is_the_same(far, s3, bucket, folder):
    place = f"s3://{bucket}/copy"
    far("sync", folder, place)
    changed = folder / "b" / "1.jpg"
    changed.write_bytes(changed.read_bytes()[:-1] + b"!")
    with (folder / "large").open("r+b") as large:
        large.write(b"another start")
    again = json.loads(far("sync", folder, place, "--json").text)
    assert again["copied"] == ["b/1.jpg", "large"]
    body = s3.client.get_object(Bucket=bucket, Key="copy/b/1.jpg")["Body"].read()
    assert body == changed.read_bytes()


def test_delete_removes_what_the_other_side_has_not(far, s3, bucket, folder):
    place = f"s3://{bucket}/copy"
    far("sync", folder, place)
    s3.client.put_object(Bucket=bucket, Key="copy/old.jpg", Body=b"old")
    s3.client.put_object(Bucket=bucket, Key="beside.jpg", Body=b"beside")
    shutil.rmtree(folder / "c")
    kept = s3.names(bucket)
    assert "remove  old.jpg" in far("sync", folder, place, "--delete", "--dry-run").text
    far("sync", folder, place)
    assert s3.names(bucket) == kept
    done = json.loads(far("sync", folder, place, "--delete", "--json").text)
    assert done["removed"] == [f"c/{i}.jpg" for i in range(6)] + ["old.jpg"]
    assert s3.names(bucket) == kept - {f"copy/{key}" for key in done["removed"]}


def test_a_dry_run_does_nothing(far, s3, bucket, folder, tmp_path):
    told = json.loads(far("sync", folder, f"s3://{bucket}", "--dry-run", "--json").text)
    assert len(told["copied"]) == len(files(folder)) and s3.names(bucket) == set()
    far("sync", folder, tmp_path / "new", "--dry-run")
    assert not (tmp_path / "new").exists()


def test_an_empty_side_never_empties_the_other(far, s3, bucket, folder, tmp_path):
    far("sync", folder, f"s3://{bucket}/copy")
    (tmp_path / "none").mkdir()
    words = [tmp_path / "none", f"s3://{bucket}/copy", "--delete"]
    far.refuses("sync", *words, code=USAGE, tells=["empty", "--delete"])
    assert len(s3.names(bucket)) == len(files(folder))


def test_places_within_each_other_are_refused(far, folder):
    far.refuses("sync", folder, folder / "copy", code=USAGE, tells=["one lies in the other"])
    far.refuses("sync", "s3://fruits/a/b", "s3a://fruits/a", code=USAGE, tells=["lies in"])


def test_what_cannot_be_copied_is_reported_and_nothing_is_removed(far, s3, bucket, folder):
    s3.client.put_object(Bucket=bucket, Key="copy/old.jpg", Body=b"old")
    with FaultProxy(s3.port) as proxy:
        proxy.add(Rule(method="PUT", path=r"copy/b/2\.jpg", status=403, code="AccessDenied"))
        shaky = Pomona(**{**far.environment, **s3.environment(proxy.endpoint)})
        words = ["sync", folder, f"s3://{bucket}/copy", "--delete"]
        done = shaky(*words, code=NOT_ALL_GOOD)
    assert "b/2.jpg" in done.message and "1 failed" in done.text
    assert "copy/old.jpg" in s3.names(bucket)
    assert len(s3.names(bucket)) >= len(files(folder))


def test_an_upload_that_ends_in_an_error_is_none(far, s3, bucket, folder):
    """Row B12: 200 OK, and an error in its body."""
    error = b"<Error><Code>InternalError</Code><Message>not now</Message></Error>"
    with FaultProxy(s3.port) as proxy:
        shaky = Pomona(**{**far.environment, **s3.environment(proxy.endpoint)})
        proxy.add(Rule(method="POST", path="uploadId=", status=200, body=error, forward=False))
        done = shaky("sync", folder, f"s3://{bucket}/copy", code=NOT_ALL_GOOD)
        assert "large" in done.message and "1 failed" in done.text
        assert "copy/large" not in s3.names(bucket) and s3.pending_uploads(bucket) == []
        proxy.clear()
        proxy.add(Rule(method="POST", path="uploadId=", body=error, times=1))
        shaky("sync", folder, f"s3://{bucket}/copy")
    far("sync", folder, f"s3://{bucket}/copy")
    assert "copy/large" in s3.names(bucket) and s3.pending_uploads(bucket) == []


def test_a_part_that_cannot_be_written_leaves_no_upload_behind(far, s3, bucket, folder):
    """Row B13."""
    with FaultProxy(s3.port) as proxy:
        proxy.add(Rule(method="PUT", path="partNumber=2", status=403, code="AccessDenied"))
        shaky = Pomona(**{**far.environment, **s3.environment(proxy.endpoint)})
        done = shaky("sync", folder, f"s3://{bucket}/copy", code=NOT_ALL_GOOD)
    assert "large" in done.message and "AccessDenied" in done.message
    assert "copy/large" not in s3.names(bucket) and s3.pending_uploads(bucket) == []
