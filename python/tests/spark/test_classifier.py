# SPDX-License-Identifier: Apache-2.0
"""PomonaClassifier: what it fits, what it answers, and what it refuses."""

import hashlib
import warnings

import numpy as np
import pytest

import pomona
from pomona import _core
from pomona.spark import PomonaClassificationModel, PomonaClassifier

WIDTH = 8
KINDS = ("Pear", "Apple", "Fig")


def made_up_rows(rows=240, seed=5, spread=1.2):
    random = np.random.default_rng(seed)
    centres = random.normal(size=(len(KINDS), WIDTH))
    numbers = random.integers(len(KINDS), size=rows)
    values = (centres[numbers] + spread * random.normal(size=(rows, WIDTH))).astype(np.float32)
    return values, [KINDS[number] for number in numbers]


def frame_of(spark, values, labels, label_type="string", parts=4):
    rows = [
        (number, row.tolist(), label) for number, (row, label) in enumerate(zip(values, labels))
    ]
    schema = f"id long, features array<float>, label {label_type}"
    return spark.createDataFrame(rows, schema).repartition(parts)


@pytest.fixture(scope="module")
def data():
    return made_up_rows()


@pytest.fixture(scope="module")
def frame(spark, data):
    return frame_of(spark, *data).cache()


@pytest.fixture(scope="module")
def model(frame):
    return PomonaClassifier(c=2.0).fit(frame)


def refused(call):
    with pytest.raises(pomona.InvalidInputError) as caught:
        call()
    return str(caught.value)


def answers_of(model, frame):
    return model.transform(frame).orderBy("id").collect()


def test_logistic_is_that_of_the_core(model, data):
    """To the bit that of the same rows in memory, whose calibration does not move the weights far."""
    values, labels = data
    rows = _core.MemoryRows(values)
    rows.labels = labels
    rows.paths = [key_of(row, label) for row, label in zip(values, labels)]
    options = _core.TrainOptions()
    options.c = 2.0
    names, weights, bias, temperature, *_ = _core.train_classifier(rows, options, None)
    assert model.labels == names == sorted(set(labels))
    assert np.array_equal(model.coefficientMatrix.toArray(), weights)
    assert np.array_equal(model.interceptVector.toArray(), bias)
    assert model.temperature == temperature
    assert (model.numFeatures, model.numClasses) == (WIDTH, 3)
    numbers = np.array([names.index(label) for label in labels], np.int32)
    plain = _core.fit_logistic(values, numbers, 3, 2.0)
    shares = [softmax(_core.logits(w, b, values)) for w, b in ((weights, bias), fit_of(plain))]
    assert np.abs(shares[0] - shares[1]).max() < 0.03


def key_of(row, label):
    text = label.encode()
    content = row.tobytes() + len(text).to_bytes(8, "little") + text
    return hashlib.blake2b(content, digest_size=12).hexdigest() + "-0"


def fit_of(plain):
    return plain.weights, plain.bias


def softmax(logits):
    odds = np.exp(logits)
    return odds / odds.sum(axis=1, keepdims=True)


def test_answers(model, frame, data):
    values, labels = data
    logits = _core.logits(
        model.coefficientMatrix.toArray().copy(order="C"), model.interceptVector.toArray(), values
    )
    answers = answers_of(model, frame)
    raw = np.array([row["rawPrediction"].toArray() for row in answers])
    probabilities = np.array([row["probability"].toArray() for row in answers])
    assert np.allclose(raw, logits)
    assert np.allclose(probabilities, softmax(logits / model.temperature))
    assert [row["prediction"] for row in answers] == [
        model.labels[best] for best in logits.argmax(axis=1)
    ]
    right = np.mean([row["prediction"] == row["label"] for row in answers])
    assert right > 0.6


def test_probabilities_are_calibrated(model, frame, spark):
    """Fewer promises than an uncalibrated fit that knows its rows by heart makes."""
    assert 0.05 < model.temperature < 20
    assert model.temperature != 1
    held = frame_of(spark, *made_up_rows(seed=5, rows=1000))
    answers = answers_of(model, held)
    sure = np.mean([row["probability"].toArray().max() for row in answers])
    right = np.mean([row["prediction"] == row["label"] for row in answers])
    assert abs(sure - right) < 0.12


def test_partitions_do_not_matter(model, spark, data):
    """To the bit: rows are fitted in the order of their digests."""
    other = PomonaClassifier(c=2.0).fit(frame_of(spark, *data, parts=1))
    assert other.coefficientMatrix == model.coefficientMatrix
    assert other.temperature == model.temperature


