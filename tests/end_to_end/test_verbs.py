# SPDX-License-Identifier: Apache-2.0
"""The verbs one by one on the same files give what `run` gives."""

import json
import os
import shutil

import pyarrow.parquet as parquet
import pytest
from command import DAMAGED, NOT_ALL_GOOD, NOT_FOUND, ROOT, TINY, TINY_ONNX, USAGE
from photographs import encoded, make_folder, picture
from tables import csv_rows, digests, failures_of, json_of, renew_sums, rows_of

SETTINGS = ["--size", "96", "--precision", "f32"]
FEATURES = "features/part-00000.snappy.parquet"
REDUCED = "reduced/part-00000.snappy.parquet"


@pytest.fixture(scope="session")
def extracted(pomona, fruits, tmp_path_factory):
    out = tmp_path_factory.mktemp("extracted") / "out"
    pomona("extract", fruits, "--out", out, *SETTINGS)
    return out


def test_extract_gives_the_tables_of_run(extracted, results):
    expected = digests(results)
    found = digests(extracted)
    assert set(found) == {
        name
        for name in expected
        if name.split("/")[0]
        in ("manifest", "snapshot", "features", "previews", "failures.csv")
        + ("shards.csv", "_SUCCESS")
    }
    assert found == {name: expected[name] for name in found}
    assert json_of(extracted / "run.json")["verb"] == "extract"


@pytest.mark.parametrize("place", ["", "features", FEATURES])
def test_reduce_gives_the_reduced_table_of_run(pomona, extracted, results, tmp_path, place):
    done = pomona("reduce", extracted / place, "--out", tmp_path / "out")
    expected = digests(results)
    found = digests(tmp_path / "out")
    assert set(found) == {REDUCED, "reduced/_SUCCESS", "reduced.csv", "_SUCCESS"}
    assert found == {name: expected[name] for name in found}
    assert json_of(tmp_path / "out" / "run.json")["pca"]["n_components"] == 31
    assert "31 components" in done.text


def test_train_on_what_extract_wrote_gives_the_model_of_run(pomona, extracted, results, tmp_path):
    pomona("train", extracted, "--out", tmp_path / "out")
    expected = digests(results)
    found = digests(tmp_path / "out")
    for name in ("backbone.xml", "backbone.bin", "model.safetensors", "self_check.json"):
        assert found[f"bundle/{name}"] == expected[f"bundle/{name}"], name
    for name in ("confusion.csv", "tsne.json"):
        assert found[name] == expected[name]
    metrics, of_run = json_of(tmp_path / "out" / "metrics.json"), json_of(results / "metrics.json")
    assert metrics["metrics"][0] == of_run["metrics"][0]
    assert metrics["split"] == of_run["split"]


def test_train_keeps_how_the_features_were_divided(tiny, noise, tmp_path):
    test = make_folder(tmp_path / "test", "abc", count=3)
    words = ["--out", tmp_path / "extracted", *TINY]
    for split, kind in (
        (["--test", test], "test_set"),
        (["--test-files", "^[01]"], "file_names"),
        (["--holdout", "0.4", "--seed", "3"], "holdout"),
        (["--group", "^([0-3])", "--holdout", "0.5"], "holdout"),
    ):
        tiny("extract", noise, *split, *words, "--force")
        tiny("train", tmp_path / "extracted", "--out", tmp_path / "trained", "--force")
        tiny("run", noise, *split, "--out", tmp_path / "ran", *TINY, "--force")
        trained = json_of(tmp_path / "trained" / "metrics.json")
        ran = json_of(tmp_path / "ran" / "metrics.json")
        assert trained["split"] == ran["split"] and trained["split"]["kind"] == kind
        keys = [entry["key"] for entry in ran["metrics"] if entry["key"] != "pixels"]
        assert [entry["key"] for entry in trained["metrics"]] == keys
        assert trained["metrics"][0] == ran["metrics"][0]


def test_a_group_named_only_at_training_does_not_make_the_split_one_by_group(tiny, noise, tmp_path):
    tiny("extract", noise, "--out", tmp_path / "extracted", *TINY)
    words = ["--out", tmp_path / "out", "--group", "^([0-3])"]
    tiny("train", tmp_path / "extracted", *words)
    metrics = json_of(tmp_path / "out" / "metrics.json")
    assert metrics["split"]["grouped"] is False
    assert [entry["key"] for entry in metrics["metrics"]] == ["main", "by_group"]


