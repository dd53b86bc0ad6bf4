#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Adds up the JUnit files of a folder: skipped tests with their reasons, then one line of totals."""

import re
import sys
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

# GoogleTest writes the reason below the place of a GTEST_SKIP(); ctest keeps it as plain output.
GTEST_REASON = re.compile(r": Skipped\n(.+)")


def skip_reason(case: ElementTree.Element, mark: ElementTree.Element | None) -> str:
    output = GTEST_REASON.search(case.findtext("system-out") or "")
    if output:
        return output[1].strip()
    return (mark.get("message") if mark is not None else "") or "no reason given"


def full_name(case: ElementTree.Element) -> str:
    """ctest gives a test's name as its class as well."""
    names = dict.fromkeys(filter(None, (case.get("classname"), case.get("name"))))
    return ".".join(names)


def outcome(case: ElementTree.Element) -> str:
    if case.find("failure") is not None or case.find("error") is not None:
        return "failed"
    if case.find("skipped") is not None or case.get("status") in ("notrun", "disabled"):
        return "skipped"
    return "failed" if case.get("status") == "fail" else "passed"


def main() -> int:
    totals: Counter[str] = Counter()
    for report in sorted(Path(sys.argv[1]).glob("*.xml")):
        for case in ElementTree.parse(report).iter("testcase"):
            result = outcome(case)
            totals[result] += 1
            if result == "skipped":
                print(f"skipped {full_name(case)}: {skip_reason(case, case.find('skipped'))}")
    print(f"{totals['passed']} passed, {totals['failed']} failed, {totals['skipped']} skipped")
    return 0


if __name__ == "__main__":
    sys.exit(main())
