"""What judging found, in columns: the pictures of a folder and the files that are none, each made when looked at."""

from __future__ import annotations

import os
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, Self, TypeVar, overload

import numpy as np
from numpy.typing import NDArray

from ..decode.kinds import READ_KINDS
from .file_table import CODES, NUMBERS, FileTable
from .names import class_name, displayed_name, natural_key
from .reasons import REASONS

Item = TypeVar("Item")

#: Verdicts that are no place in CODES: still to come, and a file that is no picture and never claimed to be one.
UNJUDGED, PASSED_OVER = 255, 254
#: What `Facts.format` may be.
FORMATS = READ_KINDS
#: In `bits`. FLEETING: the next time it may be judged otherwise, though the file is the same.
_ALPHA, _GREY, FLEETING = 1, 2, 4
#: Reasons that make a file which does not claim to be a picture one that is passed over.
_SILENT = {"empty", "not-a-file", "gone", "no-permission", "unreadable", "not-a-picture"}
_FLEETING = {"gone", "no-permission", "unreadable", "too-slow", "needs-memory", "decoder-died"}

FACTS = np.dtype(
    [("code", "u1"), ("mode", "u1"), ("format", "u1"), ("bits", "u1"), ("width", "<u4"), ("height", "<u4")]
)
#: Finding a name among many costs about as much as looking at so many.
_BY_BISECTION = 64


@dataclass(frozen=True, slots=True)
class PictureFile:
    """A picture that can be decoded."""

    path: Path
    name: str  #: relative to the scanned folder, as it is shown; not always the exact file name
    width: int  #: pixels, upright
    height: int
    mode: str  #: as the file stores it, in Pillow's words
    format: str  #: one of kinds.READ_KINDS, by content
    has_alpha: bool
    is_grey: bool  #: by mode, or because all visible pixels are
    bytes: int
    class_name: str | None = None  #: the sub-folder that it is in, whichever depth below; None: in none


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that cannot be used, and why."""

    path: Path
    name: str  #: as in PictureFile
    code: str  #: key of REASONS
    reason: str  #: English


class Verdicts:
    """What is known by now of each file of a table. Grows while a folder is judged; what was told stays as it is."""

    def __init__(self, table: FileTable) -> None:
        self.table = table
        self.modes: list[str] = []  #: in the order in which they were met
        #: (N,) FACTS of each file: verdict, place in `modes` and FORMATS, alpha and grey, upright pixels
        self.facts = np.zeros(len(table), FACTS)
        columns = table.columns
        self.facts["code"] = np.where(columns["code"] > 0, columns["code"], UNJUDGED)
        empty = (columns["size"] == 0) & (columns["code"] == 0)
        self.facts["code"][empty] = np.where(columns["claims"][empty], NUMBERS["empty"], PASSED_OVER)

    def set_picture(self, row: int, facts: Sequence[Any]) -> None:
        """A file is a picture: judging.Facts of it."""
        width, height, mode, kind, alpha, grey = facts
        self.facts[row] = (0, self.mode_number(mode), FORMATS.index(kind), alpha * _ALPHA + grey * _GREY, width, height)

    def set_refused(self, row: int, code: str) -> None:
        """A file is none, or cannot be read."""
        silent = not self.table.columns["claims"][row] and code in _SILENT
        self.facts["code"][row] = PASSED_OVER if silent else NUMBERS[code]
        self.facts["bits"][row] = FLEETING if code in _FLEETING else 0

    def mode_number(self, mode: str) -> int:
        """A mode's place in `modes`."""
        if mode not in self.modes:
            self.modes.append(mode)
        return self.modes.index(mode)

    def pictures(self, begin: int = 0, end: int | None = None) -> Pictures:
        """Those among the rows from `begin` to before `end`."""
        return Pictures(self, begin + np.flatnonzero(self.facts["code"][begin:end] == 0))

    def skipped(self, begin: int = 0, end: int | None = None) -> SkippedFiles:
        """As `pictures`."""
        codes = self.facts["code"][begin:end]
        return SkippedFiles(self, begin + np.flatnonzero((codes > 0) & (codes < PASSED_OVER)))


