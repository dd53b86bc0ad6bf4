# SPDX-License-Identifier: Apache-2.0
"""docs/backbones.md has the input of every network of Keras as Keras itself prepares it."""

import os
import re
import sys

import numpy as np
import pytest
from conftest import ROOT

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")

keras = pytest.importorskip("keras")

DOCUMENT = (ROOT / "docs" / "backbones.md").read_text(encoding="utf-8")


def rows():
    """Name of a network → its mean, std and order of channels in the table of Keras."""
    section = DOCUMENT.split("### Keras")[1].split("### ")[0]
    found = {}
    for line in section.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 5 and cells[4] in ("rgb", "bgr"):
            numbers = [np.array([float(x) for x in cell.split(",")]) for cell in cells[2:4]]
            for name in re.findall(r"`(\w+)`", cells[0]):
                found[name] = (*numbers, cells[4])
    return found


def networks():
    """The applications of Keras: functions that make a model."""
    return sorted(name for name in dir(keras.applications) if name[0].isupper())


def test_every_network_is_there():
    assert networks() == sorted(rows())


@pytest.mark.parametrize("name", networks())
def test_its_input_is_what_keras_makes(name):
    mean, std, channels = rows()[name]
    pixels = np.random.default_rng(4).integers(0, 256, (1, 5, 7, 3)).astype(np.float32)
    module = sys.modules[getattr(keras.applications, name).__module__]
    expected = module.preprocess_input(pixels.copy(), data_format="channels_last")
    tensor = ((pixels[..., ::-1] if channels == "bgr" else pixels) - mean) / std
    assert np.abs(tensor - expected).max() < 1e-4 * np.abs(expected).max()
