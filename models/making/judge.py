# SPDX-License-Identifier: Apache-2.0
"""What the model is judged by beyond its cross-validation: kinds left out, what is no fruit, and
photographs that were spoilt."""

import math
import random
import statistics
import sys
from pathlib import Path

from .chain import Chain
from .class_map import ClassMap
from .sources import IN_THE_WILD, KEPT, SYNTHETIC, link

SHOPS = "grocery-fruit"  # of the kinds that are left out, and of the photographs that are spoilt

FOLDS_OF_KINDS = 5
RESAMPLES = 1000
# Kinds differ far more than photographs of a kind: a third of these is nearly as good.
STRIDE_OF_STUDIO = 3
AS_IT_IS = "as it is"
FAST = "as it is, with --fast"


def share(hits: list[bool], groups: list | None = None) -> dict:
    """A share with its 95 % interval by bootstrap, of whole groups where there are some, and Wilson's
    where all of these are alike; the same numbers each time."""
    draw = random.Random(0)
    sums = {}
    for group, hit in zip(groups or range(len(hits)), hits, strict=True):
        right, count = sums.get(group, (0, 0))
        sums[group] = (right + hit, count + 1)
    units = list(sums.values())
    drawn = sorted(ratio(draw.choices(units, k=len(units))) for _ in range(RESAMPLES))
    low, high = drawn[round(0.025 * RESAMPLES)], drawn[round(0.975 * RESAMPLES) - 1]
    if drawn[0] == drawn[-1]:
        low, high = wilson(ratio(units), len(units))
    return {"share": ratio(units), "low": low, "high": high, "count": len(hits)}


