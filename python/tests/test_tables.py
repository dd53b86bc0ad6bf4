# SPDX-License-Identifier: Apache-2.0
"""The tables that users see: columns, conversions, and what a notebook shows."""

import base64
import copy
import io
import os
import pickle
import re
from html.parser import HTMLParser

import numpy as np
import pytest

from pomona.errors import InvalidInputError
from pomona.table_html import FIRST_ROWS, MOST_LABELS, THUMBNAIL_SIDE
from pomona.tables import (
    FailureTable,
    FeatureOrigin,
    FeatureTable,
    Predictions,
    ReducedTable,
    Reduction,
    Table,
)

ORIGIN = FeatureOrigin(backbone="tiny", size=32, precision="f32", crops=("whole", "center75"))
NO_FAILURES = {"path": [], "stage": [], "kind": [], "message": []}


def feature_table(rows, labels=("fig", "kiwi"), failures=NO_FAILURES):
    columns = {
        "path": [f"{at}.jpg" for at in range(rows)],
        "label": [labels[at % len(labels)] for at in range(rows)],
        "split": ["train"] * rows,
        "features": np.arange(rows * 8, dtype=np.float32).reshape(rows, 8),
    }
    return FeatureTable(columns, ORIGIN, FailureTable(failures))


def predictions(pictures=None, **changed):
    columns = {
        "path": ["good.jpg", "odd.jpg", "broken.jpg"],
        "answers": [[("fig", 0.9), ("kiwi", 0.1)], [("kiwi", 0.4)], []],
        "rejected": [None, "unknown_kind", None],
        "ood_score": [0.5, 1.5, None],
        "failure": [None, None, "truncated: it ends early"],
    }
    return Predictions(columns | changed, pictures)


class Page(HTMLParser):
    """The elements and texts of a page; fails where an element is not closed."""

    def __init__(self, html):
        super().__init__()
        self.open, self.elements, self.texts = [], [], []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag != "img":
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append(data)

    def count(self, tag):
        return sum(1 for found, _ in self.elements if found == tag)


def page_of(table):
    return Page(table._repr_html_())


def test_a_feature_table_has_columns_and_origin():
    failures = {"path": ["x"], "stage": ["decode"], "kind": ["corrupt"], "message": ["why"]}
    table = feature_table(3, failures=failures)
    assert len(table) == 3
    assert table.column_names == ["path", "label", "split", "features"]
    assert table["label"] == ["fig", "kiwi", "fig"]
    assert table["features"].shape == (3, 8)
    assert (table.backbone, table.size, table.precision) == ("tiny", 32, "f32")
    assert table.crops == ("whole", "center75")
    assert len(table.failures) == 1 and table.failures["kind"] == ["corrupt"]
    assert repr(table) == "<FeatureTable: 3 rows of path, label, split, features>"
    assert repr(table.failures) == "<FailureTable: 1 row of path, stage, kind, message>"


def test_further_columns_are_kept():
    columns = {"path": ["a"], "label": ["fig"], "split": ["test"]}
    components = np.ones((1, 2), np.float32)
    table = ReducedTable(
        columns | {"label_index": np.array([7], np.int32), "pca_features": components}
    )
    assert table["label_index"].tolist() == [7]
    assert table.components.ctypes.data == components.ctypes.data


def test_an_unknown_column_is_a_key_error_with_the_known_ones():
    with pytest.raises(KeyError, match="no column 'lable'; there are path, label, split, features"):
        feature_table(1)["lable"]


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"path": ["a"]}, "ReducedTable: expected the columns .* found no label, split, pca_feat"),
        ({"pca_features": np.zeros(1)}, r"shape \(rows, width\) as its column 'pca_features'"),
        ({"label": np.zeros(1)}, "'label': expected a list, found ndarray"),
        ({"label": ["a", "b"]}, "'path' has 1 rows, 'label' has 2"),
    ],
)
def test_wrong_columns_are_refused(columns, message):
    if len(columns) == 1 and "path" not in columns:
        good = {"path": ["a"], "label": ["b"], "split": [""], "pca_features": np.zeros((1, 1))}
        columns = good | columns
    with pytest.raises(InvalidInputError, match=message):
        ReducedTable(columns)


