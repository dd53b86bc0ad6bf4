# SPDX-License-Identifier: Apache-2.0
import io
import os
from pathlib import Path

import numpy as np
import pytest
from conftest import FRUITS
from pictures import encoded, jpeg, pixels
from PIL import Image

import pomona
from pomona.errors import InvalidInputError, NotFoundError
from pomona.images import photographs


def names(images):
    return [name for name, _ in photographs(images)]


def items(images):
    return [item for _, item in photographs(images)]


@pytest.fixture
def folder(tmp_path):
    for key in ("b/2.jpg", "a/1.jpg", "a/.hidden/3.jpg", "a/_cache/4.jpg", "B/5.PNG", "b/é.jpg"):
        file = tmp_path / key
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(jpeg(1))
    (tmp_path / "a" / "notes.txt").write_text("no photograph")
    (tmp_path / "a" / "unnamed").write_bytes(jpeg(2))
    return tmp_path


def test_a_folder_gives_its_photographs_in_byte_order_without_hidden_names(folder):
    expected = ["B/5.PNG", "a/1.jpg", "a/unnamed", "b/2.jpg", "b/é.jpg"]
    assert names(folder) == names(str(folder)) == expected
    assert items(folder) == [str(folder / key) for key in expected]


def test_a_name_that_is_no_text_leads_to_its_file(tmp_path):
    path = os.fsencode(tmp_path) + b"/\xff.jpg"
    Path(os.fsdecode(path)).write_bytes(jpeg(3))
    assert names(tmp_path) == ["%FF.jpg"]
    assert os.fsencode(items(tmp_path)[0]) == path


def test_files_and_folders_in_a_list_are_called_by_their_paths(folder):
    file = folder / "a" / "1.jpg"
    assert names([file, str(folder / "b")]) == [
        str(file),
        str(folder / "b" / "2.jpg"),
        str(folder / "b" / "é.jpg"),
    ]
    assert names(file) == [str(file)]
    assert names([folder / "b"]) == [str(folder / "b" / key) for key in names(folder / "b")]


def test_everything_else_is_numbered(folder):
    mixed = [jpeg(1), bytearray(jpeg(2)), folder / "a" / "1.jpg", memoryview(jpeg(3)), pixels(4)]
    assert names(mixed) == ["0", "1", str(folder / "a" / "1.jpg"), "3", "4"]
    assert names(iter(mixed)) == names(mixed)
    assert names(jpeg(1)) == ["0"]
    assert names(pixels(1)) == ["0"]


def test_pairs_and_mappings_name_their_photographs():
    assert names([("one", jpeg(1)), jpeg(2), ("three", pixels(3))]) == ["one", "1", "three"]
    assert names({"left": jpeg(1), "right": pixels(2)}) == ["left", "right"]


def test_an_iterator_is_read_as_it_is_asked_for():
    read = []

    def endless():
        while True:
            read.append(1)
            yield jpeg(1)

    pairs = photographs(endless())
    assert not read
    for _ in range(3):
        next(pairs)
    assert len(read) == 3


def test_arrays_are_copied_since_their_owner_may_reuse_them():
    array = pixels(1)
    kept = array.copy()
    (item,) = items([array])
    array[:] = 0
    assert np.array_equal(item, kept)
    (transposed,) = items([pixels(1).transpose(1, 0, 2)])
    assert transposed.flags.c_contiguous


@pytest.mark.parametrize(
    ("array", "found"),
    [
        (np.zeros((4, 5, 3), np.float32), "float32 of 4 × 5 × 3"),
        (np.zeros((4, 5, 4), np.uint8), "uint8 of 4 × 5 × 4"),
        (np.zeros((2, 4, 5, 3), np.uint8), "uint8 of 2 × 4 × 5 × 3"),
        (np.zeros((0, 5, 3), np.uint8), "uint8 of 0 × 5 × 3"),
        (np.zeros(7, np.uint8), "uint8 of 7"),
        (np.zeros((4, 5), bool), "bool of 4 × 5"),
        (np.uint8(3), "uint8 of no shape"),
    ],
)
def test_other_arrays_are_refused_with_what_they_are(array, found):
    with pytest.raises(InvalidInputError, match=found):
        list(photographs([array]))


def test_pillow_images_are_upright_rgb_over_white():
    array = pixels(1)
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    turned = Image.open(io.BytesIO(encoded(array, exif=exif)))
    assert np.array_equal(items(turned)[0], np.rot90(array, -1))
    grey = Image.fromarray(array[:, :, 0])
    assert np.array_equal(items(grey)[0], np.repeat(array[:, :, :1], 3, axis=2))
    alpha = np.dstack([array, pixels(2)[:, :, 0]])
    expected = np.rint((alpha[:, :, :3] * (alpha[:, :, 3:] / 255)) + 255 - alpha[:, :, 3:])
    found = items(Image.fromarray(alpha, "RGBA"))[0].astype(int)
    assert np.abs(found - expected).max() <= 1
    palette = Image.fromarray(array).quantize(8)
    assert np.array_equal(items(palette)[0], np.array(palette.convert("RGB")))
    deep = Image.fromarray((array[:, :, 0].astype(np.uint16) << 8) | 0x80)
    assert np.abs(items(deep)[0].astype(int) - array[:, :, 0]).max() <= 1


