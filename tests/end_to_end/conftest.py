# SPDX-License-Identifier: Apache-2.0
"""The binary, its backbones, and one finished run that many tests look at.

POMONA_BINARY   the binary to test; build/release/pomona when not set
POMONA_MODELS   where efficientnet-lite0 is installed; else as the binary finds it
"""

import pytest
from command import BINARY, TINY, Pomona, import_of_tiny
from fault_proxy import FaultProxy
from photographs import copy_fruits, make_folder


@pytest.fixture(scope="session")
def pomona():
    assert BINARY.is_file(), f"{BINARY} is not built: run ./check, or set POMONA_BINARY"
    return Pomona()


@pytest.fixture(scope="session")
def tiny(pomona, tmp_path_factory):
    """The command with a network of a few thousand weights as its backbone named `tiny`."""
    models = tmp_path_factory.mktemp("models")
    pomona(*import_of_tiny(models))
    return Pomona(POMONA_MODELS=str(models))


@pytest.fixture(scope="session")
def fruits(tmp_path_factory):
    """Five kinds of fruit, eight photographs each, of two films."""
    return copy_fruits(tmp_path_factory.mktemp("photographs") / "fruits")


@pytest.fixture(scope="session")
def results(pomona, fruits, tmp_path_factory):
    """What `pomona run` makes of them with the default backbone at 96 pixels."""
    out = tmp_path_factory.mktemp("results") / "out"
    pomona("run", fruits, "--out", out, "--size", "96", "--precision", "f32")
    return out


@pytest.fixture(scope="session")
def noise(tmp_path_factory):
    """Three labels, six made-up photographs each: for the tiny backbone."""
    return make_folder(tmp_path_factory.mktemp("noise") / "images")


@pytest.fixture(scope="session")
def noise_results(tiny, noise, tmp_path_factory):
    out = tmp_path_factory.mktemp("noise_results") / "out"
    tiny("run", noise, "--out", out, *TINY)
    return out


@pytest.fixture(scope="session")
def s3():
    server = pytest.importorskip("s3_server")
    if not server.BINARY.is_file():
        pytest.skip(f"no S3 server at {server.BINARY}: tools/setup --check builds it")
    with server.S3Server() as running:
        yield running


@pytest.fixture(scope="session")
def far(tiny, s3):
    """The command with the tiny backbone and the credentials of the server."""
    return Pomona(**{**tiny.environment, **s3.environment()})


@pytest.fixture
def proxy(s3):
    with FaultProxy(s3.port) as proxy:
        yield proxy


@pytest.fixture
def shaky(far, s3, proxy):
    """The command, through the fault proxy."""
    return Pomona(**{**far.environment, **s3.environment(proxy.endpoint)})


@pytest.fixture
def stub(noise):
    """Starts a service with a quirk, and the photographs below `photos`."""
    module = pytest.importorskip("s3_stub")
    running = []

    def start(quirk=None, **options):
        stub = module.S3Stub(quirk, **options).__enter__()
        running.append(stub)
        stub.upload(noise, "photos")
        return stub

    yield start
    for stub in running:
        stub.__exit__()


@pytest.fixture
def speak(tiny, tmp_path):
    """The command, as it speaks to a service; no files of the AWS tools of this machine."""

    def speak(stub, **environment: str) -> Pomona:
        clean = {k: v for k, v in tiny.environment.items() if not k.startswith("AWS_")}
        pomona = Pomona()
        home = {"HOME": str(tmp_path / "home")}
        pomona.environment = clean | home | stub.environment() | environment
        for name in [name for name, value in environment.items() if not value]:
            del pomona.environment[name]
        return pomona

    return speak
