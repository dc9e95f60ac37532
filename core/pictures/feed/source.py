"""The pictures of a folder: decoded when they are wanted, put where they are kept, stood in for when they vanish."""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from ...errors import DataError
from ..decode.pool import Refused
from .fill import Filled, FillRules, NotWrittenError, Written, fill_by_helpers, fill_here

if TYPE_CHECKING:
    from ..folder.picture_files import Pictures
    from .fill import Slots


# --- Where the pictures of a training lie once they are decoded: in memory, all of them or those last used ---


class Rows(Protocol):
    """One row per picture: the pixels of its slot, (h, w, C) uint8, once they are there."""

    @property
    def keeps(self) -> bool:
        """Whether a row that was put stays."""
        ...

    @property
    def file(self) -> Path | None:
        """Where helpers put the pixels themselves; None: `put` them."""
        ...

    def has(self, index: int) -> bool:
        """Whether the row is there and whole."""
        ...

    def missing(self, indices: NDArray[np.int64]) -> NDArray[np.int64]:
        """Those of `indices` whose row is not there, in order."""
        ...

    def get(self, index: int) -> NDArray[np.uint8]:
        """The row; it is there."""
        ...

    def gather(self, indices: NDArray[np.int64]) -> NDArray[np.uint8] | None:
        """A copy of the rows, (B, H, W, C), where all are there and of one size; else None."""
        ...

    def put(self, index: int, pixels: NDArray[np.uint8]) -> None:
        """Keep the row."""
        ...

    def offset(self, index: int) -> int:
        """Bytes from the start of `file` to the row."""
        ...

    def put_written(self, index: int, checksum: int) -> None:
        """The row was put into `file`."""
        ...

    def close(self) -> None:
        """Let go of files."""
        ...


class _InMemory:
    """What rows in memory have in common: there is no file."""

    file: Path | None = None

    def offset(self, index: int) -> int:  # noqa: ARG002 (there is none)
        """There is no file."""
        return 0

    def put_written(self, index: int, checksum: int) -> None:
        """There is no file."""
        raise AssertionError(f"row {index} ({checksum}) was written, but rows in memory have no file")

    def close(self) -> None:
        """Let go of files."""


class MemoryRows(_InMemory):
    """All rows, of one size, side by side."""

    keeps = True

    def __init__(self, count: int, shape: tuple[int, int, int]) -> None:
        self._rows = np.empty((count, *shape), np.uint8)
        self._there = np.zeros(count, bool)

    def has(self, index: int) -> bool:
        """Whether the row is there."""
        return bool(self._there[index])

    def missing(self, indices: NDArray[np.int64]) -> NDArray[np.int64]:
        """Those of `indices` whose row is not there, in order."""
        return indices[~self._there[indices]]

    def get(self, index: int) -> NDArray[np.uint8]:
        """The row; it is there."""
        row: NDArray[np.uint8] = self._rows[index]
        return row

    def gather(self, indices: NDArray[np.int64]) -> NDArray[np.uint8] | None:
        """As `Rows.gather`."""
        return self._rows[indices]

    def put(self, index: int, pixels: NDArray[np.uint8]) -> None:
        """Keep the row."""
        self._rows[index] = pixels
        self._there[index] = True


class LooseRows(_InMemory):
    """Rows of any size, as many as fit into `budget_bytes`: those last used, and at least one."""

    def __init__(self, budget_bytes: int | None = None) -> None:
        """budget_bytes: None where all will fit."""
        self._rows: OrderedDict[int, NDArray[np.uint8]] = OrderedDict()
        self._bytes = 0
        self._budget_bytes = budget_bytes

    @property
    def keeps(self) -> bool:
        """Whether a row that was put stays."""
        return self._budget_bytes is None

    def has(self, index: int) -> bool:
        """Whether the row is there."""
        return index in self._rows

    def missing(self, indices: NDArray[np.int64]) -> NDArray[np.int64]:
        """Those of `indices` whose row is not there, in order."""
        return np.array([index for index in indices.tolist() if index not in self._rows], np.int64)

    def get(self, index: int) -> NDArray[np.uint8]:
        """The row; it is there."""
        self._rows.move_to_end(index)
        return self._rows[index]

    def gather(self, indices: NDArray[np.int64]) -> NDArray[np.uint8] | None:  # noqa: ARG002 (of any size)
        """As `Rows.gather`."""
        return None

    def put(self, index: int, pixels: NDArray[np.uint8]) -> None:
        """Keep the row."""
        self._rows[index] = pixels
        self._bytes += pixels.nbytes
        while self._budget_bytes is not None and self._bytes > self._budget_bytes and len(self._rows) > 1:
            _, oldest = self._rows.popitem(last=False)
            self._bytes -= oldest.nbytes


