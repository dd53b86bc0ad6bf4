# SPDX-License-Identifier: Apache-2.0
"""Pomona's features of EfficientNet-Lite equal ONNX Runtime's on the same tensors."""

import subprocess
import sys

import numpy as np
import onnxruntime
import pytest
from conftest import CACHE, ROOT, digest_of
from PIL import Image

MODELS = ROOT / "models"
SIZES = {"efficientnet-lite0": 224, "efficientnet-lite1": 240, "efficientnet-lite2": 260}
PHOTOGRAPHS = ("Banana", "Lemon", "Pineapple", "Walnut")


def make_pictures(folder, size):
    """Photographs of the sample and noise, as PNG of exactly the size the network takes."""
    random = np.random.default_rng(1)
    for kind in PHOTOGRAPHS:
        photograph = min((ROOT / "sample" / "fruits" / kind).glob("*.jpg"))
        (folder / kind).mkdir(parents=True)
        picture = Image.open(photograph).resize((size, size), Image.Resampling.LANCZOS)
        picture.save(folder / kind / "photograph.png")
    noise = random.integers(0, 256, (size, size, 3), dtype=np.uint8)
    Image.fromarray(noise).save(folder / PHOTOGRAPHS[0] / "noise.png")


def converted_network(name):
    sources = sorted(MODELS.glob("*.py")) + [MODELS / "registry.json"]
    key = digest_of(*(path.read_bytes() for path in sources))
    path = CACHE / f"{name}-{key}.onnx"
    if not path.is_file():
        CACHE.mkdir(parents=True, exist_ok=True)
        staged = path.with_suffix(".part")
        convert = MODELS / "convert_efficientnet_lite.py"
        subprocess.run([sys.executable, convert, name, "--out", staged], check=True)
        staged.rename(path)
    return path


@pytest.mark.parametrize("name", SIZES)
def test_features_equal_onnx_runtime(name, pomona, tmp_path):
    size = SIZES[name]
    network = converted_network(name)
    make_pictures(tmp_path / "images", size)
    pomona.import_backbone(
        network, name, size=size, mean="127,127,127", std="128,128,128", layout="NCHW",
        output="features", logits="logits",
    )  # fmt: skip
    found = pomona.extract(tmp_path / "images", tmp_path / "out", name)

    session = onnxruntime.InferenceSession(network, providers=["CPUExecutionProvider"])
    assert len(found) == len(PHOTOGRAPHS) + 1
    for path, features in found.items():
        pixels = np.asarray(Image.open(tmp_path / "images" / path), np.float32)
        tensor = ((pixels - 127) / 128).transpose(2, 0, 1)[np.newaxis]
        expected = session.run(["features"], {"image": tensor})[0][0]
        assert expected.max() > 0.5, "a network that answers nothing passes any tolerance"
        assert np.abs(features - expected).max() <= 1e-4 * np.abs(expected).max(), path
