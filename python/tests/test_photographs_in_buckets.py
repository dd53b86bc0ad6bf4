# SPDX-License-Identifier: Apache-2.0
"""Photographs in a bucket, of which calls without `out` make a copy."""

import pickle
import sys
import tempfile

import numpy as np
import pytest
from conftest import FRUITS, ROOT
from processes import children

import pomona
from pomona import _objects
from pomona.errors import DamagedError, InvalidInputError, NotFoundError, PomonaError

pytest.importorskip("boto3")
sys.path.append(str(ROOT / "tests" / "end_to_end"))  # behind the folder of this file
from fault_proxy import FaultProxy, Rule  # noqa: E402
from s3_server import BINARY, S3Server  # noqa: E402

if not BINARY.is_file():
    pytest.skip(f"{BINARY} is not there: run ./check", allow_module_level=True)

LABELS = ("Banana", "Beetroot")


@pytest.fixture(scope="module")
def server():
    with S3Server() as running:
        yield running


@pytest.fixture(autouse=True)
def no_process_left():
    """Other tests count processes."""
    yield
    for reader in _objects._READERS.values():
        reader.close()


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


@pytest.fixture
def trained(here, tiny):
    return pomona.train(pomona.extract(here, **tiny), models=tiny["models"])


def test_single_photographs_are_read_from_a_bucket(bucket, trained, tiny, copies):
    files = sorted((FRUITS / "Banana").iterdir())
    uris = [f"s3://{bucket}/june/Banana/{file.name}" for file in files]
    featurizer = pomona.Featurizer(**tiny)
    expected = featurizer([file.read_bytes() for file in files])["features"]
    pd = pytest.importorskip("pandas")
    table = pd.DataFrame({"path": uris, "label": [one.name for one in files]})
    for images in (uris, iter(uris), {uri: uri for uri in uris}, table):
        found = pomona.extract(images, **tiny)
        assert found["path"] == uris
        assert found["features"].tobytes() == expected.tobytes()
        assert len(found.failures) == 0
    assert list(found["label"]) == [one.name for one in files]
    one = featurizer(uris[0])
    assert one["path"] == [uris[0]]
    assert one["features"].tobytes() == expected[:1].tobytes()
    predictor = pomona.Predictor(trained)
    assert predictor(uris[0]).answers == predictor(files[0]).answers
    assert copies() == []


def test_lists_may_hold_objects_folders_files_and_what_is_not_there(bucket, tiny, copies):
    files = sorted((FRUITS / "Beetroot").iterdir())
    uri = f"s3://{bucket}/june/Beetroot"
    images = [
        f"{uri}/{files[0].name}",
        files[1],
        ("named", f"{uri}/{files[2].name}"),
        f"{uri}/nothing.jpg",
        f"s3://{bucket}/../keys.txt",
        f"{uri}/a//b\n.jpg",
        f"{uri}/",
        f"s3://{bucket}/june/Banana",
        files[3].read_bytes(),
    ]
    found = pomona.Featurizer(**tiny)(images, max_failures=0.5)
    bananas = [f"s3://{bucket}/june/Banana/{one.name}" for one in (FRUITS / "Banana").iterdir()]
    names = [images[0], str(files[1]), "named", *[f"{uri}/{one.name}" for one in files]]
    assert found["path"] == [*names, *sorted(bananas), "8"]
    assert list(found.failures["path"]) == images[3:6]
    assert found.failures["kind"][0] == "gone"
    assert copies() == []


def test_options_about_buckets_reach_single_photographs(bucket, tiny, server, monkeypatch):
    uri = f"s3://{bucket}/june/Banana/{next((FRUITS / 'Banana').iterdir()).name}"
    with pytest.raises(PomonaError, match="regions"):
        pomona.extract([uri], regions=["eu-north-1"], **tiny)
    endpoint = server.environment()["AWS_ENDPOINT_URL"]
    monkeypatch.delenv("AWS_ENDPOINT_URL")
    pd = pytest.importorskip("pandas")
    for images in ([uri], iter([uri]), pd.Series([uri]), pd.DataFrame({"path": [uri]})):
        assert len(pomona.extract(images, s3_endpoint=endpoint, **tiny)) == 1
    for images in (b"photograph", [b"photograph"], np.zeros((8, 8), np.uint8)):
        with pytest.raises(InvalidInputError, match="s3_endpoint: only with places in a bucket"):
            pomona.extract(images, s3_endpoint=endpoint, **tiny)


