#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes tests/golden/image: small pictures of every kind and what Pillow makes of them.

usage: .venv/bin/python tools/golden_image.py

Needs Pillow, numpy, scipy, and cjpeg (Debian: libjpeg-turbo-progs) for the kinds of JPEG that Pillow
does not write. Expected pixels are Pillow's, as PPM; those of 16-bit PNG are numpy's, for Pillow
drops the low bytes where we round, and blurred ones are scipy's. cases.json lists all of it with the tolerance of each case in levels.
"""

import io
import json
import math
import struct
import subprocess
import warnings
import zlib
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps
from scipy.ndimage import gaussian_filter

OUT = Path(__file__).resolve().parent.parent / "tests" / "golden" / "image"
FILTERS = {
    "box": Image.Resampling.BOX,
    "bilinear": Image.Resampling.BILINEAR,
    "bicubic": Image.Resampling.BICUBIC,
    "lanczos": Image.Resampling.LANCZOS,
}
CASES = {
    "decode": [],
    "orientation": [],
    "scaled": [],
    "reduced": [],
    "resize": [],
    "fit": [],
    "warp": [],
    "blur": [],
}


def scene(width, height, channels=3, seed=1):
    """Smooth colours, hard edges and some noise, so that every mistake shows."""
    random = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width].astype(float)
    planes = []
    for channel in range(channels):
        plane = 127 + 90 * np.sin(x / (5 + channel)) * np.cos(y / (7 - channel))
        plane[(x // 9 + y // 11) % 3 == channel % 3] += 50
        planes.append(plane + random.normal(0, 6, plane.shape))
    return np.clip(np.stack(planes, axis=-1), 0, 255).round().astype(np.uint8)


def over_white(image):
    if "A" not in image.getbands() and "transparency" not in image.info:
        return image.convert("RGB")
    image = image.convert("RGBA")
    result = Image.new("RGB", image.size, (255, 255, 255))
    result.paste(image.convert("RGB"), mask=image.getchannel("A"))
    return result


def write_expected(name, image):
    image.save(OUT / name)
    return name


def decode_case(name, data, tolerance, expected=None):
    (OUT / name).write_bytes(data)
    if expected is None:
        expected = over_white(ImageOps.exif_transpose(Image.open(io.BytesIO(data))))
    CASES["decode"].append(
        {
            "file": name,
            "expected": write_expected(name.replace(".", "_") + ".ppm", expected),
            "tolerance": tolerance,
        }
    )


# --- JPEG


def jpeg(image, **options):
    data = io.BytesIO()
    image.save(data, "JPEG", **options)
    return data.getvalue()


def cjpeg(image, *options):
    ppm = io.BytesIO()
    image.save(ppm, "PPM")
    return subprocess.run(
        ["cjpeg", *options], input=ppm.getvalue(), stdout=subprocess.PIPE, check=True
    ).stdout


def adobe_segment(data):
    at = data.index(b"\xff\xee\x00\x0eAdobe")
    return at, at + 16


def tiff_with_orientation(orientation, order):
    mark = b"II" if order == "<" else b"MM"
    entries = struct.pack(order + "HHIHH", 0x0100, 3, 1, 24, 0)
    entries += struct.pack(order + "HHIHH", 0x0112, 3, 1, orientation, 0)
    return (
        mark + struct.pack(order + "HI", 42, 8) + struct.pack(order + "H", 2) + entries + bytes(4)
    )


def xmp_packet(text):
    return f"<x:xmpmeta xmlns:x='adobe:ns:meta/'>{text}</x:xmpmeta>".encode()


def app1(payload):
    return b"\xff\xe1" + struct.pack(">H", len(payload) + 2) + payload


def orientation_case(exif, xmp=b""):
    """What Pillow makes of an EXIF structure and an XMP packet, told by what becomes of a picture."""
    picture = Image.fromarray(scene(8, 5))
    data = jpeg(picture, quality=95)
    turned = [ImageOps.exif_transpose(picture)] + [
        picture.transpose(method) for method in TRANSPOSITIONS
    ]
    segments = app1(b"Exif\0\0" + exif) if exif else b""
    segments += app1(b"http://ns.adobe.com/xap/1.0/\0" + xmp) if xmp else b""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of tags with too many numbers
        found = ImageOps.exif_transpose(Image.open(io.BytesIO(data[:2] + segments + data[2:])))
    away = [
        np.abs(np.asarray(found, int) - np.asarray(image, int)).mean()
        if found.size == image.size
        else 255
        for image in turned
    ]
    CASES["orientation"].append(
        {"exif": exif.hex(), "xmp": xmp.decode(), "orientation": int(np.argmin(away)) + 1}
    )


TRANSPOSITIONS = [
    Image.Transpose.FLIP_LEFT_RIGHT,
    Image.Transpose.ROTATE_180,
    Image.Transpose.FLIP_TOP_BOTTOM,
    Image.Transpose.TRANSPOSE,
    Image.Transpose.ROTATE_270,
    Image.Transpose.TRANSVERSE,
    Image.Transpose.ROTATE_90,
]
# Types of TIFF by their number, as struct packs one: two numbers make a rational.
TIFF_TYPES = {
    1: "B", 2: "c", 3: "H", 4: "I", 5: "II", 6: "b", 7: "B", 8: "h",
    9: "i", 10: "ii", 11: "f", 12: "d", 13: "I", 16: "Q", 18: "Q",
}  # fmt: skip


def tiff_of_type(kind, count, order, orientation=6, mark=None):
    value = {"c": [b"6"], "II": [orientation, 1], "ii": [orientation, 1]}
    kinds = TIFF_TYPES[kind]
    one = struct.pack(order + kinds, *value.get(kinds, [orientation]))
    numbers = one * max(count, 1)
    far = len(one) * count > 4
    entry = struct.pack(order + "HHI", 0x0112, kind, count)
    entry += struct.pack(order + "I", 26) if far else (numbers + bytes(4))[:4]
    mark = mark or (b"II*\0" if order == "<" else b"MM\0*")
    return mark + struct.pack(order + "IH", 8, 1) + entry + bytes(4) + numbers


def orientation_cases():
    for order in "<>":
        for kind in TIFF_TYPES:
            for count in (0, 1, 2, 3):
                orientation_case(tiff_of_type(kind, count, order))
        for orientation in (0, 1, 2, 3, 4, 5, 6, 7, 8, 9):
            orientation_case(tiff_of_type(4, 1, order, orientation))
            orientation_case(tiff_of_type(3, 2, order, orientation))
    orientation_case(tiff_of_type(3, 1, "<", mark=b"II\0*"))
    orientation_case(tiff_of_type(3, 1, ">", mark=b"MM*\0"))
    orientation_case(tiff_of_type(4, 2, "<")[:-5])  # its numbers are cut
    twice = tiff_of_type(3, 1, "<", 8)[10:22] + tiff_of_type(3, 1, "<", 3)[10:22]
    orientation_case(b"II*\0" + struct.pack("<IH", 8, 2) + twice + bytes(4))
    other = struct.pack("<HHIHH", 0x0100, 3, 1, 24, 0)
    silent = b"II*\0" + struct.pack("<IH", 8, 1) + other + bytes(4)
    attribute = xmp_packet('<rdf:Description tiff:Orientation="6"/>')
    for exif in (b"", silent, tiff_of_type(3, 1, "<", 1), tiff_of_type(3, 1, "<", 9)):
        orientation_case(exif, attribute)
    for text in (
        "<tiff:Orientation>8</tiff:Orientation>",
        "<a tiff:Orientation='6'/>",
        '<a tiff:Orientation="0"/>',
        '<a tiff:Orientation="9"/>',
        '<a tiff:Orientations="3" tiff:Orientation="5"/>',
        '<a tiff:Orientation="',
    ):
        orientation_case(b"", xmp_packet(text))


def jpeg_cases():
    photo = Image.fromarray(scene(37, 23))
    cmyk = Image.fromarray(scene(21, 13, 4), "CMYK")
    decode_case("baseline_420.jpg", jpeg(photo, quality=85, subsampling="4:2:0"), 2)
    decode_case("baseline_422.jpg", jpeg(photo, quality=85, subsampling="4:2:2"), 2)
    decode_case("baseline_444.jpg", jpeg(photo, quality=85, subsampling="4:4:4"), 2)
    decode_case("baseline_411.jpg", cjpeg(photo, "-sample", "4x1"), 2)
    decode_case("baseline_440.jpg", cjpeg(photo, "-sample", "1x2"), 2)
    decode_case("restarts.jpg", cjpeg(photo, "-restart", "1", "-sample", "1x1"), 2)
    decode_case("progressive.jpg", jpeg(photo, quality=85, progressive=True), 2)
    decode_case("arithmetic.jpg", cjpeg(photo, "-arithmetic"), 2)
    decode_case("rgb.jpg", cjpeg(photo, "-rgb"), 2)
    decode_case("grey.jpg", jpeg(photo.convert("L"), quality=85), 2)
    decode_case("one_pixel.jpg", jpeg(photo.crop((3, 3, 4, 4))), 2)
    plain = jpeg(cmyk, quality=85)
    begin, end = adobe_segment(plain)
    decode_case("cmyk.jpg", plain, 2)
    decode_case("cmyk_without_adobe.jpg", plain[:begin] + plain[end:], 2)
    decode_case("ycck.jpg", plain[: end - 1] + b"\x02" + plain[end:], 2)
    small = Image.fromarray(scene(19, 11))
    for orientation in range(1, 9):
        for mark, order in (("ii", "<"), ("mm", ">")):
            exif = b"Exif\0\0" + tiff_with_orientation(orientation, order)
            name = f"orientation_{orientation}_{mark}.jpg"
            decode_case(name, jpeg(small, quality=80, exif=exif), 2)
    long_number = b"Exif\0\0" + tiff_of_type(4, 1, ">")
    decode_case("orientation_long.jpg", jpeg(small, quality=80, exif=long_number), 2)
    decode_case(
        "orientation_two_numbers.jpg",
        jpeg(small, quality=80, exif=b"Exif\0\0" + tiff_of_type(3, 2, "<")),
        2,
    )
    decode_case(
        "orientation_xmp.jpg",
        jpeg(small, quality=80, xmp=xmp_packet('<a tiff:Orientation="8"/>')),
        2,
    )
    large = Image.fromarray(scene(131, 117))
    data = jpeg(large, quality=80)
    (OUT / "large.jpg").write_bytes(data)
    for denominator, target_side in ((1, 30), (2, 29), (4, 14), (8, 7)):
        image = Image.open(io.BytesIO(data))
        image.draft("RGB", (131 // denominator, 117 // denominator))
        assert image.size == (-(-131 // denominator), -(-117 // denominator))
        expected = write_expected(f"large_{denominator}.ppm", image)
        CASES["scaled"].append(
            {"file": "large.jpg", "target_side": target_side, "expected": expected, "tolerance": 2}
        )


# --- PNG

ADAM7 = [
    (0, 0, 8, 8),
    (4, 0, 8, 8),
    (0, 4, 4, 8),
    (2, 0, 4, 4),
    (0, 2, 2, 4),
    (1, 0, 2, 2),
    (0, 1, 1, 2),
]


def png_rows(samples, depth):
    """samples: height × width × channels. One filter byte (Up, to be less trivial) a row."""
    rows = []
    above = None
    for row in samples:
        values = row.reshape(-1)
        if depth == 16:
            packed = values.astype(">u2").tobytes()
        elif depth == 8:
            packed = values.astype(np.uint8).tobytes()
        else:
            bits = (values[:, None] >> np.arange(depth - 1, -1, -1)) & 1
            packed = np.packbits(bits.reshape(-1).astype(np.uint8)).tobytes()
        line = np.frombuffer(packed, np.uint8)
        rows.append(b"\x02" + (line - (0 if above is None else above)).astype(np.uint8).tobytes())
        above = line
    return b"".join(rows)


def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(samples, color_type, depth, interlaced=False, extra=b""):
    height, width = samples.shape[:2]
    samples = samples.reshape(height, width, -1)
    if interlaced:
        passes = [samples[y::dy, x::dx] for x, y, dx, dy in ADAM7]
        data = b"".join(png_rows(part, depth) for part in passes if part.size)
    else:
        data = png_rows(samples, depth)
    header = struct.pack(">IIBBBBB", width, height, depth, color_type, 0, 0, int(interlaced))
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + extra
        + chunk(b"IDAT", zlib.compress(data, 9))
        + chunk(b"IEND", b"")
    )


def from_16_bits(samples):
    """height × width × 3 or 4, composed over white at 16 bits, then rounded to 8."""
    values = samples.astype(float)
    if values.shape[-1] == 4:
        alpha = values[..., 3:] / 65535
        values = values[..., :3] * alpha + 65535 * (1 - alpha)
    return Image.fromarray((values / 257).round().astype(np.uint8), "RGB")


def png_cases():
    rgb = scene(23, 17)
    rgba = scene(23, 17, 4)
    grey = scene(23, 17, 1)
    palette = scene(16, 16, 3, seed=2).reshape(-1)
    plte = chunk(b"PLTE", palette.tobytes())
    alphas = chunk(b"tRNS", bytes(range(0, 256, 3)))
    wide = rgba.astype(np.uint16) * 257 ^ 0xFF  # low bytes that rounding heeds
    for interlaced in (False, True):
        end = "_interlaced.png" if interlaced else ".png"
        decode_case("rgb" + end, png(rgb, 2, 8, interlaced), 0)
        decode_case("rgba" + end, png(rgba, 6, 8, interlaced), 0)
        decode_case("grey_alpha" + end, png(rgba[..., 2:], 4, 8, interlaced), 0)
        decode_case("palette" + end, png(grey, 3, 8, interlaced, plte), 0)
        decode_case("palette_alpha" + end, png(grey, 3, 8, interlaced, plte + alphas), 0)
        wide_rgb, wide_rgba = wide[..., :3], wide
        decode_case("rgb_16" + end, png(wide_rgb, 2, 16, interlaced), 0, from_16_bits(wide_rgb))
        decode_case("rgba_16" + end, png(wide_rgba, 6, 16, interlaced), 1, from_16_bits(wide_rgba))
    for depth in (1, 2, 4, 8):
        levels = grey >> (8 - depth)
        decode_case(f"grey_{depth}.png", png(levels, 0, depth), 0)
        if depth < 8:
            decode_case(f"palette_{depth}.png", png(levels, 3, depth, extra=plte), 0)
    three = np.repeat(wide[..., :1], 3, axis=-1)
    decode_case("grey_16.png", png(wide[..., :1], 0, 16), 0, from_16_bits(three))
    grey_alpha = np.concatenate([three, wide[..., 3:]], axis=-1)
    decode_case("grey_alpha_16.png", png(wide[..., [0, 3]], 4, 16), 1, from_16_bits(grey_alpha))
    key = chunk(b"tRNS", struct.pack(">HHH", *(int(v) for v in rgb[5, 5])))
    decode_case("rgb_key.png", png(rgb, 2, 8, extra=key), 0)
    decode_case(
        "grey_key.png",
        png(grey, 0, 8, extra=chunk(b"tRNS", struct.pack(">H", int(grey[4, 4, 0])))),
        0,
    )
    # Pillow compares the key with the levels after it has spread them to 8 bits.
    levels = grey[..., 0] >> 4
    keyed = Image.fromarray(np.where(levels == 7, 255, levels * 17).astype(np.uint8)).convert("RGB")
    key = chunk(b"tRNS", struct.pack(">H", 7))
    decode_case("grey_4_key.png", png(levels, 0, 4, extra=key), 0, keyed)
    decode_case("gamma.png", png(rgba, 6, 8, extra=chunk(b"gAMA", struct.pack(">I", 100000))), 0)
    exif = chunk(b"eXIf", tiff_with_orientation(6, ">"))
    decode_case("orientation_6.png", png(rgb, 2, 8, extra=exif), 0)
    profile = b"Exif\0\0" + tiff_with_orientation(6, "<")
    digits = profile.hex()
    lines = [digits[at : at + 72] for at in range(0, len(digits), 72)]
    text = f"\nexif\n{len(profile):8}\n".encode() + "\n".join(lines).encode() + b"\n"
    keyword = b"Raw profile type exif\0"
    decode_case("orientation_raw.png", png(rgb, 2, 8, extra=chunk(b"tEXt", keyword + text)), 0)
    packed = chunk(b"zTXt", keyword + b"\0" + zlib.compress(text))
    decode_case("orientation_raw_packed.png", png(rgb, 2, 8, extra=packed), 0)
    # The chunk made for it comes first, wherever it stands.
    upright = chunk(b"eXIf", tiff_with_orientation(1, ">"))
    decode_case("orientation_raw_and_1.png", png(rgb, 2, 8, extra=packed + upright), 0)
    packet = xmp_packet('<a tiff:Orientation="3"/>')
    xmp = b"XML:com.adobe.xmp\0"
    decode_case(
        "orientation_xmp.png",
        png(rgb, 2, 8, extra=chunk(b"iTXt", xmp + b"\0\0\0\0" + packet)),
        0,
    )
    decode_case(
        "orientation_xmp_packed.png",
        png(rgb, 2, 8, extra=chunk(b"iTXt", xmp + b"\1\0en\0x\0" + zlib.compress(packet))),
        0,
    )
    frames = [Image.fromarray(scene(23, 17, 4, seed=seed), "RGBA") for seed in (3, 4)]
    data = io.BytesIO()
    frames[0].save(data, "PNG", save_all=True, append_images=frames[1:])
    decode_case("animated.png", data.getvalue(), 0)


# --- WebP


def webp(image, **options):
    data = io.BytesIO()
    image.save(data, "WEBP", **options)
    return data.getvalue()


def riff_chunk(name, data):
    return name + struct.pack("<I", len(data)) + data + bytes(len(data) % 2)


def int24(value):
    return struct.pack("<I", value)[:3]


def webp_with_part_frame(image, canvas, x, y):
    """An animation whose first frame covers only a part of the canvas."""
    bitstream = webp(image, lossless=True)[12:]
    frame = int24(x // 2) + int24(y // 2) + int24(image.width - 1) + int24(image.height - 1)
    frame += int24(100) + b"\x00" + bitstream
    header = b"\x12\0\0\0" + int24(canvas[0] - 1) + int24(canvas[1] - 1)
    body = riff_chunk(b"VP8X", header) + riff_chunk(b"ANIM", b"\x10\x20\x30\xff\0\0")
    return riff_chunk(b"RIFF", b"WEBP" + body + riff_chunk(b"ANMF", frame))


def webp_cases():
    rgb = Image.fromarray(scene(29, 21))
    rgba = Image.fromarray(scene(29, 21, 4))
    decode_case("lossy.webp", webp(rgb, quality=70), 2)
    decode_case("lossless.webp", webp(rgb, lossless=True), 0)
    decode_case("lossy_alpha.webp", webp(rgba, quality=70), 2)
    decode_case("lossless_alpha.webp", webp(rgba, lossless=True, exact=True), 0)
    second = Image.fromarray(scene(29, 21, 4, seed=7))
    decode_case(
        "animated.webp", webp(rgba, save_all=True, append_images=[second], lossless=True), 0
    )
    decode_case(
        "part_frame.webp", webp_with_part_frame(rgba.crop((0, 0, 13, 9)), (29, 21), 4, 6), 0
    )
    exif = b"Exif\0\0" + tiff_with_orientation(8, "<")
    decode_case("orientation_8.webp", webp(rgb, lossless=True, exif=exif), 0)
    exif = b"Exif\0\0" + tiff_of_type(4, 2, "<", 5)
    decode_case("orientation_long.webp", webp(rgb, lossless=True, exif=exif), 0)
    packet = xmp_packet("<tiff:Orientation>6</tiff:Orientation>")
    decode_case("orientation_xmp.webp", webp(rgb, lossless=True, xmp=packet), 0)


# --- Reducing and resizing


def reduced_cases():
    source = Image.open(OUT / "scene.ppm")
    for factor in (2, 4, 8):
        expected = write_expected(f"reduced_{factor}.ppm", source.reduce(factor))
        CASES["reduced"].append({"source": "scene.ppm", "factor": factor, "expected": expected})


def resize_cases():
    source = Image.fromarray(scene(48, 37))
    source.save(OUT / "scene.ppm")
    sizes = [(13, 11), (64, 50), (48, 10), (9, 37), (1, 1)]
    for name, kind in FILTERS.items():
        boxes = [(size, (0, 0, 48, 37)) for size in sizes]
        boxes += [((16, 16), (3.3, 2.7, 40.1, 35.9)), ((21, 30), (20.25, 10.5, 27.75, 19.0))]
        for index, ((width, height), box) in enumerate(boxes):
            expected = source.resize((width, height), kind, box)
            CASES["resize"].append(
                {
                    "source": "scene.ppm",
                    "filter": name,
                    "box": box,
                    "width": width,
                    "height": height,
                    "expected": write_expected(f"resize_{name}_{index}.ppm", expected),
                }
            )


def fit_cases():
    source = Image.open(OUT / "scene.ppm")
    width, height = source.size
    for name, image in (("wide", source), ("tall", source.transpose(Image.Transpose.ROTATE_90))):
        image.save(OUT / f"fit_{name}.ppm")
        shorter = min(image.size)
        left, top = ((length - shorter) / 2 for length in image.size)
        cropped = image.resize(
            (20, 20), FILTERS["bicubic"], (left, top, left + shorter, top + shorter)
        )
        scaled = [max(int(length * 20 / max(image.size) + 0.5), 1) for length in image.size]
        padded = Image.new("RGB", (20, 20), (127, 127, 127))
        padded.paste(
            image.resize(scaled, FILTERS["bicubic"]), [(20 - length) // 2 for length in scaled]
        )
        results = {
            "squash": image.resize((20, 20), FILTERS["bicubic"]),
            "crop": cropped,
            "pad": padded,
        }
        for fit, result in results.items():
            CASES["fit"].append(
                {
                    "source": f"fit_{name}.ppm",
                    "fit": fit,
                    "side": 20,
                    "filter": "bicubic",
                    "expected": write_expected(f"fit_{name}_{fit}.ppm", result),
                }
            )


# --- Warping and blurring


def warp_cases():
    source = Image.open(OUT / "scene.ppm")
    half = math.sqrt(0.5)
    maps = [
        (40, 30, (0.7, 0, 3.3, 0, 0.8, 2.1)),  # larger, cut
        (60, 60, (half, half, -18, -half, half, 19)),  # turned by 45 degrees, corners outside
        (48, 37, (-1, 0, 48, 0.2, 1, -4)),  # mirrored, slanted
        (21, 17, (2.2, 0.3, -1, -0.1, 2.1, 0.5)),
    ]
    for index, (width, height, map_) in enumerate(maps):
        expected = source.transform(
            (width, height), Image.Transform.AFFINE, map_, Image.Resampling.BICUBIC
        )
        CASES["warp"].append(
            {
                "map": map_,
                "width": width,
                "height": height,
                "expected": write_expected(f"warp_{index}.ppm", expected),
            }
        )


def blur_cases():
    source = np.asarray(Image.open(OUT / "scene.ppm"), float)
    for index, sigma in enumerate((0.4, 1.3, 6.5)):
        blurred = gaussian_filter(source, (sigma, sigma, 0), mode="nearest", truncate=4)
        expected = Image.fromarray(blurred.round().astype(np.uint8))
        CASES["blur"].append(
            {"sigma": sigma, "expected": write_expected(f"blur_{index}.ppm", expected)}
        )


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    for old in OUT.iterdir():
        old.unlink()
    orientation_cases()
    jpeg_cases()
    png_cases()
    webp_cases()
    resize_cases()
    reduced_cases()
    fit_cases()
    warp_cases()
    blur_cases()
    (OUT / "cases.json").write_text(json.dumps(CASES, indent=1) + "\n")
    files = list(OUT.iterdir())
    print(f"{len(files)} files, {sum(f.stat().st_size for f in files)} bytes in {OUT}")


if __name__ == "__main__":
    main()
