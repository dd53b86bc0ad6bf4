# SPDX-License-Identifier: Apache-2.0
"""The verb `extract`: photographs of any origin to a table of features."""

from __future__ import annotations

import os
import warnings
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from pomona import _core
from pomona._models import models_folder
from pomona._progress import ProgressArgument, ProgressEvent, Show, progress_shower
from pomona._stream import Failure
from pomona.errors import PomonaWarning, raise_error
from pomona.featurizer import Featurizer, StrPath, extract_options, failure_table
from pomona.images import is_folder
from pomona.tables import FeatureOrigin, FeatureTable

if TYPE_CHECKING:
    from pomona.images import Images


def extract(
    images: Images,
    *,
    backbone: str = "efficientnet-lite0",
    size: int | None = None,
    precision: Literal["auto", "f32", "bf16"] = "auto",
    fit: Literal["squash", "crop", "pad"] = "squash",
    crops: str | Sequence[str] = ("whole",),
    batch: int | None = None,
    workers: int | None = None,
    models: StrPath | None = None,
    max_failures: float = 0.1,
    max_pixels: int | None = None,
    max_decode_memory: int | None = None,
    max_decode_time: int | None = None,
    max_damage: float | None = None,
    test: StrPath | Sequence[StrPath] | None = None,
    holdout: float | None = None,
    train_files: str | None = None,
    test_files: str | None = None,
    group: str | None = None,
    seed: int | None = None,
    classes: StrPath | None = None,
    include_hidden: bool | None = None,
    progress: ProgressArgument = None,
) -> FeatureTable:
    r"""Photographs in, table of CNN features out, in memory.

    Args:
        images: A folder with one folder of photographs for each label, or several such folders, or
            a mapping that names where photographs come from: `{"studio": "Training"}`. Anything
            else that `Featurizer` takes has neither labels nor a split.
        backbone: As for `Featurizer`, like the options that follow.
        size: Side of the network's input, in pixels.
        precision: `"auto"`, `"f32"` or `"bf16"`.
        fit: `"squash"`, `"crop"` or `"pad"`.
        crops: Parts of each photograph that the network sees.
        batch: Photographs in one call of the network.
        workers: Worker threads.
        models: Folder of installed backbones.
        max_failures: Share of photographs that may be unreadable, 0 to 1.
        max_pixels: Photographs with more pixels fail as too_large.
        max_decode_memory: In MiB.
        max_decode_time: In milliseconds.
        max_damage: Share of a JPEG that may be lost.
        test: Folders of the same kind as `images`: the test set.
        holdout: Share of photographs kept for the test, 0 to 1; 0.2 by default. It has no effect
            with `test`, `train_files` or `test_files`.
        train_files: Regular expression: train only on files whose names match.
        test_files: Regular expression: test only on files whose names match.
        group: Regular expression on file names. Photographs of a label with the same captures are a
            group, which stays on one side: `r"^(r\d*_)?"` for the films of Fruits-360.
        seed: Another number chooses another holdout; 0 by default.
        classes: CSV file that maps folders to labels.
        include_hidden: Take files with hidden names as well. False by default.
        progress: None shows a bar of tqdm on a terminal and in a notebook, True anywhere, False
            none; a function gets each `ProgressEvent`.

    Returns:
        A row for each photograph that can be read: `path`, `label`, `split` (`"train"` or `"test"`)
        and `features`, float32, with the bits and in the order of the table that the command
        `pomona extract` writes. What is in no folder has the label `""` and the split `"train"`.
        `failures` has the photographs that cannot be read.

    Raises:
        InvalidInputError: An option makes no sense, or too many photographs cannot be read.
        NotFoundError: A folder, or the backbone, does not exist.
        KeyboardInterrupt: Ctrl-C was pressed.

    Example:
        >>> table = pomona.extract("sample/fruits", group=r"^(r\d*_)?")
        >>> table["features"].shape
        (1048, 1280)
    """
    features: dict[str, Any] = {
        "backbone": backbone,
        "size": size,
        "precision": precision,
        "fit": fit,
        "crops": crops.split(",") if isinstance(crops, str) else list(crops),
        "batch": batch,
        "workers": workers,
        "models": models_folder(models),
        "max_pixels": max_pixels,
        "max_decode_memory": max_decode_memory,
        "max_decode_time": max_decode_time,
        "max_damage": max_damage,
    }
    labels: dict[str, Any] = {
        "test": test,
        "holdout": holdout,
        "train_files": train_files,
        "test_files": test_files,
        "group": group,
        "seed": seed,
        "classes": classes,
        "include_hidden": include_hidden,
    }
    places = _folders_of(images)
    if places is None:
        given = [name for name, value in labels.items() if value is not None]
        if given:
            raise_error(
                "invalid_input",
                f"{', '.join(given)}: only photographs in folders have labels and a split; leave "
                "this out, or give a folder with one folder for each label",
            )
        return Featurizer(**features)(images, progress=progress, max_failures=max_failures)
    options = extract_options(max_failures=max_failures, **features)
    return _extract_folders(_input_of(places, labels), options, progress_shower(progress))


def _folders_of(images: Images) -> list[Any] | None:
    """Folders as the command takes them; None for anything else."""
    if isinstance(images, Mapping):
        if (
            images
            and all(isinstance(name, str) for name in images)
            and all(map(is_folder, images.values()))
        ):
            return [f"{name}={place}" for name, place in images.items()]
        return None
    if is_folder(images):
        return [images]
    if isinstance(images, (list, tuple)) and images and all(map(is_folder, images)):
        return list(images)
    return None


def _input_of(places: list[Any], labels: dict[str, Any]) -> _core.InputOptions:
    options = _core.InputOptions()
    options.set_images([_text_of(place) for place in places])
    test = labels["test"]
    if test is not None:
        some = [test] if is_folder(test) or not isinstance(test, (list, tuple)) else test
        options.set_test([_text_of(place) for place in some])
    if labels["classes"] is not None:
        options.set_classes(_text_of(labels["classes"]))
    try:
        options.include_hidden = bool(labels["include_hidden"])
        for name in ("holdout", "train_files", "test_files", "group", "seed"):
            if labels[name] is not None:
                setattr(options.split, name, labels[name])
    except TypeError:
        raise_error("invalid_input", f"{name}: no such value: {labels[name]!r}")
    return options


def _text_of(place: Any) -> str:
    if not isinstance(place, (str, os.PathLike)):
        raise_error(
            "invalid_input", f"reading photographs: expected a path, found {type(place).__name__}"
        )
    return os.fsdecode(os.fspath(place))


def _extract_folders(
    given: _core.InputOptions, options: _core.ExtractOptions, show: Show
) -> FeatureTable:
    def watch(done: int, total: int) -> None:
        show(ProgressEvent("extract", done, total, False))

    try:
        columns, failures, origin, notes = _core.extract_folders(given, options, watch)
    finally:
        show(None)
    for sentence in notes:
        warnings.warn(sentence, PomonaWarning, stacklevel=3)
    size, precision = origin
    return FeatureTable(
        dict(zip(("path", "label", "split", "features"), columns)),
        FeatureOrigin(options.backbone, size, precision, tuple(options.crops)),
        failure_table([Failure(*one) for one in failures]),
    )