class Overflow(_InMemory):
    """Rows of a disk that takes no more, and beside them in memory those last used of the others."""

    keeps = False

    def __init__(self, full: Rows, budget_bytes: int) -> None:
        self._full = full
        self._others = LooseRows(budget_bytes)

    def has(self, index: int) -> bool:
        """Whether the row is there."""
        return self._full.has(index) or self._others.has(index)

    def missing(self, indices: NDArray[np.int64]) -> NDArray[np.int64]:
        """Those of `indices` whose row is not there, in order."""
        return self._others.missing(self._full.missing(indices))

    def get(self, index: int) -> NDArray[np.uint8]:
        """The row; it is there."""
        return self._full.get(index) if self._full.has(index) else self._others.get(index)

    def gather(self, indices: NDArray[np.int64]) -> NDArray[np.uint8] | None:
        """As `Rows.gather`."""
        return None if len(self._full.missing(indices)) else self._full.gather(indices)

    def put(self, index: int, pixels: NDArray[np.uint8]) -> None:
        """Keep the row."""
        self._others.put(index, pixels)

    def close(self) -> None:
        """Let go of files."""
        self._full.close()


# --- source ----------------------------------------------------------------------------------------------

#: How often a folder that is gone is looked for.
LOOK_S = 1.0
#: What a file says whose whole folder may be gone: a disk taken out, a network that is down.
_AWAY_CODES = {"gone", "unreadable", "no-permission", "dangling-link"}
#: Rows looked at together, for whether they are there.
_LOOKED_AT = 256


class FolderAwayError(DataError):
    """The folder itself is gone, or nothing is left in it; it may come back."""

    def __init__(self, folder: Path) -> None:
        super().__init__("data.folder-missing", folder=folder)
        self.folder = folder

    def __reduce__(self) -> tuple[object, ...]:
        return FolderAwayError, (self.folder,)


def is_away(folder: Path) -> bool:
    """Whether a folder cannot be listed or is empty, as the place of a disk that was taken out is."""
    try:
        with os.scandir(folder) as entries:
            return next(entries, None) is None
    except OSError:
        return True


