# SPDX-License-Identifier: Apache-2.0
"""Photographs of today's cameras and cut-outs: all of them pass at default limits, and look as
Pillow shows them. All are made in memory from a small one."""

import io

import numpy as np
import pytest
from command import NOT_ALL_GOOD, TINY, USAGE
from photographs import encoded, make_folder
from PIL import Image, ImageDraw
from tables import failures_of, json_of, rows_of, statuses_of

SIDE = 48  # of previews


def fruit(mode: str = "RGB") -> Image.Image:
    """One smooth fruit on white, or on transparent ground."""
    y, x = np.mgrid[0:300, 0:400]
    away = np.hypot(y - 140, x - 180) / 120
    shade = np.clip(1 - away, 0, 1)
    rgb = np.full((300, 400, 3), 255.0)
    for channel, (least, more) in enumerate(((190, 60), (60, 90), (30, 20))):
        rgb[..., channel][away < 1] = (least + more * shade)[away < 1]
    image = Image.fromarray(rgb.astype(np.uint8))
    if mode == "RGBA":
        image.putalpha(Image.fromarray((np.clip((1 - away) * 60, 0, 1) * 255).astype(np.uint8)))
    return image


def large(width: int, height: int, mode: str = "RGB") -> Image.Image:
    return fruit("RGBA" if mode == "RGBA" else "RGB").convert(mode).resize((width, height))


def on_white(image: Image.Image) -> Image.Image:
    if image.mode != "RGBA":
        return image.convert("RGB")
    result = Image.new("RGB", image.size, (255, 255, 255))
    result.paste(image.convert("RGB"), mask=image.getchannel("A"))
    return result


def cameras() -> dict[str, bytes]:
    baseline = {"quality": 85}
    progressive = {"quality": 85, "progressive": True}
    return {
        "108_million.jpg": encoded(large(12000, 9000), **baseline),
        "200_million.jpg": encoded(large(16320, 12240, "L"), **baseline),
        "250_million.jpg": encoded(large(18250, 13690, "L"), **baseline),
        "24_million_444.jpg": encoded(large(6000, 4000), subsampling="4:4:4", **progressive),
        "48_million_420.jpg": encoded(large(8000, 6000), **progressive),
        "50_million_420.jpg": encoded(large(6120, 8160), **progressive),
        "24_million.png": encoded(large(6000, 4000), "PNG"),
        "24_million_alpha.png": encoded(large(6000, 4000, "RGBA"), "PNG"),
        "24_million_grey_alpha.png": encoded(large(6000, 4000, "LA"), "PNG"),
        "24_million_palette.png": encoded(
            large(6000, 4000).quantize(64, dither=Image.Dither.NONE), "PNG"
        ),
        "24_million.webp": encoded(large(6000, 4000), "WEBP", quality=80, method=0),
        "24_million_lossless.webp": encoded(large(6000, 4000), "WEBP", lossless=True, method=0),
        "24_million_alpha.webp": encoded(large(6000, 4000, "RGBA"), "WEBP", quality=80, method=0),
    }


@pytest.fixture(scope="module")
def taken(tiny, tmp_path_factory):
    """Extracted at the default limits, by one worker."""
    root = make_folder(tmp_path_factory.mktemp("large") / "images", ("good",), count=4)
    (root / "large").mkdir()
    for name, content in cameras().items():
        (root / "large" / name).write_bytes(content)
    out = root.parent / "out"
    tiny("extract", root, "--out", out, *TINY, "--size", "224", "--workers", "1")
    return out


def test_all_pass_at_default_limits(taken):
    assert failures_of(taken) == {}
    assert set(statuses_of(taken).values()) == {"ok"}
    assert len(statuses_of(taken)) == 4 + 13
    assert {row["damage"] for row in rows_of(taken / "manifest")} == {0}


