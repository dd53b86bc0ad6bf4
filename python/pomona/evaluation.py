# SPDX-License-Identifier: Apache-2.0
"""The verb `evaluate`: how good a bundle is on photographs or features whose labels are known."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, Unpack

from pomona import _core, verbs
from pomona._in_memory import is_remote, names_of, refuse, set_options
from pomona._progress import ProgressArgument, stages
from pomona._signature import takes
from pomona.bundle import Bundle, settings_of
from pomona.errors import raise_error, warn
from pomona.extraction import folders_of, input_of
from pomona.feature_rows import FeatureRows, rows_of
from pomona.featurizer import decode_limits
from pomona.measured import Evaluation, confusion_table
from pomona.options import (
    DecodeOptions,
    EvaluateOptions,
    FailureOptions,
    LabelOptions,
    Place,
    StoreOptions,
)

_OF_PHOTOGRAPHS = frozenset(
    {
        *LabelOptions.__annotations__,
        *FailureOptions.__annotations__,
        *DecodeOptions.__annotations__,
    }
)


@takes(EvaluateOptions)
def evaluate(
    bundle: Bundle | Place,
    data: Any,
    *,
    labels: Any = None,
    test: Any = None,
    groups: Any = None,
    backbone: str | None = None,
    size: int | None = None,
    fit: Literal["squash", "crop", "pad"] | None = None,
    crops: str | Sequence[str] | None = None,
    progress: ProgressArgument = None,
    **options: Unpack[EvaluateOptions],
) -> Evaluation:
    """How good a bundle is on labelled photographs, or on features.

    Args:
        bundle: A `Bundle`, or its place.
        data: Folders with one folder of photographs for each label, or features of the bundle's
            backbone: a `FeatureTable`; anything with `__arrow_c_stream__` that has a column
            `features` of float32, and may have `path`, `label` and `split`; or a float32 array of
            shape (rows, width). Places in a bucket and one output folder of `extract` or `run` are
            read by the command, which gives no confusion table.
        labels: A text for each row of features; None: the column `label`.
        test: True for each row of the test: it alone counts. None: as the column `split` says; where
            no row is of the test, all rows count.
        groups: The name of a group for each row of features: intervals then treat what belongs
            together as one. Instead of `group`.
        backbone: The network that made the features, where `data` does not know it, as those in
            polars or NumPy: another than the bundle's is refused. None: the bundle's.
            Likewise the three options that follow; a `PomonaWarning` where all are left out.
        size: Side of the network's input, in pixels.
        fit: How photographs became square.
        crops: Parts of each photograph that the network saw.
        progress: None shows a bar of tqdm on a terminal and in a notebook, True anywhere, False
            none; a function gets each `ProgressEvent`.
        {options}

    Returns:
        The metrics, with intervals, confusion table and surest mistakes. Labels that the bundle does
        not know count as wrong answers.

    Raises:
        InvalidInputError: The bundle holds no classifier, features are of another backbone, or no
            label is one that the bundle knows.
        NotFoundError: There is no bundle or no folder at that place.
        DamagedError: The bundle answers otherwise here than where it was made.
        KeyboardInterrupt: Ctrl-C was pressed.

    Example:
        >>> evaluation = pomona.evaluate("results", "sample/fruits")
        >>> evaluation.accuracy > 0.5
        True
    """
    given: dict[str, Any] = {**options}
    places = _places(data)
    opened = bundle  # in a bucket: the command opens it for what lies in folders
    if not isinstance(bundle, Bundle) and (places is None or not is_remote(bundle)):
        opened = Bundle(bundle, models=given.get("models"))
    of_rows = {"labels": labels, "test": test, "groups": groups}
    origin = {
        "backbone": backbone,
        "size": size,
        "fit": fit,
        "crops": None if crops is None else names_of(crops),
    }
    if places is not None or not isinstance(opened, Bundle):
        refuse({**of_rows, **origin}, {*of_rows, *origin}, "only with features in memory")
        if not isinstance(opened, Bundle) or _is_for_command(data):
            return _by_command(opened, data, given, progress)
        refuse(given, StoreOptions.__annotations__, "only with places in a bucket")
        return _of_folders(opened, places or [], given, progress)
    refuse(given, StoreOptions.__annotations__, "only with places in a bucket")
    refuse(given, _OF_PHOTOGRAPHS, "only with folders of photographs")
    rows = rows_of(data, **of_rows)
    _check_origin(rows, origin, opened)
    return _of_features(opened, rows, given, progress)


def _places(data: Any) -> list[Any] | None:
    """The folders that `data` names; None: it is features."""
    given = list(data.values()) if isinstance(data, Mapping) else data
    if isinstance(given, (str, os.PathLike)):
        given = [given]
    if not isinstance(given, (list, tuple)):
        return None
    for place in given:
        is_here = isinstance(place, (str, os.PathLike)) and not is_remote(place)
        if is_here and not Path(os.fsdecode(place)).exists():
            raise_error(
                "not_found",
                f"evaluating a bundle: there is no file or folder '{os.fsdecode(place)}'; check the "
                "path",
            )
    if any(map(is_remote, given)):
        return list(given)
    return folders_of(data) or ([data] if isinstance(data, (str, os.PathLike)) else None)


def _is_for_command(data: Any) -> bool:
    """Is something in a bucket, or is it the output of a verb?"""
    if isinstance(data, Mapping):
        return any(map(is_remote, data.values()))
    if isinstance(data, (list, tuple)):
        return any(map(is_remote, data))
    if is_remote(data):
        return True
    place = Path(os.fsdecode(data))
    return (
        place.is_file()
        or (place / "run.json").is_file()
        or any(place.glob("*.parquet"))
        or any(place.glob("features/*.parquet"))
    )


def _by_command(
    bundle: Any, data: Any, options: dict[str, Any], progress: ProgressArgument
) -> Evaluation:
    if not isinstance(bundle, Bundle):
        return Evaluation(verbs._evaluate(bundle, data, progress=progress, **options), None)
    if bundle._place is not None:
        return Evaluation(verbs._evaluate(bundle._place, data, progress=progress, **options), None)
    with tempfile.TemporaryDirectory(prefix="pomona-") as folder:
        _core.Bundle.save(bundle._native, folder)
        return Evaluation(verbs._evaluate(folder, data, progress=progress, **options), None)


def _of_folders(
    bundle: Bundle, places: list[Any], options: dict[str, Any], progress: ProgressArgument
) -> Evaluation:
    given = input_of(places, {name: options.get(name) for name in ("classes", "include_hidden")})
    set_options(given.split, options, ("group",))
    extract = _core.ExtractOptions()
    extract.limits = decode_limits(
        **{name: options.get(name) for name in DecodeOptions.__annotations__}
    )
    set_options(extract, options, ("workers", "max_failures"))
    with stages(progress) as watch:
        found = _core.evaluate_folders(bundle._native, given, extract, watch)
    return _evaluation(*found)


def _of_features(
    bundle: Bundle,
    rows: FeatureRows,
    options: dict[str, Any],
    progress: ProgressArgument,
) -> Evaluation:
    if rows.labels is None:
        raise_error(
            "invalid_input",
            "evaluating a bundle: the features have no labels; give a text for each row (`labels`), "
            "or a table with a column `label`",
        )
    if rows.splits is None:
        rows.splits = ["train"] * len(rows.features)
    split = _core.SplitOptions()
    set_options(split, options, ("group",))
    workers = _core.TrainOptions()
    set_options(workers, options, ("workers",))
    native = rows.native(crops=len(bundle.crops))
    with stages(progress) as watch:
        found = _core.evaluate_features(bundle._native, native, split, workers.workers, watch)
    return _evaluation(*found)


def _check_origin(rows: FeatureRows, given: dict[str, Any], bundle: Bundle) -> None:
    """Features of another network, or of pictures seen otherwise, may well be equally wide."""
    origin = rows.origin
    if origin is not None:
        rows.refuse_other_origin(given)
        given = {name: getattr(origin, name) for name in ("backbone", "size", "fit")}
        given["crops"] = list(origin.crops)
    elif all(value is None for value in given.values()):
        warn(
            "evaluating a bundle: the features do not say what made them; those of the bundle are "
            f"expected: {settings_of(bundle)}; name what made them ({', '.join(given)}), or give the "
            "FeatureTable of extract or the photographs"
        )
    for name, found in given.items():
        expected = getattr(bundle, name)
        if found not in (None, expected):
            raise_error(
                "invalid_input",
                f"evaluating a bundle: the features were made with {name} {found!r}, the bundle with "
                f"{expected!r}; extract them with the bundle's settings, or give the photographs",
            )


def _evaluation(metrics: str, confusion: tuple[list[str], Any], notes: list[str]) -> Evaluation:
    for sentence in notes:
        warn(sentence)
    return Evaluation(json.loads(metrics), confusion_table(*confusion))
