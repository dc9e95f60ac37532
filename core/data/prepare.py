"""From a decoded picture to what the network sees: background, scaling, crop."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ..picture_size import height_and_width
from .modes import CANONICAL_MODES, canonical, has_alpha

#: Channels → Pillow's mode.
MODES = {1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}
#: What transparent pixels are laid on: `DataConfig.background` → grey level.
BACKGROUNDS = {"white": 255, "black": 0, "grey": 128}
#: Pillow first averages whole blocks down to this multiple of the wished size: as good as without, and faster.
REDUCING_GAP = 3.0


def prepare(
    image: Image.Image,
    *,
    size: int | tuple[int, int],
    channels: int,
    crop: str = "centre",
    background: str = "white",
    rng: np.random.Generator | None = None,
) -> NDArray[np.uint8]:
    """(height, width, channels) uint8: laid on the background, scaled until it covers the size, cropped to it.

    size: pixels, the side of a square or (height, width). channels: 1 grey, 3 RGB (both laid on `background`), 2 and 4
    keep the transparency. crop: "centre", or "random" with the position drawn from `rng` (None: the centre). The aspect
    is kept; a picture that fits is not resampled.
    """
    size = height_and_width(size)
    return cropped(scaled(image, size=size, channels=channels, background=background), size, crop, rng)


def scaled(image: Image.Image, *, size: tuple[int, int], channels: int, background: str) -> NDArray[np.uint8]:
    """(H, W, channels) uint8 that just covers `size`, (height, width): everything of `prepare` but the crop."""
    image = image if image.mode in CANONICAL_MODES else canonical(image)
    mode = MODES[channels]
    # Laid on the background before scaling, so that colours hidden under transparency never bleed out.
    image = _with_alpha(image, mode) if mode in {"LA", "RGBA"} else _opaque(image, mode, BACKGROUNDS[background])
    width, height = scaled_size(*image.size, size)
    if (width, height) != image.size:
        image = image.resize((width, height), Image.Resampling.BICUBIC, reducing_gap=REDUCING_GAP)
    return np.asarray(image).reshape(height, width, channels)


def scaled_size(width: int, height: int, cover: tuple[int, int]) -> tuple[int, int]:
    """(width, height) once the picture just covers (height, width) of `cover`, to the nearest pixel."""
    cover_height, cover_width = cover
    if height * cover_width >= width * cover_height:
        return cover_width, max(cover_height, round(height * cover_width / width))
    return max(cover_width, round(width * cover_height / height)), cover_height


def cropped(
    pixels: NDArray[np.uint8], size: tuple[int, int], crop: str, rng: np.random.Generator | None = None
) -> NDArray[np.uint8]:
    """(height, width, C) of `size` out of (H, W, C): from the middle, or from where `rng` says."""
    height, width = size
    spare_y, spare_x = pixels.shape[0] - height, pixels.shape[1] - width
    if crop == "random" and rng is not None:
        top, left = int(rng.integers(0, spare_y + 1)), int(rng.integers(0, spare_x + 1))
    else:
        top, left = spare_y // 2, spare_x // 2
    return np.ascontiguousarray(pixels[top : top + height, left : left + width])


def _opaque(image: Image.Image, mode: str, level: int) -> Image.Image:
    """As L or RGB, transparent parts laid on a grey level."""
    if not has_alpha(image):
        return image if image.mode == mode else image.convert(mode)
    colours, alpha = image.convert("RGB" if image.mode == "RGBA" else "L"), image.getchannel("A")
    laid = Image.new(colours.mode, colours.size, (level,) * len(colours.getbands()))
    laid.paste(colours, mask=alpha)
    return laid if laid.mode == mode else laid.convert(mode)


def _with_alpha(image: Image.Image, mode: str) -> Image.Image:
    """As LA or RGBA with no colour left under full transparency, whether or not it will be scaled."""
    image = image if image.mode == mode else image.convert(mode)
    pixels = np.array(image)
    pixels[pixels[..., -1] == 0] = 0
    return Image.fromarray(pixels)
