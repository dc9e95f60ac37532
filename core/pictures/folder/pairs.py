"""Which pictures of two folders belong together: those of the same name, and why others belong to none."""

from __future__ import annotations

import os
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ...catalogue import CONDITIONS
from ...errors import DataError, Phrase
from .picture_files import Pictures
from .scan import ScanDone, scan

if TYPE_CHECKING:
    from ...settings import DataConfig
    from .picture_files import SkippedFiles
    from .scan import Scan

#: Code → why a picture is in no pair, as it follows its name and a colon.
PAIR_REASONS: dict[str, Phrase] = {
    "no-partner": Phrase("pair.no-partner"),
    "no-picture": Phrase("pair.no-picture"),
    "named-twice": Phrase("pair.named-twice"),
    "other-shape": Phrase("pair.other-shape"),
    "partner-unusable": Phrase("pair.partner-unusable"),
}
#: Pictures that are told by name; the others are counted.
MOST_NAMED = 1000
#: Names looked at between two signs of life.
_TOGETHER = 10_000


class Unpaired(NamedTuple):
    """A picture that is in no pair."""

    name: str  #: relative to its folder, as it is shown
    code: str  #: key of PAIR_REASONS
    in_second: bool  #: whether it is one of the second folder

    @property
    def reason(self) -> Phrase:
        """Its sentence."""
        return PAIR_REASONS[self.code]


@dataclass(frozen=True, eq=False)
class Pairs:
    """Pictures of two folders that belong together, in the order of the first one's."""

    folder: Path  #: the second one
    first: Pictures
    second: Pictures  #: the partner of each
    unpaired: tuple[Unpaired, ...]  #: the first MOST_NAMED of them
    counts: Mapping[str, int] = field(default_factory=dict)  #: code of PAIR_REASONS → pictures

    def partner_of(self, row: int) -> Path | None:
        """The partner of a picture by its row of the first folder's table; None where it is in no pair."""
        place = int(np.searchsorted(self.first.rows, row))
        if place >= len(self.first) or self.first.rows[place] != row:
            return None
        return Path(self.second.path(place))

    def notes(self) -> Iterator[Phrase]:
        """What a person should know of them, a sentence for each reason."""
        for code, count in self.counts.items():
            yield Phrase("note.unpaired", count=count, reason=PAIR_REASONS[code])


def needs_pairs(data: DataConfig) -> bool:
    """Whether the settings ask for a second folder."""
    return CONDITIONS[data.condition].of_folder


def pair(first: Scan, data: DataConfig) -> Iterator[Pairs | None]:
    """None now and then while the second folder is looked through; the Pairs of the settings come last.

    A second folder inside the first is not a part of it. Raises DataError where it is missing, or nothing belongs
    together.
    """
    assert data.condition_folder is not None, "settings are legal"
    folder = Path(data.condition_folder)
    second: Scan | None = None
    for item in scan(folder, hidden=first.hidden_folders):
        if isinstance(item, ScanDone):
            second = item.scan
        else:
            yield None
    assert second is not None, "a scan ends with ScanDone or an error"
    pictures = first.pictures
    if folder.resolve() != first.folder.resolve() and folder.resolve().is_relative_to(first.folder.resolve()):
        pictures = first.without(folder).pictures
    matching = _Matching(pictures, second.pictures, second.skipped)
    for _ in matching.steps():
        yield None
    made = matching.pairs(folder)
    if not made.first:
        raise DataError("data.no-pairs", folder=first.folder, second=folder)
    yield made


class _Matching:
    """Two folders whose names are compared."""

    def __init__(self, first: Pictures, second: Pictures, unusable: SkippedFiles) -> None:
        self._first, self._second, self._unusable = first, second, unusable
        self._ours: list[int] = []
        self._theirs: list[int] = []
        self._unpaired: list[Unpaired] = []
        self._counts: Counter[str] = Counter()

    def steps(self) -> Iterator[None]:
        """Looks at a part of the names with each next()."""
        ours, theirs = list[str](), list[str]()
        for pictures, names in ((self._first, ours), (self._second, theirs)):
            for name in _stems(pictures):
                names.append(name)
                if len(names) % _TOGETHER == 0:
                    yield
        place_of = {name: place for place, name in enumerate(theirs)}
        times, times_ours = Counter(theirs), Counter(ours)
        unusable = set(_stems(self._unusable))
        for place, name in enumerate(ours):
            if place % _TOGETHER == _TOGETHER - 1:
                yield
            partner = place_of.get(name)
            if times_ours[name] > 1 or times[name] > 1:
                self._leave(place, "named-twice")
            elif partner is None:
                self._leave(place, "partner-unusable" if name in unusable else "no-partner")
            elif not self._alike(place, partner):
                self._leave(place, "other-shape")
            else:
                self._ours.append(place)
                self._theirs.append(partner)
        for place, name in enumerate(theirs):
            if name not in times_ours:
                self._leave(place, "no-picture", in_second=True)

    def pairs(self, folder: Path) -> Pairs:
        """What was found, once all steps are done."""
        return Pairs(
            folder,
            _at(self._first, self._ours),
            _at(self._second, self._theirs),
            tuple(self._unpaired),
            dict(self._counts.most_common()),
        )

    def _alike(self, place: int, partner: int) -> bool:
        """Whether one is the other made smaller, to the nearest pixel of the smaller one."""
        (small_w, small_h), (large_w, large_h) = sorted(
            (int(of.widths[at]), int(of.heights[at])) for of, at in ((self._first, place), (self._second, partner))
        )
        return abs(large_h * small_w - small_h * large_w) <= large_w

    def _leave(self, place: int, code: str, *, in_second: bool = False) -> None:
        self._counts[code] += 1
        if len(self._unpaired) < MOST_NAMED:
            name = (self._second if in_second else self._first).name(place)
            self._unpaired.append(Unpaired(name, code, in_second))


def _at(pictures: Pictures, places: list[int]) -> Pictures:
    return Pictures(pictures.verdicts, pictures.rows[np.array(places, np.int64)].astype(np.int64))


def _stems(files: Pictures | SkippedFiles) -> Iterator[str]:
    """Each file's path below its folder without its ending; a folder copied from a Mac is the same folder."""
    table = files.verdicts.table
    return (
        unicodedata.normalize("NFC", os.path.splitext(table.relative(row))[0])  # noqa: PTH122 (a Path costs ten times it)
        for row in files.rows.tolist()
    )
