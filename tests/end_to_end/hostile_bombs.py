# SPDX-License-Identifier: Apache-2.0
"""Rows D1, D2 and D11 of the list of faults: small files that ask for much. See
hostile_photographs.py, which has the other rows."""

import random
import struct
import zlib
from dataclasses import dataclass

import jpeg_markers as jm
from jpeg_markers import grey_baseline, grey_progressive, idle_scans, segment
from photographs import encoded, picture
from PIL import Image


@dataclass
class Hostile:
    content: bytes
    outcome: str  # "ok", a kind of failures.csv, or "skipped"
    looks_like: bytes | None = None  # an image file that Pillow shows as this one should look

    @property
    def status(self) -> str:
        return self.outcome if self.outcome in ("ok", "skipped") else "failed"


def photo() -> Image.Image:
    """Not the same when it is turned or mirrored, and of several colours."""
    image = picture(3, 48).resize((64, 48))
    image.paste((230, 30, 30), (0, 0, 24, 16))
    image.paste((30, 200, 60), (40, 0, 64, 30))
    image.paste((40, 60, 220), (0, 30, 20, 48))
    return image


def plain() -> bytes:
    return encoded(photo(), quality=92, subsampling="4:4:4")


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_of_zeros(width: int, height: int, depth: int, color: int, data: int = 0) -> bytes:
    """A valid PNG of one colour of any size, deflated without ever holding its rows.

    data: how many bytes of it, where it is not as many as the size asks for."""
    channels = {0: 1, 2: 3, 3: 1, 6: 4}[color]
    left = size = data or height * (1 + (width * channels * depth + 7) // 8)
    press = zlib.compressobj(9)
    million = bytes(1 << 20)
    block = press.compress(million) + press.flush(zlib.Z_FULL_FLUSH)  # begins with the header
    again = press.compress(million) + press.flush(zlib.Z_FULL_FLUSH)  # the same every time
    parts = [block[:2]]
    parts.append(again * (left >> 20))
    left &= (1 << 20) - 1
    last = zlib.compressobj(9, zlib.DEFLATED, -15)
    parts.append(last.compress(bytes(left)) + last.flush())
    parts.append(struct.pack(">I", (size % 65521) << 16 | 1))  # Adler-32 of zeros
    header = struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", b"".join(parts))
    return b"\x89PNG\r\n\x1a\n" + body + chunk(b"IEND", b"")


def paeth_png(width: int, height: int, channels: int, period: int = 0, depth: int = 8) -> bytes:
    """By the filter that takes the longest, of one colour, or of noise that repeats itself: of that a
    processor foresees no branch, and it takes nearly as few bytes."""
    size = width * channels * depth // 8
    noise = random.Random(1).randbytes(period) if period else b"\0"
    data = zlib.compress((b"\x04" + (noise * (size // len(noise) + 1))[:size]) * height, 9)
    color = {1: 0, 2: 4, 3: 2, 4: 6}[channels]
    header = struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def webp_of_one_colour(width: int, height: int, predictor: int | None = None) -> bytes:
    """A lossless WebP in which a pixel takes no bit at all; a predictor makes it take more time."""
    bits = []

    def put(value: int, count: int) -> None:
        bits.extend(value >> i & 1 for i in range(count))

    def codes(green: int, *others: int) -> None:
        for level in (green, *others):  # a code of one symbol of 8 bits
            put(0b101, 3)
            put(level, 8)
        put(0b0001, 4)  # distances: a symbol of 1 bit

    put(0x2F, 8)
    put(width - 1, 14)
    put(height - 1, 14)
    put(0, 4)  # no alpha, version
    if predictor is not None:
        put(0b0001, 4)  # a predictor for each tile
        put(0, 3)  # of 4 x 4 pixels
        codes(predictor, 0, 0, 255)
    put(0, 3)  # no more transforms, no cache, no groups
    codes(90, 9, 9, 255)
    bits += [0] * (64 - len(bits) % 8)
    data = bytes(sum(bits[at + i] << i for i in range(8)) for at in range(0, len(bits), 8))
    data += bytes(len(data) % 2)
    return riff(b"VP8L" + struct.pack("<I", len(data)) + data)


def riff(chunks: bytes) -> bytes:
    return b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WEBP" + chunks


def d1() -> dict[str, Hostile]:
    """Sides of 65500 and 20000."""
    files = {}
    for side in (65500, 20000):
        files[f"d1_{side}_progressive.jpg"] = grey_progressive(side, side, 2, data=False)
        files[f"d1_{side}_baseline.jpg"] = jm.grey(side, side, [b"\0\x3f\0"], 0xC0, 1)
        header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
        body = chunk(b"IHDR", header) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")
        files[f"d1_{side}.png"] = b"\x89PNG\r\n\x1a\n" + body
    return {name: Hostile(content, "too_large") for name, content in files.items()}


def d2() -> dict[str, Hostile]:
    """Progressive files of many scans, small and large."""
    files = {
        f"d2_{scans}_scans.jpg": Hostile(grey_progressive(400, 400, scans, data=False), "too_large")
        for scans in (101, 1000, 80_000)
    }
    # A real photograph, its last scan over and over.
    real = encoded(photo(), progressive=True)
    last = [part for part in jm.segments(real)[0] if part.marker == jm.SOS][-1]
    again = segment(jm.SOS, last.payload) + last.data
    files["d2_photo_1000_scans.jpg"] = Hostile(real[:-2] + again * 1000 + real[-2:], "too_large")
    files["d2_photo_100_scans.jpg"] = Hostile(grey_progressive(64, 48, 100), "ok")
    # As many scans as a small file may have, of as many pixels as a file of few scans may have.
    files["d2_100_scans_of_36_million.jpg"] = Hostile(idle_scans(6000, 6000, 100), "too_large")
    return files


def d11() -> dict[str, Hostile]:
    """Very small, very thin, and bombs that compress well: all of them whole and valid."""
    files = {}
    for kind, name in (("JPEG", "jpg"), ("PNG", "png"), ("WEBP", "webp")):
        dot = encoded(Image.new("RGB", (1, 1), (200, 30, 30)), kind)
        files[f"d11_one_pixel.{name}"] = Hostile(dot, "ok", dot)
    for width, height in ((1, 65500), (65500, 1)):
        files[f"d11_{width}x{height}.jpg"] = Hostile(grey_baseline(width, height), "ok")
        files[f"d11_{width}x{height}.png"] = Hostile(png_of_zeros(width, height, 8, 2), "ok")
    files["d11_1x16383.webp"] = Hostile(webp_of_one_colour(1, 16383), "ok")
    side = 16384
    bombs = {
        "d11_16k_baseline.jpg": grey_baseline(side, side),
        "d11_16k_progressive.jpg": grey_progressive(side, side, 1),
        "d11_16k_rgb.png": png_of_zeros(side, side, 8, 2),
        "d11_16k_one_bit.png": png_of_zeros(side, side, 1, 0),
        "d11_16k.webp": webp_of_one_colour(16383, 16383),
        # Fewer than 10⁸ pixels each.
        "d11_9900_rgb.png": png_of_zeros(9900, 9900, 8, 2),
        "d11_9900_one_bit.png": png_of_zeros(9900, 9900, 1, 0),
        "d11_9900.webp": webp_of_one_colour(9900, 9900),
        "d11_9900_progressive.jpg": grey_progressive(9900, 9900, 1),
        "d11_6400_16_bits.png": png_of_zeros(6400, 6400, 16, 6),
        # As large as a camera's.
        "d11_25_million_rgb.png": paeth_png(4990, 5000, 3),
        "d11_25_million_rgba.png": paeth_png(4990, 5000, 4),
        "d11_25_million_noise.png": paeth_png(4990, 5000, 3, period=32),
    }
    files |= {name: Hostile(content, "too_large") for name, content in bombs.items()}
    # As large as a camera's, of next to no bytes.
    files["d11_141_bytes.jpg"] = Hostile(
        grey_progressive(9000, 9000, 2, data=False)[:141], "damaged"
    )
    # The largest that pass: none may take longer or hold more than all others may.
    fit = {
        "d11_fits_41_million.jpg": jm.grey_progressive(6400, 6400, 6),
        "d11_fits_82_million.jpg": jm.grey_progressive(9000, 9000, 6),
        "d11_fits_249_million.jpg": grey_baseline(15800, 15800),
        "d11_fits_one_colour.png": paeth_png(3700, 3700, 3),
        "d11_fits_rgb.png": paeth_png(3700, 3700, 3, period=16),
        "d11_fits_rgba.png": paeth_png(3130, 3130, 4, period=64),
        "d11_fits_grey.png": paeth_png(5550, 5550, 1, period=64),
        "d11_fits_grey_alpha.png": paeth_png(4020, 4020, 2, period=64),
        "d11_fits_16_bits.png": paeth_png(2640, 2640, 3, period=16, depth=16),
        "d11_fits_16_bits_alpha.png": paeth_png(2260, 2260, 4, period=16, depth=16),
        "d11_fits_one_bit.png": png_of_zeros(9080, 9080, 1, 0),
        "d11_fits.webp": webp_of_one_colour(4990, 4990, predictor=13),
    }
    files |= {name: Hostile(content, "ok") for name, content in fit.items()}
    # Data for a thousand million bytes in a picture of 8 x 8.
    endless = png_of_zeros(8, 8, 8, 2, data=1000 << 20)
    files["d11_more_data_than_pixels.png"] = Hostile(endless, "ok")
    files["d11_more_data_interlaced.png"] = Hostile(
        endless[:28] + b"\1" + struct.pack(">I", zlib.crc32(endless[12:28] + b"\1")) + endless[33:],
        "ok",
    )
    heic = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + random.Random(1).randbytes(600)
    avif = b"\0\0\0\x1cftypavif\0\0\0\0mif1miafavif" + random.Random(2).randbytes(600)
    files["d11_phone.heic"] = Hostile(heic, "unsupported_format")
    files["d11_phone.jpg"] = Hostile(heic, "unsupported_format")
    files["d11_picture.avif"] = Hostile(avif, "unsupported_format")
    return files
