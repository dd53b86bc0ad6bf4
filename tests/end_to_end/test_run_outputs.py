# SPDX-License-Identifier: Apache-2.0
"""Every file of docs/formats.md, read by other people's code."""

import io
import json
import re
import shutil
import socket

import numpy as np
import pyarrow as pa
import pyarrow.parquet as parquet
import pytest
from command import ROOT
from photographs import FRUITS, copy_fruits, encoded, odd_files, picture, write_odd_names
from PIL import Image
from tables import (
    csv_rows,
    digests,
    failures_of,
    files_below,
    json_of,
    keys_of,
    matrix_of,
    parts_of,
    rows_of,
    statuses_of,
    words,
)

SECRET = "Whose garden this is nobody shall know"


def required(name, kind):
    return pa.field(name, kind, nullable=False)


KEYS = [required(name, pa.string()) for name in ("path", "label", "split")]
FLOATS = pa.list_(required("element", pa.float32()))
SCHEMAS = {
    "manifest": [
        *KEYS,
        required("bytes", pa.int64()),
        required("status", pa.string()),
        required("sha256", pa.string()),
        required("damage", pa.float64()),
    ],
    "snapshot": [
        *KEYS,
        required("bytes", pa.int64()),
        *[required(name, pa.string()) for name in ("version", "status", "problem_kind", "problem")],
    ],
    "features": [*KEYS, required("features", FLOATS)],
    "reduced": [*KEYS, pa.field("label_index", pa.int32()), required("pca_features", FLOATS)],
    "previews": [*KEYS, required("jpeg", pa.binary())],
}
NAMES = {"failures.csv", "reduced.csv", "metrics.json", "confusion.csv", "tsne.json", "run.json"}
NAMES |= {"SHA256SUMS", "shards.csv"}
BUNDLE = {"bundle.json", "backbone.xml", "backbone.bin", "model.safetensors", "self_check.json"}
BUNDLE |= {"LICENSE.backbone", "SHA256SUMS"}


@pytest.fixture(scope="session")
def mixed(tmp_path_factory):
    """A training and a test folder with nearly all that can be found in one: odd names, broken
    files, a photograph in the root, labels that only one of them has, and EXIF with a secret."""
    root = tmp_path_factory.mktemp("mixed")
    train = copy_fruits(root / "train", ["Banana", "Kiwi", "Lemon"], count=6)
    copy_fruits(root / "test", ["Banana", "Kiwi", "Plum"], count=3)
    (train / "Kiwi" / "deep").mkdir()
    shutil.move(next((train / "Kiwi").glob("*.jpg")), train / "Kiwi" / "deep" / "one.jpg")
    (train / "in the root.jpg").write_bytes(encoded(picture(1)))
    write_odd_names(train / "Lemon")
    for name, (content, _) in odd_files().items():
        (train / "Banana" / name).write_bytes(content)
    secret = picture(3).getexif()
    secret[0x010E] = SECRET
    (train / "Lemon" / "secret.jpg").write_bytes(encoded(picture(3), exif=secret))
    return root


@pytest.fixture(scope="session")
def mixed_results(pomona, mixed, tmp_path_factory):
    out = tmp_path_factory.mktemp("mixed_results") / "out"
    words = ["--test", mixed / "test", "--out", out, "--size", "96", "--max-failures", "0.5"]
    pomona("run", mixed / "train", *words, "--precision", "f32")
    return out


@pytest.fixture(params=["results", "mixed_results"])
def out(request):
    return request.getfixturevalue(request.param)


def test_the_folder_holds_what_is_documented_and_nothing_else(out):
    tables = {f"{name}/part-00000.snappy.parquet" for name in SCHEMAS}
    marks = {f"{name}/_SUCCESS" for name in SCHEMAS} | {"_SUCCESS"}
    bundle = {f"bundle/{name}" for name in BUNDLE}
    assert files_below(out) == NAMES | {"report.html"} | tables | marks | bundle
    assert all((out / mark).stat().st_size == 0 for mark in marks)
    assert {path.name for path in out.iterdir() if path.is_dir()} == {*SCHEMAS, "bundle"}
    documented = (ROOT / "docs" / "formats.md").read_text(encoding="utf-8")
    assert all(f"`{name}" in documented for name in [*NAMES, *BUNDLE, "report.html", *SCHEMAS])


@pytest.mark.parametrize("table", SCHEMAS)
def test_tables_have_the_documented_columns(out, table):
    for part in parts_of(out / table):
        assert parquet.read_schema(part).remove_metadata() == pa.schema(SCHEMAS[table])
        codecs = {parquet.read_metadata(part).row_group(0).column(i).compression for i in range(3)}
        assert codecs == {"SNAPPY"}


