"""Tells whether a folder has changed since it was scanned, a little at a time: never a million files at once."""

from __future__ import annotations

import os
import time
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..storage.runs import RUN_FILE
from .listing import claims_picture
from .picture_files import PASSED_OVER
from .source import is_away

if TYPE_CHECKING:
    from .scan import Scan

#: What one look may take.
LOOK_S = 0.03
#: Files or names looked at between two looks at the clock.
_STRIDE = 64
#: What the systems' own file managers leave in a folder that is looked at.
_LEFT_BEHIND = {"thumbs.db", "desktop.ini"}


@dataclass(frozen=True, slots=True)
class Changes:
    """What is otherwise than when the folder was scanned, as far as was looked."""

    new: int = 0  #: names that were not there; a new sub-folder counts as one
    gone: int = 0  #: files that are no longer there; one that was no picture is no loss
    changed: int = 0  #: of those, the ones that were written to
    rounds: int = 0  #: how often everything was looked at by now
    away: bool = False  #: the folder itself is gone, or nothing is left in it; the counts are those from before

    def __bool__(self) -> bool:
        return bool(self.new or self.gone or self.changed or self.away)


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
        self._counts = scan.pictures.verdicts.facts["code"] != PASSED_OVER
        self._root = scan.folder
        self._found: dict[int, _Found] = {}
        self._seen_at_ns: dict[int, int] = {}  # folder → when it was last written to, as of the last look into it
        self._inner: dict[str, list[str]] | None = None  # folder → names of those in it
        self._rounds = 0
        columns = self._table.columns
        # The rows of a folder lie together, but for those of folders that could not be read.
        self._order = np.argsort(columns["folder"], kind="stable")
        self._begins = np.searchsorted(columns["folder"][self._order], np.arange(len(self._table.folders) + 1))
        self._looking = self._look_for_ever()

    def changes(self, look_s: float = LOOK_S) -> Changes:
        """Look a little further, for about `look_s` seconds and at most one round; what is known by now.

        For one thread, and not the window's: a disk may take its time.
        """
        until, rounds = time.monotonic() + look_s, self._rounds
        # A disk that was taken out has not lost its files one by one.
        away = is_away(self._root)
        for number, _ in enumerate(self._looking if not away else ()):
            if self._rounds > rounds or (number % _STRIDE == _STRIDE - 1 and time.monotonic() >= until):
                break
        return Changes(
            away=away,
            new=sum(found.new for found in self._found.values()),
            gone=sum(len(found.gone) for found in self._found.values()),
            changed=sum(len(found.changed) for found in self._found.values()),
            rounds=self._rounds,
        )

    def _look_for_ever(self) -> Iterator[None]:
        while True:
            for place in range(len(self._table.folders)):
                yield from self._look_into(place)
            self._rounds += 1
            yield

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
        found = self._found.get(place, _Found())
        if written_ns != self._seen_at_ns.get(place, self._table.folder_mtimes_ns[place]):
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
        if found.new or found.gone or found.changed:
            self._found[place] = found
        else:
            self._found.pop(place, None)

    def _count_new(self, place: int, path: Path, rows: Iterable[int]) -> Generator[None, None, int]:
        if self._inner is None:
            inner: dict[str, list[str]] = {}
            for one in self._table.folders:
                above, name = os.path.split(one)
                inner.setdefault(above, []).append(name)
                yield
            self._inner = inner
        known = set(self._inner.get(self._table.folders[place], ()))
        for row in rows:
            known.add(self._table.names[int(row)])
            yield
        new = 0
        try:
            with os.scandir(path) as names:
                for entry in names:
                    yield
                    new += entry.name not in known and _is_news(entry)
        except OSError:
            pass
        return new


def _is_news(entry: os.DirEntry[str]) -> bool:
    """Whether a scan would look at it, and may find a picture: a file, or a folder that is no run's."""
    if entry.is_dir(follow_symlinks=False):
        return not Path(entry.path, RUN_FILE).is_file()
    hidden = entry.name.startswith(".") or entry.name.lower() in _LEFT_BEHIND
    return entry.is_file() and (not hidden or claims_picture(entry.name))
