# SPDX-License-Identifier: Apache-2.0
"""Where a service is, and how the AWS tools are told: endpoint, profile, region, certificates."""

import subprocess

import pytest
import s3_quirks
from command import TINY, UNAVAILABLE, USAGE
from s3_server import ACCESS, SECRET
from s3_stub import OUT, PHOTOS, reads_and_writes


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
