# SPDX-License-Identifier: Apache-2.0
"""Photographs to rows of CNN features."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Literal

from pomona import _core
from pomona._in_memory import names_of, real_number, set_options, whole_number
from pomona._models import DEFAULT_BACKBONE, absolute_folder, models_folder
from pomona._progress import ProgressArgument, ProgressEvent, progress_shower
from pomona._stream import Failure, Gathered, count_of, stream_blocks
from pomona.errors import raise_error
from pomona.images import photographs
from pomona.tables import FailureTable, FeatureOrigin, FeatureTable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from pomona.images import Images, Item

StrPath = str | os.PathLike[str]
_MIB = 1 << 20


class Featurizer:
    """Turns photographs into features with a pretrained network, on every core.

    Networks are compiled when they are first used. Any number of threads may use one featurizer at
    once. It is pickled by its options; `models=None` means the folder of the machine that opens it
    again. After a fork of a process that has used one, the child
    raises; start processes by spawn instead.

    Args:
        backbone: The network, one of `backbones()`.
        size: Side of the network's input, in pixels; None: the backbone's own.
        precision: `"auto"` measures and takes the fastest; `"bf16"` only where the processor has it.
        fit: How a photograph that is not square, or a crop of one, becomes square: squash both
            sides, crop the ends of the longer side, or pad with grey.
        crops: Parts of each photograph that the network sees: `"whole"`, `"flip"`, `"center75"`,
            `"center75-flip"`; `"center75@448"` sets the side of the network's input for this crop.
            A row holds the features of each, one after the other.
        batch: Photographs in one call of the network; None: what is fastest at this size.
        workers: Worker threads; None: one for each core.
        models: Folder of installed backbones; None: that of `POMONA_MODELS`, or of this package.
        max_pixels: Photographs with more pixels fail as too_large; None: 250,000,000.
        max_decode_memory: Photographs whose decoding takes more MiB fail as too_large; None: 160.
        max_decode_time: Photographs whose decoding takes more milliseconds, by an estimate from
            their headers, fail as too_large; None: 250.
        max_damage: Decode JPEGs of which at most this share is lost, 0 to 1, instead of failing them
            as truncated or damaged; None: 0.

    Raises:
        InvalidInputError: An option is out of range.

    Example:
        >>> featurizer = pomona.Featurizer(size=128)
        >>> table = featurizer("sample/fruits/Banana")
        >>> table["features"].shape
        (8, 1280)
    """

    def __init__(
        self,
        backbone: str = DEFAULT_BACKBONE,
        *,
        size: int | None = None,
        precision: Literal["auto", "f32", "bf16"] = "auto",
        fit: Literal["squash", "crop", "pad"] = "squash",
        crops: str | Sequence[str] = ("whole",),
        batch: int | None = None,
        workers: int | None = None,
        models: StrPath | None = None,
        max_pixels: int | None = None,
        max_decode_memory: int | None = None,
        max_decode_time: int | None = None,
        max_damage: float | None = None,
    ) -> None:
        self._arguments: dict[str, Any] = {
            "backbone": backbone,
            "size": size,
            "precision": precision,
            "fit": fit,
            "crops": names_of(crops),
            "batch": batch,
            "workers": workers,
            "models": absolute_folder(models),
            "max_pixels": max_pixels,
            "max_decode_memory": max_decode_memory,
            "max_decode_time": max_decode_time,
            "max_damage": max_damage,
        }
        self._options = extract_options(**self._arguments)
        self._options.check()
        self._networks: _core.Networks | None = None
        self._lock = threading.Lock()

    def __call__(
        self, images: Images, *, progress: ProgressArgument = None, max_failures: float = 0.1
    ) -> FeatureTable:
        """Features of photographs, all in memory.

        Args:
            images: What `pomona.images.photographs` takes: paths, bytes, images of Pillow, arrays,
                tables, and iterators of them.
            progress: None shows a bar of tqdm on a terminal and in a notebook, True anywhere, False
                none; a function gets each `ProgressEvent`.
            max_failures: Share of photographs that may be unreadable, 0 to 1.

        Returns:
            A row for each photograph that can be read, in their order: `path`, its name, `label`,
            which is empty, `split`, which is `"train"`, and `features`, float32 of shape (rows,
            `row_width`). `failures` has the others.

        Raises:
            InvalidInputError: There is no photograph, an item is not a photograph, or more than
                `max_failures` of them cannot be read.
            NotFoundError: A path that is given by itself, or the backbone, does not exist.
            KeyboardInterrupt: Ctrl-C was pressed. The featurizer stays usable.

        Example:
            >>> featurizer([open("sample/fruits/Banana/25_100.jpg", "rb").read()])["path"]
            ['0']
        """
        pairs = photographs(images)
        gathered = self._gather(pairs, count_of(images, pairs), progress, max_failures)
        return self._gathered_table(gathered)

    def _gather(
        self,
        pairs: Iterator[tuple[str, Item]],
        total: int,
        progress: ProgressArgument,
        max_failures: float,
    ) -> Gathered:
        """Rows of names and items, of which there are `total`; 0: not known."""
        check_failures([], 0, max_failures)
        show = progress_shower(progress)
        gathered = Gathered()
        try:
            for block in stream_blocks(self._compiled(), self._options.limits, pairs):
                gathered.add(block)
                show(ProgressEvent("extract", gathered.photographs, total, False))
            check_failures(gathered.failures, gathered.photographs, max_failures)
            show(ProgressEvent("extract", gathered.photographs, total, True))
        finally:
            show(None)
        return gathered

    def stream(self, images: Images) -> Iterator[FeatureTable]:
        """The same, some rows at a time, in their order: memory does not grow with their number.

        Args:
            images: As for a call.

        Yields:
            Tables of at least one row or failure.

        Raises:
            InvalidInputError: There is no photograph, or an item is not a photograph.

        Example:
            >>> sum(len(table) for table in featurizer.stream("sample/fruits/Banana"))
            8
        """
        return self._stream(photographs(images))

    def _gathered_table(self, gathered: Gathered) -> FeatureTable:
        """Rows without labels."""
        return self._table(gathered.paths, gathered.features(self.row_width), gathered.failures)

    def _stream(self, pairs: Any) -> Iterator[FeatureTable]:
        for block in stream_blocks(self._compiled(), self._options.limits, pairs):
            yield self._table(block.paths, block.features, block.failures)

    def _table(
        self, paths: list[str], features: NDArray[np.float32], failures: list[Failure]
    ) -> FeatureTable:
        columns: dict[str, Any] = {
            "path": paths,
            "label": [""] * len(paths),
            "split": ["train"] * len(paths),
            "features": features,
        }
        return FeatureTable(columns, self._origin(), failure_table(failures))

    def _origin(self) -> FeatureOrigin:
        """What its features are. Compiles the network."""
        return origin_of(self._compiled(), self._options)

    def transform(self, images: Images) -> NDArray[np.float32]:
        """Features of photographs that can all be read, the mean of their crops.

        Args:
            images: As for a call.

        Returns:
            float32 of shape (photographs, `feature_count`).

        Raises:
            DamagedError: A photograph cannot be read.

        Example:
            >>> featurizer.transform(["sample/fruits/Banana/25_100.jpg"]).shape
            (1, 1280)
        """
        import numpy as np

        table = self(images, max_failures=1.0)
        if len(table.failures):
            path, message = (table.failures[name][0] for name in ("path", "message"))
            raise_error("corrupt", f"featurizing the photograph '{path}': {message}")
        features: NDArray[np.float32] = table["features"]
        crops = features.shape[1] // self.feature_count
        if crops == 1:
            return features
        mean = features.reshape(len(features), crops, -1).mean(axis=1, dtype=np.float32)
        return np.asarray(mean, dtype=np.float32)

    @property
    def feature_count(self) -> int:
        """Features of one crop. Compiles the network."""
        return self._compiled().feature_count

    @property
    def row_width(self) -> int:
        """Numbers in a row: the features of every crop. Compiles the network."""
        return self._compiled().row_width

    @property
    def size(self) -> int:
        """Side of the network's input, in pixels. Compiles the network."""
        return self._compiled().size

    @property
    def precision(self) -> str:
        """`"f32"` or `"bf16"`, as it was chosen. Compiles the network."""
        return self._compiled().precision

    def _compiled(self) -> _core.Networks:
        _core.enter_engine()  # before the lock, which a fork may have taken with it
        with self._lock:
            if self._networks is None:
                self._options.models = models_folder(self._arguments["models"])
                self._networks = _core.Networks(self._options)
            return self._networks

    def __repr__(self) -> str:
        given = ", ".join(f"{name}={value!r}" for name, value in self._arguments.items() if value)
        return f"Featurizer({given})"

    def __reduce__(self) -> tuple[Callable[..., Featurizer], tuple[dict[str, Any]]]:
        return _featurizer_of, (self._arguments,)


