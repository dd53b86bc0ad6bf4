# SPDX-License-Identifier: Apache-2.0
"""The model card: what the served model is made of, what it is worth, and where it fails."""

from pathlib import Path

from . import rejection, wanted
from .sources import FRAMES_A_CLASS, NATURAL, STUDIO, WEIGHTS, ClassMap

WEAK = 0.9  # kinds below are named
MOST_NAMED = 10

DATA = """\
| source | photographs | licence |
| --- | --- | --- |
| Grocery Store Dataset, fruit of `train` and `val` | {natural:,}, taken with phones in shops, {kinds} kinds | MIT, © 2019 Marcus Klasson |
| Fruits-360 (2025.03.11.0, classes of 2020.05.18.0) | {frames} frames of each of {classes} classes, on white | CC BY-SA 4.0, © 2017– Mihai Oltean |
| scenes that `pomona compose` synthesised from these frames | {composed} of each class | CC BY-SA 4.0, made of the frames |
| backbone EfficientNet-Lite0, ImageNet weights (not in this folder) | – | Apache-2.0 |
"""


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


def worth(figures: dict) -> str:
    right = {key: whole_percent(share) for key, share in wanted.RIGHT.items()}
    wild = figures["wild"]
    known, new = figures["wild_known"]["right"], figures["wild_new"]["right"]
    rows = [
        (
            "photographs in shops, five-fold cross-validation by groups of near-duplicates: **headline metric**",
            of_metrics(figures["natural"]),
            f"{right['natural']}, among three {whole_percent(wanted.AMONG_THREE)}, "
            f"calibration error at most {whole_percent(wanted.CALIBRATION_ERROR)}",
        ),
        ("Fruits-360 by film, without composed scenes", of_metrics(figures["film"]), right["film"]),
        (
            f"Fruits-360, official test ({figures['official']['rows']:,} frames of it): flatters",
            of_metrics(figures["official"]),
            right["official"],
        ),
        (
            "photographs in shops of kinds never seen in the wild (studio and composed scenes alone)",
            f"{of_share(wild['right'])}, among three {percent(wild['among three']['share'])}; "
            f"of kinds that are among the backbone's own classes {percent(known['share'])}, of "
            f"others {percent(new['share'])}",
            "three times the 6 to 12 % of a model of studio images",
        ),
        (
            "… of kinds never seen at all: rejected",
            of_share(figures["unknown"]["rejected"]),
            whole_percent(wanted.UNKNOWN),
        ),
    ]
    return table(["judged by", "found", "wanted"], rows)


def worst_first(classes: list[dict]) -> list[dict]:
    return sorted(classes, key=lambda one: (one["recall"], one["label"]))


def of_recall(one: dict) -> str:
    drawn = one["recall_interval"]
    return percent(one["recall"]) + (f" ({interval(*drawn)})" if drawn else "")


def kinds_in_shops(figures: dict) -> str:
    rows = [
        (one["label"], one["support"], of_recall(one), percent(one["precision"]))
        for one in worst_first(figures["by_class"][NATURAL])
    ]
    return table(["kind", "photographs", "right", "of those called so, are so"], rows)


def weak_kinds(figures: dict, source: str) -> str:
    classes = figures["by_class"][source]
    weak = [one for one in worst_first(classes) if one["recall"] < WEAK]
    if not weak:
        return f"all {len(classes)} kinds are right for at least {whole_percent(WEAK)}."
    named = "; ".join(f"{one['label']} {of_recall(one)}" for one in weak[:MOST_NAMED])
    count = f"{len(weak)} of {len(classes)} kinds are right for less than {whole_percent(WEAK)}"
    return f"{count}{', the worst' if len(weak) > MOST_NAMED else ''}: {named}."


def varieties(figures: dict) -> str:
    rows = [
        (one["label"], percent(one["least_probability"]), ", ".join(one["names"]))
        for one in figures["varieties"]
    ]
    return table(["kind", "reported from", "varieties"], rows)


def rejections(figures: dict) -> str:
    rows = [
        (group, share["count"], of_share(share)) for group, share in figures["not_fruit"].items()
    ]
    return table(["pictures that show no fruit", "count", "rejected"], rows)


def rejection_curve(figures: dict) -> str:
    found = rejection.rows(figures["rejection"]["curve"])
    marked = rejection.nearest_to_bundle(found)
    rows = []
    for share, one in found:
        cells = [f"{whole_percent(share)} ({percent(one['fruit'])})", f"{one['limit']:.2f}"]
        cells += [percent(one["unknown"]), percent(one["not_fruit"])]
        rows.append([f"**{cell}**" for cell in cells] if share == marked else cells)
    columns = ["fruit rejected, at most", "limit", "unknown kinds rejected", "no fruit rejected"]
    return table(columns, rows)


def spoilt(figures: dict) -> str:
    rows = [
        (name, of_share(one["right"]), percent(one["rejected"]))
        for name, one in figures["spoilt"].items()
    ]
    return table(["photographs", "right, rejected or not", "rejected"], rows)


