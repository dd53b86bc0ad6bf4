# SPDX-License-Identifier: Apache-2.0
"""`ImageFeaturizer` and `features_in_arrow`: the bits of the command, from bytes and from paths."""

import shutil

import numpy as np
import pytest
from places import FRUITS
from pyspark.sql import Row
from pyspark.sql import functions as F

import pomona
from pomona.errors import InvalidInputError
from pomona.spark import ImageFeaturizer, features_in_arrow

BANANAS = FRUITS / "Banana"
COUNT = len(list(BANANAS.glob("*.jpg")))


@pytest.fixture(scope="session")
def stage_options(models):
    return {"backbone": "tiny", "models": str(models)}


@pytest.fixture
def stage(stage_options):
    def stage(**options):
        return ImageFeaturizer(**{**stage_options, **options})

    return stage


@pytest.fixture(scope="session")
def photographs(spark):
    return spark.read.format("binaryFile").load(f"{BANANAS}/*.jpg")


@pytest.fixture(scope="session")
def expected(tiny):
    """Features of the command, by the names of files."""
    table = pomona.extract(FRUITS, **tiny)
    return {
        path.split("/")[1]: features
        for path, features in zip(table["path"], np.asarray(table["features"]))
        if path.startswith("Banana/")
    }


def assert_are(rows, expected):
    assert sorted(row.path.split("/")[-1] for row in rows) == sorted(expected)
    for row in rows:
        assert np.array_equal(np.float32(row.features), expected[row.path.split("/")[-1]])


def test_bytes_become_the_features_of_the_command(stage, photographs, expected):
    features = stage().transform(photographs)
    assert features.columns == ["path", "modificationTime", "length", "features"]
    assert dict(features.dtypes)["features"] == "array<float>"
    rows = features.collect()
    assert_are(rows, expected)
    assert {row.length for row in rows} == {path.stat().st_size for path in BANANAS.glob("*.jpg")}


def test_so_do_paths_of_spark_and_of_the_machine(stage, spark, photographs, expected):
    for_paths = stage(inputCol="path")
    assert_are(for_paths.transform(photographs.select("path")).collect(), expected)
    plain = spark.createDataFrame([(str(path),) for path in BANANAS.glob("*.jpg")], "path string")
    assert_are(for_paths.transform(plain).collect(), expected)


@pytest.mark.parametrize("rows", ["3", "10000", "100000000", "0"])
def test_whatever_the_batches_of_spark_hold(stage, spark, photographs, expected, rows):
    setting = "spark.sql.execution.arrow.maxRecordsPerBatch"
    before = spark.conf.get(setting)
    spark.conf.set(setting, rows)
    try:
        assert_are(stage().transform(photographs.coalesce(1)).collect(), expected)
    finally:
        spark.conf.set(setting, before)


def test_the_function_does_the_same(stage_options, photographs, expected):
    features = features_in_arrow(photographs, output_col="features", **stage_options)
    assert_are(features.collect(), expected)


def test_vectors_for_spark_ml(stage, photographs, expected):
    rows = stage(outputType="vector").transform(photographs).collect()
    assert {row.features.size for row in rows} == {len(next(iter(expected.values())))}
    arrays = [Row(path=row.path, features=row.features.toArray()) for row in rows]
    assert_are(arrays, expected)


def test_paths_carry_no_column_of_bytes_along(stage, photographs, expected):
    features = stage(inputCol="path").transform(photographs)
    assert features.columns == ["path", "modificationTime", "length", "features"]
    assert_are(features.collect(), expected)


def test_names_of_columns_are_found_as_spark_finds_them(stage, spark, photographs, expected):
    features = stage(inputCol="Content").transform(photographs)
    assert features.columns == ["path", "modificationTime", "length", "features"]
    assert_are(features.collect(), expected)
    assert_are(stage(inputCol="PATH").transform(photographs).collect(), expected)
    two = photographs.withColumnRenamed("length", "pAth")
    with pytest.raises(InvalidInputError, match="expected one column 'path', found 'path', 'pAth'"):
        stage(inputCol="path").transform(two)
    spark.conf.set("spark.sql.caseSensitive", True)
    try:
        with pytest.raises(InvalidInputError, match="expected a column 'Content'"):
            stage(inputCol="Content").transform(photographs)
        assert stage(outputCol="Path").transform(photographs).columns[-1] == "Path"
        assert_are(stage(inputCol="path").transform(two).collect(), expected)
    finally:
        spark.conf.unset("spark.sql.caseSensitive")


def test_limits_of_decoding(stage, stage_options, photographs, some_broken):
    """As in `pomona.Featurizer`: what is too large, and what may be lost."""
    limits = {"maxPixels": 100, "maxDecodeMemory": 1, "maxDecodeTime": 1}
    small = stage(handleInvalid="keep", **limits).transform(photographs).collect()
    assert {row.error.split(":")[0] for row in small} == {"too_large"}
    options = {"max_pixels": 100, "handle_invalid": "keep"}
    found = features_in_arrow(photographs, **options, **stage_options).collect()
    assert {row.error.split(":")[0] for row in found} == {"too_large"}
    lenient = stage(handleInvalid="skip").setMaxDamage(1.0)
    rows = lenient.transform(some_broken).collect()
    assert [row.path for row in rows] == ["cut", "good"]
    assert lenient.getMaxDamage() == 1


def test_photographs_without_another_column(stage, photographs):
    features = stage().transform(photographs.select("content"))
    assert features.columns == ["features"]
    assert features.count() == COUNT


