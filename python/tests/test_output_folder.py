# SPDX-License-Identifier: Apache-2.0
"""`Output`: the files of an output folder by their names, whatever reader there is."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from places import FRUITS

from pomona.errors import DamagedError, InvalidInputError, NotFoundError
from pomona.output import Output
from pomona.verbs import (
    _evaluate,
    _extract,
    _reduce,
    _train,
    clean,
    compose,
    report,
    run,
    scan,
    sync,
    verify,
)


def test_files_by_their_names(output):
    assert output.is_complete
    assert output.record == json.loads(Path(output.path, "run.json").read_text(encoding="utf-8"))
    assert output.record["counts"]["ok"] == 1048
    assert output.metrics["train_rows"] == output.record["counts"]["train"]
    assert len(output.labels) == 131 and output.labels[0] == "Apple Braeburn"
    assert output.failures == []
    assert Path(output.bundle_path, "bundle.json").is_file()
    assert Path(output.report_path).is_file()
    assert list(Path().glob(output.features_path[1:])) == []  # a pattern of absolute paths
    assert Path(output.features_path).parent.is_dir() and Path(output.reduced_path).parent.is_dir()
    assert repr(output) == f"Output({output.path!r})"
    assert Output(output).path == Output(f"{output.path}/").path == output.path


def test_what_failed_is_listed(tmp_path, tiny):
    shutil.copytree(FRUITS / "Kiwi", tmp_path / "in" / "Kiwi")
    (tmp_path / "in" / "Kiwi" / "bad.jpg").write_bytes(b"\xff\xd8\xff")
    found = _extract(tmp_path / "in", tmp_path / "out", max_failures=0.5, **tiny).failures
    assert [one["path"] for one in found] == ["Kiwi/bad.jpg"]
    assert set(found[0]) == {"path", "stage", "kind", "message"}


@pytest.mark.parametrize("reader", ["pyarrow", "polars", "duckdb"])
def test_tables_in_the_reader_of_choice(output, reader):
    pytest.importorskip(reader)
    for table, column in ((output.features(reader), "features"), (output.reduced(reader), "label")):
        columns = table.column_names if reader == "pyarrow" else table.columns
        assert column in columns
        assert len(table) == 1048


NO_READER = """
import sys
for name in {missing}:
    sys.modules[name] = None
from pomona.output import Output
try:
    print(type(Output(sys.argv[1]).features()).__module__.partition(".")[0])
except ImportError as error:
    print(error)
