"""The parts of a zip archive that holds them as they are: where each lies, judged before anything of it is read.

Only what torch.save writes is known: no compression, no encryption, nothing before, between or behind the parts.
Format: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, sections 4.3 and 4.5.3.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from ..errors import Phrase

#: More than any model's archive lists; looked through in a tenth of a second.
MAX_PARTS = 40_000
MAX_DIRECTORY_BYTES = 8 << 20

_END = struct.Struct("<4s4H2IH")
_END_64 = struct.Struct("<4sQ2H2I4Q")
_LOCATOR_64 = struct.Struct("<4sIQI")
_ENTRY = struct.Struct("<4s6H3I5H2I")
_PART_HEADER = struct.Struct("<4s5H3I2H")
_FULL_32, _FULL_16 = 0xFFFFFFFF, 0xFFFF


class NotAnArchiveError(Exception):
    """Why the file is no archive that can be read, as it follows a colon."""


@dataclass(frozen=True, slots=True)
class Part:
    """A file in the archive."""

    size: int  #: bytes
    header_at: int  #: where its own header begins, which its bytes follow


def read_directory(file: BinaryIO, size: int) -> dict[str, Part]:
    """The archive's parts by name. Raises NotAnArchiveError, and OSError of the disk."""
    count, start, end = _find_directory(file, size)
    if count > MAX_PARTS or end - start > MAX_DIRECTORY_BYTES:
        raise NotAnArchiveError(Phrase("file.directory-long"))
    file.seek(start)
    directory = file.read(end - start)
    parts: dict[str, Part] = {}
    at = 0
    try:
        for _ in range(count):
            name, part, at = _read_entry(directory, at)
            if name in parts:
                raise NotAnArchiveError(Phrase("file.same-parts-called", name=name))
            parts[name] = part
    except struct.error:
        raise NotAnArchiveError(Phrase("file.directory-damaged")) from None
    if at != len(directory):
        raise NotAnArchiveError(Phrase("file.directory-damaged"))
    _require_apart(parts, start)
    return parts


def start_of(file: BinaryIO, part: Part) -> int:
    """Where the part's bytes begin: behind its own header, which repeats the name with extras of another length.

    Raises NotAnArchiveError, and OSError of the disk.
    """
    file.seek(part.header_at)
    header = file.read(_PART_HEADER.size)
    if len(header) != _PART_HEADER.size or header[:4] != b"PK\x03\x04":
        raise NotAnArchiveError(Phrase("file.cut-off"))
    *_, name_bytes, extra_bytes = _PART_HEADER.unpack(header)
    start: int = part.header_at + _PART_HEADER.size + name_bytes + extra_bytes
    return start


def _find_directory(file: BinaryIO, size: int) -> tuple[int, int, int]:
    """How many parts there are, and where the list of them begins and ends."""
    tail_bytes = min(size, _END.size + _FULL_16)
    file.seek(size - tail_bytes)
    tail = file.read(tail_bytes)
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < _END.size:
        raise NotAnArchiveError(Phrase("file.not-torch-no-zip"))
    _, disk, first_disk, count_here, count, length, start, comment = _END.unpack_from(tail, at)
    end = size - tail_bytes + at
    if len(tail) - at != _END.size + comment or disk or first_disk or count != count_here:
        raise NotAnArchiveError(Phrase("file.directory-damaged"))
    locator_at = at - _LOCATOR_64.size
    if locator_at >= 0 and tail[locator_at : locator_at + 4] == b"PK\x06\x07":
        _, _, end, _ = _LOCATOR_64.unpack_from(tail, locator_at)
        if not 0 <= end <= size - _END_64.size:
            raise NotAnArchiveError(Phrase("file.directory-damaged"))
        file.seek(end)
        record = file.read(_END_64.size)
        if len(record) != _END_64.size or record[:4] != b"PK\x06\x06":
            raise NotAnArchiveError(Phrase("file.directory-damaged"))
        *_, count_64, length_64, start_64 = _END_64.unpack(record)
        for small, large, full in (
            (count, count_64, _FULL_16),
            (length, length_64, _FULL_32),
            (start, start_64, _FULL_32),
        ):
            # Programs differ in which of the two they believe.
            if small not in (large, full):
                raise NotAnArchiveError(Phrase("file.two-directories"))
        count, length, start = count_64, length_64, start_64
    if start + length != end:
        raise NotAnArchiveError(Phrase("file.directory-misplaced"))
    return count, start, end


def _read_entry(directory: bytes, at: int) -> tuple[str, Part, int]:
    """A part's name, the part, and where the next entry begins."""
    (sign, _, _, flags, method, _, _, _, packed, size, name_bytes, extra_bytes, comment_bytes, _, _, _, header_at) = (
        _ENTRY.unpack_from(directory, at)
    )
    if sign != b"PK\x01\x02":
        raise NotAnArchiveError(Phrase("file.directory-damaged"))
    at += _ENTRY.size
    name = directory[at : at + name_bytes].decode("utf-8", "backslashreplace")
    extra = directory[at + name_bytes : at + name_bytes + extra_bytes]
    wide = _wide_numbers(extra)
    size, packed, header_at = (next(wide, -1) if number == _FULL_32 else number for number in (size, packed, header_at))
    if size < 0 or packed < 0 or header_at < 0:
        raise NotAnArchiveError(Phrase("file.directory-damaged"))
    if method != 0 or packed != size:
        raise NotAnArchiveError(Phrase("file.torchscript" if "/code/" in name else "file.compressed"))
    if flags & 1:
        raise NotAnArchiveError(Phrase("file.encrypted"))
    return name, Part(size, header_at), at + name_bytes + extra_bytes + comment_bytes


def _wide_numbers(extra: bytes) -> Iterator[int]:
    """The 64-bit numbers of an entry, in the order of those that did not fit."""
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<2H", extra, at)
        if kind == 1:
            yield from (number for (number,) in struct.iter_unpack("<Q", extra[at + 4 : at + 4 + length // 8 * 8]))
            return
        at += 4 + length


def _require_apart(parts: dict[str, Part], end: int) -> None:
    """Refuse parts that lie over each other: a small file would hold more than itself."""
    free_from = 0
    for part in sorted(parts.values(), key=lambda part: part.header_at):
        if part.header_at < free_from:
            raise NotAnArchiveError(Phrase("file.parts-overlap"))
        free_from = part.header_at + _PART_HEADER.size + part.size
    if free_from > end:
        raise NotAnArchiveError(Phrase("file.cut-off"))
