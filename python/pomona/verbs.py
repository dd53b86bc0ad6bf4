# SPDX-License-Identifier: Apache-2.0
"""The verbs that write folders, and those that look at them.

Each runs the command `pomona` in a process of its own: the interpreter is not blocked, Ctrl-C ends
the process, and so does the end of the interpreter. An output folder is complete or absent; the same
call resumes what was interrupted.

Every verb has the argument `progress`: None shows a bar of tqdm, where it is installed, on a
terminal and in a notebook; True shows it anywhere; False shows none; a function gets each
`ProgressEvent`. Notes go to `logging.getLogger("pomona")`, warnings become `PomonaWarning`.

Every verb raises a `PomonaError`: `InvalidInputError` for options that make no sense,
`NotFoundError`, `UnavailableError` (a full disk, a network), `DeniedError`, `TimedOutError`,
`ReplacedError`, `DamagedError`, `InternalError`.
"""

from __future__ import annotations

import json
from typing import Any, Unpack

from pomona._command import place_of, places_of, run_command, words_of
from pomona._progress import ProgressArgument
from pomona._signature import takes
from pomona.options import (
    CleanOptions,
    ComposeOptions,
    Images,
    Place,
    ReportOptions,
    RunOptions,
    ScanOptions,
    StrPath,
    SyncOptions,
    VerifyOptions,
)
from pomona.output import Output
from pomona.results import Backbone, Cleaning, Scan, Synchronization, Verification


@takes(RunOptions)
def run(
    images: Images,
    out: Place,
    *,
    progress: ProgressArgument = None,
    **options: Unpack[RunOptions],
) -> Output:
    r"""The whole chain: photographs in, features, PCA, model, metrics and report out.

    Args:
        images: Folders, or s3://bucket/prefix, with one folder of photographs for each label. A
            mapping names where photographs come from: `{"studio": "Training"}`.
        out: Folder, or s3://bucket/prefix, for the results: new, empty, or that of the same run
            interrupted earlier, which then resumes.
        progress: None shows a bar of tqdm on a terminal and in a notebook, True anywhere, False
            none; a function gets each `ProgressEvent`.
        {options}

    Returns:
        The output folder.

    Raises:
        InvalidInputError: An option makes no sense, or `out` holds the results of another run.
        NotFoundError: A folder, bucket or backbone does not exist.
        KeyboardInterrupt: Ctrl-C was pressed. The same call resumes.

    Example:
        >>> output = pomona.run("sample/fruits", "results", group=r"^(r\d*_)?", force=True)
        >>> output.headline["title"]
        'Holdout by group'
    """
    return _write("run", places_of(images, "images"), out, dict(options), progress)


@takes(ScanOptions)
def scan(
    images: Images, *, progress: ProgressArgument = None, **options: Unpack[ScanOptions]
) -> Scan:
    """Lists photographs and counts them by label; nothing is written.

    Args:
        images: As for `run`.
        progress: None shows a bar of tqdm on a terminal and in a notebook, True anywhere, False
            none; a function gets each `ProgressEvent`.
        {options}

    Returns:
        The counts.

    Raises:
        NotFoundError: A folder or bucket does not exist.

    Example:
        >>> pomona.scan("sample/fruits").ok
        1048
    """
    words = words_of({"json": True, **options}, repeated=_REPEATED)
    return Scan(**_json(["scan", *words, *places_of(images, "images")], progress))


@takes(VerifyOptions)
def verify(
    out: Place, *, progress: ProgressArgument = None, **options: Unpack[VerifyOptions]
) -> Verification:
    """Reads an output folder and compares its files with each other and with the photographs.

    Args:
        out: Output folder of `run`, `extract`, `reduce` or `train`.
        progress: None shows a bar of tqdm on a terminal and in a notebook, True anywhere, False
            none; a function gets each `ProgressEvent`.
        {options}

    Returns:
        What was compared and what is wrong. A problem raises nothing.

    Raises:
        NotFoundError: There is no output.

    Example:
        >>> pomona.verify("results").ok
        True
    """
    words = words_of({"json": True, **options}, repeated=_REPEATED)
    return Verification(**_json(["verify", *words, place_of(out, "out")], progress))


@takes(ReportOptions)
def report(
    out: Place, *, progress: ProgressArgument = None, **options: Unpack[ReportOptions]
) -> Output:
    """Writes report.html again from the files of an output folder.

    Args:
        out: Output folder of `run`.
        progress: None shows a bar of tqdm on a terminal and in a notebook, True anywhere, False
            none; a function gets each `ProgressEvent`.
        {options}

    Returns:
        The output folder.

    Raises:
        NotFoundError: There is no output.

    Example:
        >>> pomona.report("results").report_path
        'results/report.html'
    """
    run_command(["report", *words_of({**options}), place_of(out, "out")], progress)
    return Output(out)


