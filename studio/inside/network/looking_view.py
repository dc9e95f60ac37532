"""Where a pixel of an attention looks: the picture to point at, and beside it how much each place weighs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSignalBlocker, QSize, Qt, Signal, Slot
from PySide6.QtGui import QHelpEvent, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QSizePolicy, QToolTip, QVBoxLayout, QWidget

from ... import numbers
from ...app.theme import CONTROL_PX, theme
from ...imaging import to_image, viridis
from ...widgets.panel import caption
from ...widgets.pixels import Fit, draw_picture, filling
from ...widgets.plain import plain_tip, set_name, set_tip

SIDE_PX, BAR_PX, BAR_GAP_PX = 140, 6, 6
MEAN = -1


@dataclass(frozen=True, eq=False)
class Looks:
    """Where one pixel of a feature map of (h, w) looks.

    pixel    its row and column
    weights  (heads, h, w) float32: shares of 1, together with the memory's
    memory   (heads,) the share of the learned pairs, which stand for no place
    """

    pixel: tuple[int, int]
    weights: NDArray[np.float32]
    memory: NDArray[np.float32]


class PixelPicture(QWidget):
    """A picture over which a grid of (h, w) places lies, one of which is marked; mouse and arrows choose another."""

    pointed = Signal(int, int)  #: row and column, by a person

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image = QImage()
        self._drawn = QRectF()
        self.size_of_map = (1, 1)
        self.pixel: tuple[int, int] | None = None
        self.set_side(SIDE_PX)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme().changed.connect(self.update)

    def set_side(self, side_px: int) -> None:
        """How large it is."""
        self._side = side_px
        self.setFixedSize(side_px, side_px)

    @property
    def image(self) -> QImage:
        """What lies under the mark."""
        return self._image

    def show_image(self, image: QImage) -> None:
        """Another picture under the same grid."""
        self._image = image
        self.update()

    def set_pixel(self, pixel: tuple[int, int] | None, size_of_map: tuple[int, int]) -> None:
        """Mark a place. Emits nothing."""
        self.pixel, self.size_of_map = pixel, size_of_map
        self.update()

    def place_of(self, row: int, column: int) -> QRectF:
        """Where a pixel of the map lies."""
        area = self.area()
        high, wide = area.height() / self.size_of_map[0], area.width() / self.size_of_map[1]
        return QRectF(area.left() + column * wide, area.top() + row * high, wide, high)

    def area(self) -> QRectF:
        """Where the picture lies."""
        if self._image.isNull():
            return QRectF(self.rect())
        side, how = self._side, self._how()
        wide, high = how.width_px / self.devicePixelRatioF(), how.height_px / self.devicePixelRatioF()
        return QRectF((side - wide) / 2, (side - high) / 2, wide, high)

    def _how(self) -> Fit:
        # Up to the rim, so that the two pictures side by side are alike in size.
        return filling((self._image.width(), self._image.height()), (self._side, self._side), self.devicePixelRatioF())

    def pixel_at(self, point: QPointF) -> tuple[int, int] | None:
        """The pixel of the map at a place."""
        area = self.area()
        if not area.contains(point):
            return None
        rows, columns = self.size_of_map
        row = min(rows - 1, int((point.y() - area.top()) / area.height() * rows))
        return row, min(columns - 1, int((point.x() - area.left()) / area.width() * columns))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the pixel."""
        self.mouseMoveEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """A held button takes the mark with it."""
        pixel = self.pixel_at(event.position())
        if pixel is not None and event.buttons() & Qt.MouseButton.LeftButton:
            self._go(pixel)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move the mark."""
        ways = {
            Qt.Key.Key_Left: (0, -1),
            Qt.Key.Key_Right: (0, 1),
            Qt.Key.Key_Up: (-1, 0),
            Qt.Key.Key_Down: (1, 0),
        }
        key = Qt.Key(event.key())
        if key not in ways or self.pixel is None or event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            super().keyPressEvent(event)
            return
        row, column = self.pixel[0] + ways[key][0], self.pixel[1] + ways[key][1]
        rows, columns = self.size_of_map
        self._go((min(max(row, 0), rows - 1), min(max(column, 0), columns - 1)))

    def _go(self, pixel: tuple[int, int]) -> None:
        if pixel != self.pixel:
            self.pixel = pixel
            self.update()
            self.pointed.emit(*pixel)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The picture, and the mark: dark, light, dark, to be seen on anything."""
        painter = QPainter(self)
        drawn = draw_picture(painter, QRectF(self.rect()), self._image, self._how())
        if theme().is_light or drawn.isEmpty():
            painter.setPen(QPen(theme().color("line"), 1))
            painter.drawRect((drawn if not drawn.isEmpty() else QRectF(self.rect())).adjusted(0, 0, -1, -1))
        if self.pixel is None or self._image.isNull():
            return
        place = self.place_of(*self.pixel)
        least = 6.0
        if place.width() < least:
            place.adjust(-(least - place.width()) / 2, 0, (least - place.width()) / 2, 0)
        if place.height() < least:
            place.adjust(0, -(least - place.height()) / 2, 0, (least - place.height()) / 2)
        for colour, width in ((Qt.GlobalColor.black, 4.0), (Qt.GlobalColor.white, 2.0)):
            painter.setPen(
                QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.SquareCap, Qt.PenJoinStyle.MiterJoin)
            )
            painter.drawRect(place)


