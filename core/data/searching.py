"""Finds the files whose names hold some text, among a million of them in well under a second.

Capital or small, and however an accent is put together, makes no difference. A Python loop over a million names takes
seconds, so the packed bytes themselves are searched, some thousand names at a time.
"""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Generator

import numpy as np
from numpy.typing import NDArray

from .file_table import FileTable, PackedNames

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
