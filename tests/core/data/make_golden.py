"""Makes tests/core/data/golden: one tiny picture per way to store colours, and what has to come out of each.

    python -m tests.core.data.make_golden

The files are written byte by byte where that is bearable, and what is expected is worked out here from the standards
and from the table in core/pictures/decode/modes.py, never by decoding. They are kept so that neither a new Pillow nor a
new writer changes them.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tests.core.data.hostile_files import bmp, chunk, encoded, png, tiff
from tests.core.data.profiles import grey_profile, rgb_profile

FOLDER = Path(__file__).parent / "golden"
EXPECTED = FOLDER / "expected.json"


class Golden(NamedTuple):
    name: str
    content: bytes
    mode: str  #: of the decoded picture
    pixels: NDArray[np.uint8]  #: (H, W) or (H, W, C)
    tolerance: int = 0  #: what a lossy file may differ


def _png(rows: bytes, width: int, height: int, depth: int, colour: int, extra: bytes = b"") -> bytes:
    """A PNG of equal rows."""
    return png(width, height, depth=depth, colour=colour, row=rows, extra=extra)


def _same(pixel: object, width: int, height: int) -> NDArray[np.uint8]:
    return np.array([[pixel] * width] * height, np.uint8)


def pngs() -> Iterator[Golden]:
    grey = np.array([[0, 85, 170, 255]] * 2, np.uint8)
    yield Golden("1.png", _png(b"\x50", 4, 2, 1, 0), "L", np.array([[0, 255, 0, 255]] * 2, np.uint8))
    yield Golden("2_bit.png", _png(b"\x1b", 4, 2, 2, 0), "L", grey)
    yield Golden("4_bit.png", _png(b"\x05\xaf", 4, 2, 4, 0), "L", grey)
    yield Golden("l.png", _png(bytes([0, 85, 170, 255]), 4, 2, 8, 0), "L", grey)
    yield Golden(
        "la.png", _png(bytes([10, 0, 20, 255]), 2, 2, 8, 4), "LA", np.array([[[10, 0], [20, 255]]] * 2, np.uint8)
    )
    colours = [[[1, 2, 3], [250, 0, 9]]] * 2
    yield Golden("rgb.png", _png(bytes([1, 2, 3, 250, 0, 9]), 2, 2, 8, 2), "RGB", np.array(colours, np.uint8))
    rgba = bytes([1, 2, 3, 4, 250, 0, 9, 0])
    yield Golden("rgba.png", _png(rgba, 2, 2, 8, 6), "RGBA", np.frombuffer(rgba * 2, np.uint8).reshape(2, 2, 4))
    palette = chunk(b"PLTE", bytes([9, 8, 7, 200, 100, 50]))
    both = np.array([[[9, 8, 7], [200, 100, 50]]] * 2, np.uint8)
    yield Golden("p.png", _png(b"\x40", 2, 2, 1, 3, palette), "RGB", both)
    clear = np.array([[[9, 8, 7, 255], [200, 100, 50, 99]]] * 2, np.uint8)
    yield Golden("p_clear.png", _png(b"\x40", 2, 2, 1, 3, palette + chunk(b"tRNS", bytes([255, 99]))), "RGBA", clear)
    yield Golden(
        "l_clear.png",
        _png(bytes([7, 8]), 2, 1, 8, 0, chunk(b"tRNS", struct.pack(">H", 7))),
        "LA",
        np.array([[[7, 0], [8, 255]]], np.uint8),
    )
    yield Golden(
        "rgb_clear.png",
        _png(bytes([1, 2, 3, 1, 2, 4]), 2, 1, 8, 2, chunk(b"tRNS", struct.pack(">HHH", 1, 2, 3))),
        "RGBA",
        np.array([[[1, 2, 3, 0], [1, 2, 4, 255]]], np.uint8),
    )
    # v/257, rounded: 128 and 129 lie on either side of a half.
    values = (0, 128, 129, 257, 32768, 65535)
    yield Golden(
        "16_bit.png", _png(struct.pack(">6H", *values), 6, 1, 16, 0), "L", np.array([[0, 0, 1, 1, 128, 255]], np.uint8)
    )
    yield Golden(
        "16_bit_clear.png",
        _png(struct.pack(">2H", 5140, 5141), 2, 1, 16, 0, chunk(b"tRNS", struct.pack(">H", 5140))),
        "LA",
        np.array([[[20, 0], [20, 255]]], np.uint8),
    )
    # Pillow hands over the upper bytes alone: 0x01ff is 1 here, where v/257 rounds to 2.
    deep = struct.pack(">6H", 0, 0x01FF, 0xFFFF, 0x8000, 0x7F7F, 0xFF00)
    upper = np.array([[[0, 1, 255], [128, 127, 255]]], np.uint8)
    yield Golden("rgb_16_bit.png", _png(deep, 2, 1, 16, 2), "RGB", upper)
    yield Golden(
        "rgb_16_bit_clear.png",
        _png(deep, 2, 1, 16, 2, chunk(b"tRNS", struct.pack(">3H", 0x8000, 0x7F7F, 0xFF00))),
        "RGBA",
        np.array([[[0, 1, 255, 255], [128, 127, 255, 0]]], np.uint8),
    )
    yield Golden(
        "la_16_bit.png", _png(struct.pack(">4H", 0x0AFF, 0, 0x14FF, 0xFFFF), 2, 1, 16, 4), "RGBA",
        np.array([[[10, 10, 10, 0], [20, 20, 20, 255]]], np.uint8),
    )  # fmt: skip
    rgba16 = struct.pack(">4H", 0x01FF, 0x0200, 0xFFFF, 0x8080)
    yield Golden("rgba_16_bit.png", _png(rgba16, 1, 1, 16, 6), "RGBA", np.array([[[1, 2, 255, 128]]], np.uint8))


def tiffs() -> Iterator[Golden]:
    yield Golden("white_is_zero.tif", tiff(2, 1, {262: (3, 0)}, bytes([0, 200])), "L", np.array([[255, 55]], np.uint8))
    wide = struct.pack("<3H", 0, 32768, 65535)
    yield Golden("16_bit.tif", tiff(3, 1, {258: (3, 16)}, wide), "L", np.array([[0, 128, 255]], np.uint8))
    big_endian = b"MM\0*" + struct.pack(">I", 14) + struct.pack(">3H", 0, 32768, 65535)
    tags = [
        (256, 4, 3),
        (257, 4, 1),
        (258, 3, 16),
        (259, 3, 1),
        (262, 3, 1),
        (273, 4, 8),
        (277, 3, 1),
        (278, 4, 1),
        (279, 4, 6),
    ]
    big_endian += struct.pack(">H", len(tags))
    for tag, kind, value in tags:
        big_endian += struct.pack(">HHI", tag, kind, 1) + (
            struct.pack(">I", value) if kind == 4 else struct.pack(">HH", value, 0)
        )
    yield Golden("16_bit_big_endian.tif", big_endian + bytes(4), "L", np.array([[0, 128, 255]], np.uint8))
    numbers = {258: (3, 32), 339: (3, 2)}
    small = struct.pack("<3i", 0, 32768, 65535)
    yield Golden("i_as_16_bit.tif", tiff(3, 1, numbers, small), "L", np.array([[0, 128, 255]], np.uint8))
    far = struct.pack("<3i", -1000, 0, 1_000_000)
    yield Golden("i_stretched.tif", tiff(3, 1, numbers, far), "L", np.array([[0, 0, 255]], np.uint8))
    real = {258: (3, 32), 339: (3, 3)}
    for name, values, result in (
        ("f_to_1.tif", (0.0, 0.5, 1.0), (0, 128, 255)),
        ("f_to_255.tif", (0.0, 77.4, 254.6), (0, 77, 255)),
        ("f_stretched.tif", (-1.0, 0.0, 1.0), (0, 128, 255)),
        ("f_nan.tif", (float("nan"), 0.2, 1.0), (0, 51, 255)),
    ):
        yield Golden(name, tiff(3, 1, real, struct.pack("<3f", *values)), "L", np.array([result], np.uint8))
    # Cyan, magenta, yellow, black: what is left of white, times what is left of black.
    inks = Image.new("CMYK", (2, 1))
    inks.putdata([(0, 255, 255, 0), (0, 0, 0, 255)])
    left = np.array([[[255, 0, 0], [0, 0, 0]]], np.uint8)
    yield Golden("cmyk.tif", encoded(inks, "TIFF"), "RGB", left)
    yield Golden(
        "lab.tif", encoded(Image.new("LAB", (2, 1), (255, 128, 128)), "TIFF"), "RGB", _same((255, 255, 255), 2, 1), 3
    )
    rgba = Image.new("RGBA", (1, 1), (200, 100, 50, 128))
    yield Golden("rgba.tif", encoded(rgba, "TIFF"), "RGBA", np.array([[[200, 100, 50, 128]]], np.uint8))
    # Extra sample 1: the colours are stored times the transparency.
    multiplied = tiff(1, 1, {262: (3, 2), 277: (3, 4), 338: (3, 1)}, bytes([100, 50, 25, 128]))
    yield Golden("premultiplied.tif", multiplied, "RGBA", np.array([[[199, 100, 50, 128]]], np.uint8), 1)


def bitmaps() -> Iterator[Golden]:
    # Rows from below, blue before green before red, each row of whole fours of bytes.
    rows = bytes([3, 2, 1, 0, 6, 5, 4, 0])
    colours = np.array([[[4, 5, 6]], [[1, 2, 3]]], np.uint8)
    yield Golden("24_bit.bmp", bmp(1, 2, 24, rows), "RGB", colours)
    yield Golden("top_down.bmp", bmp(1, -2, 24, rows), "RGB", colours[::-1])
    numbers = bmp(2, 1, 8, bytes([1, 0, 0, 0]), palette=bytes([9, 8, 7, 0, 3, 2, 1, 0]) + bytes(1016))
    yield Golden("8_bit.bmp", numbers, "RGB", np.array([[[1, 2, 3], [7, 8, 9]]], np.uint8))
    yield Golden(
        "16_bit.bmp",
        bmp(2, 1, 16, struct.pack("<2H", 31 << 10, 31)),
        "RGB",
        np.array([[[255, 0, 0], [0, 0, 255]]], np.uint8),
    )
    yield Golden("32_bit.bmp", bmp(1, 1, 32, bytes([3, 2, 1, 77])), "RGB", np.array([[[1, 2, 3]]], np.uint8))


def others() -> Iterator[Golden]:
    palette = Image.new("P", (2, 1))
    palette.putpalette([10, 20, 30, 200, 100, 50])
    palette.putdata([0, 1])
    colours = np.array([[[10, 20, 30], [200, 100, 50]]], np.uint8)
    yield Golden("p.gif", encoded(palette, "GIF"), "RGB", colours)
    clear = np.dstack([colours, np.array([[255, 0]], np.uint8)])
    yield Golden("p_clear.gif", encoded(palette, "GIF", transparency=1), "RGBA", clear)
    red, blue = Image.new("RGB", (2, 2), (200, 0, 0)), Image.new("RGB", (2, 2), (0, 0, 200))
    first = _same((200, 0, 0), 2, 2)
    for name, kind, options in (
        ("moving.gif", "GIF", {}), ("moving.png", "PNG", {}), ("moving.tif", "TIFF", {}),
        ("moving.webp", "WEBP", {"lossless": True}),
    ):  # fmt: skip
        frames = encoded(red, kind, save_all=True, append_images=[blue], **options)
        yield Golden(name, frames, "RGB", first)
    rgba = Image.new("RGBA", (2, 2), (9, 200, 30, 100))
    yield Golden("rgba.webp", encoded(rgba, "WEBP", lossless=True), "RGBA", _same((9, 200, 30, 100), 2, 2))
    yield Golden("l.jpg", encoded(Image.new("L", (8, 8), 77), "JPEG"), "L", _same(77, 8, 8), 1)
    yield Golden(
        "rgb.jpg", encoded(Image.new("RGB", (8, 8), (200, 30, 90)), "JPEG"), "RGB", _same((200, 30, 90), 8, 8), 2
    )
    kept = encoded(Image.new("RGB", (8, 8), (200, 30, 90)), "JPEG", keep_rgb=True)
    yield Golden("rgb_kept.jpg", kept, "RGB", _same((200, 30, 90), 8, 8), 2)
    # Adobe writes inks upside down; so does Pillow, with Adobe's mark.
    inks = encoded(Image.new("CMYK", (8, 8), (0, 255, 255, 0)), "JPEG", quality=100)
    yield Golden("cmyk_adobe.jpg", inks, "RGB", _same((255, 0, 0), 8, 8), 3)
    phone = encoded(
        Image.new("RGB", (8, 8), (200, 0, 0)), "MPO", save_all=True, append_images=[Image.new("RGB", (8, 8))]
    )
    yield Golden("phone.jpg", phone, "RGB", _same((200, 0, 0), 8, 8), 3)


def orientations() -> Iterator[Golden]:
    upright = np.array([[250, 170, 90], [10, 60, 130]], np.uint8)
    # What a camera that was held so stores: the inverse of what each tag asks for (EXIF 2.3, 4.6.4).
    stored = {1: upright, 2: upright[:, ::-1], 3: upright[::-1, ::-1], 4: upright[::-1], 5: upright.T}
    stored |= {6: np.rot90(upright, 1), 7: upright[::-1, ::-1].T, 8: np.rot90(upright, -1)}
    for number, pixels in stored.items():
        exif = Image.Exif()
        exif[0x0112] = number
        blocks = Image.fromarray(np.kron(pixels, np.ones((8, 8), np.uint8)))
        large = np.kron(upright, np.ones((8, 8), np.uint8))
        yield Golden(f"turned_{number}.jpg", encoded(blocks, "JPEG", quality=100, exif=exif), "L", large, 3)
        yield Golden(f"turned_{number}.png", encoded(Image.fromarray(pixels.copy()), "PNG", exif=exif), "L", upright)
        body = tiff(pixels.shape[1], pixels.shape[0], {274: (3, number)}, pixels.tobytes())
        yield Golden(f"turned_{number}.tif", body, "L", upright)


def profiles() -> Iterator[Golden]:
    """Colours that a profile names, by the primaries and curves of IEC 61966-2-1 (sRGB) and of Display P3."""
    stored, red = Image.new("RGB", (2, 2), (234, 51, 35)), _same((255, 0, 0), 2, 2)
    yield Golden("p3.png", encoded(stored, "PNG", icc_profile=rgb_profile()), "RGB", red, 8)
    yield Golden("p3.webp", encoded(stored, "WEBP", lossless=True, icc_profile=rgb_profile()), "RGB", red, 8)
    clear = Image.new("RGBA", (2, 2), (234, 51, 35, 90))
    yield Golden(
        "p3_clear.tif", encoded(clear, "TIFF", icc_profile=rgb_profile()), "RGBA", _same((255, 0, 0, 90), 2, 2), 8
    )
    linear = round(255 * (1.055 * (128 / 255) ** (1 / 2.4) - 0.055))
    grey = encoded(Image.new("L", (2, 2), 128), "PNG", icc_profile=grey_profile(1.0))
    yield Golden("linear.png", grey, "L", _same(linear, 2, 2), 1)
    yield Golden("broken_profile.png", encoded(stored, "PNG", icc_profile=b"none"), "RGB", _same((234, 51, 35), 2, 2))


def rare() -> Iterator[Golden]:
    """What Pillow does not read, or reads otherwise than it is meant."""
    seen = np.array([[[0, 0], [85, 255], [170, 255], [255, 255]]] * 2, np.uint8)
    yield Golden("2_bit_clear.png", _png(b"\x1b", 4, 2, 2, 0, chunk(b"tRNS", b"\0\0")), "LA", seen)
    both = np.array([[[0, 51, 255], [255, 102, 0]]] * 2, np.uint8)
    tags = {258: (3, 32), 262: (3, 2), 277: (3, 3), 339: (3, 3)}
    yield Golden("rgb_float.tif", tiff(2, 2, tags, (both / 255).astype("<f4").tobytes()), "RGB", both)


def all_golden() -> Iterator[Golden]:
    for table in (pngs, tiffs, bitmaps, others, orientations, profiles, rare):
        yield from table()


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    expected = {}
    for golden in all_golden():
        (FOLDER / golden.name).write_bytes(golden.content)
        pixels = golden.pixels.tolist()
        expected[golden.name] = {"mode": golden.mode, "tolerance": golden.tolerance, "pixels": pixels}
    lines = (
        f"{json.dumps(name)}: {json.dumps(facts, separators=(',', ':'))}" for name, facts in sorted(expected.items())
    )
    EXPECTED.write_text("{\n" + ",\n".join(lines) + "\n}\n", "utf-8")


if __name__ == "__main__":
    main()
