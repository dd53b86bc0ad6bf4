# SPDX-License-Identifier: Apache-2.0
"""Columns of a DataFrame: how they are found by name, what type they have, what is added to them.

Names are compared as the session compares them: without case, unless `spark.sql.caseSensitive` is on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from pomona.errors import raise_error

if TYPE_CHECKING:
    from pyspark.sql.types import DataType, StructField, StructType


def quoted(column: str) -> str:
    """The name of a column, as SQL reads it, dots and all."""
    return "`" + column.replace("`", "``") + "`"


def find_field(dataset: Any, name: str, stage: str) -> StructField | None:
    """The field of the column that Spark finds by this name; None: there is none.

    Raises:
        InvalidInputError: There are several.
    """
    key = _key_of(dataset)
    found = [field for field in dataset.schema.fields if key(field.name) == key(name)]
    if len(found) > 1:
        raise_error(
            "invalid_input",
            f"{stage}: expected one column {name!r}, found {_listed(field.name for field in found)}; "
            "rename one, or drop it",
        )
    return found[0] if found else None


def field_of(dataset: Any, name: str, stage: str) -> StructField:
    """The field of the column that Spark finds by this name.

    Raises:
        InvalidInputError: There is none, or there are several.
    """
    found = find_field(dataset, name, stage)
    if found is None:
        raise_error(
            "invalid_input",
            f"{stage}: expected a column {name!r}, found the columns {_listed(dataset.columns)}",
        )
    return found


def refuse_columns(
    dataset: Any, names: Iterable[str], stage: str, beside: list[str] | None = None
) -> None:
    """Refuses output columns of which Spark would find another by the same name.

    Args:
        dataset: The DataFrame.
        names: Of the outputs.
        stage: Begins the message.
        beside: Columns that stay; None: all.

    Raises:
        InvalidInputError: Such a column is there, or two outputs have one name.
    """
    key = _key_of(dataset)
    there = {key(name) for name in (dataset.columns if beside is None else beside)}
    for name in names:
        if not name:
            raise_error("invalid_input", f"{stage}: an output column has no name; give it one")
        if key(name) in there:
            raise_error(
                "invalid_input",
                f"{stage}: the output column {name!r} exists already; name another, or drop it first",
            )
        there.add(key(name))


def with_columns(
    dataset: Any, beside: list[str], outputs: dict[str, DataType], stage: str
) -> StructType:
    """The columns beside, and the outputs after them.

    Raises:
        InvalidInputError: An output would have the name of another column.
    """
    from pyspark.sql.types import StructType

    refuse_columns(dataset, outputs, stage, beside)
    schema = dataset.schema
    made = StructType([schema[name] for name in beside])
    for name, kind in outputs.items():
        made = made.add(name, kind)
    return made


def _key_of(dataset: Any) -> Callable[[str], str]:
    """What is equal for two names of one column."""
    setting = dataset.sparkSession.conf.get("spark.sql.caseSensitive")
    return str if str(setting).lower() == "true" else str.lower


def _listed(names: Iterable[str]) -> str:
    return ", ".join(map(repr, names)) or "none"
