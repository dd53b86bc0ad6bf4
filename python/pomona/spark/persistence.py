# SPDX-License-Identifier: Apache-2.0
"""Saving fitted models to any path that Spark writes, and loading them.

A model is a folder: `metadata`, as every stage of Spark ML has it, and `data`, a Parquet table of its
arrays as .npy bytes without pickled objects, in parts of a few megabytes.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, ClassVar

from pyspark.ml.util import (
    DefaultParamsReader,
    DefaultParamsWriter,
    MLReadable,
    MLReader,
    MLWritable,
    MLWriter,
)

from pomona.errors import raise_error

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_FORMAT = 1
_PART_BYTES = 8 << 20


class ArrayModel(MLWritable, MLReadable[Any]):
    """A model that is made of arrays and of a few facts. Mixin of models.

    A class names its arrays, which are attributes, in `_arrays`; `_facts` and `_set_facts` have what
    else there is, as JSON knows it.
    """

    _arrays: ClassVar[tuple[str, ...]]

    def _facts(self) -> dict[str, Any]:
        return {}

    def _set_facts(self, facts: dict[str, Any]) -> None:
        pass

    def write(self) -> MLWriter:
        """Returns a writer: `model.write().overwrite().save(path)`."""
        return _Writer(self)

    @classmethod
    def read(cls) -> MLReader[Any]:
        """Returns a reader; `load(path)` is the same in one word."""
        return _Reader(cls)


class _Writer(MLWriter):
    def __init__(self, model: Any) -> None:
        super().__init__()
        self._model = model

    def saveImpl(self, path: str) -> None:
        extra = {"pomona": {"format": _FORMAT, **self._model._facts()}}
        DefaultParamsWriter.saveMetadata(self._model, path, self.sc, extraMetadata=extra)
        rows = [
            (name, part, bytearray(piece))
            for name in self._model._arrays
            for part, piece in enumerate(_pieces(getattr(self._model, name)))
        ]
        table = self.sparkSession.createDataFrame(rows, "name string, part int, npy binary")
        table.coalesce(1).write.parquet(f"{path}/data")


class _Reader(MLReader[Any]):
    def __init__(self, kind: Any) -> None:
        super().__init__()
        self._kind = kind

    def load(self, path: str) -> Any:
        name = f"{self._kind.__module__}.{self._kind.__name__}"
        metadata = DefaultParamsReader.loadMetadata(path, self.sc, name)
        facts = metadata.get("pomona", {})
        if facts.get("format") != _FORMAT:
            raise_error(
                "corrupt",
                f"loading the model '{path}': expected format {_FORMAT}, found "
                f"{facts.get('format')}; load it with the version of Pomona that saved it",
            )
        pieces: dict[str, list[tuple[int, bytes]]] = {}
        for row in self.sparkSession.read.parquet(f"{path}/data").collect():
            pieces.setdefault(row["name"], []).append((row["part"], bytes(row["npy"])))
        model = self._kind()
        for array in self._kind._arrays:
            if array not in pieces:
                raise_error(
                    "corrupt",
                    f"loading the model '{path}': its data has no array '{array}'; save it again",
                )
            setattr(model, array, _joined(pieces[array]))
        model._set_facts(facts)
        model._resetUid(metadata["uid"])
        DefaultParamsReader.getAndSetParams(model, metadata)
        return model


def _pieces(array: NDArray[Any]) -> list[bytes]:
    import numpy as np

    file = io.BytesIO()
    np.save(file, array, allow_pickle=False)
    whole = file.getvalue()
    return [whole[at : at + _PART_BYTES] for at in range(0, len(whole), _PART_BYTES)]


def _joined(pieces: list[tuple[int, bytes]]) -> NDArray[np.float64]:
    import numpy as np

    whole = b"".join(piece for _, piece in sorted(pieces))
    array: NDArray[np.float64] = np.load(io.BytesIO(whole), allow_pickle=False)
    return array
