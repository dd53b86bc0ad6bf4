# SPDX-License-Identifier: Apache-2.0
"""Services that speak S3 otherwise than AWS: photographs are read from them, and results written.

Each test is one quirk of s3_quirks.py.
"""

import pytest
import s3_quirks
from command import DAMAGED, TINY, UNAVAILABLE, USAGE
from s3_stub import OUT, PHOTOS, reads_and_writes
from tables import digests, failures_of

COMPLETE = [
    None,
    s3_quirks.multi_delete_wants_md5,
    s3_quirks.no_multi_delete_400,
    s3_quirks.no_multi_delete_405,
    s3_quirks.no_multi_delete_501,
    s3_quirks.multi_delete_does_nothing,
    s3_quirks.no_checksums_400,
    s3_quirks.no_checksums_501,
    s3_quirks.no_copy_condition,
    s3_quirks.no_list_of_uploads,
    s3_quirks.etag_of_dsse,
    s3_quirks.etag_of_customer_key,
    s3_quirks.etag_of_encryption_at_rest,
    s3_quirks.etag_of_no_content,
    s3_quirks.etag_without_quotes,
    s3_quirks.no_etag_in_answers_to_get,
    s3_quirks.head_bucket_denied,
    s3_quirks.no_head,
    s3_quirks.v1_only,
    s3_quirks.v1_without_next_marker,
    s3_quirks.v2_refused_400,
    s3_quirks.v2_refused_501,
    s3_quirks.no_encoding_type,
]


@pytest.mark.parametrize("quirk", COMPLETE)
def test_all_works_with(speak, stub, noise, noise_results, quirk, tmp_path):
    service = stub(quirk)
    service.page = 4  # so that listings have several pages
    reads_and_writes(speak(service), service, noise, noise_results, tmp_path)
    assert len(service.requests) < 1000, "something was retried"


# Removing many objects.


def test_one_object_is_removed_by_itself(speak, stub, noise, tmp_path):
    service = stub()
    service.put("fruits", "photos/old.jpg", b"x")
    speak(service)("sync", noise, PHOTOS, "--delete")
    assert "photos/old.jpg" not in service.objects()
    assert not service.seen("POST") and len(service.seen("DELETE")) == 1


def test_a_service_without_multi_delete_is_asked_once(speak, stub, noise):
    service = stub(s3_quirks.no_multi_delete_501)
    for number in range(2100):
        service.put("fruits", f"photos/old/{number}.jpg", b"x")
    speak(service)("sync", noise, PHOTOS, "--delete")
    assert len(service.objects()) == 18
    assert len(service.seen("POST", "delete")) == 1 and len(service.seen("DELETE")) == 2100


# Conditional writes.


@pytest.mark.parametrize(
    "quirk",
    [
        s3_quirks.no_if_none_match_501,
        s3_quirks.no_if_none_match_400,
        s3_quirks.if_none_match_ignored,
    ],
)
def test_without_conditional_writes_a_run_ends_before_its_work(
    speak, stub, noise, noise_results, quirk, tmp_path
):
    service = stub(quirk)
    pomona = speak(service)
    tells = ["If-None-Match", "(--no-conditional-writes)", "HTTP status"]
    pomona.refuses("run", PHOTOS, "--out", OUT, *TINY, code=UNAVAILABLE, tells=tells)
    assert len(service.seen("PUT")) <= 5 and not service.seen("GET", ".jpg")
    assert service.objects("out/") == {}
    words = ["--no-conditional-writes"]
    reads_and_writes(pomona, service, noise, noise_results, tmp_path, *words)
    again = pomona("run", noise, "--out", OUT, *TINY, "--components", "3", *words)
    assert "is complete" in again.message


def test_conditional_writes_are_tried_once_in_a_store(speak, stub, noise):
    """One request more for the note, and one for the first of nine records of parts."""
    service = stub()
    speak(service)("extract", noise, "--out", OUT, *TINY, "--part-files", "2")
    conditional = [one.key for one in service.seen("PUT") if "if-none-match" in one.headers]
    assert len(conditional) == len(set(conditional)) + 2
    assert conditional.count("out/_pomona/work.json") == 2
    assert len(set(conditional)) == 11, "work.json, nine records, publication.json"


def test_the_least_of_services(speak, stub, noise, noise_results, tmp_path):
    service = stub(s3_quirks.does_nothing_beyond_the_least)
    words = ["--no-conditional-writes"]
    reads_and_writes(speak(service), service, noise, noise_results, tmp_path, *words)


def test_shards_without_conditional_writes(speak, stub, noise_results, tmp_path):
    service = stub(s3_quirks.no_if_none_match_501)
    words = ["extract", PHOTOS, "--out", OUT, *TINY, "--no-conditional-writes", "--part-files", "6"]
    for shard in ("1/2", "2/2"):
        speak(service)(*words, "--shard", shard)
    assert "out/_SUCCESS" in service.objects()


