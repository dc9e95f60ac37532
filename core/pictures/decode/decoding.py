"""Reads one picture file safely, and prepares it as the network sees it. Knows nothing of folders.

The limits are checked before a pixel is decoded: a few kilobytes of PNG can ask for gigabytes. Only what the content
says counts, never the name.
"""

from __future__ import annotations

import io
import os
import struct
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from io import BufferedReader
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, JpegImagePlugin

from ... import reading
from ...errors import DataError
from ..folder.reasons import REASONS, reason_of
from . import tiff
from .damage import Damage, find_damage, webp_size
from .kinds import LONG_KINDS, MAGIC_BYTES, READ_KINDS, is_readable, picture_kind
from .modes import canonical, strips
from .png_view import PngView
from .prepare import prepare

# --- JPEGs without their end marker: used where every pixel is there all the same ------------------------
# Some cameras and many half-finished programs leave the marker out. Whether the last pixels are there cannot be seen
# from outside: their codes have no lengths. But pixels that are all there do not depend on what follows them.

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
    image = JpegImagePlugin.JpegImageFile(io.BytesIO(data))
    require_within_limits(*image.size)
    image.load()
    told = blake2b()
    for top in range(0, image.height, 256):
        told.update(image.crop((0, top, image.width, min(top + 256, image.height))).tobytes())
    return told.digest()


# --- Bitmaps whose colours lie in bits that Pillow does not know: any masks of 16 or 32 bits per pixel ---

_WITH_MASKS = {3, 6}  # of the header's ways to pack
_BITMAP_HEADER_BYTES = 70  #: to the last mask


class NotReadError(Exception):
    """It is no such bitmap."""


def read_masked(file: BinaryIO, allow: Callable[[int, int], None]) -> Image.Image:
    """RGB, or RGBA where a mask of transparency is not empty.

    allow(width, height): raises where a picture is too large. Raises NotReadError, and EOFError where it is cut off.
    """
    file.seek(0)
    head = file.read(_BITMAP_HEADER_BYTES)
    if len(head) < _BITMAP_HEADER_BYTES or int.from_bytes(head[14:18], "little") < 40:
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


# --- From the colours that a picture's profile describes to sRGB, which the network sees and the screen shows ---
# A phone's red (255, 0, 0) in Display P3 is another red than a screen's. A profile that is sRGB, that is damaged, or
# that was made for another kind of colours than the picture's, changes nothing.

#: Longer profiles are passed over: the largest of printing presses have some 3 MB.
MOST_PROFILE_BYTES = 8 << 20
#: Of 255: what differs no more than this from sRGB is sRGB, as other programs describe it.
SAME = 2
#: Of 255: what white is brighter than black at least, in any profile that describes a device.
_LEAST_CONTRAST = 64
_HEADER_BYTES = 128
#: Of a profile's header: what kind of device, and of colours.
_DEVICES = {b"mntr", b"scnr", b"prtr", b"spac"}
_SPACES = {b"RGB ": "RGB", b"GRAY": "L", b"CMYK": "CMYK"}

Convert = Callable[[Image.Image], Image.Image]


def to_srgb(image: Image.Image, profile: object) -> Convert:
    """What makes a canonical picture in sRGB of `image`, or of a strip of it. profile: as the file holds it, or None.

    Numbers that are no colours yet (modes I and F) are taken as sRGB, whatever the profile says.
    """
    if not isinstance(profile, bytes) or image.mode in {"I", "F", "LAB"}:
        return canonical
    if not _HEADER_BYTES < len(profile) <= MOST_PROFILE_BYTES or profile[12:16] not in _DEVICES:
        return canonical
    space = _SPACES.get(profile[16:20])
    if space is None or (space == "CMYK") != (image.mode == "CMYK"):
        return canonical
    transform = _transform(profile, space)
    if transform is None:
        return canonical
    if space == "CMYK":
        return transform

    def convert(part: Image.Image) -> Image.Image:
        made = canonical(part)
        alpha = made.getchannel("A") if made.mode in {"LA", "RGBA"} else None
        colours = made if alpha is None else made.convert(made.mode[:-1])
        if colours.mode != space:
            return made
        shown = transform(colours)
        if alpha is not None:
            shown.putalpha(alpha)
        return shown

    return convert


