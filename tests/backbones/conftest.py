# SPDX-License-Identifier: Apache-2.0
"""Fixtures of the parity tests: the built binary, converted backbones, exported Keras networks.

Converted and exported files are kept under build/parity/, named by what they are made of.
"""

import hashlib
import os
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pyarrow.parquet
import pytest

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
CACHE = ROOT / "build" / "parity"
KERAS_NETWORKS = ("mobilenetv2", "inceptionv3", "resnet50")


class Pomona:
    """Runs the binary; `models` is the folder its backbones are installed in."""

    def __init__(self, binary: Path, models: Path):
        self.binary = binary
        self.models = models

    def __call__(self, *arguments) -> subprocess.CompletedProcess:
        command = [str(self.binary), *map(str, arguments)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}{done.stderr}"
        return done

    def import_backbone(self, network: Path, name: str, **options) -> None:
        flags = [part for key, value in options.items() for part in (f"--{key}", value)]
        self("models", "import", network, "--name", name, *flags, "--models", self.models)

    def extract(self, images: Path, out: Path, backbone: str) -> dict:
        self("extract", images, "--out", out, "--backbone", backbone, "--precision", "f32",
             "--models", self.models)  # fmt: skip
        return read_features(out)


def read_features(out: Path) -> dict:
    """Features by path."""
    table = pyarrow.parquet.read_table(sorted((out / "features").glob("*.parquet")))
    return dict(zip(table["path"].to_pylist(), table["features"].to_pylist()))


def digest_of(*parts: bytes) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(hashlib.sha256(part).digest())
    return digest.hexdigest()[:16]


def versions_of(*packages: str) -> bytes:
    return "".join(f"{name} {metadata.version(name)}\n" for name in packages).encode()


@pytest.fixture(scope="session")
def binary() -> Path:
    path = Path(os.environ.get("POMONA_BINARY", ROOT / "build" / "release" / "pomona"))
    if not path.is_file():
        pytest.fail(f"no {path}: run tools/setup --check, or set POMONA_BINARY")
    return path


@pytest.fixture
def pomona(binary, tmp_path) -> Pomona:
    return Pomona(binary, tmp_path / "models")


@pytest.fixture(scope="session")
def keras_exports() -> dict[str, Path]:
    """Folders that export_keras.py filled, by network. All are made at the same time."""
    script = HERE / "export_keras.py"
    packages = ("tensorflow-cpu", "keras", "tf2onnx", "onnx", "openvino", "numpy", "pillow")
    key = digest_of(script.read_bytes(), versions_of(*packages))
    folders = {network: CACHE / f"{network}-{key}" for network in KERAS_NETWORKS}
    running = {}
    for network, folder in folders.items():
        if folder.is_dir():
            continue
        staged = folder.with_suffix(f".{os.getpid()}")
        staged.mkdir(parents=True)
        with (staged / "log").open("w") as log:
            command = [sys.executable, script, network, staged]
            running[network] = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
    for network, process in running.items():
        staged = folders[network].with_suffix(f".{os.getpid()}")
        if process.wait() != 0:
            pytest.fail(f"exporting {network} failed:\n{(staged / 'log').read_text()[-4000:]}")
        staged.rename(folders[network])
    return folders
