# SPDX-License-Identifier: Apache-2.0
"""Reads the weights of a .pth file in torch's legacy format (before torch 1.6), without torch.

Such a file is five pickles (magic number, protocol, system, the tensors by name, the keys of the
storages) followed by every storage: its element count as int64, then its raw elements. A pickle can
call anything it can name, so the unpickler here knows four names and refuses every other one.
"""

import io
import math
import pickle
from collections import OrderedDict
from dataclasses import dataclass

import numpy as np

MAGIC_NUMBER = 0x1950A86A20F9469CFC6C
PROTOCOL_VERSION = 1001
ELEMENT_TYPES = {"FloatStorage": np.dtype("<f4"), "LongStorage": np.dtype("<i8")}


class UnexpectedContent(Exception):
    """The file is not what it should be; the message says where and what was found."""


@dataclass
class Storage:
    dtype: np.dtype
    count: int
    elements: np.ndarray | None = None


@dataclass
class Tensor:
    """A view of a storage; strides count elements and need not be those of a contiguous array."""

    storage: Storage
    offset: int
    shape: tuple
    strides: tuple

    def array(self) -> np.ndarray:
        last = self.offset + sum((n - 1) * step for n, step in zip(self.shape, self.strides))
        if self.offset < 0 or min(self.strides, default=0) < 0 or last >= self.storage.count:
            raise UnexpectedContent(
                f"a tensor of shape {self.shape} and strides {self.strides} from element "
                f"{self.offset} does not fit its storage of {self.storage.count} elements"
            )
        view = np.lib.stride_tricks.as_strided(
            self.storage.elements[self.offset :],
            self.shape,
            [step * self.storage.dtype.itemsize for step in self.strides],
            writeable=False,
        )
        return np.ascontiguousarray(view).reshape(self.shape)


def _rebuild_tensor(storage, offset, shape, strides, requires_grad, hooks) -> Tensor:
    del requires_grad
    whole = all(isinstance(n, int) and n >= 0 for n in (offset, *shape, *strides))
    if not isinstance(storage, Storage) or not whole or len(shape) != len(strides) or hooks:
        raise UnexpectedContent("a tensor is not described by storage, offset, shape and strides")
    if math.prod(shape) <= 0:
        raise UnexpectedContent(f"a tensor has the shape {shape}")
    return Tensor(storage, offset, tuple(shape), tuple(strides))


class _Unpickler(pickle.Unpickler):
    """Builds nothing but numbers, texts, containers, Storage and Tensor."""

    NAMES = {
        ("collections", "OrderedDict"): OrderedDict,
        ("torch._utils", "_rebuild_tensor_v2"): _rebuild_tensor,
        ("torch", "FloatStorage"): "FloatStorage",
        ("torch", "LongStorage"): "LongStorage",
    }

    def __init__(self, file, storages):
        super().__init__(file)
        self._storages = storages

    def find_class(self, module, name):
        if (module, name) not in self.NAMES:
            raise UnexpectedContent(f"the pickle asks for {module}.{name}, which is not allowed")
        return self.NAMES[(module, name)]

    def persistent_load(self, pid):
        if not (isinstance(pid, tuple) and len(pid) == 6 and pid[0] == "storage"):
            raise UnexpectedContent("a persistent id does not describe a storage")
        _, element_type, key, _location, count, view = pid
        if element_type not in ELEMENT_TYPES or view is not None or not isinstance(count, int):
            raise UnexpectedContent(f"storage {key!r} is not a plain storage of a known type")
        storage = self._storages.setdefault(key, Storage(ELEMENT_TYPES[element_type], count))
        if storage.dtype != ELEMENT_TYPES[element_type] or storage.count != count:
            raise UnexpectedContent(f"storage {key!r} is described in two ways")
        return storage


def _read_storage(file, key, storage) -> None:
    header = file.read(8)
    count = int.from_bytes(header, "little", signed=True)
    if len(header) != 8 or count != storage.count:
        raise UnexpectedContent(f"storage {key!r} should hold {storage.count} elements")
    content = file.read(count * storage.dtype.itemsize)
    if len(content) != count * storage.dtype.itemsize:
        raise UnexpectedContent(f"the file ends within storage {key!r}")
    storage.elements = np.frombuffer(content, storage.dtype)


def read_state(content: bytes) -> dict[str, np.ndarray]:
    """The arrays of a state dictionary by name. Raises UnexpectedContent."""
    file = io.BytesIO(content)
    storages: dict[str, Storage] = {}
    try:
        magic, protocol, system, state, keys = (_Unpickler(file, storages).load() for _ in range(5))
    except UnexpectedContent:
        raise
    except Exception as error:  # a broken pickle can raise nearly anything
        raise UnexpectedContent(f"not a readable legacy torch file: {error}") from error
    if magic != MAGIC_NUMBER or protocol != PROTOCOL_VERSION:
        raise UnexpectedContent(
            "the magic number or the protocol of torch's legacy format is missing"
        )
    if not isinstance(system, dict) or system.get("little_endian") is not True:
        raise UnexpectedContent("the file was not written on a little-endian machine")
    named = isinstance(state, dict) and all(
        isinstance(name, str) and isinstance(value, Tensor) for name, value in state.items()
    )
    if not named:
        raise UnexpectedContent("the fourth pickle is not a dictionary of named tensors")
    if not isinstance(keys, list) or sorted(map(str, keys)) != sorted(map(str, storages)):
        raise UnexpectedContent("the list of storages does not fit the tensors")
    for key in keys:
        _read_storage(file, key, storages[key])
    if file.read(1):
        raise UnexpectedContent("bytes follow the last storage")
    return {name: tensor.array() for name, tensor in state.items()}
