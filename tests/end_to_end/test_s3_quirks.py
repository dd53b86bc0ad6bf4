# SPDX-License-Identifier: Apache-2.0
"""Services that speak S3 otherwise than AWS: photographs are read from them, and results written.

Each test is one quirk of s3_quirks.py, or what the AWS tools are told about a service.
"""

import subprocess

import pytest
import s3_quirks
from command import DAMAGED, TINY, UNAVAILABLE, USAGE, Pomona
from s3_server import ACCESS, SECRET
from s3_stub import S3Stub
from tables import digests, failures_of, files_below

PHOTOS, OUT = "s3://fruits/photos", "s3://fruits/out"


@pytest.fixture
def stub(request, noise):
    """Starts a service with a quirk, and the photographs below `photos`."""
    running = []

    def start(quirk=None, **options) -> S3Stub:
        stub = S3Stub(quirk, **options).__enter__()
        running.append(stub)
        stub.upload(noise, "photos")
        return stub

    yield start
    for stub in running:
        stub.__exit__()


@pytest.fixture
def speak(tiny, tmp_path):
    """The command, as it speaks to a service; no files of the AWS tools of this machine."""

    def speak(stub: S3Stub, **environment: str) -> Pomona:
        clean = {k: v for k, v in tiny.environment.items() if not k.startswith("AWS_")}
        pomona = Pomona()
        home = {"HOME": str(tmp_path / "home")}
        pomona.environment = clean | home | stub.environment() | environment
        for name in [name for name, value in environment.items() if not value]:
            del pomona.environment[name]
        return pomona

    return speak


def reads_and_writes(pomona, stub, noise, noise_results, tmp_path, *words) -> None:
    """In and out of the bucket, all has the bytes of a run in folders; --force replaces it."""
    inward = tmp_path / "inward"
    pomona("run", PHOTOS, "--out", inward, *TINY, *words)
    assert digests(inward) == digests(noise_results)
    pomona("run", noise, "--out", OUT, *TINY, *words)
    copied = stub.download("out", tmp_path / "copied")
    assert digests(copied) == digests(noise_results)
    assert (copied / "_SUCCESS").is_file() and not (copied / "_pomona").exists()
    assert "as they were written" in pomona("verify", OUT, *words).text
    pomona("run", noise, "--out", OUT, *TINY, "--force", "--components", "3", *words)
    names = {name.removeprefix("out/") for name in stub.objects("out/")}
    assert names == files_below(copied)
    pomona("clean", OUT, *words)


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


@pytest.mark.parametrize("quirk", [s3_quirks.no_if_none_match_501, s3_quirks.no_if_none_match_400])
def test_without_conditional_writes_a_run_ends_before_its_work(
    speak, stub, noise, noise_results, quirk, tmp_path
):
    service = stub(quirk)
    pomona = speak(service)
    tells = ["If-None-Match", "(--no-conditional-writes)", "HTTP status"]
    pomona.refuses("run", PHOTOS, "--out", OUT, *TINY, code=UNAVAILABLE, tells=tells)
    assert len(service.seen("PUT")) <= 3 and not service.seen("GET", ".jpg")
    assert service.objects("out/") == {}
    words = ["--no-conditional-writes"]
    reads_and_writes(pomona, service, noise, noise_results, tmp_path, *words)
    again = pomona("run", noise, "--out", OUT, *TINY, "--components", "3", *words)
    assert "is complete" in again.message


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


# Where the service is.


def test_an_endpoint_with_a_path(speak, stub, noise, noise_results, tmp_path):
    service = stub(base="/storage/v1/s3")
    reads_and_writes(speak(service), service, noise, noise_results, tmp_path)
    by_option = speak(service, AWS_ENDPOINT_URL="")
    by_option("scan", PHOTOS, "--s3-endpoint", service.endpoint + "/")
    assert all(request.target.startswith("/storage/v1/s3/") for request in service.requests)


@pytest.mark.parametrize(
    "endpoint", ["127.0.0.1:9000", "ftp://host", "http://", "http://host/?x", "http:// host"]
)
def test_what_is_no_endpoint(speak, stub, endpoint):
    words = ["scan", PHOTOS, "--s3-endpoint", endpoint]
    speak(stub()).refuses(*words, code=USAGE, tells=["endpoint: expected", "(--s3-endpoint)"])
    told = speak(stub(), AWS_ENDPOINT_URL=endpoint)
    told.refuses("scan", PHOTOS, code=USAGE, tells=["AWS_ENDPOINT_URL: expected", endpoint])


def write_profile(tmp_path, config: str, credentials: str = "") -> None:
    folder = tmp_path / "home" / ".aws"
    folder.mkdir(parents=True)
    (folder / "config").write_text(config)
    if credentials:
        (folder / "credentials").write_text(credentials)


def keys() -> str:
    return f"aws_access_key_id = {ACCESS}\naws_secret_access_key = {SECRET}\n"


