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

import jpeg_markers as jm
from command import ROOT
from hostile_bombs import Hostile, chunk, d1, d2, d11, photo, plain
from jpeg_markers import exif, insert, patch, segment
from photographs import encoded, picture

GOLDEN = ROOT / "tests" / "golden" / "image"


def d3() -> dict[str, Hostile]:
    """Cut short, at a dozen places of each kind; decode_test.cpp cuts at every byte."""
    whole = {
        "baseline.jpg": plain(),
        "progressive.jpg": encoded(photo(), progressive=True),
        "plain.png": encoded(photo(), "PNG"),
        "lossy.webp": encoded(photo(), "WEBP"),
        "lossless.webp": encoded(photo(), "WEBP", lossless=True),
    }
    draw = random.Random(3)
    files = {}
    for name, content in whole.items():
        cuts = {16, len(content) - 1, *(draw.randrange(16, len(content)) for _ in range(10))}
        for cut in cuts:
            mark = {"jpg": 2, "png": 12}.get(name.rsplit(".", 1)[1], 0)
            whole_but_for_its_end = mark > 0 and cut >= len(content) - mark
            files[f"d3_{cut}_of_{name}"] = (
                Hostile(content[:cut], "ok", content)
                if whole_but_for_its_end
                else Hostile(content[:cut], "truncated")
            )
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
    # Numbers of other types, more than one, and the other place to say it: XMP.
    for kind, numbers in {4: "I", 9: "i", 5: "II", 12: "d", 16: "Q"}.items():
        for count in (1, 2):
            value = struct.pack("<" + numbers, *([8, 1][: len(numbers)])) * count
            entry = struct.pack("<HHI", 0x0112, kind, count)
            entry += value if len(value) <= 4 else struct.pack("<I", 26)
            structure = b"II*\0" + struct.pack("<IH", 8, 1) + entry + bytes(4) + value
            content = insert(bare, segment(jm.APP1, b"Exif\0\0" + structure))
            add(f"type_{kind}_count_{count}", content, 8)
    add("two_numbers", insert(bare, segment(jm.APP1, b"Exif\0\0" + jm.tiff(5, count=2))), 5)
    xmp = b'http://ns.adobe.com/xap/1.0/\0<x tiff:Orientation="%d"/>'
    add("xmp_3", insert(bare, segment(jm.APP1, xmp % 3)), 3)
    add("xmp_3_exif_6", insert(bare, exif(6), segment(jm.APP1, xmp % 3)), 6)
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
    # As ImageMagick keeps the EXIF of a JPEG in a PNG; as photo programs write XMP.
    png = encoded(photo(), "PNG")
    profile = b"Exif\0\0" + jm.tiff(6)
    text = b"\nexif\n%8d\n%s\n" % (len(profile), profile.hex().encode())
    raw = b"Raw profile type exif\0"
    xml = b"XML:com.adobe.xmp\0\0\0\0\0<tiff:Orientation>7</tiff:Orientation>"
    for name, more in {
        "raw": chunk(b"tEXt", raw + text),
        "raw_packed": chunk(b"zTXt", raw + b"\0" + zlib.compress(text)),
        "xmp": chunk(b"iTXt", xml),
    }.items():
        turned = png[:33] + more + png[33:]
        files[f"d6_{name}.png"] = Hostile(turned, "ok", turned)
    for name, more in {
        "exif": {"exif": b"Exif\0\0" + jm.tiff(6, count=2)},
        "xmp": {"xmp": xmp[29:] % 5},
    }.items():
        webp = encoded(photo(), "WEBP", lossless=True, **more)
        files[f"d6_{name}.webp"] = Hostile(webp, "ok", webp)
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
    no_images = {
        "d9_zip_before.jpg": packed.getvalue(),
        "d9_html_before.jpg": page + whole,
        "d9_mp4_before.jpg": film + whole,
        "d9_shell.php.jpg": b"<?php system('id'); ?>" + whole,
        "d9_program.jpg": b"#!/bin/sh\nexit 1\n",
        "d9_newline_before.jpg": b"\n" + whole,
    }
    files |= {name: Hostile(content, "not_an_image") for name, content in no_images.items()}
    files["d9_pdf_before.jpg"] = Hostile(b"%PDF-1.7\n" + whole, "unsupported_format")
    files["d9_gif_script.jpg"] = Hostile(b"GIF89a/*" + page + whole, "unsupported_format")
    files["d9_png_mark_on_jpeg.png"] = Hostile(b"\x89PNG\r\n\x1a\n" + whole, "corrupt")
    files["d9_jpeg_mark_on_png.jpg"] = Hostile(b"\xff\xd8\xff" + png, "corrupt")
    return files


ROWS = {"D1": d1, "D2": d2, "D3": d3, "D6": d6, "D7": d7, "D8": d8, "D9": d9, "D11": d11}


@functools.cache
def hostile() -> dict[str, Hostile]:
    return {name: file for row in ROWS.values() for name, file in row().items()}