def test_train_needs_to_know_the_backbone(tiny, noise_results, tmp_path):
    shutil.copytree(noise_results / "features", tmp_path / "alone")
    words = ["train", tmp_path / "alone", "--out", tmp_path / "out"]
    tiny.refuses(*words, code=USAGE, tells=["run.json", "pomona extract"])
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("verb", ["reduce", "train"])
def test_what_holds_no_features_is_refused(tiny, noise, tmp_path, verb):
    words = ["--out", tmp_path / "out"]
    tiny.refuses(verb, noise, *words, code=NOT_FOUND, tells=[str(noise), "pomona extract"])
    missing = tmp_path / "nowhere"
    tiny.refuses(verb, missing, *words, code=NOT_FOUND, tells=[str(missing)])
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("verb", ["reduce", "train"])
def test_features_out_of_order_are_refused(tiny, noise_results, tmp_path, verb):
    table = parquet.read_table(noise_results / FEATURES)
    (tmp_path / "in" / "features").mkdir(parents=True)
    (tmp_path / "in" / "run.json").write_bytes((noise_results / "run.json").read_bytes())
    rows = table.take(list(reversed(range(len(table)))))
    parquet.write_table(rows, tmp_path / "in" / "features" / "rows.parquet")
    words = [verb, tmp_path / "in", "--out", tmp_path / "out"]
    tiny.refuses(*words, code=DAMAGED, tells=["order", "sort"])


def test_evaluate_gives_the_figures_of_metrics_json(pomona, results):
    done = json.loads(pomona("evaluate", results, results, "--json").text)
    metrics = json_of(results / "metrics.json")
    left_out = {"key", "title", "explanation", "train_rows"}
    for name, value in metrics["metrics"][0].items():
        assert name in left_out or done["metrics"][0][name] == value, name
    same = ("classes", "calibration", "confusions", "surest_mistakes", "by_class")
    assert all(done[name] == metrics[name] for name in same)


def test_evaluate_on_photographs_gives_the_metrics_of_the_test_set(tiny, noise, tmp_path):
    test = make_folder(tmp_path / "test", "abz", count=5)
    (test / "a" / "notes.txt").write_text("no picture")
    tiny("run", noise, "--test", test, "--out", tmp_path / "out", *TINY)
    done = json.loads(tiny("evaluate", tmp_path / "out" / "bundle", test, "--json").text)
    main = json_of(tmp_path / "out" / "metrics.json")["metrics"][0]
    assert done["metrics"][0]["rows"] == 15 and done["metrics"][0]["unknown_label_rows"] == 5
    for name in ("accuracy", "accuracy_interval", "top3_accuracy", "macro_f1", "log_loss"):
        assert done["metrics"][0][name] == main[name]
    words = [tmp_path / "out" / "bundle", test, "--json", "--group", "^()"]
    grouped = json.loads(tiny("evaluate", *words).text)["by_class"][0]["classes"]
    assert [one["label"] for one in grouped] == ["a", "b"], "z was never learnt"
    assert all(one["groups"] == 1 for one in grouped)
    for one in grouped:  # one draw: Wilson's interval
        low, high = one["recall_interval"]
        assert high - low > 0.7 and low <= one["recall"] <= high
    reported = tiny("evaluate", tmp_path / "out", test).text
    assert (
        "Evaluation" in reported
        and "5 photographs have a label that training does not know" in reported
    )


def test_evaluate_refuses_strangers(tiny, noise_results, results, tmp_path):
    strangers = make_folder(tmp_path / "strangers", "xyz", count=2)
    words = ["evaluate", noise_results, strangers]
    tiny.refuses(*words, code=USAGE, tells=[str(strangers), "label of the bundle"])
    words = ["evaluate", noise_results, results]
    tiny.refuses(*words, code=USAGE, tells=["efficientnet-lite0", "tiny", "backbone"])
    (tmp_path / "only").mkdir()
    shutil.copytree(results / "features", tmp_path / "only" / "features")
    words = ["evaluate", noise_results, tmp_path / "only" / "features"]
    tiny.refuses(*words, code=USAGE, tells=["48", "1280", "backbone"])
    tiny.refuses("evaluate", strangers, strangers, code=NOT_FOUND, tells=[str(strangers), "bundle"])


