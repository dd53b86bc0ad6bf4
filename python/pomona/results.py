# SPDX-License-Identifier: Apache-2.0
"""What verbs give that write no output folder."""

from dataclasses import dataclass
from typing import Any

from pomona._html import escaped, table

_MOST_LABELS = 20


@dataclass(frozen=True, slots=True)
class Scan:
    """What `scan` counts.

    Attributes:
        found: Files in all.
        ok: Files that look like photographs.
        failed: Files that cannot be photographs, such as empty ones.
        skipped: Files that are none and do not claim to be.
        copies: `files`: how many have a copy with the same bytes; `two_labels`: how many of these
            have one with another label.
        not_used: For each reason why files failed or were skipped: `status`, `reason`, `count`, …
        labels: For each label: `label`, `train`, `test`, `failed`.
    """

    found: int
    ok: int
    failed: int
    skipped: int
    copies: dict[str, int]
    not_used: list[dict[str, Any]]
    labels: list[dict[str, Any]]

    def _repr_html_(self) -> str:
        names = ["label", "train", "test", "failed"]
        rows = [[one[name] for name in names] for one in self.labels[:_MOST_LABELS]]
        others = len(self.labels) - len(rows)
        return (
            f"<p>{self.found:,} files: {self.ok:,} photographs, {self.failed:,} failed, "
            f"{self.skipped:,} skipped</p>{table(names, rows)}"
            + (f"<p>… {others:,} more labels</p>" if others else "")
        )


@dataclass(frozen=True, slots=True)
class Verification:
    """What `verify` finds.

    Attributes:
        passed: Sentences: what was compared with what, with counts.
        problems: Sentences: what was expected and found, where.
    """

    passed: list[str]
    problems: list[str]

    @property
    def ok(self) -> bool:
        """Whether there is no problem."""
        return not self.problems

    def _repr_html_(self) -> str:
        lines = [f"<li>ok: {escaped(one)}</li>" for one in self.passed]
        lines += [f"<li><b>problem</b>: {escaped(one)}</li>" for one in self.problems]
        return f"<ul>{''.join(lines)}</ul>"


@dataclass(frozen=True, slots=True)
class Cleaning:
    """What `clean` removes, or would remove.

    Attributes:
        objects: Files of unfinished work.
        bytes: Their bytes.
        uploads: Unfinished uploads or writes.
        publishes: Whether it completes the publication that an interrupted run had begun.
        complete: Whether the folder holds complete results.
    """

    objects: int
    bytes: int
    uploads: int
    publishes: bool
    complete: bool


@dataclass(frozen=True, slots=True)
class Synchronization:
    """What `sync` copies, or would copy.

    Attributes:
        copied: Keys of the objects that were copied.
        copied_bytes: Their bytes.
        removed: Keys of the objects that were removed.
        unchanged: Objects that were equal already.
        failures: For each object that could not be copied: `key` and `message`.
    """

    copied: list[str]
    copied_bytes: int
    removed: list[str]
    unchanged: int
    failures: list[dict[str, str]]

    @property
    def ok(self) -> bool:
        """Whether all was copied."""
        return not self.failures


@dataclass(frozen=True, slots=True)
class Backbone:
    """An installed network.

    Attributes:
        name: What the option `backbone` calls it.
        size: Side of its square input, in pixels.
        feature_count: Features of each photograph.
        logit_count: Classes that it tells apart by itself, 0 when these were not kept.
        source: Where the weights come from.
        license: SPDX identifier of the weights' licence.
    """

    name: str
    size: int
    feature_count: int
    logit_count: int
    source: str
    license: str
