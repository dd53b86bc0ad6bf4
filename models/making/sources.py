# SPDX-License-Identifier: Apache-2.0
"""The photographs a model of kinds learns from, laid out in a folder for each source."""

import csv
import os
import tarfile
from pathlib import Path

NATURAL, STUDIO, COMPOSED, OFFICIAL = "natural", "studio", "composed", "official"
# Photographs of the validation set stand in folders of their own, so that a map can leave them out.
KEPT = ".val"
TAXONOMY = {"grocery-store": (NATURAL,), "fruits-360": (STUDIO, COMPOSED)}
# What a photograph counts. A studio frame shows what 19 others of its film show too.
WEIGHTS = {NATURAL: 1, STUDIO: 0.15, COMPOSED: 0.3}
FRAMES_A_CLASS = 30
OFFICIAL_STRIDE = 12


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


def lay_out(data: Path, work: Path) -> None:
    """work/natural, work/studio and work/official of the archives in `data`."""
    for archive in ("grocery-fruit-train", "fruits-360-train-fifth", "fruits-360-test"):
        unpack(data / f"{archive}.tar.gz", work / "unpacked" / archive)
    unpacked = work / "unpacked"
    for part, ending in (("train", ""), ("val", KEPT)):
        for one in sorted((unpacked / "grocery-fruit-train" / part).rglob("*.jpg")):
            link(one, work / NATURAL / (one.parent.name + ending) / one.name)
    for folder in sorted((unpacked / "fruits-360-train-fifth" / "Training").iterdir()):
        for one in spread(sorted(folder.iterdir()), FRAMES_A_CLASS):
            link(one, work / STUDIO / folder.name / one.name)
    for folder in sorted((unpacked / "fruits-360-test" / "Test").iterdir()):
        for one in sorted(folder.iterdir())[::OFFICIAL_STRIDE]:
            link(one, work / OFFICIAL / folder.name / one.name)


def known_to_the_backbone(classes: Path) -> set[str]:
    """Kinds that are among the backbone's own classes, by catalogue/backbone_classes.csv."""
    with classes.open(encoding="utf-8", newline="") as file:
        return {row["label"] for row in csv.DictReader(file)}


class ClassMap:
    """The rows of catalogue/taxonomy.csv as a map for --classes, some of them left out."""

    def __init__(self, taxonomy: Path):
        with taxonomy.open(encoding="utf-8", newline="") as file:
            self.taxonomy = list(csv.DictReader(file))

    def label(self, source: str, name: str) -> str:
        for row in self.taxonomy:
            if row["source"] == source and row["class"] == name:
                return row["label"]
        raise LookupError(f"the taxonomy has no class '{name}' of {source}")

    def kinds(self, source: str) -> list[str]:
        return sorted({r["label"] for r in self.taxonomy if r["source"] == source} - {""})

    def count(self, source: str) -> int:
        """How many classes of a source have a kind."""
        return sum(row["source"] == source and row["label"] != "" for row in self.taxonomy)

    def write(self, path: Path, drop=lambda source, name, label: False) -> Path:
        with path.open("w", encoding="utf-8", newline="") as file:
            out = csv.writer(file, lineterminator="\n")
            out.writerow(["source", "class", "label", "weight", "variety"])
            for row in self.taxonomy:
                names = [row["class"]]
                if row["source"] == "grocery-store":
                    names.append(row["class"] + KEPT)
                for source in TAXONOMY[row["source"]]:
                    for name in names:
                        label = "" if drop(source, name, row["label"]) else row["label"]
                        out.writerow([source, name, label, WEIGHTS[source], row["cultivar"]])
        return path
