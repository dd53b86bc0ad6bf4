# SPDX-License-Identifier: Apache-2.0
"""Ridge regression in one pass over a DataFrame: moments of all rows but those that calibrate it.

As in `pomona train`, a tenth of the rows is held out of an auxiliary fit, which answers them; the final
fit uses every row. Which tenth, depends on digests of rows or groups, so that copies stay together. Of
many rows the tenth is 5,000.
"""

from __future__ import annotations

import hashlib
import json
import struct
from typing import TYPE_CHECKING, Any

from pomona.errors import warn
from pomona.spark.class_moments import ClassMoments
from pomona.spark.moments import FitRows
from pomona.spark.packed_rows import row_keys

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

ALPHA = 1.0
"""Of the ridge regression of `pomona train`, whose features are standardised."""

_HELD_OUT_SHARE = 0.1
_MOST_HELD_OUT = 5000
_HASH_RANGE = 1 << 64


class RidgeSums:
    """Moments by class, and the rows that are held out of them."""

    def __init__(self, width: int) -> None:
        import numpy as np

        self.moments = ClassMoments(width)
        self.count = 0
        self._hashes: NDArray[np.uint64] = np.empty(0, np.uint64)
        self._rows: NDArray[np.float32] = np.empty((0, width), np.float32)
        self._labels: NDArray[Any] = np.empty(0, dtype=object)

    def add(self, rows: FitRows) -> None:
        import numpy as np

        assert rows.labels is not None
        self.count += len(rows.values)
        hashes = np.array([int.from_bytes(key[:8], "little") for key in _keys(rows)], np.uint64)
        held = hashes < np.uint64(_HELD_OUT_SHARE * _HASH_RANGE)
        if not held.all():
            self.moments.add(np.ascontiguousarray(rows.values[~held]), rows.labels[~held])
        self._hold_out(hashes[held], rows.values[held], rows.labels[held])

    def merge(self, other: RidgeSums) -> None:
        self.count += other.count
        self.moments.merge(other.moments)
        self._hold_out(other._hashes, other._rows, other._labels)

    def _hold_out(
        self, hashes: NDArray[np.uint64], rows: NDArray[np.float32], labels: NDArray[Any]
    ) -> None:
        """With these, as many as there may be, those of the least hashes. All others are learnt from."""
        import numpy as np

        hashes = np.concatenate([self._hashes, hashes])
        rows = np.concatenate([self._rows, rows])
        labels = np.concatenate([self._labels, labels])
        kept = np.ones(len(hashes), np.bool_)
        if len(hashes) > _MOST_HELD_OUT:
            # Whole groups: all rows of one hash.
            kept = hashes < np.partition(hashes, _MOST_HELD_OUT)[_MOST_HELD_OUT]
            self.moments.add(np.ascontiguousarray(rows[~kept]), labels[~kept])
        self._hashes, self._rows, self._labels = hashes[kept], rows[kept], labels[kept]

    def to_bytes(self) -> bytes:
        facts = {"count": self.count, "labels": self._labels.tolist()}
        parts = (
            json.dumps(facts).encode(),
            self._hashes.tobytes(),
            self._rows.tobytes(),
            self.moments.to_bytes(),
        )
        return struct.pack("<4q", *map(len, parts)) + b"".join(parts)

    @classmethod
    def from_bytes(cls, content: bytes) -> RidgeSums:
        import numpy as np

        sizes = struct.unpack_from("<4q", content)
        parts = []
        at = struct.calcsize("<4q")
        for size in sizes:
            parts.append(content[at : at + size])
            at += size
        facts = json.loads(parts[0])
        sums = cls.__new__(cls)
        sums.count = facts["count"]
        sums.moments = ClassMoments.from_bytes(parts[3])
        sums._labels = np.array(facts["labels"], dtype=object)
        sums._hashes = np.frombuffer(parts[1], np.uint64)
        sums._rows = np.frombuffer(parts[2], np.float32).reshape(-1, sums.moments.width)
        return sums

    def labels(self) -> list[str]:
        """All labels, in byte order."""
        return sorted({*self.moments.names, *self._labels.tolist()}, key=str.encode)

    def fit(self, labels: list[str]) -> tuple[Any, float]:
        """The fit of all rows, classes in the order of these labels, and its temperature."""
        temperature = self._temperature()
        if len(self._rows):
            self.moments.add(self._rows, self._labels)
        return self.moments.of_classes(labels).fit_ridge(ALPHA), temperature

    def _temperature(self) -> float:
        import numpy as np

        from pomona import _core

        learnt = self.moments.names
        if len(learnt) < 2 or not len(self._rows):
            warn(
                f"fitting ridge regression to {self.count} rows: the rows or groups are too few to hold some "
                "out of an auxiliary fit, so probabilities are not calibrated; fit to more rows, or name "
                "another groupCol or none"
            )
            return 1.0
        auxiliary = self.moments.of_classes(learnt).fit_ridge(ALPHA)
        logits = _core.logits(auxiliary.weights, auxiliary.bias, self._rows)
        numbers = {label: number for number, label in enumerate(learnt)}
        truth = np.array([numbers.get(label, -1) for label in self._labels], np.int32)
        return float(_core.fit_temperature(logits, truth))


def _keys(rows: FitRows) -> list[bytes]:
    if rows.groups is None:
        return row_keys(rows)
    return [hashlib.blake2b(group.encode(), digest_size=8).digest() for group in rows.groups]
