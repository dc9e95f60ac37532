"""Reads one picture file safely, and prepares it as the network sees it. Knows nothing of folders.

The limits are checked before a pixel is decoded: a few kilobytes of PNG can ask for gigabytes. Only what the content
says counts, never the name.
"""

from __future__ import annotations

import os
import warnings
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO

from PIL import Image

from .. import reading
from ..errors import DataError
from .damage import find_damage, webp_size
from .large import canonical_and_smaller
from .modes import canonical
from .prepare import prepare
from .reasons import REASONS, reason_of

__all__ = [
    "DecodedPicture",
    "PictureRefusedError",
    "decode",
    "open_regular",
    "picture_format",
    "prepare",
    "read_picture",
]

MAX_PIXELS = 64_000_000
MAX_SIDE = 32_768  #: pixels
MAX_ASPECT = 100  #: longer side over shorter side
MAX_FILE_BYTES = 1 << 30
MOST_WORKING_BYTES = 480 << 20  #: of the 512 MB that decoding one file may take
#: How much finer than asked a JPEG is decoded, so that the final scaling still has something to average.
DRAFT_FACTOR = 2

# Pillow only warns of a picture between its limit and twice that; for us that is already refused. What it warns of
# otherwise (odd EXIF, odd TIFF tags) does not touch the pixels.
warnings.filterwarnings("error", category=Image.DecompressionBombWarning)
warnings.filterwarnings("ignore", category=UserWarning, module=r"PIL\.")

#: EXIF orientation (tag 0x0112) → what turns the picture upright.
_ORIENTATIONS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_ORIENTATION_TAG = 0x0112

#: Bytes that `picture_format` looks at.
MAGIC_BYTES = 32
_BMP_HEADER_SIZES = {12, 16, 40, 52, 56, 64, 108, 124}


class PictureRefusedError(Exception):
    """A file that is no usable picture; `reason_code` is a key of REASONS."""

    def __init__(self, reason_code: str) -> None:
        super().__init__(REASONS[reason_code])
        self.reason_code = reason_code


@dataclass(frozen=True, slots=True, eq=False)
class DecodedPicture:
    """A decoded file: the picture, upright, in a canonical mode, and what the file says of itself."""

    image: Image.Image  #: L, LA, RGB or RGBA; a draft when a target size was given
    width: int  #: pixels of the whole picture, upright
    height: int
    mode: str  #: as the file stores it
    format: str  #: PNG, JPEG, WEBP, BMP, GIF or TIFF
    bytes: int


def read_picture(path: Path, target_size: int | None = None) -> Image.Image:
    """The picture in a file: its first frame, upright, as L, LA, RGB or RGBA (rules: modes.py).

    target_size: pixels; a JPEG, or a large picture of any kind, may then come smaller, its shortest side still at least
    twice that (or its own size).
    Raises DataError with the path and the reason in words.
    """
    try:
        return decode(path, target_size).image
    except PictureRefusedError as refused:
        raise DataError(
            "data.picture", path=path, reason=REASONS[refused.reason_code], reason_code=refused.reason_code
        ) from None


def decode(path: Path, target_size: int | None = None) -> DecodedPicture:
    """As `read_picture`, with what the file says of itself. Raises PictureRefusedError."""
    with open_regular(path) as file:
        size_bytes = os.fstat(file.fileno()).st_size
        if size_bytes == 0:
            raise PictureRefusedError("empty")
        head = file.read(MAGIC_BYTES)
        found = picture_format(head)
        if found is None:
            raise PictureRefusedError("not-a-picture")
        if found == "WEBP" and (size := webp_size(head[12:])) is not None:
            # Its decoder makes room for two pictures as soon as it is opened.
            require_within_limits(*size)
            _require_memory(2 * 4 * size[0] * size[1])
        if size_bytes > MAX_FILE_BYTES:
            raise PictureRefusedError("too-large")
        try:
            damage = find_damage(file, found, size_bytes)
        except OSError as error:
            raise PictureRefusedError(reason_of(error)) from None
        if damage.code is not None:
            raise PictureRefusedError(damage.code)
        broken = "truncated" if damage.ends_early else "broken"
        try:
            return _decode(file, found, size_bytes, target_size)
        except PictureRefusedError:
            raise
        except (Image.DecompressionBombError, Image.DecompressionBombWarning):
            raise PictureRefusedError("too-many-pixels") from None
        except EOFError:
            raise PictureRefusedError("truncated") from None
        except MemoryError:
            raise PictureRefusedError("needs-memory") from None
        except OSError as error:
            code = reason_of(error)
            raise PictureRefusedError(broken if code == "broken" else code) from None
        except Exception:
            # Pillow's decoders raise whatever the damage trips over: SyntaxError, struct.error, KeyError, …
            raise PictureRefusedError(broken) from None


