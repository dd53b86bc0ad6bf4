# SPDX-License-Identifier: Apache-2.0
import copy
import csv
import json
import pickle
import shutil
import warnings
from pathlib import Path

import numpy as np
import pytest
from conftest import FRUITS, ROOT, installed_models
from pictures import interrupt

import pomona
from pomona.errors import DamagedError, InvalidInputError, NotFoundError, PomonaWarning
from pomona.feature_rows import rows_of
from pomona.tables import FailureTable, FeatureOrigin, FeatureTable
from pomona.verbs import run

HERE = Path(__file__).parent
FILMS = r"^(r\d*_)?"


@pytest.fixture(scope="module")
def table(tiny):
    return pomona.extract(FRUITS, group=FILMS, **tiny)


@pytest.fixture(scope="module")
def bundle(table, tiny):
    return pomona.train(table, models=tiny["models"])


@pytest.fixture(scope="module")
def plain_output(tiny, tmp_path_factory):
    """What `run` makes of the sample without the baseline of pixels, which needs previews."""
    out = tmp_path_factory.mktemp("plain") / "out"
    return run(FRUITS, out, group=FILMS, previews=False, **tiny)


def matrix(rows=60, width=48, kinds=3, seed=0):
    """Rows of some kinds in turn, each about a centre of its own, and their labels."""
    random = np.random.default_rng(seed)
    centres = random.normal(size=(kinds, width))
    features = centres[np.arange(rows) % kinds] + 0.3 * random.normal(size=(rows, width))
    return features.astype(np.float32), [f"kind {row % kinds}" for row in range(rows)]


def confusion_of(table):
    return {name: list(table[name]) for name in table.column_names}


def test_a_bundle_in_memory_has_the_bytes_of_the_commands(table, bundle, plain_output):
    assert pomona.Bundle(plain_output.path) == bundle
    assert bundle.training.metrics == plain_output.metrics
    assert bundle.training.headline == plain_output.metrics["headline"]
    plot = json.loads(Path(plain_output.path, "tsne.json").read_text())["points"]
    assert list(bundle.training.tsne["path"]) == [one["path"] for one in plot]
    assert np.array_equal(bundle.training.tsne["x"], np.array([one["x"] for one in plot], "f4"))
    with Path(plain_output.path, "confusion.csv").open() as file:
        header, *lines = csv.reader(file)
    confusion = confusion_of(bundle.training.confusion)
    assert list(confusion) == header
    assert [list(map(str, row)) for row in zip(*confusion.values())] == lines


@pytest.mark.filterwarnings("ignore::pomona.errors.PomonaWarning")
def test_options_have_the_effect_that_they_have_in_the_command(table, tiny, tmp_path):
    options = {
        "components": 12,
        "scale": False,
        "c": 0.5,
        "folds": 3,
        "reject_rate": 0.05,
        "catalogue": ROOT / "catalogue" / "kinds.json",
    }
    assert options["catalogue"].is_file()
    output = run(FRUITS, tmp_path / "out", group=FILMS, previews=False, **options, **tiny)
    trained = pomona.train(table, models=tiny["models"], **options)
    assert trained == pomona.Bundle(output.path)
    assert trained.training.metrics == output.metrics
    assert trained.training.protocols["cross_validated"]["rows"] > 500
    ridge = pomona.train(table, models=tiny["models"], classifier="ridge")
    assert ridge.classifier == "ridge"
    assert ridge != trained


def test_reduced_rows_are_the_commands(table, plain_output):
    reduced = pomona.reduce(table)
    expected = plain_output.reduced("pyarrow")
    assert list(reduced["path"]) == expected["path"].to_pylist()
    assert list(reduced["label"]) == expected["label"].to_pylist()
    assert list(reduced["split"]) == expected["split"].to_pylist()
    values = np.array(expected["pca_features"].to_pylist(), np.float32)
    assert np.array_equal(reduced.components, values)
    of_bundle = plain_output.metrics["pca"]
    assert (
        reduced.reduction.explained_variance_ratio.tolist() == of_bundle["explained_variance_ratio"]
    )
    assert reduced.reduction.components.shape == (values.shape[1], table["features"].shape[1])