def extract_options(
    *,
    backbone: str,
    size: int | None,
    precision: str,
    fit: str,
    crops: list[str],
    batch: int | None,
    workers: int | None,
    models: StrPath | None,
    max_failures: float | None = None,
    **limits: float | None,
) -> _core.ExtractOptions:
    """The options as the core takes them; None is its default.

    Raises:
        InvalidInputError: A name is unknown, or a number is out of range.
    """
    options = _core.ExtractOptions()
    options.models = models_folder(models)
    options.limits = decode_limits(**limits)
    given = {
        "backbone": backbone,
        "size": size,
        "precision": precision,
        "fit": fit,
        "crops": crops,
        "batch": batch,
        "workers": workers,
        "max_failures": max_failures,
    }
    for name in ("backbone", "precision", "fit"):
        if given[name] is None:
            raise_error("invalid_input", f"{name}: expected a text, found None")
    set_options(options, given, given)
    return options


def decode_limits(
    *,
    max_pixels: float | None = None,
    max_decode_memory: float | None = None,
    max_decode_time: float | None = None,
    max_damage: float | None = None,
) -> _core.DecodeLimits:
    """Limits as the core takes them; None is its default, memory is given in MiB.

    Raises:
        InvalidInputError: A number is negative or none.
    """
    limits = _core.DecodeLimits()
    given: dict[str, Any] = {
        "max_pixels": max_pixels,
        "max_decode_time": max_decode_time,
        "max_damage": max_damage,
    }
    set_options(limits, given, given)
    if max_decode_memory is not None:
        mebibytes = whole_number("max_decode_memory", max_decode_memory)
        try:
            limits.max_decode_memory = mebibytes * _MIB
        except TypeError:
            raise_error(
                "invalid_input", f"max_decode_memory: expected MiB in range, found {mebibytes}"
            )
    return limits


