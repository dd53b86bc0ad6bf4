# SPDX-License-Identifier: Apache-2.0
"""The sources of photographs, models/sources.csv, and their photographs laid out in a folder for each."""

import csv
import os
import tarfile
from collections.abc import Iterable
from dataclasses import dataclass, fields
from pathlib import Path

IN_THE_WILD, STUDIO, SYNTHETIC = "in_the_wild", "studio", "synthetic"
DOMAINS = (IN_THE_WILD, STUDIO, SYNTHETIC)
# Photographs of a folder called `val` stand in folders of their own, so that a map can leave them out.
VALIDATION = "val"
KEPT = f".{VALIDATION}"


class SourceError(ValueError):
    """Something is wrong with the sources or with their photographs; the text says what to do."""


@dataclass(frozen=True)
class Source:
    """A row of models/sources.csv, which has these columns in this order."""

    name: str
    archive: str  # below the folder of data; "": `folder` is a folder of it
    folder: str  # of the archive; "": all of it
    classes: str  # the source of the taxonomy that knows its folders; "": they are kind ids
    made_from: str  # the source that its pictures are synthesised from; "": none
    domain: str
    weight: float  # of each photograph; 0: it judges alone
    per_class: int  # photographs at most, evenly spread; 0: all
    shown: bool  # whether its photographs may be shown
    licence: str
    credit: str
    credits: str  # CSV below the folder of data with a credit for each file; "": all have `credit`
    note: str  # what its photographs show


COLUMNS = [field.name for field in fields(Source)]


def refuse(path: Path, what: str) -> None:
    raise SourceError(f"reading {path}: {what}")


def number(path: Path, row: dict, column: str) -> float:
    """That of an empty cell is 0."""
    try:
        value = float(row[column] or 0)
    except ValueError:
        value = -1
    if not 0 <= value <= 1000:
        refuse(
            path, f"{row['name']}: {column} is '{row[column]}', expected a number from 0 to 1000"
        )
    return value


def source_of(path: Path, row: dict) -> Source:
    name = row["name"]
    if None in row or None in row.values():
        refuse(
            path, f"{name}: expected {len(COLUMNS)} cells, found others; quote cells with commas"
        )
    for column in ("licence", "credit"):
        if not row[column].strip():
            refuse(
                path,
                f"the source {name} has no {column}, and photographs without one are not learnt from; "
                f"fill in the column {column}, or take the source out",
            )
    if row["domain"] not in DOMAINS:
        refuse(
            path, f"{name}: the domain is '{row['domain']}', expected one of {', '.join(DOMAINS)}"
        )
    if row["shown"] not in ("yes", "no"):
        refuse(path, f"{name}: shown is '{row['shown']}', expected yes or no")
    if not (row["archive"] or row["folder"] or row["made_from"]):
        refuse(
            path, f"{name}: expected an archive or a folder to read photographs from, found neither"
        )
    values = {
        "weight": number(path, row, "weight"),
        "per_class": int(number(path, row, "per_class")),
        "shown": row["shown"] == "yes",
    }
    return Source(**(row | values))


def read_sources(path: Path) -> list[Source]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        if rows.fieldnames != COLUMNS:
            refuse(path, f"expected the columns {','.join(COLUMNS)}, found {rows.fieldnames}")
        sources = [source_of(path, row) for row in rows]
    names = [source.name for source in sources]
    for name in names:
        if not name or names.count(name) > 1 or "/" in name or "=" in name:
            refuse(path, f"'{name}' is no name of one source; name each once, without / and =")
    for source in sources:
        if source.made_from and source.made_from not in names:
            refuse(path, f"{source.name} is made from '{source.made_from}', which is no source")
    return sources


def of_domain(sources: list[Source], *domains: str) -> list[Source]:
    """Those that a model learns from."""
    return [source for source in sources if source.domain in domains and source.weight > 0]


def unpack(archive: Path, target: Path) -> None:
    """Photographs alone, each where its name says, as long as that is below `target`."""
    if target.exists():
        return
    begun = target.with_name(target.name + ".begun")
    with tarfile.open(archive) as tar:
        for member in tar:
            path = begun / member.name
            if not member.isfile() or path.suffix != ".jpg" or ".." in path.parts:
                continue
            if not path.is_relative_to(begun):
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(tar.extractfile(member).read())
    begun.rename(target)


def spread(files: list[Path], count: int) -> list[Path]:
    """`count` of them, evenly over the film they are of."""
    stride = max(1, len(files) / count)
    return [files[int(i * stride)] for i in range(min(count, len(files)))]


def link(photograph: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if not target.exists():
        os.link(photograph, target)


def photographs_of(source: Source, data: Path, unpacked: Path) -> dict[str, list[Path]]:
    """Of each folder, with KEPT behind the names of those that validate."""
    root = data
    if source.archive:
        if not (data / source.archive).is_file():
            raise SourceError(
                f"reading the source {source.name}: there is no {data / source.archive}; put it there, "
                "or take the source out of models/sources.csv"
            )
        root = unpacked / source.archive.removesuffix(".tar.gz")
        unpack(data / source.archive, root)
    root /= source.folder
    found = {}
    for path in sorted(root.rglob("*.jpg")):
        kept = KEPT if VALIDATION in path.relative_to(root).parts else ""
        found.setdefault(path.parent.name + kept, []).append(path)
    if not found:
        raise SourceError(
            f"reading the source {source.name}: no photograph (*.jpg) in {root}; check the columns "
            "archive and folder of its row in models/sources.csv"
        )
    return found


def lay_out(sources: list[Source], data: Path, work: Path) -> Path:
    """work/photographs/<source>/<folder>/<file> of each source that is not made from another."""
    laid = work / "photographs"
    for source in sources:
        if source.made_from:
            continue
        for folder, files in photographs_of(source, data, work / "unpacked").items():
            for one in spread(files, source.per_class) if source.per_class else files:
                link(one, laid / source.name / folder / one.name)
    return laid


class Credits:
    """Whose photographs they are, under which licence, and which may be shown."""

    def __init__(self, sources: list[Source], data: Path):
        self.sources = {source.name: source for source in sources}
        self.of_files = {}
        for name in sorted({source.credits for source in sources} - {""}):
            with (data / name).open(encoding="utf-8", newline="") as file:
                for row in csv.DictReader(file):
                    self.of_files[row["file"]] = row["licence_and_credit"]

    def of(self, path: str) -> str:
        """`path` is <source>/<folder>/<file>."""
        source = self.sources[path.split("/")[0]]
        if not source.credits:
            return f"{source.credit}, {source.licence}"
        credit = self.of_files.get(path, "")
        if not credit:
            raise SourceError(
                f"reading {source.credits}: the photograph {path} has no licence and credit; add "
                "them, or take the photograph out"
            )
        return credit

    def check(self, paths: Iterable[str]) -> None:
        """Refuses photographs without a credit."""
        for path in paths:
            self.of(path)

    def may_show(self, path: str) -> bool:
        return self.sources[path.split("/")[0]].shown


def known_to_the_backbone(classes: Path) -> set[str]:
    """Kinds that are among the backbone's own classes, by catalogue/backbone_classes.csv."""
    with classes.open(encoding="utf-8", newline="") as file:
        return {row["label"] for row in csv.DictReader(file)}
