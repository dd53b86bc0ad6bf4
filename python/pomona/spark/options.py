# SPDX-License-Identifier: Apache-2.0
"""Options of the functions of `pomona.spark`."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Final, Literal

from pomona.errors import raise_error
from pomona.options import DecodeOptions, ObjectOptions

StrPath = str | os.PathLike[str]
HandleInvalid = Literal["error", "skip", "keep"]

_HANDLE_INVALID: Final = ("error", "skip", "keep")


def check_handle_invalid(name: str, value: object) -> None:
    """Checks what an option or parameter of this name has.

    Raises:
        InvalidInputError: It is none of `HandleInvalid`.
    """
    if value not in _HANDLE_INVALID:
        expected = ", ".join(_HANDLE_INVALID)
        raise_error("invalid_input", f"{name}: expected {expected}, found {value!r}")


class PhotographOptions(DecodeOptions, ObjectOptions, total=False):
    """How photographs are read, on every executor. Credentials are no options: see docs/spark.md."""


class FeaturizerOptions(PhotographOptions, total=False):
    """How photographs become features, on every executor.

    Args:
        backbone: The network, one of `pomona.backbones()`; `"efficientnet-lite0"` by default.
        size: Side of the network's input, in pixels; the backbone's own by default.
        precision: `"f32"` by default, so that all executors compute the same; `"bf16"` is faster,
            and fails where the processor does not have it; `"auto"` measures on each executor.
        fit: How a photograph that is not square becomes square: `"squash"` by default.
        crops: Parts of each photograph that the network sees; `"whole"` by default. A row holds
            the features of each, one after the other.
        batch: Photographs in one call of the network; what is fastest at this size by default.
        models: Folder of installed backbones on every executor; by default that of the executor's
            `POMONA_MODELS`, or of its package.
    """

    backbone: str
    size: int | None
    precision: Literal["auto", "f32", "bf16"]
    fit: Literal["squash", "crop", "pad"]
    crops: str | Sequence[str]
    batch: int | None
    models: StrPath | None
