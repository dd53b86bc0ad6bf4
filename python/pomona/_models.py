# SPDX-License-Identifier: Apache-2.0
"""Where backbones are installed, and which is the default."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

DEFAULT_BACKBONE: Final = "efficientnet-lite0"


def models_folder(models: str | os.PathLike[str] | None = None) -> str:
    """The folder that is given, else that of `POMONA_MODELS`, else that of this package."""
    if models is not None:
        return os.fspath(models)
    return os.environ.get("POMONA_MODELS") or str(Path(__file__).resolve().parent / "models")


def absolute_folder(models: str | os.PathLike[str] | None) -> str | None:
    """What is pickled: it names the same folder wherever it is opened again."""
    return None if models is None else str(Path(os.fsdecode(models)).absolute())