@pytest.mark.parametrize("table", SCHEMAS)
def test_rows_are_in_byte_order_of_split_and_path(out, table):
    keys = keys_of(rows_of(out / table))
    assert keys == sorted(set(keys))


def test_every_file_is_in_the_manifest_once(mixed_results, mixed):
    rows = rows_of(mixed_results / "manifest")
    for split in ("train", "test"):
        found = {path for path in (mixed / split).rglob("*") if path.is_file()}
        listed = [row for row in rows if row["split"] == split]
        assert len(listed) == len(found)
        assert sum(row["bytes"] for row in listed) == sum(path.stat().st_size for path in found)
    labels = {row["path"]: row["label"] for row in rows}
    assert labels["in the root.jpg"] == ""
    assert labels["Kiwi/deep/one.jpg"] == "deep"
    assert labels["Lemon/caf\u00e9 \u679c.jpg"] == "Lemon"


def test_broken_files_are_named_and_what_is_no_image_is_skipped(mixed_results):
    statuses, failures = statuses_of(mixed_results), failures_of(mixed_results)
    for name, (_, kind) in odd_files().items():
        path = f"Banana/{name}"
        assert statuses[path] == ("failed" if kind else "skipped"), name
        assert failures.get(path, (None, None))[1] == kind, name
    assert {path for path, status in statuses.items() if status == "failed"} == set(failures)
    assert {stage for stage, _ in failures.values()} == {"decode"}


def test_failures_csv_has_its_header_when_nothing_failed(results):
    assert (results / "failures.csv").read_bytes() == b"path,stage,kind,message\n"


def test_counts_add_up(out):
    counts = json_of(out / "run.json")["counts"]
    statuses = [row["status"] for row in rows_of(out / "manifest")]
    assert counts["found"] == len(statuses) == counts["ok"] + counts["failed"] + counts["skipped"]
    assert all(counts[status] == statuses.count(status) for status in ("ok", "failed", "skipped"))
    assert counts["ok"] == counts["train"] + counts["test"] == len(rows_of(out / "features"))
    ok = set(keys_of(r for r in rows_of(out / "manifest") if r["status"] == "ok"))
    for table in ("features", "reduced", "previews"):
        assert set(keys_of(rows_of(out / table))) == ok


def test_label_index_is_the_position_among_training_labels(mixed_results):
    rows = rows_of(mixed_results / "reduced")
    labels = sorted(
        {row["label"] for row in rows if row["split"] == "train"} - {""}, key=str.encode
    )
    assert labels == ["Banana", "Kiwi", "Lemon", "deep"]
    assert json_of(mixed_results / "metrics.json")["labels"] == labels
    numbers = {label: number for number, label in enumerate(labels)}
    assert all(row["label_index"] == numbers.get(row["label"]) for row in rows)
    unseen = [row["label"] for row in rows if row["label_index"] is None]
    assert sorted(unseen) == ["", "Plum", "Plum", "Plum"]


def test_reduced_csv_says_what_the_reduced_table_says(out):
    text = (out / "reduced.csv").read_bytes()
    assert text.endswith(b"\n") and b"\r\n" not in text
    header, *lines = csv_rows(out / "reduced.csv")
    rows = rows_of(out / "reduced")
    count = len(rows[0]["pca_features"])
    assert header == ["path", "label", "split", "label_index"] + [
        f"pc_{i + 1}" for i in range(count)
    ]
    assert len(lines) == len(rows)
    for line, row in zip(lines, rows):
        assert line[:3] == [row["path"], row["label"], row["split"]]
        assert line[3] == ("" if row["label_index"] is None else str(row["label_index"]))
        assert np.array(line[4:]).astype(np.float32).tolist() == row["pca_features"]


def test_numbers_of_reduced_csv_are_as_short_as_can_be(results):
    def digits(text):
        return len(text.lower().split("e")[0].strip("-").replace(".", "").strip("0"))

    line, row = csv_rows(results / "reduced.csv")[1], rows_of(results / "reduced")[0]
    for text, value in zip(line[4:], np.array(row["pca_features"], np.float32)):
        assert digits(text) == digits(np.format_float_scientific(value))


def test_numbers_are_finite(out):
    for table, column in (("features", "features"), ("reduced", "pca_features")):
        assert np.isfinite(matrix_of(out / table, column)).all()


def test_previews_are_small_pictures_without_metadata(out):
    for row in rows_of(out / "previews"):
        with Image.open(io.BytesIO(row["jpeg"])) as picture:
            assert (picture.format, picture.mode, picture.size) == ("JPEG", "RGB", (48, 48))
        assert b"Exif" not in row["jpeg"]


