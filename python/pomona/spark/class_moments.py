# SPDX-License-Identifier: Apache-2.0
"""The moments of the core with a mean for each class, where nobody knows the classes beforehand."""

from __future__ import annotations

import json
import struct
from typing import TYPE_CHECKING, Any

from pomona.spark.moments import ADDED_ROWS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_FIRST_CLASSES = 32


class ClassMoments:
    """Moments that number classes as they come. The last class of the core's is empty, to make others of."""

    def __init__(self, width: int) -> None:
        from pomona import _core

        self._numbers: dict[str, int] = {}
        self._moments = _core.Moments(width, _FIRST_CLASSES)
        self._rows: list[NDArray[np.float32]] = []
        self._labels: list[NDArray[np.int32]] = []

    def add(self, rows: NDArray[np.float32], labels: NDArray[Any]) -> None:
        import numpy as np

        names, inverse = np.unique(labels.astype(str), return_inverse=True)
        numbers = np.array([self._number(str(name)) for name in names], np.int32)
        self._rows.append(rows)
        self._labels.append(numbers[inverse])
        if sum(map(len, self._rows)) >= ADDED_ROWS:
            self._add_waiting()

    def merge(self, other: ClassMoments) -> None:
        self._add_waiting()
        other._add_waiting()
        for name in other._numbers:
            self._number(name)
        self._make_room()
        kept = other._kept(list(self._numbers))
        kept += [other._empty] * (self._moments.class_count - len(kept))
        self._moments.merge(other._moments.with_classes(kept))

    def of_classes(self, names: list[str]) -> Any:
        """The moments of the core, with these classes in this order."""
        self._add_waiting()
        return self._moments.with_classes(self._kept(names))

    @property
    def width(self) -> int:
        """Of the rows."""
        width: int = self._moments.dims
        return width

    @property
    def names(self) -> list[str]:
        """The classes, as they came."""
        return list(self._numbers)

    def to_bytes(self) -> bytes:
        self._add_waiting()
        names = json.dumps(self.names).encode()
        trimmed = self._moments.with_classes([*self._kept(self.names), self._empty])
        return struct.pack("<q", len(names)) + names + trimmed.to_bytes()

    @classmethod
    def from_bytes(cls, content: bytes) -> ClassMoments:
        from pomona import _core

        (size,) = struct.unpack_from("<q", content)
        moments = cls.__new__(cls)
        names = json.loads(content[8 : 8 + size])
        moments._numbers = {name: number for number, name in enumerate(names)}
        moments._moments = _core.Moments.from_bytes(content[8 + size :])
        moments._rows, moments._labels = [], []
        return moments

    def _number(self, name: str) -> int:
        return self._numbers.setdefault(name, len(self._numbers))

    @property
    def _empty(self) -> int:
        number: int = self._moments.class_count - 1
        return number

    def _kept(self, names: list[str]) -> list[int]:
        return [self._numbers.get(name, self._empty) for name in names]

    def _make_room(self) -> None:
        count = self._moments.class_count
        if len(self._numbers) < count:
            return
        more = 2 * len(self._numbers) - count + 1
        self._moments = self._moments.with_classes([*range(count), *[self._empty] * more])

    def _add_waiting(self) -> None:
        import numpy as np

        if not self._rows:
            return
        self._make_room()
        self._moments.add(np.concatenate(self._rows), np.concatenate(self._labels))
        self._rows, self._labels = [], []
