# SPDX-License-Identifier: Apache-2.0
"""How the model card writes shares, intervals and tables."""


def percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def whole_percent(share: float) -> str:
    return f"{100 * share:g} %"


def interval(low: float, high: float) -> str:
    return f"{100 * low:.1f}–{100 * high:.1f}"


def of_metrics(metrics: dict) -> str:
    accuracy = percent(metrics["accuracy"])
    error = percent(metrics["expected_calibration_error"])
    among = percent(metrics["top3_accuracy"])
    return (
        f"{accuracy} ({interval(*metrics['accuracy_interval'])}), among three {among}, "
        f"calibration error {error}"
    )


def of_share(share: dict) -> str:
    return f"{percent(share['share'])} ({interval(share['low'], share['high'])})"


def table(columns: list[str], rows: list[tuple]) -> str:
    lines = [columns, ["---"] * len(columns), *rows]
    return "".join(f"| {' | '.join(map(str, line))} |\n" for line in lines)
