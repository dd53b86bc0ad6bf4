# SPDX-License-Identifier: Apache-2.0
"""The whole chain on a cluster: executors extract features, the driver trains on them.

The core can share one extraction among machines (`pomona run --shard`). Spark decides which machine
does which shard, and gives a shard again that was lost with its machine.
"""

from __future__ import annotations

import json
import logging
import os
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Unpack

from pomona import verbs
from pomona._command import place_of, places_of, run_command, words_of
from pomona._in_memory import is_remote
from pomona._progress import ProgressArgument
from pomona._signature import takes
from pomona.errors import EXCEPTIONS, MissingLibraryError, PomonaError, raise_error
from pomona.options import ChainOptions, ExtractOptions
from pomona.spark._chain_worker import (
    DONE_SCHEMA,
    FOUND_SCHEMA,
    REPEATED,
    ShardDone,
    ShardTask,
    digest_of_note,
)
from pomona.spark._feature_parts import features_of
from pomona.spark._session import is_client
from pomona.spark._shipping import check_driver, shipped

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from pomona.options import Images, Place

_LOG: Final = logging.getLogger("pomona")
_WORKER: Final = "pomona.spark._chain_worker"
# Photographs of one task at most: about a minute of one core.
_TASK_FILES: Final = 4096
_TASKS_PER_SLOT: Final = 4
_SLOTS_OF_A_CLIENT: Final = 8
_SAMPLES: Final = 3
_SECONDS_FOR_KILLED: Final = 60.0
# Of the driver alone: they are about the work as a whole, or about training.
_DRIVER_OPTIONS: Final = frozenset(
    {"force", "retry_failures", "workers", "max_failures", "precision", "shard"}
)


@takes(ChainOptions)
def run(
    spark: SparkSession,
    images: Images,
    out: Place,
    *,
    progress: ProgressArgument = None,
    **options: Unpack[ChainOptions],
) -> DataFrame:
    r"""The whole chain on a cluster: photographs in, features, PCA, model, metrics and report out.

    Executors extract the features, as many photographs at a time as the cluster has cores; the
    driver then reduces and trains. The output folder has the bytes that `pomona.run` gives on one
    machine with the same options and precision. What a lost executor had not finished is done by
    another one, and the same call resumes what a lost driver had begun.

    Args:
        spark: The session.
        images: Folders that every machine sees, or s3://bucket/prefix, with one folder of photographs
            for each label. A mapping names where photographs come from.
        out: Folder that every machine sees, or s3://bucket/prefix, for the results: new, empty, or
            that of the same run interrupted earlier, which then resumes.
        progress: As for `pomona.run`, of what the driver does.
        {options}
        Here `precision` is `"f32"` by default, which every processor computes; `"auto"` is what the
        driver measures. `workers` are those of the driver; a task uses as many as its
        `spark.task.cpus`.

    Returns:
        The feature table: `path`, `label`, `split` and `features`, a row for each photograph that can
        be read.

    Raises:
        InvalidInputError: An option makes no sense, or `out` holds the results of another run.
        NotFoundError: A folder, bucket or backbone does not exist, on the driver or an executor.
        MissingLibraryError: An executor lacks the wheel, or has another version of it.

    Example:
        >>> from pomona.spark import run  # doctest: +SKIP
        >>> run(spark, "s3://fruit/photos", "s3://fruit/june").count()  # doctest: +SKIP
        22688
    """
    check_driver()
    given = _resolved({**options})
    chain = _Chain(spark, _shared(images), _absolute(out), given)
    chain.check_executors()
    listing = chain.begin(progress)
    if listing is not None:
        chain.extract(listing)
    chain.train(progress)
    return features_of(spark, chain.out, given)


