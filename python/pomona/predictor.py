# SPDX-License-Identifier: Apache-2.0
"""Photographs to ranked answers."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pomona import _core
from pomona._in_memory import whole_number
from pomona._progress import ProgressArgument, ProgressEvent, progress_shower
from pomona._stream import count_of, cut, unreadable_of
from pomona.bundle import Bundle
from pomona.errors import raise_error
from pomona.featurizer import decode_limits
from pomona.images import is_folder, photographs
from pomona.prediction import Prediction, PredictionFailure
from pomona.tables import Predictions

if TYPE_CHECKING:
    from pomona.images import Images, Item
    from pomona.tables import Picture

StrPath = str | os.PathLike[str]
Language = Literal["en", "fr"]
MOST_ROWS = 20  # that a notebook shows
MOST_AT_ONCE = 64  # as `pomona predict`


class Predictor:
    """A bundle, ready to predict. Any number of threads may use one at once.

    Networks are compiled when they are first used. Answers have the same bits whatever runs beside
    them, and are those of the command `pomona predict`. It is pickled by the place of its bundle.
    After a fork of a process that has used one, the child raises; start processes by spawn instead.

    Args:
        bundle: A `Bundle`, or its place.
        fast: Use two crops, the whole photograph and the tightest one, instead of all: faster,
            slightly less accurate.
        workers: Cores that requests are computed on; None: all.
        models: Folder of installed backbones, for a bundle without its network.
        max_pixels: Photographs with more pixels fail as too_large; None: 250,000,000.
        max_decode_memory: Photographs whose decoding takes more MiB fail as too_large; None: 160.
        max_decode_time: Photographs whose decoding takes more milliseconds, by an estimate from
            their headers, fail as too_large; None: 250.
        max_damage: Decode JPEGs of which at most this share is lost, 0 to 1, instead of failing them
            as truncated or damaged; None: 0.

    Raises:
        NotFoundError: There is no bundle at that place.
        DamagedError: A file of the bundle is missing, changed or of a newer version; at first use,
            its self-check fails.
        InvalidInputError: An option is out of range, or the bundle holds no classifier.

    Example:
        >>> predictor = pomona.Predictor("results")
        >>> predictor("sample/fruits/Banana/25_100.jpg").answers[0].id
        'Banana'
    """

    def __init__(
        self,
        bundle: Bundle | StrPath,
        *,
        fast: bool = False,
        workers: int | None = None,
        models: StrPath | None = None,
        max_pixels: int | None = None,
        max_decode_memory: int | None = None,
        max_decode_time: int | None = None,
        max_damage: float | None = None,
    ) -> None:
        self.bundle = bundle if isinstance(bundle, Bundle) else Bundle(bundle, models=models)
        if workers is not None:
            workers = whole_number("workers", workers)
            if workers < 0:
                raise_error("invalid_input", f"workers: expected a count, found {workers}")
        self._given: dict[str, Any] = {
            "fast": fast,
            "workers": workers,
            "max_pixels": max_pixels,
            "max_decode_memory": max_decode_memory,
            "max_decode_time": max_decode_time,
            "max_damage": max_damage,
        }
        if self.bundle.classifier == "none":
            raise_error(
                "invalid_input",
                "predicting: the bundle holds no classifier, since it was made from photographs of "
                "fewer than two labels",
            )
        self._limits = decode_limits(
            max_pixels=max_pixels,
            max_decode_memory=max_decode_memory,
            max_decode_time=max_decode_time,
            max_damage=max_damage,
        )
        self._options(1).check()
        self._natives: dict[bool, _core.Predictor] = {}
        self._lock = threading.Lock()

    def __call__(self, image: Images, *, top: int = 3, language: Language = "en") -> Prediction:
        """The answer for one photograph.

        Args:
            image: A path, encoded bytes, an image of Pillow, or a uint8 array of shape (height,
                width, 3) or (height, width).
            top: How many answers.
            language: Of names and facts.

        Returns:
            The prediction.

        Raises:
            InvalidInputError: It is no photograph, or cannot be decoded.
            NotFoundError: There is no such file.

        Example:
            >>> predictor(open("sample/fruits/Banana/25_100.jpg", "rb").read(), top=1).rejected
        """
        options = self._checked(top, language)
        first = list(islice(photographs(image), 2))
        if len(first) != 1:
            raise_error(
                "invalid_input",
                "predicting: expected one photograph, found several; use predict() for these",
            )
        (found,) = self._stream(first, options, language)
        if found.failure is not None:
            raise_error("invalid_input", f"predicting: {found.failure.message}")
        return found

    def predict(
        self,
        images: Images,
        top: int = 3,
        *,
        language: Language = "en",
        progress: ProgressArgument = None,
    ) -> Predictions:
        """Answers for photographs.

        Args:
            images: What `pomona.images.photographs` takes: paths, bytes, images of Pillow, arrays,
                tables, and iterators of them.
            top: How many answers for each.
            language: Of names and facts.
            progress: None shows a bar of tqdm on a terminal and in a notebook, True anywhere, False
                none; a function gets each `ProgressEvent`.

        Returns:
            A row for each photograph, in their order: `path`, `answers`, `rejected`, `ood_score`,
            `failure`; `details` has a `Prediction` for each, with varieties and facts.

        Raises:
            InvalidInputError: There is no photograph, an item is not a photograph, or an option is
                out of range.
            KeyboardInterrupt: Ctrl-C was pressed. The predictor stays usable.

        Example:
            >>> len(predictor.predict("sample/fruits/Banana"))
            8
        """
        show = progress_shower(progress)
        pictures: list[Picture] = []
        found: list[Prediction] = []
        pairs = photographs(images)
        total = count_of(images, pairs)
        noted = _noting(pairs, pictures)
        try:
            for one in self._stream(noted, self._checked(top, language), language):
                found.append(one)
                show(ProgressEvent("predict", len(found), total, False))
            show(ProgressEvent("predict", len(found), total, True))
        finally:
            show(None)
        columns: dict[str, list[Any]] = {
            "path": [one.path for one in found],
            "answers": [[(kind.id, kind.probability) for kind in one.answers] for one in found],
            "rejected": [one.rejected for one in found],
            "ood_score": [one.ood_score for one in found],
            "failure": [one.failure.message if one.failure else None for one in found],
        }
        return Predictions(columns, pictures, found)

    def stream(
        self, images: Images, *, top: int = 3, language: Language = "en"
    ) -> Iterator[Prediction]:
        """The same, one after the other: memory does not grow with their number.

        Args:
            images: As for `predict`.
            top: How many answers for each.
            language: Of names and facts.

        Yields:
            Predictions in the order of the photographs.

        Raises:
            InvalidInputError: As for `predict`.

        Example:
            >>> next(predictor.stream("sample/fruits/Banana")).answers[0].id
            'Banana'
        """
        options = self._checked(top, language)
        return self._stream(photographs(images), options, language)

    def _checked(self, top: int, language: str) -> _core.PredictOptions:
        options = self._options(top)
        options.check()
        if language not in ("en", "fr"):
            raise_error("invalid_input", f"language: expected 'en' or 'fr', found {language!r}")
        return options

    def _stream(
        self, pairs: Iterable[tuple[str, Item]], options: _core.PredictOptions, language: str
    ) -> Iterator[Prediction]:
        crops = len(self.bundle.crops)
        if self._given["fast"]:
            crops = min(crops, 2)
        for names, items in cut(pairs, MOST_AT_ONCE):
            # The network computes all rows of a batch, however few are filled.
            native = self._compiled(one_at_a_time=len(items) * crops < self.bundle.batch)
            texts = _core.Predictor.predict(native, names, items, options, language)
            unreadable = unreadable_of(items)
            for number, text in enumerate(texts):
                found = Prediction.from_json(text)
                if number in unreadable:
                    found = replace(found, failure=PredictionFailure(*unreadable[number].why[1:]))
                yield found

    def _options(self, top: int) -> _core.PredictOptions:
        options = _core.PredictOptions()
        options.limits = self._limits
        try:
            options.top = whole_number("top", top)
        except TypeError:
            raise_error("invalid_input", f"top: expected a count, found {top!r}")
        return options

    def _compiled(self, *, one_at_a_time: bool) -> _core.Predictor:
        """For single photographs, or for batches. Answers have the same bits."""
        _core.enter_engine()  # before the lock, which a fork may have taken with it
        with self._lock:
            if one_at_a_time not in self._natives:
                self._natives[one_at_a_time] = _core.Predictor(
                    self.bundle._native,
                    bool(self._given["fast"]),
                    self._given["workers"] or 0,
                    one_at_a_time,
                )
            return self._natives[one_at_a_time]

    def __repr__(self) -> str:
        return f"Predictor({self.bundle!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        return _predictor_of, (self.bundle, self._given)


def predict(
    images: Images,
    bundle: Bundle | StrPath,
    *,
    top: int = 3,
    fast: bool = False,
    language: Language = "en",
    workers: int | None = None,
    models: StrPath | None = None,
    max_pixels: int | None = None,
    max_decode_memory: int | None = None,
    max_decode_time: int | None = None,
    max_damage: float | None = None,
    progress: ProgressArgument = None,
) -> Predictions:
    """Photographs in, their most probable labels out. For many calls make a `Predictor`.

    Args:
        images: What `pomona.images.photographs` takes: paths, bytes, images of Pillow, arrays,
            tables, and iterators of them.
        bundle: A `Bundle`, or its place.
        top: How many answers for each.
        fast: Use two crops instead of all: faster, slightly less accurate.
        language: Of names and facts: `"en"` or `"fr"`.
        workers: Worker threads; None: one for each core.
        models: Folder of installed backbones, for a bundle without its network.
        max_pixels: Photographs with more pixels fail as too_large.
        max_decode_memory: In MiB.
        max_decode_time: In milliseconds.
        max_damage: Share of a JPEG that may be lost.
        progress: None shows a bar of tqdm on a terminal and in a notebook, True anywhere, False
            none; a function gets each `ProgressEvent`.

    Returns:
        A row for each photograph, in their order: `path`, `answers`, `rejected`, `ood_score`,
        `failure`; `details` has a `Prediction` for each, with varieties and facts.

    Raises:
        InvalidInputError: There is no photograph, an item is not a photograph, or an option is out
            of range.
        NotFoundError: There is no bundle at that place, or no file at a path.
        DamagedError: The bundle is not what it was when it was written.

    Example:
        >>> pomona.predict("sample/fruits/Banana", "results").details[0].answers[0].id
        'Banana'
    """
    _check_order(images, bundle)
    predictor = Predictor(
        bundle,
        fast=fast,
        workers=workers,
        models=models,
        max_pixels=max_pixels,
        max_decode_memory=max_decode_memory,
        max_decode_time=max_decode_time,
        max_damage=max_damage,
    )
    return predictor.predict(images, top, language=language, progress=progress)


def _check_order(images: Any, bundle: Any) -> None:
    """Refuses photographs in the place of the bundle."""
    if _is_bundle(bundle) or (is_folder(bundle) and not _is_bundle(images)):
        return
    if _is_bundle(images):
        raise_error(
            "invalid_input",
            f"predicting: expected photographs first and the bundle second, found the bundle "
            f"({_named(images)}) first; call pomona.predict(images, bundle)",
        )
    if isinstance(bundle, (str, os.PathLike)) and Path(os.fsdecode(bundle)).is_file():
        raise_error(
            "invalid_input",
            f"predicting: expected the folder of a bundle second, found the file {_named(bundle)}; "
            "call pomona.predict(images, bundle)",
        )


def _is_bundle(value: Any) -> bool:
    if isinstance(value, Bundle):
        return True
    if not is_folder(value):
        return False
    folder = Path(os.fsdecode(value))
    return any((folder / name).is_file() for name in ("bundle.json", "bundle/bundle.json"))


def _named(value: Any) -> str:
    return f"'{os.fsdecode(value)}'" if isinstance(value, (str, os.PathLike)) else repr(value)


def _noting(
    pairs: Iterable[tuple[str, Item]], pictures: list[Picture]
) -> Iterator[tuple[str, Item]]:
    """Keeps what a notebook shows beside the answers: paths, and pixels of the first rows."""
    for name, item in pairs:
        is_shown = isinstance(item, str) or len(pictures) < MOST_ROWS
        pictures.append(item if is_shown and not isinstance(item, bytes) else None)
        yield name, item


def _predictor_of(bundle: Bundle, given: dict[str, Any]) -> Predictor:
    return Predictor(bundle, **given)
