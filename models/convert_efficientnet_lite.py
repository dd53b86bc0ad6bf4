#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Converts the published EfficientNet-Lite weights (.pth) to ONNX, without torch.

    models/convert_efficientnet_lite.py efficientnet-lite0 --out efficientnet-lite0.onnx

The network is MobileNetV2's inverted residual block (Sandler et al. 2018) scaled as in EfficientNet
(Tan, Le 2019), in the Lite variant: no squeeze-and-excitation, ReLU6, stem and head not scaled,
first and last stage not repeated more often. Batch norm is folded into the convolutions in float64.
The same input gives the same bytes.
"""

import argparse
import math
import sys
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from package_files import PackageError, backbone_entry, read_package_files
from torch_legacy import UnexpectedContent, read_state

# repeats, kernel, stride, expansion, channels in, channels out: of width and depth 1.
STAGES = (
    (1, 3, 1, 1, 32, 16),
    (2, 3, 2, 6, 16, 24),
    (2, 5, 2, 6, 24, 40),
    (3, 3, 2, 6, 40, 80),
    (3, 5, 1, 6, 80, 112),
    (4, 5, 2, 6, 112, 192),
    (1, 3, 1, 6, 192, 320),
)
STEM_CHANNELS = 32
HEAD_CHANNELS = 1280
CLASSES = 1000
BATCH_NORM_EPSILON = 1e-3
OPSET = 10
IR_VERSION = 8


def scaled_channels(channels: int, width: float) -> int:
    """A multiple of 8, never less than nine tenths of the exact product."""
    exact = channels * width
    rounded = max(8, int(exact + 4) // 8 * 8)
    return rounded if rounded >= 0.9 * exact else rounded + 8


def blocks(width: float, depth: float):
    """(kernel, stride, expansion, channels in, channels out) of every block."""
    previous = STEM_CHANNELS
    for index, (repeats, kernel, stride, expansion, _, out) in enumerate(STAGES):
        fixed = index in (0, len(STAGES) - 1)
        channels = scaled_channels(out, width)
        for repeat in range(repeats if fixed else math.ceil(repeats * depth)):
            yield kernel, stride if repeat == 0 else 1, expansion, previous, channels
            previous = channels


class GraphWriter:
    """Takes weights out of the state by name, and what is left over at the end is an error."""

    def __init__(self, state):
        self._state = dict(state)
        self.nodes = []
        self.initializers = []

    def take(self, name, shape):
        if name not in self._state:
            raise UnexpectedContent(f"the weights lack {name}")
        value = self._state.pop(name)
        if value.shape != shape or value.dtype != np.float32:
            raise UnexpectedContent(
                f"{name} should be float32 of shape {shape}, not {value.dtype} of {value.shape}"
            )
        if not np.isfinite(value).all():
            raise UnexpectedContent(f"{name} holds values that are not finite")
        return value

    def expect_all_taken(self):
        left = [name for name in self._state if not name.endswith(".num_batches_tracked")]
        if left:
            raise UnexpectedContent(f"the weights hold unknown tensors: {', '.join(left[:5])}")

    def constant(self, name, value):
        self.initializers.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def node(self, kind, inputs, output, **attributes):
        self.nodes.append(helper.make_node(kind, inputs, [output], name=output, **attributes))
        return output

    def convolution(self, source, name, norm, shape, stride=1, groups=1, relu6=True):
        """Convolution with TensorFlow's SAME padding, batch norm, and ReLU6 where asked for."""
        weight = self.take(f"{name}.weight", shape).astype(np.float64)
        gamma, beta, mean, variance = (
            self.take(f"{norm}.{part}", shape[:1]).astype(np.float64)
            for part in ("weight", "bias", "running_mean", "running_var")
        )
        scale = gamma / np.sqrt(variance + BATCH_NORM_EPSILON)
        folded = (weight * scale[:, None, None, None]).astype(np.float32)
        inputs = [
            source,
            self.constant(f"{name}.weight", folded),
            self.constant(f"{name}.bias", (beta - mean * scale).astype(np.float32)),
        ]
        result = self.node(
            "Conv",
            inputs,
            name,
            kernel_shape=list(shape[2:]),
            strides=[stride, stride],
            group=groups,
            auto_pad="SAME_UPPER",
        )
        return self.node("Clip", [result], f"{name}.relu6", min=0.0, max=6.0) if relu6 else result


def build_block(graph, source, name, kernel, stride, expansion, channels_in, channels_out):
    inner = channels_in * expansion
    result = source
    if expansion != 1:
        result = graph.convolution(
            result, f"{name}._expand_conv", f"{name}._bn0", (inner, channels_in, 1, 1)
        )
    result = graph.convolution(
        result,
        f"{name}._depthwise_conv",
        f"{name}._bn1",
        (inner, 1, kernel, kernel),
        stride=stride,
        groups=inner,
    )
    result = graph.convolution(
        result,
        f"{name}._project_conv",
        f"{name}._bn2",
        (channels_out, inner, 1, 1),
        relu6=False,
    )
    if stride == 1 and channels_in == channels_out:
        result = graph.node("Add", [result, source], f"{name}.add")
    return result


def build_network(entry, state) -> onnx.ModelProto:
    graph = GraphWriter(state)
    result = graph.convolution("image", "_conv_stem", "_bn0", (STEM_CHANNELS, 3, 3, 3), stride=2)
    last = STEM_CHANNELS
    for index, block in enumerate(blocks(entry["width"], entry["depth"])):
        result = build_block(graph, result, f"_blocks.{index}", *block)
        last = block[-1]
    result = graph.convolution(result, "_conv_head", "_bn1", (HEAD_CHANNELS, last, 1, 1))
    result = graph.node("GlobalAveragePool", [result], "pool")
    features = graph.node("Flatten", [result], "features", axis=1)
    weight = graph.take("_fc.weight", (CLASSES, HEAD_CHANNELS))
    bias = graph.take("_fc.bias", (CLASSES,))
    classifier = [graph.constant("_fc.weight", weight), graph.constant("_fc.bias", bias)]
    graph.node("Gemm", [features, *classifier], "logits", transB=1)
    graph.expect_all_taken()

    size = entry["size"]
    floats = TensorProto.FLOAT
    inputs = [helper.make_tensor_value_info("image", floats, ["batch", 3, size, size])]
    outputs = [
        helper.make_tensor_value_info("features", floats, ["batch", HEAD_CHANNELS]),
        helper.make_tensor_value_info("logits", floats, ["batch", CLASSES]),
    ]
    network = helper.make_graph(graph.nodes, entry["name"], inputs, outputs, graph.initializers)
    model = helper.make_model(
        network,
        producer_name="pomona",
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
    )
    onnx.checker.check_model(model)
    return model


def convert(entry, weights: bytes) -> bytes:
    """The ONNX file of a registry entry. Raises UnexpectedContent."""
    return build_network(entry, read_state(weights)).SerializeToString(deterministic=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("name", help="a backbone of models/registry.json")
    parser.add_argument("--out", required=True, type=Path, help="the ONNX file to write")
    arguments = parser.parse_args()
    try:
        entry = backbone_entry(arguments.name)
        arguments.out.write_bytes(convert(entry, read_package_files(entry).weights))
    except (PackageError, UnexpectedContent) as error:
        print(f"converting {arguments.name}: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
