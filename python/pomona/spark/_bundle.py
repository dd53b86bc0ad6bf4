# SPDX-License-Identifier: Apache-2.0
"""Bundles that travel with the work, so that no executor needs a copy of its own."""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pomona.bundle import Bundle
from pomona.predictor import Predictor
from pomona.spark._kept import kept

_predictors: dict[str, Predictor] = {}  # of this process


@dataclass(frozen=True)
class PackedBundle:
    """All files of a bundle, pickled with the function that uses it. Spark broadcasts it once."""

    digest: str
    archive: bytes

    @classmethod
    def of(cls, bundle: Bundle) -> PackedBundle:
        """Packs its files."""
        archive = io.BytesIO()
        with tempfile.TemporaryDirectory(prefix="pomona-") as folder:
            bundle.save(Path(folder) / "bundle")
            root = Path(folder) / "bundle"
            with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as packed:
                for file in sorted(root.rglob("*")):
                    packed.write(file, file.relative_to(root))
        return cls(bundle.digest, archive.getvalue())

    @contextmanager
    def opened(self) -> Iterator[Bundle]:
        """The bundle, from files of this process alone, which are gone when this is left.

        Workers share no files: another user's, under a name that is known, would answer instead.
        """
        with tempfile.TemporaryDirectory(prefix="pomona-") as folder:
            with zipfile.ZipFile(io.BytesIO(self.archive)) as packed:
                packed.extractall(folder)
            yield Bundle(folder)


def predictor_of(packed: PackedBundle, options: dict[str, Any]) -> Predictor:
    """The one of this process with this bundle and these options, with one worker thread."""

    def made() -> Predictor:
        with packed.opened() as bundle:
            return Predictor(bundle, workers=1, **options)

    return kept(_predictors, repr((packed.digest, sorted(options.items()))), made)
