"""What the room says of each kind of finding, in the window's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from .. import numbers

if TYPE_CHECKING:
    from core.pictures.doctor.doctor import Counts


class Words(NamedTuple):
    """English; `{size}`, `{groups}` and `{ground}` stand for what the finding says."""

    title: str
    meaning: str  #: what it does to a training, or that nothing need be done


#: A row per kind of `core.pictures.doctor.doctor.FINDINGS`; a test holds the two tables against each other.
WORDS: dict[str, Words] = {
    "skipped": Words(
        str(QT_TRANSLATE_NOOP("Findings", "Files that cannot be used")),
        str(QT_TRANSLATE_NOOP("Findings", "Not among the pictures; the list tells why.")),
    ),
    "unpaired": Words(
        str(QT_TRANSLATE_NOOP("Findings", "Without a partner")),
        str(QT_TRANSLATE_NOOP("Findings", "In no pair with the second folder, and not used; the list tells why.")),
    ),
    "lost": Words(
        str(QT_TRANSLATE_NOOP("Findings", "Not readable any more")),
        str(QT_TRANSLATE_NOOP("Findings", "Others would stand in for them.")),
    ),
    "same": Words(
        str(QT_TRANSLATE_NOOP("Findings", "Exact copies")),
        str(QT_TRANSLATE_NOOP("Findings", "In groups: {groups}. Copies are learnt more often than others.")),
    ),
    "alike": Words(
        str(QT_TRANSLATE_NOOP("Findings", "Nearly the same")),
        str(QT_TRANSLATE_NOOP("Findings", "In groups: {groups}. Saved again, resized, or hardly different.")),
    ),
    "clear": Words(
        str(QT_TRANSLATE_NOOP("Findings", "Fully transparent")),
        str(QT_TRANSLATE_NOOP("Findings", "There is nothing to see, and nothing to learn.")),
    ),
    "blank": Words(
        str(QT_TRANSLATE_NOOP("Findings", "Of one colour")),
        str(QT_TRANSLATE_NOOP("Findings", "The network would learn to make blank pictures too.")),
    ),
    "small": Words(
        str(QT_TRANSLATE_NOOP("Findings", "Much smaller than {size} px")),
        str(QT_TRANSLATE_NOOP("Findings", "Enlarged more than 1.5 times, and blurred by it.")),
    ),
    "thin": Words(
        str(QT_TRANSLATE_NOOP("Findings", "Cropped by more than half")),
        str(QT_TRANSLATE_NOOP("Findings", "Much longer or wider than what the network sees.")),
    ),
    "huge": Words(
        str(QT_TRANSLATE_NOOP("Findings", "16 million pixels or more")),
        str(QT_TRANSLATE_NOOP("Findings", "Made smaller; only the first reading takes longer.")),
    ),
    "long": Words(
        str(QT_TRANSLATE_NOOP("Findings", "Several frames or pages")),
        str(QT_TRANSLATE_NOOP("Findings", "The first is used.")),
    ),
    "grey": Words(
        str(QT_TRANSLATE_NOOP("Findings", "Grey among coloured ones")),
        str(QT_TRANSLATE_NOOP("Findings", "Used as they are: some samples will be grey too.")),
    ),
    "coloured": Words(
        str(QT_TRANSLATE_NOOP("Findings", "Coloured")),
        str(QT_TRANSLATE_NOOP("Findings", "Turned grey, as Channels says under Picture.")),
    ),
    "transparent": Words(
        str(QT_TRANSLATE_NOOP("Findings", "With transparency")),
        str(QT_TRANSLATE_NOOP("Findings", "Laid on {ground}, as Background says under Picture.")),
    ),
    "deep": Words(
        str(QT_TRANSLATE_NOOP("Findings", "More than 8 bits per channel")),
        str(QT_TRANSLATE_NOOP("Findings", "Scaled to 8.")),
    ),
    "odd": Words(
        str(QT_TRANSLATE_NOOP("Findings", "Odd for the run's model")),
        str(
            QT_TRANSLATE_NOOP(
                "Findings",
                "The oddest first: they need {from_bits} to {to_bits} bits per dimension, {usual_bits} is usual.",
            )
        ),
    ),
}

#: What pictures are laid on, in the middle of a sentence.
GROUNDS: dict[str, str] = {
    "white": str(QT_TRANSLATE_NOOP("Findings", "white")),
    "black": str(QT_TRANSLATE_NOOP("Findings", "black")),
    "grey": str(QT_TRANSLATE_NOOP("Findings", "grey")),
}

#: Modes of Pillow in words; others are shown as they are called.
MODES: dict[str, str] = {
    "1": str(QT_TRANSLATE_NOOP("Findings", "1 bit")),
    "L": str(QT_TRANSLATE_NOOP("Findings", "grey")),
    "LA": str(QT_TRANSLATE_NOOP("Findings", "grey + alpha")),
    "P": str(QT_TRANSLATE_NOOP("Findings", "palette")),
    "PA": str(QT_TRANSLATE_NOOP("Findings", "palette + alpha")),
    "I;16": str(QT_TRANSLATE_NOOP("Findings", "16 bit grey")),
    "I;16B": str(QT_TRANSLATE_NOOP("Findings", "16 bit grey")),
    "I": str(QT_TRANSLATE_NOOP("Findings", "32 bit grey")),
    "F": str(QT_TRANSLATE_NOOP("Findings", "float grey")),
}

#: Shapes and directions of `core.pictures.doctor.doctor`.
SHAPES: dict[str, str] = {
    "1:1": str(QT_TRANSLATE_NOOP("Findings", "square")),
    "4:3": str(QT_TRANSLATE_NOOP("Findings", "up to 4:3")),
    "16:9": str(QT_TRANSLATE_NOOP("Findings", "up to 16:9")),
    "3:1": str(QT_TRANSLATE_NOOP("Findings", "up to 3:1")),
    "longer": str(QT_TRANSLATE_NOOP("Findings", "longer")),
    "square": str(QT_TRANSLATE_NOOP("Findings", "square")),
    "landscape": str(QT_TRANSLATE_NOOP("Findings", "landscape")),
    "portrait": str(QT_TRANSLATE_NOOP("Findings", "portrait")),
}


def title(finding: FindingShown) -> str:
    """What was found, in a few words."""
    return _filled(WORDS[finding.kind].title, finding)


def meaning(finding: FindingShown) -> str:
    """What it does to a training."""
    return _filled(WORDS[finding.kind].meaning, finding)


def word(table: dict[str, str], key: str) -> str:
    """The words of MODES or SHAPES for a key; the key itself where there are none."""
    return QCoreApplication.translate("Findings", table[key]) if key in table else key


def _filled(words: str, finding: FindingShown) -> str:
    said = finding.numbers
    values: dict[str, str] = {}
    if "bits_from" in said:
        values |= {
            "from_bits": numbers.figure(float(said["bits_from"])),
            "to_bits": numbers.figure(float(said["bits_to"])),
            "usual_bits": numbers.figure(float(said["bits_usual"])),
        }
    if "groups" in said:
        values["groups"] = numbers.count(int(said["groups"]))
    if "height" in said:
        values["size"] = numbers.sides(int(said["height"]), int(said["width"]))
    if "ground" in said:
        values["ground"] = word(GROUNDS, str(said["ground"]))
    return QCoreApplication.translate("Findings", words).format(**values)


# --- What the room shows of a folder's examination, as plain values: the controller makes them, the panel draws them.


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