# ETags.


@pytest.mark.parametrize(
    ("quirk", "most"),
    [
        (s3_quirks.etag_of_dsse, 18),
        (s3_quirks.etag_of_customer_key, 18),
        (s3_quirks.etag_of_encryption_at_rest, 36),
        (s3_quirks.etag_of_no_content, 36),
    ],
)
def test_an_etag_that_is_no_md5_costs_few_requests(speak, stub, quirk, most, tmp_path):
    service = stub(quirk)
    out = tmp_path / "out"
    speak(service)("run", PHOTOS, "--out", out, *TINY)
    assert failures_of(out) == {}
    assert len(service.seen("GET", ".jpg")) <= most


def test_once_an_etag_was_no_md5_none_is_taken_for_one(speak, stub, noise, tmp_path):
    """So that a service costs twice the requests for its first photographs alone."""
    service = stub(s3_quirks.etag_of_no_content)
    for number in range(300):
        service.put("fruits", f"photos/d/{number}.jpg", service.objects()["photos/a/0.jpg"])
    speak(service)("sync", PHOTOS, tmp_path / "copy")
    assert len(service.seen("GET", ".jpg")) < 318 + 80


# Who may do what.


def test_least_privilege_takes_the_region_from_the_denial(speak, stub, tmp_path):
    service = stub(s3_quirks.head_bucket_denied)
    out = tmp_path / "out"
    speak(service)("run", PHOTOS, "--out", out, *TINY, "--regions", "eu")
    words = ["scan", PHOTOS, "--regions", "eu-west-1"]
    service.requests.clear()
    speak(service).refuses(*words, code=USAGE, tells=["eu-west-3", "--regions"])
    assert {request.method for request in service.requests} == {"HEAD"}
    denied = ["s3:ListBucket", "allowed for photos/", "s3://fruits/others"]
    speak(service).refuses("scan", "s3://fruits/others", code=UNAVAILABLE, tells=denied)


def test_reading_alone_is_enough_to_predict(speak, stub, noise_results):
    service = stub(s3_quirks.only_reading)
    speak(service)("predict", noise_results, PHOTOS + "/a/0.jpg", "--json")
    tells = ["s3:ListBucket", "only s3:GetObject is allowed"]
    speak(service).refuses("scan", PHOTOS, code=UNAVAILABLE, tells=tells)


@pytest.mark.parametrize(
    ("code", "tells"),
    [
        ("RequestTimeTooSkewed", ["clock"]),
        ("InvalidAccessKeyId", ["access key", "AWS_ACCESS_KEY_ID"]),
        ("SignatureDoesNotMatch", ["secret key", "AWS_SECRET_ACCESS_KEY"]),
        ("InvalidToken", ["AWS_SESSION_TOKEN"]),
        ("AccountProblem", ["pay your bill", "owns the account"]),
    ],
)
@pytest.mark.parametrize("verb", ["scan", "run in", "run out", "verify"])
def test_a_denial_has_its_reason_before_any_work(speak, stub, noise, code, tells, verb, tmp_path):
    service = stub(s3_quirks.denied(403, code, "You must pay your bill"))
    words = {
        "scan": ["scan", PHOTOS],
        "run in": ["run", PHOTOS, "--out", tmp_path / "out", *TINY],
        "run out": ["run", noise, "--out", OUT, *TINY],
        "verify": ["verify", OUT],
    }[verb]
    tells = [*tells, code, "You must pay your bill"]
    speak(service).refuses(*words, code=UNAVAILABLE, tells=tells)
    assert len(service.requests) == 2 and not (tmp_path / "out").exists()


def test_keys_that_are_wrong(speak, stub):
    service = stub()
    unknown = speak(service, AWS_ACCESS_KEY_ID="someone")
    tells = ["InvalidAccessKeyId", "does not exist in our records", "AWS_ACCESS_KEY_ID"]
    unknown.refuses("scan", PHOTOS, code=UNAVAILABLE, tells=tells)
    wrong = speak(service, AWS_SECRET_ACCESS_KEY="planted-secret")
    tells = ["SignatureDoesNotMatch", "AWS_SECRET_ACCESS_KEY"]
    assert "planted" not in wrong.refuses("scan", PHOTOS, code=UNAVAILABLE, tells=tells).message


def test_what_a_service_repeats_of_secrets_is_not_printed(speak, stub):
    secrets = {"AWS_SECRET_ACCESS_KEY": "planted-secret", "AWS_SESSION_TOKEN": "planted-token"}
    service = stub(s3_quirks.echo_of_secrets)
    pomona = speak(service, **secrets)
    message = pomona.refuses("scan", PHOTOS, code=UNAVAILABLE, tells=["found {"]).message
    signature = service.requests[-1].headers["authorization"].rpartition("=")[2]
    assert "planted" not in message and signature not in message and "***" in message


