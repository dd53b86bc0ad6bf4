#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes tests/golden/tiny_network: a network small enough for tests, and ONNX Runtime's answers.

tiny.onnx takes N×3×H×W, tiny_nhwc.onnx the same as N×H×W×C; both give "features" (N×48), "logits"
(N×5) and the "map" before the pooling. expected.json holds the answers to two pictures whose input
value number i is ((i * 7 + 13 * picture) % 255 - 127) / 128, counted over channel, row, column.
"""

import json
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

FOLDER = Path(__file__).resolve().parent.parent / "tests" / "golden" / "tiny_network"
SIZE = 32
CHANNELS = 24
FEATURES = 48
LOGITS = 5


def weights():
    random = np.random.default_rng(20261121)

    def normal(name, shape, spread):
        return numpy_helper.from_array(random.normal(0, spread, shape).astype(np.float32), name)

    return [
        normal("stem.weight", (CHANNELS, 3, 5, 5), 0.2),
        normal("stem.bias", (CHANNELS,), 0.3),
        normal("depth.weight", (CHANNELS, 1, 3, 3), 0.4),
        normal("depth.bias", (CHANNELS,), 0.3),
        normal("point.weight", (FEATURES, CHANNELS, 1, 1), 0.4),
        normal("point.bias", (FEATURES,), 0.3),
        normal("classifier.weight", (LOGITS, FEATURES), 0.3),
        normal("classifier.bias", (LOGITS,), 0.1),
    ]


def convolution(source, name, kernel, stride, groups=1):
    node = helper.make_node(
        "Conv",
        [source, f"{name}.weight", f"{name}.bias"],
        [name],
        kernel_shape=[kernel, kernel],
        strides=[stride, stride],
        group=groups,
        auto_pad="SAME_UPPER",
    )
    return [node, helper.make_node("Clip", [name], [f"{name}.relu6"], min=0.0, max=6.0)]


def network(name, channels_last):
    nodes = []
    if channels_last:
        nodes.append(helper.make_node("Transpose", ["image"], ["planes"], perm=[0, 3, 1, 2]))
    nodes += convolution("planes" if channels_last else "image", "stem", 5, 2)
    nodes += convolution("stem.relu6", "depth", 3, 2, groups=CHANNELS)
    nodes += convolution("depth.relu6", "point", 1, 1)
    nodes += [
        helper.make_node("Identity", ["point.relu6"], ["map"]),
        helper.make_node("GlobalAveragePool", ["map"], ["pool"]),
        helper.make_node("Flatten", ["pool"], ["features"], axis=1),
        helper.make_node(
            "Gemm", ["features", "classifier.weight", "classifier.bias"], ["logits"], transB=1
        ),
    ]
    shape = ["N", "H", "W", 3] if channels_last else ["N", 3, "H", "W"]

    def value(title, dims):
        return helper.make_tensor_value_info(title, TensorProto.FLOAT, dims)

    graph = helper.make_graph(
        nodes,
        name,
        [value("image", shape)],
        [value("features", ["N", FEATURES]), value("logits", ["N", LOGITS])],
        weights(),
    )
    opset = [helper.make_opsetid("", 10)]
    model = helper.make_model(graph, producer_name="pomona", opset_imports=opset, ir_version=8)
    onnx.checker.check_model(model)
    return model.SerializeToString(deterministic=True)


def pictures():
    index = np.arange(3 * SIZE * SIZE)
    rows = [((index * 7 + 13 * picture) % 255 - 127) / 128 for picture in (0, 1)]
    return np.array(rows, np.float32).reshape(2, 3, SIZE, SIZE)


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    planes = network("tiny", channels_last=False)
    (FOLDER / "tiny.onnx").write_bytes(planes)
    (FOLDER / "tiny_nhwc.onnx").write_bytes(network("tiny_nhwc", channels_last=True))
    session = onnxruntime.InferenceSession(planes, providers=["CPUExecutionProvider"])
    features, logits = session.run(["features", "logits"], {"image": pictures()})
    expected = {"features": features.tolist(), "logits": logits.tolist()}
    (FOLDER / "expected.json").write_text(json.dumps(expected) + "\n", encoding="utf-8")
    print("features", features.shape, "largest", features.max(), "zeros", (features == 0).mean())


if __name__ == "__main__":
    main()