@pytest.mark.parametrize("place", ["config", "credentials"])
@pytest.mark.parametrize("name", ["default", "orchard"])
def test_a_profile_says_all_of_a_service(speak, stub, noise, place, name, tmp_path):
    service = stub(region="eu-orchard-1")
    section = "[default]" if name == "default" else f"[profile {name}]"
    config = f"{section}\nregion = eu-orchard-1\nendpoint_url = {service.endpoint}\n"
    secret = {place: keys()}
    credentials = f"[{name}]\n" + secret.get("credentials", "")
    write_profile(tmp_path, config + secret.get("config", ""), credentials)
    nothing = {"AWS_ENDPOINT_URL": "", "AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""}
    pomona = speak(service, **nothing)
    if name != "default":
        pomona.environment["AWS_PROFILE"] = name
    pomona("scan", PHOTOS)
    pomona("run", noise, "--out", OUT, *TINY)
    assert service.seen("PUT", "out/_SUCCESS")


def test_the_services_section_of_a_profile(speak, stub, tmp_path):
    service = stub()
    config = "[default]\nservices = mine\nendpoint_url = http://127.0.0.1:1\n"
    config += f"[services mine]\ns3 =\n  endpoint_url = {service.endpoint}\n"
    write_profile(tmp_path, config)
    speak(service, AWS_ENDPOINT_URL="")("scan", PHOTOS)
    speak(service, AWS_ENDPOINT_URL="http://127.0.0.1:1", AWS_ENDPOINT_URL_S3=service.endpoint)(
        "scan", PHOTOS
    )


def test_the_bucket_in_the_name_of_the_host(speak, stub, noise, noise_results, tmp_path):
    service = stub(s3_quirks.virtual_host_only)
    endpoint = service.endpoint.replace("127.0.0.1", "localhost")
    pomona = speak(service, AWS_ENDPOINT_URL=endpoint)
    tells = ["virtual hosted style", "addressing_style = virtual"]
    pomona.refuses("scan", PHOTOS, code=UNAVAILABLE, tells=tells)
    write_profile(tmp_path, "[default]\ns3 =\n  addressing_style = virtual\n")
    reads_and_writes(pomona, service, noise, noise_results, tmp_path)


def test_a_profile_that_is_nowhere(speak, stub):
    lost = speak(stub(), AWS_PROFILE="orchid")
    lost.refuses("scan", PHOTOS, code=USAGE, tells=["'orchid'", "~/.aws/config", "AWS_PROFILE"])


def test_the_region_that_a_service_expects_is_taken_from_its_answer(
    speak, stub, noise, noise_results, tmp_path
):
    def says_so_to_get_alone(request, serve):
        answer = serve(request)
        if request.method == "HEAD" and answer.status == 400:
            answer.body = b""
        return answer

    service = stub(says_so_to_get_alone, region="garage")
    reads_and_writes(speak(service), service, noise, noise_results, tmp_path)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    folder = tmp_path_factory.mktemp("certificate")
    files = folder / "cert.pem", folder / "key.pem"
    words = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    words += ["-subj", "/CN=orchard", "-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run([*words, "-out", files[0], "-keyout", files[1]], check=True, capture_output=True)
    return files


@pytest.mark.parametrize("way", ["AWS_CA_BUNDLE", "SSL_CERT_FILE", "ca_bundle"])
def test_certificates_of_ones_own(speak, stub, certificate, noise, noise_results, way, tmp_path):
    service = stub(certificate=certificate)
    speak(service).refuses(
        "scan", PHOTOS, code=UNAVAILABLE, tells=["certificate", "AWS_CA_BUNDLE", "ca_bundle"]
    )
    if way == "ca_bundle":
        write_profile(tmp_path, f"[default]\nca_bundle = {certificate[0]}\n")
        pomona = speak(service)
    else:
        pomona = speak(service, **{way: str(certificate[0])})
    reads_and_writes(pomona, service, noise, noise_results, tmp_path)


def test_certificates_that_are_not_there(speak, stub, certificate, tmp_path):
    service = stub(certificate=certificate)
    missing = speak(service, AWS_CA_BUNDLE=str(tmp_path / "none.pem"))
    missing.refuses("scan", PHOTOS, code=USAGE, tells=["AWS_CA_BUNDLE", "none.pem"])
    (tmp_path / "none.pem").write_text("no certificate\n")
    missing.refuses("scan", PHOTOS, code=UNAVAILABLE, tells=["PEM", "AWS_CA_BUNDLE"])


def test_http_where_https_is_spoken_and_the_other_way_round(speak, stub, certificate):
    plain, tls = stub(), stub(certificate=certificate)
    swapped = speak(plain, AWS_ENDPOINT_URL=plain.endpoint.replace("http:", "https:"))
    swapped.refuses("scan", PHOTOS, code=UNAVAILABLE, tells=["TLS", "http:// or https://"])
    swapped = speak(tls, AWS_ENDPOINT_URL=tls.endpoint.replace("https:", "http:"))
    swapped.refuses("scan", PHOTOS, code=UNAVAILABLE, tells=["connection", "https://"])


def test_nothing_listens_there(speak, stub):
    silent = speak(stub(), AWS_ENDPOINT_URL="http://127.0.0.1:1")
    silent.refuses("scan", PHOTOS, code=UNAVAILABLE, tells=["nothing answers", "port"])
    nameless = speak(stub(), AWS_ENDPOINT_URL="http://no-such-host.invalid")
    nameless.refuses("scan", PHOTOS, code=UNAVAILABLE, tells=["no host of this name"])


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
