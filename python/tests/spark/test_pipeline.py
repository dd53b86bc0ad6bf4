# SPDX-License-Identifier: Apache-2.0
"""Stages in pipelines, in searches, saved, and as a bundle that the command answers by."""

import json
import subprocess

import numpy as np
import pytest
from places import COMMAND, FRUITS

import pomona
from pomona.spark import (
    PomonaClassifier,
    PomonaPCA,
    PomonaScaler,
    export_bundle,
)

KINDS = ("Banana", "Fig", "Kiwi", "Lemon")


@pytest.fixture(scope="module")
def fruits(tiny):
    """Features of photographs of a few kinds, in memory."""
    return pomona.extract([str(path) for kind in KINDS for path in photographs_of(kind)], **tiny)


def photographs_of(kind):
    return sorted((FRUITS / kind).iterdir())


@pytest.fixture(scope="module")
def features(spark, fruits):
    rows = [
        (path, path.split("/")[-2], row.tolist())
        for path, row in zip(fruits["path"], fruits["features"])
    ]
    frame = spark.createDataFrame(rows, "path string, label string, features array<float>")
    return frame.repartition(3).cache()


def stages_of(kind="logistic", column="components"):
    return [
        PomonaPCA(inputCol="features", outputCol="components", k=10),
        PomonaClassifier(featuresCol=column, classifier=kind),
    ]


def answers_of(model, frame):
    rows = model.transform(frame).orderBy("path").collect()
    return [(row["path"], row["prediction"], row["probability"].toArray()) for row in rows]


def assert_same_answers(found, expected):
    assert [row[:2] for row in found] == [row[:2] for row in expected]
    assert all(np.array_equal(one[2], other[2]) for one, other in zip(found, expected))


def refused(call):
    with pytest.raises(pomona.InvalidInputError) as caught:
        call()
    return str(caught.value)


def test_pipeline_is_saved_and_loaded(features, tmp_path):
    from pyspark.ml import Pipeline, PipelineModel

    pipeline = Pipeline(stages=stages_of())
    pipeline.save(str(tmp_path / "pipeline"))
    model = Pipeline.load(str(tmp_path / "pipeline")).fit(features)
    model.write().overwrite().save(str(tmp_path / "model"))
    loaded = PipelineModel.load(str(tmp_path / "model"))
    expected, found = answers_of(model, features), answers_of(loaded, features)
    assert_same_answers(found, expected)
    right = np.mean([path.split("/")[-2] == label for path, label, _ in found])
    assert right > 0.9


@pytest.fixture(scope="module")
def indexed(features):
    from pyspark.ml.feature import StringIndexer

    return StringIndexer(inputCol="label", outputCol="index").fit(features)


def numeric_stages():
    return [
        PomonaPCA(inputCol="features", outputCol="components", k=2),
        PomonaClassifier(featuresCol="components", labelCol="index"),
    ]


@pytest.mark.parametrize("search", ["CrossValidator", "TrainValidationSplit"])
def test_searches_choose_by_the_evaluators_of_spark(features, indexed, search, tmp_path):
    from pyspark.ml import Pipeline, tuning
    from pyspark.ml.evaluation import MulticlassClassificationEvaluator

    pca, classifier = numeric_stages()
    grid = tuning.ParamGridBuilder().addGrid(pca.k, [1, 8]).addGrid(classifier.c, [1e-4, 1.0])
    options = {"numFolds": 2} if search == "CrossValidator" else {"trainRatio": 0.7}
    found = getattr(tuning, search)(
        estimator=Pipeline(stages=[pca, classifier]),
        estimatorParamMaps=grid.build(),
        evaluator=MulticlassClassificationEvaluator(labelCol="index", metricName="logLoss"),
        seed=3,
        **options,
    ).fit(indexed.transform(features))
    assert found.bestModel.stages[0].pc.numCols == 8
    metrics = found.avgMetrics if search == "CrossValidator" else found.validationMetrics
    assert len(metrics) == 4
    assert min(metrics) < max(metrics) - 0.1
    frame = indexed.transform(features)
    found.save(str(tmp_path / "found"))
    loaded = type(found).load(str(tmp_path / "found"))
    assert_same_answers(answers_of(loaded, frame), answers_of(found.bestModel, frame))
    assert loaded.bestModel.stages[0].pc == found.bestModel.stages[0].pc
    metrics_of = "avgMetrics" if search == "CrossValidator" else "validationMetrics"
    assert list(getattr(loaded, metrics_of)) == list(metrics)
    assert loaded.getEstimatorParamMaps() == found.getEstimatorParamMaps()


