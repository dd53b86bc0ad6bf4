# SPDX-License-Identifier: Apache-2.0
"""The model card: what the served model is made of, what it is worth, and where it fails."""

from pathlib import Path

from . import leave_one_source_out_card, rejection, wanted
from .judge import SHOPS
from .leave_one_source_out import FEW
from .markdown import interval, of_metrics, of_share, percent, table, whole_percent

FILMS = "fruits-360"
WEAK = 0.9  # kinds below are named
MOST_NAMED = 10


def sources(figures: dict) -> str:
    rows = [
        (
            one["name"],
            one["domain"],
            f"{one['photographs']:,} of {one['kinds']} kinds: {one['note']}",
            f"{one['weight']:g}",
            f"{one['licence']}: {one['credit']}",
        )
        for one in figures["sources"]
    ]
    rows.append(
        (
            "backbone EfficientNet-Lite0, ImageNet weights (not in this folder)",
            "–",
            "–",
            "–",
            "Apache-2.0",
        )
    )
    return table(["source", "domain", "photographs", "weight", "licence: credit"], rows)


def worth(figures: dict) -> str:
    right = {key: whole_percent(share) for key, share in wanted.RIGHT.items()}
    wild = figures["wild"]
    known, new = figures["wild_known"]["right"], figures["wild_new"]["right"]
    rows = [
        *leave_one_source_out_card.worth(figures["leave_one_source_out"]),
        (
            "photographs in shops, five-fold cross-validation by groups of near-duplicates",
            of_metrics(figures["folds"][SHOPS]),
            f"{right['shops']}, among three {whole_percent(wanted.AMONG_THREE)}, "
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
        for one in worst_first(figures["by_class"][SHOPS])
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
    in_the_wild = sum(count > 0 for count in figures["in_the_wild"].values())
    rows = [
        (
            f"photographs in the wild alone, {in_the_wild} kinds to choose from",
            of_metrics(figures["wild_alone"]),
        ),
        (
            f"and studio frames, {kinds} kinds to choose from",
            of_metrics(figures["without_synthetic"]),
        ),
        ("and composed scenes: the model", of_metrics(figures["folds"][SHOPS])),
    ]
    steps = [
        ("photographs in shops of other kinds and studio frames", "wild_without_synthetic"),
        ("and composed scenes without domain adaptation", "wild_unadapted"),
        ("and composed scenes with domain adaptation", "wild_adapted"),
        ("and the Gaussian prior: the model", "wild"),
    ]
    kinds_left_out = [(name, of_share(figures[key]["right"])) for name, key in steps]
    some, all_of_them = (
        figures[key]["right"]["count"] for key in ("wild_without_synthetic", "wild")
    )
    return (
        table(["learnt from", "photographs in shops, cross-validated"], rows)
        + "\n"
        + table(
            ["learnt from", "photographs in shops of kinds never seen in the wild"], kinds_left_out
        )
        + f"\nAll but the last were asked about {some:,} of the {all_of_them:,} photographs, evenly chosen.\n"
    )


def short_of(figures: dict) -> list[str]:
    """What is wanted and not reached, and why."""
    official, film = figures["official"]["accuracy"], figures["film"]["accuracy"]
    shops, wild = figures["folds"][SHOPS], figures["wild"]["right"]["share"]
    unknown = figures["unknown"]["rejected"]["share"]
    no_fruit = figures["rejection"]["bundle"]["not_fruit"]
    error = shops["expected_calibration_error"]
    found = [
        *leave_one_source_out_card.short_of(
            figures["leave_one_source_out"], figures["few_in_the_wild"]
        ),
        (
            shops["accuracy"] < wanted.RIGHT["shops"]
            or shops["top3_accuracy"] < wanted.AMONG_THREE,
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
            f"**The official test.** {percent(official)}. Only 30 frames of each class are "
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
        return "None of the surest mistakes may be shown.\n"
    credits = "".join(
        f"{number}. {one['truth']} › {one['prediction']}: {one['credit']}\n"
        for number, one in enumerate(shown, 1)
    )
    return f"""\
![Photographs in the wild, each with what it shows and what it was taken for](mistakes.jpg)

The {len(shown)} surest mistakes about photographs of a source that the model did without, of those that may be shown, one of
each source, kind and answer: what it shows › what it was taken for, and how surely. Whose photographs they are, in this order
([licence of the Grocery Store Dataset](LICENSE.grocery-store)):

{credits}"""


def confusions(figures: dict) -> str:
    return "; ".join(
        f"{one['truth']} for {one['prediction']} ({one['count']}, {percent(one['rate'])})"
        for one in figures["confusions"]
    )


def studio_only(figures: dict) -> str:
    return ", ".join(kind for kind, count in figures["in_the_wild"].items() if count == 0)


def write(path: Path, figures: dict) -> None:
    kinds = len(figures["in_the_wild"])
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

{sources(figures)}
`models/sources.csv` lists them. The network sees six crops of each photograph at 320 px: the whole, its middle 75 % and 50 %, and each mirrored. A photograph counts
by the weight of its source, in the wild times (groups of near-duplicates / photographs) to the power {figures["group_power"]:g} of its kind there,
so that one fruit photographed many times counts less. Domain adaptation shifts and scales the components of composed scenes to the in-the-wild
domain, estimated from kinds that both domains have (`train --adapt`). Of kinds never seen in the wild that are
among the backbone's own classes, logistic regression gets a Gaussian prior centred on the backbone's output layer ({", ".join(figures["backbone_knows"])};
`train --backbone-classes`). {figures["components"]} principal components, logistic regression, a temperature from out-of-fold scores.

## What it is worth

{worth(figures)}
Leave-one-source-out: each source in the wild is judged by a model that never saw it, as strangers' photographs are; the mean is over
kinds, so that none counts for more because more photographs of it were to be had. Intervals are 95 %, by bootstrap: of kinds in
the rows of leave-one-source-out and in the last two, of groups of near-duplicates and films in the two after, and of
single photographs in the official test, of spoilt photographs and of what is no fruit, which makes those narrower than
they should be. The principal components and the classifier of each fold never saw that fold. The temperature of
the bundle comes from the out-of-fold scores of photographs in the wild and studio frames, that of a model without a source from
a tenth of its photographs.

Some settings were chosen by the same photographs that judge them, for there are no others: the weight of composed scenes and
their domain adaptation, and the weight of the prior, by the kinds never seen in the wild, the directions of the OOD score by the unknown kinds, the weight of near-duplicates by folds (docs/kinds.md). Nearly
all that was tried did better than what there was before, so little of the gain can be luck, but some may be.

### Sources in the wild

Each left out, and beside it five folds by groups of near-duplicates of all sources, which flatter: other photographs of the
same table or shelf were learnt from. grocery-fruit and grocery-vegetables are of the same shops, but have no kind in common.

{leave_one_source_out_card.by_source(figures["leave_one_source_out"], figures["folds"])}
### Kinds in the wild, left out with their source, worst first

Intervals are Wilson's, of as many draws as there are groups of near-duplicates. "Seen elsewhere": how many of these photographs
show a kind that the model knew from another source in the wild. ◦ marks kinds with fewer than {FEW} photographs in the wild.

{leave_one_source_out_card.by_kind(figures["leave_one_source_out"], figures["few_in_the_wild"])}
{leave_one_source_out_card.few(figures["few_in_the_wild"])}
### Kinds in shops, worst first

Five folds of {SHOPS}, kind by kind. Intervals are of groups of near-duplicates, by bootstrap; by Wilson's
score where all groups are alike.

{kinds_in_shops(figures)}
### Kinds in the studio

All kinds are in `figures.json`, `by_class`.

- Fruits-360 by film, as in the table above: {weak_kinds(figures, FILMS)}

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
- It knows shelves of shops best. A single fruit cut out or drawn, or in a place it has not seen, is answered less surely and
  more often rejected.
- Kinds that look alike are taken for each other. Most often, by the model of photographs in the wild alone, in folds (how many, and what
  share of the kind): {confusions(figures)}.
  Where the second kind is at least half as probable as the first the answer names both, and what distinguishes them.
- A kind it does not know is rejected in {percent(figures["unknown"]["rejected"]["share"])} of cases and else taken for one it does know.
- Never seen in the wild, only in the studio; `predict` says so too: {studio_only(figures)}.
""",
        encoding="utf-8",
    )
