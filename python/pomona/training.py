# SPDX-License-Identifier: Apache-2.0
"""The verbs `reduce` and `train`: features to principal components, and to a bundle."""

from __future__ import annotations

import csv
import json
import operator
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Unpack, overload

from pomona import _core, verbs
from pomona._command import text_of
from pomona._in_memory import FOR_FOLDERS, names_of, real_number, refuse, set_options
from pomona._models import DEFAULT_BACKBONE
from pomona._progress import ProgressArgument, stages
from pomona._signature import takes
from pomona.bundle import Bundle, settings_of
from pomona.errors import InvalidInputError, raise_error, warn
from pomona.feature_rows import FeatureRows, rows_of
from pomona.featurizer import extract_options
from pomona.measured import TrainingResult, confusion_table, tsne_table
from pomona.options import ReduceOptions, TrainOptions
from pomona.output import Output
from pomona.tables import ReducedTable, Reduction

if TYPE_CHECKING:
    from pomona.options import Place

_OF_PHOTOGRAPHS = ("backbone", "size", "precision", "fit", "crops")
_WITHOUT_OUT = "only with `out`, for which features lie in an output folder"
_IN_MEMORY = "only with features in memory; an output folder knows them itself"


@overload
def reduce(
    features: Any,
    *,
    out: None = None,
    progress: ProgressArgument = None,
    **options: Unpack[ReduceOptions],
) -> ReducedTable: ...
@overload
def reduce(
    features: Place,
    *,
    out: Place,
    progress: ProgressArgument = None,
    **options: Unpack[ReduceOptions],
) -> Output: ...
@takes(ReduceOptions)
def reduce(
    features: Any,
    *,
    out: Place | None = None,
    progress: ProgressArgument = None,
    **options: Unpack[ReduceOptions],
) -> ReducedTable | Output:
    """Table of features in, scaled principal components out.

    Args:
        features: A `FeatureTable`; anything with `__arrow_c_stream__` that has a column `features`
            of float32, and may have `path`, `label` and `split`; or a float32 array of shape (rows,
            width). A C-contiguous array is not copied. With `out`, an output folder of `extract` or
            `run`, a folder of parts, or a .parquet file.
        out: Folder, or s3://bucket/prefix, for the results; None: they stay in memory.
        progress: None shows a bar of tqdm on a terminal and in a notebook, True anywhere, False
            none; a function gets each `ProgressEvent`.
        {options}

    Returns:
        A row for each row of `features`, in their order: `path`, `label`, `split` and
        `pca_features`, float32 of shape (rows, components). Scaler and PCA are fitted on the rows
        whose split is `"train"`, all where there is none; `reduction` has them. With `out`, the
        output folder.

    Raises:
        InvalidInputError: An option makes no sense, features are not finite, or there are fewer
            than two rows to fit.
        KeyboardInterrupt: Ctrl-C was pressed.

    Example:
        >>> table = pomona.extract("sample/fruits", size=128, holdout=0)
        >>> reduced = pomona.reduce(table, components=0.5)
        >>> reduced.components.shape[0] == len(table)
        True
    """
    if out is not None:
        return verbs._reduce(_place_of(features), out, progress=progress, **options)
    _refuse_place(features)
    refuse({**options}, {*FOR_FOLDERS, "classes"}, _WITHOUT_OUT)
    rows = rows_of(features)
    native = rows.native(crops=len(rows.origin.crops) if rows.origin else 1)
    with stages(progress) as watch:
        values, reduction, notes = _core.reduce_features(
            native, _reduce_options({**options}), _workers({**options}), watch
        )
    for sentence in notes:
        warn(sentence)
    count = len(rows.features)
    columns: dict[str, Any] = {
        "path": rows.paths or [f"{number:010}" for number in range(1, count + 1)],
        "label": rows.labels or [""] * count,
        "split": rows.splits or ["train"] * count,
        "pca_features": values,
    }
    return ReducedTable(
        columns,
        Reduction(
            reduction.mean,
            reduction.scale,
            reduction.components,
            reduction.explained_variance,
            reduction.explained_variance_ratio,
        ),
    )