def test_they_look_as_pillow_shows_them(taken):
    previews = {row["path"]: row["jpeg"] for row in rows_of(taken / "previews")}
    compared = 0
    for path, preview in previews.items():
        if not path.startswith("large/"):
            continue
        grey = "200_million" in path or "250_million" in path or "grey" in path
        seen = on_white(large(600, 400, "RGBA" if "alpha" in path else "RGB"))
        if grey:
            seen = on_white(large(600, 400, "LA" if "alpha" in path else "L").convert("RGBA"))
        expected = np.asarray(seen.resize((SIDE, SIDE), Image.Resampling.BICUBIC), int)
        found = np.asarray(Image.open(io.BytesIO(preview)).convert("RGB"), int)
        assert np.abs(found - expected).mean() < 6, path  # a preview is a JPEG of quality 80
        compared += 1
    assert compared == 13


def one_file(root, name: str, content: bytes):
    folder = make_folder(root / "images", ("good",), count=4)
    (folder / "good" / name).write_bytes(content)
    return folder


LIMITS = {
    "--max-pixels": ("2000", encoded(large(60, 60)), "max_pixels 2000"),
    "--max-decode-memory": ("1", encoded(large(700, 700), "PNG"), "max_decode_memory 1 MiB"),
    "--max-decode-time": (
        "1",
        encoded(Image.new("RGB", (900, 900)), "PNG"),
        "max_decode_time 1 ",
    ),
}


@pytest.mark.parametrize("flag", LIMITS)
def test_every_limit_has_an_option_that_the_message_names(tiny, flag, tmp_path):
    value, content, told = LIMITS[flag]
    images = one_file(tmp_path, "large.img", content)
    words = ["extract", images, *TINY, flag, value]
    refused = tiny.refuses(*words, "--out", tmp_path / "none", code=USAGE, tells=[told, flag])
    assert "too_large" in refused.message
    out = tmp_path / "out"
    tiny(*words, "--out", out, "--max-failures", "1")
    assert failures_of(out)["good/large.img"] == ("decode", "too_large")
    options = json_of(out / "run.json")["options"]
    assert options[flag[2:].replace("-", "_")] == int(value) << (20 if "memory" in flag else 0)


def test_a_raised_limit_lets_pass_what_a_default_does_not(tiny, tmp_path):
    image = Image.new("L", (16000, 16000), 90)
    ImageDraw.Draw(image).ellipse((2000, 2000, 9000, 9000), 200)
    images = one_file(tmp_path, "256_million.jpg", encoded(image))
    tiny("extract", images, "--out", tmp_path / "a", *TINY, "--max-failures", "1")
    assert failures_of(tmp_path / "a") == {"good/256_million.jpg": ("decode", "too_large")}
    words = ["--max-pixels", "260000000"]
    tiny("extract", images, "--out", tmp_path / "b", *TINY, *words)
    assert failures_of(tmp_path / "b") == {}


def test_limits_out_of_range_are_refused(tiny, noise, tmp_path):
    for flag in ("--max-pixels", "--max-decode-memory", "--max-decode-time", "--max-damage"):
        words = ["extract", noise, "--out", tmp_path / "out", flag, "-1"]
        tiny.refuses(*words, code=USAGE, tells=[flag])


def test_predict_takes_the_same_limits(tiny, noise_results, noise):
    photograph = next(noise.rglob("*.jpg"))
    words = ["predict", noise_results, photograph, "--max-pixels", "10"]
    outcome = tiny(*words, code=NOT_ALL_GOOD)
    assert "max_pixels 10" in outcome.text and "--max-pixels" in outcome.text


def test_evaluate_and_compose_take_the_same_limits(tiny, noise_results, noise, tmp_path):
    words = ["--max-pixels", "10"]
    tiny.refuses("evaluate", noise_results, noise, *words, code=USAGE, tells=["--max-pixels"])
    out = tmp_path / "out"
    tiny.refuses("compose", noise, "--out", out, *words, code=USAGE, tells=["max_pixels 10"])