class _Chain:
    """One run, step by step."""

    def __init__(self, spark: SparkSession, images: Any, out: str, options: dict[str, Any]):
        self.out = out
        self._spark = spark
        self._images = images
        self._places = places_of(images, "images")
        self._options = {"precision": "f32", **options}

    def check_executors(self) -> None:
        """Raises before anything is written where an executor lacks the wheel or the photographs."""
        slots = _slots(self._spark)
        rows = self._job(slots, "check executors", FOUND_SCHEMA, "look_around", self._samples())
        for row in rows:
            if row.missing:
                raise_error(
                    "not_found",
                    f"reading '{row.missing[0]}' on the Spark executor on {row.host}: the driver sees "
                    "it, this machine does not; give photographs on storage that all machines share, "
                    "or in an s3:// place",
                )

    def _samples(self) -> list[str]:
        return [*_samples(self._images), *_samples(self._options.get("test"))]

    def begin(self, progress: ProgressArgument) -> dict[str, Any] | None:
        """Lists the photographs and begins the work, or resumes it; None when all is done."""
        given = {"out": self.out, "json": True, "shard": "0/1", **self._options}
        words = ["run", *words_of(given, repeated=REPEATED), *self._places]
        record: dict[str, Any] = json.loads(run_command(words, progress))
        self._options["precision"] = record["precision"]
        # They have had their effect: shards and training go on with what has begun.
        for name in ("force", "retry_failures"):
            self._options.pop(name, None)
        return record if "parts_left" in record else None

    def extract(self, listing: dict[str, Any]) -> None:
        """Lets executors do all shards that are not finished."""
        if listing["parts_left"] == 0:
            return
        shards = _shards(listing, _slots(self._spark))
        given = self._options
        names = ExtractOptions.__annotations__.keys() - _DRIVER_OPTIONS
        options = {name: given[name] for name in sorted(names & given.keys())}
        task = ShardTask(
            places=self._places,
            out=self.out,
            note=digest_of_note(self.out, given),
            options={**options, "precision": given["precision"]},
            files=_contents(given, "classes"),
            shards=shards,
            samples=self._samples(),
        )
        what = f"extract features of {listing['files']:,} files, {listing['parts_left']} parts"
        began = time.monotonic()
        rows = self._job(shards, what, DONE_SCHEMA, "extract_shard", task)
        _log([ShardDone(**row.asDict()) for row in rows], time.monotonic() - began)

    def train(self, progress: ProgressArgument) -> None:
        """Goes on with what the shards have finished, on the driver."""
        if not is_remote(self.out):
            _wait_until_alone(self.out)
        verbs.run(self._images, self.out, progress=progress, **self._options)

    def _job(self, rows: int, what: str, schema: str, function: str, argument: Any) -> list[Any]:
        numbers = self._spark.range(0, rows, 1, rows)
        done = numbers.mapInArrow(shipped(_WORKER, function, argument), schema)
        with _described(self._spark, f"pomona.spark.run: {what}"):
            try:
                return done.collect()
            except Exception as error:
                _raise_sentence(error)
                raise


