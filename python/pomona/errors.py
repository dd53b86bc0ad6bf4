# SPDX-License-Identifier: Apache-2.0
"""placeholder: taken from branch verbs at the merge."""


class PomonaError(Exception):
    pass


def raise_error(kind: str, message: str) -> None:
    raise PomonaError(f"{kind}: {message}")
