# SPDX-License-Identifier: Apache-2.0
"""Photographs as users have them: files, folders, bytes, pictures of Pillow, arrays, tables.

Everything becomes pairs of a name and an item, one after the other, so that a generator of a million
photographs is never held in memory. An item is `bytes` (an encoded JPEG, PNG or WebP), `str` (the
path of a file) or a `uint8` array of height × width × 3, or height × width of grey. What cannot be
read here, such as a truncated image of Pillow or a null in a table, is an `Unreadable`.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from pomona import _core
from pomona._in_memory import is_remote
from pomona.errors import InvalidInputError, raise_error

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from pomona.options import StoreOptions

    Item: TypeAlias = bytes | str | NDArray[np.uint8]

    Images: TypeAlias = Any
    """What `photographs` takes."""


class Unreadable(bytes):
    """A photograph that fails, for which the core gets no byte. Immutable.

    Attributes:
        why: Stage, kind and message, as in failures.csv.
    """

    why: tuple[str, str, str]

    def __new__(cls, stage: str, kind: str, message: str) -> Unreadable:
        made = super().__new__(cls)
        made.why = (stage, kind, message)
        return made


_NULL = Unreadable(
    "read", "unreadable", "expected a path or encoded bytes, found null; fill it in or drop the row"
)
_EXPECTED = (
    "a path, encoded bytes, an image of Pillow, or a uint8 array of height × width × 3 or "
    "height × width"
)


def photographs(images: Images, stores: StoreOptions | None = None) -> Iterator[tuple[str, Item]]:
    """Names and items of photographs, one after the other.

    Args:
        images: One photograph or several:

            - the path of a file, or of a folder, whose photographs are taken in the order of their
              paths, without hidden names and files that are no images; s3://bucket/key, read ahead by
              a process of its own; s3://bucket/prefix, which is copied to this machine for as long
              as it is read;
            - encoded bytes: `bytes`, `bytearray`, `memoryview`;
            - an image of Pillow: its orientation is applied, transparent parts become white;
            - a `uint8` array of shape (height, width, 3), RGB, or (height, width), grey;
            - a table (anything with `__arrow_c_stream__`) with a column `content` of encoded bytes
              or `path` of paths; with both, `path` names the photographs;
            - a list, a series of pandas or polars, a generator, … of these or of pairs
              (name, photograph); a mapping from names to photographs.
        stores: How buckets are reached; None: as environment variables and profiles of AWS say.

    Returns:
        An iterator, which reads what it is given as it goes. Photographs of a folder that is given
        by itself are called by their paths in it; of a folder in a list by its path and theirs in
        it. Files are called by their paths, others by their number: `"0"`, `"1"`, …

    Raises:
        NotFoundError: A path that is given by itself does not exist.
        InvalidInputError: Something is none of these, or there is no photograph at all; what comes
            out of an iterator is looked at when its turn comes. An image of Pillow that cannot be
            decoded, a null in a table or series and an object that is not in its bucket raise
            nothing: they fail as a broken file does.

    Example:
        >>> import numpy as np
        >>> from pomona.images import photographs
        >>> [name for name, _ in photographs([np.zeros((8, 8, 3), np.uint8), "a.jpg"])]
        ['0', 'a.jpg']
    """
    if _is_path(images):
        return _of_place(os.fspath(images), stores or {})
    if is_one(images):
        return iter([("0", item_of(images, "0"))])
    return _some(_pairs(_entries(images), stores or {}))


def item_of(photograph: object, name: str) -> Item:
    """One photograph, other than a folder, as the core takes it. What may change is copied.

    Raises:
        InvalidInputError: It is no photograph.
    """
    if isinstance(photograph, bytes):
        return photograph
    if isinstance(photograph, (bytearray, memoryview)):
        return bytes(photograph)
    if isinstance(photograph, (str, os.PathLike)):
        return _file(photograph)
    if _is_pillow(photograph):
        return _pixels_of_pillow(photograph, name)
    if _is_array(photograph):
        return _pixels_of_array(photograph, name)
    raise InvalidInputError(
        f"reading the photograph '{name}': expected {_EXPECTED}; found {_type_name(photograph)}"
    )


def bytes_of(item: Item) -> int:
    """How much memory an item takes; of a file nothing, since it is read when its turn comes."""
    if isinstance(item, str):
        return 0
    return len(item) if isinstance(item, bytes) else int(item.nbytes)


def is_folder(place: object) -> bool:
    """Is it the path of a folder on this machine?"""
    return isinstance(place, (str, os.PathLike)) and Path(os.fsdecode(place)).is_dir()


def _is_path(value: object) -> bool:
    return isinstance(value, (str, os.PathLike))


def _is_pillow(value: object) -> bool:
    return hasattr(value, "getexif") and hasattr(value, "convert") and hasattr(value, "mode")


def _is_array(value: object) -> bool:
    return (
        hasattr(value, "__array__")
        and hasattr(value, "dtype")
        and hasattr(value, "shape")
        and not hasattr(value, "name")  # a series has one
    )


def is_one(images: object) -> bool:
    """Is it a photograph that lies in memory?"""
    return isinstance(images, (bytes, bytearray, memoryview)) or (
        _is_pillow(images) or _is_array(images)
    )


def _is_table(value: object) -> bool:
    return hasattr(value, "__arrow_c_stream__") and (
        any(hasattr(value, name) for name in ("columns", "column_names", "schema"))
        or not hasattr(value, "__iter__")
    )


def _type_name(value: object) -> str:
    return f"{type(value).__module__}.{type(value).__qualname__}".removeprefix("builtins.")


def _file(path: object) -> str:
    place = os.fsdecode(os.fspath(path))  # type: ignore[call-overload]
    if "\0" in place:
        raise_error("invalid_input", f"reading {place!r}: no path may hold a NUL character")
    if "://" in place and not place.startswith(("s3://", "s3a://")):
        raise_error(
            "invalid_input",
            f"reading '{place}': expected the path of a file or folder, or s3://BUCKET/KEY",
        )
    return place


def _of_place(path: object, stores: StoreOptions) -> Iterator[tuple[str, Item]]:
    if is_remote(path):
        from pomona._buckets import photographs_of_folder

        return _some(photographs_of_folder(path, stores))
    place = _file(path)
    if not place:
        raise_error("invalid_input", "reading photographs: expected a path, found an empty text")
    if Path(place).is_dir():
        return iter(_core.list_photographs(place))
    if not os.path.lexists(place):
        raise_error(
            "not_found",
            f"reading photographs: there is no file or folder '{place}'; check the path",
        )
    return iter([(place, place)])


def _some(pairs: Iterator[tuple[str, Item]]) -> Iterator[tuple[str, Item]]:
    """Refuses to end without a single one."""
    any_came = False
    for pair in pairs:
        any_came = True
        yield pair
    if not any_came:
        raise_error(
            "invalid_input", "reading photographs: expected at least one, found none in the input"
        )


def _entries(images: Any) -> Iterable[Any]:
    """What there is in a table, a mapping or anything else that can be walked through."""
    if isinstance(images, Mapping):
        return images.items()
    if _is_table(images):
        return (entry for entry, *_ in table_rows(images))
    try:
        entries: Iterator[Any] = iter(images)
    except TypeError:
        raise_error(
            "invalid_input",
            f"reading photographs: expected {_EXPECTED}, a folder, a table, or an iterable of these; "
            f"found {_type_name(images)}",
        )
    if hasattr(images, "dtype"):  # a series of pandas or polars
        return (_NULL if _is_null(entry) else entry for entry in entries)
    return entries


def _is_null(value: object) -> bool:
    return (
        value is None
        or (isinstance(value, float) and value != value)
        or type(value).__name__ in ("NAType", "NaTType")
    )


def table_rows(table: Any, beside: Sequence[str] = ()) -> Iterator[tuple[Any, ...]]:
    """The photograph of each row, and what the columns `beside` hold."""
    if type(table).__name__ == "RecordBatchReader":
        for batch in table:
            yield from table_rows(batch, beside)
        return
    names = _column_names(table)
    has = [name for name in ("path", "content") if name in names]
    if not has:
        found = ", ".join(map(repr, names)) or "no column"
        raise_error(
            "invalid_input",
            "reading photographs from a table: expected a column `content` of encoded bytes or "
            f"`path` of paths; found {found}",
        )
    columns = _core.read_table(table, [*has, *beside])  # others may be of types it does not read
    paths, values = (columns.column(has[0]), columns.column(has[-1]))
    for path, value, *others in zip(paths, values, *map(columns.column, beside)):
        item = _NULL if value is None else value
        yield (path, item) if len(has) > 1 and path is not None else item, *others


def table_columns(images: object) -> list[str]:
    """Names of the columns of a table of pyarrow, DuckDB, polars or pandas; of anything else none."""
    if not _is_table(images):
        return []
    schema = getattr(images, "schema", None)  # of a reader of batches
    for names in (
        *(getattr(images, name, None) for name in ("column_names", "columns")),
        getattr(schema, "names", None),
    ):
        if names is not None and all(isinstance(one, str) for one in names):
            return list(names)
    return []


def _column_names(table: Any) -> list[str]:
    return table_columns(table) or list(_core.read_table(table).column_names)


def _pairs(entries: Iterable[Any], stores: StoreOptions) -> Iterator[tuple[str, Item]]:
    return ((name, item) for _, name, item in numbered(entries, stores))


def numbered(
    entries: Iterable[Any], stores: StoreOptions | None = None
) -> Iterator[tuple[int, str, Item]]:
    """Numbers of entries, and names and items of the photographs that they are; see `photographs`."""
    from pomona._buckets import read_objects

    return read_objects(_numbered(entries), stores or {})


def _numbered(entries: Iterable[Any]) -> Iterator[tuple[int, str, Item]]:
    """The same before objects of buckets are read."""
    from pomona._objects import ObjectPlace

    for number, entry in enumerate(entries):
        name = None
        if isinstance(entry, tuple) and len(entry) == 2 and isinstance(entry[0], str):
            name, entry = entry
        if hasattr(entry, "as_py"):  # a scalar of pyarrow
            value = entry.as_py()
            entry = _NULL if value is None else value
        if is_remote(entry):
            uri = _file(entry)
            yield number, uri if name is None else name, ObjectPlace(uri)
            continue
        if _is_path(entry):
            yield from ((number, *pair) for pair in _of_path(_file(entry), name))
            continue
        name = str(number) if name is None else name
        yield number, name, item_of(entry, name)


def _of_path(place: str, name: str | None) -> Iterator[tuple[str, Item]]:
    name = place if name is None else name
    if not Path(place).is_dir():
        yield name, place
        return
    for key, path in _core.list_photographs(place):
        yield f"{name.rstrip('/')}/{key}", path


def _pixels_of_array(array: Any, name: str) -> NDArray[np.uint8]:
    import numpy as np

    shape = tuple(array.shape)
    fits = len(shape) == 2 or (len(shape) == 3 and shape[2] == 3)
    if str(array.dtype).removeprefix("torch.") != "uint8" or not fits or 0 in shape:
        found = f"{array.dtype} of {' × '.join(map(str, shape)) or 'no shape'}"
        raise_error(
            "invalid_input",
            f"reading the array '{name}': expected uint8 of height × width × 3, RGB, or height × "
            f"width, grey; found {found}",
        )
    return np.array(array, dtype=np.uint8, order="C", copy=True)


def _pixels_of_pillow(image: Any, name: str) -> NDArray[np.uint8] | Unreadable:
    """Upright RGB, as the core decodes files."""
    if image.mode in ("I", "F"):
        raise_error(
            "invalid_input",
            f"reading the image '{name}' of Pillow: its mode is {image.mode}; convert it to RGB first",
        )
    try:
        return _upright_rgb(image)
    except MemoryError:
        raise
    except Exception as error:  # Pillow's decoders raise many kinds for a broken or closed file
        text = str(error) or type(error).__name__
        kind = "truncated" if "truncated" in text else "corrupt"
        return Unreadable("decode", kind, f"Pillow cannot decode this image: {text}")


def _upright_rgb(image: Any) -> NDArray[np.uint8]:
    import numpy as np
    from PIL import ImageOps

    upright = ImageOps.exif_transpose(image)
    if upright.mode.startswith("I;16"):
        grey = np.asarray(upright).astype(np.uint32)
        return ((grey * 255 + 32895) >> 16).astype(np.uint8)  # as libpng
    if upright.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in upright.info:
        return _over_white(np.asarray(upright.convert("RGBA")))
    return np.array(upright.convert("RGB"))


def _over_white(rgba: NDArray[np.uint8]) -> NDArray[np.uint8]:
    import numpy as np

    alpha = rgba[:, :, 3:].astype(np.int32)
    product = rgba[:, :, :3] * alpha + 255 * (255 - alpha) + 128
    return np.ascontiguousarray(((product + (product >> 8)) >> 8).astype(np.uint8))
