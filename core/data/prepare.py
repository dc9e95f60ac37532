"""From a decoded picture to what the network sees: background, scaling, crop."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

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
    size: int,
    channels: int,
    crop: str = "centre",
    background: str = "white",
    rng: np.random.Generator | None = None,
) -> NDArray[np.uint8]:
    """(size, size, channels) uint8: laid on the background, scaled so that the shorter side is `size`, cropped.

    channels: 1 grey, 3 RGB (both laid on `background`), 2 and 4 keep the transparency. crop: "centre", or "random"
    with the position drawn from `rng` (None: the centre). The aspect is kept; a picture that fits is not resampled.
    """
    return crop_square(scaled(image, size=size, channels=channels, background=background), size, crop, rng)


def scaled(image: Image.Image, *, size: int, channels: int, background: str) -> NDArray[np.uint8]:
    """(H, W, channels) uint8 with min(H, W) == size: everything of `prepare` but the crop."""
    image = image if image.mode in CANONICAL_MODES else canonical(image)
    mode = MODES[channels]
    # Laid on the background before scaling, so that colours hidden under transparency never bleed out.
    image = _with_alpha(image, mode) if mode in {"LA", "RGBA"} else _opaque(image, mode, BACKGROUNDS[background])
    width, height = scaled_size(*image.size, size)
    if (width, height) != image.size:
        image = image.resize((width, height), Image.Resampling.BICUBIC, reducing_gap=REDUCING_GAP)
    return np.asarray(image).reshape(height, width, channels)


def scaled_size(width: int, height: int, size: int) -> tuple[int, int]:
    """(width, height) once the shorter side is `size`, to the nearest pixel."""
    shorter = min(width, height)
    return max(size, round(width * size / shorter)), max(size, round(height * size / shorter))


def crop_square(
    pixels: NDArray[np.uint8], size: int, crop: str, rng: np.random.Generator | None = None
) -> NDArray[np.uint8]:
    """(size, size, C) out of (H, W, C): from the middle, or from where `rng` says."""
    spare_y, spare_x = pixels.shape[0] - size, pixels.shape[1] - size
    if crop == "random" and rng is not None:
        top, left = int(rng.integers(0, spare_y + 1)), int(rng.integers(0, spare_x + 1))
    else:
        top, left = spare_y // 2, spare_x // 2
    return np.ascontiguousarray(pixels[top : top + size, left : left + size])


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
