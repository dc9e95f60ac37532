"""Decoded pictures on the disk, memory-mapped: decoded once, used by every training that sees them alike.

cache.json   what the rows are: sizes, rules, folder. Written last, as a whole
rows.bin     the pixels, (h, w, C) uint8 each; with one size for all it is one array (N, H, W, C)
index.bin    an entry per row: whose it is, where it lies, and the checksum, which is written after the pixels

Nothing in it is trusted: a row counts when its checksum is right, and is decoded again otherwise. So a kill at any
moment leaves whole rows and rows that are not there, never half a picture. One process writes, with the lock held.
"""

from __future__ import annotations

import contextlib
import os
from contextlib import ExitStack
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ...errors import StudioError
from ...reading import open_in_place, read_json
from ...runs import lock
from ...runs.atomic import make_folder, write_json
from ..folder.splits import names_below
from .cache_folder import FILES, HEADER, NAME_BYTES, CachePlace
from .fill import FillRules, NotWrittenError, checksum_of, write_at

if TYPE_CHECKING:
    from ..folder.picture_files import Pictures
    from .fill import Slots

FORMAT = "ddpm-studio pictures"
VERSION = 1
#: The code that makes rows out of files; another number, and nothing that was kept before is used. 2: in sRGB.
RULES_VERSION = 2
#: Rows of pictures that are gone or were changed, beyond which a cache is begun anew.
MOST_STALE = 1000

#: An entry of index.bin. `checksum` 0: the row is not filled.
ENTRY = np.dtype(
    [("key", "<u8"), ("offset", "<u8"), ("height", "<u2"), ("width", "<u2"), ("checksum", "<u4")], align=False
)
_MISSING, _UNVERIFIED, _GOOD = 0, 1, 2


def keys_of(pictures: Pictures) -> NDArray[np.uint64]:
    """(N,) what each row belongs to: this file as it was when the folder was listed."""
    facts = pictures.verdicts.table.columns[pictures.rows][["size", "mtime_ns", "inode"]].tolist()
    questions = (
        f"{name}\0{size}\0{mtime_ns}\0{inode}"
        for name, (size, mtime_ns, inode) in zip(names_below(pictures), facts, strict=True)
    )
    digests = b"".join(blake2b(q.encode("utf-8", "surrogatepass"), digest_size=8).digest() for q in questions)
    return np.frombuffer(digests, "<u8").astype(np.uint64)


