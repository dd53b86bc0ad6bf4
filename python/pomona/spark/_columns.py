# SPDX-License-Identifier: Apache-2.0
"""Columns of a DataFrame: where photographs are, what stays beside them, what is added."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pomona.errors import raise_error
from pomona.spark._content import chunks_of

if TYPE_CHECKING:
    from pyspark.sql import DataFrame
    from pyspark.sql.types import DataType, StructType


@dataclass(frozen=True)
class PhotographSource:
    """Photographs on their way to the workers.

    Attributes:
        rows: What the workers get.
        place: The column of places, which is among `beside`; None: `rows` are chunks.
        beside: The columns that stay.
        name: The column of `beside` that names a photograph in messages; None: there is none.
    """

    rows: DataFrame
    place: str | None
    beside: list[str]
    name: str | None


def photograph_source(df: DataFrame, column: str) -> PhotographSource:
    """Photographs of a column of encoded bytes, which does not stay, or of text, which does.

    Raises:
        InvalidInputError: There is no such column, or one of another type.
    """
    if not _is_content(df.schema, column):
        return PhotographSource(df, column, df.columns, column)
    beside = [name for name in df.columns if name != column]
    name = "path" if "path" in beside else None
    return PhotographSource(chunks_of(df, column, beside), None, beside, name)


def column_type(schema: StructType, column: str) -> DataType:
    """The type of a column.

    Raises:
        InvalidInputError: There is none of this name.
    """
    types = {field.name: field.dataType for field in schema.fields}
    if column not in types:
        names = ", ".join(f"'{name}'" for name in types) or "none"
        raise_error(
            "invalid_input",
            f"reading the column '{column}': it is not there; the columns are {names}",
        )
    return types[column]


def _is_content(schema: StructType, column: str) -> bool:
    """Has the column bytes, or else places?"""
    from pyspark.sql.types import BinaryType, StringType

    found = column_type(schema, column)
    if not isinstance(found, (BinaryType, StringType)):
        raise_error(
            "invalid_input",
            f"reading photographs from the column '{column}': expected binary (encoded photographs) "
            f"or string (paths), found {found.simpleString()}",
        )
    return isinstance(found, BinaryType)


def with_columns(schema: StructType, beside: list[str], outputs: dict[str, DataType]) -> StructType:
    """The columns beside, and the outputs after them.

    Raises:
        InvalidInputError: An output would have the name of another column.
    """
    from pyspark.sql.types import StructType

    made = StructType([schema[name] for name in beside])
    for name, kind in outputs.items():
        if name in made.fieldNames():
            raise_error(
                "invalid_input",
                f"writing the column '{name}': there is one of this name already; choose another",
            )
        made = made.add(name, kind)
    return made