"""


def read_without(missing, path):
    code = NO_READER.format(missing=missing)
    done = subprocess.run([sys.executable, "-c", code, path], capture_output=True, text=True)
    return done.stdout.strip() or done.stderr


def test_the_first_reader_that_is_installed_is_taken(output):
    pytest.importorskip("pyarrow")
    assert read_without([], output.path) == "pyarrow"
    message = "reading Parquet: expected pyarrow, polars or duckdb; pip install pyarrow"
    assert read_without(["pyarrow", "polars", "duckdb"], output.path) == message


def test_another_reader_is_taken_where_pyarrow_is_missing(output):
    for reader, missing in (("polars", ["pyarrow"]), ("duckdb", ["pyarrow", "polars"])):
        pytest.importorskip(reader)
        assert reader in read_without(missing, output.path)


def test_a_reader_that_does_not_exist_is_refused(output):
    with pytest.raises(InvalidInputError, match="expected one of pyarrow, polars, duckdb"):
        output.features("pandas")


PYARROW = """
import sys
{first}
from pomona.verbs import scan, run
assert ("pyarrow" in sys.modules) is {loaded}
run(sys.argv[1], sys.argv[2], backbone="tiny", precision="f32", models=sys.argv[3])
{last}
print(scan(sys.argv[1]).ok)
"""


@pytest.mark.parametrize(
    ("first", "last"),
    [("", ""), ("import pyarrow.parquet", ""), ("", "import pyarrow.parquet")],
    ids=["never", "first", "last"],
)
def test_pyarrow_makes_no_difference(tmp_path, models, first, last):
    if first or last:
        pytest.importorskip("pyarrow")
    code = PYARROW.format(first=first, last=last, loaded=bool(first))
    words = [sys.executable, "-c", code, FRUITS, tmp_path / "out", models]
    done = subprocess.run(words, capture_output=True, text=True)
    assert done.stdout == "1048\n", done.stderr


def test_what_is_missing_or_damaged_says_so(output, tmp_path):
    with pytest.raises(FileNotFoundError, match="there is no folder '.*/none'; check the path$"):
        _ = Output(tmp_path / "none").metrics
    with pytest.raises(NotFoundError, match="this file is not in it"):
        _ = Output(tmp_path).record
    with pytest.raises(NotFoundError, match="expected Parquet parts"):
        Output(tmp_path).features()
    (tmp_path / "run.json").write_text("{")
    with pytest.raises(DamagedError, match="it is no JSON"):
        _ = Output(tmp_path).record
    assert not Output(tmp_path).is_complete


@pytest.mark.parametrize("record", [None, "{", "[]", '{"counts": 3}', '{"counts": {"ok": "x"}}'])
def test_a_notebook_shows_any_folder(tmp_path, record):
    if record is not None:
        (tmp_path / "run.json").write_text(record)
    shown = Output(tmp_path)._repr_html_()
    assert str(tmp_path) in shown
    if record in (None, "{"):
        assert "run.json" in shown


def test_an_output_in_a_bucket_is_known_by_its_paths():
    remote = Output("s3://orchard/june/", {"verb": "run", "counts": {"ok": 3}})
    assert remote.bundle_path == "s3://orchard/june/bundle"
    assert remote.record["verb"] == "run"
    assert "s3://orchard/june" in remote._repr_html_()
    assert "s3://orchard/june" in Output("s3://orchard/june")._repr_html_()
    with pytest.raises(InvalidInputError, match=r"copy it with pomona.sync\('s3://orchard/june'"):
        _ = remote.metrics


def test_the_headline_is_by_group_where_there_are_groups():
    output = Output("x")
    one = {"key": "main", "accuracy": 0.9}
    by_group = {"key": "by_group", "accuracy": 0.6}
    crossed = {"key": "cross_validated", "accuracy": 0.7}
    for given, expected in (
        ([one, crossed], one),
        ([one, by_group], by_group),
        ([crossed], crossed),
        ([], None),
    ):
        output._metrics = {"metrics": given}
        assert output.headline == expected


def test_html_shows_counts_the_headline_and_the_report(output):
    html = output._repr_html_()
    headline = output.headline
    assert headline["title"] == "Holdout by group"
    assert "1,048" in html and f"{100 * headline['accuracy']:.1f} %" in html
    low, high = headline["accuracy_interval"]
    assert f"({100 * low:.1f}–{100 * high:.1f})" in html
    assert f'href="file://{output.report_path}"' in html


def test_html_links_a_report_nearby_as_a_notebook_can_open_it(output, monkeypatch):
    folder = Path(output.path)
    monkeypatch.chdir(folder.parent)
    assert f'href="{folder.name}/report.html"' in Output(folder.name)._repr_html_()


def test_html_holds_no_html_of_names(tmp_path):
    folder = tmp_path / "<b>"
    folder.mkdir()
    (folder / "run.json").write_text(json.dumps({"verb": "<i>", "counts": {}}))
    metrics = {"headline": "<u>", "warnings": ["<s>"], "metrics": []}
    (folder / "metrics.json").write_text(json.dumps(metrics))
    html = Output(folder)._repr_html_()
    assert not any(tag in html for tag in ("<b>/", "<i>", "<u>", "<s>"))
    assert "&lt;s&gt;" in html


def test_the_chain_verb_by_verb(tmp_path, tiny):
    models = {"models": tiny["models"]}
    features = _extract(FRUITS, tmp_path / "features", **tiny)
    assert features.record["verb"] == "extract"
    reduced = _reduce(features, tmp_path / "reduced", components=5)
    assert reduced.record["verb"] == "reduce"
    model = _train(features.path, tmp_path / "model", classifier="ridge", **models)
    assert 0 < model.headline["accuracy"] <= 1
    assert features.labels == model.labels and len(model.labels) == 131
    with pytest.raises(NotFoundError, match="reduce lists none"):
        _ = reduced.labels
    metrics = _evaluate(model, features.path, **models)
    assert metrics["metrics"][0]["accuracy"] > 0
    assert verify(features.path, **models).ok


def test_verbs_that_look_and_tidy(output, tmp_path, tiny):
    copied = sync(output.path, tmp_path / "copy")
    assert copied.ok and copied.copied_bytes > 0
    copy = report(tmp_path / "copy")
    assert copy.report_path == f"{tmp_path}/copy/report.html"
    checked = verify(copy, models=tiny["models"])
    assert checked.ok and len(checked.passed) > 8 and "<li>ok: " in checked._repr_html_()
    Path(copy.path, "features", "_SUCCESS").write_text("more")
    checked = verify(copy, models=tiny["models"], listing=False)
    assert not checked.ok and "<b>problem</b>" in checked._repr_html_()
    assert clean(copy).objects == 0
    counts = scan(FRUITS, test=None)
    assert (counts.ok, counts.failed, len(counts.labels)) == (1048, 0, 131)
    html = counts._repr_html_()
    assert ">Apple Braeburn</td>" in html and html.count("<tr>") == 1 + 20
    assert "… 111 more labels" in html


def test_scenes(tmp_path):
    shutil.copytree(FRUITS / "Kiwi", tmp_path / "in" / "Kiwi")
    scenes = compose({"studio": tmp_path / "in"}, tmp_path / "out", count=2, size=64)
    assert scenes.record["verb"] == "compose"
    assert len(list(Path(scenes.path, "photographs").rglob("*.jpg"))) == 2


def test_a_shard_is_not_complete_alone(tmp_path, tiny):
    first = _extract(FRUITS, tmp_path / "out", part_files=400, shard="1/2", **tiny)
    assert not first.is_complete
    assert _extract(FRUITS, tmp_path / "out", part_files=400, shard="2/2", **tiny).is_complete


def test_results_are_not_replaced_unless_forced(output, tiny):
    with pytest.raises(InvalidInputError, match="force"):
        run(FRUITS, output.path, components=3, group=r"^(r\d*_)?", **tiny)
