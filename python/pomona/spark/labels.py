# SPDX-License-Identifier: Apache-2.0
"""Labels of photographs by their folders, and their division into training and test, as `pomona scan`."""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pomona.errors import raise_error, warn
from pomona.spark._columns import field_of, find_field, quoted, refuse_columns
from pomona.spark._feature_columns import feature_column
from pomona.spark._stages import column_udf

if TYPE_CHECKING:
    from pomona import _core

_TEST_PATH = "_pomona_test_path"
_DIGIT = 1 << 20  # float32 holds every smaller integer


def withLabel(
    dataset: Any,
    *,
    pathCol: str = "path",
    labelCol: str = "label",
    root: str | None = None,
    classes: str | os.PathLike[str] | None = None,
    sources: Sequence[str] = (),
) -> Any:
    """Adds the label of each photograph: the name of its folder, or what a class map makes of it.

    Args:
        dataset: A DataFrame with a column of paths, such as that of `binaryFile`.
        pathCol: The column of paths.
        labelCol: The column to add. Labels are in NFC.
        root: Folder below which a photograph has a label; one that lies in it directly has the label "".
            None: there is no such folder, so every photograph has one.
        classes: File of a class map on this machine: CSV with the columns `source`, `class`, `label`.
            Photographs of a class without a label are left out.
        sources: Names of the folders in `root` that a class map calls sources.

    Raises:
        InvalidInputError: There is no such column, or the class map is not one. A job that reads the
            labels fails where the class map does not know a class.

    Example:
        >>> photographs = spark.read.format("binaryFile").load("sample/fruits/*/*.jpg")
        >>> labelled = withLabel(photographs)
    """
    from pyspark.sql.functions import col

    stage = "adding labels"
    _check_text(dataset, pathCol, stage)
    refuse_columns(dataset, [labelCol], stage)
    if sources and root is None:
        raise_error("invalid_input", "sources: expected root as well, the folder that they lie in")
    text, what = None, ""
    if classes is not None:
        what = os.fsdecode(classes)
        text = _text_of_class_map(what)
        _rule(text, what, tuple(sources))  # whether it is one
    names = tuple(sources)
    above = None if root is None else _as_key(root).rstrip("/") + "/"

    arguments = (text, what, names, above, pathCol)
    function = column_udf("string", __name__, labels_of_paths.__name__, *arguments)
    labelled = dataset.withColumn(labelCol, function(col(quoted(pathCol))))
    return labelled if classes is None else labelled.where(col(quoted(labelCol)).isNotNull())


def withSplit(
    dataset: Any,
    *,
    holdout: float = 0.2,
    group: str = "",
    seed: int = 0,
    root: str | None = None,
    pathCol: str = "path",
    labelCol: str = "label",
    splitCol: str = "split",
    copyCol: str | None = None,
) -> Any:
    r"""Adds "train" or "test" to each photograph, as `pomona scan` divides the same ones.

    One job lists the photographs, and the driver divides them: about 300 bytes of its memory for each.

    Args:
        dataset: A DataFrame with paths and labels.
        holdout: Share of the photographs that is kept for the test, 0 to 1.
        group: Regular expression on file names; what it captures, together with the folder, names a group
            that stays on one side, such as `r"^(r\d*_)?"`. Empty: there are no groups.
        seed: Another one chooses others.
        root: The folder that `pomona scan` is given: a choice without groups depends on paths below it.
            None: relative paths are taken as they are; of others, the deepest folder that all lie in.
        pathCol: The column of paths, a different one for each photograph.
        labelCol: The column of labels.
        splitCol: The column to add.
        copyCol: Photographs that are equal in this column are copies, which stay on one side: bytes or
            features. None: `content`, where there is such a column.

    Raises:
        InvalidInputError: A column is missing, a path or label is null, or an option makes no sense.

    Example:
        >>> divided = withSplit(labelled, group=r"^(r\d*_)?")
    """
    from pyspark.sql.functions import broadcast, col, lit, when

    stage = "dividing photographs"
    for name in (pathCol, labelCol):
        _check_text(dataset, name, stage)
    refuse_columns(dataset, [splitCol], stage)
    rows = _distinct_rows(dataset, stage, (pathCol, labelCol), copyCol)
    test = _test_paths(rows, holdout=holdout, group=group, seed=seed, root=root)
    if not test:
        return dataset.select("*", lit("train").alias(splitCol))
    chosen = dataset.sparkSession.createDataFrame(
        [(path,) for path in test], f"{_TEST_PATH} string"
    )
    joined = dataset.join(broadcast(chosen), col(quoted(pathCol)) == col(_TEST_PATH), "left")
    side = when(col(_TEST_PATH).isNull(), lit("train")).otherwise(lit("test"))
    return joined.select("*", side.alias(splitCol)).drop(_TEST_PATH)


