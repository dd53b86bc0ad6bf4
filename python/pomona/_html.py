# SPDX-License-Identifier: Apache-2.0
"""Small pieces of HTML for notebooks. Names are foreign, so that all text is escaped."""

import html
from collections.abc import Iterable, Sequence

CELL = "text-align:left;vertical-align:middle;padding:2px 10px"


def escaped(value: object) -> str:
    return html.escape(str(value))


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    head = "".join(f'<th style="{CELL}">{escaped(one)}</th>' for one in header)
    body = "".join(
        "<tr>" + "".join(f'<td style="{CELL}">{escaped(one)}</td>' for one in row) + "</tr>"
        for row in rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
