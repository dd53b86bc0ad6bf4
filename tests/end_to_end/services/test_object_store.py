# SPDX-License-Identifier: Apache-2.0
"""Photographs and results in a bucket: every verb works on s3:// as on a folder."""

import json
import signal
import time

import pytest
from command import DAMAGED, INTERRUPTED, NOT_FOUND, TINY, UNAVAILABLE, USAGE, Pomona
from fault_proxy import Rule
from photographs import copy_fruits, odd_files, write_odd_names
from tables import digests, failures_of, json_of, statuses_of


@pytest.fixture(scope="module")
def bucket(s3, noise, tmp_path_factory):
    """A bucket with the photographs below `photos`, and others beside them."""
    name = s3.bucket()
    s3.upload(noise, name, "photos")
    s3.client.put_object(Bucket=name, Key="photos/", Body=b"")  # as consoles mark folders
    s3.client.put_object(Bucket=name, Key="photos-of-others/a/1.jpg", Body=b"x")
    return name


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

    assert "digests: 25 files are as they were written" in far("verify", out).text
    far("report", out)
    far("verify", out)
    photograph = f"{images}/a/0.jpg"
    answer = json.loads(far("predict", out, photograph, "--json").text)
    near = json.loads(far("predict", noise_results, noise / "a/0.jpg", "--json").text)
    assert answer["path"] == photograph and answer["kinds"] == near["kinds"]
    judged = json.loads(far("evaluate", out, images, "--json").text)
    assert judged["metrics"][0]["rows"] == 18
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


@pytest.mark.parametrize("option", ["--models", "--config"])
def test_what_is_read_from_this_machine_alone(tiny, noise, option, tmp_path):
    words = ["run", noise, "--out", tmp_path / "out", *TINY, option, "s3://fruits/somewhere"]
    tiny.refuses(*words, code=USAGE, tells=[option, "s3://fruits/somewhere", "on this machine"])


def test_a_bucket_that_is_not_there(far):
    far.refuses("scan", "s3://no-such-bucket/a", code=NOT_FOUND, tells=["s3://no-such-bucket"])


def test_a_prefix_without_photographs(far, bucket):
    far.refuses("scan", f"s3://{bucket}/none", code=USAGE, tells=["no file found"])


def test_credentials_that_are_wrong_or_missing(far, bucket, tmp_path):
    wrong = Pomona(**{**far.environment, "AWS_SECRET_ACCESS_KEY": "planted-secret"})
    refused = wrong.refuses("scan", f"s3://{bucket}", code=UNAVAILABLE, tells=["secret key"])
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


def test_failures_of_the_store_are_distinguished(shaky, proxy, bucket, tmp_path):
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


@pytest.mark.parametrize(
    "region", ["us-east-1", "", "EU", "eu-west-2", "eu-central-2", "eu-fake-1", "eu-west-1 "]
)
def test_a_bucket_elsewhere_is_refused_before_the_first_byte(
    shaky, proxy, s3, bucket, region, noise, tmp_path
):
    """Row G1: the bucket itself is asked, not its name or the client's setting."""
    elsewhere = region.strip() not in ("eu-west-1",)
    proxy.add(Rule(method="HEAD", path=rf"^/{bucket}$", headers={"x-amz-bucket-region": region}))
    inward = ["run", f"s3://{bucket}/photos", "--out", tmp_path / "out", *TINY]
    outward = ["run", noise, "--out", f"s3://{bucket}/guarded{len(region)}", *TINY]
    for words in (inward, outward):
        if not elsewhere:
            shaky(*words, "--regions", "eu")
            continue
        shaky.refuses(*words, "--regions", "eu", code=USAGE, tells=["--regions", region])
        assert {seen.method for seen in proxy.requests} == {"HEAD"}
    if elsewhere:
        assert s3.names(bucket, f"guarded{len(region)}") == set()


def test_a_redirect_to_another_region_is_refused(shaky, proxy, bucket):
    """Row G1."""
    told = {"x-amz-bucket-region": "us-west-2", "Location": "http://127.0.0.1:1/"}
    proxy.add(Rule(path="list-type=2", status=301, headers=told, forward=False))
    shaky.refuses("scan", f"s3://{bucket}/photos", code=UNAVAILABLE, tells=["us-west-2"])


