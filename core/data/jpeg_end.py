"""JPEGs without their end marker: used where every pixel is there all the same.

Some cameras and many half-finished programs leave the marker out. Whether the last pixels are there cannot be seen from
outside: their codes have no lengths. But pixels that are all there do not depend on what follows them.
"""

from __future__ import annotations

import io
from hashlib import blake2b
from typing import BinaryIO

from PIL import JpegImagePlugin

_END = b"\xff\xd9"
#: Bits in no order, long enough for some blocks of pixels. None of these bytes is the start of a marker.
_OTHER = bytes(range(37, 251, 3)) * 4


def with_end(file: BinaryIO) -> BinaryIO:
    """The file with its end marker. Raises EOFError where pixels are missing, what the decoder does for others."""
    file.seek(0)
    data = file.read().rstrip(b"\xff")
    if _digest(data + _END) != _digest(data + _OTHER + _END):
        raise EOFError
    return io.BytesIO(data + _END)


def _digest(data: bytes) -> bytes:
    """Of all pixels."""
    from .decode import require_within_limits

    image = JpegImagePlugin.JpegImageFile(io.BytesIO(data))
    require_within_limits(*image.size)
    image.load()
    told = blake2b()
    for top in range(0, image.height, 256):
        told.update(image.crop((0, top, image.width, min(top + 256, image.height))).tobytes())
    return told.digest()
