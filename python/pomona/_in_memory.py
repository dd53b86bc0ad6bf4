# SPDX-License-Identifier: Apache-2.0
"""What verbs share that work in memory, or through the command where an output folder is named."""

from __future__ import annotations

import operator
import os
import reprlib
from collections.abc import Iterable, Mapping
from typing import Any, Final, NoReturn

from pomona.errors import raise_error
from pomona.options import OutputOptions, StoreOptions

FOR_FOLDERS = frozenset({*OutputOptions.__annotations__, *StoreOptions.__annotations__})
"""Options about output folders and buckets."""


def refuse(options: Mapping[str, Any], names: Iterable[str], why: str) -> None:
    """Refuses options of these names that are given.

    Raises:
        InvalidInputError: One is given. The message ends with `why`.
    """
    given = [name for name in names if options.get(name) is not None]
    if given:
        raise_error("invalid_input", f"{', '.join(sorted(given))}: {why}")


def set_options(target: Any, options: Mapping[str, Any], names: Iterable[str]) -> None:
    """Sets the fields of an options struct of the core that are given.

    Raises:
        InvalidInputError: A value has another type than the field, or is out of its range.
    """
    for name in names:
        value = options.get(name)
        if value is None:
            continue
        expected = _EXPECTED.get(type(getattr(target, name)), "another value")
        try:
            setattr(target, name, _converted(name, value, type(getattr(target, name))))
        except TypeError:
            _refuse_value(name, f"{expected} in range", value)


def whole_number(name: str, value: Any) -> int:
    """An integer of Python or NumPy.

    Raises:
        InvalidInputError: The value is not an integer.
    """
    number: int = _converted(name, value, int)
    return number


def real_number(name: str, value: Any) -> float:
    """A number of Python or NumPy.

    Raises:
        InvalidInputError: The value is not a number.
    """
    number: float = _converted(name, value, float)
    return number


def names_of(value: Any, name: str = "crops") -> list[str]:
    """`"a,b"` and `["a", "b"]` are the same.

    Raises:
        InvalidInputError: It is neither.
    """
    if isinstance(value, str):
        return value.split(",")
    try:
        names = list(value)
    except TypeError:
        _refuse_value(name, "a text or a list of texts", value)
    if not all(isinstance(one, str) for one in names):
        _refuse_value(name, "a text or a list of texts", value)
    return names


_EXPECTED: Final[dict[type, str]] = {
    bool: "True or False",
    float: "a number",
    int: "a whole number",
    str: "a text",
}


def _converted(name: str, value: Any, kind: type) -> Any:
    """The value as this type, which the core takes; what it is not is refused."""
    is_truth = type(value).__name__ in ("bool", "bool_")  # NumPy's too
    if kind is bool and is_truth:
        return bool(value)
    if kind is int and not is_truth and hasattr(value, "__index__"):
        return operator.index(value)
    if kind is float and not is_truth and hasattr(value, "__float__"):
        return float(value)
    if kind in (bool, int, float) or (kind is str and not isinstance(value, str)):
        _refuse_value(name, _EXPECTED[kind], value)
    return value


def _refuse_value(name: str, expected: str, value: Any) -> NoReturn:
    found = f"{type(value).__name__} {reprlib.repr(value)}"
    raise_error("invalid_input", f"{name}: expected {expected}, found {found}")


def is_remote(place: object) -> bool:
    """Is it a place in a bucket?"""
    return isinstance(place, (str, os.PathLike)) and "://" in os.fsdecode(place)


def store_options(options: Mapping[str, Any]) -> dict[str, Any]:
    """Those that say how buckets are reached."""
    return split_store_options(options)[0]


def split_store_options(options: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Those that say how buckets are reached, and all others."""
    stores = {name: options[name] for name in options if name in StoreOptions.__annotations__}
    return stores, {name: options[name] for name in options if name not in stores}