def open_regular(path: Path) -> BufferedReader:
    """Open a regular file for reading without ever waiting on a pipe or a device. Raises PictureRefusedError."""
    try:
        return reading.open_regular(path)
    except reading.NotRegularError:
        raise PictureRefusedError("not-a-file") from None
    except OSError as error:
        raise PictureRefusedError(reason_of(error, is_link=path.is_symlink())) from None


def picture_format(head: bytes) -> str | None:
    """PNG, JPEG, WEBP, BMP, GIF or TIFF by a file's first MAGIC_BYTES bytes; None for anything else."""
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if head.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "WEBP"
    if head.startswith((b"GIF87a", b"GIF89a")):
        return "GIF"
    if head.startswith((b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")):
        return "TIFF"
    # Two letters begin many a text; a bitmap's header names its own size as well.
    if head.startswith(b"BM") and int.from_bytes(head[14:18], "little") in _BMP_HEADER_SIZES:
        return "BMP"
    return None


def _decode(file: BinaryIO, found: str, size_bytes: int, target_size: int | None) -> DecodedPicture:
    # Pillow's JPEG reader also takes on the multi-picture files of phones and 3-D cameras (MPO).
    with Image.open(file, formats=(found,)) as image:
        width, height = image.size
        require_within_limits(width, height)
        mode = image.mode
        if image.info.get("progressive"):
            _require_memory(2 * len(image.getbands()) * width * height)  # nothing is finished before all is read
        _match_upper_bytes(image)
        if target_size is not None:
            image.draft(None, (target_size * DRAFT_FACTOR, target_size * DRAFT_FACTOR))
        image.load()
        turn = _ORIENTATIONS.get(_orientation(image))
        try:
            upright = canonical(image) if target_size is None else canonical_and_smaller(image, target_size)
        except ValueError:
            raise PictureRefusedError("mode") from None
        if turn is not None:
            upright = upright.transpose(turn)
            if turn in _TURNS_SIDES:
                width, height = height, width
    return DecodedPicture(upright, width, height, mode, found, size_bytes)


_TURNS_SIDES = {
    Image.Transpose.TRANSPOSE,
    Image.Transpose.ROTATE_270,
    Image.Transpose.TRANSVERSE,
    Image.Transpose.ROTATE_90,
}


def require_within_limits(width: int, height: int) -> None:
    """Raises PictureRefusedError for a picture too large, too long or too thin to be decoded."""
    shorter, longer = min(width, height), max(width, height)
    if shorter < 1:
        raise PictureRefusedError("broken")
    if longer > MAX_SIDE:
        raise PictureRefusedError("too-long")
    if longer > MAX_ASPECT * shorter:
        raise PictureRefusedError("too-thin")
    if width * height > MAX_PIXELS:
        raise PictureRefusedError("too-many-pixels")


def _match_upper_bytes(image: Image.Image) -> None:
    """Of 16 bits per channel Pillow keeps the upper 8, but not in the colour that stands for transparency."""
    clear = image.info.get("transparency")
    if isinstance(clear, tuple) and any(tile.args == "RGB;16B" for tile in getattr(image, "tile", ())):
        image.info["transparency"] = tuple(value >> 8 for value in clear)


def _require_memory(needed_bytes: int) -> None:
    """Raises PictureRefusedError where the decoder would fail for want of memory, and not say that this is why."""
    if needed_bytes > MOST_WORKING_BYTES:
        raise PictureRefusedError("needs-memory")


def _orientation(image: Image.Image) -> int:
    try:
        return int(image.getexif().get(_ORIENTATION_TAG, 1))
    except Exception:
        # Broken EXIF is common and says nothing about the pixels.
        return 1
