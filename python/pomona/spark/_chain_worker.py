# SPDX-License-Identifier: Apache-2.0
"""In Spark's workers: one shard of an extraction, by the command in a process of its own.

The process ends with the Python worker that started it, so what Spark kills stays dead. A shard that
is given again, or twice at once, does no harm: finished parts are not made again, and two processes
that make the same part make the same bytes (docs/reliability.md, B1 and B5).
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import tempfile
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pomona._command import run_command, words_of
from pomona._in_memory import is_remote, store_options
from pomona._native import import_core
from pomona.errors import EXCEPTIONS, MissingLibraryError, PomonaError, raise_error

if TYPE_CHECKING:
    from pomona.spark._shipping import Batches

REPEATED = ("test",)
_NOTE = "_pomona/work.json"


@dataclass(frozen=True)
class ShardTask:
    """What every task needs to know, pickled on the way to the workers.

    Attributes:
        places: Photographs, as arguments of the command.
        out: The output folder, or s3://bucket/prefix.
        note: `digest_of_note` of the driver.
        options: Of the command.
        files: Content of the files that options name, by the option.
        shards: How many tasks there are.
        samples: Places that the driver sees.
    """

    places: list[str]
    out: str
    note: str | None
    options: dict[str, Any]
    files: dict[str, bytes]
    shards: int
    samples: list[str]


@dataclass(frozen=True)
class ShardDone:
    """What one task has done: a row that it returns.

    Attributes:
        shard: Its number, from 0.
        host: The machine.
        daemon: Process of the executor's Python, one for each executor of a machine.
        parts: Parts of the tables that it finished.
        photographs: Photographs that have features.
        failed: Photographs that cannot be read.
        decoded: Photographs that were decoded rather than taken from earlier work.
        bytes: Bytes read.
        prepare: Seconds for the network.
        scan: Seconds for the listing.
        extract: Seconds for photographs.
        seconds: Seconds in all.
    """

    shard: int
    host: str
    daemon: int
    parts: int
    photographs: int
    failed: int
    decoded: int
    bytes: int
    prepare: float
    scan: float
    extract: float
    seconds: float


_SQL_TYPES = {"int": "long", "str": "string", "float": "double"}
DONE_SCHEMA = ", ".join(f"{one.name} {_SQL_TYPES[str(one.type)]}" for one in fields(ShardDone))
FOUND_SCHEMA = "host string, daemon long, missing array<string>"


def look_around(batches: Batches, places: list[str]) -> Batches:
    """For each row: where it runs, and which of the places that the driver sees are not there.

    Raises:
        MissingLibraryError: OpenVINO is missing there, or of another version.
    """
    import_core()
    for batch in batches:
        found = {"host": platform.node(), "daemon": os.getppid(), "missing": _unseen(places)}
        yield _batch_of([found] * batch.num_rows, FOUND_SCHEMA)


def extract_shard(batches: Batches, task: ShardTask) -> Batches:
    """For each row, which numbers a shard from 0: does it, and gives a row of `ShardDone`."""
    for batch in batches:
        for number in batch.column(0).to_pylist():
            yield _batch_of([asdict(_done(int(number), task))], DONE_SCHEMA)


def digest_of_note(out: str, options: dict[str, Any]) -> str | None:
    """Of the note on unfinished work, which no other output folder has; None without one.

    Args:
        out: The output folder, or s3://bucket/prefix.
        options: How buckets are reached, among others.
    """
    if is_remote(out):
        from pomona._objects import read_object  # which imports the core

        note = read_object(f"{out.rstrip('/')}/{_NOTE}", store_options(options))
    else:
        path = Path(out) / _NOTE
        note = path.read_bytes() if path.is_file() else None
    return None if note is None else hashlib.sha256(note).hexdigest()


def _batch_of(rows: list[dict[str, Any]], schema: str) -> Any:
    """Types are given: a list without elements, or a whole number, would get another one."""
    import pyarrow as pa

    types = {"long": pa.int64(), "string": pa.string(), "double": pa.float64()}
    types["array<string>"] = pa.list_(pa.string())
    names = [field.split() for field in schema.split(", ")]
    columns = [pa.array([row[name] for row in rows], types[kind]) for name, kind in names]
    return pa.RecordBatch.from_arrays(columns, names=[name for name, _ in names])


def _done(number: int, task: ShardTask) -> ShardDone:
    host = platform.node()
    try:
        _check_note(task)
        _check_samples(task)
        record = _run(number, task)
    except MissingLibraryError:
        raise
    except PomonaError as error:
        kind = next(kind for kind, one in EXCEPTIONS.items() if type(error) is one)
        hint = (
            '; precision="f32" is what every processor computes' if _is_of_precision(error) else ""
        )
        shard = f"extracting shard {number + 1} of {task.shards} on the Spark executor on {host}"
        raise_error(kind, f"{shard}: {error}{hint}")
    seconds = {one["stage"]: one["seconds"] for one in record["timeline"]}
    done = record["done"]
    return ShardDone(
        shard=number,
        host=host,
        daemon=os.getppid(),
        parts=done["parts"],
        photographs=done["ok"],
        failed=done["failed"],
        decoded=done["decoded"],
        bytes=done["bytes"],
        prepare=seconds.get("prepare", 0.0),
        scan=seconds.get("scan", 0.0),
        extract=seconds.get("extract", 0.0),
        seconds=record["seconds"],
    )


def _is_of_precision(error: PomonaError) -> bool:
    return str(error).startswith("precision: this processor")


def _check_note(task: ShardTask) -> None:
    if digest_of_note(task.out, task.options) == task.note:
        return
    where = "the folder"
    advice = "give `out` on storage that all machines share, or an s3:// place"
    if is_remote(task.out):
        where = "the bucket"
        advice = (
            "give its endpoint as s3_endpoint, or the same AWS_ENDPOINT_URL or profile everywhere"
        )
    raise_error(
        "not_found",
        f"writing to '{task.out}': this machine does not see {where} of the driver, whose file {_NOTE} "
        f"is missing or another one here; {advice}",
    )


def _check_samples(task: ShardTask) -> None:
    """Executors may have come after the first look around. Without it, what a machine does not see
    would count as photographs that are gone.
    """
    for place in _unseen(task.samples):
        raise_error(
            "not_found",
            f"reading '{place}': the driver sees it, this machine does not; give photographs on "
            "storage that all machines share, or in an s3:// place",
        )


def _unseen(places: list[str]) -> list[str]:
    return [place for place in places if not Path(place).exists()]


def _run(number: int, task: ShardTask) -> dict[str, Any]:
    from pyspark import TaskContext

    context = TaskContext.get()
    with tempfile.TemporaryDirectory(prefix="pomona-") as folder:
        options = dict(task.options)
        for name, content in task.files.items():
            path = Path(folder) / name
            path.write_bytes(content)
            options[name] = str(path)
        given = {
            "out": task.out,
            "json": True,
            "shard": f"{number + 1}/{task.shards}",
            "workers": context.cpus() if context else 1,
            **options,
        }
        words = ["run", *words_of(given, repeated=REPEATED), *task.places]
        record: dict[str, Any] = json.loads(run_command(words, progress=False))
    return record
