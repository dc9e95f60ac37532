"""From a decoded picture to what the network sees, before anything random: background, scaling, cropping or padding.

`fitted` is the part that is done once per picture and kept: (height, width, channels) of the picture's *slot*. The slot
is the network's size, but for random crops, which need the picture's spare length as well: `slot_of`.
"""

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
#: A random crop chooses within the middle of a very long picture: so many times the network's side. A panorama would
#: otherwise take the room of a hundred pictures.
MOST_SPARE = 4


def prepare(
    image: Image.Image,
    *,
    size: int | tuple[int, int],
    channels: int,
    crop: str = "centre",
    background: str = "white",
    rng: np.random.Generator | None = None,
) -> NDArray[np.uint8]:
    """(height, width, channels) uint8: laid on the background, and brought to the size by the rule `crop`.

    size: pixels, the side of a square or (height, width). channels: 1 grey, 3 RGB (both laid on `background`), 2 and 4
    keep the transparency. crop: "centre" scales the picture until it covers the size and keeps the middle; "random"
    keeps the part that `rng` says (None: the middle); "pad" scales until the whole picture fits and lays it on the
    background (on nothing, where the transparency is kept); "stretch" gives up its aspect. A picture that fits is not
    resampled.
    """
    # Helpers never prepare anything, and are there a tenth sooner without the settings.
    from ...inputs import height_and_width

    height, width = height_and_width(size)
    slot = slot_of(*image.size, (height, width), crop)
    pixels = fitted(image, slot=slot, channels=channels, crop=crop, background=background)
    if crop != "random" or rng is None:
        return cropped(pixels, (height, width))
    return cropped(pixels, (height, width), rng.random(2))


def slot_of(width: int, height: int, size: tuple[int, int], crop: str) -> tuple[int, int]:
    """(height, width) of what is kept of a picture of that width and height, which the network sees at `size`."""
    if crop != "random":
        return size
    covering_width, covering_height = scaled_size(width, height, size)
    return min(covering_height, size[0] * MOST_SPARE), min(covering_width, size[1] * MOST_SPARE)


def fitted(
    image: Image.Image, *, slot: tuple[int, int], channels: int, crop: str, background: str
) -> NDArray[np.uint8]:
    """(height, width, channels) uint8 of exactly `slot`: everything of `prepare` but the crop at random."""
    image = image if image.mode in CANONICAL_MODES else canonical(image)
    mode = MODES[channels]
    # Laid on the background before scaling, so that colours hidden under transparency never bleed out.
    image = _with_alpha(image, mode) if mode in {"LA", "RGBA"} else _opaque(image, mode, BACKGROUNDS[background])
    height, width = slot
    if crop == "stretch":
        return _pixels(_resized(image, (width, height)))
    if crop == "pad":
        return _padded(_resized(image, contained_size(*image.size, slot)), slot, BACKGROUNDS[background])
    return cropped(_pixels(_resized(image, scaled_size(*image.size, slot))), slot)


def scaled_size(width: int, height: int, cover: tuple[int, int]) -> tuple[int, int]:
    """(width, height) once the picture just covers (height, width) of `cover`, to the nearest pixel."""
    cover_height, cover_width = cover
    if height * cover_width >= width * cover_height:
        return cover_width, max(cover_height, round(height * cover_width / width))
    return max(cover_width, round(width * cover_height / height)), cover_height


def contained_size(width: int, height: int, within: tuple[int, int]) -> tuple[int, int]:
    """(width, height) once the whole picture just fits into (height, width) of `within`; at least a pixel."""
    most_height, most_width = within
    if height * most_width >= width * most_height:
        return min(most_width, max(1, round(width * most_height / height))), most_height
    return most_width, min(most_height, max(1, round(height * most_width / width)))


def cropped(
    pixels: NDArray[np.uint8], size: tuple[int, int], place: NDArray[np.float64] | None = None
) -> NDArray[np.uint8]:
    """(height, width, C) of `size` out of (H, W, C): from the middle, or from `place`, (down, right) in [0, 1)."""
    height, width = size
    spare_y, spare_x = pixels.shape[0] - height, pixels.shape[1] - width
    if place is None:
        top, left = spare_y // 2, spare_x // 2
    else:
        top, left = int(place[0] * (spare_y + 1)), int(place[1] * (spare_x + 1))
    return np.ascontiguousarray(pixels[top : top + height, left : left + width])


def _resized(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """As (width, height) of `size`."""
    if image.size == size:
        return image
    return image.resize(size, Image.Resampling.BICUBIC, reducing_gap=REDUCING_GAP)


def _pixels(image: Image.Image) -> NDArray[np.uint8]:
    return np.asarray(image).reshape(image.height, image.width, len(image.getbands()))


def _padded(image: Image.Image, slot: tuple[int, int], level: int) -> NDArray[np.uint8]:
    """In the middle of (height, width) of `slot`; around it the level, or nothing where transparency is kept."""
    pixels = _pixels(image)
    height, width = slot
    whole = np.full((height, width, pixels.shape[2]), 0 if has_alpha(image) else level, np.uint8)
    top, left = (height - image.height) // 2, (width - image.width) // 2
    whole[top : top + image.height, left : left + image.width] = pixels
    return whole


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
