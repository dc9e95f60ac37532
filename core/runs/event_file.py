"""TensorBoard's event files, written without its package: records of a few protocol buffers, each with its checksums.

A file is a row of TFRecords: the length of what follows (8 bytes, little endian), its masked CRC-32C, the record, its
masked CRC-32C (tensorflow/core/lib/io/record_writer.cc). A record is an `Event` (tensorflow/core/util/event.proto),
whose `Summary` holds numbers, PNG pictures and texts (summary.proto). `tests/core/storage/test_event_file.py` reads it
back with TensorBoard's own reader.
"""

from __future__ import annotations

import math
import os
import struct
import time
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np

from ..errors import RunError, phrase_of
from ..reading import append_regular
from .atomic import make_folder

#: Seconds that records wait for each other before they go to the disk.
WRITE_EVERY_S = 1.0
#: Bytes that wait for a disk that takes none; beyond that they are given up.
MOST_WAITING = 16 << 20

_CASTAGNOLI = 0x82F63B78
_MASK = 0xA282EAD8
_VARINT, _FIXED_64, _BYTES, _FIXED_32 = 0, 1, 2, 5
_STRING_TYPE = 7
_SESSION_STARTS = 1
#: Fewer bytes are fed one by one.
_LEAST_IN_LANES = 4096


# --- records ---------------------------------------------------------------------------------------------


def _table() -> tuple[int, ...]:
    table = []
    for value in range(256):
        for _ in range(8):
            value = (value >> 1) ^ (_CASTAGNOLI if value & 1 else 0)
        table.append(value)
    return tuple(table)


_CRC = _table()


def masked_crc(data: bytes) -> int:
    """CRC-32C (RFC 3720, B.4), rotated by 15 bits and moved by a constant, as TensorFlow stores it."""
    crc, done = _in_lanes(data) if len(data) >= _LEAST_IN_LANES else (0xFFFFFFFF, 0)
    for byte in data[done:]:
        crc = _CRC[(crc ^ byte) & 0xFF] ^ (crc >> 8)
    crc ^= 0xFFFFFFFF
    return ((crc >> 15 | crc << 17) + _MASK) & 0xFFFFFFFF


def _in_lanes(data: bytes) -> tuple[int, int]:
    """The register after most of the data, and how much that is: a picture's million bytes in a few ms.

    The data are cut into √n lanes, whose bytes are fed side by side. The register is linear over GF(2): what one lane
    leaves goes through as many zero bytes as the next one has, and is added to what that leaves.
    """
    lanes = math.isqrt(len(data))
    each = len(data) // lanes
    columns = np.frombuffer(data, np.uint8, lanes * each).reshape(lanes, each).T.astype(np.uint32)
    table = np.array(_CRC, np.uint32)
    # Behind the lanes' registers those of each bit alone, through which only zeros go.
    state = np.concatenate([np.zeros(lanes, np.uint32), np.uint32(1) << np.arange(32, dtype=np.uint32)])
    state[0] = 0xFFFFFFFF
    for column in columns:
        state[:lanes] ^= column
        state = table[state & 0xFF] ^ (state >> 8)
    bits = state[lanes:].tolist()
    crc = 0
    for lane in state[:lanes].tolist():
        moved = 0
        for place in range(32):
            if crc >> place & 1:
                moved ^= bits[place]
        crc = moved ^ lane
    return crc, lanes * each


def record(event: bytes) -> bytes:
    """An event as it stands in the file."""
    length = struct.pack("<Q", len(event))
    return b"".join((length, struct.pack("<I", masked_crc(length)), event, struct.pack("<I", masked_crc(event))))


def first_event(wall_time: float) -> bytes:
    """What every file begins with: the version of the format."""
    return record(_fixed_64(1, wall_time) + _bytes(3, b"brain.Event:2"))


def begins_again(step: int, wall_time: float) -> bytes:
    """That whatever the files say of `step` and later ones holds no more."""
    return record(_event(step, wall_time) + _bytes(7, _varint(1, _SESSION_STARTS)))


