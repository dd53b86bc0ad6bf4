# SPDX-License-Identifier: Apache-2.0
"""What the model card says of leave-one-source-out."""

from . import wanted
from .leave_one_source_out import FEW
from .markdown import interval, of_share, percent, table, whole_percent

MARK = " ◦"  # of kinds with few photographs in the wild


def worth_of(one: dict) -> str:
    return (
        f"{of_share(one['mean_over_kinds'])}, among three "
        f"{percent(one['among_three_over_kinds']['share'])}; over photographs {percent(one['right'])}, "
        f"{percent(one['among_three'])}; refused {percent(one['refused'])}, calibration error "
        f"{percent(one['calibration_error'])}, accuracy at 50 % coverage {percent(one['accuracy_at_half_coverage'])}"
    )


def worth(leave_one_source_out: dict) -> list[tuple]:
    """Rows of the table of what the model is worth."""
    first, photographs = (
        wanted.LEAVE_ONE_SOURCE_OUT["all"],
        wanted.LEAVE_ONE_SOURCE_OUT_OVER_PHOTOGRAPHS,
    )
    rows = [
        (
            f"photographs in the wild ({leave_one_source_out['all']['photographs']:,} of "
            f"{leave_one_source_out['all']['mean_over_kinds']['count']} kinds), leave-one-source-out, mean over kinds: "
            "**headline metric**",
            worth_of(leave_one_source_out["all"]),
            f"{whole_percent(first)} over kinds, {whole_percent(photographs)} over photographs, among three "
            f"{whole_percent(wanted.LEAVE_ONE_SOURCE_OUT_AMONG_THREE)}, refused at most "
            f"{whole_percent(wanted.LEAVE_ONE_SOURCE_OUT_REFUSED)}, {whole_percent(wanted.AT_HALF_COVERAGE)} at 50 % coverage",
        )
    ]
    for key, of in (
        ("kinds_seen_elsewhere", f"at least {FEW}"),
        ("kinds_seen_little_elsewhere", f"fewer than {FEW}"),
    ):
        if leave_one_source_out[key] is not None:
            name = f"… of kinds with {of} photographs in other sources ({leave_one_source_out[key]['photographs']:,})"
            rows.append(
                (
                    name,
                    worth_of(leave_one_source_out[key]),
                    whole_percent(wanted.LEAVE_ONE_SOURCE_OUT[key]),
                )
            )
    return rows


def by_source(leave_one_source_out: dict, folds: dict[str, dict]) -> str:
    rows = []
    for name, one in leave_one_source_out["by_source"].items():
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


def by_kind(leave_one_source_out: dict, few: dict[str, int]) -> str:
    worst_first = sorted(
        leave_one_source_out["by_kind"], key=lambda one: (one["right"]["share"], one["kind"])
    )
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


def short_of(leave_one_source_out: dict, few_in_the_wild: dict[str, int]) -> list[tuple[bool, str]]:
    """Whether it falls short, and why."""
    found = leave_one_source_out["all"]
    seen = leave_one_source_out["kinds_seen_elsewhere"]
    missing = sum(FEW - count for count in few_in_the_wild.values())
    share = found["mean_over_kinds"]["share"]
    known = (
        f"; of kinds known from {FEW} photographs of other sources {percent(seen['right'])}"
        if seen
        else ""
    )
    return [
        (
            share < wanted.LEAVE_ONE_SOURCE_OUT["all"]
            or found["right"] < wanted.LEAVE_ONE_SOURCE_OUT_OVER_PHOTOGRAPHS,
            f"**Strangers' photographs.** {percent(share)} over kinds, {percent(found['right'])} over "
            f"photographs{known}. It would take\n  {missing} more photographs in the wild for {FEW} of each of the "
            f"{len(few_in_the_wild)} kinds that have fewer, and a second source of each kind.",
        ),
        (
            found["refused"] > wanted.LEAVE_ONE_SOURCE_OUT_REFUSED,
            f"**Refused.** {percent(found['refused'])} of strangers' photographs: a new place is taken for a new "
            "kind.",
        ),
    ]