def ablation(figures: dict, kinds: int) -> str:
    of_shops = len(figures["by_class"][NATURAL])
    rows = [
        (
            f"photographs in shops alone, {of_shops} kinds to choose from",
            of_metrics(figures["natural_alone"]),
        ),
        (
            f"and studio frames, {kinds} kinds to choose from",
            of_metrics(figures["without_composed"]),
        ),
        ("and composed scenes: the model", of_metrics(figures["natural"])),
    ]
    steps = [
        ("photographs in shops of other kinds and studio frames", "wild_without_composed"),
        ("and composed scenes without domain adaptation", "wild_unadapted"),
        ("and composed scenes with domain adaptation", "wild_adapted"),
        ("and the Gaussian prior: the model", "wild"),
    ]
    in_the_wild = [(name, of_share(figures[key]["right"])) for name, key in steps]
    some, all_of_them = (
        figures[key]["right"]["count"] for key in ("wild_without_composed", "wild")
    )
    return (
        table(["learnt from", "photographs in shops, cross-validated"], rows)
        + "\n"
        + table(
            ["learnt from", "photographs in shops of kinds never seen in the wild"], in_the_wild
        )
        + f"\nAll but the last were asked about {some:,} of the {all_of_them:,} photographs, evenly chosen.\n"
    )


def short_of(figures: dict) -> list[str]:
    """What is wanted and not reached, and why."""
    official, film = figures["official"]["accuracy"], figures["film"]["accuracy"]
    natural, wild = figures["natural"], figures["wild"]["right"]["share"]
    unknown = figures["unknown"]["rejected"]["share"]
    no_fruit = figures["rejection"]["bundle"]["not_fruit"]
    error = natural["expected_calibration_error"]
    found = [
        (
            natural["accuracy"] < wanted.RIGHT["natural"]
            or natural["top3_accuracy"] < wanted.AMONG_THREE,
            "**Photographs in shops.** More photographs, of other shops, would help most; more components "
            "and more\n  frames changed nothing for certain (docs/kinds.md).",
        ),
        (
            error > wanted.CALIBRATION_ERROR,
            f"**Calibration in shops.** The error is {percent(error)}. One temperature serves three sources.",
        ),
        (
            film < wanted.RIGHT["film"],
            f"**By film.** {percent(film)}: a film that was not seen shows the fruit from another side.",
        ),
        (
            official < wanted.RIGHT["official"],
            f"**The official test.** {percent(official)}. Only {FRAMES_A_CLASS} frames of each class are "
            "learnt from, and lightly. Heavier\n  frames gain there and lose in shops. Twice as many, and 800 "
            "components, gave 97.5 % in twice the time,\n  all 103 there are 97.9 %, and 98.0 % counted "
            "three times as heavily, with 82.8 % in shops (docs/kinds.md).",
        ),
        (
            wild < wanted.WILD,
            f"**Kinds never seen in the wild.** {percent(wild)}: a network that has seen no such fruit in a crate "
            "seldom sees it\n  there. It would take some dozens of photographs of each kind, or features "
            "taught on composed scenes instead of a\n  classifier on top of them.",
        ),
        (
            unknown < wanted.UNKNOWN,
            f"**Unknown kinds.** {percent(unknown)}. What is left out mostly looks like something that is not: "
            "orange and\n  satsuma, peach and nectarine. The ways that were tried are in docs/kinds.md. It would "
            "take features that were\n  trained on kinds of fruit.",
        ),
        (
            no_fruit < wanted.NOT_FRUIT,
            f"**What is no fruit.** {percent(no_fruit)} of all: see the table.",
        ),
    ]
    return [f"- {text}\n" for falls_short, text in found if falls_short]


def mistakes(figures: dict) -> str:
    shown = figures["surest_mistakes"]
    if not shown:
        return "None of the surest mistakes is of a photograph in a shop.\n"
    return f"""\
![Photographs in shops, each with what it shows and what it was taken for](mistakes.jpg)

The {len(shown)} surest mistakes of photographs in shops, one of each group of near-duplicates, held out: what it shows › what it was
taken for, and how surely. Photographs: Grocery Store Dataset, MIT, © 2019 Marcus Klasson
([licence](LICENSE.grocery-store)).
"""


def confusions(figures: dict) -> str:
    return "; ".join(
        f"{one['truth']} for {one['prediction']} ({one['count']}, {percent(one['rate'])})"
        for one in figures["confusions"]
    )


def studio_only(classes: ClassMap) -> str:
    seen = set(classes.kinds("grocery-store"))
    return ", ".join(kind for kind in classes.kinds("fruits-360") if kind not in seen)


