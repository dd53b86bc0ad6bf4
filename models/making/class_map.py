# SPDX-License-Identifier: Apache-2.0
"""What the folders of all sources stand for, as a map for --classes."""

import csv
import hashlib
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from .sources import DOMAINS, IN_THE_WILD, KEPT, STUDIO, Source, SourceError, of_domain


def keep_all(source: str, folder: str, label: str) -> bool:
    return False


class ClassMap:
    """Which kind each folder of each source shows. `laid` is where lay_out() put photographs."""

    def __init__(self, taxonomy: Path, sources: list[Source], laid: Path):
        with taxonomy.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        self.ids = {row["species_id"] for row in rows}
        self.taxonomy = {(row["source"], row["class"]): row for row in rows}
        self.sources = sources
        self.laid = laid
        self.folders = {source.name: self._folders(source) for source in sources}
        # What a photograph of a kind of a source counts of the weight of that source.
        self.shares: dict[tuple[str, str], float] = {}

    def _folders(self, source: Source) -> dict[str, str]:
        """The kind of each folder; "": it is left out."""
        root = self.laid / (source.made_from or source.name)
        return {
            path.name: self._kind(source, path) for path in sorted(root.iterdir()) if path.is_dir()
        }

    def _kind(self, source: Source, folder: Path) -> str:
        name = folder.name.removesuffix(KEPT)
        if source.classes:
            row = self.taxonomy.get((source.classes, name))
            if row is not None:
                return row["label"]
            expected = f"a class of {source.classes}"
        else:
            if name in self.ids:
                return name
            expected = "a species_id"
        raise SourceError(
            f"reading the source {source.name}: its folder '{name}' names no kind; expected "
            f"{expected} in catalogue/taxonomy.csv; rename the folder, add the kind there, or take "
            "the folder out"
        )

    def label(self, source: str, folder: str) -> str:
        return self.folders[source][folder]

    def names(self, *domains: str) -> list[str]:
        """Sources of these domains that a model learns from."""
        return [source.name for source in of_domain(self.sources, *domains)]

    def kinds(self, sources: Iterable[str]) -> list[str]:
        return sorted({kind for name in sources for kind in self.folders[name].values()} - {""})

    def count(self, source: str) -> int:
        """How many folders of a source have a kind."""
        return sum(kind != "" for kind in self.folders[source].values())

    def photographs(self, source: str) -> list[tuple[Path, str]]:
        """Those that have a kind, each with it."""
        return [
            (path, kind)
            for folder, kind in self.folders[source].items()
            if kind
            for path in sorted((self.laid / source / folder).iterdir())
        ]

    def path_of(self, photograph: Path) -> str:
        """<source>/<folder>/<file>, as tables have it."""
        return photograph.relative_to(self.laid).as_posix()

    def in_the_wild(self) -> list[tuple[str, Path, str]]:
        """Source, path and kind of every photograph taken in the wild."""
        return [
            (name, path, kind)
            for name in self.names(IN_THE_WILD)
            for path, kind in self.photographs(name)
        ]

    def count_in_the_wild(self) -> dict[str, int]:
        """Photographs in the wild of every kind."""
        counted = Counter(kind for _, _, kind in self.in_the_wild())
        return {kind: counted[kind] for kind in self.kinds(self.names(IN_THE_WILD, STUDIO))}

    def weigh_groups(self, groups: dict[tuple[str, str], int], power: float) -> None:
        """Lets photographs of a source and kind weigh by how many groups of near-duplicates they are:
        with the power 1 all of them as much as one of each group, with 0 each as much as any."""
        counted = Counter((name, kind) for name, _, kind in self.in_the_wild())
        self.shares = {
            key: (min(groups.get(key, 1), count) / count) ** power for key, count in counted.items()
        }

    def write(self, path: Path, drop=keep_all) -> Path:
        """Without the folders of which `drop` says so, by their source, name and kind."""
        with path.open("w", encoding="utf-8", newline="") as file:
            out = csv.writer(file, lineterminator="\n")
            out.writerow(["source", "class", "label", "weight", "variety"])
            for source in of_domain(self.sources, *DOMAINS):
                for folder, kind in self.folders[source.name].items():
                    label = "" if drop(source.name, folder, kind) else kind
                    weight = source.weight * self.shares.get((source.name, kind), 1)
                    row = self.taxonomy.get((source.classes, folder.removesuffix(KEPT)), {})
                    variety = row.get("cultivar", "")
                    out.writerow([source.name, folder, label, f"{weight:.6g}", variety])
        return path


def refuse_two_kinds(classes: ClassMap) -> None:
    """The same bytes must not stand under two kinds."""
    first = {}
    for name in classes.names(IN_THE_WILD, STUDIO):
        for path, kind in classes.photographs(name):
            digest = hashlib.sha256(path.read_bytes()).digest()
            one, other = first.setdefault(digest, (path, kind))
            if other != kind:
                raise SourceError(
                    f"the same photograph shows two kinds: {other} in {one}, {kind} in {path}; take "
                    "one of them out of its source"
                )
