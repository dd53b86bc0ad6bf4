# SPDX-License-Identifier: Apache-2.0
"""Photographs in a bucket, of which calls without `out` make a copy."""

import sys
import tempfile

import numpy as np
import pytest
from conftest import FRUITS, ROOT

import pomona
from pomona.errors import InvalidInputError, NotFoundError

pytest.importorskip("boto3")
sys.path.append(str(ROOT / "tests" / "end_to_end"))  # behind the folder of this file
from s3_server import BINARY, S3Server  # noqa: E402

if not BINARY.is_file():
    pytest.skip(f"{BINARY} is not there: run ./check", allow_module_level=True)

LABELS = ("Banana", "Beetroot")


@pytest.fixture(scope="module")
def server():
    with S3Server() as running:
        yield running


@pytest.fixture
def bucket(server, monkeypatch):
    for name, value in server.environment().items():
        monkeypatch.setenv(name, value)
    name = server.bucket()
    for label in LABELS:
        server.upload(FRUITS / label, name, f"june/{label}")
    return name


@pytest.fixture
def here(tmp_path):
    for label in LABELS:
        (tmp_path / "june").mkdir(exist_ok=True)
        (tmp_path / "june" / label).symlink_to(FRUITS / label)
    return tmp_path / "june"


@pytest.fixture
def copies(tmp_path, monkeypatch):
    """What there is of copies."""
    folder = tmp_path / "copies"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return lambda: list(folder.iterdir())


def test_photographs_in_a_bucket_are_featurized_as_those_here(bucket, here, tiny, copies):
    found = pomona.extract(f"s3://{bucket}/june", holdout=0.25, **tiny)
    expected = pomona.extract(here, holdout=0.25, **tiny)
    for name in ("path", "label", "split"):
        assert list(found[name]) == list(expected[name])
    assert np.array_equal(found["features"], expected["features"])
    one = pomona.extract({"a": f"s3://{bucket}/june"}, test=f"s3://{bucket}/june/Banana", **tiny)
    assert set(one["split"]) == {"train", "test"}
    table = pomona.Featurizer(**tiny)(f"s3://{bucket}/june/Banana")
    assert len(table) == len(list((FRUITS / "Banana").iterdir()))
    assert copies() == []


def test_a_bundle_is_evaluated_on_a_bucket(bucket, here, tiny):
    bundle = pomona.train(pomona.extract(here, **tiny), models=tiny["models"])
    found = pomona.evaluate(bundle, f"s3://{bucket}/june")
    assert found.metrics == pomona.evaluate(bundle, here).metrics


def test_what_is_not_in_a_bucket_is_an_error_with_a_sentence(bucket, here, tiny, copies):
    with pytest.raises(NotFoundError, match="july"):
        pomona.extract(f"s3://{bucket}/july", **tiny)
    with pytest.raises(NotFoundError, match="single ones with pomona.sync"):
        pomona.extract([f"s3://{bucket}/june/Banana/1_100.jpg", b"another"], **tiny)
    with pytest.raises(InvalidInputError, match="regions: only with places in a bucket"):
        pomona.extract(here, regions="eu", **tiny)
    assert copies() == []
