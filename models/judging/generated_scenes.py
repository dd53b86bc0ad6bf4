# SPDX-License-Identifier: Apache-2.0
"""Pictures that show nothing to be named, made by numpy and Pillow: pages, charts, windows, noise, balls.

Every scene is a function of one random generator and gives an RGB picture of SIDE × SIDE pixels. The
generator is seeded by the picture's name alone, so the same name is the same picture.
"""

import numpy as np
from judged_form import seed_of, soft_background
from PIL import Image, ImageDraw, ImageFilter, ImageFont

SIDE = 320  # pixels
VARIANTS = 6
TEXT = "the table of a model and its label run in about seven light folders of paper to the letter"


def _colour(random, low=0, high=256) -> tuple[int, int, int]:
    return tuple(int(value) for value in random.integers(low, high, 3))


def _canvas(colour) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    picture = Image.new("RGB", (SIDE, SIDE), colour)
    return picture, ImageDraw.Draw(picture)


def _from_array(pixels: np.ndarray) -> Image.Image:
    """rows × columns × 3, any number type, 0 to 255."""
    return Image.fromarray(np.clip(np.rint(pixels), 0, 255).astype(np.uint8))


def _upscaled(random, cells: int) -> np.ndarray:
    """SIDE × SIDE × 3: random colours of a coarse grid, blended into each other."""
    coarse = _from_array(random.uniform(0, 255, (cells, cells, 3)))
    return np.asarray(coarse.resize((SIDE, SIDE), Image.Resampling.BICUBIC), dtype=np.float64)