def test_the_order_of_copies_with_other_labels_does_not_matter(spark):
    """To the bit, where rows of the same numbers have different labels and groups."""
    values, labels = made_up_rows(rows=60)
    others = [KINDS[(KINDS.index(label) + 1) % 3] for label in labels]
    rows = [
        (row.tolist(), label, f"fruit {number}")
        for number, (row, both) in enumerate(zip(values, zip(labels, others)))
        for label in both
    ]
    schema = "features array<float>, label string, fruit string"
    classifier = PomonaClassifier(groupCol="fruit")
    models = [
        classifier.fit(spark.createDataFrame(ordered, schema).coalesce(1))
        for ordered in (rows, rows[::-1])
    ]
    assert models[0].coefficientMatrix == models[1].coefficientMatrix
    assert models[0].interceptVector == models[1].interceptVector
    assert models[0].temperature == models[1].temperature


def test_ridge_is_that_of_the_core(frame, data, monkeypatch):
    values, labels = data
    model = PomonaClassifier(classifier="ridge").fit(frame)
    names = sorted(set(labels))
    moments = _core.Moments(WIDTH, 3)
    moments.add(values, np.array([names.index(label) for label in labels], np.int32))
    expected = moments.fit_ridge(1.0)
    assert model.labels == names
    assert np.abs(model.coefficientMatrix.toArray() - expected.weights).max() < 1e-10
    assert np.abs(model.interceptVector.toArray() - expected.bias).max() < 1e-10
    assert 0.05 <= model.temperature < 1  # answers of ridge regression are far from sure


def test_ridge_holds_few_of_many_rows_out(data):
    """Those that are held out, and those that are not, are all there are."""
    from pomona.spark import ridge
    from pomona.spark.moments import FitRows

    values, labels = made_up_rows(rows=3000)
    labels = np.array(labels, dtype=object)
    most, ridge._MOST_HELD_OUT = ridge._MOST_HELD_OUT, 100
    try:
        parts = []
        for first in range(0, 3000, 500):
            part = ridge.RidgeSums(WIDTH)
            part.add(FitRows(values[first : first + 500], labels[first : first + 500], None))
            parts.append(ridge.RidgeSums.from_bytes(part.to_bytes()))
        total = parts[0]
        for part in parts[1:]:
            total.merge(part)
        assert 0 < len(total._rows) <= 100
        assert total.moments.of_classes(sorted(KINDS)).rows == 3000 - len(total._rows)
        fitted, _ = total.fit(sorted(KINDS))
    finally:
        ridge._MOST_HELD_OUT = most
    moments = _core.Moments(WIDTH, 3)
    moments.add(values, np.array([sorted(KINDS).index(label) for label in labels], np.int32))
    assert np.abs(fitted.weights - moments.fit_ridge(1.0).weights).max() < 1e-10


@pytest.mark.parametrize("kind", ["logistic", "ridge"])
def test_class_indices(spark, data, kind):
    """Index 1 has no row: its probability is 0."""
    values, labels = data
    numbers = [{"Pear": 0, "Apple": 2, "Fig": 10}[label] for label in labels]
    frame = frame_of(spark, values, [float(number) for number in numbers], "double")
    model = PomonaClassifier(classifier=kind).fit(frame)
    assert model.labels == ["0", "2", "10"]
    assert model.numClasses == 11
    row = answers_of(model, frame)[0]
    assert isinstance(row["prediction"], float)
    probability = row["probability"].toArray()
    assert len(probability) == 11
    assert abs(probability.sum() - 1) < 1e-12
    assert set(np.flatnonzero(probability)) == {0, 2, 10}
    assert row["rawPrediction"].toArray()[1] == -np.inf
    assert probability.argmax() == row["prediction"]


def test_class_indices_of_a_column_with_metadata(spark, data, tmp_path):
    """A fold without the last class has as many probabilities as the others."""
    from pyspark.ml.evaluation import MulticlassClassificationEvaluator
    from pyspark.ml.feature import StringIndexer

    values, labels = data
    labels = [*labels[:-3], "Quince", "Quince", "Quince"]  # the rarest: the last index
    frame = (
        StringIndexer(inputCol="label", outputCol="index")
        .fit(frame_of(spark, values, labels))
        .transform(frame_of(spark, values, labels))
    )
    model = PomonaClassifier(labelCol="index").fit(frame.where("label != 'Quince'"))
    assert model.labels == ["0", "1", "2"]
    assert model.numClasses == 4
    model.save(str(tmp_path / "model"))
    loaded = PomonaClassificationModel.load(str(tmp_path / "model"))
    assert loaded.numClasses == 4
    answers = loaded.transform(frame)
    assert answers.where("label = 'Quince'").first()["probability"][3] == 0
    loss = MulticlassClassificationEvaluator(labelCol="index", metricName="logLoss")
    assert loss.evaluate(answers) > 0


