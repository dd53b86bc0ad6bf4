# SPDX-License-Identifier: Apache-2.0
"""Tables as HTML for notebooks. All text is escaped; colours work on light and dark pages.

The page contains what the caller passed in and what was computed from it: no metadata of a
photograph, and no path that the caller did not give.
"""

from __future__ import annotations

import base64
from collections import Counter
from html import escape
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from pomona._html import table_of_html

if TYPE_CHECKING:
    import numpy as np

    from pomona.tables import FeatureTable, Picture, Predictions, Table

MOST_ROWS = 20
MOST_LABELS = 10
FIRST_ROWS = 5  # of features, which say little to the eye
MOST_NUMBERS = 3
MOST_CHARACTERS = 80
THUMBNAIL_SIDE = 72
# Text keeps the page's own colour; greens and greys are see-through, so that both pages shine through.
BAR = "background:rgba(104,159,56,.45);border-radius:2px"


def _shortened(text: str) -> str:
    return text if len(text) <= MOST_CHARACTERS else text[: MOST_CHARACTERS - 1] + "…"


def _number(value: float) -> str:
    return f"{value:.4g}"


def cell_text(value: Any) -> str:
    """A value of a column as short text, not yet escaped."""
    if value is None:
        return "–"
    if isinstance(value, str):
        return _shortened(value)
    if isinstance(value, bytes):
        return f"{len(value):,} bytes"
    if isinstance(value, list):
        return ", ".join(f"{label} {probability:.1%}" for label, probability in value)
    if getattr(value, "ndim", 0) == 1:
        shown = ", ".join(_number(number) for number in value[:MOST_NUMBERS])
        return f"[{shown}, … {len(value):,}]" if len(value) > MOST_NUMBERS else f"[{shown}]"
    return _number(value) if isinstance(value, float) else str(value)


def _more(count: int, shown: int) -> str:
    return f"<p>… {count - shown:,} more</p>" if count > shown else ""


def rows_html(table: Table, most: int = MOST_ROWS) -> str:
    """The first rows of any table."""
    columns = table.head(most)
    rows = (
        [escape(cell_text(value)) for value in row] for row in zip(*columns.values(), strict=True)
    )
    title = f"<p>{escape(type(table).__name__)}: {len(table):,} rows</p>"
    return f"<div>{title}{table_of_html(columns, rows)}{_more(len(table), most)}</div>"


def _bar(share: float, text: str) -> str:
    width = max(0.0, min(1.0, share)) * 100
    return (
        f'<div style="position:relative;min-width:180px;padding:1px 4px">'
        f'<div style="position:absolute;left:0;top:0;bottom:0;width:{width:.1f}%;{BAR}"></div>'
        f'<span style="position:relative">{escape(text)}</span></div>'
    )


def features_html(table: FeatureTable) -> str:
    """The first rows, what computed them, and how many rows there are of each label."""
    counts = Counter(table["label"]).most_common()
    largest = counts[0][1] if counts else 1
    bars = (
        [escape(cell_text(label)), _bar(count / largest, f"{count:,}")]
        for label, count in counts[:MOST_LABELS]
    )
    facts = (
        f"{table.backbone}, {table.size} px, {table.precision}, crops {', '.join(table.crops)}; "
        f"{len(table.failures):,} could not be read"
    )
    return (
        f"<div>{rows_html(table, FIRST_ROWS)}<p>{escape(facts)}</p>"
        f"{table_of_html(('label', 'photographs'), bars)}{_more(len(counts), MOST_LABELS)}</div>"
    )


def thumbnail_html(picture: Picture) -> str:
    """A small JPEG without metadata, or nothing: for None, for what is no picture, without Pillow."""
    if picture is None:
        return ""
    try:
        from PIL import Image, ImageOps
    except ImportError:
        return ""
    side = (THUMBNAIL_SIDE, THUMBNAIL_SIDE)
    # Pillow raises nearly anything for a damaged file, and a page without a thumbnail is still one.
    try:
        if hasattr(picture, "__array_interface__"):
            small = Image.fromarray(cast("np.ndarray[Any, Any]", picture))
        else:
            path = Path(cast("str", picture))
            if not path.is_file():  # opening a pipe would wait
                return ""
            with Image.open(path) as opened:
                opened.draft("RGB", side)
                small = ImageOps.exif_transpose(opened)
        small.thumbnail(side)
        pixels = small.convert("RGB")
        bare = Image.frombytes("RGB", pixels.size, pixels.tobytes())
    except Exception:
        return ""
    jpeg = BytesIO()
    bare.save(jpeg, "JPEG", quality=80)
    encoded = base64.b64encode(jpeg.getvalue()).decode("ascii")
    return f'<img alt="" src="data:image/jpeg;base64,{encoded}">'


def _answer_html(row: dict[str, Any]) -> str:
    if row["failure"] is not None:
        return escape(f"not read: {_shortened(row['failure'])}")
    bars = "".join(_bar(share, f"{label} {share:.1%}") for label, share in row["answers"])
    if row["rejected"] is not None:
        return f"{escape('rejected: ' + row['rejected'].replace('_', ' '))}<div style='opacity:.6'>{bars}</div>"
    return bars


def predictions_html(table: Predictions) -> str:
    """Path, thumbnail and a bar for each answer, or why there is none."""
    columns = table.head(MOST_ROWS)
    rows = [dict(zip(columns, row)) for row in zip(*columns.values(), strict=True)]
    cells = [[escape(cell_text(row["path"])), _answer_html(row)] for row in rows]
    names = ["path", "answers"]
    if table.pictures is not None:
        names.insert(1, "")
        for row_cells, picture in zip(cells, table.pictures):
            row_cells.insert(1, thumbnail_html(picture))
    return f"<div>{table_of_html(names, cells)}{_more(len(table), MOST_ROWS)}</div>"
