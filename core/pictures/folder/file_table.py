"""The files of a folder in columns: a million of them in some sixty megabytes, and no Python object for any."""

from __future__ import annotations

import os
import struct
from array import array
from collections.abc import Iterator, Sequence
from functools import cached_property
from hashlib import blake2b
from itertools import accumulate
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .names import name_in_key, natural_key, natural_order
from .reasons import REASONS

#: A verdict's number → its code; 0 is a good one.
CODES = ("", *REASONS)
NUMBERS = {code: number for number, code in enumerate(CODES)}

#: What is known of a file without opening it: its folder's place, bytes, when it was last written, the file system's
#: number of it (0 where it tells none), whether its extension is a picture's, why it is refused unopened (in CODES).
RECORD = np.dtype(
    [("folder", "<u4"), ("size", "<i8"), ("mtime_ns", "<i8"), ("inode", "<u8"), ("claims", "u1"), ("code", "u1")]
)
_pack = struct.Struct("<IqqQBB").pack
_LOWEST, _HIGHEST = -(2**63), 2**63 - 1


class PackedNames:
    """Names as one piece of memory."""

    def __init__(self) -> None:
        self._bytes = bytearray()
        self._ends = array("Q", [0])

    def extend(self, names: Sequence[bytes]) -> None:
        """Add some, as the file system spells them."""
        ends = accumulate(map(len, names), initial=len(self._bytes))
        next(ends)
        self._ends.extend(ends)
        self._bytes += b"".join(names)

    def __len__(self) -> int:
        return len(self._ends) - 1

    def __iter__(self) -> Iterator[str]:
        return map(self.__getitem__, range(len(self)))

    def packed(self, begin: int, end: int) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
        """The bytes of some of them without anything between, and where each ends. No name may be added any more."""
        ends = np.frombuffer(self._ends, np.uint64)[begin : end + 1].astype(np.int64)
        return np.frombuffer(self._bytes, np.uint8)[ends[0] : ends[-1]], ends[1:] - ends[0]

    def __getitem__(self, place: int) -> str:
        return os.fsdecode(bytes(self._bytes[self._ends[place] : self._ends[place + 1]]))


class FolderFiles:
    """The files of one folder as they are found, in no order yet."""

    def __init__(self) -> None:
        self.records = bytearray()
        self.keys: list[bytes] = []  #: each with its place behind it

    def add(self, name: str, folder: int, status: os.stat_result | None, *, claims: bool, code: str = "") -> None:
        """A new file; `status` of what the name leads to, if it can be had."""
        self.keys.append(natural_key(name) + len(self.keys).to_bytes(4, "big"))
        number = NUMBERS[code]
        if status is None:
            self.records += _pack(folder, 0, 0, 0, claims, number)
            return
        try:
            self.records += _pack(folder, status.st_size, status.st_mtime_ns, status.st_ino, claims, number)
        except struct.error:
            # Times of other planets, and file systems whose numbers are longer.
            mtime_ns = min(max(status.st_mtime_ns, _LOWEST), _HIGHEST)
            self.records += _pack(folder, status.st_size, mtime_ns, status.st_ino % 2**64, claims, number)


class FileTable:
    """One row per file, in natural order, a folder's own files before those of its sub-folders."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.folders = PackedNames()  #: relative to the root, which is itself the first, as ""
        self.folder_mtimes_ns = array("q")
        self.names = PackedNames()
        self._records = bytearray()

    def __len__(self) -> int:
        return len(self.names)

    def add_folder(self, relative: str, mtime_ns: int) -> int:
        """A new folder's place."""
        self.folders.extend([os.fsencode(relative)])
        self.folder_mtimes_ns.append(min(max(mtime_ns, _LOWEST), _HIGHEST))
        return len(self.folders) - 1

    def add_files(self, files: FolderFiles) -> Iterator[None]:
        """Add a folder's files in natural order, a part at a time. They are gone from there then."""
        records = np.frombuffer(files.records, RECORD)
        for keys in natural_order(files.keys):
            if keys:
                order = np.frombuffer(b"".join([key[-4:] for key in keys]), ">u4")
                self._records += records[order].tobytes()
                self.names.extend([os.fsencode(name_in_key(key[:-4])) for key in keys])
            yield

    @cached_property
    def columns(self) -> NDArray[np.void]:
        """(N,) of RECORD. No row may be added any more."""
        return np.frombuffer(self._records, RECORD)

    def relative(self, row: int) -> str:
        """A file's path relative to the root."""
        return os.path.join(self.folders[int(self.columns["folder"][row])], self.names[row])  # noqa: PTH118 (a Path costs ten times it)

    def path(self, row: int) -> str:
        """A file's path."""
        return os.path.join(self.root, self.relative(row))  # noqa: PTH118 (as above)

    def key(self, row: int) -> int:
        """64 bits that stand for the file's path relative to the root, on every machine and in every process."""
        return int.from_bytes(blake2b(os.fsencode(self.relative(row)), digest_size=8).digest(), "little")
