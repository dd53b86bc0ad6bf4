# SPDX-License-Identifier: Apache-2.0
"""Each option of `run` does what its help says, and says so when it cannot."""

import json
import re
import shutil
import subprocess

import numpy as np
import pytest
from command import NOT_FOUND, TINY, USAGE
from photographs import encoded, make_folder, picture
from tables import (
    digests,
    files_below,
    json_of,
    keys_of,
    matrix_of,
    results_below,
    rows_of,
    statuses_of,
)


@pytest.fixture
def run(tiny, tmp_path):
    """Runs the chain with the tiny backbone and gives its output folder."""

    def run(images, *words):
        out = tmp_path / f"out{len(list(tmp_path.glob('out*')))}"
        tiny("run", images, "--out", out, *TINY, *words)
        return out

    return run


def splits_of(out):
    return {row["path"]: row["split"] for row in rows_of(out / "features")}


def options_of(out):
    return json_of(out / "run.json")["options"]


def test_components_by_number(run, noise):
    out = run(noise, "--components", "5")
    assert matrix_of(out / "reduced", "pca_features").shape == (18, 5)
    assert json_of(out / "metrics.json")["pca"]["n_components"] == 5
    assert options_of(out)["components"] == 5


@pytest.mark.parametrize("share", ["0.5", "0.95"])
def test_components_by_share_of_variance_are_the_fewest_that_do(run, noise, share):
    pca = json_of(run(noise, "--components", share) / "metrics.json")["pca"]
    sums = np.cumsum(pca["spectrum_ratio"])
    assert pca["n_components"] == int(np.argmax(sums >= float(share))) + 1


def test_components_that_were_not_asked_for_are_recorded(noise_results):
    pca = json_of(noise_results / "metrics.json")["pca"]
    assert options_of(noise_results)["components"] == pca["n_components"] > 1


def test_more_components_than_photographs_are_refused(tiny, noise, tmp_path):
    words = ["run", noise, "--out", tmp_path / "out", *TINY, "--components", "40"]
    tiny.refuses(*words, code=USAGE, tells=["components: expected 1 to 13", "40", "(--components)"])
    assert not (tmp_path / "out").exists()


def test_more_components_than_features_are_refused(tiny, tmp_path):
    images = make_folder(tmp_path / "images", "ab", count=40)
    words = ["run", images, "--out", tmp_path / "out", *TINY, "--components", "49"]
    tiny.refuses(*words, code=USAGE, tells=["components: expected 1 to 48", "49", "(--components)"])


@pytest.mark.parametrize("text", ["0", "-3", "1.5", "many", "0.0", "nan", "inf", ""])
def test_components_that_make_no_sense(tiny, noise, tmp_path, text):
    words = ["run", noise, "--out", tmp_path / "out", *TINY, f"--components={text}"]
    tiny.refuses(*words, code=USAGE, tells=["--components", text])


def test_no_scale_only_centres(run, noise):
    out = run(noise, "--no-scale", "--components", "3")
    assert json_of(out / "metrics.json")["pca"]["scaled"] is False
    assert options_of(out)["scale"] is False
    features = matrix_of(out / "features", "features").astype(np.float64)
    training = [row["split"] == "train" for row in rows_of(out / "features")]
    centred = features - features[training].mean(axis=0)
    axes = np.linalg.svd(centred[training], full_matrices=False)[2][:3]
    found = matrix_of(out / "reduced", "pca_features")
    expected = centred @ axes.T
    assert np.abs(np.abs(found) - np.abs(expected)).max() < 1e-4 * np.abs(expected).max()


def test_fit_changes_what_the_network_sees_of_oblong_photographs(run, tmp_path):
    images = make_folder(tmp_path / "images", "ab", count=3)
    for number, photograph in enumerate(sorted(images.rglob("*.jpg"))):
        photograph.write_bytes(encoded(picture(number, 60).crop((0, 0, 60, 35))))
    seen = {}
    for fit in ("squash", "crop", "pad"):
        out = run(images, "--fit", fit)
        assert (
            options_of(out)["fit"] == json_of(out / "bundle" / "bundle.json")["input"]["fit"] == fit
        )
        seen[fit] = matrix_of(out / "features", "features")
    assert not np.array_equal(seen["squash"], seen["crop"])
    assert not np.array_equal(seen["squash"], seen["pad"])
    assert np.array_equal(matrix_of(run(images) / "features", "features"), seen["squash"])


