# SPDX-License-Identifier: Apache-2.0
"""`pomona verify` passes what `run` wrote, and notices whatever was done to it since."""

import shutil

import pyarrow
import pyarrow.parquet as parquet
import pytest
from command import NOT_ALL_GOOD, NOT_FOUND, TINY
from photographs import encoded, make_folder, picture
from tables import files_below, json_of, parts_of, renew_sums


@pytest.fixture(scope="session")
def kept(tiny, tmp_path_factory):
    """A run with a failure and a skipped file; photographs and results side by side."""
    root = tmp_path_factory.mktemp("kept")
    images = make_folder(root / "images", "abc", count=6)
    (images / "a" / "broken.jpg").write_bytes((images / "a" / "0.jpg").read_bytes()[:200])
    (images / "b" / "notes.txt").write_text("no picture")
    tiny("run", images, "--out", root / "out", *TINY)
    return root


@pytest.fixture
def copy(kept, tmp_path):
    """Photographs and results that a test may spoil."""
    shutil.copytree(kept, tmp_path / "kept")
    return tmp_path / "kept"


@pytest.fixture
def verify(tiny, copy):
    def verify(*words, code=NOT_ALL_GOOD):
        return tiny("verify", copy / "out", "--images", copy / "images", *words, code=code).text

    return verify


def problems(text):
    return [line for line in text.splitlines() if line.startswith("PROBLEM")]


def test_a_whole_run_passes(verify):
    text = verify(code=0)
    assert problems(text) == []
    for word in ("complete", "digests", "manifest: 20 files, 18 ok, 1 failed, 1 skipped"):
        assert word in text
    for word in (
        "features: 18",
        "reduced: 18",
        "previews: 18",
        "listing: 20",
        "metrics",
        "bundle",
    ):
        assert word in text


def test_what_the_other_verbs_write_passes_too(tiny, copy, tmp_path):
    for verb in ("reduce", "train"):
        tiny(verb, copy / "out", "--out", tmp_path / verb)
        assert problems(tiny("verify", tmp_path / verb).text) == []
    tiny("extract", copy / "images", "--out", tmp_path / "extract", *TINY)
    assert problems(tiny("verify", tmp_path / "extract").text) == []


def test_a_reduced_table_alone_is_read_again_as_well(tiny, copy, tmp_path):
    tiny("reduce", copy / "out", "--out", tmp_path / "out")
    assert "reduced: 18" in tiny("verify", tmp_path / "out").text
    csv = tmp_path / "out" / "reduced.csv"
    whole = csv.read_text()
    csv.write_text("nonsense\n")
    renew_sums(tmp_path / "out")
    done = tiny("verify", tmp_path / "out", code=NOT_ALL_GOOD)
    assert any("reduced.csv" in line for line in problems(done.text))
    csv.write_text(whole)
    part = tmp_path / "out" / "reduced" / "part-00000.snappy.parquet"
    table = parquet.read_table(part)
    parquet.write_table(table.slice(1), part)
    csv.write_text("".join(line for i, line in enumerate(whole.splitlines(True)) if i != 1))
    renew_sums(tmp_path / "out")
    done = tiny("verify", tmp_path / "out", code=NOT_ALL_GOOD)
    assert any("rows" in line for line in problems(done.text))


def test_the_digests_are_those_of_sha256sum(copy):
    found = (copy / "out" / "SHA256SUMS").read_text()
    renew_sums(copy / "out")
    assert (copy / "out" / "SHA256SUMS").read_text() == found


FILES = [
    "manifest/part-00000.snappy.parquet",
    "snapshot/part-00000.snappy.parquet",
    "features/part-00000.snappy.parquet",
    "previews/part-00000.snappy.parquet",
    "reduced/part-00000.snappy.parquet",
    "reduced.csv",
    "failures.csv",
    "shards.csv",
    "metrics.json",
    "confusion.csv",
    "run.json",
    "tsne.json",
    "report.html",
    "SHA256SUMS",
    "bundle/bundle.json",
    "bundle/backbone.bin",
    "bundle/model.safetensors",
    "bundle/self_check.json",
]


@pytest.mark.parametrize("name", FILES)
def test_a_flipped_byte_in_any_file_is_noticed(verify, copy, name):
    path = copy / "out" / name
    whole = path.read_bytes()
    for place in (0.0, 0.37, 0.999):
        at = int(place * len(whole))
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0x01]) + whole[at + 1 :])
        told = problems(verify("--no-listing"))
        assert told and any(name in line or name == "SHA256SUMS" for line in told), at


def test_every_kind_of_file_is_among_those(copy):
    others = {"_SUCCESS", "LICENSE.backbone", "backbone.xml", "SHA256SUMS"}
    names = {name for name in files_below(copy / "out") if name.split("/")[-1] not in others}
    assert names <= set(FILES)


@pytest.mark.parametrize("name", [name for name in FILES if name != "report.html"] + ["_SUCCESS"])
def test_a_missing_file_is_noticed(verify, copy, name):
    (copy / "out" / name).unlink()
    assert problems(verify())


