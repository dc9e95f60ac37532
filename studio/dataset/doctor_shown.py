"""What the room shows of a folder's examination, as plain values: the controller makes them, the panel draws them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.pictures.doctor.doctor import Counts


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingShown:
    """One finding, and how far its remedy is used already."""

    kind: str
    remedy: str  #: as in core.pictures.doctor.doctor.FINDINGS
    count: int  #: pictures, or files that are none
    may_leave_out: int  #: how many the remedy leaves out
    left_out: int  #: of those, how many are
    settings: Mapping[str, object]  #: what the remedy changes
    numbers: Mapping[str, int | str]  #: what the words say besides

    @property
    def done(self) -> bool:
        """All that the remedy leaves out is left out."""
        return 0 < self.may_leave_out == self.left_out

    @property
    def wants_mending(self) -> bool:
        """Something should still be done about it."""
        return self.remedy in ("leave_out", "keep_first", "settings") and not self.done


@dataclass(frozen=True, slots=True, kw_only=True)
class DoctorShown:
    """All that is known of a folder."""

    counts: Counts
    findings: tuple[FindingShown, ...]
    examined: bool  #: the pictures themselves were read and compared

    @property
    def to_mend(self) -> int:
        """Findings that something should be done about."""
        return sum(finding.wants_mending for finding in self.findings)