def test_size_is_what_the_network_sees(run, noise, noise_results):
    out = run(noise, "--size", "48")
    assert json_of(out / "run.json")["backbone"]["size"] == 48
    assert json_of(noise_results / "run.json")["backbone"]["size"] == 32
    assert not np.array_equal(
        matrix_of(out / "features", "features"), matrix_of(noise_results / "features", "features")
    )


def test_holdout_takes_its_share_of_every_label(run, tmp_path):
    images = make_folder(tmp_path / "images", "abc", count=10)
    for share, count in (("0.3", 3), ("0.5", 5)):
        rows = rows_of(run(images, "--holdout", share) / "features")
        for label in "abc":
            assert sum(r["label"] == label and r["split"] == "test" for r in rows) == count


def test_holdout_zero_tests_nothing(run, noise):
    out = run(noise, "--holdout", "0")
    assert {row["split"] for row in rows_of(out / "features")} == {"train"}
    metrics = json_of(out / "metrics.json")
    assert metrics["metrics"] == metrics["classes"] == metrics["confusions"] == []
    assert not (out / "confusion.csv").exists()
    assert (out / "report.html").stat().st_size > 0


@pytest.mark.parametrize("option", ["--group", "--train-files", "--test-files"])
def test_a_pattern_that_would_take_all_of_the_stack_is_refused(tiny, noise, option):
    words = ["scan", noise, option, "(" * 100_000]
    tiny.refuses(*words, code=USAGE, tells=["at most 1000 characters", f"({option})"])


@pytest.mark.parametrize("share", ["1", "-0.1", "2", "nan"])
def test_holdout_that_makes_no_sense(tiny, noise, tmp_path, share):
    words = ["run", noise, "--out", tmp_path / "out", *TINY, f"--holdout={share}"]
    tiny.refuses(*words, code=USAGE, tells=["--holdout"])


def test_holdout_of_a_photograph_does_not_depend_on_other_labels(
    run, noise, noise_results, tmp_path
):
    images = make_folder(tmp_path / "images", "abcde")
    more = splits_of(run(images))
    less = splits_of(noise_results)
    assert {path: more[path] for path in less} == less


def test_seed_chooses_another_holdout(run, noise, noise_results):
    assert splits_of(run(noise, "--seed", "0")) == splits_of(noise_results)
    assert any(splits_of(run(noise, "--seed", seed)) != splits_of(noise_results) for seed in "123")


@pytest.fixture
def films(tmp_path):
    """Names as in Fruits-360: films of 9, 6 and 3 frames; one label has a single film."""
    images = make_folder(tmp_path / "films", "abc", count=18)
    for label in "abc":
        for path in list((images / label).iterdir()):
            number = int(path.stem)
            film = "" if number < 9 or label == "c" else "r_" if number < 15 else "r2_"
            path.rename(path.with_name(f"{film}{number}_100.jpg"))
    return images


def test_groups_stay_on_one_side_and_every_label_keeps_one(run, films):
    out = run(films, "--group", r"^(r\d*_)?", "--holdout", "0.4")
    sides = {}
    for row in rows_of(out / "features"):
        film = re.match(r"(r\d*_)?", row["path"].split("/")[1])[0]
        sides.setdefault((row["label"], film), set()).add(row["split"])
    assert all(len(splits) == 1 for splits in sides.values())
    assert {label for (label, _), splits in sides.items() if splits == {"train"}} == set("abc")
    assert any(splits == {"test"} for splits in sides.values())
    metrics = json_of(out / "metrics.json")
    assert metrics["split"]["grouped"] is True
    assert [entry["key"] for entry in metrics["metrics"]] == ["main", "ungrouped", "pixels"]
    assert metrics["metrics"][0]["interval"]["unit"] == "group"
    assert metrics["headline"].startswith("Headline metric: ")


