"""What may be wrong with the pictures of a folder, or good to know: a table of kinds, and one finding of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

#: Kind of finding → what can be done. "keep_first": leave out all but the first of each group. "leave_out": leave all
#: of them out. "settings": change settings. "list": look at the list of files with reasons. "none": nothing need be.
#: In the order in which they are told.
FINDINGS: dict[str, str] = {
    "skipped": "list",  # files that claim to be pictures and cannot be used
    "lost": "leave_out",  # pictures that could not be read any more
    "same": "keep_first",  # the very same file content
    "alike": "keep_first",  # the same picture saved otherwise, or one that differs by a trifle
    "clear": "leave_out",  # fully transparent
    "blank": "leave_out",  # of one colour
    "small": "leave_out",  # would be enlarged much; where most are, another size is the remedy
    "thin": "leave_out",  # lose most of themselves to the crop; where most do, padding is the remedy
    "huge": "none",  # take long to decode
    "long": "none",  # only the first frame or page is used
    "grey": "none",  # trained on as colour, among others that are coloured
    "coloured": "none",  # trained on as grey
    "transparent": "none",  # laid on a ground
    "deep": "none",  # more than 8 bits, which are scaled
}


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Finding:
    """Some pictures that have something in common."""

    kind: str  #: a key of FINDINGS
    remedy: str  #: as in FINDINGS
    places: NDArray[np.int64]  #: (n,) in Scan.pictures; group by group, in order in each, where there are groups
    groups: NDArray[np.int32] | None = None  #: (n,) which group each is in, ascending
    settings: Mapping[str, object] = field(default_factory=dict)  #: what "settings" changes, by flat name
    numbers: Mapping[str, int | str] = field(default_factory=dict)  #: what the sentence about it says besides

    @property
    def count(self) -> int:
        """How many pictures, or files where they are none."""
        files = self.numbers.get("files")
        return files if isinstance(files, int) else len(self.places)

    def left_out(self, before: NDArray[np.bool_] | None = None) -> NDArray[np.int64]:
        """The places that the remedy leaves out; none where it does something else.

        before: (n,) of Scan.pictures, which are left out already: another of the group is kept then, lest all are lost.
        """
        if self.remedy == "leave_out":
            return self.places
        if self.remedy != "keep_first" or self.groups is None or not len(self.places):
            return np.zeros(0, np.int64)
        kept = np.flatnonzero(np.diff(self.groups, prepend=-1))
        if before is not None and before[self.places[kept]].any():
            numbers = np.arange(len(self.places))
            numbers[before[self.places]] = len(self.places)
            used = np.minimum.reduceat(numbers, kept)
            kept = np.where(used < len(self.places), used, kept)
        follows = np.ones(len(self.places), bool)
        follows[kept] = False
        followers: NDArray[np.int64] = self.places[follows]
        return followers


def finding(kind: str, places: NDArray[np.int64], **more: int | str) -> Finding:
    """One without groups, with its usual remedy. more: its numbers."""
    return Finding(kind=kind, remedy=FINDINGS[kind], places=places, numbers=more)


def grouped(kind: str, leaders: NDArray[np.int64], places: NDArray[np.int64]) -> Finding:
    """Those with the same leader are a group. places: (n,) ascending. leaders: (n,) in `places`; alone: itself."""
    followers = np.flatnonzero(leaders != np.arange(len(leaders)))
    inside = np.union1d(followers, leaders[followers])
    firsts, group = np.unique(leaders[inside], return_inverse=True)
    order = np.argsort(group, kind="stable")
    return Finding(
        kind=kind,
        remedy=FINDINGS[kind],
        places=places[inside[order]],
        groups=group[order].astype(np.int32),
        numbers={"groups": len(firsts)},
    )
