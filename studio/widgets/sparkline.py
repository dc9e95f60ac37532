"""A tiny curve without axes, for a bar of numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QPointF, QSize
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from ..numbers import LARGEST
from ..theme import theme


class Sparkline(QWidget):
    """Shows the last values as one line; what is not finite, or beyond LARGEST, is left out."""

    def __init__(self, parent: QWidget | None = None, *, colour: str = "loss", width_px: int = 72) -> None:
        super().__init__(parent)
        self._colour = colour
        self._width_px = width_px
        self._values: list[float] = []
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme().changed.connect(self.update)

    def set_values(self, values: Sequence[float]) -> None:
        """Show these, oldest first; of more than there are pixels only evenly chosen ones."""
        finite = [value for value in values if abs(value) <= LARGEST]
        step = max(1, math.ceil(len(finite) / self._width_px))
        self._values = finite[::-1][::step][::-1]
        self.update()

    def sizeHint(self) -> QSize:
        """A line's height."""
        return QSize(self._width_px, 20)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """One antialiased line, as high as the widget."""
        if len(self._values) < 2:
            return
        low, high = min(self._values), max(self._values)
        span = (high - low) or 1.0
        across = (self.width() - 3) / (len(self._values) - 1)
        down = self.height() - 4
        points = [
            QPointF(1.5 + i * across, 2 + down * (1 - (value - low) / span)) for i, value in enumerate(self._values)
        ]
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme().color(self._colour), 1.5))
        painter.drawPolyline(points)
