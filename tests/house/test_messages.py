# SPDX-License-Identifier: Apache-2.0
"""Messages of the libraries name fields of options structs; only the CLI knows flags."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TOKEN = re.compile(
    r"""//[^\n]*|/\*.*?\*/|R"\((?P<raw>.*?)\)"|"(?P<text>(?:\\.|[^"\\\n])*)"|'(?:\\.|[^'\\\n])'""",
    re.DOTALL,
)
FLAG = re.compile(r"(?<![\w-])--[a-z]")
# Starts another program, whose flags these are, for tests alone.
OTHER_PROGRAMS = {"s3_test_server.cpp"}


def literals(text):
    """String literals of C++ text, without those in comments."""
    for token in TOKEN.finditer(text):
        literal = token["text"] if token["text"] is not None else token["raw"]
        if literal is not None:
            yield literal


def flags_named(text):
    return [one for one in literals(text) if FLAG.search(one)]


def sources():
    for path in sorted((ROOT / "src" / "pomona").rglob("*")):
        is_test = path.name.endswith("_test.cpp") or path.name in OTHER_PROGRAMS
        if path.suffix in (".h", ".cpp") and not is_test:
            yield path


def test_no_message_of_the_libraries_names_a_flag():
    paths = list(sources())
    assert len(paths) > 300
    found = {
        str(path.relative_to(ROOT)): flags
        for path in paths
        if (flags := flags_named(path.read_text(encoding="utf-8")))
    }
    assert not found, "name the field of the options struct; cli/field_flags adds the flag"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('throw Error(kind, "take a smaller " "--batch");', ["--batch"]),
        ('f("use --out FOLDER"); // "--force"', ["use --out FOLDER"]),
        ('const char* text = R"(give --force)";', ["give --force"]),
        ('// what `--force` does\nf("a -- b", "x--y", \'"\', "c");', []),
        ('/* "--force" */ std::string("a \\"quoted\\" one"); --i;', []),
    ],
)
def test_flags_are_found_in_literals_alone(text, expected):
    assert flags_named(text) == expected