def predicted_by_command(bundle, folder, models):
    """Labels and their probabilities for each photograph, by a process that knows no Spark."""
    bundle.save(str(folder / "bundle"))
    photographs = [str(path) for kind in KINDS for path in photographs_of(kind)]
    words = [COMMAND, "predict", folder / "bundle", *photographs, "--models", models, "--json"]
    done = subprocess.run(
        [*words, "--top", str(len(KINDS))], check=True, capture_output=True, text=True
    )
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    return dict(zip(photographs, answers))


def check_same_answers(found, expected, labels):
    assert found.keys() == {path for path, _, _ in expected}
    for path, label, probabilities in expected:
        answers = {one["id"]: one["probability"] for one in found[path]["kinds"]}
        assert max(answers, key=answers.get) == label
        for name, probability in zip(labels, probabilities):
            assert abs(answers[name] - probability) < 1e-3


@pytest.mark.parametrize(
    ("kind", "column"),
    [("logistic", "components"), ("ridge", "features"), ("ridge", "components")],
)
def test_the_command_answers_as_the_stages_do(features, tiny, tmp_path, kind, column):
    from pyspark.ml import Pipeline

    model = Pipeline(stages=stages_of(kind, column)).fit(features)
    bundle = export_bundle(model, **tiny)
    assert bundle.labels == list(KINDS)
    assert bundle.classifier == kind
    assert bundle.components == 10
    found = predicted_by_command(bundle, tmp_path, tiny["models"])
    check_same_answers(found, answers_of(model, features), KINDS)


def test_scaler_and_pca_are_folded(features, tiny, tmp_path):
    from pyspark.ml import Pipeline

    stages = [
        PomonaScaler(inputCol="features", outputCol="scaled"),
        PomonaPCA(inputCol="scaled", outputCol="components", k=10, scale=False),
        PomonaClassifier(featuresCol="components"),
    ]
    model = Pipeline(stages=stages).fit(features)
    found = predicted_by_command(export_bundle(model, **tiny), tmp_path, tiny["models"])
    check_same_answers(found, answers_of(model, features), KINDS)


def test_class_indices_become_texts(features, indexed, tiny, tmp_path):
    from pyspark.ml import PipelineModel

    frame = indexed.transform(features)
    pca, classifier = numeric_stages()
    fitted = pca.setK(10).fit(frame)
    answering = classifier.fit(fitted.transform(frame))
    model = PipelineModel([indexed, fitted, answering])
    found = predicted_by_command(export_bundle(model, **tiny), tmp_path, tiny["models"])
    texts = indexed.labels
    expected = [
        (path, texts[int(index)], probabilities)
        for path, index, probabilities in answers_of(model, features)
    ]
    check_same_answers(found, expected, texts)
    assert export_bundle([fitted, answering], labels=texts, **tiny) == export_bundle(model, **tiny)
    assert "labels: expected a text for each class index" in refused(
        lambda: export_bundle([fitted, answering], **tiny)
    )


