"""Tells whether a folder has changed since it was scanned, a little at a time: never a million files at once."""

from __future__ import annotations

import contextlib
import os
import time
from collections import deque
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ...runs.run import RUN_FILE
from ..feed.source import is_away
from .file_table import NUMBERS
from .listing import claims_picture, is_hidden_folder
from .picture_files import PASSED_OVER

if TYPE_CHECKING:
    from .scan import Scan

#: What one look may take.
LOOK_S = 0.03
#: Files or names looked at between two looks at the clock.
_STRIDE = 64
#: What the systems' own file managers leave in a folder that is looked at.
_LEFT_BEHIND = {"thumbs.db", "desktop.ini"}
#: Verdicts of what may change without being news: no pictures, and folders that are not looked into.
_NOT_WATCHED = (PASSED_OVER, NUMBERS["other-programs"], NUMBERS["folder-unreadable"])


@dataclass(frozen=True, slots=True)
class Changes:
    """What is otherwise than when the folder was scanned, as far as was looked."""

    new: int = 0  #: names that were not there; a new sub-folder counts as one
    gone: int = 0  #: files that are no longer there; one that was no picture is no loss
    changed: int = 0  #: of those, the ones that were written to
    rounds: int = 0  #: how often everything was looked at by now
    away: bool = False  #: the folder itself is gone, or nothing is left in it; the counts are those from before
    written: int = 0  #: folders where files came or went that are not counted yet

    def __bool__(self) -> bool:
        return bool(self.new or self.gone or self.changed or self.away or self.written)


@dataclass(slots=True)
class _Found:
    """What is known of one folder."""

    new: int = 0
    gone: set[int] = field(default_factory=set)  # rows
    changed: set[int] = field(default_factory=set)


class Watch:
    """Looks at the folder of a scan now and then."""

    def __init__(self, scan: Scan) -> None:
        self._table = scan.pictures.verdicts.table
        self._counts = ~np.isin(scan.pictures.verdicts.facts["code"], _NOT_WATCHED)
        self._hidden = scan.hidden_folders
        self._root = scan.folder
        self._found: dict[int, _Found] = {}
        self._seen_at_ns: dict[int, int] = {}  # folder → when it was last written to, as of the last look into it
        self._inner: dict[str, list[str]] | None = None  # folder → names of those in it
        self._rounds = 0
        self._next_folder = 0  # whose time of writing is looked at next
        self._written: deque[int] = deque()  # folders that were written to, looked into before all others
        columns = self._table.columns
        # The rows of a folder lie together, but for those of folders that could not be read.
        self._order = np.argsort(columns["folder"], kind="stable")
        self._begins = np.searchsorted(columns["folder"][self._order], np.arange(len(self._table.folders) + 1))
        self._looking = self._look_for_ever()

    def changes(self, look_s: float = LOOK_S) -> Changes:
        """Look a little further, for about `look_s` seconds and at most one round; what is known by now.

        For one thread, and not the window's: a disk may take its time.
        """
        began, rounds = time.monotonic(), self._rounds
        # A disk that was taken out has not lost its files one by one.
        away = is_away(self._root)
        if not away:
            self._find_written(began + look_s / 3)
            for number, _ in enumerate(self._looking):
                if self._rounds > rounds or (number % _STRIDE == _STRIDE - 1 and time.monotonic() >= began + look_s):
                    break
        return Changes(
            away=away,
            written=len(self._written),
            new=sum(found.new for found in self._found.values()),
            gone=sum(len(found.gone) for found in self._found.values()),
            changed=sum(len(found.changed) for found in self._found.values()),
            rounds=self._rounds,
        )

    def _find_written(self, until: float) -> None:
        """Where files came or went, which a folder tells at once: each is asked far more often than its files."""
        count = len(self._table.folders)
        for number in range(count):
            place = (self._next_folder + number) % count
            if number % _STRIDE == _STRIDE - 1 and time.monotonic() >= until:
                self._next_folder = place
                return
            with contextlib.suppress(OSError):  # that a folder is gone is found out with its files
                written_ns = os.stat(Path(self._root, self._table.folders[place])).st_mtime_ns  # noqa: PTH116
                if written_ns != self._seen(place) and place not in self._written:
                    self._written.append(place)

    def _seen(self, place: int) -> int:
        return self._seen_at_ns.get(place, self._table.folder_mtimes_ns[place])

    def _look_for_ever(self) -> Iterator[None]:
        while True:
            for place in range(len(self._table.folders)):
                for _ in self._look_into(place):
                    yield from self._look_into_written()
                    yield
            self._rounds += 1
            yield

    def _look_into_written(self) -> Iterator[None]:
        while self._written:
            yield from self._look_into(self._written[0])
            self._written.popleft()

    def _look_into(self, place: int) -> Iterator[None]:
        """The names where the folder was written to, and every file."""
        path = Path(self._root, self._table.folders[place])
        rows = self._order[self._begins[place] : self._begins[place + 1]]
        columns = self._table.columns
        try:
            written_ns = path.stat().st_mtime_ns
        except OSError:
            self._found[place] = _Found(gone=set(map(int, rows[self._counts[rows]])))
            return
        before = self._found.get(place)
        found = before or _Found()
        if written_ns != self._seen(place):
            found.new = yield from self._count_new(place, path, rows)
            self._seen_at_ns[place] = written_ns
        for row in map(int, rows[self._counts[rows]]):
            yield
            try:
                status = os.stat(path / self._table.names[row])  # noqa: PTH116
            except OSError:
                # What could not be reached at the scan either is no news.
                if not columns["code"][row]:
                    found.gone.add(row)
                continue
            found.gone.discard(row)
            same = status.st_size == columns["size"][row] and status.st_mtime_ns == columns["mtime_ns"][row]
            (found.changed.discard if same else found.changed.add)(row)
        if self._found.get(place) is not before:
            return  # it was written to meanwhile, and was looked into before this look came to its end
        if found.new or found.gone or found.changed:
            self._found[place] = found
        else:
            self._found.pop(place, None)

    def _count_new(self, place: int, path: Path, rows: NDArray[np.int64]) -> Generator[None, None, int]:
        if self._inner is None:
            inner: dict[str, list[str]] = {}
            for one in self._table.folders:
                above, name = os.path.split(one)
                inner.setdefault(above, []).append(name)
                yield
            self._inner = inner
        # Of a million names only their hashes are kept: as text they would take a hundred megabytes.
        known = np.empty(len(rows), np.int64)
        for number, row in enumerate(rows.tolist()):
            known[number] = hash(self._table.names[row])
            yield
        known.sort()
        folders = frozenset(self._inner.get(self._table.folders[place], ()))
        new = 0
        try:
            with os.scandir(path) as names:
                for entry in names:
                    yield
                    hashed = hash(entry.name)
                    at = int(known.searchsorted(hashed))
                    if (at == len(known) or known[at] != hashed) and entry.name not in folders:
                        with contextlib.suppress(OSError):  # one that leads nowhere hides none of the others
                            new += self._is_news(entry)
        except OSError:
            pass
        return new

    def _is_news(self, entry: os.DirEntry[str]) -> bool:
        """Whether a scan would look at it, and may find a picture: a file, or a folder that is no run's."""
        if entry.is_dir(follow_symlinks=False):
            if not self._hidden and is_hidden_folder(entry.name, entry.stat()):
                return False
            return not Path(entry.path, RUN_FILE).is_file()
        hidden = entry.name.startswith(".") or entry.name.lower() in _LEFT_BEHIND
        return entry.is_file() and (not hidden or claims_picture(entry.name))