class DiskRows:
    """Rows of `keys` in a cache of the disk. Made by `open_cache`; close it."""

    keeps = True

    def __init__(self, folder: Path, keys: NDArray[np.uint64], slots: Slots, held: ExitStack) -> None:
        """Raises OSError, NotWrittenError for a disk without room."""
        self._held = held  # the lock
        self._slots = slots
        self.file: Path | None = folder / FILES[1]
        self._index = folder / FILES[2]
        self._entries = _judged(_read_index(self._index), slots, self.file)
        self._keys = keys
        self._entry_of, self._state = self._matched()
        self._assign_entries()
        end = int((self._entries["offset"] + self._bytes_of_entries()).max(initial=0))
        _lengthen(self.file, end)
        _lengthen(self._index, len(self._entries) * ENTRY.itemsize)
        # Not np.memmap itself, whose every slice pays for being one.
        self._map: NDArray[np.uint8] = np.asarray(np.memmap(self.file, np.uint8, "r", shape=(end,)))
        self._offsets: NDArray[np.int64] = self._entries["offset"][self._entry_of].astype(np.int64)
        self._same: NDArray[np.uint8] | None = None
        if slots.same is not None:
            self._same = self._map.reshape(-1, *slots.same, slots.channels)

    @property
    def stale(self) -> int:
        """Rows that belong to none of the pictures."""
        return int((self._entries["checksum"] != 0).sum() - (self._state != _MISSING).sum())

    @property
    def bytes_to_come(self) -> int:
        """What the rows that are not there will take."""
        return int(self._slots.bytes_each()[self._state == _MISSING].sum())

    def has(self, index: int) -> bool:
        """Whether the row is there and whole; looked at once."""
        if self._state[index] == _UNVERIFIED:
            right = checksum_of(self._row(index).data) == self._entries["checksum"][self._entry_of[index]]
            self._state[index] = _GOOD if right else _MISSING
        return bool(self._state[index] == _GOOD)

    def missing(self, indices: NDArray[np.int64]) -> NDArray[np.int64]:
        """Those of `indices` whose row is not there, in order."""
        for index in indices[self._state[indices] == _UNVERIFIED].tolist():
            self.has(index)
        missing: NDArray[np.int64] = indices[self._state[indices] != _GOOD]
        return missing

    def get(self, index: int) -> NDArray[np.uint8]:
        """The row; it is there."""
        return self._row(index).reshape(*self._slots.of(index), self._slots.channels)

    def gather(self, indices: NDArray[np.int64]) -> NDArray[np.uint8] | None:
        """A copy of the rows, (B, H, W, C), where they are of one size; else None."""
        return None if self._same is None else self._same[self._entry_of[indices]]

    def offset(self, index: int) -> int:
        """Bytes from the start of `file` to the row."""
        return int(self._offsets[index])

    def put(self, index: int, pixels: NDArray[np.uint8]) -> None:
        """Write the row. Raises NotWrittenError."""
        assert self.file is not None
        data = pixels.tobytes()
        try:
            write_at(self.file, data, self.offset(index))
        except OSError as error:
            raise NotWrittenError(error.strerror or str(error)) from error
        self.put_written(index, checksum_of(data))

    def put_written(self, index: int, checksum: int) -> None:
        """The row was put into `file`; now it counts. Raises NotWrittenError."""
        place = int(self._entry_of[index])
        entry = self._entries[place : place + 1]
        entry["key"] = self._keys[index]
        entry["checksum"] = checksum
        try:
            write_at(self._index, entry.tobytes(), place * ENTRY.itemsize)
        except OSError as error:
            raise NotWrittenError(error.strerror or str(error)) from error
        self._state[index] = _GOOD

    def close(self) -> None:
        """Let another training use the cache."""
        self._same = None
        self._map = np.empty(0, np.uint8)
        self._state[:] = _MISSING
        self._held.close()

    def _row(self, index: int) -> NDArray[np.uint8]:
        height, width = self._slots.of(index)
        start = self._offsets[index]
        return self._map[start : start + height * width * self._slots.channels]

    def _bytes_of_entries(self) -> NDArray[np.uint64]:
        area = self._entries["height"].astype(np.uint64) * self._entries["width"].astype(np.uint64)
        return area * np.uint64(self._slots.channels)

    def _matched(self) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
        """(N,) each picture's entry, -1 where it has none, and what is known of its row."""
        kept = np.flatnonzero(self._entries["checksum"])
        if not len(kept):
            return np.full(len(self._keys), -1, np.int64), np.full(len(self._keys), _MISSING, np.uint8)
        order = kept[np.argsort(self._entries["key"][kept], kind="stable")]
        place = np.searchsorted(self._entries["key"][order], self._keys).clip(max=len(order) - 1)
        found = order[place]
        ours = self._entries["key"][found] == self._keys
        if self._slots.same is None:  # a picture that was judged anew may need another slot
            sizes = self._slots.sizes()
            ours &= (self._entries["height"][found] == sizes[:, 0]) & (self._entries["width"][found] == sizes[:, 1])
        return np.where(ours, found, -1), np.where(ours, _UNVERIFIED, _MISSING).astype(np.uint8)

    def _assign_entries(self) -> None:
        """An entry for each picture that has none: those that were never filled first, then new ones behind them."""
        needing = np.flatnonzero(self._entry_of < 0)
        free = np.flatnonzero(self._entries["checksum"] == 0) if self._slots.same is not None else np.empty(0, np.int64)
        free = free[: len(needing)]
        new = np.zeros(len(needing) - len(free), ENTRY)
        places = np.concatenate([free, np.arange(len(self._entries), len(self._entries) + len(new))])
        end = int((self._entries["offset"] + self._bytes_of_entries()).max(initial=0))
        sizes = self._slots.bytes_each()[needing[len(free) :]]
        new["offset"] = end + np.concatenate([[0], np.cumsum(sizes)[:-1]])[: len(new)].astype(np.uint64)
        self._entries = np.concatenate([self._entries, new])
        self._entry_of[needing] = places
        slots = self._slots.sizes()[needing]
        self._entries["height"][places], self._entries["width"][places] = slots[:, 0], slots[:, 1]


