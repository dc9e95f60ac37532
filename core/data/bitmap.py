"""Bitmaps whose colours lie in bits that Pillow does not know: any masks of 16 or 32 bits per pixel."""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

_WITH_MASKS = {3, 6}  # of the header's ways to pack
_HEADER_BYTES = 70  #: to the last mask


class NotReadError(Exception):
    """It is no such bitmap."""


def read_masked(file: BinaryIO, allow: Callable[[int, int], None]) -> Image.Image:
    """RGB, or RGBA where a mask of transparency is not empty.

    allow(width, height): raises where a picture is too large. Raises NotReadError, and EOFError where it is cut off.
    """
    file.seek(0)
    head = file.read(_HEADER_BYTES)
    if len(head) < _HEADER_BYTES or int.from_bytes(head[14:18], "little") < 40:
        raise NotReadError
    place, length, width, height = struct.unpack_from("<IIii", head, 10)
    bits, packing = struct.unpack_from("<HI", head, 28)
    if bits not in {16, 32} or packing not in _WITH_MASKS:
        raise NotReadError
    allow(width, abs(height))
    masks = struct.unpack_from("<4I", head, 54)[: 4 if length >= 56 or packing == 6 else 3]
    if not all(masks[:3]):
        raise NotReadError
    used = [mask for mask in masks if mask]
    row_bytes = -(-width * bits // 32) * 4
    made = np.empty((abs(height), width, len(used)), np.uint8)
    file.seek(place)
    for row in range(abs(height)):
        data = file.read(row_bytes)
        if len(data) < row_bytes:
            raise EOFError
        values = np.frombuffer(data, f"<u{bits // 8}")[:width]
        for channel, mask in enumerate(used):
            made[row if height < 0 else -1 - row, :, channel] = _levels(values, mask)
    return Image.fromarray(made)


def _levels(values: NDArray[Any], mask: int) -> NDArray[np.float64]:
    """0 … 255 of the bits that a mask leaves."""
    levels: NDArray[np.float64] = np.rint((values.astype(np.int64) & mask) / mask * 255)
    return levels
