# SPDX-License-Identifier: Apache-2.0
"""What the model card says of leave-one-source-out."""

from . import wanted
from .markdown import interval, of_share, percent, table, whole_percent
from .strangers import FEW

MARK = " ◦"  # of kinds with few photographs in the wild


def worth_of(one: dict) -> str:
    return (
        f"{of_share(one['mean_over_kinds'])}, among three "
        f"{percent(one['among_three_over_kinds']['share'])}; over photographs {percent(one['right'])}, "
        f"{percent(one['among_three'])}; refused {percent(one['refused'])}, calibration error "
        f"{percent(one['calibration_error'])}, right of the surer half {percent(one['right_of_surer_half'])}"
    )


def worth(strangers: dict) -> list[tuple]:
    """Rows of the table of what the model is worth."""
    first, photographs = wanted.STRANGERS["all"], wanted.STRANGERS_OVER_PHOTOGRAPHS
    rows = [
        (
            f"photographs in the wild ({strangers['all']['photographs']:,} of "
            f"{strangers['all']['mean_over_kinds']['count']} kinds), leave-one-source-out, mean over kinds: "
            "**headline metric**",
            worth_of(strangers["all"]),
            f"{whole_percent(first)} over kinds, {whole_percent(photographs)} over photographs, among three "
            f"{whole_percent(wanted.STRANGERS_AMONG_THREE)}, refused at most "
            f"{whole_percent(wanted.STRANGERS_REFUSED)}, {whole_percent(wanted.SURER_HALF)} of the surer half",
        )
    ]
    for key, of in (
        ("kinds_seen_elsewhere", f"at least {FEW}"),
        ("kinds_seen_little_elsewhere", f"fewer than {FEW}"),
    ):
        if strangers[key] is not None:
            name = f"… of kinds with {of} photographs in other sources ({strangers[key]['photographs']:,})"
            rows.append((name, worth_of(strangers[key]), whole_percent(wanted.STRANGERS[key])))
    return rows


def by_source(strangers: dict, folds: dict[str, dict]) -> str:
    rows = []
    for name, one in strangers["by_source"].items():
        fold = folds.get(name)
        rows.append(
            (
                name,
                one["photographs"],
                one["mean_over_kinds"]["count"],
                percent(one["right"]),
                percent(one["mean_over_kinds"]["share"]),
                percent(one["among_three"]),
                percent(one["refused"]),
                f"{percent(fold['accuracy'])} ({interval(*fold['accuracy_interval'])})"
                if fold
                else "–",
            )
        )
    columns = [
        "left out",
        "photographs",
        "kinds",
        "right",
        "mean over kinds",
        "among three",
        "refused",
    ]
    return table([*columns, "in folds instead"], rows)


def by_kind(strangers: dict, few: dict[str, int]) -> str:
    worst_first = sorted(strangers["by_kind"], key=lambda one: (one["right"]["share"], one["kind"]))
    rows = [
        (
            one["kind"] + (MARK if one["kind"] in few else ""),
            one["photographs"],
            one["groups"],
            len(one["sources"]),
            one["seen_elsewhere"],
            of_share(one["right"]),
            percent(one["among_three"]),
            percent(one["refused"]),
        )
        for one in worst_first
    ]
    columns = ["kind", "photographs", "groups", "sources", "seen elsewhere", "right", "among three"]
    return table([*columns, "refused"], rows)


def few(kinds: dict[str, int]) -> str:
    if not kinds:
        return f"Every kind has at least {FEW} photographs in the wild.\n"
    named = ", ".join(f"{kind} ({count})" for kind, count in kinds.items())
    return (
        f"{len(kinds)} kinds have fewer than {FEW} photographs in the wild (how many), and what is said of "
        f"them is worth less: {named}.\n"
    )


def short_of(strangers: dict, few_in_the_wild: dict[str, int]) -> list[tuple[bool, str]]:
    """Whether it falls short, and why."""
    found = strangers["all"]
    seen = strangers["kinds_seen_elsewhere"]
    missing = sum(FEW - count for count in few_in_the_wild.values())
    share = found["mean_over_kinds"]["share"]
    known = (
        f"; of kinds known from {FEW} photographs of other sources {percent(seen['right'])}"
        if seen
        else ""
    )
    return [
        (
            share < wanted.STRANGERS["all"] or found["right"] < wanted.STRANGERS_OVER_PHOTOGRAPHS,
            f"**Strangers' photographs.** {percent(share)} over kinds, {percent(found['right'])} over "
            f"photographs{known}. It would take\n  {missing} more photographs in the wild for {FEW} of each of the "
            f"{len(few_in_the_wild)} kinds that have fewer, and a second source of each kind.",
        ),
        (
            found["refused"] > wanted.STRANGERS_REFUSED,
            f"**Refused.** {percent(found['refused'])} of strangers' photographs: a new place is taken for a new "
            "kind.",
        ),
    ]
