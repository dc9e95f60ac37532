"""What a person should know of a folder under some settings before a training begins, a sentence each."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import numpy as np

from ...errors import Phrase
from .classes import MOST_NAMED, class_notes, quoted
from .reasons import REASONS
from .splits import EXCLUDED, HELD_OUT, TRAIN, names_below, sides_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ...settings import DataConfig
    from .scan import Scan

#: Pictures among which a name is looked for that is only alike.
_MOST_COMPARED = 20_000


def not_used_notes(reasons: Mapping[str, int]) -> Iterator[str]:
    """How many files are not used, and why. reasons: code of REASONS → how many."""
    if reasons:
        each = ", ".join(f"{count:,} × {REASONS[code]}" for code, count in reasons.items())
        yield f"{sum(reasons.values()):,} not used: {each}"


def notes_of(scan: Scan, data: DataConfig) -> Iterator[Phrase]:
    """Settings that do nothing, or more than is wanted, on these pictures. data: with nothing on auto."""
    yield from class_notes(data, dict(scan.classes))
    if data.excluded:
        yield from _excluded_notes(scan, data.excluded)
    if not data.hold_out and not data.excluded:
        return
    sides = sides_of(scan.pictures, data.hold_out, frozenset(data.excluded or ()))
    if data.hold_out and not (sides == HELD_OUT).any():
        left = int(np.count_nonzero(sides != EXCLUDED))
        yield Phrase("note.holds-out-none", setting="hold_out", fraction=data.hold_out, count=left)
    empty = empty_classes(scan, data.class_names or (), sides) if data.labels != "off" else []
    if empty:
        yield Phrase("note.classes-empty", first="excluded", second="hold_out", names=quoted(empty))


def empty_classes(scan: Scan, class_names: tuple[str, ...], sides: NDArray[np.uint8]) -> list[str]:
    """Classes that have pictures, and none to train on. sides: (n,), what each is to a run, as `sides_of` has it."""
    labels = scan.pictures.labels(class_names)
    counts = np.bincount(labels[sides == TRAIN], minlength=len(class_names))
    there = np.bincount(labels, minlength=len(class_names))
    return [name for name, count, of in zip(class_names, counts, there, strict=False) if of and not count]


def _excluded_notes(scan: Scan, excluded: tuple[str, ...]) -> Iterator[Phrase]:
    names = set(names_below(scan.pictures))
    strange = [name for name in excluded if name not in names]
    if not strange:
        return
    alike: dict[str, list[str]] = {}
    for name in names:
        alike.setdefault(_folded(name), []).append(name)
    words: list[str] = []
    for name in strange[:MOST_NAMED]:
        near = alike.get(_folded(name)) or [one for one in sorted(names) if one.endswith("/" + name)][:1]
        if not near and len(names) <= _MOST_COMPARED:
            near = difflib.get_close_matches(name, names, 1, 0.8)
        shown = f"“{name}”"
        words.append(Phrase("note.did-you-mean", name=shown, near=f"“{near[0]}”") if near else shown)
    named: str = words[0]
    for word in words[1:]:
        named = Phrase("note.listed", first=named, then=word)
    if len(strange) > MOST_NAMED:
        named = Phrase("note.and-more", names=named, count=len(strange) - MOST_NAMED)
    yield Phrase("note.excluded-strange", names=named)


def _folded(name: str) -> str:
    """The same for names that a person may take for the same."""
    return unicodedata.normalize("NFC", name.replace("\\", "/").removeprefix("./").strip()).casefold()
