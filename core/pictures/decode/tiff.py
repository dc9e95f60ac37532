"""TIFFs that Pillow cannot read: numbers of any width, floating ones too, in one to four channels.

Scientific programs, renderers and cameras' converters write these. They are read with numpy where they are not packed
or only deflated; which values become which grey levels is the same for all modes of numbers: modes.py.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from .modes import finite, range_of

_MOST_TAGS = 4096
_MOST_VALUES = 1 << 20
#: Pixels of a strip or tile.
MOST_SIDE = 1 << 16
#: Bytes of each type of value, and how struct calls it.
_TYPES = {1: "B", 3: "H", 4: "I", 6: "b", 8: "h", 9: "i", 13: "I", 16: "Q", 17: "q", 18: "Q"}
_NUMBERS = {1: "u", 2: "i", 3: "f"}  # SampleFormat → numpy's kind
_DEFLATED = {8, 32946}
#: Compression → how Pillow calls it: libtiff may have been built without.
_OPTIONAL = {34925: "lzma", 50000: "zstd", 50001: "webp", 7: "jpeg", 5: "tiff_lzw", 32773: "packbits"}
#: Compressions that libtiff always knows: CCITT's, and none.
_ALWAYS = {1, 2, 3, 4, 8, 32771, 32946}

(
    WIDTH, HEIGHT, BITS, COMPRESSION, PHOTOMETRIC, OFFSETS, ORIENTATION, SAMPLES, ROWS, COUNTS, PLANAR, PREDICTOR,
    TILE_WIDTH, TILE_HEIGHT, TILE_OFFSETS, TILE_COUNTS, SUBIFDS, EXTRA, FORMAT, SUBFILE, CFA, DNG,
) = (
    256, 257, 258, 259, 262, 273, 274, 277, 278, 279, 284, 317,
    322, 323, 324, 325, 330, 338, 339, 254, 33421, 50706,
)  # fmt: skip


class NotReadError(Exception):
    """It is not stored in a way that can be read here."""


class Tags(NamedTuple):
    """The tags of the first page."""

    order: str  #: "<" or ">"
    values: dict[int, tuple[int, ...]]  #: whole numbers only

    def one(self, tag: int, default: int) -> int:
        """The first value of a tag."""
        return (self.values.get(tag) or (default,))[0]


def read_tags(file: BinaryIO) -> Tags:
    """Of the first page. Raises NotReadError for what is no list of tags."""
    file.seek(0)
    head = file.read(16)
    order = "<" if head.startswith(b"II") else ">"
    big = 43 in head[2:4]
    try:
        (first,) = struct.unpack(order + ("Q" if big else "I"), head[8:16] if big else head[4:8])
        file.seek(first)
        (count,) = struct.unpack(order + ("Q" if big else "H"), file.read(8 if big else 2))
        cell = 20 if big else 12
        table = file.read(min(count, _MOST_TAGS) * cell)
        values: dict[int, tuple[int, ...]] = {}
        for at in range(0, len(table) - cell + 1, cell):
            tag, kind = struct.unpack_from(order + "HH", table, at)
            (number,) = struct.unpack_from(order + ("Q" if big else "I"), table, at + 4)
            if kind not in _TYPES or not 0 < number <= _MOST_VALUES:
                continue
            layout = f"{order}{number}{_TYPES[kind]}"
            size, inside = struct.calcsize(layout), table[at + (12 if big else 8) : at + cell]
            if size > len(inside):
                file.seek(struct.unpack(order + ("Q" if big else "I"), inside)[0])
                inside = file.read(size)
            values[tag] = struct.unpack(layout, inside[:size])
    except (struct.error, OverflowError, ValueError):
        raise NotReadError from None
    return Tags(order, values)


def is_camera_raw(tags: Tags) -> bool:
    """Whether the first page is the preview of a picture whose pixels are still a sensor's: DNG, NEF, ARW, …"""
    if DNG in tags.values or tags.one(PHOTOMETRIC, 0) in {32803, 34892}:
        return True
    return SUBIFDS in tags.values and bool(tags.one(SUBFILE, 0) & 1)


def is_known_to_libtiff(tags: Tags) -> bool:
    """Whether a failure to read it means damage: the packing is one that this libtiff has."""
    packing, width = tags.one(COMPRESSION, 1), max(tags.values.get(BITS, (1,)))
    if width not in {1, 2, 4, 8, 16, 32} or (width == 32 and tags.one(SAMPLES, 1) > 1):
        return False
    if tags.one(SAMPLES, 1) > 4 or tags.one(PHOTOMETRIC, 0) not in {0, 1, 2, 3, 5, 6, 8}:
        return False
    if packing in _ALWAYS:
        return True
    if packing not in _OPTIONAL:
        return False
    try:
        Image.new("RGB", (8, 8)).save(io.BytesIO(), "TIFF", compression=_OPTIONAL[packing])
    except Exception:
        return False
    return True


