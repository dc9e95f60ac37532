"""The key of a plot: a small swatch of each line or bar and what it is."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from ..app.theme import CAPTION_PX, sized_font, theme
from .symbols import paint_text, spoken, text_size

SWATCH_PX = 10
GAP_PX = 5


class LegendEntry(QWidget):
    """One swatch ("line", "dash" or "bar") in a colour of the theme, with a text that may hold symbols."""

    def __init__(
        self, kind: str, colour: str, text: str = "", parent: QWidget | None = None, *, alpha: int = 255
    ) -> None:
        super().__init__(parent)
        assert kind in ("line", "dash", "bar"), kind
        self._kind, self._colour, self._alpha, self._text = kind, colour, alpha, ""
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.set_text(text)
        theme().changed.connect(self.update)

    def set_text(self, text: str) -> None:
        """What the line or bar is."""
        self._text = text
        self.setAccessibleName(spoken(text))
        self.updateGeometry()
        self.update()

    def set_colour(self, colour: str) -> None:
        """Another token of the theme."""
        self._colour = colour
        self.update()

    def sizeHint(self) -> QSize:
        """Swatch, gap and text."""
        size = text_size(self._text, sized_font(CAPTION_PX))
        return QSize(SWATCH_PX + GAP_PX + size.width(), max(size.height(), SWATCH_PX))

    def minimumSizeHint(self) -> QSize:
        """Never cut off."""
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Swatch and text."""
        self.paint(QPainter(self))

    def paint(self, painter: QPainter) -> None:
        """Paint it from the painter's origin on."""
        colour, middle = theme().color(self._colour, self._alpha), self.height() / 2
        if self._kind == "bar":
            painter.fillRect(QRectF(1, middle - 4, 8, 8), colour)
        else:
            painter.setPen(QPen(colour, 2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
            ends = ((0.0, 4.0), (6.0, 10.0)) if self._kind == "dash" else ((0.0, 10.0),)
            for start, end in ends:
                painter.drawLine(QPointF(start, middle), QPointF(end, middle))
        rest = QRectF(SWATCH_PX + GAP_PX, 0, self.width() - SWATCH_PX - GAP_PX, self.height())
        paint_text(painter, rest, self._text, sized_font(CAPTION_PX), theme().color("muted"))
