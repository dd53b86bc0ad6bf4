# SPDX-License-Identifier: Apache-2.0
"""What the documents point to is there, and every source file says its licence."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)\s]*)?\)")
SOURCES = ("*.h", "*.cpp", "*.py", "*.ts", "*.css", "*.cmake", "CMakeLists.txt")
SCRIPTS = ("demo", "check", ".ci/run", "tools/setup", "tools/lock", "tools/wheel")


def tracked(*patterns):
    command = ["git", "ls-files", "-z", "--", *patterns]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [name for name in listed.split("\0") if name and (ROOT / name).is_file()]


@pytest.mark.parametrize("document", tracked("*.md"))
def test_local_links_lead_somewhere(document):
    targets = LINK.findall((ROOT / document).read_text(encoding="utf-8"))
    broken = [
        target
        for target in targets
        if "://" not in target and not ((ROOT / document).parent / target).exists()
    ]
    assert not broken


def test_every_source_file_says_its_licence():
    files = [*tracked(*SOURCES), *SCRIPTS]
    silent = [
        name
        for name in files
        if "SPDX-License-Identifier: Apache-2.0"
        not in "".join((ROOT / name).read_text(encoding="utf-8").splitlines()[:2])
    ]
    assert not silent


def test_tables_of_costs_are_those_of_the_model():
    program = ROOT / "benchmarks" / "scaling_model.py"
    printed = subprocess.run([sys.executable, program], capture_output=True, text=True, check=True)
    tables = printed.stdout.strip().split("\n\n")
    text = (ROOT / "docs" / "scaling.md").read_text(encoding="utf-8")
    assert [table for table in tables if table not in text] == []
    assert len(tables) == 3
