# SPDX-License-Identifier: Apache-2.0
"""The commands that README.md shows do what it says, in the order it shows them."""

import os
import re
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TRY = ROOT / "build" / "try"


def shown_commands():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```sh\n(.*?)^```", readme, re.MULTILINE | re.DOTALL)
    return [line for block in blocks for line in block.splitlines() if line.startswith("pomona ")]


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
    shutil.rmtree(TRY)


def test_the_table_of_verbs_has_every_verb():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| `(\w+)` \|", readme, re.MULTILINE)
    summary = run("pomona --help").stdout
    verbs = re.findall(
        r"^  (\w+)  ", summary.partition("\nVerbs:")[2].partition("\nOptions:")[0], re.MULTILINE
    )
    assert verbs
    assert sorted(listed) == sorted(set(verbs) - {"completion"})
