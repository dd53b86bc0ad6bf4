# SPDX-License-Identifier: Apache-2.0
"""The reader of torch's legacy files takes weights and nothing else, and honours strides."""

import io
import pickle
import struct
import sys
from collections import OrderedDict

import numpy as np
import pytest
from conftest import ROOT

sys.path.insert(0, str(ROOT / "models"))

import convert_efficientnet_lite
from torch_legacy import MAGIC_NUMBER, PROTOCOL_VERSION, UnexpectedContent, read_state


class Global:
    """Pickles as a global name, as torch's own classes and functions do."""

    def __init__(self, module, name):
        self.module = module
        self.name = name


class Call:
    def __init__(self, module, name, *arguments):
        self.function = Global(module, name)
        self.arguments = arguments


class StorageId:
    def __init__(self, *fields):
        self.fields = fields


class Writer(pickle._Pickler):
    """Writes pickles as torch does, without torch."""

    def save_global_name(self, value):
        self.write(pickle.GLOBAL + f"{value.module}\n{value.name}\n".encode())

    def save_call(self, value):
        self.save(value.function)
        self.save(value.arguments)
        self.write(pickle.REDUCE)

    def persistent_id(self, obj):
        return obj.fields if isinstance(obj, StorageId) else None

    dispatch = {
        **pickle._Pickler.dispatch,
        Global: save_global_name,
        Call: save_call,
    }


def tensor(key, count, shape, strides, offset=0, element_type="FloatStorage"):
    storage = StorageId("storage", Global("torch", element_type), key, "cpu", count, None)
    hooks = OrderedDict()
    return Call("torch._utils", "_rebuild_tensor_v2", storage, offset, shape, strides, False, hooks)


def legacy_file(state, storages, magic=MAGIC_NUMBER, little_endian=True):
    file = io.BytesIO()
    system = {"protocol_version": PROTOCOL_VERSION, "little_endian": little_endian}
    for value in (magic, PROTOCOL_VERSION, system, OrderedDict(state), list(storages)):
        Writer(file, protocol=2).dump(value)
    for elements in storages.values():
        file.write(struct.pack("<q", elements.size) + elements.tobytes())
    return file.getvalue()


FLOATS = np.arange(6, dtype="<f4")


def test_strides_are_honoured():
    content = legacy_file({"weight": tensor("1", 6, (2, 3), (1, 2))}, {"1": FLOATS})
    assert read_state(content)["weight"].tolist() == [[0, 2, 4], [1, 3, 5]]


def test_tensors_may_share_a_storage():
    state = {"all": tensor("1", 6, (6,), (1,)), "part": tensor("1", 6, (2,), (1,), offset=3)}
    arrays = read_state(legacy_file(state, {"1": FLOATS}))
    assert arrays["all"].tolist() == [0, 1, 2, 3, 4, 5]
    assert arrays["part"].tolist() == [3, 4]


def test_counters_are_whole_numbers():
    state = {"steps": tensor("1", 1, (), (), element_type="LongStorage")}
    steps = read_state(legacy_file(state, {"1": np.array([7], "<i8")}))["steps"]
    assert steps.dtype == np.int64
    assert steps.tolist() == 7


@pytest.mark.parametrize(
    ("module", "name"),
    [("os", "system"), ("builtins", "eval"), ("torch", "DoubleStorage"), ("numpy", "load")],
)
def test_other_names_are_refused(module, name):
    content = legacy_file({"weight": Call(module, name, "exit 1")}, {})
    with pytest.raises(UnexpectedContent, match=f"{module}.{name}"):
        read_state(content)


@pytest.mark.parametrize(
    ("shape", "strides", "offset"),
    [((7,), (1,), 0), ((6,), (1,), 1), ((2, 3), (4, 1), 0), ((2,), (-1,), 3), ((2,), (1, 1), 0)],
)
def test_tensors_beyond_their_storage_are_refused(shape, strides, offset):
    content = legacy_file({"weight": tensor("1", 6, shape, strides, offset)}, {"1": FLOATS})
    with pytest.raises(UnexpectedContent):
        read_state(content)


def test_values_that_are_no_tensors_are_refused():
    with pytest.raises(UnexpectedContent, match="named tensors"):
        read_state(legacy_file({"weight": [1, 2]}, {}))


def test_damaged_files_are_refused():
    content = legacy_file({"weight": tensor("1", 6, (6,), (1,))}, {"1": FLOATS})
    assert read_state(content)
    for length in range(len(content)):
        with pytest.raises(UnexpectedContent):
            read_state(content[:length])
    for changed in (
        content + b"\0",
        legacy_file({}, {}, magic=1),
        legacy_file({}, {}, little_endian=False),
        legacy_file({}, {"1": FLOATS}),
        legacy_file({"weight": tensor("1", 6, (6,), (1,))}, {"1": FLOATS[:5]}),
        b"PK\x03\x04",
    ):
        with pytest.raises(UnexpectedContent):
            read_state(changed)


def test_weights_of_another_network_are_refused():
    entry = {"name": "x", "width": 1.0, "depth": 1.0, "size": 224}
    with pytest.raises(UnexpectedContent, match="lack _conv_stem.weight"):
        convert_efficientnet_lite.build_network(entry, {})
    wrong = {"_conv_stem.weight": np.zeros((32, 3, 5, 5), np.float32)}
    with pytest.raises(UnexpectedContent, match="should be float32 of shape"):
        convert_efficientnet_lite.build_network(entry, wrong)


def test_scaling_follows_the_paper():
    lite2 = list(convert_efficientnet_lite.blocks(1.1, 1.2))
    assert len(list(convert_efficientnet_lite.blocks(1.0, 1.0))) == 16
    assert len(list(convert_efficientnet_lite.blocks(1.0, 1.1))) == 21
    assert len(lite2) == 21
    assert [out for *_, out in lite2][-1] == 352
