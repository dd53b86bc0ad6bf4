# SPDX-License-Identifier: Apache-2.0
"""Small ONNX networks as different exporters write them, all of the same weights.

Each maker gives a network; what it answers, ONNX Runtime tells.
"""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

SIDE = 32
CHANNELS = 8
TOKENS = 16  # patches of 8 × 8
FLOAT, HALF, DOUBLE = TensorProto.FLOAT, TensorProto.FLOAT16, TensorProto.DOUBLE
BFLOAT, UINT8, INT8 = TensorProto.BFLOAT16, TensorProto.UINT8, TensorProto.INT8


def value(name, element_type, dims):
    return helper.make_tensor_value_info(name, element_type, dims)


def constant(name, array):
    return numpy_helper.from_array(np.ascontiguousarray(array), name)


def weights(element_type=np.float32):
    random = np.random.default_rng(18)
    # Each channel counts otherwise, so that RGB and BGR are not the same.
    kernel = random.normal(0, 0.2, (CHANNELS, 3, 8, 8)) * np.array([1, 2, 4]).reshape(1, 3, 1, 1)
    return [
        constant("kernel", kernel.astype(element_type)),
        constant("bias", random.normal(0, 0.5, CHANNELS).astype(element_type)),
    ]


def model(nodes, inputs, outputs, initializers):
    graph = helper.make_graph(nodes, "small", inputs, outputs, initializers)
    opset = [helper.make_opsetid("", 17)]
    made = helper.make_model(graph, producer_name="pomona", opset_imports=opset, ir_version=8)
    onnx.checker.check_model(made)
    return made


def patches(source):
    """N × CHANNELS × 4 × 4."""
    conv = helper.make_node(
        "Conv", [source, "kernel", "bias"], ["conv"], kernel_shape=[8, 8], strides=[8, 8]
    )
    return [conv, helper.make_node("Relu", ["conv"], ["map"])]


def pooled():
    return [
        helper.make_node("GlobalAveragePool", ["map"], ["pool"]),
        helper.make_node("Flatten", ["pool"], ["pooled"], axis=1),
    ]


def plain(output_type=FLOAT):
    nodes = [*patches("image"), *pooled()]
    nodes.append(helper.make_node("Cast", ["pooled"], ["features"], to=output_type))
    return model(
        nodes,
        [value("image", FLOAT, ["N", 3, "H", "W"])],
        [value("features", output_type, ["N", CHANNELS])],
        weights(),
    )


def half():
    """All of it in float16, input and outputs too, with logits behind the features."""
    random = np.random.default_rng(19)
    head = constant("head", random.normal(0, 1, (CHANNELS, 5)).astype(np.float16))
    nodes = [*patches("image"), *pooled()]
    nodes.append(helper.make_node("Identity", ["pooled"], ["features"]))
    nodes.append(helper.make_node("MatMul", ["features", "head"], ["logits"]))
    return model(
        nodes,
        [value("image", HALF, ["N", 3, "H", "W"])],
        [value("features", HALF, ["N", CHANNELS]), value("logits", HALF, ["N", 5])],
        [*weights(np.float16), head],
    )


def of_pixels(input_type=UINT8, shift=0.0):
    """Takes N×H×W×C whole numbers and scales them itself."""
    nodes = [
        helper.make_node("Cast", ["image"], ["level"], to=FLOAT),
        helper.make_node("Add", ["level", "shift"], ["pixel"]),
        helper.make_node("Div", ["pixel", "scale"], ["scaled"]),
        helper.make_node("Transpose", ["scaled"], ["planes"], perm=[0, 3, 1, 2]),
        *patches("planes"),
        *pooled(),
        helper.make_node("Identity", ["pooled"], ["features"]),
    ]
    return model(
        nodes,
        [value("image", input_type, ["N", "H", "W", 3])],
        [value("features", FLOAT, ["N", CHANNELS])],
        [
            *weights(),
            constant("shift", np.array(shift, np.float32)),
            constant("scale", np.array(255, np.float32)),
        ],
    )


def fixed_batch(batch, declared=None, squeezed=False):
    """Reshapes to a constant batch, as exports of a trace do; `declared` is what it says it takes."""
    shape = [CHANNELS] if squeezed else [batch, CHANNELS]
    nodes = [*patches("image"), helper.make_node("GlobalAveragePool", ["map"], ["pool"])]
    nodes.append(helper.make_node("Reshape", ["pool", "shape"], ["features"]))
    return model(
        nodes,
        [value("image", FLOAT, [declared or batch, 3, SIDE, SIDE])],
        [value("features", FLOAT, shape)],
        [*weights(), constant("shape", np.array(shape, np.int64))],
    )