def open_cache(
    place: CachePlace, source: Path, rules: FillRules, keys: NDArray[np.uint64], slots: Slots
) -> DiskRows | None:
    """The cache of the pictures of the folder `source`, with what it holds already; None where there can be none.

    That is where the quota, the disk or a permission says no, or another training is filling the same one.
    """
    described = {"folder": str(source.absolute()), "rules_version": RULES_VERSION, **rules._asdict()}
    question = "\0".join(map(str, described.values())).encode("utf-8", "surrogatepass")
    folder = place.caches / blake2b(question, digest_size=NAME_BYTES).hexdigest()
    header = {"format": FORMAT, "version": VERSION, **described, "size": list(rules.size)}
    if slots.total_bytes > place.quota_bytes:
        return None
    with ExitStack() as opening:
        try:
            make_folder(folder)
            opening.enter_context(lock.hold(folder))
            if _header_of(folder) != header or not _is_plausible(folder / FILES[2], len(keys)):
                _empty(folder)
            rows = DiskRows(folder, keys, slots, opening)
            if rows.stale > max(MOST_STALE, len(keys)):
                del rows
                _empty(folder)
                rows = DiskRows(folder, keys, slots, opening)
            if not place.make_room(rows.bytes_to_come, keep=folder):
                return None
            write_json(folder / HEADER, header)
        except (OSError, ValueError, StudioError):
            return None
        rows._held = opening.pop_all()
        return rows


def _header_of(folder: Path) -> object:
    """What the cache says that it is; None for one that was never finished."""
    try:
        return read_json(folder / HEADER)
    except (OSError, ValueError):
        return None


def _is_plausible(index: Path, count: int) -> bool:
    """Whether an index is not much longer than it can have become; all of it will be read."""
    with contextlib.suppress(OSError):
        return index.stat().st_size <= ENTRY.itemsize * (4 * count + 4 * MOST_STALE)
    return False


def _empty(folder: Path) -> None:
    """Throw away what cannot be used; a link in its place is never followed. Raises OSError."""
    for name in FILES:
        (folder / name).unlink(missing_ok=True)


def _read_index(path: Path) -> NDArray[np.void]:
    """The entries that are whole; none where there is no index."""
    with contextlib.suppress(OSError):
        with os.fdopen(open_in_place(path, os.O_RDONLY), "rb") as file:
            data = file.read()
        return np.frombuffer(data[: len(data) // ENTRY.itemsize * ENTRY.itemsize], ENTRY).copy()
    return np.zeros(0, ENTRY)


def _judged(entries: NDArray[np.void], slots: Slots, rows: Path) -> NDArray[np.void]:
    """The entries that may be believed until their checksum is looked at; none where one cannot be."""
    length = rows.stat().st_size if rows.exists() else 0
    area = entries["height"].astype(np.float64) * entries["width"]
    inside = entries["offset"] + area * slots.channels <= length
    if slots.same is not None:
        height, width = slots.same
        whole = np.arange(len(entries), dtype=np.uint64) * np.uint64(height * width * slots.channels)
        inside &= (entries["offset"] == whole) & (entries["height"] == height) & (entries["width"] == width)
        believable = inside | (entries["checksum"] == 0) & (entries["offset"] == 0)
        if not believable.all():
            return np.zeros(0, ENTRY)
        entries["offset"], entries["height"], entries["width"] = whole, height, width
        return entries
    # Nothing behind the last filled row is worth keeping: its place is free.
    filled = np.flatnonzero(entries["checksum"])
    entries = entries[: filled[-1] + 1 if len(filled) else 0]
    unfilled = entries["checksum"] == 0
    return entries if (inside[: len(entries)] | unfilled).all() else np.zeros(0, ENTRY)


def _lengthen(path: Path, length: int) -> None:
    """Make the file that long, in holes; what it holds stays. Raises OSError."""
    descriptor = open_in_place(path, os.O_RDWR | os.O_CREAT)
    try:
        if os.fstat(descriptor).st_size < length:
            os.ftruncate(descriptor, length)
    finally:
        os.close(descriptor)