def test_types_do_not_depend_on_the_values():
    pa = pytest.importorskip("pyarrow", reason="it shows the types")
    empty = predictions(**{name: [] for name in predictions().column_names})
    nothing = predictions(answers=[[]] * 3, rejected=[None] * 3, ood_score=[None] * 3)
    assert pa.schema(empty) == pa.schema(nothing) == pa.schema(predictions())
    assert pa.schema(predictions()).field("ood_score").type == pa.float64()
    assert nothing["ood_score"] == [None] * 3


@pytest.mark.parametrize("library", ["arrow", "polars", "pandas"])
def test_conversions_keep_columns_and_rows(library):
    pytest.importorskip("pyarrow", reason="pandas is reached by it")
    pytest.importorskip(f"py{library}" if library == "arrow" else library, reason="the target")
    converted = getattr(feature_table(5), f"to_{library}")()
    names = converted.column_names if library == "arrow" else list(converted.columns)
    assert list(names) == ["path", "label", "split", "features"]
    assert len(converted) == 5
    assert list(converted["features"].to_numpy()[4]) == list(range(32, 40))


def test_a_notebook_shows_some_rows_and_counts_the_others():
    assert page_of(feature_table(FIRST_ROWS)).count("tr") == 1 + FIRST_ROWS + 1 + 2
    page = page_of(feature_table(FIRST_ROWS + 1234))
    assert page.count("tr") == 1 + FIRST_ROWS + 1 + 2
    assert "… 1,234 more" in page.texts
    assert "FeatureTable: 1,239 rows" in page.texts
    assert "[0, 1, 2, … 8]" in page.texts
    assert "tiny, 32 px, f32, crops whole, center75; 0 could not be read" in page.texts
    assert {"619", "620"} <= set(page.texts)  # photographs of each label
    empty = page_of(feature_table(0))
    assert empty.count("tr") == 2


def test_labels_are_counted_the_most_frequent_first():
    labels = ["rare", *(["often"] * 4), *(f"kind {at}" for at in range(MOST_LABELS + 1))] + ["x"]
    page = page_of(feature_table(len(labels), labels))
    counted = page.texts[page.texts.index("photographs") :]
    assert counted.index("often") < counted.index("rare")
    assert "… 4 more" in page.texts
    widths = re.findall(r"bottom:0;width:([\d.]+)%", feature_table(5, labels)._repr_html_())
    assert widths == ["100.0", "25.0"]


def test_predictions_show_bars_rejections_and_failures():
    page = page_of(predictions())
    text = "|".join(page.texts)
    assert "good.jpg|fig 90.0%|kiwi 10.0%" in text
    assert "odd.jpg|rejected: unknown kind|kiwi 40.0%" in text
    assert "broken.jpg|not read: truncated: it ends early" in text
    assert page.count("img") == 0
    many = {name: values * 500 for name, values in predictions().head(3).items()}
    assert "… 1,480 more" in page_of(predictions(**many)).texts


EVIL = "<script>alert(1)</script>\"'&"


def test_text_is_escaped():
    failures = {"path": [EVIL], "stage": [EVIL], "kind": [EVIL], "message": [EVIL]}
    tables = [
        feature_table(2, [EVIL], failures),
        feature_table(2, [EVIL], failures).failures,
        predictions(path=[EVIL] * 3, rejected=[None, EVIL, None], failure=[None, None, EVIL]),
        predictions(answers=[[(EVIL, 0.5)]] * 3),
        FailureTable(failures | {EVIL: [EVIL]}),
    ]
    for table in tables:
        page = page_of(table)
        assert page.count("script") == 0
        assert EVIL in "".join(page.texts)


def test_colours_suit_light_and_dark_pages():
    """Text has the colour of the page, and what is drawn behind it is see-through."""
    for html in (feature_table(3)._repr_html_(), predictions()._repr_html_()):
        assert not re.search(r"[^-]color:", html)
        backgrounds = re.findall(r"background:([^;\"]+)", html)
        assert backgrounds
        for colour in backgrounds:
            assert float(re.fullmatch(r"rgba\(\d+,\d+,\d+,([.\d]+)\)", colour)[1]) <= 0.5


