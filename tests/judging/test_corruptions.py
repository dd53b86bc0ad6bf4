# SPDX-License-Identifier: Apache-2.0
"""models/judging/corruptions.py on photographs of sample/ and on pictures whose outcome is known."""

import shutil
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
FRUITS = ROOT / "sample" / "fruits"
LABELS = ("Banana", "Plum")
sys.path.insert(0, str(ROOT / "models" / "judging"))

import corruptions  # noqa: E402
from corruptions import CORRUPTIONS  # noqa: E402

BY_NAME = {corruption.name: corruption for corruption in CORRUPTIONS}


def run(monkeypatch, *arguments) -> int:
    monkeypatch.setattr(sys, "argv", ["corruptions.py", *map(str, arguments)])
    return corruptions.main()


def files_below(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def changed(name, picture, seed=1):
    return np.asarray(BY_NAME[name].change(picture, seed)).astype(int)


def grey(value, size=(40, 30)):
    return Image.new("RGB", size, (value,) * 3)


@pytest.fixture
def photographs(tmp_path):
    folder = tmp_path / "photographs"
    for label in LABELS:
        shutil.copytree(FRUITS / label, folder / label)
    return folder


def test_every_corruption_is_the_same_tree_whatever_the_workers(photographs, tmp_path, monkeypatch):
    for workers in (1, 2):
        out = tmp_path / f"out{workers}"
        assert run(monkeypatch, photographs, "--out", out, "--workers", workers) == 0
    first, second = (files_below(tmp_path / f"out{workers}") for workers in (1, 2))
    assert first == second
    names = files_below(photographs)
    assert len(names) == 16
    assert set(first) == {f"{name}/{path}" for name in BY_NAME for path in names}
    of_one = {name: first[f"{name}/{min(names)}"] for name in BY_NAME}
    assert len(set(of_one.values())) == len(CORRUPTIONS) == 17
    assert sorted(p.name for p in tmp_path.iterdir()) == ["out1", "out2", "photographs"]


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    # Of the sRGB transfer function: 188 is half the light of white, 137 a quarter, 99 an eighth.
    [
        ("exposure-minus-1", 255, 188),
        ("exposure-minus-2", 255, 137),
        ("exposure-minus-1", 137, 99),
        ("exposure-plus-1", 137, 188),
        ("exposure-plus-1", 200, 255),
        ("exposure-minus-2", 0, 0),
    ],
)
def test_a_stop_is_a_factor_of_two_in_light(name, value, expected):
    assert (changed(name, grey(value)) == expected).all()


def test_lamps_and_shade_colour_a_grey_as_bright_as_it_was():
    for name, warm in (("white-tungsten", True), ("white-shade", False)):
        red, green, blue = changed(name, grey(128))[0, 0]
        assert (red > green > blue) if warm else (red < green < blue)
        light = [((value / 255 + 0.055) / 1.055) ** 2.4 for value in (red, green, blue)]
        luminance = np.dot(light, (0.2126, 0.7152, 0.0722))
        assert luminance == pytest.approx(0.2159, abs=0.005)


def test_rotations_are_anticlockwise_and_leave_no_black_corner():
    picture = grey(200)
    picture.putpixel((0, 0), (255, 0, 0))
    quarter, half = changed("rotated-90", picture), changed("rotated-180", picture)
    assert quarter.shape == (40, 30, 3) and half.shape == (30, 40, 3)
    assert list(quarter[-1, 0]) == list(half[-1, -1]) == [255, 0, 0]
    tilted = changed("rotated-15", grey(200))
    assert tilted.shape == (30, 40, 3) and (tilted == 200).all()


def test_blur_is_relative_to_the_shorter_side():
    edge = np.zeros((348, 400, 3), dtype=np.uint8)
    edge[:, 200:] = 255
    for radius in (1, 2, 4):
        row = changed(f"blur-{radius}", Image.fromarray(edge))[174, :, 0] / 255
        large = Image.fromarray(edge.repeat(2, axis=0).repeat(2, axis=1))
        large_row = changed(f"blur-{radius}", large)[348, ::2, 0] / 255
        # The spread of the derivative of a blurred edge is the radius of the blur.
        spread = np.sqrt(np.sum(np.diff(row) * (np.arange(399) - 199) ** 2))
        assert spread == pytest.approx(radius, rel=0.2)
        assert np.abs(row - large_row).max() < 0.2


def test_noise_grows_with_light_and_is_that_of_the_path():
    dark, light = changed("noise", grey(60, (300, 300))), changed("noise", grey(180, (300, 300)))
    assert dark.std() == pytest.approx(np.sqrt(36 + 1.25 * 60), rel=0.05)
    assert light.std() == pytest.approx(np.sqrt(36 + 1.25 * 180), rel=0.05)
    assert (changed("noise", grey(60), 1) == changed("noise", grey(60), 1)).all()
    assert (changed("noise", grey(60), 1) != changed("noise", grey(60), 2)).any()


def test_half_the_size_and_ever_stronger_compression(photographs, tmp_path, monkeypatch):
    out = tmp_path / "out"
    assert run(monkeypatch, photographs, "--out", out) == 0
    path = "Banana/109_100.jpg"
    assert Image.open(out / "half-size" / path).size == (50, 50)
    sizes = [(out / f"jpeg-{quality}" / path).stat().st_size for quality in (30, 50, 75, 95)]
    assert sizes == sorted(set(sizes))


@pytest.mark.parametrize("suffix", ["jpg", "png", "webp"])
def test_orientation_is_applied_and_no_metadata_carried_along(tmp_path, monkeypatch, suffix):
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned clockwise
    exif[0x010E] = "a secret"
    picture = grey(90, (60, 40))
    picture.paste((250, 250, 250), (0, 0, 30, 40))
    (tmp_path / "in" / "a").mkdir(parents=True)
    picture.save(tmp_path / "in" / "a" / f"b.{suffix}", exif=exif)
    assert run(monkeypatch, tmp_path / "in", "--out", tmp_path / "out") == 0
    for name in BY_NAME:
        path = tmp_path / "out" / name / "a" / f"b.{suffix}"
        assert b"secret" not in path.read_bytes() and b"Exif" not in path.read_bytes()
        with Image.open(path) as spoilt:
            assert not spoilt.getexif()
            assert spoilt.format == {"jpg": "JPEG", "png": "PNG", "webp": "WEBP"}[suffix]
            if name == "jpeg-95":
                assert spoilt.size == (40, 60)
                pixels = np.asarray(spoilt.convert("L")).astype(int)
                assert (pixels[:25] > 240).all() and (pixels[35:] < 100).all()


def test_a_broken_photograph_is_reported_and_the_others_are_done(
    photographs, tmp_path, monkeypatch, capsys
):
    (photographs / "Plum" / "broken.jpg").write_bytes(b"\xff\xd8\xff no photograph")
    assert run(monkeypatch, photographs, "--out", tmp_path / "out") == 1
    said = capsys.readouterr()
    assert "broken.jpg" in said.err and said.out.startswith("16 photographs in 17 corruptions")
    assert len(files_below(tmp_path / "out")) == 16 * 17


def test_refusals_say_what_to_do(photographs, tmp_path, monkeypatch, capsys):
    empty = tmp_path / "empty"
    empty.mkdir()
    for source, out, code, reason in (
        (tmp_path / "gone", tmp_path / "out", 3, "is no folder"),
        (photographs, empty, 2, "exists"),
        (photographs, photographs / "out", 2, "lies in"),
        (empty, tmp_path / "out", 3, "holds no photograph"),
    ):
        assert run(monkeypatch, source, "--out", out) == code
        assert reason in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
