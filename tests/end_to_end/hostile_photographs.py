# SPDX-License-Identifier: Apache-2.0
"""Photographs made to do harm, or only strange: made here, row by row of the list of faults.

Each row is a function without arguments that returns {name: Hostile}; names begin with the row.
"""

import functools
import io
import random
import struct
import zipfile
import zlib
from dataclasses import dataclass

import jpeg_markers as jm
from command import ROOT
from jpeg_markers import exif, grey_baseline, grey_progressive, insert, patch, segment
from photographs import encoded, picture
from PIL import Image

GOLDEN = ROOT / "tests" / "golden" / "image"


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


def png_of_zeros(width: int, height: int, depth: int, color: int, *before: bytes) -> bytes:
    """A valid PNG of one colour of any size, deflated without ever holding its rows."""
    channels = {0: 1, 2: 3, 3: 1, 6: 4}[color]
    left = size = height * (1 + (width * channels * depth + 7) // 8)
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
    body = chunk(b"IHDR", header) + b"".join(before) + chunk(b"IDAT", b"".join(parts))
    return b"\x89PNG\r\n\x1a\n" + body + chunk(b"IEND", b"")


def webp_of_one_colour(width: int, height: int) -> bytes:
    """A pixel of it takes no bit at all, so the size can be set as one likes."""
    webp = bytearray(encoded(Image.new("RGB", (256, 256), (9, 90, 9)), "WEBP", lossless=True))
    at = webp.index(b"VP8L") + 9  # after the length and the signature
    bits = struct.unpack_from("<I", webp, at)[0]
    bits = bits >> 28 << 28 | (height - 1) << 14 | (width - 1)
    struct.pack_into("<I", webp, at, bits)
    return bytes(webp)


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


def idle_scans(width: int, height: int, scans: int) -> bytes:
    """Every scan after the first says with a few bytes that all blocks stay as they are."""
    # One code, of one bit, for a run of 2^14 blocks and more; 14 bits say how many more.
    first = grey_progressive(width, height, 1)
    run = segment(0xC4, b"\x10\x01" + bytes(15) + b"\xe0")
    blocks = -(-width // 8) * -(-height // 8)
    bits = ("0" + "1" * 14) * (blocks // 32767 + 1)
    bits += "1" * (-len(bits) % 8)
    data = int(bits, 2).to_bytes(len(bits) // 8, "big").replace(b"\xff", b"\xff\0")
    scan = segment(jm.SOS, b"\x01\x01\0\x01\x3f\0") + data
    return first[:-2] + run + scan * (scans - 1) + first[-2:]


def d3() -> dict[str, Hostile]:
    """Cut short, at a dozen places of each kind; decode_test.cpp cuts at every byte."""
    whole = {
        "baseline.jpg": plain(),
        "progressive.jpg": encoded(photo(), progressive=True),
        "plain.png": encoded(photo(), "PNG"),
        "lossy.webp": encoded(photo(), "WEBP"),
        "lossless.webp": encoded(photo(), "WEBP", lossless=True),
    }
    chance = random.Random(3)
    files = {}
    for name, content in whole.items():
        cuts = {16, len(content) - 1, *(chance.randrange(16, len(content)) for _ in range(10))}
        for cut in cuts:
            files[f"d3_{cut}_of_{name}"] = Hostile(content[:cut], "truncated")
    return files


def d6() -> dict[str, Hostile]:
    """EXIF orientation in every way to say it, and in ways that say nothing."""
    bare = jm.without(plain(), jm.APP0)
    files = {}

    def add(name: str, content: bytes, orientation: int) -> None:
        files[f"d6_{name}.jpg"] = Hostile(content, "ok", insert(bare, exif(orientation)))

    for orientation in range(10):
        valid = orientation if 1 <= orientation <= 8 else 1
        for order, mark in (("<", "little"), (">", "big")):
            add(f"{orientation}_{mark}", insert(bare, exif(orientation, order)), valid)
    add("twice_6_3", insert(bare, exif(6), exif(3)), 6)
    add("twice_1_8", insert(bare, exif(1), exif(8, ">")), 1)
    for name, structure in {
        "next_is_itself": jm.tiff(6, after=8),
        "next_is_far": jm.tiff(6, after=0xFFFFFFF0),
    }.items():
        add(name, insert(bare, segment(jm.APP1, b"Exif\0\0" + structure)), 6)
    tag = struct.pack("<HHIHH", 0x0112, 3, 1, 6, 0)
    for name, structure in {
        "directory_in_header": b"II*\0\0\0\0\0" + tag,
        "directory_far_away": b"II*\0\xf0\xff\xff\xff" + tag,
        "no_entries": b"II*\0\x08\0\0\0\0\0" + tag,
        "entries_without_end": b"II*\0\x08\0\0\0\xff\xff" + b"\0" * 200,
        "a_text": jm.tiff(6)[:12] + b"\x02" + jm.tiff(6)[13:],
        "cut_short": jm.tiff(6)[:20],
        "no_order": b"XX" + jm.tiff(6)[2:],
    }.items():
        add(name, insert(bare, segment(jm.APP1, b"Exif\0\0" + structure)), 1)
    # A file of two pictures, as cameras for depth write it: the first one counts.
    both = io.BytesIO()
    other = picture(77, 40)
    photo().save(both, "MPO", save_all=True, append_images=[other], quality=92, exif=jm.tiff(8))
    add("two_pictures_8", both.getvalue(), 8)
    single = encoded(photo(), quality=92, exif=jm.tiff(8))
    files["d6_two_pictures_8.jpg"].looks_like = single
    return files


def d7() -> dict[str, Hostile]:
    """Colours, subsamplings and kinds of JPEG that are rare."""
    cmyk = encoded(photo().convert("CMYK"), quality=92)
    adobe = jm.find(cmyk, jm.APP14)
    transform = adobe.at + 4 + 11
    bare = jm.without(plain(), jm.APP0)
    said = [segment(jm.APP14, b"Adobe\0\x64\0\0\0\0" + bytes([kind])) for kind in range(4)]
    rgb_names = bare
    for number, name in enumerate(b"RGB"):
        rgb_names = patch(rgb_names, jm.find(bare, 0xC0).at + 10 + 3 * number, bytes([name]))
        rgb_names = patch(rgb_names, jm.find(bare, jm.SOS).at + 5 + 2 * number, bytes([name]))
    readable = {
        "cmyk": cmyk,
        "cmyk_without_adobe": jm.without(cmyk, jm.APP14),
        "ycck": patch(cmyk, transform, b"\x02"),
        "adobe_0_is_rgb": insert(bare, said[0]),
        "adobe_1_is_ycc": insert(bare, said[1]),
        "adobe_2_of_three": insert(bare, said[2]),
        "adobe_3_unknown": insert(bare, said[3]),
        "neither_jfif_nor_adobe": bare,
        "named_r_g_b": rgb_names,
        "grey": encoded(photo().convert("L"), quality=92),
        "4_1_1": (GOLDEN / "baseline_411.jpg").read_bytes(),
        "4_4_0": (GOLDEN / "baseline_440.jpg").read_bytes(),
        "4_2_2": encoded(photo(), subsampling="4:2:2"),
        "arithmetic": (GOLDEN / "arithmetic.jpg").read_bytes(),
        "progressive_cmyk": encoded(photo().convert("CMYK"), progressive=True),
    }
    files = {f"d7_{name}.jpg": Hostile(file, "ok", file) for name, file in readable.items()}
    frame = jm.find(bare, 0xC0).at
    refused = {"12_bits": patch(bare, frame + 4, b"\x0c")}
    for name, kind in {"lossless": 3, "hierarchical": 5, "arithmetic_lossless": 11}.items():
        refused[name] = patch(bare, frame + 1, bytes([0xC0 + kind]))
    files |= {f"d7_{n}.jpg": Hostile(file, "unsupported_format") for n, file in refused.items()}
    return files


def d8() -> dict[str, Hostile]:
    """Much beside the picture."""
    whole = plain()
    full = 65533
    profile = b"".join(
        segment(jm.APP2, b"ICC_PROFILE\0" + bytes([i, 255]) + b"\xff" * (full - 14))
        for i in range(1, 256)
    )
    apps = b"".join(segment(jm.APP0 + 1 + i % 15, b"\xff" * full) for i in range(255))
    exifs = segment(jm.APP1, b"Exif\0\0" + b"\xff" * (full - 6)) * 255
    bomb = zlib.compress(bytes(64 << 20), 9)
    png = encoded(photo(), "PNG")
    after_header = 8 + 25
    more = chunk(b"iCCP", b"x\0\0" + bomb) + chunk(b"zTXt", b"x\0\0" + bomb) * 20
    more += chunk(b"iTXt", b"x\0\x01\0\0\0" + bomb) * 20
    webp = encoded(photo(), "WEBP", lossless=True, icc_profile=b"\xff" * (16 << 20))
    files = {
        "d8_profile_16_mb.jpg": insert(whole, profile),
        "d8_255_segments.jpg": insert(whole, apps),
        "d8_exif_16_mb.jpg": insert(whole, exifs),
        "d8_comments_of_nothing.jpg": insert(whole, segment(jm.COM) * 1_000_000),
        "d8_comments_16_mb.jpg": insert(whole, segment(jm.COM, b"\xff" * full) * 255),
        "d8_profile_bomb.png": png[:after_header] + more + png[after_header:],
        "d8_profile_16_mb.webp": webp,
    }
    png_like = png
    webp_like = encoded(photo(), "WEBP", lossless=True)
    likes = {"jpg": whole, "png": png_like, "webp": webp_like}
    return {
        name: Hostile(content, "ok", likes[name.rsplit(".", 1)[1]])
        for name, content in files.items()
    }


def d9() -> dict[str, Hostile]:
    """Files that are two things, or not what they are called: the first bytes decide."""
    whole = plain()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("run.sh", "#!/bin/sh\n")
        archive.writestr("photo.jpg", whole)
    page = b"<!DOCTYPE html><script>alert(1)</script>"
    film = struct.pack(">I", 24) + b"ftypisom" + bytes(4) + b"isomiso2" + chunk(b"mdat", b"x" * 99)
    script = segment(jm.COM, b"*/=1;alert(1);/*" + page)
    png = encoded(photo(), "PNG")
    ok = {
        "d9_zip_after.jpg": whole + packed.getvalue(),
        "d9_html_after.jpg": whole + page,
        "d9_mp4_after.jpg": whole + film,
        "d9_html_inside.jpg": insert(whole, script),
        "d9_called_png.png": whole,
        "d9_called_exe.jpg.exe": whole,
        "d9_called_html.jpg.html": whole,
        "d9_called_nothing": whole,
    }
    files = {name: Hostile(content, "ok", whole) for name, content in ok.items()}
    files["d9_zip_after.png"] = Hostile(png + packed.getvalue(), "ok", png)
    files["d9_called_jpeg.jpg"] = Hostile(png, "ok", png)
    skipped = {
        "d9_zip_before.jpg": packed.getvalue(),
        "d9_html_before.jpg": page + whole,
        "d9_mp4_before.jpg": film + whole,
        "d9_shell.php.jpg": b"<?php system('id'); ?>" + whole,
        "d9_program.jpg": b"#!/bin/sh\nexit 1\n",
        "d9_newline_before.jpg": b"\n" + whole,
        "d9_pdf_before.jpg": b"%PDF-1.7\n" + whole,
    }
    files |= {name: Hostile(content, "skipped") for name, content in skipped.items()}
    files["d9_gif_script.jpg"] = Hostile(b"GIF89a/*" + page + whole, "unsupported_format")
    files["d9_png_mark_on_jpeg.png"] = Hostile(b"\x89PNG\r\n\x1a\n" + whole, "corrupt")
    files["d9_jpeg_mark_on_png.jpg"] = Hostile(b"\xff\xd8\xff" + png, "corrupt")
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
        "d11_6500_16_bits.png": png_of_zeros(6500, 6500, 16, 6),
    }
    files |= {name: Hostile(content, "too_large") for name, content in bombs.items()}
    heic = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + random.Random(1).randbytes(600)
    avif = b"\0\0\0\x1cftypavif\0\0\0\0mif1miafavif" + random.Random(2).randbytes(600)
    files["d11_phone.heic"] = Hostile(heic, "unsupported_format")
    files["d11_phone.jpg"] = Hostile(heic, "unsupported_format")
    files["d11_picture.avif"] = Hostile(avif, "unsupported_format")
    return files


ROWS = {"D1": d1, "D2": d2, "D3": d3, "D6": d6, "D7": d7, "D8": d8, "D9": d9, "D11": d11}


@functools.cache
def hostile() -> dict[str, Hostile]:
    return {name: file for row in ROWS.values() for name, file in row().items()}