def _shards(listing: dict[str, Any], slots: int) -> int:
    """How many tasks: none has many photographs, and there are enough of them to end together."""
    wanted = max(_TASKS_PER_SLOT * slots, -(-int(listing["files"]) // _TASK_FILES))
    return min(int(listing["parts"]), wanted)


def _slots(spark: SparkSession) -> int:
    """How many tasks the cluster runs at a time, as far as the session knows."""
    if is_client(spark):
        return int(spark.conf.get("spark.default.parallelism", None) or _SLOTS_OF_A_CLIENT)
    return max(1, int(spark.sparkContext.defaultParallelism))


@contextmanager
def _described(spark: SparkSession, what: str) -> Iterator[None]:
    """Names the jobs and stages in Spark's UI, where the session has one of its own."""
    if is_client(spark):
        yield
        return
    context = spark.sparkContext
    before = context.getLocalProperty("spark.job.description")
    context.setJobDescription(what)
    try:
        yield
    finally:
        # None takes it away.
        context.setLocalProperty("spark.job.description", before)  # type: ignore[arg-type]


_LAST_LINE: Final = re.compile(r"^(?:pomona\.errors\.)?(\w+): (.+)$", re.MULTILINE)
_CLASSES: Final = {one.__name__: one for one in (*EXCEPTIONS.values(), MissingLibraryError)}


def _raise_sentence(error: Exception) -> None:
    """Raises what a task has raised, without the stack traces of two languages around it."""
    for name, sentence in _LAST_LINE.findall(str(error)):
        if name in _CLASSES and issubclass(_CLASSES[name], PomonaError):
            raise _CLASSES[name](sentence) from error
        if name == "RuntimeError" and sentence.startswith("loading Pomona"):
            raise MissingLibraryError(sentence) from error
        if name in ("ModuleNotFoundError", "PySparkImportError", "ImportError"):
            raise MissingLibraryError(
                f"running Python on a Spark executor: {sentence}; install 'pomona[spark]' there, or ship "
                "an environment: pomona.spark.pack_environment('environment.tar.gz') packs this one"
            ) from error


def _log(done: list[ShardDone], seconds: float) -> None:
    photographs = sum(one.photographs for one in done)
    executors = len({(one.host, one.daemon) for one in done})
    _LOG.info(
        "Spark: %s photographs (%s failed, %s decoded) in %.1f s, %.1f a second; %s tasks on %s "
        "executors, %.1f s of them for the network, %.1f s for the listing, %.1f s for photographs",
        f"{photographs:,}",
        sum(one.failed for one in done),
        f"{sum(one.decoded for one in done):,}",
        seconds,
        photographs / max(seconds, 1e-9),
        len(done),
        executors,
        sum(one.prepare for one in done),
        sum(one.scan for one in done),
        sum(one.extract for one in done),
        extra={"shards": done},
    )
    for one in done:
        _LOG.debug("Spark: %s", one)


def _wait_until_alone(out: str) -> None:
    """Waits for attempts that Spark has killed: the lock of a folder outlives them by a moment."""
    import fcntl

    deadline = time.monotonic() + _SECONDS_FOR_KILLED
    folder = os.open(out, os.O_RDONLY | os.O_DIRECTORY)
    try:
        while time.monotonic() < deadline:
            try:
                fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            except BlockingIOError:
                time.sleep(0.1)
            except OSError:  # a file system without locks
                return
    finally:
        os.close(folder)


def _absolute(place: object, name: str = "out") -> str:
    """Executors have another working directory."""
    text = place_of(place, name)
    return text if is_remote(text) else str(Path(text).absolute())


def _shared(images: Any) -> Any:
    """Photographs by places that mean the same on every machine."""
    if isinstance(images, Mapping):
        return {source: _absolute(place, "images") for source, place in images.items()}
    if isinstance(images, (str, os.PathLike)):
        return _absolute(images, "images")
    return [_absolute(place, "images") for place in images]


def _resolved(options: dict[str, Any]) -> dict[str, Any]:
    given = {name: value for name, value in options.items() if value is not None}
    if "test" in given:
        given["test"] = _shared(given["test"])
    for name in ("from_", "models", "classes"):
        if name in given:
            given[name] = _absolute(given[name], name)
    return given


def _samples(images: Any) -> list[str]:
    """Folders of this machine that hold photographs, and a few names within each."""
    places = images.values() if isinstance(images, Mapping) else images
    places = [places] if isinstance(places, str) else places or ()
    names: list[str] = []
    for place in places:
        if not is_remote(place) and Path(place).is_dir():
            with os.scandir(place) as entries:
                names += [place, *(one.path for one in islice(entries, _SAMPLES))]
    return names


def _contents(options: dict[str, Any], *names: str) -> dict[str, bytes]:
    """Of files of the driver that its executors need as well."""
    given = {name: options[name] for name in names if name in options}
    return {
        name: Path(file).read_bytes() for name, file in given.items() if not is_remote(str(file))
    }