def test_a_table_without_its_mark_is_noticed(verify, copy):
    (copy / "out" / "features" / "_SUCCESS").unlink()
    renew_sums(copy / "out")
    assert any("features" in line for line in problems(verify()))


def test_a_file_that_does_not_belong_is_noticed(verify, copy):
    shutil.copy(copy / "out" / FILES[1], copy / "out" / "features" / "part-00001.snappy.parquet")
    assert any("part-00001" in line for line in problems(verify()))


def test_own_files_beside_the_results_do_no_harm(verify, copy):
    (copy / "out" / "my notes.txt").write_text("mine")
    assert problems(verify(code=0)) == []


@pytest.mark.parametrize("table", ["manifest", "features", "reduced"])
@pytest.mark.parametrize("change", ["removed", "twice", "moved"])
def test_a_row_that_is_missing_or_too_many_is_noticed_by_its_content(verify, copy, table, change):
    [part] = parts_of(copy / "out" / table)
    rows = parquet.read_table(part)
    order = list(range(len(rows)))
    order = {
        "removed": order[:4] + order[5:],
        "twice": order[:5] + order[4:],
        "moved": [*order[1:], 0],
    }[change]
    parquet.write_table(rows.take(order), part)
    renew_sums(copy / "out")
    assert problems(verify("--no-listing"))


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_a_number_that_is_not_finite_is_noticed_by_its_content(verify, copy, number):
    [part] = parts_of(copy / "out" / "features")
    rows = parquet.read_table(part)
    values = rows["features"].to_pylist()
    values[3][7] = number
    index = rows.schema.get_field_index("features")
    field = rows.schema.field(index)
    changed = rows.set_column(index, field, pyarrow.array(values, field.type))
    parquet.write_table(changed, part)
    renew_sums(copy / "out")
    assert any("not finite" in line for line in problems(verify()))


def test_a_changed_csv_is_noticed_by_its_content(verify, copy):
    path = copy / "out" / "reduced.csv"
    lines = path.read_text().splitlines(keepends=True)
    fields = lines[2].split(",")
    fields[6] = "0.5"
    path.write_text("".join([*lines[:2], ",".join(fields), *lines[3:]]))
    renew_sums(copy / "out")
    assert any("reduced.csv" in line for line in problems(verify()))


def test_a_prettier_accuracy_is_noticed_by_its_content(verify, copy):
    path = copy / "out" / "metrics.json"
    accuracy = json_of(path)["metrics"][0]["accuracy"]
    path.write_text(path.read_text().replace(f'"accuracy": {accuracy}', '"accuracy": 0.999', 1))
    renew_sums(copy / "out")
    assert any("accuracy" in line for line in problems(verify()))


def test_out_of_fold_scores_are_checked_as_well(tiny, copy, tmp_path):
    tiny("extract", copy / "images", "--out", tmp_path / "features", "--holdout", "0", *TINY)
    out = tmp_path / "out"
    tiny("train", tmp_path / "features", "--out", out, "--folds", "2")
    assert "agree on 18 photographs, cross-validated" in tiny("verify", out).text
    entry = json_of(out / "metrics.json")["metrics"][0]
    assert entry["key"] == "cross_validated"
    text = (out / "metrics.json").read_text()
    prettier = text.replace(f'"accuracy": {entry["accuracy"]}', '"accuracy": 0.999', 1)
    (out / "metrics.json").write_text(prettier)
    renew_sums(out)
    assert any("accuracy" in line for line in problems(tiny("verify", out, code=NOT_ALL_GOOD).text))


@pytest.mark.parametrize("change", ["removed", "added", "longer"])
def test_photographs_that_came_or_went_are_noticed(verify, copy, change):
    photograph = copy / "images" / "c" / "2.jpg"
    if change == "removed":
        photograph.unlink()
    elif change == "added":
        (copy / "images" / "c" / "new.jpg").write_bytes(encoded(picture(99)))
    else:
        photograph.write_bytes(photograph.read_bytes() + b"\0")
    told = problems(verify())
    assert len(told) == 1 and "listing" in told[0]
    assert ("new.jpg" if change == "added" else "c/2.jpg") in told[0]
    assert problems(verify("--no-listing", code=0)) == []


def test_photographs_that_moved_away_must_be_pointed_at(tiny, copy):
    shutil.move(copy / "images", copy / "elsewhere")
    record = copy / "out" / "run.json"
    there = json_of(record)["inputs"]["images"]
    record.write_text(record.read_text().replace(there, str(copy / "images")))
    renew_sums(copy / "out")
    told = problems(tiny("verify", copy / "out", code=NOT_ALL_GOOD).text)
    assert len(told) == 1 and "--images" in told[0] and str(copy / "images") in told[0]
    assert problems(tiny("verify", copy / "out", "--images", copy / "elsewhere").text) == []


def test_what_is_no_output_is_not_found(tiny, noise, tmp_path):
    tiny.refuses("verify", tmp_path / "nowhere", code=NOT_FOUND, tells=["nowhere"])
    tiny.refuses("verify", noise, code=NOT_FOUND, tells=[str(noise), "run.json"])