class WeightPicture(PixelPicture):
    """The weights in viridis: the tooltip says one in numbers."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        self.weights: NDArray[np.float32] | None = None  #: (h, w)

    def show_weights(self, weights: NDArray[np.float32] | None, low: float, high: float) -> None:
        """Dark at low, bright at high."""
        self.weights = weights
        if weights is None:
            self.show_image(QImage())
            return
        share = (weights - low) * (255 / max(high - low, 1e-12))
        self.show_image(to_image(viridis()[np.clip(share, 0, 255).astype(np.uint8)]))

    def event(self, event: QEvent) -> bool:
        """The share of the place under the pointer."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            pixel = self.pixel_at(QPointF(event.pos()))
            words = ""
            if pixel is not None and self.weights is not None:
                words = f"({pixel[1]}, {pixel[0]})  {_per_cent(float(self.weights[pixel]))} %"
            QToolTip.showText(event.globalPos(), plain_tip(words), self)
            return True
        return super().event(event)


class _Scale(QWidget):
    """The colours from the least share to the greatest."""

    def __init__(self) -> None:
        super().__init__()
        self.beside = QRectF(0, 0, SIDE_PX, SIDE_PX)  #: where the picture beside it lies
        self.setFixedSize(BAR_PX, SIDE_PX)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Bright at the top."""
        column = np.repeat(viridis()[::-1][:, None, :], 2, axis=1)
        QPainter(self).drawImage(QRectF(0, self.beside.top(), BAR_PX, self.beside.height()), to_image(column))


class LookingView(QWidget):
    """The picture at the left, the weights at the right, a choice of head; a pixel can be pointed at in both."""

    pixel_wished = Signal(int, int)  #: row and column of the feature map

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._looks: Looks | None = None
        self.title = caption(self.tr("Where this pixel looks"))
        self.head = QComboBox()
        self.head.setFixedHeight(CONTROL_PX)
        self.head.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        set_name(
            self.head,
            self.tr("Head"),
            self.tr("Each head has queries, keys and values of its own, and may look elsewhere"),
        )
        self.picture = PixelPicture(self.tr("The predicted picture: point at a pixel, or use the arrows"))
        self.weights = WeightPicture(self.tr("How much each place weighs"))
        self._scale = _Scale()
        self._where, self._range = caption(), caption()
        self._lay_out()
        self.head.currentIndexChanged.connect(self._show)
        for picture in (self.picture, self.weights):
            picture.pointed.connect(self._pointed)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self.title)
        head.addStretch(1)
        head.addWidget(self.head)
        pictures = QHBoxLayout()
        pictures.setSpacing(BAR_GAP_PX)
        pictures.addWidget(self.picture)
        pictures.addStretch(1)
        pictures.addWidget(self.weights)
        pictures.addWidget(self._scale)
        foot = QHBoxLayout()
        foot.addWidget(self._where)
        foot.addStretch(1)
        foot.addWidget(self._range)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        for row in (head, pictures, foot):
            column.addLayout(row)

    def set_width(self, width_px: int) -> None:
        """So much is there for both pictures."""
        side = max(SIDE_PX, (width_px - BAR_PX - 3 * BAR_GAP_PX) // 2)
        for picture in (self.picture, self.weights):
            picture.set_side(side)
        self._scale.setFixedHeight(side)
        self._scale.beside = self.weights.area()

    def set_kind(self, *, linear: bool, heads: int) -> None:
        """Which attention it is, and how many heads it has."""
        words = self.tr(
            "softmax(q·kᵀ/√d) of this pixel over all pixels: the shares with which their values are added up "
            "(Vaswani et al. 2017, eq. 1)."
        )
        if linear:
            words = self.tr(
                "Linear attention never makes these weights; here they are multiplied out for this pixel: the sum over "
                "the channels of softmax(q)·softmax(k) (Shen et al. 2018, arXiv 1812.01243)."
            )
        memory = self.tr("Memory: the share of the learned key and value pairs, which stand for no pixel.")
        for widget in (self.title, self._range):
            set_tip(widget, words + " " + memory)
        if self.head.count() != heads + 1:
            with QSignalBlocker(self.head):
                self.head.clear()
                self.head.addItem(self.tr("mean of the heads"), MEAN)
                for head in range(heads):
                    self.head.addItem(self.tr("head {number}").format(number=head + 1), head)
        self.head.setVisible(heads > 1)

    def show_looks(self, looks: Looks | None, image: QImage) -> None:
        """Another answer, and the picture to point at."""
        self._looks = looks
        self.picture.show_image(image)
        self._show()

    @property
    def shown_weights(self) -> NDArray[np.float32] | None:
        """(h, w) of the chosen head, or of their mean."""
        looks = self._looks
        if looks is None:
            return None
        head = self._head()
        chosen: NDArray[np.float32] = looks.weights.mean(0) if head == MEAN else looks.weights[head]
        return chosen

    def _head(self) -> int:
        head = self.head.currentData()
        known = 0 if self._looks is None else len(self._looks.weights)
        return head if isinstance(head, int) and head < known else MEAN

    @Slot()
    def _show(self) -> None:
        looks, weights = self._looks, self.shown_weights
        if looks is None or weights is None:
            self.weights.show_weights(None, 0, 1)
            self._where.setText("")
            self._range.setText("")
            return
        low, high = float(weights.min()), float(weights.max())
        self.weights.show_weights(weights, low, high)
        self._scale.beside = self.weights.area()
        self._scale.update()
        size = (weights.shape[0], weights.shape[1])
        for picture in (self.picture, self.weights):
            picture.set_pixel(looks.pixel, size)
        where = self.tr("pixel {column}, {row} of {size}")
        row, column = looks.pixel
        self._where.setText(where.format(column=column + 1, row=row + 1, size=f"{size[1]} × {size[0]}"))
        head = self._head()
        memory = float(looks.memory.mean() if head == MEAN else looks.memory[head])
        words = self.tr("{low} – {high} %  ·  memory {memory} %")
        self._range.setText(words.format(low=_per_cent(low), high=_per_cent(high), memory=_per_cent(memory)))
        for picture in (self.picture, self.weights):
            picture.setAccessibleDescription(f"{self._where.text()}; {self._range.text()}")

    @Slot(int, int)
    def _pointed(self, row: int, column: int) -> None:
        for picture in (self.picture, self.weights):
            picture.set_pixel((row, column), picture.size_of_map)
        self.pixel_wished.emit(row, column)

    def sizeHint(self) -> QSize:
        """Both pictures."""
        return QSize(2 * SIDE_PX + 30, SIDE_PX + 60)


def _per_cent(share: float) -> str:
    return numbers.figure(100 * share, 2)