@overload
def train(
    features: Any,
    *,
    labels: Any = None,
    test: Any = None,
    holdout: float | None = None,
    groups: Any = None,
    backbone: str | None = None,
    size: int | None = None,
    precision: Literal["f32", "bf16"] | None = None,
    fit: Literal["squash", "crop", "pad"] | None = None,
    crops: str | Sequence[str] | None = None,
    batch: int | None = None,
    out: None = None,
    progress: ProgressArgument = None,
    **options: Unpack[TrainOptions],
) -> Bundle: ...
@overload
def train(
    features: Place,
    *,
    out: Place,
    progress: ProgressArgument = None,
    **options: Unpack[TrainOptions],
) -> Output: ...
@takes(TrainOptions)
def train(
    features: Any,
    *,
    labels: Any = None,
    test: Any = None,
    holdout: float | None = None,
    groups: Any = None,
    backbone: str | None = None,
    size: int | None = None,
    precision: Literal["f32", "bf16"] | None = None,
    fit: Literal["squash", "crop", "pad"] | None = None,
    crops: str | Sequence[str] | None = None,
    batch: int | None = None,
    out: Place | None = None,
    progress: ProgressArgument = None,
    **options: Unpack[TrainOptions],
) -> Bundle | Output:
    r"""Table of features in, bundle for predictions and its metrics out.

    Args:
        features: A `FeatureTable`; anything with `__arrow_c_stream__` that has a column `features`
            of float32, and may have `path`, `label` and `split`; or a float32 array of shape (rows,
            width). A C-contiguous array is not copied. An output folder of `extract` or `run` is
            read by the command, with `out` or without.
        labels: A text for each row; None: the column `label`.
        test: True for each row of the test; None: as the column `split` says, else `holdout`.
        holdout: Share of the rows kept for the test, 0 to 1, whatever the column `split` says; None:
            as that column says, and 0.2 without one.
        groups: The name of a group for each row: a group stays on one side. Instead of `group`.
        backbone: The network that made the features, where `features` do not know it: it goes into
            the bundle, to which photographs will be given. None: the default of `extract`. Likewise
            the five options that follow. A `FeatureTable`, an output folder, Arrow tables made of
            these and `FeatureTable.to_pandas()` know all of them, what these become in polars or
            DuckDB none: there is a `PomonaWarning` where all are left out.
        size: Side of the network's input, in pixels; None: the backbone's own.
        precision: `"f32"` or `"bf16"`; None: `"f32"`.
        fit: How photographs became square; None: `"squash"`.
        crops: Parts of each photograph that the network saw; None: `"whole"`.
        batch: Photographs in one call of the network; None: what is fastest at this size.
        out: Folder, or s3://bucket/prefix, for the results; None: they stay in memory.
        progress: None shows a bar of tqdm on a terminal and in a notebook, True anywhere, False
            none; a function gets each `ProgressEvent`.
        {options}

    Returns:
        The bundle; `bundle.training` has all that was measured. With one label it holds no
        classifier, and there is a `PomonaWarning`. With `out`, the output folder.

    Raises:
        InvalidInputError: An option makes no sense, there are no labels, features are not finite or
            not as wide as those of the backbone.
        NotFoundError: The backbone is not installed.
        KeyboardInterrupt: Ctrl-C was pressed.

    Example:
        >>> table = pomona.extract("sample/fruits", size=128, group=r"^(r\d*_)?")
        >>> bundle = pomona.train(table)
        >>> bundle.training.confusion["truth"][:2]
        ['Apple Braeburn', 'Apple Crimson Snow']
    """
    of_rows = {
        "labels": labels,
        "test": test,
        "holdout": holdout,
        "groups": groups,
        "backbone": backbone,
        "size": size,
        "precision": precision,
        "fit": fit,
        "crops": crops,
        "batch": batch,
    }
    if out is not None:
        refuse(of_rows, of_rows, _IN_MEMORY)
        return verbs._train(_place_of(features), out, progress=progress, **options)
    if isinstance(features, (str, os.PathLike)):
        refuse(of_rows, of_rows, _IN_MEMORY)
        return _trained_by_command(features, {**options}, progress)
    refuse({**options}, {*FOR_FOLDERS, "classes"}, _WITHOUT_OUT)
    rows = rows_of(features, labels=labels, test=test, groups=groups)
    if rows.labels is None:
        raise_error(
            "invalid_input",
            "training: the features have no labels; give a text for each row (`labels`), or a table "
            "with a column `label`",
        )
    made_by = _made_by(rows, of_rows, {**options})
    chain = _chain_options(rows, of_rows, {**options})
    bundle = _trained(rows, made_by, chain, {**options}, progress)
    if rows.origin is None and all(of_rows[name] is None for name in _OF_PHOTOGRAPHS):
        warn(
            "training: the features do not say what made them; the bundle will compute those of "
            f"photographs with {settings_of(bundle)}; where they were made otherwise its answers are "
            f"wrong: name what made them ({', '.join(_OF_PHOTOGRAPHS)}), or give the FeatureTable of "
            "extract or the output folder itself"
        )
    return bundle


def _trained(
    rows: FeatureRows,
    made_by: _core.ExtractOptions,
    chain: _core.TrainChainOptions,
    options: dict[str, Any],
    progress: ProgressArgument,
) -> Bundle:
    distance = options.get("near_duplicates") or 0.0
    if not hasattr(distance, "__float__"):
        raise_error("invalid_input", f"near_duplicates: no such value: {distance!r}")
    with stages(progress) as watch:
        native, metrics, plot, (labels, counts), notes = _core.train_features(
            rows.native(crops=len(made_by.crops)), made_by, chain, distance, watch
        )
    for sentence in notes:
        warn(sentence)
    result = TrainingResult(
        json.loads(metrics), confusion_table(labels, counts), tsne_table(json.loads(plot))
    )
    return Bundle._in_memory(native, options.get("models"), result)


