# SPDX-License-Identifier: Apache-2.0
"""What is predicted for one photograph."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Answer:
    """A label and how probable it is.

    Attributes:
        id: The label.
        name: Its name in the language that was asked for; the label where nothing is known of it.
        scientific_name: None where nothing is known of it, like `family`.
        family: Botanical family.
        probability: 0 to 1.
        studio_only: The bundle knows it from studio images alone.
    """

    id: str
    name: str
    scientific_name: str | None
    family: str | None
    probability: float
    studio_only: bool


@dataclass(frozen=True, slots=True)
class Variety:
    """A variety of the first answer.

    Attributes:
        id: As the class map names it.
        name: In the language that was asked for.
        probability: That label and variety are both right.
        distinguished_by: What one can see; None: not known.
    """

    id: str
    name: str
    probability: float
    distinguished_by: str | None


@dataclass(frozen=True, slots=True)
class Confusable:
    """The second answer, where it is so near that the first may well be wrong.

    Attributes:
        id: The label.
        name: In the language that was asked for.
        difference: From the first answer, to the eye; None: not known.
    """

    id: str
    name: str
    difference: str | None


@dataclass(frozen=True, slots=True)
class Fact:
    """Something worth knowing about the first answer.

    Attributes:
        topic: `"part"`, `"origin"`, `"biodiversity"`, `"more"` or `"caution"`.
        text: In the language that was asked for.
        source: A citation; None: there is none.
    """

    topic: str
    text: str
    source: str | None


@dataclass(frozen=True, slots=True)
class PredictionFailure:
    """Why a photograph could not be read.

    Attributes:
        kind: As in failures.csv: `"gone"`, `"not_an_image"`, `"truncated"`, …
        message: What was expected and found.
    """

    kind: str
    message: str


@dataclass(frozen=True, slots=True)
class Prediction:
    """What `pomona predict --json` prints of one photograph.

    Attributes:
        path: Its name.
        answers: The best first; of a rejected one what is nearest.
        rejected: Why it got no answer: `"too_small"`, `"too_dark"`, `"too_blurred"`,
            `"something_else"`, `"unknown_kind"`; None: it got one.
        ood_score: Above 1 it is rejected; None: the bundle has no reject option.
        confusable: The second answer, where it is near.
        variety: Of the first answer, where it is certain enough.
        facts: About the first answer.
        damage: Share of the picture that is lost, 0 to 1.
        failure: Why it could not be read; all else is then empty.
    """

    path: str
    answers: tuple[Answer, ...]
    rejected: str | None
    ood_score: float | None
    confusable: Confusable | None
    variety: Variety | None
    facts: tuple[Fact, ...]
    damage: float
    failure: PredictionFailure | None

    @classmethod
    def from_json(cls, text: str) -> Prediction:
        """Of a line of `pomona predict --json`."""
        found: dict[str, Any] = json.loads(text)
        failure, variety, confusable = (
            found.get(name) for name in ("failure", "variety", "confusable")
        )
        return cls(
            path=found["path"],
            answers=tuple(Answer(**kind) for kind in found["kinds"]),
            rejected=None if failure else found["refused"],
            ood_score=found["ood_score"],
            confusable=Confusable(**confusable) if confusable else None,
            variety=Variety(**variety) if variety else None,
            facts=tuple(Fact(**fact) for fact in found["facts"]),
            damage=found.get("damage", 0.0),
            failure=PredictionFailure(**failure) if failure else None,
        )
