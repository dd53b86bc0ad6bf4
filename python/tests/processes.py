# SPDX-License-Identifier: Apache-2.0
"""Looks at processes of this machine, by /proc."""

import os
import re
import time
from pathlib import Path


def children():
    """Processes that this one has started and that still run."""
    return Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()


def children_of(pid):
    """Of all its threads."""
    threads = Path(f"/proc/{pid}/task").iterdir()
    return [int(child) for one in threads for child in (one / "children").read_text().split()]


def parent_of(pid):
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def is_running(pid):
    try:
        return re.search(r"\) (\w)", Path(f"/proc/{pid}/stat").read_text())[1] not in "ZX"
    except FileNotFoundError:
        return False


def wait_until(holds, seconds=20):
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.005)