def test_evaluate_refuses_features_of_pictures_seen_otherwise(tiny, noise, noise_results, tmp_path):
    tiny("extract", noise, "--out", tmp_path / "larger", *TINY, "--size", "48")
    words = ["evaluate", noise_results, tmp_path / "larger"]
    tiny.refuses(*words, code=USAGE, tells=["size 48", "32", str(tmp_path / "larger")])


def test_evaluate_runs_the_self_check(tiny, noise, noise_results, tmp_path):
    shutil.copytree(noise_results / "bundle", tmp_path / "bundle")
    check = tmp_path / "bundle" / "self_check.json"
    content = json_of(check)
    content["cases"][2]["features"][0] += 100
    check.write_text(json.dumps(content))
    renew_sums(tmp_path / "bundle")
    tiny.refuses("evaluate", tmp_path / "bundle", noise, code=DAMAGED, tells=["synthetic picture"])


def test_evaluate_says_what_was_judged(tiny, noise, noise_results):
    assert "on the test rows of the features" in tiny("evaluate", noise_results, noise_results).text


def test_predict_as_text(pomona, results, fruits):
    photographs = [fruits / "Banana" / "36_100.jpg", fruits / "Kiwi" / "36_100.jpg"]
    photographs = [sorted(path.parent.iterdir())[0] for path in photographs]
    lines = pomona("predict", results, *photographs).text.splitlines()
    assert len(lines) == 2 * (1 + 3)
    assert lines[0] == str(photographs[0]) and lines[4] == str(photographs[1])
    assert lines[1].endswith("%  Banana") and lines[5].endswith("%  Kiwi")


def test_predict_as_json_is_one_object_a_line(pomona, results, fruits):
    photographs = sorted(fruits.rglob("*.jpg"))[::8]
    done = pomona("predict", results / "bundle", *photographs, "--json", "--top", "2")
    lines = [json.loads(line) for line in done.text.splitlines()]
    assert [line["path"] for line in lines] == [str(path) for path in photographs]
    for line, path in zip(lines, photographs):
        first, second = line["kinds"]
        assert first["id"] == first["name"] == path.parent.name
        assert first["probability"] >= second["probability"]
        assert line["refused"] is None and line["facts"] == []


def test_predict_agrees_with_itself_in_any_company(pomona, results, fruits):
    photographs = sorted(fruits.rglob("*.jpg"))[:20]
    together = pomona("predict", results, *photographs, "--json").text.splitlines()
    alone = pomona("predict", results, photographs[13], "--json").text.splitlines()
    assert together[13] == alone[0]


