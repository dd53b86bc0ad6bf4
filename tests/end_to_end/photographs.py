# SPDX-License-Identifier: Apache-2.0
"""Folders of photographs to try things on: some of sample/, made-up ones, and broken files."""

import io
import os
import random
import shutil
import struct
import zlib
from pathlib import Path

from command import ROOT
from PIL import Image

SAMPLE = ROOT / "sample" / "fruits"
FRUITS = ["Banana", "Blueberry", "Kiwi", "Lemon", "Tomato 1"]


def copy_fruits(target: Path, classes=FRUITS, count: int = 8) -> Path:
    for name in classes:
        (target / name).mkdir(parents=True)
        for photograph in sorted((SAMPLE / name).iterdir())[:count]:
            shutil.copy(photograph, target / name / photograph.name)
    return target


def picture(seed: int, side: int = 40) -> Image.Image:
    """Coloured noise on a colour of its own; the same for the same seed."""
    draw = random.Random(seed)
    middle = [draw.randrange(40, 216) for _ in range(3)]
    noise = bytes(
        channel + draw.randrange(-40, 40) for _ in range(side * side) for channel in middle
    )
    return Image.frombytes("RGB", (side, side), noise)


def encoded(image: Image.Image, kind: str = "JPEG", **options) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def make_folder(target: Path, classes=("a", "b", "c"), count: int = 6) -> Path:
    """LABEL/N.jpg, all different; photographs of one label look alike."""
    for number, name in enumerate(classes):
        (target / name).mkdir(parents=True, exist_ok=True)
        for i in range(count):
            mixed = Image.blend(picture(1000 + number), picture(100 * number + i), 0.5)
            (target / name / f"{i}.jpg").write_bytes(encoded(mixed))
    return target


def png_header(width: int, height: int) -> bytes:
    """A PNG that announces a size and holds no pixel."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")


def jpeg_header(width: int, height: int) -> bytes:
    """A progressive JPEG that announces a size and ends after its first scan's header."""
    image = bytearray(encoded(picture(0, 16), progressive=True))
    at = image.index(b"\xff\xc2")
    image[at + 5 : at + 9] = struct.pack(">HH", height, width)
    return bytes(image)


# What each broken file is, by the name it is given: its bytes and the kind in failures.csv. None:
# no image at all, and not called one: skipped.
def odd_files() -> dict[str, tuple[bytes, str | None]]:
    whole = encoded(picture(7), quality=90)
    noise = random.Random(1).randbytes(600)
    heic = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + noise
    return {
        "zero_bytes.jpg": (b"", "not_an_image"),
        "notes.txt": (b"not a picture\n", None),
        "text_called.jpg": (b"not a picture either\n", "not_an_image"),
        "cut_in_header.jpg": (whole[:30], "truncated"),
        "cut_in_half.jpg": (whole[: len(whole) // 2], "truncated"),
        "cut_near_the_end.jpg": (whole[:-40], "truncated"),
        "noise_within.jpg": (whole[:700] + noise + whole[1300:], "damaged"),
        "noise_after_start.jpg": (whole[:3] + noise, "corrupt"),
        "cut.png": (encoded(picture(8), "PNG")[:-40], "truncated"),
        "huge.jpg": (jpeg_header(65500, 65500), "too_large"),
        "huge.png": (png_header(100_000, 100_000), "too_large"),
        "phone.heic": (heic, "unsupported_format"),
        "moving.gif": (encoded(picture(9), "GIF"), "unsupported_format"),
        "old.bmp": (encoded(picture(9), "BMP"), "unsupported_format"),
        "scan.tiff": (encoded(picture(9), "TIFF"), "unsupported_format"),
    }


# Names that are hard on somebody, each of a whole photograph.
ODD_NAMES = [
    b"with space.jpg",
    b"caf\xc3\xa9 \xe6\x9e\x9c.jpg",
    b'quote".jpg',
    b"apostrophe'.jpg",
    b"comma, more.jpg",
    b"line\nbreak.jpg",
    b"carriage\rreturn.jpg",
    b"tab\t.jpg",
    b"back\\slash.jpg",
    b"latin\xe9.jpg",
    b"bytes\xff\xfe\x80.jpg",
    b"%41.jpg",
    b"100%.jpg",
    b"%4g.jpg",
    b"-dash.jpg",
    b"no.hidden.jpg",
    b"no_extension",
    b"jpeg_called.png",
    b"$(echo).jpg",
    b"<b>&amp;.jpg",
]


def write_odd_names(folder: Path) -> None:
    for number, name in enumerate(ODD_NAMES):
        (folder / os.fsdecode(name)).write_bytes(encoded(picture(500 + number)))


def key_of(name: bytes) -> str:
    """Names as docs/formats.md describes them: bytes that are no UTF-8, and '%' before two digits."""
    text = name.decode("utf-8", "surrogateescape")
    key = ""
    for at, letter in enumerate(text):
        digits = text[at + 1 : at + 3]
        escape = letter == "%" and len(digits) == 2 and all(d in "0123456789ABCDEF" for d in digits)
        if 0xDC80 <= ord(letter) <= 0xDCFF:
            key += f"%{ord(letter) - 0xDC00:02X}"
        else:
            key += "%25" if escape else letter
    return key