def text_page(random) -> Image.Image:
    picture, draw = _canvas(_colour(random, 225))
    size = int(random.integers(10, 20))
    font = ImageFont.load_default(size)
    ink = _colour(random, 0, 70)
    for y in range(size, SIDE - size, round(size * 1.5)):
        draw.text((size, y), " ".join(random.choice(TEXT.split(), 60 // size + 4)), ink, font)
    return picture.rotate(
        random.uniform(-4, 4), Image.Resampling.BICUBIC, fillcolor=(205, 205, 200)
    )


def bar_chart(random) -> Image.Image:
    picture, draw = _canvas("white")
    count = int(random.integers(4, 12))
    width = 260 // count
    for bar, height in enumerate(random.integers(20, 250, count)):
        left = 40 + bar * width
        draw.rectangle((left, 280 - height, left + width - 4, 280), fill=_colour(random))
    draw.line((36, 20, 36, 282, 306, 282), fill="black", width=2)
    return picture


def line_chart(random) -> Image.Image:
    picture, draw = _canvas("white")
    for y in range(40, 300, 40):
        draw.line((30, y, 300, y), fill=(220, 220, 220))
    for _ in range(int(random.integers(1, 5))):
        heights = np.clip(160 + np.cumsum(random.normal(0, 14, 28)), 20, 290)
        points = [(30 + 10 * step, float(height)) for step, height in enumerate(heights)]
        draw.line(points, fill=_colour(random, 0, 200), width=3)
    return picture


def window(random) -> Image.Image:
    """Like a screenshot: a window with a title, buttons and lines of text."""
    picture, draw = _canvas(_colour(random, 30, 140))
    left, top = (int(value) for value in random.integers(8, 50, 2))
    draw.rectangle((left, top, 300, 300), fill=(240, 240, 240), outline=(90, 90, 90))
    draw.rectangle((left, top, 300, top + 22), fill=_colour(random, 40, 180))
    font = ImageFont.load_default(11)
    draw.text((left + 8, top + 4), " ".join(random.choice(TEXT.split(), 3)), "white", font)
    for line, y in enumerate(range(top + 34, 260, 18)):
        draw.text(
            (left + 10, y), " ".join(random.choice(TEXT.split(), 3 + line % 4)), (30, 30, 30), font
        )
    for button in range(3):
        x = 130 + 58 * button
        draw.rounded_rectangle((x, 268, x + 50, 290), 4, fill=_colour(random, 120, 220))
    return picture


def gradient(random) -> Image.Image:
    first, second = random.uniform(0, 255, (2, 3))
    angle = random.uniform(0, 2 * np.pi)
    y, x = np.mgrid[0:SIDE, 0:SIDE] / SIDE - 0.5
    ramp = np.clip(0.5 + x * np.cos(angle) + y * np.sin(angle), 0, 1)[..., None]
    return _from_array(first + (second - first) * ramp)


def noise(random) -> Image.Image:
    """Of each pixel by itself, around one brightness."""
    return _from_array(random.normal(random.uniform(60, 190), 50, (SIDE, SIDE, 3)))


def coloured_fog(random) -> Image.Image:
    """As when a lens is far out of focus."""
    return _from_array(_upscaled(random, int(random.integers(2, 7))))


def checker(random) -> Image.Image:
    field = int(random.integers(8, 60))
    y, x = np.mgrid[0:SIDE, 0:SIDE] // field
    first, second = random.uniform(0, 255, (2, 3))
    return _from_array(np.where(((x + y) % 2 == 0)[..., None], first, second))


def stripes(random) -> Image.Image:
    width = random.uniform(4, 30)
    angle = random.uniform(0, np.pi)
    y, x = np.mgrid[0:SIDE, 0:SIDE]
    wave = 0.5 + 0.5 * np.sin((x * np.cos(angle) + y * np.sin(angle)) / width * np.pi)
    first, second = random.uniform(0, 255, (2, 3))
    return _from_array(first + (second - first) * wave[..., None])


def black_frame(random) -> Image.Image:
    """A covered lens: black with the noise of a sensor."""
    return _from_array(random.normal(random.uniform(0, 8), 2, (SIDE, SIDE, 3)))


def white_frame(random) -> Image.Image:
    """Overexposed."""
    return _from_array(random.normal(random.uniform(247, 255), 2, (SIDE, SIDE, 3)))


def skin(random) -> Image.Image:
    """Fingers or a face far out of focus: blurred ellipses of skin on a muted ground."""
    picture = soft_background(SIDE, int(random.integers(1 << 32)))
    draw = ImageDraw.Draw(picture)
    tone = np.array([224, 172, 138]) * random.uniform(0.35, 1.05)
    for _ in range(int(random.integers(1, 5))):
        x, y = random.uniform(20, 300, 2)
        across, down = random.uniform(30, 120, 2)
        shade = tuple(int(value) for value in np.clip(tone * random.uniform(0.9, 1.1), 0, 255))
        draw.ellipse((x - across, y - down, x + across, y + down), fill=shade)
    return picture.filter(ImageFilter.GaussianBlur(random.uniform(3, 12)))


def _paint_ball(pixels: np.ndarray, random, x, y, radius) -> None:
    """A lit, smooth ball with its shadow, into rows × columns × 3 of 0 to 255."""
    rows, columns = np.mgrid[0:SIDE, 0:SIDE]
    below = ((columns - x) / radius) ** 2 + ((rows - y - radius) / (radius * 0.3)) ** 2
    pixels *= 1 - 0.45 * np.exp(-below)[..., None]
    right, down = (columns - x) / radius, (rows - y) / radius
    inside = right**2 + down**2 < 1
    height = np.sqrt(np.clip(1 - right**2 - down**2, 0, 1))
    light = np.clip(-0.5 * right - 0.6 * down + 0.62 * height, 0, 1)
    colour = np.array(_colour(random, 20, 240))
    lit = colour * (0.35 + 0.75 * light[..., None]) + 150 * (light[..., None] ** 40)
    pixels[inside] = lit[inside]


def ball(random) -> Image.Image:
    """One plain ball of any colour: the hardest of these, for it has the shape of many a fruit."""
    pixels = np.asarray(
        soft_background(SIDE, int(random.integers(1 << 32))), dtype=np.float64
    ).copy()
    _paint_ball(pixels, random, *random.uniform(130, 190, 2), random.uniform(60, 120))
    return _from_array(pixels).filter(ImageFilter.GaussianBlur(0.7))


def balls(random) -> Image.Image:
    pixels = np.asarray(
        soft_background(SIDE, int(random.integers(1 << 32))), dtype=np.float64
    ).copy()
    for y in np.sort(random.uniform(60, 260, int(random.integers(3, 9)))):
        _paint_ball(pixels, random, random.uniform(50, 270), y, random.uniform(20, 50))
    return _from_array(pixels).filter(ImageFilter.GaussianBlur(0.7))


SCENES = (
    text_page,
    bar_chart,
    line_chart,
    window,
    gradient,
    noise,
    coloured_fog,
    checker,
    stripes,
    black_frame,
    white_frame,
    skin,
    ball,
    balls,
)


def generated_scenes() -> dict[str, Image.Image]:
    """Every scene VARIANTS times, by name."""
    pictures = {}
    for scene in SCENES:
        for variant in range(VARIANTS):
            name = f"{scene.__name__.replace('_', '-')}-{variant}"
            pictures[name] = scene(np.random.default_rng(seed_of(name)))
    return pictures
