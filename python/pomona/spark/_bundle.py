# SPDX-License-Identifier: Apache-2.0
"""Bundles that travel with the work, so that no executor needs a copy of its own."""

from __future__ import annotations

import io
import os
import shutil
import tempfile
import zipfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pomona.bundle import Bundle
from pomona.errors import PomonaError
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

    def open(self) -> Bundle:
        """The bundle, from a folder of this machine that all workers share. What is damaged there,
        as by a program that removes old temporary files, is unpacked anew.
        """
        folder = Path(tempfile.gettempdir()) / f"pomona-bundle-{os.getuid()}-{self.digest}"
        if folder.is_dir():
            with suppress(PomonaError):
                bundle = Bundle(folder)
                if bundle.digest == self.digest:
                    return bundle
            shutil.rmtree(folder, ignore_errors=True)
        self._unpack(folder)
        return Bundle(folder)

    def _unpack(self, folder: Path) -> None:
        unpacked = tempfile.mkdtemp(prefix="pomona-", dir=folder.parent)
        with zipfile.ZipFile(io.BytesIO(self.archive)) as packed:
            packed.extractall(unpacked)
        try:
            Path(unpacked).rename(folder)
        except OSError:  # another worker was quicker
            shutil.rmtree(unpacked)


def predictor_of(packed: PackedBundle, options: dict[str, Any]) -> Predictor:
    """The one of this process with this bundle and these options, with one worker thread."""
    key = repr((packed.digest, sorted(options.items())))
    return kept(_predictors, key, lambda: Predictor(packed.open(), workers=1, **options))