def _featurizer_of(arguments: dict[str, Any]) -> Featurizer:
    return Featurizer(**arguments)


def origin_of(networks: _core.Networks, options: _core.ExtractOptions) -> FeatureOrigin:
    """What computed the features of these networks."""
    return FeatureOrigin(
        options.backbone,
        networks.size,
        networks.precision,
        tuple(options.crops),
        options.fit,
        networks.batch,
    )


def failure_table(failures: Sequence[Failure]) -> FailureTable:
    """As the columns of failures.csv."""
    names = ("path", "stage", "kind", "message")
    return FailureTable({name: [getattr(one, name) for one in failures] for name in names})


def check_failures(failures: Sequence[Failure], photographs: int, max_failures: float) -> None:
    """Refuses when too many photographs could not be read.

    Raises:
        InvalidInputError: More than this share failed, or the share is not from 0 to 1.
    """
    if not 0 <= real_number("max_failures", max_failures) <= 1:
        raise_error("invalid_input", f"max_failures: expected 0 to 1, found {max_failures!r}")
    if len(failures) > max_failures * photographs:
        first = failures[0]
        raise_error(
            "invalid_input",
            f"extracting features: {len(failures)} of {photographs} photographs failed; the first is "
            f"'{first.path}' ({first.kind}): {first.message}; more than max_failures {max_failures:g} "
            "allows; repair or remove them, or allow a larger share",
        )