def test_metrics_have_the_documented_keys(results):
    metrics = json_of(results / "metrics.json")
    assert list(metrics) == words(
        "format headline labels train_rows test_rows split pca classifier copies near_duplicates "
        "warnings metrics classes "
        "calibration confusions surest_mistakes by_class"
    )
    assert metrics["format"] == 1 and metrics["labels"] == FRUITS
    assert metrics["split"] == {"kind": "holdout", "holdout": 0.2, "grouped": False, "seed": 0}
    assert metrics["train_rows"] == 32 and metrics["test_rows"] == 8
    pca = metrics["pca"]
    assert pca["n_components"] == len(pca["explained_variance_ratio"]) == 31
    assert len(pca["spectrum_ratio"]) == 1280 and pca["scaled"] is True
    assert pca["explained_total"] == pytest.approx(sum(pca["explained_variance_ratio"]))
    assert pca["spectrum_ratio"] == sorted(pca["spectrum_ratio"], reverse=True)
    assert sum(pca["spectrum_ratio"]) == pytest.approx(1)
    classifier = metrics["classifier"]
    assert list(classifier) == words("kind temperature iterations converged objective")
    assert classifier["kind"] == "logistic" and classifier["converged"] is True
    assert [entry["key"] for entry in metrics["metrics"]] == ["main", "pixels"]
    main, pixels = metrics["metrics"]
    assert list(main) == words(
        "key title explanation rows train_rows unknown_label_rows accuracy accuracy_interval "
        "top3_accuracy top3_accuracy_interval macro_f1 macro_f1_interval log_loss "
        "expected_calibration_error interval"
    )
    assert list(main["interval"]) == ["resamples", "unit", "groups"]
    assert list(pixels) == words("key title explanation rows train_rows accuracy")
    low, high = main["accuracy_interval"]
    assert low <= main["accuracy"] <= high
    assert [one["label"] for one in metrics["classes"]] == FRUITS
    assert sum(one["support"] for one in metrics["classes"]) == 8
    assert sum(one["count"] for one in metrics["calibration"]) == 8
    for one in metrics["confusions"]:
        assert list(one) == words("truth prediction count rate examples")


def test_all_metrics_are_listed_by_class(out):
    metrics = json_of(out / "metrics.json")
    main = metrics["metrics"][0]
    (reported,) = metrics["by_class"]  # that of pixels has no answers of its own
    assert list(reported) == ["metrics", "classes"] and reported["metrics"] == "main"
    of_main = {one["label"]: one for one in metrics["classes"] if one["support"]}
    assert [one["label"] for one in reported["classes"]] == list(of_main)
    for one in reported["classes"]:
        assert list(one) == words("label support right recall recall_interval groups precision")
        for figure in words("support recall precision"):
            assert one[figure] == of_main[one["label"]][figure]
        assert one["recall"] == one["right"] / one["support"]
        assert one["groups"] == one["support"] >= 1
        low, high = one["recall_interval"]
        assert 0 <= low <= one["recall"] <= high <= 1
    assert sum(one["right"] for one in reported["classes"]) == round(
        main["accuracy"] * main["rows"]
    )


def test_surest_mistakes_are_photographs_named_wrong(out):
    metrics = json_of(out / "metrics.json")
    mistakes = metrics["surest_mistakes"]
    assert len(mistakes) == min(24, sum(one["count"] for one in metrics["confusions"]))
    sure = [one["probability"] for one in mistakes]
    assert sure == sorted(sure, reverse=True)
    labels = {row["path"]: row["label"] for row in rows_of(out / "manifest")}
    shown = {row["path"] for row in rows_of(out / "previews")}
    for one in mistakes:
        assert list(one) == words("path split truth prediction probability truth_probability")
        assert one["truth"] == labels[one["path"]] != one["prediction"]
        assert one["probability"] > one["truth_probability"]
        assert one["path"] in shown


def test_confusion_csv_gives_the_accuracy_of_metrics_json(out):
    metrics = json_of(out / "metrics.json")
    header, *rows = csv_rows(out / "confusion.csv")
    assert header == ["truth", *metrics["labels"]]
    assert [row[0] for row in rows] == metrics["labels"]
    counts = np.array([row[1:] for row in rows]).astype(int)
    main = metrics["metrics"][0]
    assert counts.sum() == main["rows"] - main["unknown_label_rows"]
    assert counts.trace() / main["rows"] == pytest.approx(main["accuracy"])
    pairs = {(c["truth"], c["prediction"]): c["count"] for c in metrics["confusions"]}
    off = {
        (truth, prediction): counts[i, j]
        for i, truth in enumerate(metrics["labels"])
        for j, prediction in enumerate(metrics["labels"])
        if i != j and counts[i, j]
    }
    assert pairs == off


def test_photographs_of_unknown_labels_count_as_wrong(mixed_results):
    main = json_of(mixed_results / "metrics.json")["metrics"][0]
    assert main["rows"] == 9 and main["unknown_label_rows"] == 3
    assert main["accuracy"] <= 6 / 9


