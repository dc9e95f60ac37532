"""Which files of a scan are shown, and in which order: what a grid's filter and its sorting ask for.

Columns and generators throughout: a million files are arranged in a fraction of a second, and whoever has typed the
next letter stops it at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from .picture_files import Pictures, SkippedFiles
from .searching import files_with

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