def broken_images():
    """A truncated and a closed image of Pillow, opened lazily."""
    truncated = Image.open(io.BytesIO(encoded(pixels(1), "JPEG")[:700]))
    closed = Image.open(io.BytesIO(jpeg(1)))
    closed.close()
    return truncated, closed


def test_a_broken_pillow_image_is_unreadable_and_says_why():
    for broken, kind in zip(broken_images(), ("truncated", "corrupt")):
        ((name, item),) = photographs([("mine", broken)])
        assert (name, item) == ("mine", b"")
        assert item.why[:2] == ("decode", kind)
        assert "truncated" in item.why[2] or "closed" in item.why[2]
    with pytest.raises(InvalidInputError, match="'0'.*mode is F"):
        list(photographs(Image.new("F", (4, 4))))


def test_what_cannot_be_read_is_a_failure_among_others(tiny, output):
    pd = pytest.importorskip("pandas")
    featurizer = pomona.Featurizer(**tiny)
    predictor = pomona.Predictor(output.path)
    path = str(next(FRUITS.glob("Banana/*.jpg")))
    cases = [
        ([jpeg(1), *broken_images(), jpeg(2)], ["1", "2"], "Pillow cannot decode"),
        (pd.DataFrame({"content": [jpeg(1), None, jpeg(2)]}), ["1"], "found null"),
        (pd.DataFrame({"path": ["a"] * 3, "content": [jpeg(1), None, None]}), ["a", "a"], "null"),
        (pd.DataFrame({"path": [path, None]}), ["1"], "found null"),
        (pd.Series([path, None, float("nan")]), ["1", "2"], "found null"),
    ]
    for images, failed, message in cases:
        table = featurizer(images, max_failures=0.9)
        assert list(table.failures["path"]) == failed
        assert all(message in one for one in table.failures["message"])
        answers = predictor.predict(images)
        whys = [one for one in answers["failure"] if one is not None]
        assert len(answers) == len(table) + len(failed)
        assert len(whys) == len(failed) and all(message in one for one in whys)
        assert [one.path for one in answers.details if one.failure] == failed
    assert set(table.failures["stage"]) == {"read"}
    with pytest.raises(InvalidInputError, match="2 of 4 photographs failed.*'1' .truncated."):
        featurizer([jpeg(1), *broken_images(), jpeg(2)])


def test_a_row_without_a_path_is_called_by_its_number():
    pa = pytest.importorskip("pyarrow")
    table = pa.table({"path": ["a.jpg", None], "content": [jpeg(1), jpeg(2)]})
    assert list(photographs(table)) == [("a.jpg", jpeg(1)), ("1", jpeg(2))]


def test_what_there_is_not_is_an_error_with_a_sentence(tmp_path):
    with pytest.raises(NotFoundError, match="no file or folder"):
        photographs(tmp_path / "nowhere")
    with pytest.raises(InvalidInputError, match="no file found"):
        photographs(tmp_path)
    for nothing in ([], (), iter([]), {}):
        with pytest.raises(InvalidInputError, match="at least one"):
            list(photographs(nothing))
    with pytest.raises(InvalidInputError, match="empty text"):
        photographs("")
    with pytest.raises(InvalidInputError, match="https://.*s3://"):
        list(photographs(["https://example.com/photograph.jpg"]))


@pytest.mark.parametrize("images", [None, 3, 2.5, object()])
def test_other_things_are_refused_with_their_type(images):
    with pytest.raises(InvalidInputError, match=type(images).__name__):
        list(photographs(images))
    with pytest.raises(InvalidInputError, match=type(images).__name__):
        list(photographs([jpeg(1), images]))


def test_tables_give_their_photographs_by_content_and_path():
    pa = pytest.importorskip("pyarrow")
    paths, contents = ["a.jpg", "b.jpg", "c.jpg"], [jpeg(1), jpeg(2), jpeg(3)]
    times = pa.array([1, 2, 3], pa.timestamp("us"))
    both = pa.table({"path": paths, "modificationTime": times, "content": contents})
    assert list(photographs(both)) == list(zip(paths, contents))
    assert list(photographs(both.to_reader(max_chunksize=2))) == list(zip(paths, contents))
    assert list(photographs(both.select(["content"]))) == list(zip("012", contents))
    assert list(photographs(both.select(["path"]))) == list(zip(paths, paths))
    assert list(photographs(both["content"])) == list(zip("012", contents))
    with pytest.raises(InvalidInputError, match="'modificationTime'"):
        list(photographs(both.select(["modificationTime"])))
    for nulls in (pa.table({"content": pa.array([None])}), pa.array([None], pa.binary())):
        ((_, null),) = photographs(nulls)
        assert null.why[:2] == ("read", "unreadable")


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_frames_and_series_give_their_photographs(library):
    frames = pytest.importorskip(library)
    paths, contents = ["a.jpg", "b.jpg"], [jpeg(1), jpeg(2)]
    frame = frames.DataFrame({"path": paths, "content": contents, "label": ["x", "y"]})
    assert list(photographs(frame)) == list(zip(paths, contents))
    assert list(photographs(frame["path"])) == list(zip(paths, paths))
    assert list(photographs(frame["content"])) == list(zip("01", contents))
