# SPDX-License-Identifier: Apache-2.0
"""Results of another version of Pomona: every verb that reads them refuses them and says why, and
`--force` replaces them."""

import json
import shutil

import pytest
from command import DAMAGED, TINY, USAGE
from tables import json_of, renew_sums


@pytest.fixture
def other(noise_results, tmp_path):
    """As a version left it whose formats have the number before ours."""
    out = shutil.copytree(noise_results, tmp_path / "other")
    for file in (out / "run.json", out / "bundle" / "bundle.json"):
        record = json_of(file)
        record["format"] -= 1
        file.write_text(json.dumps(record), "utf-8")
    renew_sums(out / "bundle")
    renew_sums(out)
    return out


def test_another_format_is_refused(tiny, other, noise, tmp_path):
    new = tmp_path / "new"
    tells = ["expected format 2, found 1", "another version of Pomona"]
    for words in (
        ["train", other, "--out", new],
        ["reduce", other, "--out", new],
        ["run", noise, *TINY, "--from", other, "--out", new],
        ["run", noise, *TINY, "--out", other],
        ["report", other],
    ):
        tiny.refuses(*words, code=USAGE, tells=[*tells, "run.json", "make these results again"])
    photograph = next(path for path in noise.rglob("*") if path.is_file())
    for words in (["predict", other, photograph], ["evaluate", other, noise]):
        tiny.refuses(*words, code=DAMAGED, tells=[*tells, "bundle.json", "train again"])
    assert all(tell in tiny("verify", other, code=None).text for tell in tells)
    tiny("run", noise, *TINY, "--out", other, "--force")
    assert json_of(other / "run.json")["format"] == 2
