# SPDX-License-Identifier: Apache-2.0
"""Photographs and results in a bucket: every verb works on s3:// as on a folder."""

import json

import pytest
from command import DAMAGED, NOT_FOUND, TINY, UNAVAILABLE, USAGE, Pomona
from fault_proxy import FaultProxy, Rule
from photographs import copy_fruits
from tables import digests, failures_of, json_of, statuses_of


@pytest.fixture(scope="module")
def far(tiny, s3):
    """The command with the tiny backbone and the credentials of the server."""
    return Pomona(**{**tiny.environment, **s3.environment()})


@pytest.fixture(scope="module")
def bucket(s3, noise, tmp_path_factory):
    """A bucket with the photographs below `photos`, and others beside them."""
    name = s3.bucket()
    s3.upload(noise, name, "photos")
    s3.client.put_object(Bucket=name, Key="photos/", Body=b"")  # as consoles mark folders
    s3.client.put_object(Bucket=name, Key="photos-of-others/a/1.jpg", Body=b"x")
    return name


@pytest.fixture
def proxy(s3):
    with FaultProxy(s3.port) as proxy:
        yield proxy


@pytest.fixture
def shaky(far, s3, proxy):
    """The command, through the fault proxy."""
    return Pomona(**{**far.environment, **s3.environment(proxy.endpoint)})


def test_scan_counts_as_in_a_folder(far, bucket, noise):
    there = far("scan", f"s3://{bucket}/photos", "--json")
    assert json.loads(there.text) == json.loads(far("scan", noise, "--json").text)
    again = far("scan", f"s3a://{bucket}/photos/", "--json")
    assert again.text == there.text


@pytest.mark.parametrize("workers", ["1", "2"])
def test_photographs_of_a_bucket_give_the_bytes_of_those_of_a_folder(
    far, bucket, noise_results, workers, tmp_path
):
    out = tmp_path / "out"
    far("run", f"s3://{bucket}/photos", "--out", out, *TINY, "--workers", workers)
    assert digests(out) == digests(noise_results)


def test_the_whole_chain_within_a_bucket(far, s3, bucket, noise, noise_results, tmp_path):
    images, out = f"s3://{bucket}/photos", f"s3://{bucket}/results/first"
    summary = far("run", images, "--out", out, *TINY)
    assert f"Report: {out}/report.html" in summary.text
    copied = s3.download(bucket, "results/first", tmp_path / "copied")
    assert digests(copied) == digests(noise_results)
    assert (copied / "_SUCCESS").is_file() and not (copied / "_pomona").exists()

    assert "digests: 22 files are as they were written" in far("verify", out).text
    far("report", out)
    far("verify", out)
    photograph = f"{images}/a/0.jpg"
    answer = json.loads(far("predict", out, photograph, "--json").text)
    near = json.loads(far("predict", noise_results, noise / "a/0.jpg", "--json").text)
    assert answer["path"] == photograph and answer["answers"] == near["answers"]
    judged = json.loads(far("evaluate", out, images, "--json").text)
    assert judged["scores"][0]["rows"] == 18
    far("reduce", out, "--out", f"s3://{bucket}/results/reduced", "--components", "3")
    far("train", out, "--out", tmp_path / "trained")
    assert json_of(tmp_path / "trained/metrics.json")["labels"] == ["a", "b", "c"]


def test_results_of_others_are_not_replaced(far, s3, bucket, noise):
    s3.client.put_object(Bucket=bucket, Key="mine/notes.txt", Body=b"mine")
    out = f"s3://{bucket}/mine"
    for force in ([], ["--force"]):
        far.refuses("run", noise, "--out", out, *TINY, *force, code=USAGE, tells=["not empty", out])
    assert s3.names(bucket, "mine") == {"mine/notes.txt"}


def test_out_within_the_photographs_is_refused(far, bucket):
    images = f"s3://{bucket}/photos"
    for out in (images, f"{images}/out", f"s3a://{bucket}/photos/out", f"s3://{bucket}"):
        far.refuses("run", images, "--out", out, *TINY, code=USAGE, tells=["overlaps"])


def test_a_run_that_is_refused_leaves_nothing_in_the_bucket(far, s3, bucket, noise):
    words = ["--out", f"s3://{bucket}/refused", *TINY, "--components", "1000"]
    far.refuses("run", noise, *words, code=USAGE, tells=["1000"])
    assert s3.names(bucket, "refused") == set()


@pytest.mark.parametrize("place", ["hdfs://cluster/photos", "gs://bucket/photos", "http://x/y"])
def test_other_schemes_are_refused_with_what_works(tiny, place, tmp_path):
    tiny.refuses("scan", place, code=USAGE, tells=[place, "s3://"])
    words = ["run", tmp_path, "--out", place, *TINY]
    tiny.refuses(*words, code=USAGE, tells=["s3://"])


def test_a_bucket_that_is_not_there(far):
    far.refuses("scan", "s3://no-such-bucket/a", code=NOT_FOUND, tells=["s3://no-such-bucket"])


def test_a_prefix_without_photographs(far, bucket):
    far.refuses("scan", f"s3://{bucket}/none", code=USAGE, tells=["no file found"])


def test_credentials_that_are_wrong_or_missing(far, bucket, tmp_path):
    wrong = Pomona(**{**far.environment, "AWS_SECRET_ACCESS_KEY": "planted-secret"})
    refused = wrong.refuses("scan", f"s3://{bucket}", code=UNAVAILABLE, tells=["credentials"])
    assert "planted-secret" not in refused.message
    none = {name: far.environment[name] for name in far.environment if "AWS" not in name}
    none |= {"AWS_EC2_METADATA_DISABLED": "true", "HOME": str(tmp_path)}
    poor = Pomona()
    poor.environment = none
    poor.refuses("scan", f"s3://{bucket}", code=UNAVAILABLE, tells=["AWS_ACCESS_KEY_ID"])


