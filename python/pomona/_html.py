# SPDX-License-Identifier: Apache-2.0
"""Small pieces of HTML for notebooks. Names are foreign, so that all text is escaped."""

import html
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

CELL = "text-align:left;vertical-align:middle;padding:2px 10px"


def escaped(value: object) -> str:
    return html.escape(str(value))


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table of text."""
    return table_of_html(header, ([escaped(one) for one in row] for row in rows))


def table_of_html(header: Iterable[str], rows: Iterable[Sequence[str]]) -> str:
    """A table whose cells are HTML: their text is escaped already."""
    head = "".join(f'<th style="{CELL}">{escaped(one)}</th>' for one in header)
    body = "".join(
        "<tr>" + "".join(f'<td style="{CELL}">{one}</td>' for one in row) + "</tr>" for row in rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def percent(share: float) -> str:
    """`0.5` is `"50.0 %"`."""
    return f"{100 * share:.1f} %"


def accuracy_interval(metrics: Mapping[str, Any]) -> str:
    """The ends of an accuracy's interval, in percent; empty where there is none."""
    interval = metrics.get("accuracy_interval")
    return f"{100 * interval[0]:.1f}–{100 * interval[1]:.1f}" if interval else ""
