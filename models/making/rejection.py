# SPDX-License-Identifier: Apache-2.0
"""How strictly to reject: what each limit on the OOD score costs, and what it notices."""

import math
from pathlib import Path

MOST_REJECTED = 0.2
SHARES = (0.005, 0.01, 0.02, 0.03, 0.05, 0.08, 0.1, 0.15, 0.2)
BY_OOD_SCORE = (None, "something_else", "unknown_kind")


def ood_score(answer: dict) -> float:
    """Above every limit where it is rejected whatever the limit, as what is too dark."""
    return answer["ood_score"] if answer["refused"] in BY_OOD_SCORE else math.inf


def point(limit: float, **groups: list[float]) -> dict:
    """The share of each group that lies above the limit."""
    shares = {name: sum(one > limit for one in ones) / len(ones) for name, ones in groups.items()}
    return {"limit": limit, **shares}


def curve(fruit: list[float], unknown: list[float], not_fruit: list[float]) -> list[dict]:
    """From the most generous limit to the one that rejects MOST_REJECTED of `fruit`."""
    highest = sorted(fruit, reverse=True)[: int(MOST_REJECTED * len(fruit)) + 1]
    limits = sorted({one for one in highest if math.isfinite(one)}, reverse=True)
    return [point(limit, fruit=fruit, unknown=unknown, not_fruit=not_fruit) for limit in limits]


def figures(**answers: list[dict]) -> dict:
    """Of answers about `fruit`, `unknown` kinds and what is `not_fruit`: the curve, and the point on
    it where the bundle stands."""
    groups = {name: [ood_score(one) for one in ones] for name, ones in answers.items()}
    return {"curve": curve(**groups), "bundle": point(1, **groups)}


def rows(points: list[dict]) -> list[tuple[float, dict]]:
    """For each of SHARES the strictest limit that rejects no more of fruit."""
    found = []
    for share in SHARES:
        allowed = [one for one in points if one["fruit"] <= share]
        if allowed:
            found.append((share, allowed[-1]))
    return found


def nearest_to_bundle(found: list[tuple[float, dict]]) -> float:
    """The share whose limit is nearest to 1, which is that of the bundle."""
    return min(found, key=lambda row: abs(row[1]["limit"] - 1))[0]


LEFT, TOP, WIDTH, HEIGHT = 60, 44, 540, 280
LINES = (("unknown", "unknown kinds", "#b5442e", ""), ("not_fruit", "no fruit", "#2e6b4f", "7 4"))


def _across(share: float) -> str:
    return f"{LEFT + WIDTH * share / MOST_REJECTED:.1f}"


def _down(share: float) -> str:
    return f"{TOP + HEIGHT * (1 - share):.1f}"


def _line(x1, y1, x2, y2, style: str) -> str:
    return f'<line x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}" {style}/>'


def _text(x, y, text: str, more: str = 'text-anchor="middle"') -> str:
    return f'<text x="{x}" y="{y}" {more}>{text}</text>'


def _axes() -> list[str]:
    parts = []
    for fifth in range(6):
        y = _down(fifth / 5)
        parts.append(_line(LEFT, y, LEFT + WIDTH, y, 'stroke="#ddd"'))
        parts.append(_text(LEFT - 8, y, f"{20 * fifth} %", 'text-anchor="end" dy="4"'))
    for quarter in range(5):
        x = _across(MOST_REJECTED * quarter / 4)
        parts.append(_text(x, TOP + HEIGHT + 18, f"{100 * MOST_REJECTED * quarter / 4:.0f} %"))
    parts.append(_text(LEFT + WIDTH / 2, TOP + HEIGHT + 40, "fruit rejected"))
    middle = TOP + HEIGHT / 2
    turned = f'text-anchor="middle" transform="rotate(-90 14 {middle})"'
    parts.append(_text(14, middle, "others rejected", turned))
    return parts


def _steps(points: list[dict], key: str) -> str:
    """Between two limits nothing more is known to be noticed than at the more generous one."""
    places, height = [], None
    for one in points:
        x, y = _across(one["fruit"]), _down(one[key])
        places += [f"{x},{height}"] if height else []
        places.append(f"{x},{y}")
        height = y
    return " ".join(places)


def plot(path: Path, curve: list[dict], bundle: dict) -> None:
    """An SVG of the curve; `bundle` is the point of the limit 1."""
    x = _across(min(bundle["fruit"], MOST_REJECTED))
    parts = _axes()
    parts.append(_line(x, TOP, x, TOP + HEIGHT, 'stroke="#777" stroke-dasharray="2 3"'))
    parts.append(_text(float(x) + 5, TOP + HEIGHT - 8, "the bundle", 'fill="#555"'))
    for number, (key, name, colour, dashes) in enumerate(LINES):
        style = f'stroke="{colour}" stroke-width="2" stroke-dasharray="{dashes or "none"}"'
        parts.append(f'<polyline points="{_steps(curve, key)}" fill="none" {style}/>')
        x = LEFT + 160 * number
        parts.append(_line(x, TOP - 24, x + 30, TOP - 24, style))
        parts.append(_text(x + 38, TOP - 24, name, 'dy="4"'))
    size = f"{LEFT + WIDTH + 20} {TOP + HEIGHT + 52}"
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size}" font-family="sans-serif" '
    ground = '<rect width="100%" height="100%" fill="#fff"/>'
    lines = [head + 'font-size="13" fill="#222">', ground, *parts, "</svg>"]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