def fixed_size():
    """A layer over all positions ties it to one size, as VGG's first dense layer does."""
    random = np.random.default_rng(20)
    dense = constant("dense", random.normal(0, 0.2, (CHANNELS * 16, 6)).astype(np.float32))
    nodes = [
        *patches("image"),
        helper.make_node("Flatten", ["map"], ["flat"], axis=1),
        helper.make_node("MatMul", ["flat", "dense"], ["features"]),
    ]
    return model(
        nodes,
        [value("image", FLOAT, ["N", 3, SIDE, SIDE])],
        [value("features", FLOAT, ["N", 6])],
        [*weights(), dense],
    )


def transformer(batch="N"):
    """Patches as tokens behind a class token, one layer of attention, positions of one size. A
    constant batch is reshaped to in constants."""
    random = np.random.default_rng(21)
    free = batch == "N"
    rows = 0 if free else batch  # in Reshape: as many as there are

    def normal(name, shape):
        return constant(name, random.normal(0, 0.4, shape).astype(np.float32))

    nodes = [
        *patches("image"),
        helper.make_node("Reshape", ["map", "rows"], ["lines"]),
        helper.make_node("Transpose", ["lines"], ["patch_tokens"], perm=[0, 2, 1]),
    ]
    if free:
        nodes += [
            helper.make_node("Shape", ["image"], ["count"], start=0, end=1),
            helper.make_node("Concat", ["count", "one_token"], ["shape"], axis=0),
            helper.make_node("Expand", ["class", "shape"], ["classes"]),
        ]
    else:
        nodes.append(helper.make_node("Expand", ["class", "shape"], ["classes"]))
    nodes += [
        helper.make_node("Concat", ["classes", "patch_tokens"], ["joined"], axis=1),
        helper.make_node("Add", ["joined", "positions"], ["placed"]),
        helper.make_node("MatMul", ["placed", "query"], ["queries"]),
        helper.make_node("Transpose", ["placed"], ["keys"], perm=[0, 2, 1]),
        helper.make_node("MatMul", ["queries", "keys"], ["scores"]),
        helper.make_node("Softmax", ["scores"], ["attention"], axis=-1),
        helper.make_node("MatMul", ["attention", "placed"], ["seen"]),
        helper.make_node("Add", ["placed", "seen"], ["last_hidden_state"]),
    ]
    shape = [] if free else [constant("shape", np.array([batch, 1, CHANNELS], np.int64))]
    return model(
        nodes,
        [value("image", FLOAT, [batch, 3, SIDE, SIDE])],
        [value("last_hidden_state", FLOAT, [batch, TOKENS + 1, CHANNELS])],
        [
            *weights(),
            *shape,
            constant("rows", np.array([rows, CHANNELS, TOKENS], np.int64)),
            constant("one_token", np.array([1, CHANNELS], np.int64)),
            normal("class", (1, 1, CHANNELS)),
            normal("positions", (1, TOKENS + 1, CHANNELS)),
            normal("query", (CHANNELS, CHANNELS)),
        ],
    )


def two_towers():
    """Pictures and words, as CLIP: the picture's output needs no words."""
    random = np.random.default_rng(22)
    table = constant("table", random.normal(0, 1, (50, CHANNELS)).astype(np.float32))
    nodes = [
        *patches("pixel_values"),
        *pooled(),
        helper.make_node("LpNormalization", ["pooled"], ["image_embeds"], axis=1),
        helper.make_node("Gather", ["table", "input_ids"], ["words"]),
        helper.make_node("ReduceMean", ["words"], ["text_embeds"], axes=[1], keepdims=0),
        helper.make_node("MatMul", ["image_embeds", "text"], ["logits_per_image"]),
        helper.make_node("Transpose", ["text_embeds"], ["text"], perm=[1, 0]),
    ]
    nodes[-1], nodes[-2] = nodes[-2], nodes[-1]
    return model(
        nodes,
        [
            value("input_ids", TensorProto.INT64, ["M", 7]),
            value("pixel_values", FLOAT, ["N", 3, "H", "W"]),
        ],
        [
            value("logits_per_image", FLOAT, ["N", "M"]),
            value("image_embeds", FLOAT, ["N", CHANNELS]),
            value("text_embeds", FLOAT, ["M", CHANNELS]),
        ],
        [*weights(), table],
    )
