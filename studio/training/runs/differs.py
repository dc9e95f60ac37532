"""What is set differently between the selected runs, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea, QWidget

from core.runs.listing import ListedFacts, differing
from core.settings import SETTINGS

from ... import numbers
from ...app.messages import setting_title, setting_value
from ...widgets.badge import Badge
from ...widgets.elided import ElidedLabel
from ...widgets.panel import Panel, caption
from .model import figure, step_time


class DiffersPanel(Panel):
    """A row for each setting that differs, then what came of it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.set_title(self.tr("What differs"))
        self.count = caption()
        self.head.addWidget(self.count)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setAccessibleName(self.tr("What differs"))
        self.body.addWidget(self._scroll, 1)
        self._shown: tuple[tuple[ListedFacts, ...], tuple[int | None, ...]] = (), ()

    def show_runs(self, runs: Sequence[ListedFacts], parameters: Sequence[int | None]) -> None:
        """Two to six, in the order of their letters, with the size of their networks as far as it is known."""
        if (tuple(runs), tuple(parameters)) == self._shown:
            return
        self._shown = tuple(runs), tuple(parameters)
        table = QWidget()
        grid = QGridLayout(table)
        grid.setContentsMargins(0, 0, 8, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(0)
        rows = [*self._settings(runs), *self._outcomes(runs, parameters)]
        for column, letter in enumerate("ABCDEF"[: len(runs)], start=1):
            grid.addWidget(Badge(letter), 0, column, Qt.AlignmentFlag.AlignHCenter)
        # As much of the width as a column's longest words take of all: none is cut while there is room for all.
        needed_px = [1] * (len(runs) + 1)
        for place, (title, values) in enumerate(rows, start=1):
            head = ElidedLabel(title)
            head.setProperty("caption", True)
            head.setFixedHeight(24)
            grid.addWidget(head, place, 0)
            needed_px[0] = max(needed_px[0], head.sizeHint().width())
            for column, value in enumerate(values, start=1):
                label = ElidedLabel(value)
                label.setAlignment(Qt.AlignmentFlag.AlignCenter)
                label.setAccessibleName(f"{title}, {'ABCDEF'[column - 1]}: {value}")
                label.setFixedHeight(24)
                font = label.font()
                font.setPixelSize(11)
                label.setFont(font)
                grid.addWidget(label, place, column)
                needed_px[column] = max(needed_px[column], label.sizeHint().width())
        for column, width in enumerate(needed_px):
            grid.setColumnStretch(column, width)
        grid.setRowStretch(len(rows) + 1, 1)
        self._scroll.setWidget(table)
        settings = sum(1 for _ in differing(runs))
        words = self.tr("{n} of {all} settings, and what came of it")
        self.count.setText(words.format(n=numbers.count(settings), all=numbers.count(len(SETTINGS))))

    def _settings(self, runs: Sequence[ListedFacts]) -> list[tuple[str, list[str]]]:
        automatic = self.tr("Auto")
        return [
            (
                setting_title(name),
                [
                    _further(run, value) if name == "steps" else setting_value(name, value) or automatic
                    for run, value in zip(runs, values, strict=True)
                ],
            )
            for name, values in differing(runs).items()
        ]

    def _outcomes(self, runs: Sequence[ListedFacts], parameters: Sequence[int | None]) -> list[tuple[str, list[str]]]:
        rows = [
            (self.tr("Parameters"), ["–" if count is None else numbers.count(count) for count in parameters]),
            (self.tr("Best held-out loss"), [figure(run.measured.held_out) for run in runs]),
            (self._kid_title(runs), [figure(run.kid) for run in runs]),
            (self.tr("Time for a step"), [step_time(run) for run in runs]),
        ]
        return [(title, values) for title, values in rows if any(value != "–" for value in values)]

    def _kid_title(self, runs: Sequence[ListedFacts]) -> str:
        counts = {run.quality.count for run in runs if run.quality is not None}
        if len(counts) == 1:
            return self.tr("KID, {n} samples").format(n=numbers.count(counts.pop()))
        return self.tr("KID, of unequal numbers") if counts else self.tr("KID")


def _further(run: ListedFacts, steps: int) -> str:
    """The steps of a run: those of a branch come on top of the step that it began at, 1,522 + 150."""
    words = setting_value("steps", steps)
    return words if run.parent is None else f"{numbers.count(run.parent.step)} + {words}"