def test_a_test_set_with_groups_is_cross_validated_by_group(run, films, tmp_path):
    test = make_folder(tmp_path / "test", "abc", count=4)
    out = run(films, "--test", test, "--group", r"^(r\d*_)?")
    metrics = json_of(out / "metrics.json")
    assert [entry["key"] for entry in metrics["metrics"]] == ["main", "by_group", "pixels"]
    assert metrics["split"]["kind"] == "test_set" and metrics["split"]["grouped"] is False


def test_a_split_by_file_names_that_keeps_groups_whole_is_one_by_group(run, films):
    names = ["--train-files", r"^\d", "--test-files", "^r"]
    metrics = json_of(run(films, *names, "--group", r"^(r\d*_)?") / "metrics.json")
    assert metrics["split"] | {"kind": "file_names", "grouped": True} == metrics["split"]
    assert [entry["key"] for entry in metrics["metrics"]] == ["main", "ungrouped", "pixels"]
    assert "by group. A random split gives" in metrics["headline"]


def test_a_group_of_all_photographs_of_a_label_leaves_no_test_and_says_so(tiny, films, tmp_path):
    done = tiny("run", films, "--out", tmp_path / "out", *TINY, "--group", "_100")
    assert "no label with two groups" in done.message
    metrics = json_of(tmp_path / "out" / "metrics.json")
    assert metrics["metrics"] == []
    assert "calibrated on photographs beside those learnt from" in done.message
    assert metrics["classifier"]["temperature"] > 0


def test_a_test_set_of_unknown_labels_gives_no_metrics(tiny, noise, tmp_path):
    strangers = make_folder(tmp_path / "strangers", "xyz", count=2)
    done = tiny("run", noise, "--test", strangers, "--out", tmp_path / "out", *TINY)
    assert "no test photograph has a label that training knows" in done.message
    assert json_of(tmp_path / "out" / "metrics.json")["metrics"] == []
    assert {row["label_index"] for row in rows_of(tmp_path / "out" / "reduced")} == {None, 0, 1, 2}


def test_files_are_divided_by_name(run, films):
    out = run(films, "--train-files", r"^\d", "--test-files", "^r_")
    for path, split in splits_of(out).items():
        assert split == ("test" if path.split("/")[1].startswith("r_") else "train")
    assert json_of(out / "metrics.json")["split"]["kind"] == "file_names"
    left_out = [path for path, status in statuses_of(out).items() if status == "skipped"]
    assert left_out and all("/r2_" in path for path in left_out)


def test_one_pattern_alone_leaves_the_rest_to_the_other_side(run, films):
    by_train = splits_of(run(films, "--train-files", r"^\d"))
    by_test = splits_of(run(films, "--test-files", "^r"))
    assert by_train == by_test and set(by_train.values()) == {"train", "test"}


def test_patterns_filter_both_folders_of_a_test_set(run, films, tmp_path):
    test = shutil.copytree(films, tmp_path / "test")
    out = run(films, "--test", test, "--train-files", r"^\d", "--test-files", "^r_")
    for row in rows_of(out / "features"):
        assert row["path"].split("/")[1].startswith("r_") == (row["split"] == "test")


def test_patterns_that_overlap_are_refused(tiny, films, tmp_path):
    words = ["run", films, "--out", tmp_path / "out", *TINY, "--train-files", "1"]
    tiny.refuses(*words, "--test-files", "0", code=USAGE, tells=["--train-files", "both"])


@pytest.mark.parametrize("pattern", ["--group", "--train-files", "--test-files"])
def test_a_pattern_that_nothing_fits_is_refused(tiny, noise, tmp_path, pattern):
    words = ["run", noise, "--out", tmp_path / "out", *TINY, pattern, "^nothing"]
    tiny.refuses(*words, code=USAGE, tells=[pattern, "^nothing"])


@pytest.mark.parametrize("option", ["--group", "--train-files", "--test-files"])
def test_what_is_no_regular_expression_is_refused(tiny, noise, tmp_path, option):
    words = ["run", noise, "--out", tmp_path / "out", *TINY, option, "(r"]
    tiny.refuses(*words, code=USAGE, tells=[option, "(r", "regular expression"])