def read_numbers(file: BinaryIO, tags: Tags, allow: Callable[[int, int], None]) -> Image.Image:
    """The first page as L, LA, RGB or RGBA.

    allow(width, height): raises where a picture is too large. Raises NotReadError, and EOFError where it is cut off.
    """
    width, height = tags.one(WIDTH, 0), tags.one(HEIGHT, 0)
    allow(width, height)
    samples, photometric = tags.one(SAMPLES, 1), tags.one(PHOTOMETRIC, 1)
    bits, formats = set(tags.values.get(BITS, (1,))), set(tags.values.get(FORMAT, (1,)))
    packing, predictor = tags.one(COMPRESSION, 1), tags.one(PREDICTOR, 1)
    colours = {0: 1, 1: 1, 2: 3}.get(photometric, 0)
    alpha = tags.values.get(EXTRA, ())[:1] in {(1,), (2,)}
    channels = colours + alpha
    if not colours or not channels <= samples <= 4 or len(bits) > 1 or len(formats) > 1:
        raise NotReadError
    if packing not in {1, *_DEFLATED} or predictor not in {1, 2, 3}:
        raise NotReadError
    try:
        numbers = np.dtype(f"{tags.order}{_NUMBERS[formats.pop()]}{bits.pop() // 8}")
    except (KeyError, TypeError):
        raise NotReadError from None
    layout = _Layout(tags, numbers, samples, width, height)
    low, high = np.inf, -np.inf
    for _, _, part in layout.parts(file):
        seen = finite(part[..., :colours])
        low, high = min(low, float(seen.min())), max(high, float(seen.max()))
    black, white = range_of(low, high, numbers)
    scale = 255 / (white - black) if white > black else 0.0
    # How much of a pixel is seen has a range of its own.
    whole = 1.0 if numbers.kind == "f" else float(np.iinfo(numbers).max)
    made = np.zeros((height, width, channels), np.uint8)
    for top, left, part in layout.parts(file):
        levels = (finite(part[..., :channels]) - black) * scale
        if alpha:
            levels[..., colours] = np.clip(finite(part[..., colours]) / whole, 0, 1) * 255
        if photometric == 0:
            levels[..., :colours] = 255 - levels[..., :colours]
        rows, columns = part.shape[:2]
        made[top : top + rows, left : left + columns] = np.rint(levels)
    return Image.fromarray(made if channels > 1 else made[..., 0])


class _Layout:
    """Where the numbers of a page lie."""

    def __init__(self, tags: Tags, numbers: np.dtype[Any], samples: int, width: int, height: int) -> None:
        tiled = TILE_WIDTH in tags.values
        self._numbers, self._samples = numbers, samples
        self._size = height, width
        self._packing, self._predictor = tags.one(COMPRESSION, 1), tags.one(PREDICTOR, 1)
        self._planes = samples if tags.one(PLANAR, 1) == 2 else 1
        self._part = (
            tags.one(TILE_HEIGHT if tiled else ROWS, height),
            tags.one(TILE_WIDTH, width) if tiled else width,
        )
        self._tiled = tiled
        self._offsets = tags.values.get(TILE_OFFSETS if tiled else OFFSETS, ())
        self._counts = tags.values.get(TILE_COUNTS if tiled else COUNTS, ())
        if not all(0 < side <= MOST_SIDE for side in self._part):
            raise NotReadError
        if self._packing != 1 and len(self._counts) != len(self._offsets):
            raise NotReadError
        self._across = -(-width // self._part[1])
        self._each = -(-height // self._part[0]) * self._across
        if len(self._offsets) < self._each * self._planes:
            raise NotReadError

    def parts(self, file: BinaryIO) -> Iterator[tuple[int, int, NDArray[Any]]]:
        """(top, left, (h, w, samples) of numbers) of all that the page is made of. Raises EOFError."""
        height, width = self._size
        for place in range(self._each):
            top, left = place // self._across * self._part[0], place % self._across * self._part[1]
            rows, columns = min(self._part[0], height - top), min(self._part[1], width - left)
            stored = self._part[0] if self._tiled else rows
            planes = [
                self._read(file, place + plane * self._each, stored, self._samples // self._planes)
                for plane in range(self._planes)
            ]
            yield top, left, np.concatenate(planes, axis=-1)[:rows, :columns]

    def _read(self, file: BinaryIO, place: int, rows: int, samples: int) -> NDArray[Any]:
        """(rows, columns, samples) of one strip or tile."""
        columns, width = self._part[1], self._numbers.itemsize
        size = rows * columns * samples * width
        file.seek(self._offsets[place])
        data = file.read(size if self._packing == 1 else self._counts[place])
        if self._packing != 1:
            try:
                data = zlib.decompressobj().decompress(data, size)
            except zlib.error:
                raise EOFError from None
        if len(data) < size:
            raise EOFError
        if self._predictor == 3:
            # Differences of bytes, the most telling byte of every number first.
            steps = np.frombuffer(data, np.uint8).reshape(rows, columns * width, samples)
            whole = np.cumsum(steps, axis=1, dtype=np.uint8).reshape(rows, width, columns * samples)
            numbers = np.ascontiguousarray(whole.transpose(0, 2, 1)).view(self._numbers.newbyteorder(">"))
            return numbers.reshape(rows, columns, samples)
        read = np.frombuffer(data, self._numbers).reshape(rows, columns, samples)
        return np.cumsum(read, axis=1, dtype=self._numbers.newbyteorder("=")) if self._predictor == 2 else read
