"""What Compare draws: a picture, two in one place with a divider, a difference in colours."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from .. import numbers
from ..app.theme import BODY_PX, CAPTION_PX, sized_font, theme
from ..imaging import to_image, viridis
from ..widgets.badge import BADGE_PX, draw_badge
from ..widgets.pixels import draw_picture

SCALE_PX = 52
BAR_PX = 8
LEAST_TILE_PX = 72
#: A frame at least this wide has room for a sentence in the usual size.
ROOMY_PX = 160
WORDS_APART_PX = 6


def heat(values: NDArray[np.float32], top: float) -> QImage:
    """Magnitudes (H, W, C), averaged over the channels, in viridis from 0 to `top` and beyond."""
    share = np.abs(values).mean(axis=2) * (255 / max(top, 1e-12))
    return to_image(viridis()[np.clip(share, 0, 255).astype(np.uint8)])


class Tile(QWidget):
    """One picture, as large as it fits."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._image = QImage()
        self._missing = ""
        self.setAccessibleName(name)
        self.setMinimumSize(LEAST_TILE_PX, LEAST_TILE_PX)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme().changed.connect(self.update)

    @property
    def image(self) -> QImage:
        """What is shown; null for nothing."""
        return self._image

    def set_image(self, image: QImage | None) -> None:
        """Show a picture, or nothing."""
        self._image = image or QImage()
        self.update()

    @property
    def missing(self) -> str:
        """What stands in its frame while nothing is shown."""
        return self._missing

    def set_missing(self, words: str) -> None:
        """How a picture comes here, to be read in the empty frame; "" for one that is about to come."""
        self._missing = words
        self.setAccessibleDescription(words)
        self.update()

    def sizeHint(self) -> QSize:
        """As much as there is."""
        return QSize(168, 168)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The picture, or an empty frame."""
        painter = QPainter(self)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme().color("line"), 1))
        if self._image.isNull():
            side = min(self.width(), self.height()) - 1
            frame = QRectF((self.width() - side) / 2, (self.height() - side) / 2, side, side)
            painter.drawRect(frame)
            painter.setPen(theme().color("muted"))
            painter.setFont(sized_font(BODY_PX if side >= ROOMY_PX else CAPTION_PX))
            inside = frame.adjusted(WORDS_APART_PX, WORDS_APART_PX, -WORDS_APART_PX, -WORDS_APART_PX)
            painter.drawText(inside, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self._missing)
            return
        drawn = draw_picture(painter, QRectF(self.rect()), self._image)
        if theme().is_light:
            painter.drawRect(drawn.adjusted(0, 0, -1, -1))


class ScaleBar(QWidget):
    """What the colours of the difference mean."""

    def __init__(self) -> None:
        super().__init__()
        self.top = 1.0
        self.setFixedWidth(SCALE_PX)
        theme().changed.connect(self.update)

    def set_top(self, top: float) -> None:
        """The value of the brightest colour."""
        self.top = top
        self.setAccessibleName(self.tr("Colours from 0 to {top}").format(top=numbers.figure(top)))
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The bar with three numbers."""
        painter = QPainter(self)
        high = self.height() - 2
        column = np.repeat(viridis()[::-1][:, None, :], 2, axis=1)
        painter.drawImage(QRectF(0, 1, BAR_PX, high), to_image(column))
        painter.setFont(sized_font(CAPTION_PX))
        painter.setPen(theme().color("muted"))
        for share in (0.0, 0.5, 1.0):
            y = 1 + high * (1 - share)
            place = QRectF(BAR_PX + 6, min(max(0.0, y - 8), self.height() - 16), SCALE_PX - BAR_PX - 6, 16)
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, numbers.figure(share * self.top, 2))


class Wipe(Tile):
    """A at the left of a divider that is dragged, B at its right, in one place."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._other = QImage()
        self._share = 0.5
        self._drawn = QRectF()
        self.setCursor(Qt.CursorShape.SplitHCursor)

    def set_images(self, a: QImage | None, b: QImage | None) -> None:
        """The pictures of A and of B."""
        self._other = b or QImage()
        self.set_image(a)

    @property
    def share(self) -> float:
        """How much of the width is A."""
        return self._share

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """The divider comes."""
        self.mouseMoveEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """The divider follows."""
        if event.buttons() & Qt.MouseButton.LeftButton and self._drawn.width():
            share = (event.position().x() - self._drawn.left()) / self._drawn.width()
            self._share = min(max(share, 0.0), 1.0)
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Both, cut at the divider."""
        if self.image.isNull() or self._other.isNull():
            super().paintEvent(event)
            return
        painter = QPainter(self)
        place = QRectF(self.rect())
        self._drawn = draw_picture(painter, place, self.image)
        x = self._drawn.left() + self._share * self._drawn.width()
        painter.save()
        painter.setClipRect(QRectF(x, 0, self.width() - x, self.height()))
        draw_picture(painter, place, self._other)
        painter.restore()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme().color("cursor"), 2))
        painter.drawLine(QPointF(x, self._drawn.top()), QPointF(x, self._drawn.bottom()))
        for letter, side in (("A", -1), ("B", 1)):
            draw_badge(painter, QPointF(x + side * (BADGE_PX / 2 + 5), self._drawn.top() + 14), letter, ring="panel")