def test_max_failures_is_a_share_and_the_message_names_the_kinds(tiny, tmp_path):
    images = make_folder(tmp_path / "images", "ab", count=5)
    for name in ("x.jpg", "y.jpg"):
        (images / "a" / name).write_bytes((images / "a" / "0.jpg").read_bytes()[:200])
    (images / "b" / "z.gif").write_bytes(encoded(picture(1), "GIF"))
    words = ["run", images, "--out", tmp_path / "out", *TINY]
    tells = ["3 of 13", "--max-failures", "2 truncated", "1 unsupported_format", "a/x.jpg"]
    tiny.refuses(*words, code=USAGE, tells=tells)
    assert results_below(tmp_path / "out") == set()
    tiny.refuses(*words, "--max-failures", "0.2", code=USAGE, tells=["--max-failures"])
    tiny(*words, "--max-failures", "0.3")


@pytest.mark.parametrize(
    "flag, bounds, values",
    [
        ("--size", "32 to 1024", ["31", "1025", "64.5", "x"]),
        ("--batch", "1 to 256", ["0", "257"]),
        ("--part-files", "1 to 65536", ["0", "65537"]),
        ("--max-pixels", "1 to 4294967296", ["0", "-1"]),
        ("--max-decode-memory", "1 to 1048576", ["0", "1048577", "17592186044417"]),
        ("--folds", "2 to 100", ["0", "1", "101"]),
        ("--reject-rate", "0 to 0.5", ["-0.1", "0.51", "nan"]),
        ("--c", "1e-06 to 1e+06", ["0", "inf", "x"]),
    ],
)
def test_numbers_out_of_range_are_refused_with_the_range(pomona, tmp_path, flag, bounds, values):
    for value in values:
        words = ["run", "photos", "--out", tmp_path / "out", f"{flag}={value}"]
        pomona.refuses(*words, code=USAGE, tells=[f"{flag}: expected {bounds}, found {value}"])


@pytest.mark.parametrize("share", ["-1", "1.5", "nan"])
def test_max_failures_that_makes_no_sense(tiny, noise, tmp_path, share):
    words = ["run", noise, "--out", tmp_path / "out", *TINY, f"--max-failures={share}"]
    tells = ["max_failures: expected 0 to 1, found ", "(--max-failures)"]
    tiny.refuses(*words, code=USAGE, tells=tells)


def test_force_replaces_results_and_leaves_what_is_not_ours(tiny, noise, tmp_path):
    out = tmp_path / "out"
    tiny("run", noise, "--out", out, *TINY)
    (out / "my notes.txt").write_text("keep me")
    words = ["extract", noise, "--out", out, *TINY, "--no-previews"]
    tiny.refuses(*words, code=USAGE, tells=[str(out), "--force", "--from"])
    tiny(*words, "--force")
    assert (out / "my notes.txt").read_text() == "keep me"
    tables = ("manifest", "snapshot", "features")
    parts = {f"{table}/_SUCCESS" for table in tables}
    parts |= {f"{table}/part-00000.snappy.parquet" for table in tables}
    files = ["_SUCCESS", "SHA256SUMS", "failures.csv", "shards.csv", "run.json"]
    assert files_below(out) == parts | {*files, "my notes.txt"}


def test_force_replaces_nothing_that_pomona_did_not_write(tiny, noise, tmp_path):
    (tmp_path / "mine" / "features").mkdir(parents=True)
    (tmp_path / "mine" / "features" / "notes.txt").write_text("keep me")
    done = ["run", noise, "--out", tmp_path / "mine", *TINY, "--force"]
    tiny.refuses(*done, code=USAGE, tells=[str(tmp_path / "mine"), "nothing in it was written by"])
    assert files_below(tmp_path / "mine") == {"features/notes.txt"}


def test_json_prints_run_json_and_nothing_else(tiny, noise, tmp_path):
    done = tiny("run", noise, "--out", tmp_path / "out", *TINY, "--json")
    assert json.loads(done.text) == json_of(tmp_path / "out" / "run.json")


def test_no_previews(run, noise, noise_results):
    out = run(noise, "--no-previews")
    assert not (out / "previews").exists()
    scores = [score["key"] for score in json_of(out / "metrics.json")["metrics"]]
    assert scores == ["main"]
    same = digests(out)
    assert {name: digest for name, digest in digests(noise_results).items() if name in same} != {}
    assert (
        same["features/part-00000.snappy.parquet"]
        == digests(noise_results)["features/part-00000.snappy.parquet"]
    )