def test_regions_from_the_environment(far, bucket):
    guarded = Pomona(**{**far.environment, "POMONA_REGIONS": "eu-north-1"})
    guarded.refuses("scan", f"s3://{bucket}/photos", code=USAGE, tells=["eu-north-1"])
    guarded.refuses("scan", f"s3://{bucket}", "--regions", "no such", code=USAGE, tells=["no such"])


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


def test_a_service_that_asks_for_fewer_requests_gets_fewer(
    shaky, proxy, bucket, noise_results, tmp_path
):
    """Row B8: at 20 % of 503 all is read, with less than twice the requests of a calm day."""
    proxy.add(Rule(method="GET", path=r"photos/.*\.jpg", status=503, share=0.2, forward=False))
    out = tmp_path / "out"
    shaky("run", f"s3://{bucket}/photos", "--out", out, *TINY)
    assert digests(out) == digests(noise_results)
    photographs = [seen for seen in proxy.requests if seen.path.endswith(".jpg")]
    assert 18 < len(photographs) <= 36


def test_retries_are_not_in_step(shaky, proxy, bucket, tmp_path):
    """Row B8: who was refused together does not come back together."""
    refused = proxy.add(Rule(method="GET", path=r"\.jpg", status=503, times=18, forward=False))
    shaky("run", f"s3://{bucket}/photos", "--out", tmp_path / "out", *TINY)
    times = sorted(
        seen.time for seen in proxy.requests if seen.rule is None and ".jpg" in seen.path
    )
    assert refused.used == 18 and len(times) == 18
    assert times[-1] - times[0] > 0.005


def test_a_service_that_is_down_ends_the_run_in_time(shaky, proxy, bucket, tmp_path):
    proxy.add(Rule(method="GET", path="list-type=2", status=503, forward=False))
    words = ["scan", f"s3://{bucket}/photos"]
    refused = shaky.refuses(*words, code=UNAVAILABLE, tells=["503", "attempts"])
    assert len([seen for seen in proxy.requests if "list-type" in seen.path]) == 10
    assert "SlowDown" in refused.message


def test_a_body_that_stalls_is_given_up_and_asked_for_again(
    shaky, proxy, bucket, noise_results, tmp_path
):
    """Row B11: a byte now and then is no progress."""
    proxy.add(Rule(method="GET", path=r"a/0\.jpg", drip=10, times=1))
    out = tmp_path / "out"
    shaky("run", f"s3://{bucket}/photos", "--out", out, *TINY)
    assert digests(out) == digests(noise_results)


def test_names_that_are_hard_on_somebody(far, s3, tmp_path):
    """Row B17."""
    folder, name = tmp_path / "photos", s3.bucket()
    (folder / "a").mkdir(parents=True)
    (folder / "b").mkdir()
    write_odd_names(folder / "a")
    (folder / "b" / "empty.jpg").write_bytes(b"")
    for file, (content, _) in odd_files().items():
        (folder / "b" / file).write_bytes(content)
    far("sync", folder, f"s3://{name}/photos")
    words = [*TINY, "--max-failures", "1"]
    far("run", folder, "--out", tmp_path / "near", *words)
    far("run", f"s3://{name}/photos", "--out", tmp_path / "far", *words)
    assert digests(tmp_path / "near") == digests(tmp_path / "far")


def test_interrupted_in_a_bucket_leaves_nothing(shaky, proxy, s3, bucket):
    """Ctrl-C while a photograph stalls: the process ends at once and tidies up."""
    proxy.add(Rule(method="GET", path=r"a/3\.jpg", drip=10))
    process = shaky.start("run", f"s3://{bucket}/photos", "--out", f"s3://{bucket}/stopped", *TINY)
    while not any(seen.rule for seen in proxy.requests):
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, message = process.communicate(timeout=5)
    assert process.returncode == INTERRUPTED, message
    assert s3.names(bucket, "stopped") == set()
    assert s3.pending_uploads(bucket) == []
