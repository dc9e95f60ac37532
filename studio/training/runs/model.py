"""The runs as rows of a table: searched, sorted by each column, or as a tree of what began at what."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QCoreApplication, QModelIndex, QPersistentModelIndex, Qt, Signal

from core.runs.listing import ListedFacts, parents
from core.setting import as_text
from core.settings import SETTINGS

from ... import numbers
from ...app.listed_run import failed_words
from ...app.messages import error_text, space_title
from ...widgets.plain import plain_tip

Index = QModelIndex | QPersistentModelIndex

#: What a delegate asks a row for.
FACTS, ROW, STATE = Qt.ItemDataRole.UserRole, Qt.ItemDataRole.UserRole + 1, Qt.ItemDataRole.UserRole + 2
#: So far in branches of branches are drawn: further ones stand under those.
MOST_DEPTH = 6
#: Runs that are compared at most.
MOST_COMPARED = 6


class Column(IntEnum):
    """The columns, in their order."""

    NAME = 0
    STATE = 1
    STEPS = 2
    TIME = 3
    HELD_OUT = 4
    KID = 5
    SIZE = 6
    NOTES = 7


@dataclass(frozen=True, slots=True)
class State:
    """Where a run stands, in words, and the token of the theme that its dot is painted in."""

    words: str
    colour: str


@dataclass(frozen=True, slots=True)
class Row:
    """A run, and its place in the tree; flat where the table is sorted or searched."""

    facts: ListedFacts
    depth: int = 0
    #: for each step in from the left, whether the line goes on below this row
    lines: tuple[bool, ...] = ()


@dataclass(frozen=True, slots=True)
class Here:
    """What this window has under way: the run, and in which words. None of it is in the run's folder."""

    folder: Path | None = None
    words: str = ""
    step: int = 0


def state_of(facts: ListedFacts, here: Here) -> State:
    """Where a run stands."""
    if facts.folder == here.folder and here.words:
        return State(here.words, "weight")
    if facts.standing is None:
        return State(QCoreApplication.translate("RunTable", "Damaged"), "error")
    standing, owner = facts.standing, facts.standing.owner
    if owner is not None and owner.alive:
        words = QCoreApplication.translate("RunTable", "Trained by process {pid} on {host}")
        return State(words.format(pid=owner.pid, host=owner.host), "weight")
    if facts.measured.failed_at is not None and standing.unfinished:
        return State(failed_words(facts.measured.failed_at), "error")
    if standing.died:
        return State(QCoreApplication.translate("RunTable", "Cut off with its program"), "validation")
    if standing.total is not None and standing.step >= standing.total:
        return State(QCoreApplication.translate("RunTable", "Finished"), "muted")
    return State(
        QCoreApplication.translate("RunTable", "Stopped")
        if standing.step
        else QCoreApplication.translate("RunTable", "Not begun"),
        "muted",
    )


def marks_of(facts: ListedFacts) -> str:
    """What happened on the way: "resumed 2×, rolled back 1×"; "" where nothing did."""
    measured = facts.measured
    some = []
    if measured.resumed:
        some.append(QCoreApplication.translate("RunTable", "resumed {n}×").format(n=numbers.count(measured.resumed)))
    if measured.rolled_back:
        some.append(
            QCoreApplication.translate("RunTable", "rolled back {n}×").format(n=numbers.count(measured.rolled_back))
        )
    return QCoreApplication.translate("RunTable", ", ").join(some)


def step_of(facts: ListedFacts, here: Here) -> int:
    """How far a run is."""
    if facts.folder == here.folder:
        return here.step
    return 0 if facts.standing is None else facts.standing.step


def matches(facts: ListedFacts, words: Sequence[str], state: str) -> bool:
    """Whether all words are found: in name, note, tags and state, or as a setting, "dim=32"."""
    text = "\n".join((facts.name, facts.notes.note, *facts.notes.tags, state)).casefold()
    for word in words:
        name, equals, value = word.partition("=")
        if equals and facts.config is not None and name in SETTINGS:
            said = as_text(facts.config.setting(name)).casefold()
            if not (said == value or (value in ("none", "off") and said in ("", "none", "off"))):
                return False
        elif word not in text:
            return False
    return True


def in_tree(runs: Sequence[ListedFacts]) -> list[Row]:
    """The runs with each branch under what it began at, in the order of `runs` among those beside each other."""
    of = parents(runs)
    below: dict[Path | None, list[ListedFacts]] = {}
    for run in runs:
        below.setdefault(of.get(run.folder), []).append(run)
    rows: list[Row] = []
    waiting = [Row(run) for run in reversed(below.get(None, []))]
    while waiting:
        row = waiting.pop()
        rows.append(row)
        beside = below.get(row.facts.folder, [])
        for place in range(len(beside) - 1, -1, -1):
            lines = (*row.lines, place < len(beside) - 1)[-MOST_DEPTH:]
            waiting.append(Row(beside[place], len(lines), lines))
    return rows