class Source:
    """Rows of all pictures of a folder. Several threads may read."""

    def __init__(
        self,
        folder: Path,
        files: Pictures,
        rules: FillRules,
        rows: Rows,
        *,
        slots: Slots,
        by_helpers: bool,
        memory_budget_bytes: int,
    ) -> None:
        self.folder = folder
        self.files = files
        self.rows = rows
        self.lost: dict[int, str] = {}  #: picture → key of REASONS, in the order in which they were found out
        self.not_kept: str | None = None  #: why the disk takes no more rows
        self._lost = np.zeros(len(files), bool)
        self._rules = rules
        self._slots = slots
        self.by_helpers = by_helpers  #: who decode; False: whoever reads
        self._memory_budget_bytes = memory_budget_bytes
        self._lock = threading.RLock()

    def read(
        self, places: NDArray[np.int64], indices: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.uint8] | list[NDArray[np.uint8]]]:
        """The rows of `places[indices]`: who stands in for each of `indices`, and the pixels, the caller's own.

        Raises DataError when none of `places` can be read any more, FolderAwayError.
        """
        with self._lock:
            standing, have = indices, dict[int, NDArray[np.uint8]]()
            while True:
                if self.lost:
                    good = np.flatnonzero(~self._lost[places])
                    if not len(good):
                        raise DataError("data.none-left", count=len(places), folder=self.folder)
                    standing = good[np.searchsorted(good, standing) % len(good)]
                wanted = places[standing]
                missing = self._missing(wanted, have)
                if not len(missing):
                    break
                try:
                    with closing(self._decoded(missing.tolist())) as answers:
                        for answer in answers:
                            if answer is not None:
                                self._take(*answer, have)
                except NotWrittenError as error:
                    self._overflow(str(error))
            gathered = self.rows.gather(wanted) if not have else None
            if gathered is not None:
                return standing, gathered
            return standing, [have[i] if i in have else self.rows.get(i) for i in wanted.tolist()]

    def lose(self, place: int, code: str) -> None:
        """Picture `place` is not to be read any more: another stands in for it. code: key of REASONS."""
        with self._lock:
            if not self._lost[place]:
                self._lost[place] = True
                self.lost[place] = code

    def ready(self, places: NDArray[np.int64]) -> bool:
        """Whether reading these waits for no decoding."""
        with self._lock:
            missing = self.rows.missing(places)
            return not len(missing) or bool(self._lost[missing].all())

    def preload(self, places: NDArray[np.int64]) -> None:
        """Decode `places` all together where helpers do it and no row stays for long. Raises FolderAwayError."""
        if self.rows.keeps or not self.by_helpers:
            return
        with self._lock:
            missing = [*dict.fromkeys(self._still_missing(places))]
            with closing(self._decoded(missing)) as answers:
                for answer in answers:
                    if answer is not None:
                        self._take(*answer, None)

    def filling(self, places: NDArray[np.int64]) -> Generator[None, None, None] | None:
        """Decodes what is missing of `places`, in order; each next() does a little. None where none would be kept.

        Raises FolderAwayError.
        """
        return self._filling(places) if self.rows.keeps else None

    def _filling(self, places: NDArray[np.int64]) -> Generator[None, None, None]:
        with closing(self._decoded(self._still_missing(places))) as answers:
            while True:
                try:
                    answer = next(answers)
                    if answer is not None:
                        with self._lock:
                            self._take(*answer, None)
                except StopIteration:
                    return
                except NotWrittenError as error:
                    self._overflow(str(error))
                    return
                yield

    def _still_missing(self, places: NDArray[np.int64]) -> Iterator[int]:
        for start in range(0, len(places), _LOOKED_AT):
            with self._lock:
                missing = self.rows.missing(places[start : start + _LOOKED_AT])
            yield from missing[~self._lost[missing]].tolist()

    def _overflow(self, reason: str) -> None:
        """From now on keep what comes in memory, as far as it fits."""
        with self._lock:
            if not isinstance(self.rows, Overflow):
                self.not_kept = reason
                self.rows = Overflow(self.rows, self._memory_budget_bytes)

    def _missing(self, wanted: NDArray[np.int64], have: dict[int, NDArray[np.uint8]]) -> NDArray[np.int64]:
        """What must be decoded, each once; what might be pushed out meanwhile goes into `have`."""
        if self.rows.keeps:
            return np.array([*dict.fromkeys(self.rows.missing(wanted).tolist())], np.int64)
        for place in dict.fromkeys(wanted.tolist()):
            if place not in have and self.rows.has(place):
                have[place] = self.rows.get(place)
        return np.array([place for place in dict.fromkeys(wanted.tolist()) if place not in have], np.int64)

    def _decoded(self, wanted: Iterable[int]) -> Generator[tuple[int, Filled] | None, None, None]:
        files = ((int(place), Path(self.files.path(int(place))), self._slots.of(int(place))) for place in wanted)
        if not self.by_helpers:
            return fill_here(files, self._rules)
        questions = ((place, path, slot, self.rows.offset(place)) for place, path, slot in files)
        return fill_by_helpers(questions, self._rules, self.rows.file)

    def _take(self, place: int, filled: Filled, have: dict[int, NDArray[np.uint8]] | None) -> None:
        match filled:
            case Refused(code=code):
                if code in _AWAY_CODES and is_away(self.folder):
                    raise FolderAwayError(self.folder)
                self.lose(place, code)
            case Written(checksum=checksum):
                self.rows.put_written(place, checksum)
            case pixels:
                self.rows.put(place, pixels)
                if have is not None and not self.rows.keeps:
                    have[place] = pixels
