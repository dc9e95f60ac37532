"""A PNG as its decoder needs it: without what stands beside the pixels.

Texts (whole workflows of other programs), profiles and whatever else a program left there may be large, squeezed or
damaged. A decoder that looks at them refuses pictures whose every pixel is whole.
"""

from __future__ import annotations

import io
import zlib
from bisect import bisect_right
from typing import BinaryIO

#: What decides about pixels.
_PIXELS = {b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"}
#: An EXIF block or XMP text that turns a picture upright is no longer than this.
_MOST_BESIDE_BYTES = 1 << 20
_XMP = b"XML:com.adobe.xmp\0\0"  # not squeezed
_PROFILE_BYTES = 80 + 2


class PngView(io.RawIOBase):
    """Reads as the file would without those chunks. The structure is whole: `damage.find_damage` has looked at it."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.profile_chunk: tuple[int, int] | None = None  #: where the body of iCCP begins, and its bytes
        self._begins: list[int] = []  # of each part that is kept, as it is read
        self._parts: list[tuple[int, int]] = []  # place in the file, bytes
        self._length = 0
        self._at = 0
        self._keep(0, 8)
        self._look_through()

    def _look_through(self) -> None:
        place = 8
        while True:
            self._file.seek(place)
            head = self._file.read(8)
            if len(head) < 8:
                return
            length, kind = int.from_bytes(head[:4], "big"), head[4:]
            if kind == b"iCCP" and self.profile_chunk is None:
                self.profile_chunk = place + 8, length
            if kind in _PIXELS or self._turns_it(kind, length):
                self._keep(place, length + 12)
            place += length + 12
            if kind == b"IEND":
                return

    def _turns_it(self, kind: bytes, length: int) -> bool:
        if kind not in {b"eXIf", b"iTXt"} or length > _MOST_BESIDE_BYTES:
            return False
        body = self._file.read(length)
        whole = self._file.read(4) == zlib.crc32(kind + body).to_bytes(4, "big")
        return whole and (kind == b"eXIf" or body.startswith(_XMP))

    def _keep(self, place: int, length: int) -> None:
        if self._parts and sum(self._parts[-1]) == place:
            place, before = self._parts[-1]
            self._parts[-1] = place, before + length
        else:
            self._begins.append(self._length)
            self._parts.append((place, length))
        self._length += length

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """As of a file."""
        self._at = max(0, offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._length}[whence])
        return self._at

    def tell(self) -> int:
        """As of a file."""
        return self._at

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """As of a file."""
        if self._at >= self._length:
            return 0
        number = bisect_right(self._begins, self._at) - 1
        place, length = self._parts[number]
        skipped = self._at - self._begins[number]
        self._file.seek(place + skipped)
        part = self._file.read(min(len(buffer), length - skipped))
        buffer[: len(part)] = part
        self._at += len(part)
        return len(part)

    def profile(self, most_bytes: int) -> bytes | None:
        """The colour profile; None where there is none, it is damaged, or unpacks to more than `most_bytes`."""
        if self.profile_chunk is None:
            return None
        place, length = self.profile_chunk
        if length > most_bytes:
            return None
        self._file.seek(place)
        body = self._file.read(length)
        name, _, packed = body.partition(b"\0")
        if len(name) > _PROFILE_BYTES or packed[:1] != b"\0":
            return None
        unpacking = zlib.decompressobj()
        try:
            profile = unpacking.decompress(packed[1:], most_bytes)
        except zlib.error:
            return None
        return profile if unpacking.eof else None