def wilson(share: float, units: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share seen in so many draws, as src/pomona/metrics/wilson.h."""
    quantile = statistics.NormalDist().inv_cdf(0.975)
    squared = quantile**2 / units
    centre = share + squared / 2
    half = quantile * math.sqrt(share * (1 - share) / units + squared / units / 4)
    low = 0.0 if share == 0 else (centre - half) / (1 + squared)
    return low, 1.0 if share == 1 else (centre + half) / (1 + squared)


def ratio(sums: list[tuple[int, int]]) -> float:
    return sum(right for right, _ in sums) / sum(count for _, count in sums)


def first_kind(answer: dict) -> str:
    return answer["kinds"][0]["id"] if answer["kinds"] else ""


def folds_of_kinds(classes: ClassMap) -> list[list[str]]:
    kinds = classes.kinds([SHOPS])
    return [kinds[fold::FOLDS_OF_KINDS] for fold in range(FOLDS_OF_KINDS)]


def without_kinds(
    chain: Chain, classes: ClassMap, train: list, drop_more, name: str, stride: int = 1
) -> list[tuple[str, dict]]:
    """Kinds and answers: models that never saw some kinds in the wild, asked about every `stride`th
    photograph of these in shops. `drop_more` says which other rows of such a kind they do without."""
    photographs = classes.photographs(SHOPS)[::stride]
    wild = classes.names(IN_THE_WILD)
    found = []
    for number, kinds in enumerate(folds_of_kinds(classes)):

        def drop(source, folder, label, kinds=kinds):
            return drop_more(source, label, kinds) or (source in wild and label in kinds)

        out = f"{name}-{number}"
        rows = classes.write(chain.work / f"{out}.csv", drop)
        chain.run("train", chain.work / "features", "--classes", rows, *train, out=out)
        asked = [(path, label) for path, label in photographs if label in kinds]
        answers = chain.predict(out, [path for path, _ in asked])
        found += [(label, answer) for (_, label), answer in zip(asked, answers, strict=True)]
    return found


def right_of(found: list[tuple[str, dict]]) -> dict:
    kinds = [kind for kind, _ in found]
    right = [first_kind(answer) == kind for kind, answer in found]
    among_three = [kind in [one["id"] for one in answer["kinds"]] for kind, answer in found]
    return {"right": share(right, kinds), "among three": share(among_three, kinds)}


def drop_no_more(source, label, kinds) -> bool:
    return False


def left_out_in_the_wild(chain: Chain, classes: ClassMap, train: list, known: set[str]) -> dict:
    """Of all such kinds, of those in `known`, and of the others."""
    found = without_kinds(chain, classes, train, drop_no_more, "wild")
    return {
        "wild": right_of(found),
        "wild_known": right_of([one for one in found if one[0] in known]),
        "wild_new": right_of([one for one in found if one[0] not in known]),
    }


def left_out_at_a_step(
    chain: Chain, classes: ClassMap, train: list, name: str, drop_more=drop_no_more
) -> dict:
    """What learning as `train` says gives."""
    return right_of(without_kinds(chain, classes, train, drop_more, name, STRIDE_OF_STUDIO))


def left_out_without_synthetic(chain: Chain, classes: ClassMap, train: list) -> dict:
    synthetic = classes.names(SYNTHETIC)

    def drop(source, label, kinds):
        return source in synthetic

    return left_out_at_a_step(chain, classes, train, "wild-studio", drop)


def unknown_kinds(chain: Chain, classes: ClassMap, train: list) -> list[tuple[str, dict]]:
    """Kinds and answers of models that never saw the kind at all."""
    return without_kinds(
        chain, classes, train, lambda source, label, kinds: label in kinds, "unknown"
    )


def rejected(answers: list[dict], groups: list | None = None) -> dict:
    return share([answer["refused"] is not None for answer in answers], groups)


def rejected_by_kind(found: list[tuple[str, dict]]) -> dict:
    return rejected([answer for _, answer in found], [kind for kind, _ in found])


def not_fruit(chain: Chain, bundle: str) -> list[tuple[str, dict]]:
    """Groups and answers, of the half of the pictures that judges."""
    pictures = chain.work / "not_fruit"
    if not (pictures / "sources.csv").exists() and chain.script("not_fruit.py", out=pictures) != 0:
        print("  some packages are gone: see above; the others are judged")
    asked = sorted(path for path in (pictures / "judge").glob("*/*") if path.is_file())
    answers = chain.predict(bundle, asked)
    return [(path.parent.name, answer) for path, answer in zip(asked, answers, strict=True)]


def rejected_by_group(found: list[tuple[str, dict]]) -> dict:
    groups = sorted({group for group, _ in found})
    return {name: rejected([answer for group, answer in found if group == name]) for name in groups}


def link_kept(work: Path, classes: ClassMap) -> Path:
    """The validation photographs, in a folder for each kind."""
    kept = work / "kept"
    for path, label in classes.photographs(SHOPS):
        if path.parent.name.endswith(KEPT):
            link(path, kept / label / f"{path.parent.name}-{path.name}")
    return kept


def spoilt(chain: Chain, classes: ClassMap, train: list) -> dict[str, list[tuple[str, dict]]]:
    """Kinds and answers for each way to spoil, and for --fast, which sees less of them: a model that
    did without the validation photographs, asked about these."""
    rows = classes.write(chain.work / "spoilt.csv", lambda source, name, label: name.endswith(KEPT))
    chain.run("train", chain.work / "features", "--classes", rows, *train, out="spoilt")
    kept = link_kept(chain.work, classes)
    made = chain.work / "corruptions"
    if not made.exists() and chain.script("corruptions.py", kept, out=made) != 0:
        sys.exit(f"judging: the photographs in {kept} could not all be spoilt: see above")
    whole = sorted(kept.rglob("*.jpg"))
    fast = zip(whole, chain.predict("spoilt", whole, "--fast"), strict=True)
    asked = [(AS_IT_IS, path) for path in whole]
    asked += [(path.relative_to(made).parts[0], path) for path in sorted(made.rglob("*.jpg"))]
    answers = chain.predict("spoilt", [path for _, path in asked])
    found = {AS_IT_IS: [], FAST: [(path.parent.name, answer) for path, answer in fast]}
    for (way, path), answer in zip(asked, answers, strict=True):
        found.setdefault(way, []).append((path.parent.name, answer))
    return found


def right_when_spoilt(found: dict[str, list[tuple[str, dict]]]) -> dict:
    results = {}
    for way, answers in found.items():
        right = share([first_kind(answer) == kind for kind, answer in answers])
        share_rejected = sum(answer["refused"] is not None for _, answer in answers) / len(answers)
        results[way] = {"right": right, "rejected": share_rejected}
    return results
