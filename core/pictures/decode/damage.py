"""Damage that a decoder does not notice: checksums it does not compare, and parts of a file that became zeros.

A copy that failed half-way and a disk that lost blocks leave zeros where data were, and the decoders of JPEG and WebP
take zeros for pixels. Well-packed data hold no long runs of zeros. Where a codec may write some for plain areas, a hole
is told by beginning and ending where a disk's blocks do, or by being more than the whole picture could have needed.
Formats that keep bare pixels (BMP, TIFF) cannot tell a hole from black.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterator
from typing import BinaryIO, NamedTuple

#: Zeros in a row that no picture's data hold by chance, where plain areas are not written as zeros.
HOLE_BYTES = 64
#: Pixels of a plain area that a byte of zeros stands for, at least: a JPEG of four full channels has 64, a WebP 200.
FEWEST_PIXELS = 32
BLOCK_BYTES = 512  #: the least that a disk loses
#: Bytes that an untouched file may happen to have as zeros beside a hole.
_BESIDE = 2
#: A longer JPEG or WebP is not looked through: it would take half of the memory that decoding may.
MOST_BYTES = 256 << 20
_CHUNK_BYTES = 1 << 20

_MARKER = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")  # between pixels stand only stuffed zeros and restarts
_ZEROS = re.compile(rb"\0{%d,}" % HOLE_BYTES)
_TABLES, _END, _SCAN = 0xC4, 0xD9, 0xDA
_FRAMES = {0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF}
_PROGRESSIVE = {0xC2, 0xC6, 0xCA, 0xCE}
#: Those that libjpeg reads, of 8 bits: baseline, extended and progressive, with arithmetic coding too.
_USUAL = {0xC0, 0xC1, 0xC2, 0xC9, 0xCA}
_CRITICAL = {b"IHDR", b"PLTE", b"IDAT", b"IEND"}


class Damage(NamedTuple):
    """What the structure of a file says."""

    code: str | None  #: key of REASONS: it is not to be used, whatever a decoder makes of it
    ends_early: bool  #: where a decoder gives up, this is why
    is_unusual: bool = False  #: where a decoder gives up, it is for a legal variant that few programs read
    lacks_end: bool = False  #: a JPEG without its end marker, of which all passes are there


def find_damage(file: BinaryIO, found: str, size_bytes: int) -> Damage:
    """Look through a file of format `found` (as picture_format says). Raises OSError where it cannot be read."""
    file.seek(0)
    try:
        return _LOOK.get(found, _no_look)(file, size_bytes)
    finally:
        file.seek(0)


def _no_look(_: BinaryIO, __: int) -> Damage:
    return Damage(None, ends_early=False)


def _look_at_png(file: BinaryIO, size_bytes: int) -> Damage:
    file.seek(25)
    lacks_colours = file.read(1) == b"\3"  # they are numbers, and what these stand for is still to come
    file.seek(12)
    is_unusual = file.read(4) == b"CgBI"  # Apple's own, in the programs of its telephones
    file.seek(8)
    while True:
        head = file.read(8)
        if len(head) < 8:
            return Damage(None, ends_early=True)
        length, kind = int.from_bytes(head[:4], "big"), head[4:]
        lacks_colours = lacks_colours and kind != b"PLTE"
        if file.tell() + length + 4 > size_bytes:
            return Damage(None, ends_early=True)
        if kind in _CRITICAL:
            checksum = zlib.crc32(kind)
            while length:
                part = file.read(min(length, _CHUNK_BYTES))
                if not part:  # it shrank meanwhile
                    return Damage(None, ends_early=True)
                checksum = zlib.crc32(part, checksum)
                length -= len(part)
            if file.read(4) != checksum.to_bytes(4, "big") or (kind == b"IDAT" and lacks_colours):
                return Damage("broken", ends_early=False)
        else:
            file.seek(length + 4, 1)
        if kind == b"IEND":
            return Damage(None, ends_early=False, is_unusual=is_unusual)


def _look_at_jpeg(file: BinaryIO, size_bytes: int) -> Damage:
    if size_bytes > MOST_BYTES:
        return _no_look(file, size_bytes)
    data = file.read()
    at, pixels, progressive, scan_began = 2, 0, False, False
    tables: list[bool] = []  # whether each may write zeros for a plain area
    unusual, passes = False, _Passes()
    while (place := _MARKER.search(data, at)) is not None:
        # One pass over all of the picture uses every table, one that refines it only some.
        plain = any(tables) if progressive else all(tables)
        if scan_began and _has_hole(data, at, place.start(), pixels if plain else 0):
            return Damage("truncated", ends_early=True)
        marker, at = data[place.start() + 1], place.end()
        if marker == _END:
            return Damage(None, ends_early=False, is_unusual=unusual)
        body = data[at + 2 : at + int.from_bytes(data[at : at + 2], "big")]
        if marker in _FRAMES:
            pixels = int.from_bytes(body[1:3], "big") * int.from_bytes(body[3:5], "big")
            progressive = marker in _PROGRESSIVE
            unusual = marker not in _USUAL or body[:1] != b"\x08"
            passes.begin(body)
        elif marker == _TABLES:
            tables += _may_be_zeros(body)
        if marker == _SCAN:
            scan_began = True
            passes.add(body)
        at += 2 + len(body)
    # Of the last pass only its decoder can tell whether it is whole. Zeros at the end were never written.
    lacks_end = scan_began and passes.are_all_there and not _has_hole(data, at, len(data), 0)
    return Damage("truncated" if scan_began and not lacks_end else None, ends_early=True, lacks_end=lacks_end)


class _Passes:
    """Which of a JPEG's coefficients were told to the last bit."""

    def __init__(self) -> None:
        self._left: dict[int, set[int]] = {}  # component → places of coefficients of which bits are still to come

    def begin(self, frame: bytes) -> None:
        """A frame header: all is still to come."""
        self._left = {frame[at]: set(range(64)) for at in range(6, len(frame) - 2, 3)}

    def add(self, scan: bytes) -> None:
        """A scan header."""
        count = scan[0] if scan else 0
        if len(scan) < 4 + 2 * count:
            return
        first, last, bits = scan[1 + 2 * count : 4 + 2 * count]
        if bits & 0x0F == 0:  # down to the last bit
            for component in scan[1 : 1 + 2 * count : 2]:
                self._left.get(component, set()).difference_update(range(first, last + 1))

    @property
    def are_all_there(self) -> bool:
        """Whether a scan of the last bits has at least begun for each."""
        return bool(self._left) and not any(self._left.values())