def test_credentials_of_a_profile(far, s3, bucket, tmp_path):
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws/credentials").write_text(
        "[orchard]\naws_access_key_id = test\naws_secret_access_key = only for tests\n"
    )
    environment = {name: far.environment[name] for name in far.environment if "AWS" not in name}
    by_profile = Pomona()
    by_profile.environment = environment | {
        "HOME": str(tmp_path),
        "AWS_PROFILE": "orchard",
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    words = ["--s3-endpoint", s3.endpoint, "--json"]
    scanned = by_profile("scan", f"s3://{bucket}/photos", *words)
    assert json.loads(scanned.text)["ok"] == 18


def test_failures_of_the_store_are_told_apart(shaky, proxy, bucket, tmp_path):
    """Row B23: denied is never called a broken image."""
    proxy.add(Rule(method="GET", path=r"a/0\.jpg", status=403, code="AccessDenied", forward=False))
    proxy.add(Rule(method="GET", path=r"a/1\.jpg", status=404, code="NoSuchKey", forward=False))
    out = tmp_path / "out"
    shaky("run", f"s3://{bucket}/photos", "--out", out, *TINY, "--max-failures", "0.5")
    assert failures_of(out) == {"a/0.jpg": ("read", "denied"), "a/1.jpg": ("read", "gone")}
    assert statuses_of(out)["a/0.jpg"] == "failed"


@pytest.mark.parametrize(
    "fault",
    [
        Rule(status=503, code="SlowDown", forward=False, times=1),
        Rule(status=503, code="", forward=False, times=1),
        Rule(status=500, code="InternalError", forward=False, times=1),
        Rule(status=429, code="", forward=False, times=1),
        Rule(drop=True, times=1),
        Rule(cut_after=0, times=1),
        Rule(cut_after=1, times=1),
        Rule(cut_after=700, times=1),
        Rule(truncate=1, times=1),
        Rule(body=b"", times=1),
    ],
    ids=["503", "bare 503", "500", "429", "reset", "cut 0", "cut 1", "cut 700", "short", "empty"],
)
def test_what_passes_is_tried_again(shaky, proxy, bucket, noise_results, fault, tmp_path):
    """Rows B8 to B10: a photograph comes whole or not at all."""
    for name in ("a/0", "b/3", "c/5"):
        proxy.add(Rule(**{**vars(fault), "method": "GET", "path": rf"photos/{name}\.jpg"}))
    out = tmp_path / "out"
    shaky("run", f"s3://{bucket}/photos", "--out", out, *TINY)
    assert digests(out) == digests(noise_results)
    assert sum(seen.rule is not None for seen in proxy.requests) == 3


def test_a_listing_that_is_cut_is_asked_for_again(shaky, proxy, bucket):
    proxy.add(Rule(method="GET", path="list-type=2", cut_after=200, times=1))
    proxy.add(Rule(method="GET", path="list-type=2", truncate=40, times=1))
    assert json.loads(shaky("scan", f"s3://{bucket}/photos", "--json").text)["ok"] == 18


def test_a_listing_that_stays_denied_ends_the_run(shaky, proxy, bucket):
    proxy.add(Rule(method="GET", path="list-type=2", status=403, code="AccessDenied"))
    shaky.refuses("scan", f"s3://{bucket}/photos", code=UNAVAILABLE, tells=["AccessDenied"])


def test_a_skewed_clock_is_named(shaky, proxy, bucket):
    """Row B18."""
    proxy.add(Rule(path="list-type=2", status=403, code="RequestTimeTooSkewed"))
    shaky.refuses("scan", f"s3://{bucket}/photos", code=UNAVAILABLE, tells=["clock"])


def test_the_lost_answer_of_the_marker_is_resolved_by_reading_it(shaky, proxy, s3, bucket, noise):
    """Row B3."""
    proxy.add(Rule(method="PUT", path=r"lost/_SUCCESS", drop=True, forward=True, times=1))
    shaky("run", noise, "--out", f"s3://{bucket}/lost", *TINY)
    assert "lost/_SUCCESS" in s3.names(bucket, "lost")


def test_a_photograph_of_a_bucket_that_is_broken_is_still_broken(far, s3, tmp_path):
    name = s3.bucket()
    fruits = copy_fruits(tmp_path / "fruits", ["Kiwi", "Lemon"])
    broken = fruits / "Kiwi" / "broken.jpg"
    broken.write_bytes(next((fruits / "Kiwi").glob("*.jpg")).read_bytes()[:400])
    s3.upload(fruits, name, "photos")
    out = tmp_path / "out"
    far("run", f"s3://{name}/photos", "--out", out, *TINY)
    assert failures_of(out) == {"Kiwi/broken.jpg": ("decode", "truncated")}


def test_damage_in_a_bucket_is_found(far, s3, bucket, noise):
    out = f"s3://{bucket}/damaged"
    far("run", noise, "--out", out, *TINY)
    s3.client.put_object(Bucket=bucket, Key="damaged/reduced.csv", Body=b"path\n")
    verified = far("verify", out, code=None)
    assert verified.code == 1 and "reduced.csv" in verified.text
    s3.client.put_object(Bucket=bucket, Key="damaged/bundle/bundle.json", Body=b"{}")
    far.refuses("predict", out, noise / "a/0.jpg", code=DAMAGED, tells=["bundle"])
