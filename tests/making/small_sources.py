# SPDX-License-Identifier: Apache-2.0
"""Sources of a few photographs, as rows of a sources.csv and files in a folder of data."""

import csv
from pathlib import Path

from making.class_map import ClassMap
from making.sources import COLUMNS, lay_out, read_sources

ROOT = Path(__file__).resolve().parents[2]

TAXONOMY = ROOT / "catalogue" / "taxonomy.csv"

SHOPS = {
    "name": "grocery-fruit",
    "folder": "shops",
    "classes": "grocery-store",
    "domain": "in_the_wild",
    "weight": "1",
    "shown": "yes",
    "licence": "MIT",
    "credit": "© Klasson",
}
TABLES = {
    "name": "tables",
    "folder": "tables",
    "domain": "in_the_wild",
    "weight": "1",
    "shown": "no",
    "licence": "CC0",
    "credit": "somebody",
}
FILMS = SHOPS | {
    "name": "fruits-360",
    "folder": "films",
    "classes": "fruits-360",
    "domain": "studio",
    "weight": "0.15",
    "per_class": "2",
}
SCENES = FILMS | {
    "name": "composed",
    "folder": "",
    "made_from": "fruits-360",
    "domain": "synthetic",
    "weight": "0.3",
}
OFFICIAL = FILMS | {"name": "official", "folder": "test", "weight": "0"}


def write_sources(path: Path, *rows: dict) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.DictWriter(file, COLUMNS, restval="")
        out.writeheader()
        out.writerows(rows)
    return path


def photograph(path: Path, content: str = "") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content or str(path))


def make_photographs(data: Path) -> None:
    """Of apples, bananas, kiwis and lemons."""
    for number in range(3):
        for name in ("train/Fruit/Banana", "train/Fruit/Kiwi", "train/Fruit/Apple/Royal-Gala"):
            photograph(data / "shops" / name / f"{number}.jpg")
        photograph(data / "tables" / "banana" / f"{number}.jpg")
        photograph(data / "tables" / "lemon" / f"{number}.jpg")
        for name in ("Banana", "Lemon", "Apple Pink Lady"):
            photograph(data / "films" / name / f"{number}.jpg")
            photograph(data / "test" / name / f"{number}.jpg")
    photograph(data / "shops" / "val" / "Fruit" / "Banana" / "9.jpg")


def make_class_map(folder: Path) -> ClassMap:
    """Of all of these, laid out in `folder`/work."""
    make_photographs(folder / "data")
    path = write_sources(folder / "sources.csv", SHOPS, TABLES, FILMS, SCENES, OFFICIAL)
    sources = read_sources(path)
    return ClassMap(TAXONOMY, sources, lay_out(sources, folder / "data", folder / "work"))