def _may_be_zeros(tables: bytes) -> Iterator[bool]:
    """Whether the code that is all zeros says "as before" or "nothing more", for each of a JPEG's Huffman tables."""
    at = 0
    while at + 17 < len(tables):
        counts, first_symbol = tables[at + 1 : at + 17], tables[at + 17]
        yield first_symbol & 0x0F == 0
        at += 17 + sum(counts)


def _look_at_webp(file: BinaryIO, size_bytes: int) -> Damage:
    length = int.from_bytes(file.read(8)[4:], "little") + 8
    if length > size_bytes:
        return Damage("truncated", ends_early=True)
    if size_bytes > MOST_BYTES:
        return _no_look(file, size_bytes)
    file.seek(0)
    data = file.read(length)
    at = 12
    while at + 8 <= len(data):
        kind, size = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "little")
        at += 8
        if kind == b"ANMF":
            at += 16  # its first frame is in it
        elif kind in {b"VP8 ", b"VP8L"}:
            width, height = webp_size(data[at - 8 : at + 10]) or (0, 0)
            hole = _has_hole(data, at, at + size, width * height)
            return Damage("truncated" if hole else None, ends_early=hole)
        else:
            at += size + size % 2
    return Damage(None, ends_early=False)


def webp_size(chunk: bytes) -> tuple[int, int] | None:
    """(width, height) that the first chunk of a WebP states, for the whole canvas; None for a chunk without."""
    kind, body = chunk[:4], chunk[8:]
    if kind == b"VP8 ":
        return int.from_bytes(body[6:8], "little") & 0x3FFF, int.from_bytes(body[8:10], "little") & 0x3FFF
    if kind == b"VP8L":
        sides = int.from_bytes(body[1:5], "little")
        return (sides & 0x3FFF) + 1, (sides >> 14 & 0x3FFF) + 1
    if kind == b"VP8X":
        return int.from_bytes(body[4:7], "little") + 1, int.from_bytes(body[7:10], "little") + 1
    return None


def _look_at_tiff(file: BinaryIO, size_bytes: int) -> Damage:
    head = file.read(16)
    offset = head[8:16] if 43 in head[2:4] else head[4:8]  # where its list of tags is; longer in a BigTIFF
    first = int.from_bytes(offset, "little" if head.startswith(b"II") else "big")
    return Damage(None, ends_early=first >= size_bytes)


def _has_hole(data: bytes, begin: int, end: int, plain_pixels: int) -> bool:
    """Whether zeros that are no pixels lie in data[begin:end].

    plain_pixels: pixels of the picture, where zeros may stand for an area of one colour; else 0.
    """
    for zeros in _ZEROS.finditer(data, begin, end):
        first, last = zeros.start(), zeros.end()
        starts = -(-first // BLOCK_BYTES) * BLOCK_BYTES
        stops = last // BLOCK_BYTES * BLOCK_BYTES
        whole_blocks = stops > starts and starts - first <= _BESIDE and last - stops <= _BESIDE
        if whole_blocks or (last - first) * FEWEST_PIXELS > plain_pixels:
            return True
    return False


_LOOK: dict[str, Callable[[BinaryIO, int], Damage]] = {
    "PNG": _look_at_png,
    "JPEG": _look_at_jpeg,
    "WEBP": _look_at_webp,
    "TIFF": _look_at_tiff,
}
