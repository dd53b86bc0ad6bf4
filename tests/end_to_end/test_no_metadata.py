# SPDX-License-Identifier: Apache-2.0
"""Row G7 of docs/reliability.md: what photographs carry beside their pixels gets into no output.

Strings are planted wherever a photograph can hold one; then every picture the chain made is taken
apart, and every file, column and message is searched.
"""

import io
import json
import shutil
import struct
import subprocess

import jpeg_markers as jm
import pytest
from command import NOT_ALL_GOOD, TINY
from hostile_bombs import chunk
from jpeg_markers import insert, segment
from photographs import encoded, make_folder, picture
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from tables import parts_of, pictures_of_report, rows_of

PLACES = ["description", "gps", "maker", "date", "xmp", "profile", "comment", "iptc", "app15"]
PLACES += ["trailing", "text", "inner"]
PLANTED = {name: f"Pl4nted-{name}-canary".encode() for name in PLACES}
# As numbers, for a place is told in numbers.
LATITUDE = (48_858_223, 1_000_003)
NEEDLES = [*PLANTED.values(), struct.pack(">II", *LATITUDE)]
STRUCTURE = {jm.SOI, jm.APP0, 0xDB, 0xC0, 0xC4, jm.SOS, jm.EOI}


def exif() -> bytes:
    tags = Image.Exif()
    tags[0x010E] = PLANTED["description"].decode()
    tags[0x0112] = 6
    inner = tags.get_ifd(0x8769)
    inner[0x9003] = PLANTED["date"].decode()
    inner[0x927C] = PLANTED["maker"]
    place = tags.get_ifd(0x8825)
    place[2] = (2.5, 3.5, 4.5)
    place[0x1B] = PLANTED["gps"]
    structure = tags.tobytes()
    number = struct.pack(">II", 5, 2)  # 2.5
    assert structure.startswith(b"Exif\0\0MM") and number in structure
    # A small picture within EXIF, after all else.
    return structure.replace(number, struct.pack(">II", *LATITUDE)) + PLANTED["inner"]


def planted_jpeg(image: Image.Image) -> bytes:
    profile = b"ICC_PROFILE\0\x01\x01" + bytes(128) + PLANTED["profile"]
    iptc = b"Photoshop 3.0\x008BIM\x04\x04\0\0\0\0\0\x20" + PLANTED["iptc"]
    parts = [
        segment(jm.APP1, exif()),
        segment(jm.APP1, b"http://ns.adobe.com/xap/1.0/\0<x>" + PLANTED["xmp"] + b"</x>"),
        segment(jm.APP2, profile),
        segment(jm.APP13, iptc),
        segment(jm.APP15, PLANTED["app15"]),
        segment(jm.COM, PLANTED["comment"]),
    ]
    return insert(encoded(image), *parts) + PLANTED["trailing"]


def planted_png(image: Image.Image) -> bytes:
    texts = PngInfo()
    texts.add_text("Comment", PLANTED["text"].decode())
    texts.add_itxt("XML:com.adobe.xmp", PLANTED["xmp"].decode())
    png = encoded(image, "PNG", pnginfo=texts, icc_profile=PLANTED["profile"])
    return png[:33] + chunk(b"eXIf", exif()[6:]) + png[33:] + PLANTED["trailing"]


def planted_webp(image: Image.Image) -> bytes:
    more = {"exif": exif(), "xmp": PLANTED["xmp"], "icc_profile": PLANTED["profile"]}
    return encoded(image, "WEBP", lossless=True, **more) + PLANTED["trailing"]


@pytest.fixture(scope="module")
def images(tmp_path_factory):
    root = make_folder(tmp_path_factory.mktemp("planted") / "images")
    for number, path in enumerate(sorted(root.rglob("*.jpg"))):
        make = [planted_jpeg, planted_jpeg, planted_png, planted_webp][number % 4]
        path.write_bytes(make(Image.open(io.BytesIO(path.read_bytes()))))
    # These fail, and a failure has a message.
    whole = planted_jpeg(picture(1))
    (root / "a" / "cut.jpg").write_bytes(whole[: whole.rindex(b"\xff\xda") + 40])
    (root / "a" / "noise.jpg").write_bytes(b"\xff\xd8\xff" + b"".join(PLANTED.values()))
    return root


@pytest.fixture(scope="module")
def done(tiny, images, tmp_path_factory):
    """The results, and all that the commands printed."""
    out = tmp_path_factory.mktemp("planted_out") / "out"
    log = ["--log-timing", "--max-failures", "0.5"]
    outcomes = [tiny("run", images, "--out", out, *TINY, *log)]
    outcomes.append(tiny("report", out))
    outcomes.append(tiny("verify", out, code=None))
    outcomes.append(tiny("predict", out, images / "b" / "1.jpg"))
    outcomes.append(tiny("predict", out, images / "a" / "cut.jpg", code=NOT_ALL_GOOD))
    return out, b"".join(outcome.out + outcome.err for outcome in outcomes)


@pytest.fixture(scope="module")
def pictures(done):
    """Every picture that was made: those of the table and those within the page."""
    out, _ = done
    table = [row["jpeg"] for row in rows_of(out / "previews")]
    page = pictures_of_report(out)
    assert len(table) == 18 and page
    return table + page


def holds(data: bytes) -> list[bytes]:
    return [needle for needle in NEEDLES if needle in data]


def test_g7_the_strings_are_there_to_be_found(images):
    jpeg, png = planted_jpeg(picture(1)), planted_png(picture(1))
    assert set(holds(jpeg + png)) == set(NEEDLES)
    assert all(holds(path.read_bytes()) for path in images.rglob("*.jpg"))


def test_g7_pictures_hold_nothing_but_structure(pictures):
    for jpeg in pictures:
        parts, after = jm.segments(jpeg)
        assert after == b""
        assert {part.marker for part in parts} <= STRUCTURE
        jfif = [part.payload for part in parts if part.marker == jm.APP0]
        assert len(jfif) == 1 and jfif[0].startswith(b"JFIF\0") and len(jfif[0]) == 14
        assert jfif[0].endswith(b"\0\0"), "no small picture within"
        assert not holds(jpeg)


def test_g7_no_planted_string_is_in_any_file_column_or_message(done):
    out, printed = done
    files = [path for path in out.rglob("*") if path.is_file()]
    assert len(files) > 15
    for path in files:
        assert not holds(path.read_bytes()), path
    for folder in {path.parent for path in files if path.suffix == ".parquet"}:
        assert parts_of(folder)
        for row in rows_of(folder):
            for column, value in row.items():
                data = value if isinstance(value, bytes) else str(value).encode()
                assert not holds(data), f"{folder}: {column}"
    assert printed and not holds(printed)


def test_g7_exiftool_sees_structure_only(pictures, tmp_path):
    if not shutil.which("exiftool"):
        pytest.skip("exiftool (Debian: libimage-exiftool-perl) is not here; our own walker looked")
    for number, jpeg in enumerate(pictures):
        (tmp_path / f"{number}.jpg").write_bytes(jpeg)
    words = ["exiftool", "-j", "-G1", "-a", "-u", "-U", tmp_path]
    told = json.loads(subprocess.run(words, capture_output=True, check=True).stdout)
    assert len(told) == len(pictures)
    groups = {name.split(":")[0] for file in told for name in file if name != "SourceFile"}
    assert groups <= {"File", "System", "ExifTool", "JFIF", "Composite"}
