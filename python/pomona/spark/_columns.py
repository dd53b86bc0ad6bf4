# SPDX-License-Identifier: Apache-2.0
"""Columns of a DataFrame: how they are named, what type they have, what is added to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pomona.errors import raise_error

if TYPE_CHECKING:
    from pyspark.sql.types import DataType, StructType


def quoted(column: str) -> str:
    """The name of a column, as SQL reads it, dots and all."""
    return "`" + column.replace("`", "``") + "`"


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
