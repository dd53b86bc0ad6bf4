# SPDX-License-Identifier: Apache-2.0
"""What the model is judged by beyond its cross-validation: kinds left out, what is no fruit, and
photographs that were spoilt."""

import random
import subprocess
import sys
from collections import Counter
from pathlib import Path

from .chain import Chain
from .sources import COMPOSED, KEPT, NATURAL, ClassMap

PARTS_OF_KINDS = 5
RESAMPLES = 1000


def share(hits: list[bool]) -> dict:
    """A share with its 95 % interval by bootstrap; the same numbers each time."""
    chance = random.Random(0)
    count = len(hits)
    drawn = sorted(sum(chance.choices(hits, k=count)) / count for _ in range(RESAMPLES))
    low, high = drawn[round(0.025 * RESAMPLES)], drawn[round(0.975 * RESAMPLES) - 1]
    return {"share": sum(hits) / count, "low": low, "high": high, "count": count}


def first_kind(answer: dict) -> str:
    return answer["kinds"][0]["id"] if answer["kinds"] else ""


def parts_of_kinds(classes: ClassMap) -> list[list[str]]:
    kinds = classes.kinds("grocery-store")
    return [kinds[part::PARTS_OF_KINDS] for part in range(PARTS_OF_KINDS)]


def natural_photographs(work: Path, classes: ClassMap) -> list[tuple[Path, str]]:
    found = []
    for path in sorted((work / NATURAL).rglob("*.jpg")):
        label = classes.label("grocery-store", path.parent.name.removesuffix(KEPT))
        if label:
            found.append((path, label))
    return found


def without_kinds(chain: Chain, classes: ClassMap, train: list, drop_more, name: str) -> dict:
    """Models that never saw some kinds in life, asked about photographs of these in life. `drop_more`
    says which other rows of such a kind they do without."""
    photographs = natural_photographs(chain.work, classes)
    right, among_three, refused = [], [], []
    for number, kinds in enumerate(parts_of_kinds(classes)):

        def drop(source, folder, label, kinds=kinds):
            return drop_more(source, label, kinds) or (source == NATURAL and label in kinds)

        out = f"{name}-{number}"
        rows = classes.write(chain.work / f"{out}.csv", drop)
        chain.run("train", chain.work / "features", "--classes", rows, *train, out=out)
        asked = [(path, label) for path, label in photographs if label in kinds]
        answers = chain.predict(out, [path for path, _ in asked])
        for (_, label), answer in zip(asked, answers, strict=True):
            right.append(first_kind(answer) == label)
            among_three.append(label in [kind["id"] for kind in answer["kinds"]])
            refused.append(answer["refused"] is not None)
    return {"right": share(right), "among three": share(among_three), "refused": share(refused)}


def left_out_in_life(chain: Chain, classes: ClassMap, train: list) -> dict:
    return without_kinds(chain, classes, train, lambda source, label, kinds: False, "life")


def left_out_without_composed(chain: Chain, classes: ClassMap, train: list) -> dict:
    return without_kinds(
        chain, classes, train, lambda source, label, kinds: source == COMPOSED, "life-studio"
    )


def unknown_kinds(chain: Chain, classes: ClassMap, train: list) -> dict:
    return without_kinds(
        chain, classes, train, lambda source, label, kinds: label in kinds, "unknown"
    )


def not_fruit(chain: Chain, bundle: str) -> dict:
    """How many of each group of the half that judges are refused."""
    pictures = chain.work / "not_fruit"
    script = Path(__file__).resolve().parent.parent / "judging" / "not_fruit.py"
    if not (pictures / "sources.csv").exists():
        gathered = subprocess.run([sys.executable, script, "--out", pictures], check=False)
        if gathered.returncode != 0:
            print("  some packages are gone: see above; the others are judged")
    shares = {}
    for group in sorted(path for path in (pictures / "judge").iterdir() if path.is_dir()):
        answers = chain.predict(bundle, sorted(p for p in group.rglob("*") if p.is_file()))
        shares[group.name] = share([answer["refused"] is not None for answer in answers])
    return shares


def spoilt(chain: Chain, classes: ClassMap, train: list) -> dict:
    """A model that did without the validation photographs, asked about these, spoilt."""
    rows = classes.write(chain.work / "spoilt.csv", lambda source, name, label: name.endswith(KEPT))
    chain.run("train", chain.work / "features", "--classes", rows, *train, out="spoilt")
    kept = chain.work / "kept"
    for path, label in natural_photographs(chain.work, classes):
        if path.parent.name.endswith(KEPT):
            target = kept / label / f"{path.parent.name}-{path.name}"
            target.parent.mkdir(parents=True, exist_ok=True)
            if not target.exists():
                target.hardlink_to(path)
    made = chain.work / "corruptions"
    if not made.exists():
        script = Path(__file__).resolve().parent.parent / "judging" / "corruptions.py"
        subprocess.run([sys.executable, script, kept, "--out", made], check=True)
    results = {}
    for folder in [kept, *sorted(path for path in made.iterdir() if path.is_dir())]:
        photographs = sorted(folder.rglob("*.jpg"))
        answers = chain.predict("spoilt", photographs)
        right = [
            first_kind(answer) == path.parent.name
            for path, answer in zip(photographs, answers, strict=True)
        ]
        reasons = Counter(answer["refused"] for answer in answers if answer["refused"])
        results["as it is" if folder == kept else folder.name] = {
            "right": share(right),
            "refused": sum(reasons.values()) / len(answers),
        }
    return results
