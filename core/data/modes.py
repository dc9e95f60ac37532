"""From every way a picture can store its colours to one of four: grey or colour, with or without transparency.

| the file's mode              | becomes                                                                           |
|------------------------------|-----------------------------------------------------------------------------------|
| 1                            | L: 0 or 255                                                                       |
| L, LA, RGB, RGBA             | itself; a colour declared transparent (PNG's tRNS) makes it LA or RGBA            |
| P, PA                        | RGB, or RGBA where the palette has transparency                                   |
| La, RGBa (premultiplied)     | LA, RGBA                                                                          |
| CMYK, YCbCr, LAB, HSV, RGBX  | RGB by Pillow's own conversion (LAB: LittleCMS), without embedded profiles        |
| I;16 in any byte order       | L: v/257 rounded, so 0 … 65535 is scaled to 0 … 255, never cut off                |
| I (32 bit)                   | L: as 16 bit when all values lie in 0 … 65535, else smallest to 0, largest to 255 |
| F (float)                    | L: times 255 when all values lie in 0 … 1, as they are when in 0 … 255, else as I;|
|                              | NaN counts as 0                                                                   |
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

#: What `canonical` returns.
CANONICAL_MODES = ("L", "LA", "RGB", "RGBA")

#: Looked at in one go: the first coloured rows decide, and a large picture is not held several times over.
_JUDGED_PIXELS = 1 << 18

_CONVERTED = {
    "1": "L",
    "L": "L",
    "LA": "LA",
    "La": "LA",
    "P": "RGB",
    "PA": "RGBA",
    "RGB": "RGB",
    "RGBX": "RGB",
    "RGBA": "RGBA",
    "RGBa": "RGBA",
    "CMYK": "RGB",
    "YCbCr": "RGB",
    "LAB": "RGB",
    "HSV": "RGB",
}


def canonical(image: Image.Image) -> Image.Image:
    """The picture as L, LA, RGB or RGBA, 8 bit, by the table above.

    Raises ValueError for a mode that is not in the table.
    """
    mode = image.mode
    if mode.startswith("I;16"):
        return _from_16_bit(image)
    if mode in {"I", "F"}:
        grey = _grey_of_integers if mode == "I" else _grey_of_floats
        return Image.fromarray(grey(np.asarray(image)))
    if mode not in _CONVERTED:
        raise ValueError(f"no rule for mode {mode}")
    target = _CONVERTED[mode]
    if "transparency" in image.info and target in {"L", "RGB"} and mode in {"1", "L", "P", "RGB"}:
        target = "LA" if target == "L" else "RGBA"
    return image if mode == target else image.convert(target)


def has_alpha(image: Image.Image) -> bool:
    """Whether a canonical picture has transparency (even if it is nowhere used)."""
    return image.mode in {"LA", "RGBA"}


def is_grey(image: Image.Image) -> bool:
    """Whether a canonical picture is grey by mode, or because its visible pixels' channels are equal.

    A difference of 2 of 255 counts as equal: JPEG's rounding makes as much out of grey.
    """
    if image.mode in {"L", "LA"}:
        return True
    width, height = image.size
    rows = max(1, _JUDGED_PIXELS // width)
    return all(
        _rows_are_grey(np.asarray(image.crop((0, top, width, min(top + rows, height)))))
        for top in range(0, height, rows)
    )


def _rows_are_grey(pixels: NDArray[np.uint8]) -> bool:
    red, green, blue = (pixels[..., channel].astype(np.int16) for channel in range(3))
    differ = (np.abs(red - green) > 2) | (np.abs(green - blue) > 2) | (np.abs(red - blue) > 2)
    if pixels.shape[-1] == 4:
        differ &= pixels[..., 3] > 0
    return not bool(differ.any())


def _from_16_bit(image: Image.Image) -> Image.Image:
    values = np.asarray(image)
    grey = _scaled_16_bit(values)
    clear = image.info.get("transparency")
    if not isinstance(clear, int):
        return Image.fromarray(grey)
    alpha = np.where(values == clear, 0, 255).astype(np.uint8)
    return Image.merge("LA", (Image.fromarray(grey), Image.fromarray(alpha)))


def _scaled_16_bit(values: NDArray[Any]) -> NDArray[np.uint8]:
    scaled: NDArray[np.uint8] = ((values.astype(np.uint32) + 128) // 257).astype(np.uint8)
    return scaled


def _grey_of_integers(values: NDArray[Any]) -> NDArray[np.uint8]:
    if values.min() >= 0 and values.max() <= 65535:
        return _scaled_16_bit(values)
    return _stretched(values.astype(np.float32))


def _grey_of_floats(values: NDArray[Any]) -> NDArray[np.uint8]:
    numbers = np.nan_to_num(values.astype(np.float32), nan=0.0, posinf=None, neginf=None)
    low, high = float(numbers.min()), float(numbers.max())
    if low >= 0 and high <= 1:
        return np.rint(numbers * 255).astype(np.uint8)
    if low >= 0 and high <= 255:
        return np.rint(numbers).astype(np.uint8)
    return _stretched(numbers)


def _stretched(values: NDArray[np.float32]) -> NDArray[np.uint8]:
    wide = values.astype(np.float64)
    low, high = float(wide.min()), float(wide.max())
    if high == low:
        return np.zeros(values.shape, np.uint8)
    return np.rint((wide - low) * (255 / (high - low))).astype(np.uint8)