def test_requester_pays(speak, stub, noise, noise_results, tmp_path):
    service = stub(s3_quirks.requester_pays)
    pomona = speak(service)
    tells = ["Bucket is requester pays", "(--requester-pays)"]
    pomona.refuses("scan", PHOTOS, code=UNAVAILABLE, tells=tells)
    pomona.refuses("run", noise, "--out", OUT, *TINY, code=UNAVAILABLE, tells=tells)
    assert not service.objects("out/")
    reads_and_writes(pomona, service, noise, noise_results, tmp_path, "--requester-pays")


def test_a_public_bucket_is_read_without_keys(speak, stub, noise_results, tmp_path):
    service = stub(s3_quirks.public)
    missing = {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""}
    out = tmp_path / "out"
    nobody = speak(service, **missing)
    nobody.refuses("scan", PHOTOS, code=UNAVAILABLE, tells=["(--no-sign-request)"])
    nobody("run", PHOTOS, "--out", out, *TINY, "--no-sign-request")
    assert digests(out) == digests(noise_results)
    somebody = speak(service)
    somebody.refuses("scan", PHOTOS, code=UNAVAILABLE, tells=["Who is that?"])
    somebody("scan", PHOTOS, "--no-sign-request")
    private = speak(stub(), **missing)
    tells = ["Anonymous", "credentials", "(--no-sign-request)"]
    private.refuses("scan", PHOTOS, "--no-sign-request", code=UNAVAILABLE, tells=tells)


# What a service says of one object.


@pytest.mark.parametrize(
    ("quirk", "kind", "tells"),
    [
        (s3_quirks.archived, "unreadable", ["storage class", "archive", "InvalidObjectState"]),
        (s3_quirks.key_disabled, "unreadable", ["key/orchard is disabled", "KMS"]),
        (s3_quirks.key_denied, "denied", ["kms:Decrypt", "KMS"]),
    ],
)
def test_the_sentence_of_the_service_is_shown(
    speak, stub, noise_results, quirk, kind, tells, tmp_path
):
    service = stub(quirk)
    out = tmp_path / "out"
    speak(service)("run", PHOTOS, "--out", out, *TINY, "--max-failures", "0.1")
    assert failures_of(out) == {"a/0.jpg": ("read", kind)}
    message = (out / "failures.csv").read_text()
    assert [word for word in tells if word not in message] == []
    assert len(service.seen("GET", "a/0.jpg")) <= 2, "what stays so is not retried"
    one = speak(service)("predict", noise_results, PHOTOS + "/a/0.jpg", code=None)
    assert [word for word in tells if word not in one.text + one.message] == []


def test_a_full_service_says_so(speak, stub, noise):
    service = stub(s3_quirks.full)
    tells = ["minimum free drive", "room"]
    speak(service).refuses("run", noise, "--out", OUT, *TINY, code=UNAVAILABLE, tells=tells)
    assert len(service.seen("PUT")) == 1


def test_a_web_console_is_no_service(speak, stub):
    tells = ["not one of S3", "web page"]
    service = stub(s3_quirks.web_console)
    speak(service).refuses("scan", PHOTOS, code=DAMAGED, tells=tells)


# Listings.


@pytest.mark.parametrize(
    "quirk", [s3_quirks.token_repeats, s3_quirks.tokens_alternate, s3_quirks.marker_repeats]
)
def test_pages_that_would_never_end(speak, stub, quirk, tmp_path):
    service = stub(quirk)
    tells = ["continuation token", "never end"]
    speak(service).refuses("scan", PHOTOS, code=DAMAGED, tells=tells)
    speak(service).refuses("sync", PHOTOS, tmp_path / "copy", code=DAMAGED, tells=tells)
    assert len(service.seen("GET")) < 12


def test_a_service_that_lacks_v2_is_asked_once(speak, stub):
    service = stub(s3_quirks.v2_refused_501)
    service.page = 2
    speak(service)("scan", PHOTOS)
    assert len(service.seen("GET", "list-type=2")) == 1
    assert len(service.seen("GET", "marker=")) == 7


@pytest.mark.parametrize(
    "quirk", [None, s3_quirks.does_nothing_beyond_the_least, s3_quirks.no_etag_in_answers_to_get]
)
def test_large_objects_go_both_ways(speak, stub, quirk, tmp_path):
    service = stub(quirk)
    (tmp_path / "large").mkdir()
    content = bytes(range(251)) * 80_000  # 20 MB: two parts of 8 MiB and a rest
    (tmp_path / "large" / "film.bin").write_bytes(content)
    speak(service)("sync", tmp_path / "large", OUT)
    assert service.objects("out/") == {"out/film.bin": content}
    assert len(service.seen("PUT", "partNumber")) == 3
    speak(service)("sync", OUT, tmp_path / "back")
    assert (tmp_path / "back" / "film.bin").read_bytes() == content
