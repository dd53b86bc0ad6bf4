# SPDX-License-Identifier: Apache-2.0
"""The verb `extract`: photographs of any origin to a table of features."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack, overload

from pomona import _core, verbs
from pomona._buckets import LocalCopies, nothing_at
from pomona._command import source_of, without_source
from pomona._in_memory import FOR_FOLDERS, is_remote, names_of, refuse, set_options
from pomona._models import DEFAULT_BACKBONE
from pomona._progress import ProgressArgument, stages
from pomona._signature import takes
from pomona._stream import Failure, count_of
from pomona.errors import raise_error, warn
from pomona.featurizer import Featurizer, extract_options, failure_table
from pomona.images import is_folder, is_one, photographs, table_columns
from pomona.options import DecodeOptions, EarlierOptions, ExtractOptions, StoreOptions
from pomona.output import Output
from pomona.tables import FeatureOrigin, FeatureSplit, FeatureTable

if TYPE_CHECKING:
    from pomona.images import Images
    from pomona.options import Place


_FOLDER_LABELS = (
    "test",
    "holdout",
    "train_files",
    "test_files",
    "group",
    "seed",
    "classes",
    "include_hidden",
)
_FOR_OUT = frozenset(
    {*FOR_FOLDERS, *EarlierOptions.__annotations__, "previews", "part_files", "shard"}
)


@overload
def extract(
    images: Images,
    *,
    out: None = None,
    progress: ProgressArgument = None,
    **options: Unpack[ExtractOptions],
) -> FeatureTable: ...
@overload
def extract(
    images: Images,
    *,
    out: Place,
    progress: ProgressArgument = None,
    **options: Unpack[ExtractOptions],
) -> Output: ...
@takes(ExtractOptions)
def extract(
    images: Images,
    *,
    out: Place | None = None,
    progress: ProgressArgument = None,
    **options: Unpack[ExtractOptions],
) -> FeatureTable | Output:
    r"""Photographs in, table of CNN features out.

    Args:
        images: A folder with one folder of photographs for each label, or several such folders, or
            a mapping that names where photographs come from: `{"studio": "Training"}`. Without
            `out`, what lies in a bucket is copied to this machine first. Anything else that
            `Featurizer` takes has neither labels nor a split, but for a table with a column `label`
            of texts, `split` of `"train"` and `"test"`, or both.
        out: Folder, or s3://bucket/prefix, for the results; None: they stay in memory.
        progress: None shows a bar of tqdm on a terminal and in a notebook, True anywhere, False
            none; a function gets each `ProgressEvent`.
        {options}

    Returns:
        A row for each photograph that can be read: `path`, `label`, `split` (`"train"` or `"test"`)
        and `features`, float32, with the bits and in the order of the table that the command
        `pomona extract` writes. Without a folder or column that says otherwise, the label is `""` and
        the split `"train"`.
        `failures` has the photographs that cannot be read. With `out`, the output folder.

    Raises:
        InvalidInputError: An option makes no sense, too many photographs cannot be read, or only
            some of `images` are folders.
        NotFoundError: A folder, or the backbone, does not exist.
        KeyboardInterrupt: Ctrl-C was pressed.

    Example:
        >>> table = pomona.extract("sample/fruits", size=128, group=r"^(r\d*_)?")
        >>> table["features"].shape
        (1048, 1280)
    """
    if out is not None:
        return verbs._extract(images, out, progress=progress, **options)
    given: dict[str, Any] = {**options}
    if not _may_be_remote([images, given.get("test")]):
        refuse(given, StoreOptions.__annotations__, "only with places in a bucket")
    refuse(given, _FOR_OUT - StoreOptions.__annotations__.keys(), "only with `out`")
    with LocalCopies(given) as copies:
        here = copies.places(images)
        if given.get("test") is not None:
            given["test"] = copies.places(given["test"])
            refuse_remote(given["test"])
        return _extract(here, given, progress)


def _extract(images: Images, given: dict[str, Any], progress: ProgressArgument) -> FeatureTable:
    features: dict[str, Any] = {
        "backbone": given.get("backbone") or DEFAULT_BACKBONE,
        "size": given.get("size"),
        "precision": given.get("precision") or "auto",
        "fit": given.get("fit") or "squash",
        "crops": ["whole"] if given.get("crops") is None else names_of(given["crops"]),
        "batch": given.get("batch"),
        "workers": given.get("workers"),
        "models": given.get("models"),
        **{name: given.get(name) for name in DecodeOptions.__annotations__},
    }
    max_failures = given.get("max_failures")
    places = folders_of(images)
    if places is None:
        refuse(
            given,
            _FOLDER_LABELS,
            "only with photographs in folders; leave this out, or give a folder with one folder for "
            "each label (a table may have the columns `label` and `split`)",
        )
        share = 0.1 if max_failures is None else max_failures
        return _extract_photographs(images, Featurizer(**features), given, progress, share)
    options = extract_options(max_failures=max_failures, **features)
    return _extract_folders(input_of(places, given), options, progress)


def _extract_photographs(
    images: Images,
    featurizer: Featurizer,
    given: dict[str, Any],
    progress: ProgressArgument,
    max_failures: float,
) -> FeatureTable:
    stores: Any = {name: given.get(name) for name in StoreOptions.__annotations__}
    columns = [name for name in ("label", "split") if name in table_columns(images)]
    if columns:
        from pomona._labelled import extract_labelled

        return extract_labelled(
            featurizer, images, columns, stores, progress=progress, max_failures=max_failures
        )
    pairs = photographs(images, stores)
    gathered = featurizer._gather(pairs, count_of(images, pairs), progress, max_failures)
    return featurizer._gathered_table(gathered)


def _may_be_remote(images: Any) -> bool:
    """May something of it lie in a bucket? Of iterators, tables and series nobody knows yet."""
    if isinstance(images, Mapping):
        return any(map(_may_be_remote, images.values()))
    if isinstance(images, (list, tuple)):
        return any(map(_may_be_remote, images))
    if isinstance(images, (str, os.PathLike)):
        return is_remote(images)
    return images is not None and not is_one(images)


def refuse_remote(places: Any) -> None:
    """Refuses a place in a bucket that is no folder, of which there is a copy otherwise.

    Raises:
        NotFoundError: There is one.
    """
    for place in _listed(places):
        if is_remote(place):
            raise_error("not_found", f"test: {nothing_at(os.fsdecode(place))}")


def folders_of(images: Images) -> list[Any] | None:
    """Folders as the core takes them; None for anything else.

    Raises:
        NotFoundError: One of several does not exist.
        InvalidInputError: Some are folders, others are none: these would have no labels.
    """
    if is_folder(images):
        return [without_source(os.fsdecode(images))]
    if isinstance(images, Mapping):
        if not all(isinstance(name, str) for name in images):
            return None
        if not _are_folders(list(images.values())):
            return None
        return [f"{source_of(name)}={os.fsdecode(place)}" for name, place in images.items()]
    if isinstance(images, (list, tuple)) and _are_folders(images):
        return [without_source(os.fsdecode(place)) for place in images]
    return None


def _are_folders(places: Sequence[Any]) -> bool:
    if not any(map(is_folder, places)):
        return False
    for place in places:
        if is_folder(place):
            continue
        if not isinstance(place, (str, os.PathLike)):
            found = type(place).__name__
        else:
            found = f"'{os.fsdecode(place)}'"
            if not Path(place).exists():
                raise_error(
                    "not_found",
                    f"reading photographs from several places: there is no folder {found}; check the "
                    "path",
                )
        raise_error(
            "invalid_input",
            f"reading photographs from several places: expected folders, as the others are, found "
            f"{found}; only what lies in a folder with one folder for each label has a label: move it "
            "there, or give single photographs in a call of their own",
        )
    return True


def input_of(places: list[Any], labels: dict[str, Any]) -> _core.InputOptions:
    """Folders, and the options about them, as the core takes them."""
    options = _core.InputOptions()
    options.set_images([_text_of(place) for place in places])
    test = labels.get("test")
    if test is not None:
        options.set_test([_text_of(place) for place in folders_of(test) or _listed(test)])
    if labels.get("classes") is not None:
        options.set_classes(_text_of(labels["classes"]))
    set_options(options, labels, ("include_hidden",))
    set_options(options.split, labels, ("holdout", "train_files", "test_files", "group", "seed"))
    return options


def _text_of(place: Any) -> str:
    if not isinstance(place, (str, os.PathLike)):
        raise_error(
            "invalid_input", f"reading photographs: expected a path, found {type(place).__name__}"
        )
    return os.fsdecode(os.fspath(place))


def _listed(places: Any) -> list[Any]:
    if isinstance(places, Mapping):
        return [f"{source_of(name)}={_text_of(place)}" for name, place in places.items()]
    return list(places) if isinstance(places, (list, tuple)) else [places]


def _extract_folders(
    given: _core.InputOptions, options: _core.ExtractOptions, progress: ProgressArgument
) -> FeatureTable:
    with stages(progress) as watch:
        columns, failures, made_by, divided, notes = _core.extract_folders(given, options, watch)
    for sentence in notes:
        warn(sentence)
    size, precision, batch = made_by
    kind, sources = divided
    split = FeatureSplit(kind, given.split.holdout, given.split.group, given.split.seed)
    origin = FeatureOrigin(
        options.backbone,
        size,
        precision,
        tuple(options.crops),
        options.fit,
        batch,
        split,
        tuple(sources),
    )
    return FeatureTable(
        dict(zip(("path", "label", "split", "features"), columns)),
        origin,
        failure_table([Failure(*one) for one in failures]),
    )
