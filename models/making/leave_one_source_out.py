# SPDX-License-Identifier: Apache-2.0
"""Leave-one-source-out: what a model answers about photographs in the wild of a source that it never
saw, as strangers' photographs are to it."""

import random
from collections import defaultdict
from dataclasses import dataclass
from statistics import fmean

from .chain import Chain
from .class_map import ClassMap
from .judge import RESAMPLES, first_kind, wilson
from .sources import IN_THE_WILD

# Kinds with fewer photographs in the wild are marked.
FEW = 10
BINS = 15  # as src/pomona/metrics/calibration.h
HALF = 0.5


@dataclass(frozen=True)
class Judged:
    """The answer about one photograph, by the model without its source."""

    path: str  # <source>/<folder>/<file>
    source: str
    kind: str
    prediction: str
    elsewhere: int  # photographs in the wild of its kind that the model learnt from
    right: bool
    among_three: bool
    probability: float  # of the first answer
    refused: bool


def judged(path: str, kind: str, elsewhere: int, answer: dict) -> Judged:
    kinds = answer["kinds"]
    return Judged(
        path=path,
        source=path.split("/")[0],
        kind=kind,
        prediction=first_kind(answer),
        elsewhere=elsewhere,
        right=first_kind(answer) == kind,
        among_three=kind in [one["id"] for one in kinds[:3]],
        probability=kinds[0]["probability"] if kinds else 0.0,
        refused=answer["refused"] is not None,
    )


def ask(chain: Chain, classes: ClassMap, train: list) -> list[Judged]:
    """One model for each source in the wild, which learns as `train` says from all but that source."""
    counts = classes.count_in_the_wild()
    found = []
    for name in classes.names(IN_THE_WILD):
        out = f"without-{name}"
        rows = classes.write(
            chain.work / f"{out}.csv", lambda source, folder, label, name=name: source == name
        )
        chain.run("train", chain.work / "features", "--classes", rows, *train, out=out)
        photographs = classes.photographs(name)
        here = defaultdict(int)
        for _, kind in photographs:
            here[kind] += 1
        answers = chain.predict(out, [path for path, _ in photographs])
        for (path, kind), answer in zip(photographs, answers, strict=True):
            elsewhere = counts[kind] - here[kind]
            found.append(judged(classes.path_of(path), kind, elsewhere, answer))
    return found


def calibration_error(found: list[Judged]) -> float:
    bins = defaultdict(list)
    for one in found:
        bins[min(BINS - 1, int(one.probability * BINS))].append(one)
    gaps = [
        len(some)
        * abs(fmean([one.right for one in some]) - fmean([one.probability for one in some]))
        for some in bins.values()
    ]
    return sum(gaps) / len(found)


def accuracy_at_half_coverage(found: list[Judged]) -> float:
    """The accuracy at a coverage of a half, what is refused last."""
    surest = sorted(found, key=lambda one: (one.refused, -one.probability))
    return fmean([one.right for one in surest[: max(1, round(HALF * len(found)))]])


def over_kinds(found: list[Judged], key: str) -> dict:
    """The mean over kinds of the share of their photographs, with its 95 % interval by bootstrap of
    kinds; the same numbers each time."""
    of_kinds = defaultdict(list)
    for one in found:
        of_kinds[one.kind].append(getattr(one, key))
    shares = [fmean(values) for _, values in sorted(of_kinds.items())]
    draw = random.Random(0)
    drawn = sorted(fmean(draw.choices(shares, k=len(shares))) for _ in range(RESAMPLES))
    low, high = drawn[round(0.025 * RESAMPLES)], drawn[round(0.975 * RESAMPLES) - 1]
    if drawn[0] == drawn[-1]:
        low, high = wilson(fmean(shares), len(shares))
    return {"share": fmean(shares), "low": low, "high": high, "count": len(shares)}


def summary(found: list[Judged]) -> dict | None:
    """None of no photograph."""
    if not found:
        return None
    return {
        "photographs": len(found),
        "mean_over_kinds": over_kinds(found, "right"),
        "among_three_over_kinds": over_kinds(found, "among_three"),
        "right": fmean([one.right for one in found]),
        "among_three": fmean([one.among_three for one in found]),
        "refused": fmean([one.refused for one in found]),
        "accuracy_at_half_coverage": accuracy_at_half_coverage(found),
        "calibration_error": calibration_error(found),
    }


def kind_figures(kind: str, found: list[Judged], groups: dict[tuple[str, str], int]) -> dict:
    """Wilson's interval is that of so many draws as there are groups of near-duplicates."""
    sources = sorted({one.source for one in found})
    units = sum(groups.get((source, kind), 1) for source in sources)
    right = fmean([one.right for one in found])
    low, high = wilson(right, units)
    return {
        "kind": kind,
        "photographs": len(found),
        "groups": units,
        "sources": sources,
        "seen_elsewhere": sum(one.elsewhere > 0 for one in found),
        "right": {"share": right, "low": low, "high": high},
        "among_three": fmean([one.among_three for one in found]),
        "refused": fmean([one.refused for one in found]),
    }


def figures(found: list[Judged], groups: dict[tuple[str, str], int]) -> dict:
    """`groups`: how many of near-duplicates the photographs of a source and kind are."""
    by_source, by_kind = defaultdict(list), defaultdict(list)
    for one in found:
        by_source[one.source].append(one)
        by_kind[one.kind].append(one)
    return {
        "all": summary(found),
        "kinds_seen_elsewhere": summary([one for one in found if one.elsewhere >= FEW]),
        "kinds_seen_little_elsewhere": summary([one for one in found if one.elsewhere < FEW]),
        "by_source": {name: summary(some) for name, some in by_source.items()},
        "by_kind": [kind_figures(kind, some, groups) for kind, some in sorted(by_kind.items())],
    }


def few_in_the_wild(counts: dict[str, int]) -> dict[str, int]:
    """Of the photographs in the wild of every kind, those of kinds with fewer than FEW."""
    return {kind: count for kind, count in counts.items() if count < FEW}
