# SPDX-License-Identifier: Apache-2.0
"""Reads what Pomona wrote by other people's code: pyarrow, csv, json."""

import csv
import hashlib
import json
from pathlib import Path

import numpy as np
import pyarrow.parquet as parquet

# What tells times, or when photographs were written, and so differs between runs; and its digests.
UNSTABLE = {"run.json", "report.html", "SHA256SUMS", "snapshot/part-00000.snappy.parquet"}


def words(text: str) -> list[str]:
    return text.split()


def rows_of(folder: Path) -> list[dict]:
    """A table's rows, part after part in byte order of their names."""
    return [row for part in parts_of(folder) for row in parquet.read_table(part).to_pylist()]


def parts_of(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.parquet"), key=lambda part: part.name.encode())


def matrix_of(folder: Path, column: str) -> np.ndarray:
    return np.array([row[column] for row in rows_of(folder)], np.float32)


def keys_of(rows: list[dict]) -> list[tuple[bytes, bytes]]:
    return [(row["split"].encode(), row["path"].encode()) for row in rows]


def csv_rows(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file, strict=True))


def failures_of(out: Path) -> dict[str, tuple[str, str]]:
    """path → (stage, kind)"""
    header, *rows = csv_rows(out / "failures.csv")
    assert header == ["path", "stage", "kind", "message"]
    return {path: (stage, kind) for path, stage, kind, _ in rows}


def statuses_of(out: Path) -> dict[str, str]:
    return {row["path"]: row["status"] for row in rows_of(out / "manifest")}


def json_of(path: Path):
    return json.loads(path.read_text(encoding="utf-8"))


def files_below(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def results_below(out: Path) -> set[str]:
    """What a reader sees of an output folder: all but unfinished work."""
    return {name for name in files_below(out) if not name.startswith("_pomona/")}


def sha256_of(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def renew_sums(folder: Path) -> None:
    """As somebody would who changes a file and covers it up."""
    names = sorted(files_below(folder) - {"SHA256SUMS", "_SUCCESS"}, key=str.encode)
    sums = "".join(f"{sha256_of(folder / name)}  {name}\n" for name in names)
    (folder / "SHA256SUMS").write_text(sums)


def digests(folder: Path, leave_out=frozenset(UNSTABLE)) -> dict[str, str]:
    return {
        name: sha256_of(folder / name)
        for name in sorted(files_below(folder))
        if name not in leave_out
    }


def part_records(out: Path) -> list[Path]:
    """The records of the finished parts of unfinished work."""
    return list(out.glob("_pomona/*/shards/*.json"))


def edit_checked_json(path: Path, edit=lambda value: None):
    """A record of unfinished work, after `edit` changed it and its digest was made anew."""
    value = json.loads(path.read_text().split("\n", 1)[1])
    edit(value)
    body = json.dumps(value)
    path.write_text(f"sha256 {hashlib.sha256(body.encode()).hexdigest()}\n{body}")
    return value


def work_of(out: Path) -> dict[str, int]:
    """What the process that wrote these results did of the whole."""
    return json_of(out / "run.json")["work"]


def differences(one: Path, other: Path, leave_out=frozenset(UNSTABLE)) -> set[str]:
    """Results that are not the same bytes in both, or in one alone."""
    return {name for name, _ in digests(one, leave_out).items() ^ digests(other, leave_out).items()}


def counts_of_parts(out: Path) -> list[list[int]]:
    """Of each row of shards.csv: files, ok, failed, skipped."""
    header, *rows = csv_rows(out / "shards.csv")
    assert header == ["part", "first_path", "files", "ok", "failed", "skipped", "bytes"]
    return [[int(number) for number in row[2:6]] for row in rows]
