"""Which files of a scan are shown, and in which order: what a grid's filter and its sorting ask for.

Columns and generators throughout: a million files are arranged in a fraction of a second, and whoever has typed the
next letter stops it at once.
"""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from .file_table import FileTable, PackedNames
from .picture_files import Pictures, SkippedFiles

# --- Finds the files whose names hold some text, among a million of them in well under a second ----------
# Capital or small, and however an accent is put together, makes no difference. A Python loop over a million names takes
# seconds, so the packed bytes themselves are searched, some thousand names at a time.

#: Names looked through between two looks at whether to stop: some milliseconds.
NAMES_TOGETHER = 1 << 14
FOLDERS_TOGETHER = 1024

_SMALL = np.arange(256, dtype=np.uint8)
_SMALL[ord("A") : ord("Z") + 1] += ord("a") - ord("A")


def files_with(table: FileTable, text: str) -> Generator[None, None, NDArray[np.bool_]]:
    """(N,) of each file of the table, whether its path below the folder, with / between, holds `text`."""
    needle = _folded(text.replace(os.sep, "/"))
    found = yield from _names_with(table.names, needle, at_start=False)
    if not needle:
        return found
    left, slash, right = needle.rpartition("/")
    inside, before = np.zeros(len(table.folders), bool), np.zeros(len(table.folders), bool)
    for place, folder in enumerate(table.folders):
        path = _folded(folder.replace(os.sep, "/")) + "/" if folder else ""
        inside[place] = needle in path
        # The text may begin in the folder's name and end in the file's.
        before[place] = bool(slash) and path.endswith(left + slash)
        if place % FOLDERS_TOGETHER == 0:
            yield
    of_file = table.columns["folder"]
    found |= inside[of_file]
    if before.any():
        begins = yield from _names_with(table.names, right, at_start=True)
        found |= before[of_file] & begins
    return found


def _names_with(names: PackedNames, needle: str, *, at_start: bool) -> Generator[None, None, NDArray[np.bool_]]:
    """needle: folded. at_start: only names that begin with it."""
    found = np.zeros(len(names), bool)
    wanted = np.frombuffer(needle.encode("utf-8", "replace"), np.uint8)
    for begin in range(0, len(names), NAMES_TOGETHER):
        end = min(len(names), begin + NAMES_TOGETHER)
        packed, ends = names.packed(begin, end)
        if packed.max(initial=0) < 128:
            packed = _SMALL[packed]
        else:
            packed, ends = _folded_names(packed, ends)
        starts = np.concatenate([[0], ends[:-1]])
        at = _places(packed, wanted, starts if at_start else None)
        owners = np.searchsorted(ends, at, side="right")
        found[begin + owners[at + len(wanted) <= ends[owners]]] = True
        yield
    return found if len(wanted) else np.ones(len(names), bool)


def _places(
    packed: NDArray[np.uint8], wanted: NDArray[np.uint8], starts: NDArray[np.int64] | None
) -> NDArray[np.int64]:
    """Where `wanted` begins; of `starts` only, where there are any."""
    last = len(packed) - len(wanted)
    if not len(wanted) or last < 0:
        return np.zeros(0, np.int64)
    at = np.flatnonzero(packed[: last + 1] == wanted[0]) if starts is None else starts[starts <= last]
    for offset in range(0 if starts is not None else 1, len(wanted)):
        at = at[packed[at + offset] == wanted[offset]]
    return at


def _folded_names(packed: NDArray[np.uint8], ends: NDArray[np.int64]) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """The same names folded, and where each ends now."""
    # Folding changes lengths: a zero byte, which no name holds, keeps them apart.
    apart = np.zeros(len(packed) + len(ends), np.uint8)
    lengths = np.diff(ends, prepend=0)
    apart[np.arange(len(packed)) + np.repeat(np.arange(len(ends)), lengths)] = packed
    text = _folded(apart.tobytes().decode("utf-8", "surrogateescape"))
    folded = np.frombuffer(text.encode("utf-8", "surrogateescape"), np.uint8)
    zeros = np.flatnonzero(folded == 0)
    return folded[folded != 0], zeros - np.arange(len(zeros))


def _folded(text: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())


# --- arranging -------------------------------------------------------------------------------------------

Files: TypeAlias = Pictures | SkippedFiles

#: Which pictures are shown, by whether a run may use them.
SHOWN = ("all", "used", "left-out")


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be seen. `only` aside it is a plain value."""

    text: str = ""  #: that the path below the folder holds
    class_name: str | None = None  #: the class that they belong to; None: whichever
    shown: str = "all"  #: of SHOWN
    sort: str = "name"  #: of SORTS
    descending: bool = False
    only: NDArray[np.int64] | None = None  #: none but these places; by name they stay in this order

    @property
    def is_filter(self) -> bool:
        """Whether some may be missing."""
        return bool(self.text) or self.class_name is not None or self.shown != "all" or self.only is not None


@dataclass(frozen=True, slots=True)
class Arranged:
    """The answer: the place of each that is shown. None: all of them, as they are."""

    order: NDArray[np.int64] | None


def _pixels(files: Files) -> NDArray[np.int64]:
    facts = files.verdicts.facts[files.rows]
    pixels: NDArray[np.int64] = facts["width"].astype(np.int64) * facts["height"]
    return pixels


def _numbers(column: str) -> Callable[[Files], NDArray[np.int64]]:
    def of(files: Files) -> NDArray[np.int64]:
        numbers: NDArray[np.int64] = files.verdicts.table.columns[column][files.rows]
        return numbers

    return of


#: Sorted by → a number for each file, ascending; None: the natural order of the names, which settles ties as well.
SORTS: dict[str, Callable[[Files], NDArray[np.int64]] | None] = {
    "name": None,
    "pixels": _pixels,
    "bytes": _numbers("size"),
    "date": _numbers("mtime_ns"),
    "class": lambda files: files.class_numbers(),
}


def arranged(files: Files, wish: Wish, left_out: NDArray[np.bool_] | None = None) -> Iterator[Arranged | None]:
    """The places in `files` that are wished, Arranged last; None comes meanwhile, so that it can be closed.

    left_out: (n,) of each; None: none is.
    """
    kept = np.ones(len(files), bool)
    if wish.text:
        kept &= (yield from files_with(files.verdicts.table, wish.text))[files.rows]
    if wish.class_name is not None:
        kept &= files.labels((wish.class_name,)) == 0
        yield None
    if wish.shown != "all":
        out = np.zeros(len(files), bool) if left_out is None else left_out
        kept &= out if wish.shown == "left-out" else ~out
    order = np.flatnonzero(kept) if wish.only is None else wish.only[kept[wish.only]]
    yield None
    numbers_of = SORTS[wish.sort]
    if numbers_of is not None:
        numbers = numbers_of(files)[order]
        yield None
        # Stable, so that equals stay in natural order whichever way they are sorted.
        order = order[np.argsort(-numbers if wish.descending else numbers, kind="stable")]
    elif wish.descending:
        order = order[::-1].copy()
    plain = numbers_of is None and not wish.descending and wish.only is None and len(order) == len(files)
    yield Arranged(None if plain else order)
