# SPDX-License-Identifier: Apache-2.0
"""JPEG files as a row of segments: to put hostile ones together, and to see what one holds."""

import struct
from dataclasses import dataclass

SOI, EOI, SOS, COM = 0xD8, 0xD9, 0xDA, 0xFE
APP0, APP1, APP2, APP13, APP14, APP15 = 0xE0, 0xE1, 0xE2, 0xED, 0xEE, 0xEF
STANDING_ALONE = {SOI, EOI, 0x01, *range(0xD0, 0xD8)}


def segment(marker: int, payload: bytes = b"") -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(payload) + 2) + payload


@dataclass
class Segment:
    marker: int
    at: int  # of its 0xFF
    payload: bytes
    data: bytes = b""  # what follows the header of a scan


def segments(jpeg: bytes) -> tuple[list[Segment], bytes]:
    """All segments up to the first end mark, and the bytes after it."""
    found = []
    at = 0
    while True:
        assert jpeg[at] == 0xFF, f"no marker at byte {at} of {len(jpeg)}"
        marker = jpeg[at + 1]
        length = 0 if marker in STANDING_ALONE else struct.unpack_from(">H", jpeg, at + 2)[0]
        found.append(Segment(marker, at, jpeg[at + 4 : at + 2 + length]))
        at += 2 + length
        if marker == EOI:
            return found, jpeg[at:]
        if marker == SOS:
            begin = at
            while jpeg[at] != 0xFF or jpeg[at + 1] == 0 or jpeg[at + 1] in range(0xD0, 0xD8):
                at += 1
            found[-1].data = jpeg[begin:at]


def insert(jpeg: bytes, *more: bytes) -> bytes:
    """`more` directly after the start mark."""
    return jpeg[:2] + b"".join(more) + jpeg[2:]


def find(jpeg: bytes, *markers: int) -> Segment:
    return next(part for part in segments(jpeg)[0] if part.marker in markers)


def without(jpeg: bytes, *markers: int) -> bytes:
    """The file without the first segment of one of these markers."""
    part = find(jpeg, *markers)
    return jpeg[: part.at] + jpeg[part.at + 4 + len(part.payload) :]


def patch(jpeg: bytes, at: int, value: bytes) -> bytes:
    return jpeg[:at] + value + jpeg[at + len(value) :]


def tiff(
    orientation: int, order: str = "<", more: bytes = b"", after: int = 0, count: int = 1
) -> bytes:
    """An EXIF structure; `after`: where its next directory is said to be."""
    head = (b"II" if order == "<" else b"MM") + struct.pack(order + "HIH", 42, 8, 1)
    entry = struct.pack(order + "HHIHH", 0x0112, 3, count, orientation, 0)
    return head + entry + struct.pack(order + "I", after) + more


def exif(*words, **more) -> bytes:
    return segment(APP1, b"Exif\0\0" + tiff(*words, **more))


def grey(width: int, height: int, scans: list[bytes], frame: int, data_bytes: int) -> bytes:
    """A grey JPEG of one level, a few bytes however large: one code, of one bit, says "nothing".

    scans: each one's spectral selection and approximation, three bytes.
    """
    nothing = b"\x01" + bytes(15) + b"\0"
    tables = segment(0xDB, b"\0" + b"\x01" * 64)
    tables += segment(0xC4, b"\0" + nothing) + segment(0xC4, b"\x10" + nothing)
    size = segment(frame, b"\x08" + struct.pack(">HH", height, width) + b"\x01\x01\x11\0")
    parts = [segment(SOS, b"\x01\x01\0" + scan) + bytes(data_bytes) for scan in scans]
    return b"\xff\xd8" + tables + size + b"".join(parts) + b"\xff\xd9"


def grey_baseline(width: int, height: int) -> bytes:
    blocks = -(-width // 8) * -(-height // 8)
    return grey(width, height, [b"\0\x3f\0"], 0xC0, blocks // 4 + 1)


def grey_progressive(width: int, height: int, scans: int, data: bool = True) -> bytes:
    """data: a bit for each block; else the scans are there in name only."""
    blocks = -(-width // 8) * -(-height // 8)
    first = grey(width, height, [b"\0\0\0"], 0xC2, blocks // 8 + 1 if data else 1)
    if scans == 1:
        return first
    again = segment(SOS, b"\x01\x01\0\0\0\0") + bytes(blocks // 8 + 1 if data else 1)
    return first[:-2] + again * (scans - 1) + first[-2:]


def idle_scans(width: int, height: int, scans: int) -> bytes:
    """Every scan after the first says with a few bytes that all blocks stay as they are."""
    # One code, of one bit, for a run of 2^14 blocks and more; 14 bits say how many more.
    first = grey_progressive(width, height, 1)
    run = segment(0xC4, b"\x10\x01" + bytes(15) + b"\xe0")
    blocks = -(-width // 8) * -(-height // 8)
    bits = ("0" + "1" * 14) * (blocks // 32767 + 1)
    bits += "1" * (-len(bits) % 8)
    data = int(bits, 2).to_bytes(len(bits) // 8, "big").replace(b"\xff", b"\xff\0")
    scan = segment(SOS, b"\x01\x01\0\x01\x3f\0") + data
    return first[:-2] + run + scan * (scans - 1) + first[-2:]