@lru_cache(maxsize=8)
def _transform(profile: bytes, space: str) -> Convert | None:
    """From a mode in these colours to RGB (L of L) in sRGB; None where nothing is to be done, or nothing can be."""
    try:
        from PIL import ImageCms

        transform = ImageCms.buildTransform(
            ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB"), space, "RGB"
        )

        def convert(image: Image.Image) -> Image.Image:
            shown = ImageCms.applyTransform(image, transform)
            assert shown is not None, "it is not done in place"
            return shown if space != "L" else shown.getchannel("G")

        probe = _probe(space)
        shown = np.asarray(convert(probe).convert("L")).astype(int)
        if np.ptp(shown) < _LEAST_CONTRAST:
            return None
        if space != "CMYK" and np.abs(np.asarray(convert(probe)).astype(int) - np.asarray(probe)).max() <= SAME:
            return None
        return convert
    except Exception:
        # LittleCMS is not there, or the profile is damaged in one of a hundred ways; its picture is not.
        return None


def _probe(space: str) -> Image.Image:
    """Colours from all over what a mode can hold, in one row."""
    if space == "L":
        return Image.fromarray(np.arange(256, dtype=np.uint8)[None])
    bands = Image.getmodebands(space)
    levels = np.linspace(0, 255, 7 if bands == 3 else 4).round().astype(np.uint8)
    grid = np.stack(np.meshgrid(*[levels] * bands, indexing="ij"), axis=-1).reshape(1, -1, bands)
    return Image.frombytes(space, (grid.shape[1], 1), grid.tobytes())


# --- Large pictures are made smaller while they are brought into a canonical mode: a strip at a time, in little
# memory.

#: A picture of fewer pixels is left as it is.
LARGE_PIXELS = 16_000_000
#: How much finer than asked it stays, as scaling it later would average whole blocks down to: see prepare.py.
GAP = 3
_PREMULTIPLIED = {"RGBA": "RGBa", "LA": "La"}


