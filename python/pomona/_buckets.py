# SPDX-License-Identifier: Apache-2.0
"""What lies in buckets, for what works in memory.

The module links no S3 client (docs/decisions.md). Single objects are read by a process that is kept
(`_objects`). Folders and bundles are copied to this machine first, each by one process of the command.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final

from pomona import _core
from pomona._in_memory import is_remote, store_options
from pomona._objects import ObjectPlace, shared_reader
from pomona.errors import PomonaError, raise_error
from pomona.images import Unreadable
from pomona.results import Synchronization

if TYPE_CHECKING:
    from pomona.images import Item

_BUNDLE_FILES: Final = ("bundle.json", "SHA256SUMS")


class LocalCopies:
    """Copies of places in buckets, which are gone when this is left."""

    def __init__(self, stores: Mapping[str, Any]) -> None:
        self._stores = store_options(stores)
        self._folders: list[tempfile.TemporaryDirectory[str]] = []

    def __enter__(self) -> LocalCopies:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for folder in self._folders:
            folder.cleanup()

    def folder(self, place: Any) -> str | None:
        """A copy that is called alike of all that lies below a place; None: nothing does.

        Raises:
            NotFoundError: There is no such bucket.
            UnavailableError: Some of it cannot be copied.
        """
        source = os.fsdecode(os.fspath(place))
        copy = self._new() / PurePosixPath(source).name
        copied = self._sync(source, copy)
        if copied.failures:
            raise_error(
                "unavailable",
                f"copying '{source}' to this machine: {len(copied.failures)} objects failed; the "
                f"first: {copied.failures[0]['message']}",
            )
        return str(copy) if copied.copied else None

    def objects(self, place: str, keys: Sequence[str]) -> tuple[Path, dict[str, str]]:
        """Copies of objects below a place, under their keys, and why others are missing, by key."""
        folder = self._new()
        listed = folder / "keys.txt"
        listed.write_bytes(b"".join(os.fsencode(key) + b"\n" for key in keys))
        copied = self._sync(place, folder / "objects", keys=listed)
        return folder / "objects", {one["key"]: one["message"] for one in copied.failures}

    def places(self, places: Any) -> Any:
        """Copies of folders, in the place of their names; what is on this machine is itself.

        Photographs that are named one by one stay as they are. So do all where the first in a
        bucket is one.
        """
        if isinstance(places, Mapping):
            copies = self._of_several(list(places.values()))
            return places if copies is None else dict(zip(places, copies))
        if isinstance(places, (list, tuple)):
            copies = self._of_several(places)
            return places if copies is None else copies
        return (self.folder(places) if is_remote(places) else None) or places

    def _of_several(self, places: Sequence[Any]) -> list[Any] | None:
        copies: list[Any] = []
        any_copied = False
        for place in places:
            copy = self.folder(place) if is_remote(place) else None
            if is_remote(place) and copy is None:
                if not any_copied:
                    return None
                raise_error(
                    "not_found",
                    "reading photographs from several places: expected folders, as the first in a "
                    f"bucket is, found nothing below '{os.fsdecode(place)}'; check the name, or give "
                    "single photographs in a call of their own",
                )
            any_copied = any_copied or copy is not None
            copies.append(copy or place)
        return copies

    def _new(self) -> Path:
        folder = tempfile.TemporaryDirectory(prefix="pomona-copy-")
        self._folders.append(folder)
        return Path(folder.name)

    def _sync(self, source: str, target: Path, **options: Any) -> Synchronization:
        from pomona.verbs import sync

        return sync(source, target, progress=False, **options, **self._stores)


def photographs_of_folder(place: Any, stores: Mapping[str, Any]) -> Iterator[tuple[str, Item]]:
    """The URI and the bytes of an object; of a folder names in it and bytes of its photographs.

    The copy of a folder is gone when the last has been taken, or the iterator is closed.

    Raises:
        NotFoundError: Neither is there.
    """
    uri = os.fsdecode(os.fspath(place))
    for _, name, item in read_objects([(0, "", ObjectPlace(uri))], stores):
        if isinstance(item, Unreadable) and item.why[1] == "gone":
            raise_error("not_found", nothing_at(uri))
        yield name.removeprefix("/") or uri, item


def read_objects(
    items: Iterable[tuple[int, str, Item]], stores: Mapping[str, Any]
) -> Iterator[tuple[int, str, Item]]:
    """Numbers, names and items, with the bytes of each `ObjectPlace` in its place.

    Where there is no object of that name, all photographs below it take its place.

    Raises:
        NotFoundError: There is no such bucket.
    """
    keyed = (((number, name, item), item) for number, name, item in items)
    reader = shared_reader(store_options(stores))
    for (number, name, place), item in reader.fetch(keyed):
        if isinstance(place, ObjectPlace) and _may_be_folder(place, item):
            for pair in _of_folder(name, place, item, stores):
                yield number, *pair
        else:
            yield number, name, item


def _may_be_folder(place: ObjectPlace, item: Item) -> bool:
    if not isinstance(item, Unreadable):
        return False
    return item.why[1] == "gone" or not _bucket_and_key(place)[1]


def _of_folder(
    name: str, uri: str, why: Item, stores: Mapping[str, Any]
) -> Iterator[tuple[str, Item]]:
    """Photographs below it; where there are none, why there is no object either."""
    with LocalCopies(stores) as copies:
        folder = copies.folder(uri)
        if folder is None:
            yield name, why
            return
        for key, path in _core.list_photographs(folder):
            yield f"{name.rstrip('/')}/{key}", Path(path).read_bytes()


def _bucket_and_key(uri: str) -> tuple[str, str]:
    scheme, _, rest = uri.partition("://")
    bucket, _, key = rest.partition("/")
    return f"{scheme}://{bucket}", key


def nothing_at(uri: str) -> str:
    """What to say where a place in a bucket is empty."""
    return (
        f"copying '{uri}' to this machine: there is no object of this name and none below it; check "
        "the name"
    )


def open_bundle(uri: str, models: str) -> _core.Bundle:
    """A bundle in a bucket, or in an output folder there. None but its own files are copied.

    Raises:
        NotFoundError: There is no bundle.
        UnavailableError: A file of it cannot be copied.
        DamagedError: A file of it is changed or of a newer version.
    """
    uri = uri.rstrip("/")
    with LocalCopies({}) as copies:
        wanted = [f"{folder}{name}" for folder in ("bundle/", "") for name in _BUNDLE_FILES]
        first, _ = copies.objects(uri, wanted)
        places = ((f"{uri}/bundle", first / "bundle"), (uri, first))
        found = [one for one in places if all((one[1] / name).is_file() for name in _BUNDLE_FILES)]
        if not found:
            raise_error(
                "not_found",
                f"opening the bundle '{uri}': expected the objects {' and '.join(_BUNDLE_FILES)} "
                "below it or below its 'bundle'; check the name",
            )
        place, folder = found[0]
        lines = (folder / "SHA256SUMS").read_text("utf-8", "replace").splitlines()
        names = [line.partition("  ")[2] for line in lines if "  " in line]
        copy, failures = copies.objects(place, [*names, "SHA256SUMS"])
        if failures:
            raise_error(
                "unavailable",
                f"opening the bundle '{place}': {len(failures)} of its files cannot be copied; the "
                f"first: {next(iter(failures.values()))}",
            )
        try:
            return _core.Bundle.open(str(copy), models)
        except PomonaError as error:
            raise type(error)(str(error).replace(str(copy), place)) from None