def test_predict_goes_on_after_a_photograph_that_cannot_be_read(
    tiny, noise, noise_results, tmp_path
):
    odd = tmp_path / "odd.heic"
    odd.write_bytes(b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic")
    words = ["predict", noise_results, odd, noise / "a" / "0.jpg"]
    lines = tiny(*words, code=NOT_ALL_GOOD).text.splitlines()
    assert lines[0] == str(odd) and lines[1].startswith("  could not be read: ")
    assert "HEIC" in lines[1] and lines[2] == str(noise / "a" / "0.jpg")
    failure, answer = map(json.loads, tiny(*words, "--json", code=NOT_ALL_GOOD).text.splitlines())
    assert failure["failure"]["kind"] == "unsupported_format" and answer["kinds"]


def test_predict_goes_on_after_a_photograph_that_is_missing(tiny, noise, noise_results, tmp_path):
    missing = tmp_path / "missing.jpg"
    photographs = [noise / "a" / "0.jpg", missing, noise, noise / "b" / "1.jpg"]
    done = tiny("predict", noise_results, *photographs, "--json", code=NOT_ALL_GOOD)
    lines = [json.loads(line) for line in done.text.splitlines()]
    assert [line["path"] for line in lines] == [str(path) for path in photographs]
    assert [line["refused"] for line in lines] == [None, "unreadable", "unreadable", None]
    assert [len(line["kinds"]) for line in lines] == [3, 0, 0, 3]
    assert lines[1]["failure"]["kind"] == "gone" and str(missing) in lines[1]["failure"]["message"]
    assert "folder" in lines[2]["failure"]["message"]


def test_predict_needs_a_bundle(tiny, noise, tmp_path):
    words = ["predict", tmp_path, noise / "a" / "0.jpg"]
    tiny.refuses(*words, code=NOT_FOUND, tells=[str(tmp_path), "bundle"])


def test_predict_takes_odd_names(tiny, noise, noise_results, tmp_path):
    for name in (b"caf\xc3\xa9 %41.jpg", b"latin\xe9.jpg", b"line\nbreak.jpg"):
        path = tmp_path / os.fsdecode(name)
        path.write_bytes(encoded(picture(4)))
        lines = tiny("predict", noise_results, path, "--json").text.splitlines()
        assert len(lines) == 1 and json.loads(lines[0])["kinds"]


def test_scan_counts_by_label_and_writes_nothing(tiny, noise, tmp_path):
    images = make_folder(tmp_path / "images", "ab", count=5)
    (images / "a" / "notes.txt").write_text("no picture")
    (images / "alone.jpg").write_bytes(encoded(picture(5)))
    before = sorted(tmp_path.rglob("*"))
    done = json.loads(tiny("scan", images, "--json").text)
    assert {key: done[key] for key in ("found", "ok", "failed", "skipped")} == {
        "found": 12,
        "ok": 11,
        "failed": 0,
        "skipped": 1,
    }
    assert {one["label"]: one["train"] + one["test"] for one in done["labels"]} == {
        "": 1,
        "a": 5,
        "b": 5,
    }
    text = tiny("scan", images).text
    assert "12 files: 11 photographs" in text and "(none)" in text
    assert sorted(tmp_path.rglob("*")) == before


def test_scan_divides_as_run_does(tiny, noise, noise_results):
    reported = json.loads(tiny("scan", noise, "--json").text)["labels"]
    assert reported == json_of(noise_results / "run.json")["labels"]


def test_report_is_made_anew_from_the_folder(pomona, results, tmp_path):
    out = tmp_path / "out"
    shutil.copytree(results, out)
    (out / "report.html").unlink()
    done = pomona("report", out)
    assert f"{out}/report.html" in done.text
    assert (out / "report.html").read_bytes()[:15].lower() == b"<!doctype html>"
    pomona("verify", out)


def test_report_needs_a_finished_run(tiny, noise, tmp_path):
    tiny.refuses("report", tmp_path / "nowhere", code=NOT_FOUND, tells=["nowhere"])
    tiny.refuses("report", noise, code=NOT_FOUND, tells=[str(noise), "pomona run"])


def test_report_on_features_alone(tiny, noise, tmp_path):
    tiny("extract", noise, "--out", tmp_path / "out", *TINY)
    tiny("report", tmp_path / "out")
    assert (tmp_path / "out" / "report.html").stat().st_size > 10_000
    tiny("verify", tmp_path / "out")


def judgements(share=0.9) -> dict:
    row = {"name": "drawings", "count": 118, "shares": [{"share": share, "low": 0.8, "high": 0.95}]}
    table = {"title": "What it rejects", "columns": ["rejected"], "rows": [row]}
    return {"format": "pomona-judgements", "version": 1, "tables": [table]}


def data_of_page(page) -> dict:
    text = page.read_text(encoding="utf-8").partition('id="report-data">')[2]
    return json.loads(text.partition("</script>")[0])


def test_report_shows_judgements_made_elsewhere(tiny, noise_results, tmp_path):
    out = tmp_path / "out"
    shutil.copytree(noise_results, out)
    (tmp_path / "judged.json").write_text(json.dumps(judgements()), encoding="utf-8")
    tiny("report", out, "--judgements", tmp_path / "judged.json")
    assert data_of_page(out / "report.html")["judgements"] == judgements()["tables"]
    tiny("verify", out)
    tiny("report", out)
    assert data_of_page(out / "report.html")["judgements"] == []


def test_the_documented_judgements_are_some(tiny, noise_results, tmp_path):
    documented = (ROOT / "docs" / "formats.md").read_text(encoding="utf-8")
    example = documented.partition("\n## Judgements")[2].split("```")[1]
    (tmp_path / "judged.json").write_text(example, encoding="utf-8")
    shutil.copytree(noise_results, tmp_path / "out")
    tiny("report", tmp_path / "out", "--judgements", tmp_path / "judged.json")


def test_report_says_what_is_wrong_with_judgements(tiny, noise_results, tmp_path):
    page = (noise_results / "report.html").read_bytes()
    judged = tmp_path / "judged.json"
    judged.write_text(json.dumps(judgements(share=90)), encoding="utf-8")
    tells = [str(judged), "table 1, row 1, share 1", "from 0 to 1", "docs/formats.md"]
    tiny.refuses("report", noise_results, "--judgements", judged, code=USAGE, tells=tells)
    judged.write_bytes(b"share,low,high\n")
    tells = [str(judged), "JSON"]
    tiny.refuses("report", noise_results, "--judgements", judged, code=USAGE, tells=tells)
    missing = tmp_path / "none.json"
    tells = [str(missing)]
    tiny.refuses("report", noise_results, "--judgements", missing, code=NOT_FOUND, tells=tells)
    judged.write_bytes(b" " * (2**20 + 1))
    tiny.refuses("report", noise_results, "--judgements", judged, code=USAGE, tells=[str(judged)])
    assert (noise_results / "report.html").read_bytes() == page


def test_bench_prints_its_figures(tiny, noise, tmp_path):
    words = ["bench", noise, *TINY, "--seconds", "0.1", "--scratch", tmp_path]
    figures = json.loads(tiny(*words, "--json").text)
    for name in ("engine", "decode", "extract", "extract_one_worker"):
        assert figures[f"{name}_images_per_second"] > 0
    assert len(figures["engine_sweep"]) == 5 * figures["workers"]
    assert figures["extract_over_engine"] > 0 and figures["workers_over_one"] > 0
    assert list(tmp_path.iterdir()) == []
    assert "extract over engine" in tiny(*words).text


def test_doctor_tells_of_the_machine(tiny):
    found = json.loads(tiny("doctor", "--json").text)
    assert found["machine"]["cores"] >= 1 and found["backbones"] == ["tiny"]
    assert {one["precision"] for one in found["precisions"]} >= {"f32"}
    assert all(one["images_per_second"] > 0 for one in found["precisions"])
    text = tiny("doctor").text
    for word in ("processor", "instructions", "memory", "openvino", "arrow", "measured"):
        assert word in text


def test_models_list(tiny, pomona, tmp_path):
    assert tiny("models", "list").text.split()[:5] == ["tiny", "32", "px", "48", "features"]
    assert "efficientnet-lite0" in pomona("models", "list").text
    assert "models install" in tiny("models", "list", "--models", tmp_path).text


def test_models_install_of_an_unknown_name_tells_the_known_ones(pomona, tmp_path):
    words = ["models", "install", "nope", "--models", tmp_path]
    pomona.refuses(*words, code=NOT_FOUND, tells=["pomona: ", "nope", "efficientnet-lite0"])


@pytest.mark.parametrize(
    ("words", "tells"),
    [(["--std", "0"], "--std"), (["--mean", "1,2"], "--mean"), (["--mean", "nan"], "--mean")],
)
def test_models_import_checks_its_numbers(pomona, tmp_path, words, tells):
    words = ["--name", "t", "--size", "32", "--output", "features", *words, "--models", tmp_path]
    pomona.refuses("models", "import", TINY_ONNX, *words, code=USAGE, tells=[tells])
    assert not (tmp_path / "t").exists()


def test_failures_of_a_run_can_be_read_by_any_csv_reader(tiny, tmp_path):
    images = make_folder(tmp_path / "images", "ab", count=5)
    (images / "a" / 'b"r,o\nken.jpg').write_bytes((images / "a" / "0.jpg").read_bytes()[:200])
    tiny("run", images, "--out", tmp_path / "out", *TINY)
    assert failures_of(tmp_path / "out") == {'a/b"r,o\nken.jpg': ("decode", "truncated")}
    assert csv_rows(tmp_path / "out" / "failures.csv")[1][3]
    assert len(rows_of(tmp_path / "out" / "features")) == 10


def test_an_empty_name_is_no_place(tiny, noise_results, noise):
    for words in (["predict", noise_results, ""], ["evaluate", noise_results, ""], ["scan", ""]):
        done = tiny(*words, code=None)
        assert done.code in (NOT_ALL_GOOD, USAGE), words
        assert "empty" in done.message + done.text and "bug of ours" not in done.message


@pytest.mark.parametrize("share", ["7", "-1", "nan"])
def test_evaluate_takes_a_share_of_failures_alone(tiny, noise_results, noise, share):
    words = ["evaluate", noise_results, noise, f"--max-failures={share}"]
    tiny.refuses(*words, code=USAGE, tells=["--max-failures", "0 to 1"])


def test_names_do_not_control_the_terminal(tiny, noise, tmp_path):
    label = tmp_path / "photographs" / "\x1b[31mred\n"
    shutil.copytree(noise / "a", label)
    scanned = tiny("scan", label.parent)
    assert "\x1b" not in scanned.text and "\\x1B[31mred\\x0A" in scanned.text