def canonical_and_smaller(
    image: Image.Image, target_size: int, convert: Callable[[Image.Image], Image.Image] = canonical
) -> Image.Image:
    """As `convert`; a large picture is averaged over whole blocks, its shorter side at least GAP times target_size.

    target_size: pixels. convert: what makes a canonical picture of one, or of a strip of it. Raises ValueError as
    `canonical` does.
    """
    width, height = image.size
    factor = min(width, height) // (target_size * GAP)
    if width * height < LARGE_PIXELS or factor < 2:
        return convert(image)
    # The range of all of its values decides what becomes of each.
    source = canonical(image) if image.mode in {"I", "F"} else image
    made: Image.Image | None = None
    for top, strip in strips(source, factor):
        part = convert(strip)
        # Averaged by what is seen of them, so that colours under full transparency never bleed out.
        blended = _PREMULTIPLIED.get(part.mode)
        part = part.reduce(factor) if blended is None else part.convert(blended).reduce(factor).convert(part.mode)
        if made is None:
            made = Image.new(part.mode, (part.width, -(-height // factor)))
        made.paste(part, (0, top // factor))
    assert made is not None, "a picture has at least one row"
    return made


# --- decoding --------------------------------------------------------------------------------------------

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

#: Pillow's names of kinds that it calls otherwise.
_PILLOW = {"HEIC": "HEIF"}
_TARGA_END_BYTES = 18


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
    format: str  #: one of kinds.READ_KINDS
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
            raise PictureRefusedError(_unread_reason(file, head, path))
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
        broken = "truncated" if damage.ends_early else "variant" if damage.is_unusual else "broken"
        try:
            return _decode(file, found, size_bytes, target_size, damage)
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
            if code == "broken" and str(error).startswith("Unsupported"):
                code = "variant"
            raise PictureRefusedError(broken if code == "broken" else code) from None
        except Exception:
            # Pillow's decoders raise whatever the damage trips over: SyntaxError, struct.error, KeyError, …
            raise PictureRefusedError(broken) from None


def _unread_reason(file: BinaryIO, head: bytes, path: Path) -> str:
    """The code for a file that is none of the kinds that are read."""
    file.seek(-min(_TARGA_END_BYTES, file.seek(0, os.SEEK_END)), os.SEEK_END)
    kind = picture_kind(head, path.name, file.read())
    return "not-a-picture" if kind is None else f"kind-{kind.lower()}"


def open_regular(path: Path) -> BufferedReader:
    """Open a regular file for reading without ever waiting on a pipe or a device. Raises PictureRefusedError."""
    try:
        return reading.open_regular(path)
    except reading.NotRegularError:
        raise PictureRefusedError("not-a-file") from None
    except OSError as error:
        raise PictureRefusedError(reason_of(error, is_link=path.is_symlink())) from None


def has_more_frames(path: Path) -> bool:
    """Whether a picture file that can be read holds more than its first frame or page, which is what is read."""
    try:
        with open_regular(path) as file:
            kind = picture_format(file.read(MAGIC_BYTES))
            if kind not in LONG_KINDS:
                return False
            with Image.open(file, formats=(kind,)) as image:
                return bool(getattr(image, "is_animated", False))
    except Exception:
        # Pillow raises whatever the damage behind the first frame trips over; the first frame is all that is used.
        return False


def picture_format(head: bytes) -> str | None:
    """One of kinds.READ_KINDS by a file's first MAGIC_BYTES bytes; None for anything that is not read here."""
    kind = picture_kind(head)
    return kind if kind in READ_KINDS and is_readable(kind) else None


def _decode(file: BinaryIO, found: str, size_bytes: int, target_size: int | None, damage: Damage) -> DecodedPicture:
    with _opened(file, found, damage) as image:
        width, height = image.size
        require_within_limits(width, height)
        mode = image.mode
        if image.info.get("progressive"):
            _require_memory(2 * len(image.getbands()) * width * height)  # nothing is finished before all is read
        _match_transparent_colour(image)
        if target_size is not None:
            image.draft(None, (target_size * DRAFT_FACTOR, target_size * DRAFT_FACTOR))
        image.load()
        turn = _ORIENTATIONS.get(_orientation(image))
        convert = to_srgb(image, image.info.get("icc_profile"))
        try:
            upright = convert(image) if target_size is None else canonical_and_smaller(image, target_size, convert)
        except ValueError:
            raise PictureRefusedError("mode") from None
        if turn is not None:
            upright = upright.transpose(turn)
            if turn in _TURNS_SIDES:
                width, height = height, width
    return DecodedPicture(upright, width, height, mode, found, size_bytes)


def _opened(file: BinaryIO, found: str, damage: Damage) -> Image.Image:
    """The file as Pillow reads it, or a TIFF that numpy reads instead."""
    if found == "PNG":
        view = PngView(file)
        image: Image.Image = Image.open(io.BufferedReader(view), formats=("PNG",))
        image.info["icc_profile"] = view.profile(MOST_PROFILE_BYTES)
        return image
    if found == "JPEG":
        # Also the multi-picture files of phones and 3-D cameras, whatever their list of pictures says.
        if damage.lacks_end:
            file = with_end(file)
        return JpegImagePlugin.JpegImageFile(file)
    if found == "TIFF":
        return _opened_tiff(file)
    try:
        return Image.open(file, formats=(_PILLOW.get(found, found),))
    except OSError as error:
        if found != "BMP" or error.errno is not None:
            raise
        try:
            return read_masked(file, require_within_limits)
        except NotReadError:
            raise error from None


def _opened_tiff(file: BinaryIO) -> Image.Image:
    try:
        tags = tiff.read_tags(file)
    except tiff.NotReadError:
        tags = None
    file.seek(0)
    if tags is not None and tiff.is_camera_raw(tags):
        raise PictureRefusedError("kind-raw")
    try:
        image: Image.Image = Image.open(file, formats=("TIFF",))
        require_within_limits(*image.size)
        image.load()
    except (PictureRefusedError, MemoryError, EOFError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise
    except Exception as error:
        if tags is None or (isinstance(error, OSError) and error.errno is not None):
            raise
        try:
            image = tiff.read_numbers(file, tags, require_within_limits)
        except tiff.NotReadError:
            if tiff.is_known_to_libtiff(tags):
                raise error from None
            raise PictureRefusedError("variant") from None
        if turn := tags.one(tiff.ORIENTATION, 1):
            image.getexif()[_ORIENTATION_TAG] = turn
    return image


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


#: How a PNG's row of grey is unpacked → what its values are multiplied with, which the transparent one is not.
_STRETCHED = {"L;2": 85, "L;4": 17}


def _match_transparent_colour(image: Image.Image) -> None:
    """Bring the colour that stands for transparency to the 8 bits that Pillow makes of a PNG's pixels.

    Of 16 bits per channel it keeps the upper 8; grey of 2 and 4 bits it stretches.
    """
    clear = image.info.get("transparency")
    for tile in getattr(image, "tile", ()):
        if isinstance(clear, tuple) and tile.args == "RGB;16B":
            image.info["transparency"] = tuple(value >> 8 for value in clear)
        elif isinstance(clear, int) and tile.args in _STRETCHED:
            image.info["transparency"] = clear * _STRETCHED[tile.args]


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