def thumbnails(table):
    Image = pytest.importorskip("PIL.Image", reason="thumbnails are made by Pillow")
    sources = [attributes["src"] for tag, attributes in page_of(table).elements if tag == "img"]
    jpegs = [base64.b64decode(source.removeprefix("data:image/jpeg;base64,")) for source in sources]
    return [Image.open(io.BytesIO(jpeg)) for jpeg in jpegs]


def test_thumbnails_are_of_what_the_caller_gave_and_carry_no_metadata(tmp_path):
    Image = pytest.importorskip("PIL.Image", reason="thumbnails are made by Pillow")
    exif = Image.Exif()
    exif[0x010E] = "secret place"  # ImageDescription
    exif[0x0112] = 6  # Orientation: a quarter turn
    photograph = tmp_path / "secret name.jpg"
    Image.new("RGB", (200, 100), "green").save(
        photograph, exif=exif, comment=b"secret", icc_profile=b"secret profile"
    )
    pixels = np.full((50, 300, 3), (255, 0, 0), np.uint8)
    table = predictions(pictures=[photograph, pixels, None])
    first, second = thumbnails(table)
    assert first.size == (THUMBNAIL_SIDE // 2, THUMBNAIL_SIDE)
    assert second.size == (THUMBNAIL_SIDE, THUMBNAIL_SIDE // 6)
    assert second.convert("RGB").getpixel((30, 5))[0] > 250
    for thumbnail in (first, second):
        assert not thumbnail.getexif()
        assert set(thumbnail.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    html = table._repr_html_()
    assert "secret" not in html and str(tmp_path) not in html
    assert b"secret" not in b"".join(
        base64.b64decode(source) for source in re.findall(r"base64,([^\"]+)", html)
    )


def test_what_is_no_picture_has_no_thumbnail(tmp_path):
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(b"\xff\xd8\xff\xe0 and no more")
    table = predictions(pictures=[broken, tmp_path / "missing.jpg", np.zeros((2, 2), "complex64")])
    assert page_of(table).count("img") == 0
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)  # to open it is to wait for somebody who writes
    assert page_of(predictions(pictures=[pipe, tmp_path, None])).count("img") == 0


def test_pictures_are_one_for_each_row():
    with pytest.raises(InvalidInputError, match="cannot show 1 pictures with 3 predictions"):
        predictions(pictures=[None])


def columns_of(table):
    return {name: np.asarray(table[name], object).tolist() for name in table.column_names}


def test_tables_are_pickled_and_copied_with_all_that_they_hold():
    reduction = Reduction(*(np.arange(n, dtype=np.float64) for n in range(5)))
    reduced = {"path": ["a"], "label": [""], "split": ["test"]}
    reduced["pca_features"] = np.ones((1, 3), np.float32)
    failed = {"path": ["b"], "stage": ["read"], "kind": ["gone"], "message": ["it is gone"]}
    photo = np.zeros((4, 4, 3), np.uint8)
    tables = [
        feature_table(5, failures=failed),
        ReducedTable(reduced, reduction),
        predictions(["good.jpg", photo, None]),
        FailureTable(NO_FAILURES),
        Table(
            {"count": np.arange(3), "share": [0.5, None, 1.0], "is": np.array([True, False, True])}
        ),
    ]
    for table in tables:
        for again in (pickle.loads(pickle.dumps(table)), copy.copy(table), copy.deepcopy(table)):
            assert type(again) is type(table)
            assert again.column_names == table.column_names
            assert columns_of(again) == columns_of(table)
    features, components, answers, *_ = [pickle.loads(pickle.dumps(one)) for one in tables]
    assert features.origin == ORIGIN
    assert features["features"].dtype == np.float32
    assert columns_of(features.failures) == failed
    assert components.reduction.explained_variance_ratio.tolist() == [0, 1, 2, 3]
    assert answers.pictures[0] == "good.jpg" and np.array_equal(answers.pictures[1], photo)
