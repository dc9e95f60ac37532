"""From every way a picture can store its colours to one of four: grey or colour, with or without transparency.

| the file's mode              | becomes                                                                           |
|------------------------------|-----------------------------------------------------------------------------------|
| 1                            | L: 0 or 255                                                                       |
| L, LA, RGB, RGBA             | itself; a colour declared transparent (PNG's tRNS) makes it LA or RGBA            |
| P, PA                        | RGB, or RGBA where the palette has transparency                                   |
| La, RGBa (premultiplied)     | LA, RGBA                                                                          |
| CMYK, YCbCr, LAB, HSV, RGBX  | RGB by Pillow's own conversion (LAB: LittleCMS)                                   |
| I;16 in any byte order       | L: v/257 rounded, so 0 … 65535 is scaled to 0 … 255, never cut off                |
| RGB, LA, RGBA of 16 bit PNGs | 8 bit by their upper bytes, which is all that Pillow hands over: at most 1 below  |
|                              | v/257 rounded. LA comes as RGBA of equal colours                                  |
| I (32 bit)                   | L: as 16 bit when all values lie in 0 … 65535, else smallest to 0, largest to 255 |
| F (float)                    | L: times 255 when all values lie in 0 … 1, as they are when in 0 … 255, else as I;|
|                              | NaN counts as 0                                                                   |
| float or wide TIFFs in RGB   | RGB by the same rules, one range for all channels; half and double count as F     |

A colour profile in the file is followed where it says something else than sRGB, but for I and F: decoding.py.
Pillow turns the inks of Adobe's JPEGs, which are stored upside down, and TIFFs whose white is zero, before this sees
them; it undoes premultiplied colours in TIFFs. The first frame or page counts. tests/core/data/golden holds one file
for each, and for each EXIF orientation, which is applied to what comes out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

#: What `canonical` returns.
CANONICAL_MODES = ("L", "LA", "RGB", "RGBA")

#: Looked at in one go: a large picture is not held several times over.
_STRIP_PIXELS = 1 << 18

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
        return _from_numbers(image)
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
    # The first coloured rows decide.
    return all(_rows_are_grey(np.asarray(strip)) for _, strip in strips(image))


def _rows_are_grey(pixels: NDArray[np.uint8]) -> bool:
    red, green, blue = (pixels[..., channel].astype(np.int16) for channel in range(3))
    differ = (np.abs(red - green) > 2) | (np.abs(green - blue) > 2) | (np.abs(red - blue) > 2)
    if pixels.shape[-1] == 4:
        differ &= pixels[..., 3] > 0
    return not bool(differ.any())


def strips(image: Image.Image, multiple: int = 1) -> Iterator[tuple[int, Image.Image]]:
    """(top, part) of a picture from above: each of few pixels, and but for the last of a multiple of rows."""
    width, height = image.size
    rows = max(1, _STRIP_PIXELS // width // multiple) * multiple
    for top in range(0, height, rows):
        yield top, image.crop((0, top, width, min(top + rows, height)))


def _values(image: Image.Image) -> Iterator[tuple[int, NDArray[Any]]]:
    return ((top, np.asarray(strip)) for top, strip in strips(image))


def _made(image: Image.Image, mode: str, of: Callable[[NDArray[Any]], NDArray[np.uint8]]) -> Image.Image:
    """A picture of what becomes of the values, made a strip at a time: a large one is not held several times over."""
    made = Image.new(mode, image.size)
    for top, values in _values(image):
        made.paste(Image.fromarray(of(values)), (0, top))
    return made


def _from_16_bit(image: Image.Image) -> Image.Image:
    clear = image.info.get("transparency")
    if not isinstance(clear, int):
        return _made(image, "L", _scaled_16_bit)

    def with_alpha(values: NDArray[Any]) -> NDArray[np.uint8]:
        return np.stack([_scaled_16_bit(values), np.where(values == clear, 0, 255).astype(np.uint8)], axis=-1)

    return _made(image, "LA", with_alpha)


def _from_numbers(image: Image.Image) -> Image.Image:
    low = min(float(finite(values).min()) for _, values in _values(image))
    high = max(float(finite(values).max()) for _, values in _values(image))
    low, high = range_of(low, high, np.dtype(np.float32 if image.mode == "F" else np.int32))
    if image.mode == "I" and (low, high) == (0, 65535):
        return _made(image, "L", _scaled_16_bit)
    scale = 255 / (high - low) if high > low else 0.0
    return _made(image, "L", lambda values: np.rint((finite(values) - low) * scale).astype(np.uint8))


def range_of(low: float, high: float, numbers: np.dtype[Any]) -> tuple[float, float]:
    """Which numbers become 0 and 255, where all lie in low … high: the table above."""
    if numbers == np.uint8:
        return 0.0, 255.0
    if numbers.kind != "f":
        return (0.0, 65535.0) if low >= 0 and high <= 65535 else (low, high)
    if low >= 0 and high <= 255:
        return 0.0, 1.0 if high <= 1 else 255.0
    return low, high


def finite(values: NDArray[Any]) -> NDArray[np.float64]:
    """As numbers to calculate with; NaN as 0, the infinite as the largest there are."""
    with np.errstate(over="ignore"):  # of doubles
        numbers: NDArray[np.float64] = np.nan_to_num(values.astype(np.float32), nan=0.0).astype(np.float64)
    return numbers


def _scaled_16_bit(values: NDArray[Any]) -> NDArray[np.uint8]:
    scaled: NDArray[np.uint8] = ((values.astype(np.uint32) + 128) // 257).astype(np.uint8)
    return scaled
