"""A small plot over t that runs from noise (left) to picture (right), with a cursor at the shown step."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLocale, QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap, QPolygonF, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from .. import numbers
from ..numbers import LARGEST
from ..theme import CAPTION_PX, sized_font, theme

LABELS_PX = 40  #: left of the plot, for the numbers of the y axis
RIGHT_PX = 12
TOP_PX = 6
AXIS_PX = 18  #: below the plot, where the numbers of the x axis are shown
MOST_TICKS = 4
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


class SmallPlot(QWidget):
    """One curve of y over t. The axis is reversed: t = T at the left, 0 at the right.

    The curve is drawn once and kept as a picture; moving the cursor costs one line.
    """

    picked = Signal(int)  #: t where the person pressed or dragged

    def __init__(self, token: str, *, log: bool = False, x_numbers: bool = False) -> None:
        super().__init__()
        self._token = token
        self._log = log
        self._x_numbers = x_numbers
        self._t: NDArray[np.float64] = np.zeros(0)
        self._y: NDArray[np.float64] = np.zeros(0)
        self._range: tuple[float, float] | None = None
        self._timesteps = 0
        self._cursor: int | None = None
        self._layer: QPixmap | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(48)
        theme().changed.connect(self._redraw)

    def sizeHint(self) -> QSize:
        """A third of the column."""
        return QSize(208, 120)

    def set_curve(
        self,
        timesteps: int,
        t: NDArray[np.float64],
        y: NDArray[np.float64],
        *,
        y_range: tuple[float, float] | None = None,
    ) -> None:
        """Show y (n,) over t (n,), falling; `timesteps` is T. y_range None: from 0 (linear) or as the data (log)."""
        sound = (np.abs(y) <= LARGEST) & ((y > 1 / LARGEST) if self._log else True)
        self._timesteps, self._t, self._y, self._range = timesteps, t[sound], y[sound], y_range
        self._redraw()

    def set_cursor(self, t: int | None) -> None:
        """Mark the step of this t; None: no mark."""
        if t != self._cursor:
            self._cursor = t
            self.update()

    def clear(self) -> None:
        """No curve, no mark."""
        self._timesteps, self._t, self._y, self._cursor = 0, np.zeros(0), np.zeros(0), None
        self._redraw()

    # --- where things are ----------------------------------------------------------------------------------

    def plot_rect(self) -> QRectF:
        """The field of the curve, in pixels of the widget."""
        below = AXIS_PX if self._x_numbers else 6
        return QRectF(LABELS_PX, TOP_PX, self.width() - LABELS_PX - RIGHT_PX, self.height() - TOP_PX - below)

    def x_of(self, t: float) -> float:
        """The pixel column of t."""
        rect = self.plot_rect()
        return rect.left() + (1 - t / max(1, self._timesteps)) * rect.width()

    def _y_limits(self) -> tuple[float, float]:
        """Low and high end of the y axis; powers of ten when it is logarithmic."""
        if self._range is not None:
            return self._range
        if self._log:
            if not len(self._y):
                return -2.0, 2.0
            low, high = math.floor(math.log10(self._y.min())), math.ceil(math.log10(self._y.max()))
            return float(low), float(max(high, low + 1))
        top = float(self._y.max()) if len(self._y) else 0.0
        top = top if top > 1 / LARGEST else 1.0
        step = _nice_step(top)
        return 0.0, step * max(1, math.ceil(top / step - 1e-9))

    def _y_ticks(self, low: float, high: float) -> Sequence[tuple[float, str]]:
        if self._log:
            stride = max(1, math.ceil((high - low) / MOST_TICKS))
            first = math.ceil(low / stride) * stride
            return [(float(e), _power_of_ten(e)) for e in range(first, math.floor(high) + 1, stride)]
        step = 0.5 if self._range == (0.0, 1.0) else _nice_step(high)
        return [(k * step, _short(k * step)) for k in range(round(high / step) + 1)]

    # --- painting ------------------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The kept picture, and the cursor over it."""
        ratio = self.devicePixelRatioF()
        if self._layer is None or self._layer.devicePixelRatio() != ratio:
            self._layer = self._draw_layer(ratio)
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._layer)
        if self._cursor is not None and self._timesteps:
            rect = self.plot_rect()
            x = round(self.x_of(self._cursor))
            painter.fillRect(QRectF(x - 1, rect.top() - 2, 2, rect.height() + 2), theme().color("cursor"))
        painter.end()

    def _draw_layer(self, ratio: float) -> QPixmap:
        layer = QPixmap(round(self.width() * ratio), round(self.height() * ratio))
        layer.setDevicePixelRatio(ratio)
        layer.fill(Qt.GlobalColor.transparent)
        painter = QPainter(layer)
        painter.setFont(sized_font(CAPTION_PX))
        rect, (low, high) = self.plot_rect(), self._y_limits()
        grid, words = theme().color("line"), theme().color("muted")
        for value, text in self._y_ticks(low, high):
            y = rect.bottom() - (value - low) / (high - low) * rect.height()
            painter.fillRect(QRectF(rect.left(), round(y), rect.width(), 1), grid)
            if self._timesteps:
                painter.setPen(words)
                box = QRectF(0, y - 8, LABELS_PX - 6, 16)
                painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)
        painter.fillRect(QRectF(rect.left(), rect.top(), 1, rect.height()), grid)
        if self._x_numbers and self._timesteps:
            painter.setPen(words)
            for t in (self._timesteps, self._timesteps // 2, 0):
                box = QRectF(self.x_of(t) - 30, rect.bottom() + 3, 60, 14)
                painter.drawText(box, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop, numbers.count(t))
        if len(self._t):
            self._draw_curve(painter, rect, low, high, theme().color(self._token))
        painter.end()
        return layer

    def _draw_curve(self, painter: QPainter, rect: QRectF, low: float, high: float, colour: QColor) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        y = np.log10(self._y) if self._log else self._y
        # A wide antialiased line is dear: no more than two points per pixel column.
        stride = max(1, len(y) // max(2, round(2 * rect.width())))
        keep = np.unique(np.append(np.arange(0, len(y), stride), len(y) - 1))
        painter.setClipRect(rect.adjusted(-2, -2, 2, 2))
        columns = rect.left() + (1 - self._t[keep] / self._timesteps) * rect.width()
        rows = rect.bottom() - (y[keep] - low) / (high - low) * rect.height()
        points = QPolygonF([QPointF(a, b) for a, b in zip(columns.tolist(), rows.tolist(), strict=True)])
        pen = QPen(colour, 2)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        if len(keep) == 1:
            painter.drawPoint(points.at(0))
        painter.drawPolyline(points)

    @Slot()
    def _redraw(self) -> None:
        self._layer = None
        self.update()

    def resizeEvent(self, _event: QResizeEvent) -> None:
        """The kept picture is of another size now."""
        self._redraw()

    # --- the pointer ---------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Ask for the step under the pointer."""
        if event.button() == Qt.MouseButton.LeftButton and self._timesteps:
            self._pick(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Scrub while dragging."""
        if event.buttons() & Qt.MouseButton.LeftButton and self._timesteps:
            self._pick(event.position().x())

    def _pick(self, x: float) -> None:
        rect = self.plot_rect()
        share = min(1.0, max(0.0, (x - rect.left()) / rect.width()))
        self.picked.emit(round((1 - share) * self._timesteps))


def _nice_step(top: float) -> float:
    """A step of 1, 2 or 5 times a power of ten that divides 0 … top into at most MOST_TICKS parts."""
    rough = top / MOST_TICKS
    power = 10.0 ** math.floor(math.log10(rough))
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough * (1 - 1e-9))


def _power_of_ten(exponent: int) -> str:
    return {0: "1", 1: "10"}.get(exponent, "10" + str(exponent).translate(_RAISED))


def _short(value: float) -> str:
    """An axis number without trailing zeros."""
    text, point = numbers.figure(value, 2), QLocale().decimalPoint()
    return text.rstrip("0").removesuffix(point) if point in text else text