def test_run_json_tells_what_was_done(results, fruits):
    record = json_of(results / "run.json")
    assert set(record) == set(
        words(
            "format pomona verb command options inputs versions machine backbone precision fit crops batch "
            "workers counts not_used labels fingerprint features_by work started timeline images_per_second peak_memory_bytes seconds"
        )
    )
    assert record["verb"] == "run" and record["command"][1:3] == ["run", str(fruits)]
    assert record["inputs"] == {"images": str(fruits), "test": None}
    options = record["options"]
    assert set(options) == set(
        words(
            "backbone size precision fit crops batch workers max_failures previews part_files holdout train_files "
            "test_files group seed include_hidden max_pixels max_decode_memory max_decode_time max_damage components "
            "scale classifier c"
        )
    )
    assert options["size"] == record["backbone"]["size"] == 96
    assert record["backbone"]["name"] == "efficientnet-lite0"
    assert record["backbone"]["feature_count"] == 1280
    assert {"openvino", "arrow", "pomona"} <= set(record["versions"])
    assert set(record["machine"]) == {"cpu", "cores", "instruction_sets", "memory_bytes", "system"}
    assert socket.gethostname() not in json.dumps(record["machine"])
    labels = [(one["label"], one["train"], one["test"], one["failed"]) for one in record["labels"]]
    assert [label for label, *_ in labels] == FRUITS
    assert all(train + test == 8 and test in (1, 2) for _, train, test, _ in labels)
    assert sum(test for *_, test, _ in labels) == 8, "a fifth of all"
    stages = [stage["stage"] for stage in record["timeline"]]
    documented = words("prepare scan extract reduce train evaluate baselines tsne bundle report")
    assert stages == documented
    assert sum(stage["seconds"] for stage in record["timeline"]) <= record["seconds"] + 0.01


def test_tsne_plot_has_a_point_for_each_photograph(out):
    drawn = json_of(out / "tsne.json")
    assert drawn["method"] == "t-SNE"
    points = [(p["split"].encode(), p["path"].encode()) for p in drawn["points"]]
    assert points == keys_of(rows_of(out / "features"))
    assert all(np.isfinite([p["x"], p["y"]]).all() for p in drawn["points"])


def test_bundle_holds_no_photograph_time_host_or_place(mixed_results, mixed):
    record = json_of(mixed_results / "run.json")
    folder = mixed_results / "bundle"
    content = b"\0".join((folder / name).read_bytes() for name in sorted(files_below(folder)))
    stranger = [str(mixed), str(ROOT), record["started"][:10], SECRET, ".jpg"]
    assert [word for word in stranger if word.encode() in content] == []
    host = re.escape(socket.gethostname())
    for name in ("bundle.json", "self_check.json", "SHA256SUMS"):
        assert not re.search(rf"\b{host}\b", (folder / name).read_text(encoding="utf-8"))
    for photograph in mixed.rglob("*.jpg"):
        pixels = photograph.read_bytes()[-64:-32]
        assert len(pixels) < 32 or pixels not in content


def test_nothing_tells_what_exif_held_or_where_it_lay(mixed_results, mixed):
    for name in files_below(mixed_results) - {"run.json"}:
        content = (mixed_results / name).read_bytes()
        assert SECRET.encode() not in content, name
        if name != "report.html":
            assert str(mixed).encode() not in content, name


def test_features_times_the_bundle_are_the_reduced_table(results):
    """Scaler and PCA by numpy, from the numbers that the bundle keeps."""
    bytes_ = (results / "bundle" / "model.safetensors").read_bytes()
    length = int.from_bytes(bytes_[:8], "little")
    header = json.loads(bytes_[8 : 8 + length])
    header.pop("__metadata__", None)

    def tensor(name):
        kind = {"F64": np.float64, "F32": np.float32}[header[name]["dtype"]]
        begin, end = header[name]["data_offsets"]
        return np.frombuffer(bytes_[8 + length + begin : 8 + length + end], kind).reshape(
            header[name]["shape"]
        )

    features = matrix_of(results / "features", "features").astype(np.float64)
    scaled = (features - tensor("scaler.mean")) / tensor("scaler.scale")
    expected = scaled @ tensor("pca.components").T
    found = matrix_of(results / "reduced", "pca_features")
    assert np.abs(found - expected).max() <= 1e-5 * np.abs(expected).max()


def test_bundle_sums_are_checked_by_sha256sum(results):
    listed = dict(
        reversed(line.split("  ", 1))
        for line in (results / "bundle" / "SHA256SUMS").read_text().splitlines()
    )
    found = digests(results / "bundle")
    assert listed == found