def scalars_event(step: int, values: Mapping[str, float], wall_time: float) -> bytes:
    """Numbers by their tags, such as "loss/training"."""
    parts = (_value(tag, _tag(2, _FIXED_32) + struct.pack("<f", _single(number))) for tag, number in values.items())
    return _summary(step, wall_time, parts)


def image_event(step: int, tag: str, png: bytes, size: tuple[int, int], channels: int, wall_time: float) -> bytes:
    """A PNG file of (height, width) `size`."""
    image = _varint(1, size[0]) + _varint(2, size[1]) + _varint(3, channels) + _bytes(4, png)
    return _summary(step, wall_time, [_value(tag, _bytes(4, image))])


def text_event(step: int, tag: str, markdown: str, wall_time: float) -> bytes:
    """A text in Markdown."""
    shape = _bytes(2, _bytes(2, _varint(1, 1)))
    tensor = _varint(1, _STRING_TYPE) + shape + _bytes(8, markdown.encode("utf-8", "replace"))
    plugin = _bytes(9, _bytes(1, _bytes(1, b"text")))
    return _summary(step, wall_time, [_value(tag, plugin + _bytes(8, tensor))])


def _single(number: float) -> float:
    """As float32 can say it: what is larger than any of those is infinite."""
    try:
        struct.pack("<f", number)
    except OverflowError:
        return float("inf") if number > 0 else float("-inf")
    return number


def _summary(step: int, wall_time: float, values: Iterable[bytes]) -> bytes:
    return record(_event(step, wall_time) + _bytes(5, b"".join(_bytes(1, value) for value in values)))


def _event(step: int, wall_time: float) -> bytes:
    return _fixed_64(1, wall_time) + _varint(2, step)


def _value(tag: str, content: bytes) -> bytes:
    return _bytes(1, tag.encode("utf-8", "replace")) + content


# --- protocol buffers (https://protobuf.dev/programming-guides/encoding) ---------------------------------


def _tag(field: int, kind: int) -> bytes:
    return _base_128(field << 3 | kind)


def _varint(field: int, value: int) -> bytes:
    return _tag(field, _VARINT) + _base_128(value)


def _bytes(field: int, value: bytes) -> bytes:
    return _tag(field, _BYTES) + _base_128(len(value)) + value


def _fixed_64(field: int, value: float) -> bytes:
    return _tag(field, _FIXED_64) + struct.pack("<d", value)


def _base_128(value: int) -> bytes:
    """Seven bits a byte, the lowest first; the eighth says that more follow."""
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


# --- a file that grows -----------------------------------------------------------------------------------


class EventWriter:
    """Appends to an event file of its own in `folder`, which is made with the first record. Not for several threads.

    Records wait for up to WRITE_EVERY_S. Raises RunError where they cannot be written; they are kept for the next time.
    """

    def __init__(self, folder: Path) -> None:
        now = time.time()
        self.path = folder / f"events.out.tfevents.{int(now):010d}.ddpm-studio.{os.getpid()}.{time.time_ns() % 10**9}"
        self._waiting = [first_event(now)]
        self._bytes = 0
        self._wrote_at = time.monotonic()

    def add(self, event: bytes) -> None:
        """Write a record soon."""
        if self._bytes > MOST_WAITING:
            return
        self._waiting.append(event)
        self._bytes += len(event)
        if time.monotonic() - self._wrote_at >= WRITE_EVERY_S:
            self.flush()

    def flush(self) -> None:
        """Write what waits."""
        self._wrote_at = time.monotonic()
        if not self._bytes:  # the beginning alone is no reason to make a file
            return
        data = b"".join(self._waiting)
        try:
            make_folder(self.path.parent)
            with append_regular(self.path) as file:
                before = file.seek(0, os.SEEK_END)
                try:
                    file.write(data)
                    file.flush()
                except OSError:
                    file.truncate(before)  # half a record would end the reading of all that follow
                    raise
        except OSError as error:
            raise RunError("storage.not-saved", path=self.path, reason=phrase_of(error)) from error
        self._waiting, self._bytes = [], 0
