# SPDX-License-Identifier: Apache-2.0
"""The commands of docs/guide.md do what it says, in its order, and the README's are real ones."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from pyarrow import parquet

ROOT = Path(__file__).resolve().parents[2]
GUIDE = (ROOT / "docs" / "guide.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
TRY = ROOT / "build" / "try"


def blocks(document, tag):
    """What stands between ```tag and ```, each block as one string."""
    fenced = re.findall(r"^```(\w*)\n(.*?)^```$", document, re.MULTILINE | re.DOTALL)
    return [text for found, text in fenced if found == tag]


def shown_commands():
    lines = "".join(blocks(GUIDE, "sh")).splitlines()
    return [line for line in lines if line.startswith("pomona ")]


def named_columns(document):
    """Those that the comment in the notebook example lists."""
    examples = "".join(blocks(document, "python"))
    (columns,) = re.findall(r"(?:read_parquet|reduced)\(.*# (.*)", examples)
    return columns.split(", ")


def run(command):
    path = f"{ROOT / 'build' / 'release'}:{os.environ['PATH']}"
    return subprocess.run(
        command,
        shell=True,
        cwd=ROOT,
        env=os.environ | {"PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_chain_verb_by_verb():
    commands = shown_commands()
    assert len(commands) == 9
    shutil.rmtree(TRY, ignore_errors=True)
    for command in commands:
        done = run(command)
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
        if " predict " in command:
            first_answer = done.stdout.splitlines()[1]
            assert "Banana" in first_answer
    assert (TRY / "all" / "_SUCCESS").exists()
    columns = parquet.read_table(TRY / "all" / "reduced").column_names
    assert named_columns(README) == named_columns(GUIDE) == columns
    shutil.rmtree(TRY)


def verbs():
    summary = run("pomona --help").stdout
    listed = summary.partition("\nVerbs:")[2].partition("\nExit codes:")[0]
    found = re.findall(r"^  (\w+)  ", listed, re.MULTILINE)
    assert found
    return found


def test_the_table_of_verbs_has_every_verb():
    listed = re.findall(r"^\| `(\w+)` \|", GUIDE, re.MULTILINE)
    assert sorted(listed) == sorted(verbs())


def used_options(document):
    """The verb and the options of each command in an untagged block; a backslash joins lines."""
    lines = "".join(blocks(document, "")).replace("\\\n", " ").splitlines()
    commands = [
        re.split(r"\s#", line)[0].split() for line in lines if re.match(r"\S*pomona ", line)
    ]
    return [(words[1], [word for word in words if word.startswith("--")]) for words in commands]


@pytest.mark.parametrize("document", [README, GUIDE], ids=["README", "guide"])
def test_examples_name_verbs_and_options_that_exist(document):
    examples = used_options(document)
    assert len(examples) >= 4
    known = verbs()
    for verb, options in examples:
        assert verb in known
        described = set(re.findall(r"--[a-z][a-z0-9-]*", run(f"pomona {verb} --help").stdout))
        assert set(options) <= described, verb


def test_options_worth_knowing_are_options_of_run():
    options = re.findall(r"^\| `(--[a-z-]+)", GUIDE, re.MULTILINE)
    assert len(options) >= 10
    described = run("pomona run --help").stdout
    assert [option for option in options if f"{option} " not in described] == []


def test_readme_is_short():
    assert len(README.splitlines()) <= 150


def test_readme_says_beside_the_picture_whose_photographs_it_shows():
    beside = README.partition("docs/report.png")[2][:400]
    for needed in ("Mihai Oltean", "CC BY-SA 4.0", "sample/LICENSE"):
        assert needed in beside