def test_ridge_is_recorded_and_predicts(run, tiny, noise):
    out = run(noise, "--classifier", "ridge")
    assert json_of(out / "metrics.json")["classifier"]["kind"] == "ridge"
    done = tiny("predict", out, noise / "a" / "0.jpg", "--json", "--top", "3")
    answers = json.loads(done.text)["kinds"]
    assert sum(answer["probability"] for answer in answers) == pytest.approx(1)


def test_an_unknown_backbone_names_those_that_are_there(tiny, noise, tmp_path):
    words = ["run", noise, "--out", tmp_path / "out", "--backbone", "resnet50"]
    tiny.refuses(*words, code=NOT_FOUND, tells=["resnet50", "tiny", "pomona models"])
    assert not (tmp_path / "out").exists()


def test_bf16_is_native_or_refused(tiny, noise, tmp_path):
    doctor = json.loads(tiny("doctor", "--json").text)
    natives = {one["precision"] for one in doctor["precisions"]}
    words = ["run", noise, "--out", tmp_path / "out", "--backbone", "tiny", "--precision", "bf16"]
    if "bf16" in natives:
        tiny(*words)
        assert json_of(tmp_path / "out" / "run.json")["precision"] == "bf16"
    else:
        tiny.refuses(*words, code=USAGE, tells=["bf16", "use f32", "--precision", "pomona doctor"])
        assert not (tmp_path / "out").exists()


def test_precision_used_is_recorded(tiny, noise, tmp_path):
    tiny("run", noise, "--out", tmp_path / "out", "--backbone", "tiny")
    record = json_of(tmp_path / "out" / "run.json")
    assert record["options"]["precision"] == "auto"
    bundle = json_of(tmp_path / "out" / "bundle" / "bundle.json")
    assert record["precision"] == bundle["input"]["precision"]
    assert record["precision"] in ("f32", "bf16")


@pytest.mark.parametrize(
    "words",
    [["--sizes"], ["--size", "31"], ["--size", "x"], ["--fit", "stretch"], ["--batch", "0"]],
)
def test_options_that_run_does_not_know_are_errors(tiny, noise, tmp_path, words):
    done = tiny.refuses(
        "run", noise, "--out", tmp_path / "out", *TINY, *words, code=USAGE, tells=words
    )
    assert "--help" in done.message
    assert not (tmp_path / "out").exists()


def test_every_verb_refuses_options_of_others(tiny, noise):
    for verb in ("scan", "extract", "reduce", "train", "evaluate", "predict", "report", "verify"):
        done = tiny(verb, noise, "--nonsense", code=USAGE, stdout=subprocess.PIPE)
        assert "--nonsense" in done.message, verb


def test_keys_are_unique_when_test_and_training_share_names(run, noise, tmp_path):
    out = run(noise, "--test", shutil.copytree(noise, tmp_path / "test"))
    keys = keys_of(rows_of(out / "features"))
    assert len(keys) == len(set(keys)) == 36


def test_a_test_set_within_the_photographs_is_refused(tiny, tmp_path):
    """Training must never see what it is tested on."""
    photographs = make_folder(tmp_path / "all" / "photographs")
    link = tmp_path / "link"
    link.symlink_to(photographs)
    pairs = [(photographs, photographs), (photographs.parent, photographs)]
    pairs += [(photographs, photographs / "a"), (photographs, link)]
    for images, test in pairs:
        words = ["run", images, "--test", test, "--out", tmp_path / "out", *TINY]
        tiny.refuses(*words, code=USAGE, tells=["test set", "lie in one another"])


@pytest.mark.parametrize("value", ["abc", "-1", "1.5"])
def test_a_seed_that_is_none_is_named(tiny, noise, tmp_path, value):
    words = ["run", noise, "--out", tmp_path / "out", *TINY, f"--seed={value}"]
    tiny.refuses(*words, code=USAGE, tells=["--seed", f"'{value}'", "whole number"])


def test_what_is_no_number_is_named(tiny, noise, tmp_path):
    words = ["run", noise, "--out", tmp_path / "out", *TINY, "--holdout", "abc"]
    tiny.refuses(*words, code=USAGE, tells=["--holdout: 'abc' is not a number"])
