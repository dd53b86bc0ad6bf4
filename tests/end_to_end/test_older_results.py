# SPDX-License-Identifier: Apache-2.0
"""Results of versions that kept `pictures/` and `thumbnails/` and no previews: every verb goes on
with what is there, and none is silent about work that it does again."""

import shutil

import pytest
from command import TINY
from tables import files_below, json_of, pictures_of_report, renew_sums, work_of

OLD_TABLES = ("pictures", "thumbnails")


@pytest.fixture
def older(noise_results, tmp_path):
    """As such a version left it."""
    out = shutil.copytree(noise_results, tmp_path / "older")
    shutil.move(out / "previews", out / "pictures")
    shutil.copytree(out / "pictures", out / "thumbnails")
    record = (out / "run.json").read_text("utf-8")
    (out / "run.json").write_text(record.replace('"previews":', '"thumbnails":'), "utf-8")
    assert json_of(out / "run.json")["options"]["thumbnails"] is True
    renew_sums(out)
    return out


def test_a_report_is_written_without_pictures(tiny, noise_results, older):
    assert pictures_of_report(noise_results)
    tiny("report", older)
    assert pictures_of_report(older) == []


def test_they_pass_verify(tiny, older, noise):
    assert "PROBLEM" not in tiny("verify", older, "--images", noise).text


def test_a_training_on_their_features_has_no_previews(tiny, older, tmp_path):
    tiny("train", older, "--out", tmp_path / "trained")
    assert not any(name.startswith("previews") for name in files_below(tmp_path / "trained"))
    tiny("report", tmp_path / "trained")
    assert pictures_of_report(tmp_path / "trained") == []


def test_a_run_from_them_says_why_it_reads_again(tiny, older, noise, tmp_path):
    words = ["run", noise, *TINY, "--from", older]
    told = tiny(*words, "--out", tmp_path / "new").message
    assert (
        "18 photographs are as they were" in told and "an older version of Pomona made it" in told
    )
    assert "--no-previews" in told
    assert work_of(tmp_path / "new")["decoded"] == 18
    assert len(pictures_of_report(tmp_path / "new")) == 18
    told = tiny(*words, "--out", tmp_path / "bare", "--no-previews").message
    assert "older version" not in told
    assert work_of(tmp_path / "bare")["rows_taken"] == 18


def test_force_leaves_nothing_of_their_tables(tiny, older, noise):
    tiny("run", noise, "--out", older, *TINY, "--force")
    tops = {name.split("/")[0] for name in files_below(older)}
    assert "previews" in tops and tops.isdisjoint(OLD_TABLES)