@takes(CleanOptions)
def clean(
    out: Place, *, progress: ProgressArgument = None, **options: Unpack[CleanOptions]
) -> Cleaning:
    """Removes what an interrupted run left in its output folder; results stay.

    Args:
        out: Output folder, or s3://bucket/prefix. No run may be at work there.
        progress: None shows a bar of tqdm on a terminal and in a notebook, True anywhere, False
            none; a function gets each `ProgressEvent`.
        {options}

    Returns:
        What was removed.

    Raises:
        NotFoundError: There is no such folder.

    Example:
        >>> pomona.clean("results", dry_run=True).objects
        0
    """
    words = words_of({"json": True, **options})
    return Cleaning(**_json(["clean", *words, place_of(out, "out")], progress))


@takes(ComposeOptions)
def compose(
    images: Images,
    out: Place,
    *,
    progress: ProgressArgument = None,
    **options: Unpack[ComposeOptions],
) -> Output:
    """Synthesises scenes that resemble photographs in the wild from studio images on white.

    Args:
        images: Folders, or s3://bucket/prefix, with one folder of studio images for each label.
        out: Folder, or s3://bucket/prefix, for the scenes: new, empty, or that of the same call
            interrupted earlier.
        progress: None shows a bar of tqdm on a terminal and in a notebook, True anywhere, False
            none; a function gets each `ProgressEvent`.
        {options}

    Returns:
        The output folder; the scenes lie in its folder `photographs`.

    Raises:
        NotFoundError: A folder or bucket does not exist.

    Example:
        >>> pomona.compose("sample/fruits", "composed", count=1, size=96, force=True).path
        'composed'
    """
    return _write("compose", places_of(images, "images"), out, dict(options), progress)


@takes(SyncOptions)
def sync(
    source: Place,
    target: Place,
    *,
    progress: ProgressArgument = None,
    **options: Unpack[SyncOptions],
) -> Synchronization:
    """Copies what one place holds to another, from a folder to a bucket or back.

    Objects with equal size and checksum are not copied.

    Args:
        source: Folder or s3://bucket/prefix to copy.
        target: Folder or s3://bucket/prefix to copy to.
        progress: None shows a bar of tqdm on a terminal and in a notebook, True anywhere, False
            none; a function gets each `ProgressEvent`.
        {options}

    Returns:
        What was copied and what could not be. An object that could not be copied raises nothing.

    Raises:
        NotFoundError: `source` does not exist.

    Example:
        >>> pomona.sync("sample/fruits", "copy", dry_run=True).ok
        True
    """
    words = words_of({"json": True, **options})
    places = [place_of(source, "source"), place_of(target, "target")]
    return Synchronization(**_json(["sync", *words, *places], progress))


def backbones(*, models: StrPath | None = None) -> list[Backbone]:
    """The networks that are installed.

    Args:
        models: Folder of installed backbones. By default that of this package, or `POMONA_MODELS`.

    Returns:
        One `Backbone` for each, by name.

    Example:
        >>> pomona.backbones()[0].feature_count
        1280
    """
    words = ["models", "list", *words_of({"json": True, "models": models})]
    return [Backbone(**one) for one in _json(words, False)]


# What the functions of `pomona` of the same names call for results in a folder. Those have the
# signatures and the texts, and check the names of options.


def _extract(
    images: Images, out: Place, *, progress: ProgressArgument = None, **options: Any
) -> Output:
    """`extract` into a folder, or a part of it by `shard`."""
    return _write("extract", places_of(images, "images"), out, options, progress)


def _reduce(
    features: Place, out: Place, *, progress: ProgressArgument = None, **options: Any
) -> Output:
    """`reduce` of a folder's features, of a folder of parts, or of a .parquet file."""
    return _write("reduce", [place_of(features, "features")], out, options, progress)


def _train(
    features: Place, out: Place, *, progress: ProgressArgument = None, **options: Any
) -> Output:
    """`train` on a folder's features."""
    return _write("train", [place_of(features, "features")], out, options, progress)


def _evaluate(
    bundle: Place, inputs: Images, *, progress: ProgressArgument = None, **options: Any
) -> dict[str, Any]:
    """`evaluate` of a bundle's place on folders of photographs, or on a folder's features.

    Returns:
        The metrics, as docs/formats.md describes metrics.json.
    """
    words = words_of({"json": True, **options})
    places = [place_of(bundle, "bundle"), *places_of(inputs, "inputs")]
    metrics: dict[str, Any] = _json(["evaluate", *words, *places], progress)
    return metrics


_REPEATED = ("images", "test")
_PRINTS_RECORD = ("run", "extract", "compose")


def _write(
    verb: str, places: list[str], out: Place, options: dict[str, Any], progress: ProgressArgument
) -> Output:
    prints_record = verb in _PRINTS_RECORD
    given = {"out": place_of(out, "out"), "json": prints_record or None, **options}
    printed = run_command([verb, *words_of(given, repeated=_REPEATED), *places], progress)
    return Output(out, json.loads(printed) if prints_record else None)


def _json(words: list[str], progress: ProgressArgument) -> Any:
    return json.loads(run_command(words, progress))
