# SPDX-License-Identifier: Apache-2.0
"""`extract` of tables whose columns say the label of each photograph, and which are of the test."""

import warnings

import pytest
from conftest import FRUITS
from pictures import jpeg

import pomona
from pomona.errors import InvalidInputError
from pomona.extraction import extract
from pomona.featurizer import Featurizer


def test_labels_and_splits_of_a_table_are_those_of_the_rows(tiny):
    pa = pytest.importorskip("pyarrow")
    contents = [jpeg(1), b"broken", jpeg(2), None, jpeg(3)]
    labels, splits = list("abcde"), ["train", "test", "test", "train", "train"]
    table = pa.table({"content": contents, "label": labels, "split": splits})
    pl = pytest.importorskip("polars")
    for images in (
        table,
        table.to_pandas(),
        pl.DataFrame(table),
        table.to_reader(max_chunksize=2),
        table.to_pandas().astype({"label": "category"}),
    ):
        found = extract(images, max_failures=0.5, **tiny)
        assert list(found["label"]) == ["a", "c", "e"]
        assert list(found["split"]) == ["train", "test", "train"]
        assert found["path"] == ["0", "2", "4"]
        expected = Featurizer(**tiny)([contents[0], contents[2], contents[4]])["features"]
        assert found["features"].tobytes() == expected.tobytes()
        assert found.origin.split.kind == "test_set"
        assert list(found.failures["path"]) == ["1", "3"]
    labelled = extract(table.select(["content", "label"]), max_failures=0.5, **tiny)
    assert labelled.origin.split is None and list(labelled["split"]) == ["train"] * 3
    assert list(extract(table.select(["content"]), max_failures=0.5, **tiny)["label"]) == [""] * 3


def test_a_folder_in_a_table_gives_its_label_to_all_in_it(tiny):
    pd = pytest.importorskip("pandas")
    table = pd.DataFrame({"path": [FRUITS / "Kiwi", FRUITS / "Lemon"], "label": ["k", "l"]})
    found = extract(table.astype({"path": "str"}), **tiny)
    assert list(found["label"]) == ["k"] * 8 + ["l"] * 8


def test_train_and_evaluate_take_what_a_labelled_table_gives(tiny):
    pd = pytest.importorskip("pandas")
    files = sorted(FRUITS.glob("Banana/*.jpg")) + sorted(FRUITS.glob("Kiwi/*.jpg"))
    table = pd.DataFrame({"path": list(map(str, files)), "label": [f.parent.name for f in files]})
    table["split"] = ["test" if number % 4 == 0 else "train" for number in range(len(files))]
    models = {"models": tiny["models"]}
    with warnings.catch_warnings():
        warnings.filterwarnings("error", "not read|do not say")
        features = extract(table, **tiny)
        bundle = pomona.train(features, **models)
        evaluation = pomona.evaluate(bundle, features)
    assert bundle.labels == ["Banana", "Kiwi"]
    assert evaluation.metrics["metrics"][0]["rows"] == 4
    assert bundle.training.metrics["metrics"][0]["rows"] == 4


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("label", None, "label: expected a text, found null in row 1"),
        ("split", "validation", "split: expected 'train' or 'test', found 'validation' in row 1"),
        ("split", None, "split: expected 'train' or 'test', found null in row 1"),
    ],
)
def test_a_label_or_split_that_is_none_is_refused(tiny, column, value, message):
    pa = pytest.importorskip("pyarrow")
    values = {"label": ["a", "b"], "split": ["train", "test"]}
    values[column][1] = value
    with pytest.raises(InvalidInputError, match=message):
        extract(pa.table({"content": [jpeg(1), jpeg(2)], **values}), **tiny)
