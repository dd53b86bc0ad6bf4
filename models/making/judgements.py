# SPDX-License-Identifier: Apache-2.0
"""What was measured outside of a run, as `pomona report --judgements` reads it."""

import json
from pathlib import Path

from .judge import AS_IT_IS, SHOPS
from .wanted import (
    AMONG_THREE,
    CALIBRATION_ERROR,
    LEAVE_ONE_SOURCE_OUT,
    LEAVE_ONE_SOURCE_OUT_OVER_PHOTOGRAPHS,
    LEAVE_ONE_SOURCE_OUT_REFUSED,
    NOT_FRUIT,
    RIGHT,
    UNKNOWN,
    WILD,
)


def of_share(share: dict, **wanted: float) -> dict:
    return {key: share[key] for key in ("share", "low", "high")} | wanted


def of_metrics(metrics: dict, key: str, **wanted: float) -> dict:
    low, high = metrics[f"{key}_interval"]
    return of_share({"share": metrics[key], "low": low, "high": high}, **wanted)


def worth(name: str, key: str, figures: dict) -> dict:
    metrics = figures["folds"][SHOPS] if key == "shops" else figures[key]
    among_three = {"at_least": AMONG_THREE} if key == "shops" else {}
    at_most = {"at_most": CALIBRATION_ERROR} if key == "shops" else {}
    shares = [
        of_metrics(metrics, "accuracy", at_least=RIGHT[key]),
        of_metrics(metrics, "top3_accuracy", **among_three),
        {"share": metrics["expected_calibration_error"], **at_most},
    ]
    return {"name": name, "count": metrics["rows"], "shares": shares}


def row(name: str, first: dict, *shares: dict | None) -> dict:
    return {"name": name, "count": first["count"], "shares": list(shares)}


def rejection_row(share: float, point: dict, count: int) -> dict:
    shares = [{"share": point[key]} for key in ("fruit", "unknown", "not_fruit")]
    name = f"at most {100 * share:g} % of fruit: limit {point['limit']:.2f}"
    return {"name": name, "count": count, "shares": shares}


def leave_one_source_out_row(name: str, one: dict) -> dict:
    shares = [one["mean_over_kinds"], one["among_three_over_kinds"]]
    return {
        "name": name,
        "count": one["photographs"],
        "shares": [*map(of_share, shares), {"share": one["right"]}, {"share": one["refused"]}],
    }


def leave_one_source_out_table(leave_one_source_out: dict) -> dict:
    whole = leave_one_source_out_row("all sources in the wild", leave_one_source_out["all"])
    for share, wanted in zip(
        whole["shares"],
        (
            {"at_least": LEAVE_ONE_SOURCE_OUT["all"]},
            {},
            {"at_least": LEAVE_ONE_SOURCE_OUT_OVER_PHOTOGRAPHS},
            {"at_most": LEAVE_ONE_SOURCE_OUT_REFUSED},
        ),
        strict=True,
    ):
        share.update(wanted)
    return {
        "title": "Leave-one-source-out",
        "note": "Each source in the wild, judged by a model that never saw it. Intervals by bootstrap of kinds.",
        "columns": ["right, mean over kinds", "among three, mean over kinds", "right", "refused"],
        "rows": [
            whole,
            *(
                leave_one_source_out_row(name, one)
                for name, one in leave_one_source_out["by_source"].items()
            ),
        ],
    }


def tables(figures: dict, rejections: list[tuple[float, dict]]) -> list[dict]:
    """`rejections` are the rows of the curve of rejection."""
    wild, unknown = figures["wild"], figures["unknown"]["rejected"]
    spoilt = figures["spoilt"]
    asked = unknown["count"] + sum(share["count"] for share in figures["not_fruit"].values())
    asked += spoilt[AS_IT_IS]["right"]["count"]
    return [
        leave_one_source_out_table(figures["leave_one_source_out"]),
        {
            "title": "What it is worth",
            "note": "Intervals by bootstrap: of groups of near-duplicates and films in the first two rows, "
            "of single photographs in the third.",
            "columns": ["right", "among three", "calibration error"],
            "rows": [
                worth("photographs in shops, five-fold cross-validation", "shops", figures),
                worth("Fruits-360 by film", "film", figures),
                worth("Fruits-360, official test", "official", figures),
            ],
        },
        {
            "title": "Kinds it has not met",
            "note": "Photographs in shops. Intervals by bootstrap of kinds.",
            "columns": ["right", "among three", "rejected"],
            "rows": [
                row(
                    "never seen in the wild",
                    wild["right"],
                    of_share(wild["right"], at_least=WILD),
                    of_share(wild["among three"]),
                    None,
                ),
                row("never seen at all", unknown, None, None, of_share(unknown, at_least=UNKNOWN)),
            ],
        },
        {
            "title": "Pictures that show no fruit",
            "note": "The limits were set without any of them.",
            "columns": ["rejected"],
            "rows": [
                row(name, share, of_share(share, at_least=NOT_FRUIT))
                for name, share in figures["not_fruit"].items()
            ],
        },
        {
            "title": "How strictly to reject",
            "note": "Fruit are the validation photographs, asked of a model that did not learn from "
            "them. The bundle rejects above the limit 1.",
            "columns": ["fruit rejected", "unknown kinds rejected", "no fruit rejected"],
            "rows": [rejection_row(share, point, asked) for share, point in rejections],
        },
        {
            "title": "Spoilt photographs",
            "note": "The validation photographs, asked of a model that did not learn from them.",
            "columns": ["right, rejected or not", "rejected"],
            "rows": [
                row(
                    name,
                    one["right"],
                    of_share(one["right"]),
                    {"share": one["rejected"]},
                )
                for name, one in spoilt.items()
            ],
        },
    ]


def write(path: Path, figures: dict, rejections: list[tuple[float, dict]]) -> Path:
    whole = {"format": "pomona-judgements", "version": 1, "tables": tables(figures, rejections)}
    path.write_text(json.dumps(whole, indent=1) + "\n", encoding="utf-8")
    return path
