# SPDX-License-Identifier: Apache-2.0
"""Networks of Keras, imported from every format, give what model.predict gives."""

import json
from xml.etree import ElementTree

import numpy as np
import pytest
from conftest import read_features

FILES = {
    "saved_model": "saved_model",
    "tflite": "network.tflite",
    "onnx": "network.onnx",
    "ir": "ir/network.xml",
}
# Keras numbers what it exports: the network called x becomes x_1 in the graph, and so its layers.
NODES = {
    "mobilenetv2": "mobilenetv2_1.00_224_1/global_average_pooling2d_1",
    "inceptionv3": "inception_v3_1/avg_pool_1",
    "resnet50": "resnet50_1/avg_pool_1",
}
INPUT = {"mean": "127.5,127.5,127.5", "std": "127.5,127.5,127.5", "layout": "NHWC"}
CAFFE = {"mean": "103.939,116.779,123.68", "std": "1", "channels": "bgr", "layout": "NHWC"}


def pooling_name(network, form, file):
    """How the layer before the classifier is called: a node in most formats, a tensor in ONNX."""
    if form == "ir":
        # OpenVINO's converter moves transpositions about and gives new names to what it touches.
        layers = ElementTree.parse(file).getroot().find("layers")
        return [layer.get("name") for layer in layers if layer.get("type") == "ReduceMean"][-1]
    return f"{NODES[network]}/Mean" + (":0" if form == "onnx" else "")


def read_expected(folder):
    with np.load(folder / "expected.npz") as arrays:
        return dict(arrays)


def assert_equal(found, expected, paths):
    assert sorted(found) == sorted(paths)
    features = np.array([found[path] for path in paths])
    assert features.shape == expected.shape
    # Answers that hardly differ between pictures would let a wrong import pass.
    assert expected.std(axis=0).mean() > 0.01 * np.abs(expected).max()
    assert np.abs(features - expected).max() <= 1e-4 * np.abs(expected).max()


@pytest.mark.parametrize("form", FILES)
@pytest.mark.parametrize("network", NODES)
def test_imported_features_equal_keras(network, form, keras_exports, pomona, tmp_path):
    folder = keras_exports[network]
    expected = read_expected(folder)
    file = folder / FILES[form]
    settings = CAFFE if network == "resnet50" else INPUT
    pomona.import_backbone(
        file, network, size=expected["size"], output=pooling_name(network, form, file), **settings
    )  # fmt: skip
    found = pomona.extract(folder / "pictures", tmp_path / "out", network)
    assert_equal(found, expected["features"], expected["paths"].tolist())


def test_a_map_inside_the_network_is_averaged(keras_exports, pomona, tmp_path):
    folder = keras_exports["mobilenetv2"]
    expected = read_expected(folder)
    # Channels come first within ONNX, though last in the input.
    pomona.import_backbone(
        folder / FILES["onnx"], "averaged", size=expected["size"],
        output="mobilenetv2_1.00_224_1/out_relu_1/Relu6:0", **INPUT,
    )  # fmt: skip
    found = pomona.extract(folder / "pictures", tmp_path / "out", "averaged")
    assert_equal(found, expected["map"], expected["paths"].tolist())


def test_importing_twice_gives_the_same_bytes(keras_exports, pomona):
    folder = keras_exports["mobilenetv2"]
    digests = set()
    for name in ("first", "second"):
        pomona.import_backbone(
            folder / "saved_model", name, size=224, output=f"{NODES['mobilenetv2']}/Mean", **INPUT
        )
        digests.add(json.loads((pomona.models / name / "backbone.json").read_text())["digest"])
    assert len(digests) == 1


def test_the_whole_chain_runs_on_inception(keras_exports, pomona, tmp_path):
    folder = keras_exports["inceptionv3"]
    expected = read_expected(folder)
    pomona.import_backbone(
        folder / "network.tflite", "inception", size=expected["size"],
        output=f"{NODES['inceptionv3']}/Mean", **INPUT,
    )  # fmt: skip
    out = tmp_path / "out"
    pomona("run", folder / "pictures", "--out", out, "--backbone", "inception", "--precision",
           "f32", "--components", 3, "--models", pomona.models)  # fmt: skip
    assert (out / "_SUCCESS").is_file()
    assert_equal(read_features(out), expected["features"], expected["paths"].tolist())
    assert (out / "report.html").stat().st_size > 0
    assert json.loads((out / "run.json").read_text())["backbone"]["feature_count"] == 2048
