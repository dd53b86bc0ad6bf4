# SPDX-License-Identifier: Apache-2.0
"""Bundles: all that a prediction needs, in one folder."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pomona import _core
from pomona._html import escaped
from pomona._in_memory import is_remote
from pomona._models import absolute_folder, models_folder
from pomona.errors import raise_error

if TYPE_CHECKING:
    from pomona.measured import TrainingResult

StrPath = str | os.PathLike[str]


class Bundle:
    """A model with its network, as `run` and `train` write it. Immutable; any thread.

    It is pickled by its folder and digest: where other files lie in that folder when it is opened
    again, there is a `DamagedError`. Two bundles are equal when all their files are.

    Args:
        place: Folder of a bundle, or output folder of `run` or `train`; either may lie in a bucket:
            s3://bucket/prefix. Its files are then copied to this machine for as long as they are
            read, with what environment variables and profiles of AWS say about the service.
        models: Folder of installed backbones, for a bundle without its network; None: that of
            `POMONA_MODELS`, or of this package.

    Raises:
        NotFoundError: There is no such folder, or no bundle in it.
        UnavailableError: A file of a bundle in a bucket cannot be copied.
        DamagedError: A file of it is missing, changed or of a newer version.

    Example:
        >>> bundle = pomona.Bundle("results")
        >>> bundle.labels[:2]
        ['Apple Braeburn', 'Apple Crimson Snow']
    """

    def __init__(self, place: StrPath, *, models: StrPath | None = None) -> None:
        if not isinstance(place, (str, os.PathLike)):
            found = type(place).__name__
            raise_error("invalid_input", f"opening a bundle: expected a path, found {found}")
        self._place: str | None = os.fsdecode(os.fspath(place))
        self._models: StrPath | None = absolute_folder(models)
        if is_remote(self._place):
            from pomona._buckets import open_bundle

            self._absolute = self._place
            self._native = open_bundle(self._place, models_folder(models))
        else:
            self._absolute = str(Path(self._place).absolute())
            self._native = _core.Bundle.open(self._place, models_folder(models))
        self._digest: str | None = None
        self._training: TrainingResult | None = None

    @classmethod
    def _in_memory(
        cls, native: _core.Bundle, models: StrPath | None, training: TrainingResult | None
    ) -> Bundle:
        """One that lies in no folder."""
        bundle = cls.__new__(cls)
        bundle._place = None
        bundle._absolute = ""
        bundle._models = absolute_folder(models)
        bundle._native = native
        bundle._digest = None
        bundle._training = training
        return bundle

    @property
    def labels(self) -> list[str]:
        """What it tells apart, in byte order. Empty: it holds no classifier."""
        return self._native.labels

    @property
    def backbone(self) -> str:
        """Name of the network."""
        return self._native.backbone

    @property
    def size(self) -> int:
        """Side of the network's input, in pixels."""
        return self._native.size

    @property
    def fit(self) -> str:
        """How photographs become square: `"squash"`, `"crop"` or `"pad"`."""
        return self._native.fit

    @property
    def crops(self) -> list[str]:
        """Parts of each photograph that the network sees; an answer is for their mean."""
        return self._native.crops

    @property
    def precision(self) -> str:
        """What its features were computed at: `"f32"` or `"bf16"`."""
        return self._native.precision

    @property
    def batch(self) -> int:
        """Pictures in one call of the network."""
        return self._native.batch

    @property
    def components(self) -> int:
        """Principal components."""
        return self._native.components

    @property
    def classifier(self) -> str:
        """`"logistic"`, `"ridge"` or `"none"`."""
        return self._native.classifier

    @property
    def reject_rate(self) -> float:
        """Share of known photographs that get no answer; 0: everything is answered."""
        return self._native.reject_rate

    @property
    def metrics(self) -> dict[str, Any]:
        """Figures of its evaluation, as docs/formats.md describes them."""
        metrics: dict[str, Any] = json.loads(self._native.metrics or "{}")
        return metrics

    @property
    def training(self) -> TrainingResult | None:
        """What `pomona.train` measured: metrics, confusion, t-SNE plot.

        None: it was opened from a folder. `pomona.Output` reads the files beside it.
        """
        return self._training

    @property
    def catalogue(self) -> dict[str, Any]:
        """What it knows about its labels, as docs/formats.md describes it; empty: nothing."""
        catalogue: dict[str, Any] = json.loads(self._native.catalogue or "{}")
        return catalogue

    @property
    def digest(self) -> str:
        """SHA-256 over its files, as 64 hexadecimal digits."""
        if self._digest is None:
            self._digest = _core.Bundle.digest(self._native)
        return self._digest

    def save(self, folder: StrPath) -> None:
        """Writes its files into a folder, which is made where it is missing.

        Args:
            folder: New or empty.

        Raises:
            InvalidInputError: Something is in the folder.
            UnavailableError: It cannot be written.

        Example:
            >>> bundle.save("model")
            >>> pomona.Bundle("model") == bundle
            True
        """
        if not isinstance(folder, (str, os.PathLike)):
            found = type(folder).__name__
            raise_error("invalid_input", f"saving a bundle: expected a path, found {found}")
        place = os.fsdecode(os.fspath(folder))
        if Path(place).is_dir() and any(Path(place).iterdir()):
            raise_error(
                "invalid_input",
                f"saving a bundle: the folder '{place}' is not empty; name a new one",
            )
        _core.Bundle.save(self._native, place)
        if self._place is None:
            self._place = place
            self._absolute = str(Path(place).absolute())

    def __eq__(self, other: object) -> bool:
        return self.digest == other.digest if isinstance(other, Bundle) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.digest)

    def __repr__(self) -> str:
        place = "in memory" if self._place is None else repr(self._place)
        return f"Bundle({place}): {len(self.labels)} labels, {self.backbone}, {self.size} px"

    def _repr_html_(self) -> str:
        if self._training is not None:
            return self._training._repr_html_()
        return f"<p>{escaped(self)}</p><p>{escaped(self.metrics.get('headline', ''))}</p>"

    def __reduce__(self) -> tuple[Any, ...]:
        if self._place is None:
            raise_error(
                "invalid_input",
                "pickling a bundle in memory: it is pickled by its folder, so save it first: "
                "bundle.save(FOLDER)",
            )
        return _bundle_of, (self._absolute, self._models, self.digest)

    def __copy__(self) -> Bundle:
        return self

    def __deepcopy__(self, memo: object) -> Bundle:
        return self


def settings_of(bundle: Bundle) -> str:
    """What computes its features, for a sentence."""
    return (
        f"backbone {bundle.backbone!r}, size {bundle.size}, precision {bundle.precision!r}, "
        f"fit {bundle.fit!r}, crops {','.join(bundle.crops)!r}"
    )


def _bundle_of(place: str, models: StrPath | None, digest: str) -> Bundle:
    bundle = Bundle(place, models=models)
    if bundle.digest != digest:
        raise_error(
            "corrupt",
            f"opening the bundle '{place}' that was pickled: its digest was {digest}, now it is "
            f"{bundle.digest}; pickle it again, or put the files back",
        )
    return bundle