class _Rows(Sequence[Item], Generic[Item]):
    """Some rows of a table, each made into an object when it is asked for."""

    def __init__(self, verdicts: Verdicts, rows: NDArray[np.int64]) -> None:
        self.verdicts = verdicts
        self.rows = rows.astype(np.uint32)  #: (n,) places in the table, ascending

    def __len__(self) -> int:
        return len(self.rows)

    @overload
    def __getitem__(self, place: int) -> Item: ...

    @overload
    def __getitem__(self, place: slice) -> Self: ...

    def __getitem__(self, place: int | slice) -> Item | Self:
        if isinstance(place, slice):
            return type(self)(self.verdicts, self.rows[place].astype(np.int64))
        return self._made(int(self.rows[place]))

    def __iter__(self) -> Iterator[Item]:
        return (self._made(int(row)) for row in self.rows)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence):
            return NotImplemented
        return len(self) == len(other) and all(one == two for one, two in zip(self, other, strict=True))

    def __hash__(self) -> int:
        return hash(len(self))

    def path(self, place: int) -> str:
        """One file's path, without making anything else of it."""
        return self.verdicts.table.path(int(self.rows[place]))

    def name(self, place: int) -> str:
        """One file's shown name, without making anything else of it."""
        return displayed_name(self.verdicts.table.relative(int(self.rows[place])))

    def labels(self, class_names: Sequence[str]) -> NDArray[np.int64]:
        """(n,) the label of each: its class's place in `class_names`, K for none of the K."""
        numbers: dict[str | None, int] = {name: number for number, name in enumerate(class_names)}
        of_folder = [numbers.get(name, len(class_names)) for name in self._class_of_folder()]
        labels: NDArray[np.int64] = np.array(of_folder, np.int64)[self.verdicts.table.columns["folder"][self.rows]]
        return labels

    def class_numbers(self) -> NDArray[np.int64]:
        """(n,) as `labels` of all the classes that there are, in natural order."""
        names = {name for name in self._class_of_folder() if name is not None}
        return self.labels(sorted(names, key=natural_key))

    def _class_of_folder(self) -> Iterator[str | None]:
        return (_class_of(os.path.join(folder, "")) for folder in self.verdicts.table.folders)  # noqa: PTH118

    def places_of(self, relatives: Iterable[str]) -> NDArray[np.int64]:
        """The places of the files with these paths below the folder, ascending; those that are none of these left out.

        One is found at once; for many in one folder all its names are looked at (a million take half a second).
        """
        table = self.verdicts.table
        wanted: dict[str, set[str]] = {}
        for relative in relatives:
            folder, name = os.path.split(relative)
            wanted.setdefault(folder, set()).add(name)
        of_folder = {number: wanted[one] for number, one in enumerate(table.folders) if one in wanted}
        folders = table.columns["folder"][self.rows]
        found: list[int] = []
        for number, names in of_folder.items():
            places = np.flatnonzero(folders == number)
            if len(names) * _BY_BISECTION > len(places):
                found += [place for place in places.tolist() if table.names[int(self.rows[place])] in names]
            else:
                found += [place for name in names if (place := self._place_among(places, name)) is not None]
        return np.array(sorted(found), np.int64)

    def _place_among(self, places: NDArray[np.int64], name: str) -> int | None:
        """Of the files of one folder, which stand in natural order: a million names need not be made for one."""
        names = self.verdicts.table.names
        found = bisect_left(
            range(len(places)), natural_key(name), key=lambda n: natural_key(names[int(self.rows[places[n]])])
        )
        if found == len(places) or names[int(self.rows[places[found]])] != name:
            return None
        return int(places[found])

    def without(self, folder: Path) -> Self:
        """Those that do not lie in this folder, nor below it."""
        table, inside = self.verdicts.table, folder.resolve()
        outside = np.array(
            [not Path(table.root, relative).resolve().is_relative_to(inside) for relative in table.folders], bool
        )
        kept = outside[table.columns["folder"][self.rows]]
        return type(self)(self.verdicts, self.rows[kept].astype(np.int64))

    def _made(self, row: int) -> Item:
        raise NotImplementedError


class Pictures(_Rows[PictureFile]):
    """The pictures of a folder: a sequence of PictureFile, and the same in columns."""

    def _made(self, row: int) -> PictureFile:
        table, facts = self.verdicts.table, self.verdicts.facts[row]
        relative = table.relative(row)
        return PictureFile(
            path=Path(table.root, relative),
            name=displayed_name(relative),
            width=int(facts["width"]),
            height=int(facts["height"]),
            mode=self.verdicts.modes[facts["mode"]],
            format=FORMATS[facts["format"]],
            has_alpha=bool(facts["bits"] & _ALPHA),
            is_grey=bool(facts["bits"] & _GREY),
            bytes=int(table.columns["size"][row]),
            class_name=_class_of(relative),
        )

    @property
    def widths(self) -> NDArray[np.uint32]:
        """(n,) pixels, upright."""
        return self.verdicts.facts["width"][self.rows]

    @property
    def heights(self) -> NDArray[np.uint32]:
        """(n,) pixels, upright."""
        return self.verdicts.facts["height"][self.rows]

    @property
    def sizes(self) -> NDArray[np.int64]:
        """(n,) bytes of each as a file."""
        return self.verdicts.table.columns["size"][self.rows]

    @property
    def have_alpha(self) -> NDArray[np.bool_]:
        """(n,) as PictureFile.has_alpha."""
        return (self.verdicts.facts["bits"][self.rows] & _ALPHA) > 0

    @property
    def are_grey(self) -> NDArray[np.bool_]:
        """(n,) as PictureFile.is_grey."""
        return (self.verdicts.facts["bits"][self.rows] & _GREY) > 0

    def class_counts(self) -> dict[str, int]:
        """Class → pictures in it, those that have any; in no particular order."""
        counts = np.bincount(self.verdicts.table.columns["folder"][self.rows])
        found: dict[str, int] = {}
        for folder in np.flatnonzero(counts):
            name = _class_of(os.path.join(self.verdicts.table.folders[int(folder)], ""))  # noqa: PTH118
            if name is not None:
                found[name] = found.get(name, 0) + int(counts[folder])
        return found


class SkippedFiles(_Rows[Skipped]):
    """The files of a folder that cannot be used."""

    def _made(self, row: int) -> Skipped:
        table, relative = self.verdicts.table, self.verdicts.table.relative(row)
        code = CODES[self.verdicts.facts["code"][row]]
        return Skipped(Path(table.root, relative), displayed_name(relative), code, REASONS[code])


def _class_of(relative: str) -> str | None:
    """The class of a picture: the first folder of its path, if there is one."""
    first, separator, _ = relative.partition(os.sep)
    return class_name(first) if separator and first else None
