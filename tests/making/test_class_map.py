# SPDX-License-Identifier: Apache-2.0
"""Which kind each folder of each source shows, and what its photographs weigh."""

import csv
from pathlib import Path

import pytest
from making import class_map, sources
from small_sources import ROOT, make_class_map, photograph


@pytest.fixture
def classes(tmp_path):
    return make_class_map(tmp_path)


def rows_of(path: Path) -> dict[tuple[str, str], dict]:
    with path.open(encoding="utf-8", newline="") as file:
        return {(row["source"], row["class"]): row for row in csv.DictReader(file)}


def test_a_map_weighs_sources_and_leaves_kinds_out(classes, tmp_path):
    rows = rows_of(classes.write(tmp_path / "all.csv"))
    shops = rows["grocery-fruit", "Banana"]
    assert shops == rows["grocery-fruit", "Banana.val"] | {"class": "Banana"}
    assert shops["label"] == rows["tables", "banana"]["label"] == "banana"
    assert rows["fruits-360", "Banana"]["weight"] == "0.15"
    assert rows["composed", "Banana"]["weight"] == "0.3"
    apples = rows["grocery-fruit", "Royal-Gala"]
    assert (apples["label"], apples["variety"]) == ("apple", "Gala")
    assert rows["composed", "Apple Pink Lady"]["variety"] == "Cripps Pink"
    assert shops["variety"] == rows["tables", "banana"]["variety"] == ""
    assert {source for source, _ in rows} == {"grocery-fruit", "tables", "fruits-360", "composed"}

    def drop(source, folder, label):
        return source == "grocery-fruit" and label == "banana"

    rows = rows_of(classes.write(tmp_path / "some.csv", drop))
    assert rows["grocery-fruit", "Banana"]["label"] == ""
    assert rows["grocery-fruit", "Banana.val"]["label"] == ""
    assert rows["fruits-360", "Banana"]["label"] == "banana"


def test_a_folder_that_names_no_kind_is_refused(classes):
    photograph(classes.laid / "tables" / "durian" / "1.jpg")
    with pytest.raises(sources.SourceError, match="source tables: its folder 'durian' names no"):
        class_map.ClassMap(ROOT / "catalogue" / "taxonomy.csv", classes.sources, classes.laid)


def test_a_folder_of_no_class_is_refused(classes):
    photograph(classes.laid / "grocery-fruit" / "banana" / "1.jpg")
    with pytest.raises(sources.SourceError, match="expected a class of grocery-store"):
        class_map.ClassMap(ROOT / "catalogue" / "taxonomy.csv", classes.sources, classes.laid)


def test_a_photograph_under_two_kinds_is_refused(classes):
    class_map.refuse_two_kinds(classes)
    banana = classes.laid / "tables" / "banana" / "0.jpg"
    photograph(classes.laid / "grocery-fruit" / "Kiwi" / "copy.jpg", banana.read_text())
    with pytest.raises(sources.SourceError, match="shows two kinds: kiwi in .*copy.jpg, banana in"):
        class_map.refuse_two_kinds(classes)


def test_a_copy_of_the_same_kind_is_not(classes):
    banana = classes.laid / "tables" / "banana" / "0.jpg"
    photograph(classes.laid / "grocery-fruit" / "Banana" / "copy.jpg", banana.read_text())
    class_map.refuse_two_kinds(classes)


def test_photographs_in_the_wild_are_counted_by_kind(classes):
    counts = classes.count_in_the_wild()
    assert counts == {"apple": 3, "banana": 7, "kiwi": 3, "lemon": 3}
    assert classes.kinds(["tables"]) == ["banana", "lemon"]
    assert classes.names(sources.IN_THE_WILD) == ["grocery-fruit", "tables"]
    assert classes.count("fruits-360") == 3
    paths = [classes.path_of(path) for _, path, kind in classes.in_the_wild() if kind == "lemon"]
    assert paths == [f"tables/lemon/{number}.jpg" for number in range(3)]


@pytest.mark.parametrize(("power", "weight"), [(0, 1), (1, 1 / 4), (0.5, 1 / 2)])
def test_near_duplicates_weigh_less(classes, tmp_path, power, weight):
    classes.weigh_groups({("grocery-fruit", "banana"): 1, ("tables", "banana"): 3}, power)
    rows = rows_of(classes.write(tmp_path / "all.csv"))
    assert float(rows["grocery-fruit", "Banana"]["weight"]) == weight, "four of one group"
    assert float(rows["grocery-fruit", "Banana.val"]["weight"]) == weight
    assert float(rows["tables", "banana"]["weight"]) == 1, "each its own"
    assert float(rows["tables", "lemon"]["weight"]) == pytest.approx((1 / 3) ** power), "unnamed"
    assert float(rows["fruits-360", "Banana"]["weight"]) == 0.15
