# SPDX-License-Identifier: Apache-2.0
"""Every header opens with what it is, and states who may call it from which thread."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SPDX = "// SPDX-License-Identifier: Apache-2.0"
COMMENT = re.compile(r"//(.*)$", re.MULTILINE)
THREADS = re.compile(r"\bthreads?\b")


def headers():
    return sorted((ROOT / "src" / "pomona").rglob("*.h"))


def problem_of(text):
    """What the opening of a header lacks; "" when it lacks nothing."""
    first, second, *_ = [*text.splitlines(), "", ""]
    if first != SPDX:
        return "no SPDX line"
    if not re.match(r"// \S", second):
        return "no opening sentence after the SPDX line"
    comments = " ".join(COMMENT.findall(text))
    return "" if THREADS.search(comments) else "no word on threads"


def test_every_header_says_what_it_is_and_who_may_call_it():
    paths = headers()
    assert len(paths) > 200
    found = {
        str(path.relative_to(ROOT)): problem
        for path in paths
        if (problem := problem_of(path.read_text(encoding="utf-8")))
    }
    assert not found, 'open with a sentence, and with "Any thread.", "One per thread." or the like'


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("#pragma once\n", "no SPDX line"),
        (f"{SPDX}\n#pragma once\n// Any thread.\n", "no opening sentence after the SPDX line"),
        (f"{SPDX}\n// A list.\n#pragma once\n#include <thread>\n", "no word on threads"),
        (f"{SPDX}\n// A list. Any thread.\n#pragma once\n", ""),
        (f"{SPDX}\n// A list.\n#pragma once\n\n// One per thread.\nclass List {{}};\n", ""),
        (SPDX, "no opening sentence after the SPDX line"),
    ],
)
def test_what_a_header_lacks_is_found(text, expected):
    assert problem_of(text) == expected
