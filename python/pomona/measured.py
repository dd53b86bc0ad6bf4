# SPDX-License-Identifier: Apache-2.0
"""What is measured of a classifier's answers: when it is trained, and when it is evaluated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pomona._html import accuracy_interval, escaped, percent, table
from pomona.tables import Table

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_MOST_MISTAKES = 5


class Measured:
    """Metrics of one or more evaluation protocols, and the details of one.

    Args:
        metrics: As docs/formats.md describes metrics.json.
        confusion: Counts of answers; None: nothing was evaluated.
    """

    def __init__(self, metrics: dict[str, Any], confusion: Table | None) -> None:
        #: As docs/formats.md describes metrics.json.
        self.metrics = metrics
        #: A row for each label: `truth`, and how often each label was the answer; None: not known.
        self.confusion = confusion

    @property
    def protocols(self) -> dict[str, dict[str, Any]]:
        """The metrics of each evaluation protocol, by its key: `"main"`, `"by_group"`, …"""
        found: dict[str, dict[str, Any]] = {}
        for one in self.metrics["metrics"]:
            key = f"{one['key']}:{one['source']}" if "source" in one else one["key"]
            found[key] = one
        return found

    @property
    def labels(self) -> list[str]:
        """The labels that are told apart, in byte order."""
        labels: list[str] = self.metrics["labels"]
        return labels

    @property
    def surest_mistakes(self) -> list[dict[str, Any]]:
        """Wrong answers, the most probable first: `path`, `truth`, `prediction`, `probability`, …"""
        mistakes: list[dict[str, Any]] = self.metrics["surest_mistakes"]
        return mistakes

    def _repr_html_(self) -> str:
        rows = [
            [one["title"], f"{one['rows']:,}", percent(one["accuracy"]), accuracy_interval(one)]
            for one in self.metrics["metrics"]
        ]
        parts = [table(["protocol", "photographs", "accuracy", "95 % interval"], rows)]
        mistakes = [
            [one["path"], one["truth"], one["prediction"], percent(one["probability"])]
            for one in self.surest_mistakes[:_MOST_MISTAKES]
        ]
        if mistakes:
            names = ["surest mistakes", "truth", "prediction", "probability"]
            parts.append(table(names, mistakes))
        return "".join(parts)


class Evaluation(Measured):
    """How good a bundle is on photographs or features: what `pomona.evaluate` returns."""

    @property
    def accuracy(self) -> float:
        """Share of right answers, 0 to 1."""
        return float(self.protocols["main"]["accuracy"])

    @property
    def accuracy_interval(self) -> tuple[float, float]:
        """Its 95 % interval."""
        low, high = self.protocols["main"]["accuracy_interval"]
        return float(low), float(high)

    def __repr__(self) -> str:
        low, high = self.accuracy_interval
        rows = self.protocols["main"]["rows"]
        return (
            f"Evaluation: accuracy {self.accuracy:.3f} ({low:.3f}–{high:.3f}), {rows:,} photographs"
        )


class TrainingResult(Measured):
    """What was measured when a bundle was trained: `bundle.training`.

    Args:
        metrics: As docs/formats.md describes metrics.json.
        confusion: Counts of answers; None: there was no test.
        tsne: The t-SNE plot: `path`, `label`, `split`, `x` and `y`.
    """

    def __init__(self, metrics: dict[str, Any], confusion: Table | None, tsne: Table) -> None:
        super().__init__(metrics, confusion)
        #: The t-SNE plot, of at most 1,200 rows: `path`, `label`, `split`, `x` and `y`.
        self.tsne = tsne

    @property
    def headline(self) -> str:
        """A sentence: how good the classifier is."""
        return str(self.metrics["headline"])

    def __repr__(self) -> str:
        return f"TrainingResult: {self.headline}"

    def _repr_html_(self) -> str:
        warnings = "".join(f"<p>⚠ {escaped(one)}</p>" for one in self.metrics["warnings"])
        return f"<p>{escaped(self.headline)}</p>{super()._repr_html_()}{warnings}"


def confusion_table(labels: list[str], counts: NDArray[np.int64]) -> Table | None:
    """Counts, truth by row; None where there are none."""
    import numpy as np

    if not labels:
        return None
    truth = "truth"
    while truth in labels:  # a column of that label follows
        truth += "_"
    columns: dict[str, Any] = {truth: labels}
    for number, label in enumerate(labels):
        columns[label] = np.ascontiguousarray(counts[:, number])
    return Table(columns)


def tsne_table(plot: dict[str, Any]) -> Table:
    """The points of tsne.json."""
    import numpy as np

    points = plot["points"]
    columns: dict[str, Any] = {
        name: [one[name] for one in points] for name in ("path", "label", "split")
    }
    for name in ("x", "y"):
        columns[name] = np.array([one[name] for one in points], np.float32)
    return Table(columns)