def test_groups_stay_together(spark, data, monkeypatch):
    """Every row is there ten times: without groups calibration judges what it has learnt."""
    values, labels = made_up_rows(rows=120, spread=3)
    random = np.random.default_rng(2)
    many = np.repeat(values, 10, axis=0)
    many += 0.01 * random.normal(size=many.shape).astype(np.float32)
    rows = [(n, row.tolist(), labels[n // 10], f"g{n // 10}") for n, row in enumerate(many)]
    schema = "id long, features array<float>, label string, fruit string"
    frame = spark.createDataFrame(rows, schema).cache()
    for kind in ("logistic", "ridge"):
        plain = PomonaClassifier(classifier=kind).fit(frame)
        grouped = PomonaClassifier(classifier=kind, groupCol="fruit").fit(frame)
        assert grouped.temperature > plain.temperature


def test_saved_and_loaded(model, frame, tmp_path):
    model.save(str(tmp_path / "model"))
    loaded = PomonaClassificationModel.load(str(tmp_path / "model"))
    assert loaded.labels == model.labels
    assert loaded.temperature == model.temperature
    assert loaded.kind == "logistic"
    assert answers_of(loaded, frame) == answers_of(model, frame)
    estimator = PomonaClassifier(classifier="ridge", c=3.0, groupCol="fruit")
    estimator.save(str(tmp_path / "estimator"))
    again = PomonaClassifier.load(str(tmp_path / "estimator"))
    assert (again.getClassifier(), again.getC(), again.getGroupCol()) == ("ridge", 3.0, "fruit")


def test_columns_are_as_named(model, frame):
    other = model.copy().setPredictionCol("kind").setProbabilityCol("").setRawPredictionCol("")
    assert other.transform(frame).columns == ["id", "features", "label", "kind"]
    assert "output column 'label' exists already" in refused(
        lambda: model.copy().setPredictionCol("label").transform(frame)
    )
    assert "output column 'Prediction' exists already" in refused(
        lambda: model.copy().setRawPredictionCol("Prediction").transform(frame)
    )
    found = model.copy().setFeaturesCol("FEATURES").transform(frame)
    assert found.columns[-1] == model.getRawPredictionCol()


def test_only_columns_that_have_a_name_are_computed(model, frame, capsys):
    other = model.copy().setProbabilityCol("").setRawPredictionCol("")
    one = other.transform(frame)
    one.explain(True)
    assert "array<double>" not in capsys.readouterr().out
    expected = [row.prediction for row in model.transform(frame).collect()]
    assert [row.prediction for row in one.collect()] == expected


def test_other_columns_may_share_a_name(model, frame):
    from pyspark.sql.functions import lit

    twins = frame.select("*", lit(1).alias("twin"), lit(2).alias("twin"))
    answered = model.transform(twins)
    assert answered.columns[: len(twins.columns)] == twins.columns
    assert answered.count() == frame.count()


def test_bad_rows(spark, data):
    from pyspark.errors import PythonException

    values, labels = data
    rows = [(n, v.tolist(), label) for n, (v, label) in enumerate(zip(values, labels))]
    rows[3] = (3, None, "Pear")
    rows[4] = (4, [float("inf")] * WIDTH, "Pear")
    frame = spark.createDataFrame(rows, "id long, features array<float>, label string")
    for kind in ("logistic", "ridge"):
        assert "fitting PomonaClassifier on the column 'features': expected" in refused(
            lambda kind=kind: PomonaClassifier(classifier=kind).fit(frame)
        )
    model = PomonaClassifier(handleInvalid="keep").fit(frame)
    nothing = model.transform(frame).where("prediction is null").orderBy("id").collect()
    assert [row["id"] for row in nothing] == [3, 4]
    assert nothing[0]["probability"] is None
    assert model.setHandleInvalid("skip").transform(frame).count() == len(rows) - 2
    with pytest.raises(PythonException, match="transforming by PomonaClassificationModel of"):
        model.setHandleInvalid("error").transform(frame).collect()


@pytest.mark.parametrize(
    ("label_type", "label", "sentence"),
    [
        ("string", None, "on the column 'label': expected a value in every row, found null"),
        ("string", "", "expected a text in every row, found an empty one; drop such rows, or set"),
        (
            "double",
            float("nan"),
            "expected a number in every row, found NaN; drop such rows, or set",
        ),
        ("double", 1.5, "expected labels that are class indices 0, 1, 2, … as StringIndexer"),
        ("double", -1.0, "found -1.0; give labels as texts, or index them first"),
    ],
)
def test_bad_labels(spark, data, label_type, label, sentence):
    values, labels = data
    if label_type == "double":
        labels = [float(KINDS.index(one)) for one in labels]
    frame = frame_of(spark, values, [*labels[:-1], label], label_type)
    assert sentence in refused(lambda: PomonaClassifier().fit(frame))


@pytest.mark.parametrize("kind", ["logistic", "ridge"])
def test_rows_without_label_or_group_are_left_out(spark, data, kind):
    values, labels = data
    rows = [(v.tolist(), label, f"g{n}") for n, (v, label) in enumerate(zip(values, labels))]
    schema = "features array<float>, label string, fruit string"
    expected = PomonaClassifier(classifier=kind, groupCol="fruit").fit(
        spark.createDataFrame(rows, schema).coalesce(1)
    )
    bad = [(rows[0][0], label, fruit) for label, fruit in ((None, "a"), ("", "b"), ("Fig", None))]
    frame = spark.createDataFrame([*rows, *bad, (rows[0][0], "Fig", "")], schema).coalesce(1)
    model = PomonaClassifier(classifier=kind, groupCol="fruit", handleInvalid="skip").fit(frame)
    assert model.coefficientMatrix == expected.coefficientMatrix
    assert model.temperature == expected.temperature


def test_no_row_with_a_label_is_left(spark, data):
    values, _ = data
    frame = frame_of(spark, values[:5], [""] * 5)
    assert "handleInvalid leaves out rows without finite numbers, a label" in refused(
        lambda: PomonaClassifier(handleInvalid="skip").fit(frame)
    )


def test_an_index_that_is_nan_is_no_label(spark, data):
    values, labels = data
    numbers = [float(KINDS.index(label)) for label in labels]
    frame = frame_of(spark, values, [*numbers[:-1], float("nan")], "double")
    model = PomonaClassifier(handleInvalid="keep").fit(frame)
    assert model.labels == ["0", "1", "2"]


def test_rows_are_computed_once_where_some_are_skipped(frame, model, capsys):
    """One pass through Python, not another one for the filter."""
    model.copy().setHandleInvalid("skip").transform(frame).explain()
    assert capsys.readouterr().out.count("ArrowEvalPython") == 1


@pytest.mark.parametrize("kind", ["logistic", "ridge"])
def test_too_little_to_learn_from(spark, data, kind):
    values, labels = data
    classifier = PomonaClassifier(classifier=kind)
    alone = frame_of(spark, values[:9], ["Fig"] * 9)
    assert "expected at least two labels, found 'Fig' alone" in refused(
        lambda: classifier.fit(alone)
    )
    assert "expected rows with numbers, found none" in refused(
        lambda: classifier.fit(alone.limit(0))
    )


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"classifier": "forest"}, "classifier: expected logistic or ridge, found 'forest'"),
        ({"c": 0.0}, "c: expected"),
        ({"labelCol": "kind"}, "expected a column 'kind', found the columns"),
        ({"labelCol": "features"}, "expected labels, a string or a number, found array<float>"),
        ({"featuresCol": "label"}, "expected array<float>, array<double> or a vector"),
        ({"groupCol": "fruit"}, "expected a column 'fruit'"),
    ],
)
def test_params_that_are_refused(frame, change, sentence):
    assert sentence in refused(lambda: PomonaClassifier(**change).fit(frame))


def test_warnings_are_those_of_the_core(spark, data):
    values, labels = data
    rows = [(n, v.tolist(), label, label) for n, (v, label) in enumerate(zip(values, labels))]
    schema = "id long, features array<float>, label string, fruit string"
    frame = spark.createDataFrame(rows, schema)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        PomonaClassifier(groupCol="fruit").fit(frame)
    assert any("every label has one group to learn from" in str(one.message) for one in caught)


def test_ridge_without_rows_to_calibrate_by_warns(spark, data):
    values, labels = data
    rows = [(v.tolist(), label, "one") for v, label in zip(values, labels)]
    schema = "features array<float>, label string, fruit string"
    frame = spark.createDataFrame(rows, schema)
    classifier = PomonaClassifier(classifier="ridge", groupCol="fruit")
    with pytest.warns(pomona.PomonaWarning, match="240 rows: .* probabilities are not calibrated"):
        model = classifier.fit(frame)
    assert model.temperature == 1
