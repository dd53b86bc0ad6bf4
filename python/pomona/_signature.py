# SPDX-License-Identifier: Apache-2.0
"""Gives functions that take `**options: Unpack[SomeOptions]` the signature and the text of these.

Type checkers and editors read the `TypedDict`; `help()` and notebooks read what this adds.
"""

import difflib
import functools
import inspect
from collections.abc import Callable
from typing import Any, TypeVar

from pomona.options import GROUPS

_Function = TypeVar("_Function", bound=Callable[..., Any])


def takes(options: type) -> Callable[[_Function], _Function]:
    """Decorates a verb that takes these options, whose names it then checks in each call.

    In its docstring, the line `{options}` is replaced by what the options say of themselves.
    """
    names = list(options.__annotations__)

    def decorate(function: _Function) -> _Function:
        @functools.wraps(function)
        def checked(*arguments: Any, **keywords: Any) -> Any:
            for name in keywords:
                if name not in signature.parameters:
                    raise TypeError(_unexpected(function.__name__, name, names))
            return function(*arguments, **keywords)

        own = inspect.signature(function)
        parameters = [one for one in own.parameters.values() if one.kind is not one.VAR_KEYWORD]
        parameters += [
            inspect.Parameter(
                name,
                inspect.Parameter.KEYWORD_ONLY,
                default=None,
                annotation=options.__annotations__[name].__forward_arg__,
            )
            for name in names
        ]
        signature = own.replace(parameters=parameters)
        checked.__signature__ = signature  # type: ignore[attr-defined]
        if function.__doc__ is not None:  # python -OO has none
            texts = _texts_of(options)
            lines = "\n".join(f"    {name}: {texts[name]}" for name in names)
            # Without its indentation, which Python 3.13 has removed already.
            checked.__doc__ = inspect.cleandoc(function.__doc__).replace("    {options}", lines)
        return checked  # type: ignore[return-value]

    return decorate


def _unexpected(function: str, name: str, names: list[str]) -> str:
    near = difflib.get_close_matches(name, names, n=1)
    hint = f". Did you mean '{near[0]}'?" if near else ""
    return f"{function}() got an unexpected keyword argument '{name}'{hint}"


def _texts_of(options: type) -> dict[str, str]:
    """What the docstrings of the options and of the groups within them say, by name."""
    texts: dict[str, str] = {}
    names = options.__annotations__.keys()
    for group in (*GROUPS, options):
        if group.__annotations__.keys() <= names:
            texts |= _args_of(inspect.getdoc(group) or "")
    return texts


def _args_of(document: str) -> dict[str, str]:
    texts: dict[str, str] = {}
    _, _, lines = document.partition("Args:\n")
    name = ""
    for line in lines.splitlines():
        if line.startswith("    ") and not line.startswith("     "):
            name, _, texts[name] = line.strip().partition(": ")
        elif line.strip() and name:
            texts[name] += f"\n        {line.strip()}"
    return texts