def labels_of_paths(
    paths: Any,
    classes: str | None,
    what: str,
    sources: tuple[str, ...],
    above: str | None,
    column: str,
) -> Any:
    """Labels of paths; None where the class is dropped. Runs in the workers."""
    import pyarrow as pa

    keys = [_key(path, above, column) for path in paths.to_pylist()]
    return pa.array(_rule(classes, what, sources).labels(keys), pa.string())


def _check_text(dataset: Any, name: str, stage: str) -> None:
    kind = field_of(dataset, name, stage).dataType.simpleString()
    if kind != "string":
        raise_error("invalid_input", f"{stage}: the column {name!r}: expected string, found {kind}")


def _distinct_rows(
    dataset: Any, stage: str, names: tuple[str, str], copies: str | None
) -> list[Any]:
    from pyspark.sql.functions import col

    columns = [col(quoted(name)).alias(alias) for name, alias in zip(names, ("path", "label"))]
    if copies is None and find_field(dataset, "content", stage) is not None:
        copies = "content"
    if copies is not None:
        columns.append(_digest(dataset, copies, stage))
    rows: list[Any] = dataset.select(*columns).distinct().collect()
    for row in rows:
        for name, value in zip(names, (row["path"], row["label"])):
            if value is None:
                raise_error(
                    "invalid_input",
                    f"{stage}: the column {name!r}: expected a text in every row, found null",
                )
    return rows


def _digest(dataset: Any, name: str, stage: str) -> Any:
    from pyspark.sql.functions import col, sha2

    if field_of(dataset, name, stage).dataType.simpleString() == "binary":
        return sha2(col(quoted(name)), 256)
    return sha2(feature_column(dataset, name, stage).as_array().cast("string"), 256)


def _test_paths(
    rows: list[Any], *, holdout: float, group: str, seed: int, root: str | None
) -> list[str]:
    """Paths of the photographs that are for the test."""
    import numpy as np

    from pomona import _core
    from pomona._in_memory import set_options

    split = _core.SplitOptions()
    set_options(
        split, {"holdout": holdout, "group": group, "seed": seed}, ("holdout", "group", "seed")
    )
    labelled = sorted((row for row in rows if row["label"]), key=lambda row: row["path"].encode())
    if not labelled:
        return []
    keys = _keys_below([row["path"] for row in labelled], root)
    numbers: dict[str, int] = {}
    values = np.empty((len(labelled), 2), np.float32)
    has_digest = len(labelled[0]) > len(("path", "label"))
    for at, row in enumerate(labelled):
        number = numbers.setdefault(row[-1] if has_digest else row["path"], len(numbers))
        values[at] = divmod(number, _DIGIT)
    native = _core.MemoryRows(values)  # equal features are what the core takes for copies
    native.paths, native.labels = keys, [row["label"] for row in labelled]
    sides, notes = _core.hold_out(native, split)
    for sentence in notes:
        warn(sentence)
    return [row["path"] for row, is_test in zip(labelled, sides) if is_test]


def _keys_below(paths: list[str], root: str | None) -> list[str]:
    keys = [_as_key(path) for path in paths]
    if root is not None:
        above = _as_key(root).rstrip("/") + "/"
    elif all(_is_relative(key) for key in keys):
        return keys
    else:
        folder = posixpath.commonprefix([posixpath.dirname(key) + "/" for key in keys])
        above = folder[: folder.rfind("/") + 1]
    return [_below(key, above) for key in keys]


def _as_key(path: str) -> str:
    """Spellings of one place become the same: file:/a, file:///a and /a; s3a://b and s3://b."""
    path = re.sub(r"^file:/+", "/", path)
    return re.sub(r"^s3[an]://", "s3://", path)


def _is_relative(key: str) -> bool:
    return not key.startswith("/") and "://" not in key


def _key(path: str | None, above: str | None, column: str) -> str:
    if path is None:
        raise_error(
            "invalid_input",
            f"adding labels by the column {column!r}: expected a path in every row, found null",
        )
    return _as_key(path) if above is None else _below(_as_key(path), above)


def _below(key: str, above: str) -> str:
    if not key.startswith(above):
        raise_error(
            "invalid_input",
            f"root: expected a folder that every photograph lies below, found '{above.rstrip('/')}' and "
            f"the photograph '{key}'",
        )
    return key[len(above) :]


def _text_of_class_map(place: str) -> str:
    try:
        return Path(place).read_text(encoding="utf-8")
    except FileNotFoundError:
        raise_error("not_found", f"classes: there is no file '{place}'")
    except UnicodeDecodeError:
        raise_error("invalid_input", f"reading classes {place}: expected UTF-8, found other bytes")


@lru_cache(maxsize=4)
def _rule(classes: str | None, what: str, sources: tuple[str, ...]) -> _core.LabelRule:
    from pomona import _core

    return _core.LabelRule(classes, what, list(sources))
