# SPDX-License-Identifier: Apache-2.0
"""Output folders beside each other, and small folders of photographs."""

import shutil
from pathlib import Path

from places import FRUITS

# What says when and how long, and what contains that.
_OF_THE_RUN = {"run.json", "report.html", "SHA256SUMS"}


def make_photographs(folder, labels=12):
    """Of the sample. One label has half of them, one file is truncated, one is no photograph."""
    names = sorted(entry.name for entry in FRUITS.iterdir() if entry.is_dir())
    for name in names[:labels]:
        shutil.copytree(FRUITS / name, Path(folder) / name)
    large = Path(folder) / names[0]
    for name in names[labels : 2 * labels]:
        for photograph in (FRUITS / name).glob("*.jpg"):
            shutil.copy(photograph, large / f"{name}-{photograph.name}")
    first = min(large.glob("*.jpg"))
    (large / "broken.jpg").write_bytes(first.read_bytes()[:300])
    (large / "notes.txt").write_text("no photograph")
    return Path(folder)


def differences(one, other):
    """Names of files that are not the same in both folders."""
    return {
        name
        for name in _files(one) | _files(other)
        if _content(one, name) != _content(other, name) and name not in _OF_THE_RUN
    }


def _files(folder):
    return {str(path.relative_to(folder)) for path in Path(folder).rglob("*") if path.is_file()}


def _content(folder, name):
    path = Path(folder) / name
    return path.read_bytes() if path.is_file() else None


def what_shards_did(caplog):
    """What each shard has done, as the log of the driver says."""
    return [one for record in caplog.records for one in getattr(record, "shards", [])]


def parts_done(out):
    """Records of finished parts of an extraction, and when each was written."""
    records = Path(out).glob("_pomona/*/shards/*.json")
    return {record.name: record.stat().st_mtime_ns for record in records if record.is_file()}