def write(path: Path, figures: dict, classes: ClassMap) -> None:
    in_the_wild, in_studio = classes.kinds("grocery-store"), classes.kinds("fruits-360")
    kinds = len({*in_the_wild, *in_studio})
    data = DATA.format(
        natural=figures["natural"]["rows"],
        kinds=len(in_the_wild),
        frames=FRAMES_A_CLASS,
        classes=classes.count("fruits-360"),
        composed=figures["composed_a_class"],
    )
    weights = ", ".join(f"{name} {weight}" for name, weight in WEIGHTS.items())
    bundle = figures["rejection"]["bundle"]
    share = whole_percent(figures["reject_rate"])
    short = short_of(figures)
    path.write_text(
        f"""\
# A model of {kinds} kinds of fruit, vegetables and nuts

Made by `models/recipe`, this page too: change nothing here by hand. `bundle/` is what `pomona predict` reads; it
needs the backbone that `tools/setup` installs. `figures.json` holds the numbers below in full.

```
pomona predict models/kinds banana.jpg
```

## What it learnt from

{data}
The network sees six crops of each photograph at 320 px: the whole, its middle 75 % and 50 %, and each mirrored. A photograph counts
by its source: {weights}. Domain adaptation shifts and scales the components of composed scenes to the in-the-wild
domain, estimated from kinds that both domains have (`train --adapt`). Of kinds never seen in the wild that are
among the backbone's own classes, logistic regression gets a Gaussian prior centred on the backbone's output layer ({", ".join(figures["backbone_knows"])};
`train --backbone-classes`). {figures["components"]} principal components, logistic regression, a temperature from out-of-fold scores.

## What it is worth

{worth(figures)}
Intervals are 95 %, by bootstrap: of groups of near-duplicates and films in the first two rows, of kinds in the last two, and of
single photographs in the official test, of spoilt photographs and of what is no fruit, which makes those narrower than
they should be. The principal components and the classifier of each fold never saw that fold. The temperature comes
from the out-of-fold scores of photographs in shops and studio frames.

Some settings were chosen by the same photographs that judge them, for there are no others: the weight of composed scenes and
their domain adaptation, and the weight of the prior, by the kinds never seen in the wild, the directions of the OOD score by the unknown kinds (docs/kinds.md). Nearly
all that was tried did better than what there was before, so little of the gain can be luck, but some may be.

### Kinds in shops, worst first

The first row above, kind by kind. Intervals are of groups of near-duplicates, by bootstrap; by Wilson's
score where all groups are alike.

{kinds_in_shops(figures)}
### Kinds in the studio

All kinds are in `figures.json`, `by_class`.

- Fruits-360 by film, as in the second row above: {weak_kinds(figures, STUDIO)}

Composed scenes train and are not evaluated: nobody will photograph one.

### Varieties

`predict` reports a variety where kind and variety together are at least so probable; else the answer is the kind alone. The
threshold is the lowest, from 50 % up, at which nine tenths of at least 8 out-of-fold answers were right. The same answers
choose it, so of new photographs fewer may be right.

{varieties(figures)}
## What it rejects

Two limits together reject {share} of what it learnt from, by weight: two fifths of that go by how unusual a photograph
is for the backbone's own 1,000 classes, three fifths by how far it lies from the known photographs, those held out from
these. Distance is along the directions in which kinds differ most against the spread within kinds, seen from the
weighted mean of all that is known; composed scenes are not. Of the validation photographs, asked of a model that did not
learn from them, {percent(bundle["fruit"])} were rejected: by these the share was chosen, to reject at most 5 % of them. No
picture of the table had a say. models/judging lists where they come from.

{rejections(figures)}
`predict --json` prints the OOD score of a photograph as `ood_score`; the bundle rejects above 1. Other limits, chosen by the
share of the validation photographs that they reject (in brackets what they do reject); some of these have near-duplicates among
what was learnt, so that fruit of another shop is rejected more often. Each kind left out was asked of a model without it,
which measures by its own limits. In bold what is nearest to the bundle's limit.

{rejection_curve(figures)}
![Share of unknown kinds and of what is no fruit that is rejected, by the share of fruit that is](rejection.svg)

At its own limit: {percent(bundle["fruit"])} of fruit, {percent(bundle["unknown"])} of unknown kinds, {percent(bundle["not_fruit"])} of what is no fruit.

## Spoilt photographs

The validation photographs, asked of a model that did not learn from them (some have near-duplicates among the others, so
look at the differences). `--fast` uses two of the six crops, the whole and the tightest.

{spoilt(figures)}
## What each step gained

{ablation(figures, kinds)}
docs/kinds.md lists the sizes, crops and networks that were tried.

## What falls short, and what it would take

{"".join(short) or "Nothing of what was wanted."}
## Where it fails

{mistakes(figures)}
- It knows shelves of shops. A single fruit cut out or drawn, or on a table at home, is answered less surely and
  more often rejected.
- Kinds that look alike are taken for each other. Most often, by the model of shops alone (how many, and what
  share of the kind): {confusions(figures)}.
  Where the second kind is at least half as probable as the first the answer names both, and what distinguishes them.
- A kind it does not know is rejected in {percent(figures["unknown"]["rejected"]["share"])} of cases and else taken for one it does know.
- Never seen in the wild, only in the studio; `predict` says so too: {studio_only(classes)}.
""",
        encoding="utf-8",
    )
