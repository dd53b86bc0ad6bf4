# SPDX-License-Identifier: Apache-2.0
"""withLabel and withSplit: the labels and the division that `pomona scan` and `extract` give."""

import unicodedata

import pytest
from places import FRUITS

import pomona
from pomona.spark import withLabel, withSplit

FILMS = r"^(r\d*_)?"


@pytest.fixture(scope="module")
def photographs(spark):
    """Names and places; without `content`, which takes long to read."""
    files = spark.read.format("binaryFile").option("recursiveFileLookup", "true")
    return files.load(str(FRUITS)).select("path", "length").cache()


@pytest.fixture(scope="module")
def labelled(photographs):
    return withLabel(photographs).cache()


def divided_by_core(folder, **options):
    """As extract divides, which calls what scan calls: path below the folder, label, split."""
    table = pomona.extract(str(folder), **options)
    return set(zip(table["path"], table["label"], table["split"]))


def rows_of(frame, root):
    prefix = f"file:{root}/"
    rows = frame.select("path", "label", "split").collect()
    assert all(row["path"].startswith(prefix) for row in rows)
    return {(row["path"].removeprefix(prefix), row["label"], row["split"]) for row in rows}


def refused(call):
    with pytest.raises(pomona.InvalidInputError) as caught:
        call()
    return str(caught.value)


@pytest.mark.parametrize("options", [{}, {"group": FILMS}, {"holdout": 0.35, "seed": 7}])
def test_the_sample_is_divided_as_by_the_core(labelled, tiny, options):
    expected = divided_by_core(FRUITS, **tiny, **options)
    found = rows_of(withSplit(labelled, root=str(FRUITS), **options), FRUITS)
    assert len(found) == 1048
    assert found == expected
    assert {row[2] for row in found} == {"train", "test"}


def test_the_root_is_found(labelled):
    named = withSplit(labelled, root=f"file://{FRUITS}")
    assert rows_of(withSplit(labelled), FRUITS) == rows_of(named, FRUITS)


def test_relative_paths_are_taken_as_they_are(spark, labelled):
    from pyspark.sql.functions import col, expr

    relative = labelled.withColumn("path", expr(f"replace(path, 'file:{FRUITS}/', '')"))
    found = withSplit(relative).where(col("split") == "test").select("path").collect()
    expected = {row[0] for row in rows_of(withSplit(labelled), FRUITS) if row[2] == "test"}
    assert {row["path"] for row in found} == expected


def test_copies_stay_on_one_side(spark, tiny, tmp_path):
    photographs = sorted((FRUITS / "Banana").iterdir())[:6] + sorted((FRUITS / "Fig").iterdir())[:6]
    for number, photograph in enumerate(photographs):
        folder = tmp_path / photograph.parent.name
        folder.mkdir(exist_ok=True)
        for copy in "abc":
            (folder / f"{number}-{copy}.jpg").write_bytes(photograph.read_bytes())
    files = spark.read.format("binaryFile").option("recursiveFileLookup", "true")
    labelled = withLabel(files.load(str(tmp_path)))
    found = rows_of(withSplit(labelled), tmp_path)
    assert found == divided_by_core(tmp_path, **tiny)
    sides = {}
    for path, _, split in found:
        sides.setdefault(path.split("-")[0], set()).add(split)
    assert {len(of_copies) for of_copies in sides.values()} == {1}
    without = withSplit(labelled.drop("content"))
    assert rows_of(without, tmp_path) != found