BROKEN = [
    ("null", None, "unreadable"),
    ("empty", b"", "not_an_image"),
    ("text", b"no photograph", "not_an_image"),
    ("cut", (BANANAS / "25_100.jpg").read_bytes()[:900], "truncated"),
    ("good", (BANANAS / "25_100.jpg").read_bytes(), None),
    ("zeros", bytes(9_000_000), "not_an_image"),
]


@pytest.fixture(scope="session")
def some_broken(spark):
    rows = [
        (name, bytearray(content) if content is not None else None) for name, content, _ in BROKEN
    ]
    return spark.createDataFrame(rows, "path string, content binary").coalesce(1)


def test_what_cannot_be_read_stays_with_its_reason(stage, some_broken):
    rows = stage(handleInvalid="keep", errorCol="why").transform(some_broken).collect()
    assert [row.path for row in rows] == [name for name, _, _ in BROKEN]
    for row, (_, _, kind) in zip(rows, BROKEN):
        assert (row.features is None) == (kind is not None)
        assert (row.why or "").split(":")[0] == (kind or "")


def test_or_is_left_out_and_counted(stage, some_broken):
    skipping = stage(handleInvalid="skip")
    assert skipping.counts is None
    rows = skipping.transform(some_broken).collect()
    assert [row.path for row in rows] == ["good"]
    counts = skipping.counts
    assert (counts.photographs, counts.failures) == (len(BROKEN), len(BROKEN) - 1)
    assert counts.seconds > 0
    assert counts.rate == counts.photographs / counts.seconds


def test_or_ends_the_job_with_a_sentence(stage, some_broken):
    with pytest.raises(Exception, match="featurizing the photograph 'text': not_an_image"):
        stage().transform(some_broken.where("path in ('good', 'text')")).collect()


def test_partitions_without_rows(stage, photographs):
    none = photographs.where(F.col("length") < 0)
    assert stage().transform(none).count() == 0
    assert stage(inputCol="path").transform(none).count() == 0


def test_paths_that_nobody_can_open(stage, spark):
    places = ["/nowhere/banana.jpg", "hdfs://cluster/banana.jpg", None]
    table = spark.createDataFrame([(place,) for place in places], "path string")
    rows = stage(inputCol="path", handleInvalid="keep").transform(table.coalesce(1)).collect()
    reasons = {row.path: row.error for row in rows}
    assert reasons["/nowhere/banana.jpg"].startswith("gone: ")
    assert "binaryFile" in reasons["hdfs://cluster/banana.jpg"]
    assert reasons[None].startswith("unreadable: ")


def test_a_stage_is_saved_and_loaded(stage, tmp_path):
    saved = stage(inputSize=32, handleInvalid="skip", crops=["whole", "flip"])
    saved.save(f"file:{tmp_path}/stage")
    loaded = ImageFeaturizer.load(f"file:{tmp_path}/stage")
    assert loaded.extractParamMap() == saved.extractParamMap()
    assert loaded.uid == saved.uid
    assert loaded.arguments() == saved.arguments()


@pytest.mark.parametrize(
    "options, sentence",
    [
        ({"inputCol": "picture"}, "expected a column 'picture', found the columns 'path', "),
        ({"inputCol": "length"}, "expected binary .* or string .*, found bigint"),
        ({"outputCol": "path"}, "the output column 'path' exists already"),
        ({"outputCol": "Path"}, "the output column 'Path' exists already"),
        (
            {"handleInvalid": "keep", "errorCol": "FEATURES"},
            "the output column 'FEATURES' exists already",
        ),
        ({"maxDamage": 2.0}, "^maxDamage: "),
        ({"inputSize": 3}, "^inputSize: "),
        ({"handleInvalid": "keep", "errorCol": ""}, "an output column has no name"),
        ({"batchSize": 0}, "batchSize: expected 1 or more, found 0"),
        ({"precision": "f8"}, "precision"),
        ({"handleInvalid": "ignore"}, "^handleInvalid: expected error, skip, keep, found 'ignore'"),
        ({"crops": ["middle"]}, "crops"),
        ({"outputType": "list"}, "outputType: expected array or vector, found 'list'"),
    ],
)
def test_what_makes_no_sense_is_refused_by_the_driver(stage, photographs, options, sentence):
    with pytest.raises(InvalidInputError, match=sentence):
        stage(**options).transform(photographs)


def test_columns_beside_photographs_have_names_of_their_own(stage, photographs):
    twins = photographs.selectExpr("*", "1 AS twin", "2 AS twin")
    for column in ("content", "path"):
        with pytest.raises(InvalidInputError, match="several columns beside them are named 'twin'"):
            stage(inputCol=column).transform(twins)


def test_new_photographs_of_a_stream_come_once(stage, spark, tmp_path):
    source, table, checkpoint = (tmp_path / name for name in ("in", "out", "checkpoint"))
    source.mkdir()

    def arrive(paths):
        for path in paths:
            shutil.copy(path, source)
        stream = spark.readStream.format("binaryFile").schema(photographs_schema).load(str(source))
        query = (
            stage(handleInvalid="keep")
            .transform(stream)
            .writeStream.option("checkpointLocation", f"file:{checkpoint}")
            .trigger(availableNow=True)
            .start(f"file:{table}", format="parquet")
        )
        query.awaitTermination()

    photographs_schema = "path string, modificationTime timestamp, length long, content binary"
    paths = sorted(BANANAS.glob("*.jpg"))
    arrive(paths[:3])
    arrive(paths[3:])
    arrive([])
    names = [row.path.split("/")[-1] for row in spark.read.parquet(f"file:{table}").collect()]
    assert sorted(names) == [path.name for path in paths]
