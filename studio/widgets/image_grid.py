"""A grid of pictures that fills its well: one can be selected, shown alone and looked at closely."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QHelpEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QLabel, QPushButton, QToolTip, QVBoxLayout, QWidget

from ..app.theme import CAPTION_PX, sized_font, theme
from .pixels import Fit, Sheet, draw_picture, fit, one_to_one
from .plain import set_tip

GAP_PX = 4
FRAME_PX = 2
MOST_ZOOM = 16.0
#: A label is written on pictures that are at least this wide.
LEAST_LABELLED_PX, LABEL_PX = 56, 16
#: What a grid's size counts when its last row is not full.
LEFT_OVER_WORTH = 0.75


def grid_shape(count: int, well_px: tuple[float, float], picture_px: tuple[int, int]) -> tuple[int, int]:
    """Columns and rows that show `count` pictures largest; square where several are equally large.

    Whole rows go before pictures that are up to a third larger with some left over.
    """
    best, shape = -1.0, (1, 1)
    for columns in range(1, count + 1):
        rows = math.ceil(count / columns)
        worth = 1.0 if rows * columns == count else LEFT_OVER_WORTH
        wide = (well_px[0] - GAP_PX * (columns - 1)) / columns / max(1, picture_px[0])
        high = (well_px[1] - GAP_PX * (rows - 1)) / rows / max(1, picture_px[1])
        scale = worth * min(wide, high)
        if scale > best * (1 + 1e-6):
            best, shape = scale, (columns, rows)
    return shape


class ImageGrid(QWidget):
    """N pictures of one size, 4 px apart. Two grids can share selection, single view, zoom and place."""

    selected = Signal(int)  #: a picture was clicked
    activated = Signal(int)  #: double-click or Enter: the picture to show alone
    left_single = Signal()  #: Esc, or a double-click, while one picture is shown alone
    wheeled = Signal(int)  #: wheel notches without Ctrl: 1 towards the user, -1 away
    zoom_changed = Signal(float, QPointF)  #: zoom and the place shown in the middle, for `set_zoom` of the other grid
    hovered = Signal(int, int, int)  #: picture, column and row of the pixel under the pointer; -1, -1, -1 for none
    menu_wished = Signal(QPoint)  #: a menu for the picture that is now selected, at a place of the screen
    placeholder_acted = Signal()  #: the placeholder's button was pressed

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pictures: list[QImage] | Sheet = []
        self._tips: list[str] = []
        self._labels: list[str] = []
        self._absent = False
        self._selected = -1
        self._single: int | None = None
        self._zoom = 1.0
        self._centre = QPointF(0.5, 0.5)
        self._whole_pixels = False
        self._drag_from: QPointF | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(96, 96)
        self.setMouseTracking(True)
        self._empty = _Placeholder(self)
        self._empty.button.clicked.connect(self.placeholder_acted)
        theme().changed.connect(self.update)

    # --- what is shown -------------------------------------------------------------------------------------

    def set_pictures(self, pictures: Sequence[QImage] | Sheet) -> None:
        """Show these, all of one size; selection and zoom stay. A sheet is painted fastest."""
        self._pictures = pictures if isinstance(pictures, Sheet) else list(pictures)
        self._absent = False
        if self._single is not None and self._single >= len(self._pictures):
            self._single = None
        self._empty.setVisible(not self._pictures and self._empty.has_text())
        self.update()

    def set_absent(self, why: str) -> None:
        """Say in the place of the pictures why there are none at the moment; selection, zoom and single view stay."""
        self._absent = True
        self._empty.set_text(why, "")
        self._empty.setVisible(True)
        self.setAccessibleDescription(why)
        self.update()

    def count(self) -> int:
        """How many pictures there are."""
        return len(self._pictures)

    def picture(self, index: int) -> QImage:
        """One of them."""
        return self._pictures[index]

    def set_selected(self, index: int) -> None:
        """Frame a picture; -1 for none. Emits nothing."""
        if index != self._selected:
            self._selected = index
            self.update()

    def selected_index(self) -> int:
        """The framed picture, -1 for none."""
        return self._selected

    def set_single(self, index: int | None) -> None:
        """Show one picture alone and large, None for all. Emits nothing."""
        if index != self._single:
            self._single = index
            self.set_zoom(1.0, QPointF(0.5, 0.5))

    def single(self) -> int | None:
        """The picture that is shown alone."""
        return self._single

    def set_tips(self, tips: Sequence[str]) -> None:
        """What the tooltip of each picture says; none for pictures beyond them."""
        self._tips = list(tips)

    def set_labels(self, labels: Sequence[str]) -> None:
        """What is written small at the bottom of each picture, where pictures are large enough for it."""
        self._labels = list(labels)
        self.update()

    def set_zoom(self, zoom: float, centre: QPointF) -> None:
        """Enlarge the whole grid; `centre` (0 … 1 each way) is the place in the middle. Emits nothing."""
        self._zoom = min(MOST_ZOOM, max(1.0, zoom))
        half = 0.5 / self._zoom
        self._centre = QPointF(
            min(1 - half, max(half, centre.x())),
            min(1 - half, max(half, centre.y())),
        )
        self.update()

    def zoom(self) -> float:
        """1 shows everything."""
        return self._zoom

    def set_one_to_one(self, whole: bool) -> None:
        """Each picture pixel as one device pixel (times the zoom), instead of filling the well."""
        self._whole_pixels = whole
        self.update()

    def set_placeholder(self, text: str, action: str = "") -> None:
        """What is said while there are no pictures, and the words of a button that helps ("" for none)."""
        self._empty.set_text(text, action)
        self._empty.setVisible(not self._pictures and bool(text))
        self.setAccessibleDescription(text)

    # --- geometry ------------------------------------------------------------------------------------------

    def _shown(self) -> list[int]:
        if self._absent:
            return []
        return list(range(len(self._pictures))) if self._single is None else [self._single]

    def _frame(self) -> QRectF:
        """The well in which everything lies at this zoom; larger than the widget when zoomed in."""
        inner = QRectF(self.rect()).adjusted(FRAME_PX, FRAME_PX, -FRAME_PX, -FRAME_PX)
        wide, high = inner.width() * self._zoom, inner.height() * self._zoom
        left = inner.center().x() - self._centre.x() * wide
        top = inner.center().y() - self._centre.y() * high
        return QRectF(left, top, wide, high)

    def _places(self) -> tuple[list[tuple[int, QRectF]], Fit]:
        """Every shown picture's cell, and how pictures fit into a cell."""
        shown = self._shown()
        if not shown:
            return [], Fit(0, 0, 0, 0)
        first, dpr = self._pictures[shown[0]], self.devicePixelRatioF()
        size, frame = (first.width(), first.height()), self._frame()
        columns, rows = grid_shape(len(shown), (frame.width(), frame.height()), size)
        gap = GAP_PX * self._zoom if self._zoom > 1 else GAP_PX
        cell_wide = (frame.width() - gap * (columns - 1)) / columns
        cell_high = (frame.height() - gap * (rows - 1)) / rows
        how = one_to_one(size, round(self._zoom)) if self._whole_pixels else fit(size, (cell_wide, cell_high), dpr)
        wide, high = how.width_px / dpr, how.height_px / dpr
        # Cells shrink to their pictures, so that the gap between two pictures is the gap, and the rest is the margin.
        total_wide, total_high = columns * wide + gap * (columns - 1), rows * high + gap * (rows - 1)
        left, top = frame.center().x() - total_wide / 2, frame.center().y() - total_high / 2
        cells = []
        for place, index in enumerate(shown):
            row, column = divmod(place, columns)
            cells.append((index, QRectF(left + column * (wide + gap), top + row * (high + gap), wide, high)))
        return cells, how

    def index_at(self, place: QPointF) -> int:
        """The picture under a place, -1 for none."""
        for index, rect in self._places()[0]:
            if rect.contains(place):
                return index
        return -1

    def pixel_at(self, place: QPointF) -> tuple[int, int, int]:
        """The picture under a place and its pixel's column and row, -1 each for none."""
        for index, rect in self._places()[0]:
            if rect.contains(place):
                wide, high = self._pictures[index].width(), self._pictures[index].height()
                column = int((place.x() - rect.left()) / rect.width() * wide)
                row = int((place.y() - rect.top()) / rect.height() * high)
                return index, min(column, wide - 1), min(row, high - 1)
        return -1, -1, -1

    def sizeHint(self) -> QSize:
        """Whatever room there is."""
        return QSize(420, 420)

    # --- events --------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Select; with the middle button, or when zoomed, drag the view."""
        if event.button() == Qt.MouseButton.LeftButton:
            index = self.index_at(event.position())
            if index >= 0:
                self.set_selected(index)
                self.selected.emit(index)
        if self._zoom > 1:
            self._drag_from = event.position()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell the pixel under the pointer; drag the view while zoomed in."""
        self.hovered.emit(*self.pixel_at(event.position()))
        if self._drag_from is None or not event.buttons():
            return
        moved, frame = event.position() - self._drag_from, self._frame()
        self._drag_from = event.position()
        self._move_to(self._zoom, self._centre - QPointF(moved.x() / frame.width(), moved.y() / frame.height()))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Select what is under the pointer (or keep what is selected, for the menu key) and ask for its menu."""
        if event.reason() is QContextMenuEvent.Reason.Mouse:
            index = self.index_at(QPointF(event.pos()))
            if index < 0:
                return
            self.set_selected(index)
            self.selected.emit(index)
        if 0 <= self._selected < len(self._pictures):
            self.menu_wished.emit(event.globalPos())

    def event(self, event: QEvent) -> bool:
        """The tooltip is that of the picture under the pointer."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            index = self.index_at(QPointF(event.pos()))
            QToolTip.showText(event.globalPos(), self._tips[index] if 0 <= index < len(self._tips) else "", self)
            return True
        return super().event(event)

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        """Let go."""
        self._drag_from = None

    def leaveEvent(self, event: QEvent) -> None:
        """No pixel is under the pointer any more."""
        self.hovered.emit(-1, -1, -1)
        super().leaveEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """One picture alone, and back."""
        if self._single is not None:
            self.left_single.emit()
        elif (index := self.index_at(event.position())) >= 0:
            self.activated.emit(index)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter shows the selected picture alone, Esc goes back; every other key is the room's."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and 0 <= self._selected < len(self._pictures):
            self.activated.emit(self._selected)
        elif event.key() == Qt.Key.Key_Escape and self._single is not None:
            self.left_single.emit()
        elif event.key() == Qt.Key.Key_Escape and self._zoom > 1:
            self._move_to(1.0, QPointF(0.5, 0.5))
        else:
            event.ignore()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """With Ctrl zoom about the pointer; without, the notch is the room's."""
        delta = event.angleDelta().y()
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._zoom_about(event.position(), 1.25 ** (delta / 120))
        elif delta:
            self.wheeled.emit(-1 if delta > 0 else 1)
        event.accept()

    def _zoom_about(self, place: QPointF, factor: float) -> None:
        frame = self._frame()
        at = QPointF((place.x() - frame.left()) / frame.width(), (place.y() - frame.top()) / frame.height())
        zoom = min(MOST_ZOOM, max(1.0, self._zoom * factor))
        self._move_to(zoom, at + (self._centre - at) * (self._zoom / zoom))

    def _move_to(self, zoom: float, centre: QPointF) -> None:
        self.set_zoom(zoom, centre)
        self.zoom_changed.emit(self._zoom, self._centre)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The placeholder fills the well."""
        super().resizeEvent(event)
        self._empty.setGeometry(self.rect())

    # --- painting ------------------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Pictures first, the selection's frame last, over the gaps and not over the pixels."""
        painter = QPainter(self)
        cells, how = self._places()
        around = None
        # Zoomed in or alone, most of a sheet would be enlarged for nothing.
        sheet = self._pictures if isinstance(self._pictures, Sheet) and len(cells) > 1 and self._zoom == 1 else None
        light = theme().is_light
        for index, rect in cells:
            if sheet is not None:
                drawn = sheet.draw(painter, rect, index, how)
            elif rect.intersects(QRectF(self.rect())):
                drawn = draw_picture(painter, rect, self._pictures[index], how)
            else:
                continue
            if light:
                painter.setPen(QPen(theme().color("line"), 1))
                painter.drawRect(drawn.adjusted(-0.5, -0.5, 0.5, 0.5))
            if index < len(self._labels) and self._labels[index] and drawn.width() >= LEAST_LABELLED_PX:
                self._paint_label(painter, drawn, self._labels[index])
            if index == self._selected and self._single is None:
                around = drawn
        if around is not None:
            painter.setPen(QPen(theme().color("accent"), FRAME_PX, j=Qt.PenJoinStyle.MiterJoin))
            painter.drawRect(around.adjusted(-1, -1, 1, 1))

    def _paint_label(self, painter: QPainter, picture: QRectF, label: str) -> None:
        """On a strip of its own, so that it can be read over any picture."""
        painter.setFont(sized_font(CAPTION_PX))
        text = painter.fontMetrics().elidedText(label, Qt.TextElideMode.ElideRight, int(picture.width() * 0.8) - 8)
        wide = painter.fontMetrics().horizontalAdvance(text) + 8
        strip = QRectF(picture.left(), picture.bottom() - LABEL_PX, wide, LABEL_PX)
        painter.fillRect(strip, theme().color("ground", 200))
        painter.setPen(theme().color("text"))
        painter.drawText(strip, int(Qt.AlignmentFlag.AlignCenter), text)


class _Placeholder(QWidget):
    """A sentence in the middle, and one button."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(12)
        self._words = QLabel()
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._words.setProperty("muted", True)
        self._words.setWordWrap(True)
        self._words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.button = QPushButton()
        self.button.setObjectName("placeholder_action")
        column.addStretch(1)
        column.addWidget(self._words)
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)
        self.hide()

    def set_text(self, text: str, action: str) -> None:
        self._words.setText(text)
        self.button.setText(action)
        self.button.setAccessibleName(action)
        set_tip(self.button, text)
        self.button.setVisible(bool(action))

    def has_text(self) -> bool:
        return bool(self._words.text())