def test_stages_that_make_no_bundle(features, tiny):
    pca = PomonaPCA(inputCol="features", outputCol="components", k=3).fit(features)
    reduced = pca.transform(features)
    narrow = PomonaPCA(inputCol="components", outputCol="less", k=2).fit(reduced)
    on_features = PomonaClassifier().fit(features)
    for stages, options, sentence in (
        ([on_features], {}, "expected a PomonaPCAModel among the stages, found none"),
        ([pca, pca], {}, "expected one PomonaPCAModel among the stages, found 2"),
        ([pca, on_features], {}, "expected a logistic classifier on the components 'components'"),
        ([pca], {"precision": "auto"}, 'precision: expected "f32" or "bf16", found "auto"'),
        ([narrow], {}, "found stages for 3; name the backbone that made the features"),
    ):
        given = {**tiny, **options}
        assert sentence in refused(lambda s=stages, g=given: export_bundle(s, **g))
    ridge = PomonaClassifier(featuresCol="components", classifier="ridge").fit(reduced)
    ridge.setFeaturesCol("elsewhere")
    assert "reads the column 'elsewhere', which no stage makes" in refused(
        lambda: export_bundle([pca, ridge], **tiny)
    )
    assert export_bundle([pca], **tiny).labels == []


def test_stages_for_several_crops_make_no_bundle(spark, features, tiny):
    """Features of crops lie side by side, while a bundle takes their mean."""
    from pyspark.sql.functions import concat

    twice = features.select(concat("features", "features").alias("features"))
    pca = PomonaPCA(inputCol="features", outputCol="components", k=3).fit(twice)
    for options in ({}, {"crops": ["whole", "flip"]}):
        sentence = refused(lambda o=options: export_bundle([pca], **tiny, **o))
        assert "features of 2 crops that lie side by side" in sentence
        assert 'fit the stages to features of one crop, crops=["whole"]' in sentence


def test_from_photographs_to_the_command(spark, tiny, tmp_path):
    """The bundle of a whole pipeline knows from its ImageFeaturizer what made the features."""
    from pyspark.ml import Pipeline, PipelineModel

    from pomona.spark import ImageFeaturizer, withLabel

    paths = [(str(path),) for kind in KINDS for path in photographs_of(kind)]
    photographs = withLabel(spark.createDataFrame(paths, "path string"))
    featurizer = ImageFeaturizer(
        inputCol="path", backbone="tiny", models=str(tiny["models"]), fit="crop", batchSize=4
    )
    model = Pipeline(stages=[featurizer, *stages_of()]).fit(photographs)
    model.save(str(tmp_path / "model"))
    loaded = PipelineModel.load(str(tmp_path / "model"))
    bundle = export_bundle(loaded)
    assert (bundle.backbone, bundle.fit, bundle.batch) == ("tiny", "crop", 4)
    found = predicted_by_command(bundle, tmp_path, tiny["models"])
    check_same_answers(found, answers_of(loaded, photographs), KINDS)


def test_features_are_written_once_and_broken_photographs_left_out(spark, tiny, tmp_path):
    """The example of docs/spark.md: label and split first, then features to Parquet and back."""
    from pyspark.ml import Pipeline

    from pomona.spark import ImageFeaturizer, withLabel, withSplit

    for kind in KINDS:
        (tmp_path / "fruits" / kind).mkdir(parents=True)
        for path in photographs_of(kind):
            (tmp_path / "fruits" / kind / path.name).write_bytes(path.read_bytes())
    (tmp_path / "fruits" / "Fig" / "broken.jpg").write_bytes(b"no photograph")
    files = spark.read.format("binaryFile").option("recursiveFileLookup", "true")
    photographs = withLabel(files.load(str(tmp_path / "fruits")))
    labelled = withSplit(photographs, group=r"^(r\d*_)?", root=str(tmp_path / "fruits"))
    featurizer = ImageFeaturizer(
        backbone="tiny", models=str(tiny["models"]), handleInvalid="skip", inputSize=32
    )
    place = str(tmp_path / "features")
    featurizer.transform(labelled).write.mode("overwrite").parquet(place)
    features = spark.read.parquet(place)
    assert features.count() == labelled.count() - 1
    model = Pipeline(stages=stages_of()).fit(features.where("split = 'train'"))
    answers = model.transform(features.where("split = 'test'"))
    assert answers.where("prediction is not null").count() == answers.count() > 0
    assert export_bundle(model, size=32, **tiny).labels == list(KINDS)
