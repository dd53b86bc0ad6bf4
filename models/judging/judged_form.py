# SPDX-License-Identifier: Apache-2.0
"""Pictures in the one form that the judging sets hold, cut-outs on a soft background."""

import hashlib
import io

import numpy as np
from PIL import Image, ImageOps

LONGEST = 1024  # pixels: more than any network here sees
MARGIN = 1.25  # side of the square around a cut-out, in its longest sides
QUALITY = 92


def seed_of(name: str) -> int:
    """The same for a name on every machine, which hash() is not."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big")


def soft_background(side: int, seed: int) -> Image.Image:
    """A wall or table out of focus: side × side pixels, RGB, from one muted colour to another."""
    random = np.random.default_rng(seed)
    first, second = random.uniform(90, 225, 1) + random.uniform(-22, 22, (2, 3))
    angle = random.uniform(0, 2 * np.pi)
    y, x = np.mgrid[0:side, 0:side] / side - 0.5
    ramp = np.clip(0.5 + x * np.cos(angle) + y * np.sin(angle), 0, 1)[..., None]
    shade = 1 - 0.25 * (x**2 + y**2)[..., None]
    grain = random.normal(0, 2, (side, side, 1))
    pixels = (first + (second - first) * ramp) * shade + grain
    return Image.fromarray(np.clip(np.rint(pixels), 0, 255).astype(np.uint8))


def is_cutout(picture: Image.Image) -> bool:
    return picture.mode == "RGBA" and picture.getchannel("A").getextrema()[0] < 250


def opaque(picture: Image.Image, name: str) -> Image.Image:
    """The picture in RGB; one with transparent parts in the middle of a background made for `name`."""
    if not is_cutout(picture):
        return picture.convert("RGB")
    picture = picture.crop(picture.getchannel("A").getbbox())
    side = round(max(picture.size) * MARGIN)
    ground = soft_background(side, seed_of(name))
    corner = ((side - picture.width) // 2, (side - picture.height) // 2)
    ground.paste(picture, corner, mask=picture)
    return ground


def judged_form(content: bytes, name: str) -> bytes:
    """JPEG of at most 1,024 pixels a side, upright, without metadata."""
    with Image.open(io.BytesIO(content)) as picture:
        picture.draft("RGB", (LONGEST, LONGEST))
        picture = ImageOps.exif_transpose(picture)
        # Before it is made smaller: the colours of a palette cannot be mixed.
        picture = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
        picture.thumbnail((LONGEST, LONGEST), Image.Resampling.LANCZOS)
        return jpeg_bytes(opaque(picture, name))


def jpeg_bytes(picture: Image.Image) -> bytes:
    # A fresh picture of the same pixels has no metadata that save() could carry along.
    bare = Image.fromarray(np.asarray(picture))
    file = io.BytesIO()
    bare.save(file, "JPEG", quality=QUALITY)
    return file.getvalue()
