"""How each schedule and each objective looks in every plot of the tab, and the line of values under a plot."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from core.catalogue import OBJECTIVES, SCHEDULES

from ...app.theme import CAPTION_PX, sized_font, theme
from ...widgets.symbols import paint_text, spoken

#: From Okabe and Ito, told apart by everybody; what comes after them is dashed.
COLOURS = ("validation", "weight", "loss", "fourth", "text")
#: By the letter of an objective: signal is blue, noise green and v amber wherever they stand together.
LETTER_COLOURS = {"ε": "weight", "x₀": "loss", "v": "validation", "ε − x₀": "fourth"}
#: The letters that another form suits better: x_0 with its subscript, u = ε − x_0.
LETTERS = {"x₀": "{x_0}", "ε − x₀": "u"}


class Look(NamedTuple):
    """A token of the theme, and whether the line is dashed."""

    colour: str
    dashed: bool = False

    @property
    def kind(self) -> str:
        """As a legend has it."""
        return "dash" if self.dashed else "line"


def looks(names: Iterable[str]) -> dict[str, Look]:
    """A look for each, in their order."""
    return {name: Look(COLOURS[i % len(COLOURS)], i >= len(COLOURS)) for i, name in enumerate(names)}


def schedule_look(name: str) -> Look:
    """Of one row of SCHEDULES."""
    return looks(SCHEDULES)[name]


def objective_look(name: str) -> Look:
    """Of one row of OBJECTIVES."""
    added = looks(other for other, row in OBJECTIVES.items() if row.letter not in LETTER_COLOURS)
    if name in added:
        return Look(added[name].colour, dashed=True)
    return Look(LETTER_COLOURS[OBJECTIVES[name].letter])


def objective_letter(name: str) -> str:
    """As it stands in a legend, with symbols."""
    letter = OBJECTIVES[name].letter
    return LETTERS.get(letter, letter) or name


SWATCH_PX, GAP_PX, LINE_PX = 10, 5, 16
#: What a value takes at most, with its swatch: −0.00123. So the rows stay as many, whatever the values become.
SLOT_PX = 69


class SeriesValues(QWidget):
    """A swatch and a value for each line of a plot, in even columns; in several rows where one is too narrow."""

    def __init__(self, slot_px: int = SLOT_PX, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._values: list[tuple[Look, str]] = []
        self._slot = slot_px
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(LINE_PX)
        theme().changed.connect(self.update)

    @property
    def texts(self) -> list[str]:
        """The values."""
        return [text for _, text in self._values]

    def show_values(self, values: Sequence[tuple[Look, str]]) -> None:
        """Show these."""
        self._values = list(values)
        self.setAccessibleDescription(", ".join(spoken(text) for _, text in values))
        self._fit()
        self.update()

    def sizeHint(self) -> QSize:
        """As wide as there is room."""
        return QSize(2 * self._slot, self.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width may take another number of rows."""
        super().resizeEvent(event)
        self._fit()

    def _columns(self) -> int:
        fits = max(1, self.width() // self._slot)
        return -(-max(1, len(self._values)) // self._rows(fits))

    def _rows(self, columns: int) -> int:
        return -(-max(1, len(self._values)) // columns)

    def _fit(self) -> None:
        self.setFixedHeight(LINE_PX * self._rows(self._columns()))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Swatches and values."""
        painter, columns = QPainter(self), self._columns()
        wide = min(self.width() / columns, self._slot * 1.4)
        for i, (look, text) in enumerate(self._values):
            row, column = divmod(i, columns)
            left, middle = column * wide, row * LINE_PX + LINE_PX / 2
            pen = QPen(theme().color(look.colour), 2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap)
            painter.setPen(pen)
            for start, end in ((0.0, 4.0), (6.0, 10.0)) if look.dashed else ((0.0, 10.0),):
                painter.drawLine(QPointF(left + start, middle), QPointF(left + end, middle))
            place = QRectF(left + SWATCH_PX + GAP_PX, row * LINE_PX, wide, LINE_PX)
            paint_text(painter, place, text, sized_font(CAPTION_PX), theme().color("text"))
        painter.end()