_KEYS: dict[Column, Callable[[ListedFacts, Here], Any]] = {
    Column.NAME: lambda facts, _: facts.name.casefold(),
    Column.STATE: lambda facts, here: state_of(facts, here).words,
    Column.STEPS: step_of,
    Column.TIME: lambda facts, _: facts.measured.seconds,
    Column.HELD_OUT: lambda facts, _: facts.measured.held_out,
    Column.KID: lambda facts, _: facts.kid,
    Column.SIZE: lambda facts, _: facts.bytes,
    Column.NOTES: lambda facts, _: (not facts.notes.starred, ", ".join(facts.notes.tags), facts.notes.note),
}


class RunModel(QAbstractTableModel):
    """All runs that are found. Lives in the GUI thread."""

    rename_wished = Signal(object, str)  #: the folder, and the name that was typed

    def __init__(self) -> None:
        super().__init__()
        self._runs: tuple[ListedFacts, ...] = ()
        self._rows: list[Row] = []
        self._tree: list[Row] | None = None  #: of all runs, once it is needed
        self._places: dict[Path, int] = {}
        self._words: tuple[str, ...] = ()
        self._sorted: tuple[Column, bool] | None = None  #: None: as a tree
        self.here = Here()
        self.open_folder: Path | None = None  #: of the run that the window shows
        self.letters: dict[Path, str] = {}  #: of those that are compared

    # --- what it holds -------------------------------------------------------------------------------------

    def set_runs(self, runs: Sequence[ListedFacts], here: Here) -> None:
        """Show these, the last active first."""
        self._runs, self.here, self._tree = tuple(runs), here, None
        self._arrange()

    def set_search(self, text: str) -> None:
        """Show those in which all words are found."""
        words = tuple(text.casefold().split())
        if words != self._words:
            self._words = words
            self._arrange()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """By a column; -1: as a tree, the last active first."""
        self._sorted = None if column < 0 else (Column(column), order == Qt.SortOrder.DescendingOrder)
        self._arrange()

    def set_letters(self, letters: Mapping[Path, str]) -> None:
        """Which are compared, by which letters."""
        self.letters = dict(letters)
        self._changed(Column.NAME)

    def set_open(self, folder: Path | None) -> None:
        """Which run the window shows."""
        self.open_folder = folder
        self._changed(Column.NAME)

    def thumbnail_came(self) -> None:
        """A picture that was asked for is there."""
        self._changed(Column.NAME)

    @property
    def runs(self) -> tuple[ListedFacts, ...]:
        """All, found or not."""
        return self._runs

    def facts(self, row: int) -> ListedFacts:
        """Of a row."""
        return self._rows[row].facts

    def place(self, folder: Path) -> int | None:
        """The row of a run; None where it is not shown."""
        return self._places.get(folder)

    def facts_of(self, folder: Path) -> ListedFacts | None:
        """Of a run that is shown."""
        place = self.place(folder)
        return None if place is None else self.facts(place)

    def _arrange(self) -> None:
        rows = self._arranged()
        same = [row.facts.folder for row in rows] == [row.facts.folder for row in self._rows]
        if same:
            self._rows = rows
            self._changed(None)
            return
        self.beginResetModel()
        self._rows = rows
        self._places = {row.facts.folder: place for place, row in enumerate(rows)}
        self.endResetModel()

    def _arranged(self) -> list[Row]:
        if self._sorted is None and not self._words:
            self._tree = in_tree(self._runs) if self._tree is None else self._tree
            return self._tree
        found = [
            run for run in self._runs if not self._words or matches(run, self._words, state_of(run, self.here).words)
        ]
        if self._sorted is None:
            return [Row(run) for run in found]
        column, falling = self._sorted
        key = _KEYS[column]
        keyed = [(key(run, self.here), run) for run in found]
        known = [one for one in keyed if one[0] is not None]
        known.sort(key=lambda one: one[0], reverse=falling)
        # What has no number is at the end either way.
        return [Row(run) for _, run in known] + [Row(run) for value, run in keyed if value is None]

    def _changed(self, column: Column | None) -> None:
        if self._rows:
            first, last = (0, len(Column) - 1) if column is None else (column, column)
            self.dataChanged.emit(self.index(0, first), self.index(len(self._rows) - 1, last))

    # --- what Qt asks --------------------------------------------------------------------------------------

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 (Qt's own default)
        """The runs that are found."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """The columns."""
        return 0 if parent.isValid() else len(Column)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """A name can be typed over."""
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsEditable if index.column() == Column.NAME else flags

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: ANN401
        """What a column is called."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._titles()[section]
            case Qt.ItemDataRole.TextAlignmentRole:
                return self._alignment(section)
            case Qt.ItemDataRole.ToolTipRole:
                return plain_tip(self._tips()[section])
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: ANN401 (whatever a role is)
        """What a cell says."""
        row, column = self._rows[index.row()], index.column()
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.AccessibleTextRole:
                return self._text(row.facts, column)
            case Qt.ItemDataRole.EditRole if column == Column.NAME:
                return row.facts.name
            case Qt.ItemDataRole.TextAlignmentRole:
                return self._alignment(column)
            case Qt.ItemDataRole.ToolTipRole:
                return plain_tip(self._tip(row.facts, column))
        if role == FACTS:
            return row.facts
        if role == ROW:
            return row
        return state_of(row.facts, self.here) if role == STATE else None

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """A name was typed: whoever can rename does."""
        if role == Qt.ItemDataRole.EditRole and index.column() == Column.NAME and isinstance(value, str):
            facts = self.facts(index.row())
            if value.strip() and value.strip() != facts.name:
                self.rename_wished.emit(facts.folder, value.strip())
            return True
        return False

    # --- words ---------------------------------------------------------------------------------------------

    def _titles(self) -> tuple[str, ...]:
        return (
            self.tr("Name"),
            self.tr("State"),
            self.tr("Steps"),
            self.tr("Time"),
            self.tr("Held-out"),
            self.tr("KID"),
            self.tr("Size"),
            self.tr("Tags and note"),
        )

    def _tips(self) -> tuple[str, ...]:
        return (
            self.tr("The run's folder; a branch stands under the run that it began at"),
            self.tr("Whether it is being trained, and how it ended"),
            self.tr("Updates of the network so far"),
            self.tr("Training time of all its sessions"),
            self.tr("The lowest loss of its held-out pictures"),
            self.tr(
                "The distance of its samples to the pictures, as it was measured last, in the feature space that sees "
                "them furthest away: lower is better"
            ),
            self.tr("All files of its folder, on the disk"),
            self.tr("What you say of it; a star comes first"),
        )

    @staticmethod
    def _alignment(column: int) -> int:
        right = Column.STEPS <= column <= Column.SIZE
        side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
        return int(side | Qt.AlignmentFlag.AlignVCenter)

    def _text(self, facts: ListedFacts, column: int) -> str:
        match column:
            case Column.NAME:
                return facts.name
            case Column.STATE:
                return state_of(facts, self.here).words
            case Column.STEPS:
                return "–" if facts.standing is None else numbers.count(step_of(facts, self.here))
            case Column.TIME:
                return "–" if facts.measured.seconds is None else numbers.duration(facts.measured.seconds)
            case Column.HELD_OUT:
                return figure(facts.measured.held_out)
            case Column.KID:
                return "–" if facts.kid is None else numbers.signed(facts.kid)
            case Column.SIZE:
                return numbers.memory(facts.bytes)
        return " · ".join((*facts.notes.tags, *facts.notes.note.split("\n")[:1])).strip(" ·")

    def _tip(self, facts: ListedFacts, column: int) -> str:
        if column == Column.NAME:
            said = [str(facts.folder)]
            if facts.problem is not None:
                said.append(error_text(facts.problem))
            if facts.parent is not None:
                words = self.tr("Began at step {step} of {run}")
                said.append(words.format(step=numbers.count(facts.parent.step), run=facts.parent.name))
            if marks_of(facts):
                said.append(marks_of(facts))
            return "\n".join(said)
        if column == Column.NOTES:
            return facts.notes.note
        if column == Column.KID:
            return self._kid_tip(facts)
        if column == Column.STATE:
            return "\n".join(filter(None, (state_of(facts, self.here).words, marks_of(facts))))
        return ""

    def _kid_tip(self, facts: ListedFacts) -> str:
        """In which space it was measured, of what, and what pictures themselves come to."""
        quality, name = facts.quality, facts.kid_space
        if quality is None or name is None:
            return ""
        space = quality.spaces[name]
        words = self.tr("{space}: {low} to {high}; two sets of the pictures themselves: {floor}")
        of = self.tr("{n} samples of step {step}, by {sampler}")
        low, high, floor = map(numbers.signed, (space.kid_low, space.kid_high, space.floor_kid))
        said = words.format(space=space_title(name), low=low, high=high, floor=floor)
        count, step = numbers.count(quality.count), numbers.count(quality.step)
        return said + "\n" + of.format(n=count, step=step, sampler=quality.sampler)


def figure(number: float | None) -> str:
    """A small number in a table; a dash where there is none."""
    return "–" if number is None or not math.isfinite(number) else numbers.figure(number)


def step_time(facts: ListedFacts) -> str:
    """What a step of a run takes in the mean: 54.0 ms."""
    seconds = facts.measured.seconds_per_step
    if seconds is None:
        return "–"
    return numbers.duration(seconds) if seconds >= 1 else f"{numbers.figure(1000 * seconds)} ms"
