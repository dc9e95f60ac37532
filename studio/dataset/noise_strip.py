"""A row of pictures with ever more noise, each with its t; a click goes there."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from .. import numbers
from ..app.theme import CAPTION_PX, sized_font, theme
from ..widgets.pixels import draw_picture

#: Pictures, from t = 0 to t = T − 1.
STOPS = 8
#: The largest side of a picture, the room between two, and the line of numbers below. Pixels.
PICTURE_PX = 88
GAP_PX = 8
NUMBERS_PX = 20
FRAME_PX = 3  # room for the frame of the chosen one


class NoiseStrip(QWidget):
    """Pictures at the t they belong to: their centres lie where a slider above, inset by `inset_px`, has its thumb."""

    t_wished = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._stops: tuple[int, ...] = ()
        self._pictures: list[QImage] = []
        self._t = 0
        self._last_t = 1
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        theme().changed.connect(self.update)

    def show_pictures(self, stops: Sequence[int], pictures: Sequence[QImage], timesteps: int) -> None:
        """Show these from now on; no pictures leave outlined places."""
        self._stops, self._pictures, self._last_t = tuple(stops), list(pictures), max(1, timesteps - 1)
        self.update()

    def show_t(self, t: int) -> None:
        """Move the cursor."""
        self._t = t
        self.update()

    @property
    def side_px(self) -> int:
        """The side of a picture at the present width."""
        return self._side_px(self.width())

    @staticmethod
    def _side_px(width: int) -> int:
        return min(PICTURE_PX, (width - 2 * FRAME_PX - (STOPS - 1) * GAP_PX) // STOPS)

    @property
    def inset_px(self) -> float:
        """From the left edge to the centre of the first picture, and the same at the right."""
        return FRAME_PX + self.side_px / 2

    def sizeHint(self) -> QSize:
        """As wide as its pictures can become."""
        return QSize(STOPS * PICTURE_PX + (STOPS - 1) * GAP_PX, self._height_px(self.width()))

    def minimumSizeHint(self) -> QSize:
        """Narrower windows have smaller pictures."""
        return QSize(STOPS * 40, self._height_px(self.width()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Smaller pictures need less height, and what is around must know: it scrolls."""
        super().resizeEvent(event)
        self.setFixedHeight(self._height_px(self.width()))

    def _height_px(self, width: int) -> int:
        """A picture, its frame and its number."""
        return self._side_px(width) + 2 * FRAME_PX + NUMBERS_PX

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Pictures, their numbers, the frame of the chosen one, the cursor."""
        painter = QPainter(self)
        colours = theme()
        painter.setFont(sized_font(CAPTION_PX))
        for i, t in enumerate(self._stops):
            cell = place = self._place(t)
            if i < len(self._pictures):
                place = draw_picture(painter, cell, self._pictures[i])
            if colours.is_light or i >= len(self._pictures):
                painter.setPen(QPen(colours.color("line"), 1))
                painter.drawRect(place.adjusted(-0.5, -0.5, 0.5, 0.5))
            chosen = t == self._t and bool(self._pictures)
            painter.setPen(colours.color("text" if chosen else "muted"))
            below = QRectF(cell.center().x() - 40, cell.bottom() + 4, 80, NUMBERS_PX - 4)
            painter.drawText(below, Qt.AlignmentFlag.AlignCenter, numbers.count(t))
            if chosen:
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                painter.setPen(QPen(colours.color("accent"), 2))
                painter.drawRoundedRect(place.adjusted(-2, -2, 2, 2), 2, 2)
                painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        if self._pictures and self._t not in self._stops:
            x = round(self._centre(self._t))
            painter.setPen(QPen(colours.color("cursor"), 2))
            painter.drawLine(QPointF(x, 0), QPointF(x, FRAME_PX * 2 + self.side_px))
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go to the t of the picture that was pressed."""
        if event.button() != Qt.MouseButton.LeftButton or not self._pictures:
            return
        for t in self._stops:
            if self._place(t).contains(event.position()):
                self.t_wished.emit(t)
                return

    def _centre(self, t: int) -> float:
        return self.inset_px + (self.width() - 2 * self.inset_px) * t / self._last_t

    def _place(self, t: int) -> QRectF:
        side = self.side_px
        return QRectF(round(self._centre(t) - side / 2), FRAME_PX, side, side)