def _trained_by_command(
    features: Place, options: dict[str, Any], progress: ProgressArgument
) -> Bundle:
    import numpy as np

    with tempfile.TemporaryDirectory(prefix="pomona-") as folder:
        output = verbs._train(features, Path(folder) / "out", progress=progress, **options)
        opened = Bundle(output.path, models=options.get("models"))
        plot = json.loads((Path(output.path) / "tsne.json").read_text("utf-8"))
        table = Path(output.path) / "confusion.csv"
        confusion = None
        if table.is_file():
            with table.open(encoding="utf-8", newline="") as file:
                (_, *labels), *lines = csv.reader(file)
            confusion = confusion_table(labels, np.array([line[1:] for line in lines], np.int64))
        result = TrainingResult(output.metrics, confusion, tsne_table(plot))
        return Bundle._in_memory(opened._native, opened._models, result)


def _made_by(
    rows: FeatureRows, of_rows: dict[str, Any], options: dict[str, Any]
) -> _core.ExtractOptions:
    """What made the features: as they know themselves, or as the caller says."""
    names = ("backbone", "size", "precision", "fit", "crops", "batch")
    origin = rows.origin
    if origin is not None:
        rows.refuse_other_origin({name: of_rows[name] for name in names})
        given: dict[str, Any] = {name: getattr(origin, name) for name in names}
    else:
        given = {name: of_rows[name] for name in names}
        given["backbone"] = given["backbone"] or DEFAULT_BACKBONE
        given["precision"] = given["precision"] or "f32"
        given["fit"] = given["fit"] or "squash"
    crops = names_of(given.pop("crops") or ["whole"])
    of_caller: dict[str, Any] = {name: options.get(name) for name in ("models", "workers")}
    return extract_options(**given, crops=crops, **of_caller)


def _chain_options(
    rows: FeatureRows, of_rows: dict[str, Any], options: dict[str, Any]
) -> _core.TrainChainOptions:
    chain = _core.TrainChainOptions()
    chain.reduce = _reduce_options(options)
    split = rows.origin.split if rows.origin else None
    if of_rows["holdout"] is not None:
        if of_rows["test"] is not None:
            raise_error("invalid_input", "holdout: no effect with `test`; leave one of them out")
        rows.splits = None
    if rows.splits is not None:
        chain.split_kind = "test_set" if "test" in rows.splits else "none"
        is_divided = chain.split_kind != "none"
        if split is not None and of_rows["test"] is None and is_divided == (split.kind != "none"):
            chain.split_kind = split.kind
    if split is not None:
        chain.split.holdout = split.holdout
        chain.split.seed = split.seed
        if rows.groups is None:
            chain.split.group = split.group
    set_options(
        chain.split, {**options, "holdout": of_rows["holdout"]}, ("holdout", "group", "seed")
    )
    if rows.origin is not None:
        chain.sources = list(rows.origin.sources)
    chain.train = _train_options(options, chain.split.seed)
    return chain


def _train_options(options: dict[str, Any], seed: int) -> _core.TrainOptions:
    train = _core.TrainOptions()
    train.seed = seed
    set_options(train, options, ("classifier", "c", "folds", "reject_rate", "workers"))
    for name in ("studio", "adapt"):
        if options.get(name) is not None:
            set_options(train, {name: names_of(options[name])}, (name,))
    for name, put in (
        ("catalogue", train.set_catalogue),
        ("backbone_classes", train.set_backbone_classes),
    ):
        if options.get(name) is not None:
            put(text_of(options[name]))
    return train


def _reduce_options(options: dict[str, Any]) -> _core.ReduceOptions:
    reduce_options = _core.ReduceOptions()
    components = options.get("components")
    if components is not None:
        # 1.0 may be meant as a count or as the whole variance: the core refuses it.
        whole = hasattr(components, "__index__") and type(components) is not bool
        try:
            reduce_options.set_components(
                operator.index(components) if whole else real_number("components", components)
            )
        except (InvalidInputError, TypeError):
            raise_error(
                "invalid_input",
                "components: expected a number such as 200, or a share of the variance such as 0.95, "
                f"found {components!r}",
            )
    set_options(reduce_options, options, ("scale",))
    return reduce_options


def _workers(options: dict[str, Any]) -> int:
    train = _core.TrainOptions()
    set_options(train, options, ("workers",))
    return train.workers


def _place_of(features: Any) -> Any:
    if not isinstance(features, (str, os.PathLike)):
        raise_error(
            "invalid_input",
            "out: expected the output folder of extract or run as features, found "
            f"{type(features).__name__}; leave `out` out, and save the bundle with bundle.save",
        )
    return features


def _refuse_place(features: Any) -> None:
    if isinstance(features, (str, os.PathLike)):
        raise_error(
            "invalid_input",
            f"reducing '{os.fsdecode(features)}': features in a folder are reduced into a folder; name "
            "it (`out`), or, where each photograph has one crop, read them first: "
            "pomona.Output(FOLDER).features()",
        )