def test_reduced_rows_keep_the_order_that_they_were_given_in():
    pyarrow = pytest.importorskip("pyarrow")
    features, labels = matrix()
    order = np.random.default_rng(1).permutation(len(features))
    given = pyarrow.table(
        {
            "features": list(features[order]),
            "path": [f"{row:03}" for row in order],
            "split": ["test" if row % 4 == 0 else "train" for row in order],
        }
    )
    reduced = pomona.reduce(given, components=5)
    assert list(reduced["path"]) == given["path"].to_pylist()
    model = reduced.reduction
    expected = ((features[order] - model.mean) / model.scale) @ model.components.T
    assert np.allclose(reduced.components, expected, atol=1e-4)
    train = features[[row for row in range(len(features)) if row % 4]]
    assert np.allclose(model.mean, train.mean(axis=0, dtype=np.float64), atol=1e-6)


def test_an_array_of_numpy_is_read_where_it_lies_and_stays_as_it_is(tiny):
    features, labels = matrix()
    before = features.copy()
    features.flags.writeable = False
    trained = pomona.train(features, labels=labels, **tiny)
    assert np.array_equal(features, before)
    assert trained.labels == ["kind 0", "kind 1", "kind 2"]
    assert trained.training.metrics["test_rows"] == 12
    assert trained.training.metrics["split"]["kind"] == "holdout"
    assert trained.training.protocols["main"]["accuracy"] > 0.9
    by_half = pomona.train(features, labels=labels, holdout=0.5, seed=3, **tiny)
    assert by_half.training.metrics["test_rows"] == 30
    none = pomona.train(features, labels=labels, holdout=0, **tiny)
    assert none.training.metrics["test_rows"] == 0
    assert none.training.confusion is None


def test_features_are_not_copied(table):
    features, _ = matrix()
    assert np.shares_memory(rows_of(features).features, features)
    assert np.shares_memory(rows_of(table).features, table["features"])


def test_arrow_tables_of_others_are_trained_on(tiny):
    pyarrow = pytest.importorskip("pyarrow")
    features, labels = matrix()
    columns = {"features": pyarrow.FixedSizeListArray.from_arrays(features.ravel(), 48)}
    columns |= {"label": labels, "path": [f"{row:03}" for row in range(60)]}
    columns["split"] = ["test" if row >= 48 else "train" for row in range(60)]
    arrow = pyarrow.table(columns)
    one = pomona.train(arrow, **tiny)
    assert one.training.metrics["split"]["kind"] == "test_set"
    assert one.training.metrics["test_rows"] == 12
    assert pomona.train(arrow.to_reader(), **tiny) == one
    mask = np.arange(60) >= 48
    other = pomona.train(arrow.drop_columns(["split", "label"]), labels=labels, test=mask, **tiny)
    assert other == one


def test_groups_by_name_stay_on_one_side(tiny):
    features, labels = matrix()
    groups = [f"group {row // 6}" for row in range(60)]
    trained = pomona.train(features, labels=labels, groups=groups, **tiny)
    assert trained.training.metrics["split"]["grouped"]


def test_a_trained_bundle_predicts_saves_and_evaluates(bundle, table, tmp_path):
    predicted = pomona.predict(FRUITS / "Banana", bundle)
    bundle_path = tmp_path / "model"
    with pytest.raises(InvalidInputError, match="save it first"):
        pickle.dumps(pomona.Bundle._in_memory(bundle._native, bundle._models, None))
    bundle.save(bundle_path)
    opened = pomona.Bundle(bundle_path)
    assert opened == bundle
    assert opened.training is None
    assert copy.copy(bundle) is bundle and copy.deepcopy(bundle) is bundle
    assert pickle.loads(pickle.dumps(bundle)) == bundle
    assert pomona.predict(FRUITS / "Banana", opened).details == predicted.details