def test_a_long_list_is_read_without_copies_by_one_process(bucket, tiny, copies):
    name = next((FRUITS / "Banana").iterdir()).name
    uris = [f"s3://{bucket}/june/Banana/{name}"] * 150
    before = children()
    for _ in range(2):
        for table in pomona.Featurizer(**tiny).stream(uris):
            assert copies() == []
            assert len(table.failures) == 0
        assert len(set(children()) - set(before)) == 1


def test_each_failure_in_a_bucket_has_its_kind(bucket, server, tiny, monkeypatch):
    names = ("june/Banana/none.jpg", "june/denied.jpg")
    with FaultProxy(server.port) as proxy:
        proxy.add(Rule(path="denied", status=403, code="AccessDenied"))
        monkeypatch.setenv("AWS_ENDPOINT_URL", proxy.endpoint)
        uris = [f"s3://{bucket}/{name}" for name in names]
        found = pomona.Featurizer(**tiny)([*uris, FRUITS / "Banana"], max_failures=0.5)
        assert list(found.failures["path"]) == uris
        assert list(found.failures["kind"]) == ["gone", "denied"]


def test_a_bundle_is_opened_in_a_bucket(bucket, server, trained, here, tiny, copies, tmp_path):
    trained.save(tmp_path / "model")
    server.upload(tmp_path / "model", bucket, "models/bundle")
    file = next((here / "Banana").iterdir())
    expected = pomona.Predictor(trained)(file).answers
    for place in (f"s3://{bucket}/models", f"s3://{bucket}/models/bundle/"):
        bundle = pomona.Bundle(place, models=tiny["models"])
        assert bundle == trained
        assert pickle.loads(pickle.dumps(bundle)) == bundle
        assert pomona.Predictor(bundle)(file).answers == expected
    assert pomona.predict(file, place, models=tiny["models"])["failure"] == [None]
    features = pomona.extract(here, **tiny)
    metrics = pomona.evaluate(place, features, models=tiny["models"]).metrics
    assert metrics == pomona.evaluate(trained, features).metrics
    with pytest.raises(NotFoundError, match="june.*bundle.json"):
        pomona.Bundle(f"s3://{bucket}/june")
    assert copies() == []


def test_a_damaged_bundle_in_a_bucket_is_named_by_its_uri(
    bucket, server, trained, copies, tmp_path
):
    trained.save(tmp_path / "model")
    place = f"s3://{bucket}/damaged"
    largest = max((tmp_path / "model").iterdir(), key=lambda one: one.stat().st_size)
    content = largest.read_bytes()
    largest.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    server.upload(tmp_path / "model", bucket, "damaged")
    with pytest.raises(DamagedError, match=place):
        pomona.Bundle(place)
    assert copies() == []


def test_what_is_not_in_a_bucket_is_an_error_with_a_sentence(bucket, here, trained, tiny, copies):
    with pytest.raises(NotFoundError, match="july"):
        pomona.extract(f"s3://{bucket}/july", **tiny)
    with pytest.raises(NotFoundError, match="no object of this name"):
        pomona.predict(f"s3://{bucket}/june/none.jpg", trained)
    with pytest.raises(NotFoundError, match="no-such-bucket"):
        pomona.extract(["s3://no-such-bucket/a.jpg"], **tiny)
    with pytest.raises(NotFoundError, match="test: .*july"):
        pomona.extract(here, test=f"s3://{bucket}/july", **tiny)
    with pytest.raises(NotFoundError, match="expected folders.*july"):
        pomona.extract([f"s3://{bucket}/june", f"s3://{bucket}/july"], **tiny)
    with pytest.raises(InvalidInputError, match="regions: only with places in a bucket"):
        pomona.extract(here, regions="eu", **tiny)
    assert copies() == []