def test_copies_by_features(spark):
    rows = [(f"{label}/{n}.jpg", label, [float(n // 2), 1.0]) for label in "ab" for n in range(20)]
    frame = spark.createDataFrame(rows, "path string, label string, features array<float>")
    divided = withSplit(frame, copyCol="features").collect()
    sides = {}
    for row in divided:
        sides.setdefault((row["label"], row["features"][0]), set()).add(row["split"])
    assert {len(of_copies) for of_copies in sides.values()} == {1}


def test_labels_are_composed(spark):
    name = unicodedata.normalize("NFD", "Açaí")
    frame = spark.createDataFrame([(f"file:/x/{name}/1.jpg",), ("2.jpg",)], "path string")
    assert [row["label"] for row in withLabel(frame).collect()] == ["Açaí", ""]


CLASS_MAP = """source,class,label
,Apple,Apple
,Pomme,Apple
market,Fig,Figue
studio,Fig,Fig
,Nut,
"""


def test_class_map(spark, tmp_path):
    from pyspark.errors import PythonException

    classes = tmp_path / "classes.csv"
    classes.write_text(CLASS_MAP, encoding="utf-8")
    paths = [
        "s3a://bucket/in/market/Pomme/1.jpg",
        "s3a://bucket/in/market/Fig/2.jpg",
        "s3a://bucket/in/studio/Fig/3.jpg",
        "s3a://bucket/in/studio/Nut/4.jpg",
    ]
    frame = spark.createDataFrame([(path,) for path in paths], "path string")
    options = {"classes": classes, "root": "s3://bucket/in", "sources": ["market", "studio"]}
    found = withLabel(frame, **options).collect()
    assert [(row["path"], row["label"]) for row in found] == [
        (paths[0], "Apple"),
        (paths[1], "Figue"),
        (paths[2], "Fig"),
    ]
    unknown = spark.createDataFrame([("s3://bucket/in/market/Plum/1.jpg",)], "path string")
    with pytest.raises(PythonException, match="it has no row for the class 'Plum' of market"):
        withLabel(unknown, **options).collect()
    with pytest.raises(PythonException, match="is 'Figue' in one source and 'Fig' in 'studio'"):
        withLabel(frame, classes=classes).collect()


def test_what_is_refused(spark, labelled, tmp_path):
    assert "expected a column 'place', found the columns 'path', 'length', 'label'" in refused(
        lambda: withLabel(labelled, pathCol="place")
    )
    assert "output column 'label' exists already" in refused(lambda: withLabel(labelled))
    assert "output column 'PATH' exists already" in refused(
        lambda: withLabel(labelled, labelCol="PATH")
    )
    assert "output column 'Label' exists already" in refused(
        lambda: withSplit(labelled, splitCol="Label")
    )
    assert "the column 'length': expected string, found bigint" in refused(
        lambda: withSplit(labelled, labelCol="length")
    )
    assert "holdout: expected a share from 0 to less than 1, found 1" in refused(
        lambda: withSplit(labelled, holdout=1.0)
    )
    assert "group '(': not a regular expression" in refused(lambda: withSplit(labelled, group="("))
    assert "root: expected a folder that every photograph lies below" in refused(
        lambda: withSplit(labelled, root="/elsewhere")
    )
    assert "sources: expected root as well" in refused(
        lambda: withLabel(labelled.drop("label"), sources=["a"])
    )
    nothing = spark.createDataFrame([("a/1.jpg", None)], "path string, label string")
    assert "the column 'label': expected a text in every row, found null" in refused(
        lambda: withSplit(nothing)
    )
    twice = spark.createDataFrame(
        [("a/1.jpg", "a"), ("a/1.jpg", "b"), ("b/2.jpg", "b")], "path string, label string"
    )
    assert "paths: expected different ones" in refused(lambda: withSplit(twice))
    with pytest.raises(pomona.NotFoundError, match="classes: there is no file"):
        withLabel(labelled.drop("label"), classes=tmp_path / "none.csv")
    (tmp_path / "bad.csv").write_text("class,label\na,b\n", encoding="utf-8")
    assert "source" in refused(
        lambda: withLabel(labelled.drop("label"), classes=tmp_path / "bad.csv")
    )


def test_fewer_than_two_labels_are_not_divided(spark):
    frame = spark.createDataFrame(
        [(f"a/{n}.jpg", "a") for n in range(9)], "path string, label string"
    )
    assert {row["split"] for row in withSplit(frame).collect()} == {"train"}