def test_a_pickled_bundle_is_found_from_elsewhere_and_refuses_other_files(
    bundle, table, tiny, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    bundle.save("model")
    pickled = pickle.dumps(pomona.Bundle("model"))
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert pickle.loads(pickled) == bundle
    shutil.rmtree(tmp_path / "model")
    pomona.train(table, models=tiny["models"], classifier="ridge").save(tmp_path / "model")
    with pytest.raises(DamagedError, match="its digest was .*, now it is"):
        pickle.loads(pickled)


def test_what_is_measured_is_pickled(bundle, table):
    evaluation = pomona.evaluate(bundle, table)
    again = pickle.loads(pickle.dumps(evaluation))
    assert again.metrics == evaluation.metrics
    assert confusion_of(again.confusion) == confusion_of(evaluation.confusion)
    training = pickle.loads(pickle.dumps(bundle.training))
    assert confusion_of(training.tsne) == confusion_of(bundle.training.tsne)


def test_evaluate_gives_what_the_command_prints(bundle, table, plain_output):
    of_table = pomona.evaluate(bundle, table)
    by_command = pomona.evaluate(plain_output.path, plain_output.path)
    assert of_table.confusion is not None
    assert by_command.confusion is None
    main = of_table.protocols["main"]
    assert main["rows"] == 208
    assert main["accuracy"] == bundle.training.protocols["main"]["accuracy"] == of_table.accuracy
    assert by_command.metrics["classes"] == of_table.metrics["classes"]
    assert by_command.metrics["surest_mistakes"] == of_table.surest_mistakes
    low, high = of_table.accuracy_interval
    assert low < of_table.accuracy < high
    assert confusion_of(of_table.confusion) == confusion_of(bundle.training.confusion)


def test_evaluate_takes_folders_of_photographs(bundle, plain_output, tiny):
    events = []
    here = pomona.evaluate(bundle, FRUITS, group=FILMS, progress=events.append)
    by_command = pomona.verbs._evaluate(plain_output.path, FRUITS, group=FILMS)
    assert here.metrics == by_command
    assert here.protocols["main"]["rows"] == 1048
    assert sum(sum(here.confusion[name]) for name in here.labels) == 1048
    assert {event.stage for event in events} >= {"extract"}
    several = pomona.evaluate(bundle, {"a": FRUITS})
    assert several.accuracy == here.accuracy


def test_results_are_pages_and_sentences(bundle, table):
    evaluation = pomona.evaluate(bundle, table)
    assert "95 % interval" in evaluation._repr_html_()
    assert repr(evaluation).startswith("Evaluation: accuracy 0.")
    assert bundle.training.headline in bundle._repr_html_()
    assert repr(bundle).startswith("Bundle(")


def test_output_folders_go_through_the_command(plain_output, tiny, tmp_path):
    models = tiny["models"]
    output = pomona.train(plain_output.path, out=tmp_path / "trained", models=models)
    assert isinstance(output, pomona.Output)
    without = pomona.train(plain_output.path, models=models)
    assert without == pomona.Bundle(output.path)
    assert without.training.metrics == output.metrics
    assert list(without.training.confusion["truth"]) == without.labels
    assert len(without.training.tsne) == 1048
    reduced = pomona.reduce(plain_output.path, components=7, out=tmp_path / "reduced")
    assert reduced.record["pca"]["n_components"] == 7
    extracted = pomona.extract(FRUITS, out=tmp_path / "extracted", holdout=0.3, **tiny)
    assert extracted.record["verb"] == "extract"
    with pytest.raises(InvalidInputError, match="features in a folder are reduced into a folder"):
        pomona.reduce(plain_output.path)
    with pytest.raises(InvalidInputError, match="labels: only with features in memory"):
        pomona.train(plain_output.path, labels=["a"])
    with pytest.raises(InvalidInputError, match="force: only with `out`"):
        pomona.extract(FRUITS, force=True, **tiny)


def with_rows(rows, value):
    features, labels = matrix()
    features[rows] = value
    return features, {"labels": labels}


WRONG = {
    "no labels": (lambda: (matrix()[0], {}), "the features have no labels; give a text"),
    "labels of another length": (
        lambda: (matrix()[0], {"labels": ["a"] * 59}),
        "labels: expected 60 values, one for each row of features, found 59",
    ),
    "labels that are numbers": (
        lambda: (matrix()[0], {"labels": list(range(60))}),
        "labels: expected a text for each row, found int in row 0",
    ),
    "an empty label": (
        lambda: (matrix()[0], {"labels": ["a"] * 59 + [""]}),
        "labels: expected a text for each row, found an empty one in row 59",
    ),
    "a text as labels": (
        lambda: (matrix()[0], {"labels": "apple"}),
        "labels: expected a value for",
    ),
    "NaN": (lambda: with_rows(7, np.nan), "features: expected finite numbers, found nan in row 7"),
    "infinity": (lambda: with_rows(0, np.inf), "found inf in row 0, column 0"),
    "float64": (
        lambda: (matrix()[0].astype(np.float64), {"labels": matrix()[1]}),
        "features: expected float32 of shape .rows, width., found float64 of 60 × 48; convert",
    ),
    "three dimensions": (
        lambda: (matrix()[0].reshape(60, 6, 8), {"labels": matrix()[1]}),
        "found float32 of 60 × 6 × 8",
    ),
    "no row": (
        lambda: (matrix()[0][:0], {"labels": []}),
        "features have no labels|at least one row",
    ),
    "another width": (
        lambda: (matrix(width=40)[0], {"labels": matrix()[1]}),
        "expected rows of 48 features, as the backbone 'tiny' gives them .crops: 1., found 40",
    ),
    "a side that is none": (
        lambda: (matrix()[0], {"labels": matrix()[1], "test": ["yes"] * 60}),
        "test: expected True or False for each row, found 'yes' in row 0",
    ),
    "test and holdout": (
        lambda: (matrix()[0], {"labels": matrix()[1], "test": [True] * 60, "holdout": 0.5}),
        "holdout: no effect with `test`",
    ),
    "a classifier that is none": (
        lambda: (matrix()[0], {"labels": matrix()[1], "classifier": "svm"}),
        "classifier.*logistic.*ridge.*svm|svm.*logistic",
    ),
    "a negative c": (lambda: (matrix()[0], {"labels": matrix()[1], "c": -1}), "c: expected"),
    "folds in words": (
        lambda: (matrix()[0], {"labels": matrix()[1], "folds": "three"}),
        "folds: expected a whole number, found str 'three'",
    ),
    "no components": (
        lambda: (matrix()[0], {"labels": matrix()[1], "components": 0}),
        "components: expected",
    ),
    "components in words": (
        lambda: (matrix()[0], {"labels": matrix()[1], "components": "many"}),
        "components: expected a number such as 200",
    ),
    "more components than there can be": (
        lambda: (matrix()[0], {"labels": matrix()[1], "components": 49}),
        "components: expected",
    ),
    "near-duplicates too far": (
        lambda: (matrix()[0], {"labels": matrix()[1], "near_duplicates": 3}),
        "near_duplicates: expected",
    ),
    "an option of folders": (
        lambda: (matrix()[0], {"labels": matrix()[1], "force": True}),
        "force: only with `out`",
    ),
    "a studio that is none": (
        lambda: (matrix()[0], {"labels": matrix()[1], "studio": "lab"}),
        "studio",
    ),
    "something else": (lambda: (42, {}), "expected a FeatureTable, a table with a column"),
    "a folder for what is in memory": (
        lambda: (matrix()[0], {"out": "somewhere"}),
        "out: expected the output folder of extract or run as features, found ndarray",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_makes_no_sense_is_refused_with_a_sentence(case, tiny):
    features, options = WRONG[case][0]()
    options = {**options, "models": tiny["models"]}
    if "out" not in options:
        options |= {"backbone": "tiny", "precision": "f32"}
    with pytest.raises(InvalidInputError, match=WRONG[case][1]):
        pomona.train(features, **options)


def test_one_label_warns_and_gives_no_classifier(tiny):
    features, _ = matrix()
    with pytest.warns(PomonaWarning, match="fewer than two labels") as caught:
        trained = pomona.train(features, labels=["apple"] * 60, **tiny)
    assert caught[0].filename == __file__
    assert trained.classifier == "none"
    with pytest.raises(InvalidInputError, match="it holds no classifier"):
        pomona.evaluate(trained, features, labels=["apple"] * 60)


def test_features_that_have_lost_their_origin_warn(table, bundle, tiny):
    features, labels = table["features"], list(table["label"])
    with pytest.warns(PomonaWarning, match="do not say what made them") as caught:
        pomona.evaluate(bundle, table.to_polars())
    assert caught[0].filename == __file__
    assert "backbone 'tiny', size 32, precision 'f32', fit 'squash'" in str(caught[0].message)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        pomona.evaluate(bundle, table)
        pomona.evaluate(bundle, features, labels=labels, size=32)
        pomona.evaluate(bundle, features, labels=labels, crops="whole")
        for other in ({"size": 64}, {"backbone": "b"}, {"fit": "pad"}, {"crops": "flip"}):
            with pytest.raises(InvalidInputError, match=f"made with {next(iter(other))}"):
                pomona.evaluate(bundle, features, labels=labels, **other)
        pomona.evaluate(bundle, table, size=32, crops=["whole"])
        with pytest.raises(InvalidInputError, match="size: the features know it themselves: 32"):
            pomona.evaluate(bundle, table, size=64)
        with pytest.raises(InvalidInputError, match="size: only with features in memory"):
            pomona.evaluate(bundle, FRUITS, size=32)


def test_training_on_a_table_that_has_lost_its_origin_warns():
    installed = {"models": installed_models()}
    features, labels = matrix(width=1280)
    columns = {
        "path": [str(row) for row in range(60)],
        "label": labels,
        "split": ["train", "test"] * 30,
        "features": features,
    }
    origin = FeatureOrigin("efficientnet-lite0", 64, "f32", ("whole",))
    table = FeatureTable(columns, origin, FailureTable({n: [] for n in FailureTable.TYPES}))
    with pytest.warns(PomonaWarning, match="do not say what made them") as caught:
        pomona.train(table.to_polars(), **installed)
    (message,) = [str(one.message) for one in caught if "made them" in str(one.message)]
    assert "'efficientnet-lite0', size 224, precision 'f32', fit 'squash'" in message
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        assert pomona.train(table, **installed).size == 64
        assert pomona.train(table.to_polars(), size=64, **installed).size == 64
    assert not [one for one in caught if "made them" in str(one.message)]


def test_unknown_names_are_refused(tiny):
    features, labels = matrix()
    with pytest.raises(TypeError, match="Did you mean 'components'"):
        pomona.train(features, labels=labels, component=3)
    with pytest.raises(NotFoundError, match="nosuch"):
        pomona.train(features, labels=labels, backbone="nosuch", models=tiny["models"])
    with pytest.raises(NotFoundError, match="catalogue"):
        pomona.train(features, labels=labels, catalogue="no-catalogue.json", **tiny)


def test_evaluate_refuses_what_is_not_the_bundles(bundle, table, tmp_path):
    features, labels = table["features"], list(table["label"])
    origin = FeatureOrigin("another", 32, "f32", ("whole",))
    columns = {name: table[name] for name in table.column_names}
    foreign = FeatureTable(columns, origin, FailureTable({n: [] for n in FailureTable.TYPES}))
    with pytest.raises(
        InvalidInputError, match="made with backbone 'another', the bundle with 'tiny'"
    ):
        pomona.evaluate(bundle, foreign)
    with pytest.raises(InvalidInputError, match="no labels"):
        pomona.evaluate(bundle, features)
    with pytest.raises(InvalidInputError, match="the bundle expects 48 a row, found 40"):
        pomona.evaluate(bundle, np.ascontiguousarray(features[:, :40]), labels=labels)
    with pytest.raises(InvalidInputError, match="none of the 1048 photographs has a label of"):
        pomona.evaluate(bundle, features, labels=["nothing"] * len(labels))
    with pytest.raises(InvalidInputError, match="max_failures: only with folders of photographs"):
        pomona.evaluate(bundle, table, max_failures=0.5)
    with pytest.raises(NotFoundError, match="there is no file or folder"):
        pomona.evaluate(bundle, tmp_path / "nowhere")
    with pytest.raises(InvalidInputError, match="expected a FeatureTable"):
        pomona.evaluate(bundle, 42)


def test_a_bundle_of_a_newer_format_is_refused(bundle, table, tmp_path):
    import hashlib

    pomona.Bundle._in_memory(bundle._native, bundle._models, None).save(tmp_path / "model")
    manifest = tmp_path / "model" / "bundle.json"
    record = json.loads(manifest.read_text())
    record["format"] += 1
    manifest.write_text(json.dumps(record))
    sums = tmp_path / "model" / "SHA256SUMS"
    lines = [line.split("  ") for line in sums.read_text().splitlines()]
    digest = hashlib.sha256(manifest.read_bytes()).hexdigest()
    lines = [[digest if name == "bundle.json" else old, name] for old, name in lines]
    sums.write_text("".join(f"{old}  {name}\n" for old, name in lines))
    with pytest.raises(DamagedError, match="format|version"):
        pomona.evaluate(tmp_path / "model", table)


def test_features_know_what_made_them(table, tiny):
    assert table.origin.fit == "squash"
    assert table.origin.batch > 0
    assert table.origin.split.kind == "holdout"
    assert table.origin.split.group == FILMS
    with pytest.raises(InvalidInputError, match="size: the features know it themselves"):
        pomona.train(table, size=64, models=tiny["models"])
    undivided = pomona.extract([next(FRUITS.glob("Banana/*.jpg"))], **tiny)
    assert undivided.origin.split is None


@pytest.mark.filterwarnings("ignore::pomona.errors.PomonaWarning")
def test_the_bundle_repeats_how_the_features_were_made(tiny, tmp_path):
    options = {"fit": "pad", "crops": ["whole", "flip"], "group": FILMS, "seed": 5}
    places = {"lab": FRUITS, "market": tmp_path / "market"}
    for label in ("Banana", "Beetroot"):
        (tmp_path / "market" / label).mkdir(parents=True)
        for number, path in enumerate(sorted((FRUITS / label).iterdir())[:4]):
            content = path.read_bytes() + bytes([number])  # no copy
            (tmp_path / "market" / label / path.name).write_bytes(content)
    learn = {"studio": "lab", "adapt": ["lab"], "near_duplicates": 0.001}
    table = pomona.extract(places, **options, **tiny)
    assert table.origin.sources == ("lab", "market")
    trained = pomona.train(table, models=tiny["models"], **learn)
    output = pomona.extract(places, out=tmp_path / "features", **options, **tiny)
    expected = pomona.train(output.path, models=tiny["models"], **learn)
    assert (trained.fit, trained.crops) == ("pad", ["whole", "flip"])
    assert trained == expected
    assert trained.training.metrics == expected.training.metrics
    with pytest.raises(InvalidInputError, match="studio.*lab.*market"):
        pomona.train(table, models=tiny["models"], studio="kitchen")


@pytest.mark.filterwarnings("ignore::pomona.errors.PomonaWarning")
def test_a_holdout_divides_anew(table, tiny):
    half = pomona.train(table, models=tiny["models"], holdout=0.5)
    assert half.training.metrics["split"]["holdout"] == 0.5
    assert half.training.metrics["test_rows"] > 400
    same = pomona.train(table, models=tiny["models"], holdout=0.2)
    assert same.training.metrics["test_rows"] == 208
    other = pomona.train(table, models=tiny["models"], holdout=0.2, seed=1)
    assert other != same


INTERRUPTED = """
import sys
import numpy as np
import pomona
random = np.random.default_rng(0)
features = random.normal(size=(30000, 48)).astype(np.float32)
labels = [f"kind {row % 97}" for row in range(30000)]
options = dict(backbone="tiny", models=sys.argv[1])
pomona.train(features[:300], labels=labels[:300], **options)
print("ready")
try:
    pomona.train(features, labels=labels, folds=20, c=1e6, **options)
except KeyboardInterrupt:
    print("interrupted")
print(pomona.train(features[:300], labels=labels[:300], **options).classifier)
"""


@pytest.mark.parametrize("after", [0.02, 1.5])
def test_ctrl_c_ends_training_within_200_ms(models, monkeypatch, after):
    monkeypatch.chdir(HERE)
    seconds, rest = interrupt(INTERRUPTED, models, after=after)
    assert seconds < 0.2
    assert rest == "logistic\n"


def test_progress_shows_the_stages(tiny):
    features, labels = matrix(rows=6000)
    events = []
    pomona.train(features, labels=labels, folds=5, progress=events.append, **tiny)
    assert "tsne" in {event.stage for event in events}
    assert all(
        event.finished for event, after in zip(events, events[1:]) if event.stage != after.stage
    )

    def raises(event):
        raise RuntimeError(event.stage)

    with pytest.raises(RuntimeError):
        pomona.train(features, labels=labels, folds=5, progress=raises, **tiny)
