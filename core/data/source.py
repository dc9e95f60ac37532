"""The pictures of a folder: decoded when they are wanted, put where they are kept, stood in for when they vanish."""

from __future__ import annotations

import os
import threading
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..errors import DataError
from .decode_pool import Refused
from .fill import Filled, NotWrittenError, Written, fill_by_helpers, fill_here
from .fill_row import FillRules
from .rows import Overflow, Rows

if TYPE_CHECKING:
    from .picture_files import Pictures
    from .slots import Slots

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
        self._by_helpers = by_helpers
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

    def ready(self, places: NDArray[np.int64]) -> bool:
        """Whether reading these waits for no decoding."""
        with self._lock:
            missing = self.rows.missing(places)
            return not len(missing) or bool(self._lost[missing].all())

    def preload(self, places: NDArray[np.int64]) -> None:
        """Decode `places` all together where helpers do it and no row stays for long. Raises FolderAwayError."""
        if self.rows.keeps or not self._by_helpers:
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
        if not self._by_helpers:
            return fill_here(files, self._rules)
        questions = ((place, path, slot, self.rows.offset(place)) for place, path, slot in files)
        return fill_by_helpers(questions, self._rules, self.rows.file)

    def _take(self, place: int, filled: Filled, have: dict[int, NDArray[np.uint8]] | None) -> None:
        match filled:
            case Refused(code=code):
                if code in _AWAY_CODES and is_away(self.folder):
                    raise FolderAwayError(self.folder)
                if not self._lost[place]:
                    self._lost[place] = True
                    self.lost[place] = code
            case Written(checksum=checksum):
                self.rows.put_written(place, checksum)
            case pixels:
                self.rows.put(place, pixels)
                if have is not None and not self.rows.keeps:
                    have[place] = pixels
