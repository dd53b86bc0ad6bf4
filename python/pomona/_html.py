# SPDX-License-Identifier: Apache-2.0
"""Small pieces of HTML for notebooks. Names are foreign, so that all text is escaped."""

import html
from collections.abc import Iterable, Sequence


def escaped(value: object) -> str:
    return html.escape(str(value))


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    head = "".join(f"<th>{escaped(one)}</th>" for one in header)
    body = "".join(
        "<tr>" + "".join(f"<td>{escaped(one)}</td>" for one in row) + "</tr>" for row in rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
