"""A square that shows one picture as large as it can, pixel by pixel."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ..theme import theme
from ..widgets.pixels import draw_picture, filling

LARGEST_PX = 320
SMALLEST_PX = 96
#: The squares of the chequers behind transparent pixels.
CHEQUER_PX = 8


class PictureWell(QWidget):
    """Square, as wide as it is given room; empty while there is no picture."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._picture = QImage()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(SMALLEST_PX)
        self.setMaximumWidth(LARGEST_PX)
        theme().changed.connect(self.update)

    @property
    def picture(self) -> QImage:
        """What is shown; null when nothing is."""
        return self._picture

    def show_picture(self, picture: QImage | None) -> None:
        """Show a picture, or nothing."""
        self._picture = picture if picture is not None else QImage()
        self.update()

    def sizeHint(self) -> QSize:
        """Three of them and two arrows fill the room's right side."""
        return QSize(160, 160)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Always square."""
        super().resizeEvent(event)
        self.setFixedHeight(self.width())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The picture in the middle; a frame where it would otherwise have no edge."""
        painter = QPainter(self)
        place = QRectF(self.rect())
        if not self._picture.isNull():
            size = (self._picture.width(), self._picture.height())
            # Three stand in a row: whole pixels would leave each another size (160, 144, 144 of 160 px).
            how = filling(size, (place.width(), place.height()), self.devicePixelRatioF())
            if self._picture.hasAlphaChannel():
                ratio = self.devicePixelRatioF()
                laid = QRectF(0, 0, how.width_px / ratio, how.height_px / ratio)
                laid.moveCenter(place.center())
                _draw_chequers(painter, laid.toAlignedRect())
            place = draw_picture(painter, place, self._picture, how)
        if theme().is_light or self._picture.isNull():
            painter.setPen(QPen(theme().color("line"), 1))
            painter.drawRect(place.adjusted(0.5, 0.5, -0.5, -0.5))
        painter.end()


def _draw_chequers(painter: QPainter, place: QRect) -> None:
    light, dark = theme().color("raised"), theme().color("line")
    painter.fillRect(place, light)
    for row, y in enumerate(range(place.top(), place.bottom() + 1, CHEQUER_PX)):
        for x in range(place.left() + CHEQUER_PX * (row % 2), place.right() + 1, 2 * CHEQUER_PX):
            painter.fillRect(QRect(x, y, CHEQUER_PX, CHEQUER_PX).intersected(place), dark)
