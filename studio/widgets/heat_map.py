"""A picture of magnitudes over two axes, with a bar that says what its colours mean, and a cursor to move over x."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ..app.theme import CAPTION_PX, sized_font, theme
from ..imaging import to_image, viridis
from .chart import LABEL_GAP_PX, LEFT_AXIS_PX, format_tick, linear_spacing

#: Around the picture: room for the y axis' numbers and name, the bracket, the colour bar and its numbers.
Y_NAME_PX, TOP_PX, BOTTOM_PX = 14, 10, 34
BRACKET_PX, BAR_GAP_PX, BAR_PX, BAR_NUMBERS_PX = 16, 14, 10, 46
RIGHT_PX = BRACKET_PX + BAR_GAP_PX + BAR_PX + BAR_NUMBERS_PX
HANDLE_PX, MARK_GAP_PX = 5, 6
_CENTRE = Qt.AlignmentFlag.AlignCenter


class HeatMap(QWidget):
    """Shares 0 … 1 of (rows, columns), row 0 at the bottom, in viridis; NaN is left free."""

    picked = Signal(float)  #: the x that was pressed, and each that the held button comes to
    stepped = Signal(int)  #: keys: so many places further
    ended = Signal(bool)  #: keys: to the last place (True) or to the first
    columns_changed = Signal()  #: the picture has more pixel columns, or fewer

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image = QImage()
        self._x, self._y = (0.0, 1.0), (0.0, 1.0)
        self._x_name = self._y_name = self._hint = ""
        self._ticks: Sequence[tuple[float, str]] = ()
        self._marks: Sequence[float] = ()
        self.bracket: tuple[float, float] | None = None  #: the stretch of y that is pointed out
        self.cursor_x: float | None = None
        self._columns = 0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(92)
        theme().changed.connect(self.update)

    # --- what is shown -------------------------------------------------------------------------------------

    def set_names(self, x_name: str, y_name: str) -> None:
        """What the axes are."""
        self._x_name, self._y_name = x_name, y_name
        self.update()

    def set_hint(self, hint: str) -> None:
        """What stands in the middle while there is nothing to be seen; "" for none."""
        self._hint = hint
        self.update()

    def set_shares(self, shares: NDArray[np.float64], x: tuple[float, float], y: tuple[float, float]) -> None:
        """(rows, columns) over these ends of x and y; with no columns there is no picture."""
        self._x, self._y = x, y
        self._image = QImage()
        if shares.size:
            known = np.isfinite(shares)
            places = np.clip(np.where(known, shares, 0.0) * 255 + 0.5, 0, 255).astype(np.uint8)
            alpha = np.where(known, np.uint8(255), np.uint8(0))
            self._image = to_image(np.dstack((viridis()[places], alpha))[::-1])
        self.update()

    def set_scale(self, ticks: Sequence[tuple[float, str]]) -> None:
        """The numbers beside the bar, each at its share 0 … 1."""
        self._ticks = ticks
        self.update()

    def set_marks(self, x: Sequence[float]) -> None:
        """Strokes under the picture where something was measured: seen while they are apart."""
        self._marks = x
        self.update()

    def set_bracket(self, ends: tuple[float, float] | None) -> None:
        """Point out a stretch of y; None: none."""
        self.bracket = ends
        self.update()

    def set_cursor_x(self, x: float | None) -> None:
        """The upright line; None: none."""
        self.cursor_x = x
        self.update()

    @property
    def image(self) -> QImage:
        """The picture, one pixel for each share."""
        return self._image

    def columns(self) -> int:
        """How many pixel columns the picture covers, in device pixels."""
        return max(2, int(self.area().width() * self.devicePixelRatioF()))

    def area(self) -> QRectF:
        """Where the picture lies."""
        left = Y_NAME_PX + LEFT_AXIS_PX
        width, height = self.width() - left - RIGHT_PX, self.height() - TOP_PX - BOTTOM_PX
        return QRectF(left, TOP_PX, max(1, width), max(1, height))

    def x_at(self, place: float) -> float:
        """The x of a place in this widget's pixels, within the ends."""
        area = self.area()
        share = min(max((place - area.left()) / area.width(), 0.0), 1.0)
        return self._x[0] + share * (self._x[1] - self._x[0])

    def place_of(self, x: float) -> float:
        """The inverse of `x_at`."""
        area, span = self.area(), self._x[1] - self._x[0]
        return area.left() + (x - self._x[0]) / (span or 1.0) * area.width()

    # --- events --------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Put the cursor there."""
        self.mouseMoveEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """A held button takes it along."""
        if event.buttons() & Qt.MouseButton.LeftButton and not self._image.isNull():
            self.picked.emit(self.x_at(event.position().x()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows, Page and Home, End move the cursor."""
        ways = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_PageUp: -10, Qt.Key.Key_PageDown: 10}
        key = Qt.Key(event.key())
        if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            super().keyPressEvent(event)
        elif key in ways:
            self.stepped.emit(ways[key])
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self.ended.emit(key == Qt.Key.Key_End)
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width has other columns."""
        super().resizeEvent(event)
        if self.columns() != self._columns:
            self._columns = self.columns()
            self.columns_changed.emit()

    def sizeHint(self) -> QSize:
        """As wide as it may be."""
        return QSize(480, 260)

    # --- drawing -------------------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Picture, axes, bracket, bar and cursor."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(sized_font(CAPTION_PX))
        area = self.area()
        if self._image.isNull():
            painter.setPen(theme().color("muted"))
            words = QRectF(self.rect()).adjusted(24, 0, -24, 0)
            painter.drawText(words, int(_CENTRE) | int(Qt.TextFlag.TextWordWrap), self._hint)
            return
        painter.drawImage(area, self._image)
        self._draw_axes(painter, area)
        self._draw_bar(painter, area)
        pen = QPen(theme().color("text"), 2)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        if self.bracket is not None:
            painter.setPen(pen)
            low, high = (self._y_place(area, end) for end in self.bracket)
            x = area.right() + BRACKET_PX / 2
            painter.drawLine(QPointF(x, low), QPointF(x, high))
            for end in (low, high):
                painter.drawLine(QPointF(x - 4, end), QPointF(x + 4, end))
        if self.cursor_x is not None:
            place = self.place_of(self.cursor_x)
            # A dark rim, so that it is seen on yellow as on violet.
            painter.setPen(QPen(theme().color("ground", 150), 4))
            painter.drawLine(QPointF(place, area.top()), QPointF(place, area.bottom()))
            painter.setPen(QPen(theme().color("cursor"), 2))
            painter.drawLine(QPointF(place, area.top()), QPointF(place, area.bottom()))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme().color("cursor"))
            top = area.top()
            handle = (QPointF(place - HANDLE_PX, top - 8), QPointF(place + HANDLE_PX, top - 8), QPointF(place, top))
            painter.drawPolygon(QPolygonF(handle))

    def _y_place(self, area: QRectF, y: float) -> float:
        span = self._y[1] - self._y[0]
        return area.bottom() - (y - self._y[0]) / (span or 1.0) * area.height()

    def _draw_axes(self, painter: QPainter, area: QRectF) -> None:
        painter.setPen(theme().color("muted"))
        for value, words in _ticks(*self._y, area.height(), LABEL_GAP_PX["left"]):
            place = self._y_place(area, value)
            line = QRectF(0, place - 8, area.left() - 6, 16)
            painter.drawText(line, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), words)
        for value, words in _ticks(*self._x, area.width(), LABEL_GAP_PX["bottom"]):
            place = min(self.place_of(value), self.width() - 40)
            painter.drawText(QRectF(place - 40, area.bottom() + 3, 80, 16), int(_CENTRE), words)
        if self._marks and len(self._marks) * MARK_GAP_PX <= area.width():
            for place in map(self.place_of, self._marks):
                painter.drawLine(QPointF(place, area.bottom() + 1), QPointF(place, area.bottom() + 4))
        painter.drawText(QRectF(area.left(), self.height() - 16, area.width(), 16), int(_CENTRE), self._x_name)
        painter.save()
        painter.translate(Y_NAME_PX / 2, area.center().y())
        painter.rotate(-90)
        name = self._y_name
        if painter.fontMetrics().horizontalAdvance(name) > area.height():  # what stands in brackets can be done without
            name = name.partition("(")[0].partition("（")[0].strip()
        painter.drawText(QRectF(-area.height() / 2, -8, area.height(), 16), int(_CENTRE), name)
        painter.restore()

    def _draw_bar(self, painter: QPainter, area: QRectF) -> None:
        left = area.right() + BRACKET_PX + BAR_GAP_PX
        column = to_image(np.repeat(viridis()[::-1][:, None, :], 2, axis=1))
        painter.drawImage(QRectF(left, area.top(), BAR_PX, area.height()), column)
        painter.setPen(theme().color("muted"))
        for share, words in self._ticks:
            place = area.bottom() - share * area.height()
            line = QRectF(left + BAR_PX + 6, place - 8, BAR_NUMBERS_PX - 6, 16)
            painter.drawText(line, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), words)


def _ticks(low: float, high: float, length_px: float, gap_px: float) -> list[tuple[float, str]]:
    """Whole numbers to label, and their words."""
    if high <= low:
        return []
    spacing = max(1.0, linear_spacing(high - low, length_px, gap_px))
    first, last = math.ceil(low / spacing - 1e-6), math.floor(high / spacing + 1e-6)
    return [(n * spacing, format_tick(n * spacing, spacing)) for n in range(first, last + 1)]
