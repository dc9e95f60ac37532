"""A virtual grid of thumbnails: a million pictures cost as much as the few dozen that are seen."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QHelpEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QToolTip, QWidget

from ..theme import CORNER_PX, theme
from .pixels import draw_picture
from .throttle import Throttle

PADDING_PX = 8
REQUEST_EVERY_MS = 30
#: Pictures are forgotten, longest unseen first, when together they are larger than this.
MEMORY_BYTES = 64_000_000


@dataclass(frozen=True)
class Visible:
    """A request for pictures. An answer to an older number is still right, but may no longer be needed."""

    number: int
    indices: tuple[int, ...]  #: seen now and without a picture, from the top
    side_px: int  #: the longer side that is enough, in device pixels


class ThumbnailView(QAbstractScrollArea):
    """Cells as wide as the viewport divided by the columns; pictures are asked for when they come into sight."""

    request = Signal(object)  #: a `Visible`
    current_changed = Signal(int)  #: the chosen picture, -1 for none
    activated = Signal(int)  #: double-click or Enter

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._count = 0
        self._columns = 8
        self._current = -1
        self._number = 0
        self._images: OrderedDict[int, QImage] = OrderedDict()
        self._bytes = 0
        self._tip: Callable[[int], str] = lambda _index: ""
        self._ask = Throttle(self._send_request, REQUEST_EVERY_MS, self)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setMouseTracking(False)
        theme().changed.connect(self.viewport().update)

    # --- what is shown -------------------------------------------------------------------------------------

    def set_count(self, count: int) -> None:
        """How many pictures there are; those already given stay, so a scan may let it grow."""
        self._count = count
        if self._current >= count:
            self.set_current(-1)
        self._layout()

    def count(self) -> int:
        """How many pictures there are."""
        return self._count

    def clear(self) -> None:
        """Begin anew: no pictures, nothing chosen, at the top."""
        self.forget_images()
        self.set_count(0)
        self.verticalScrollBar().setValue(0)

    def forget_images(self) -> None:
        """Ask for every picture again, because they look different now."""
        self._images.clear()
        self._bytes = 0
        self._layout()

    def set_image(self, index: int, image: QImage) -> None:
        """The answer to a request: one picture, no larger than asked for."""
        old = self._images.pop(index, None)
        self._bytes += image.sizeInBytes() - (old.sizeInBytes() if old is not None else 0)
        self._images[index] = image
        seen = range(*self._visible_range())
        while self._bytes > MEMORY_BYTES and (oldest := next(iter(self._images))) not in seen:
            self._bytes -= self._images.pop(oldest).sizeInBytes()
        if index in seen:
            self.viewport().update(self.cell_rect(index).toAlignedRect())

    def set_tip(self, tip: Callable[[int], str]) -> None:
        """How a picture is described, in plain text, when the pointer rests on it."""
        self._tip = tip

    def set_columns(self, columns: int) -> None:
        """How many pictures stand beside each other; the top one stays in sight."""
        top = self._visible_range()[0]
        self._columns = max(1, columns)
        self._layout()
        self.verticalScrollBar().setValue(int(top // self._columns * self.cell_px()))

    def columns(self) -> int:
        """How many pictures stand beside each other."""
        return self._columns

    def current(self) -> int:
        """The chosen picture, -1 for none."""
        return self._current

    @Slot(int)
    def set_current(self, index: int) -> None:
        """Choose a picture and bring it into sight; -1 for none."""
        index = max(-1, min(index, self._count - 1))
        if index == self._current:
            return
        self._current = index
        self.setAccessibleDescription(self._tip(index) if index >= 0 else "")
        if index >= 0:
            self._scroll_to(index)
        self.viewport().update()
        self.current_changed.emit(index)

    # --- geometry ------------------------------------------------------------------------------------------

    def cell_px(self) -> float:
        """A cell's side, in logical pixels."""
        return max(16.0, self.viewport().width() / self._columns)

    def cell_rect(self, index: int) -> QRectF:
        """Where a cell lies in the viewport."""
        side = self.cell_px()
        row, column = divmod(index, self._columns)
        return QRectF(column * side, row * side - self.verticalScrollBar().value(), side, side)

    def index_at(self, place: QPointF) -> int:
        """The picture under a place in the viewport, -1 for none."""
        side = self.cell_px()
        column, row = int(place.x() // side), int((place.y() + self.verticalScrollBar().value()) // side)
        index = row * self._columns + column
        return index if 0 <= column < self._columns and 0 <= index < self._count else -1

    def _visible_range(self) -> tuple[int, int]:
        side, top = self.cell_px(), self.verticalScrollBar().value()
        first_row, last_row = int(top // side), int((top + max(0, self.viewport().height() - 1)) // side)
        return min(self._count, first_row * self._columns), min(self._count, (last_row + 1) * self._columns)

    def _layout(self) -> None:
        rows = -(-self._count // self._columns)
        bar, side = self.verticalScrollBar(), self.cell_px()
        bar.setRange(0, max(0, round(rows * side) - self.viewport().height()))
        bar.setPageStep(self.viewport().height())
        bar.setSingleStep(max(1, round(side / 2)))
        self.viewport().update()
        self._ask()

    def _scroll_to(self, index: int) -> None:
        rect, bar = self.cell_rect(index), self.verticalScrollBar()
        if rect.top() < 0:
            bar.setValue(int(bar.value() + rect.top()))
        elif rect.bottom() > self.viewport().height():
            bar.setValue(round(bar.value() + rect.bottom() - self.viewport().height() + 0.5))

    def sizeHint(self) -> QSize:
        """Whatever room there is."""
        return QSize(640, 480)

    # --- requests ------------------------------------------------------------------------------------------

    def _send_request(self) -> None:
        missing = tuple(index for index in range(*self._visible_range()) if index not in self._images)
        if missing and self.isVisible():
            self._number += 1
            side_px = round((self.cell_px() - 2 * PADDING_PX) * self.devicePixelRatioF())
            self.request.emit(Visible(self._number, missing, side_px))

    # --- events --------------------------------------------------------------------------------------------

    def scrollContentsBy(self, _dx: int, _dy: int) -> None:
        """Other pictures are seen now."""
        self.viewport().update()
        self._ask()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Cells grow with the viewport."""
        super().resizeEvent(event)
        self._layout()

    def changeEvent(self, event: QEvent) -> None:
        """Fonts and styles change the scroll bar's width, and so the cells."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "_ask"):
            self._layout()

    def viewportEvent(self, event: QEvent) -> bool:
        """Tooltips, as plain text whatever a file is called; and the first request when shown."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            index = self.index_at(QPointF(event.pos()))
            text = self._tip(index) if index >= 0 else ""
            # Qt takes text that looks like markup for markup; escaped it is what it is.
            escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace("\n", "<br>")
            QToolTip.showText(event.globalPos(), f"<span>{escaped}</span>" if text else "", self.viewport())
            return True
        if event.type() == QEvent.Type.Show:
            self._ask()
        return super().viewportEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose."""
        if event.button() == Qt.MouseButton.LeftButton and (index := self.index_at(event.position())) >= 0:
            self.set_current(index)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Taken, because the press was."""
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Open."""
        if (index := self.index_at(event.position())) >= 0:
            self.activated.emit(index)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows, Page up and down, Home, End; Enter opens."""
        rows = max(1, int(self.viewport().height() // self.cell_px()))
        moves = {
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_Up: -self._columns,
            Qt.Key.Key_Down: self._columns,
            Qt.Key.Key_PageUp: -rows * self._columns,
            Qt.Key.Key_PageDown: rows * self._columns,
            Qt.Key.Key_Home: -self._count,
            Qt.Key.Key_End: self._count,
        }
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._current >= 0:
            self.activated.emit(self._current)
        elif key in moves and self._count:
            self.set_current(max(0, min(self._count - 1, max(0, self._current) + moves[key])))
        else:
            event.ignore()

    # --- painting ------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """The cells that are seen."""
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for index in range(*self._visible_range()):
            cell = self.cell_rect(index)
            if cell.intersects(QRectF(event.rect())):
                self._paint_cell(painter, index, cell.adjusted(PADDING_PX, PADDING_PX, -PADDING_PX, -PADDING_PX))

    def _paint_cell(self, painter: QPainter, index: int, rect: QRectF) -> None:
        image = self._images.get(index)
        drawn = rect
        if image is None or image.isNull():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme().color("raised"))
            painter.drawRoundedRect(rect, 3, 3)
        else:
            self._images.move_to_end(index)
            drawn = draw_picture(painter, rect, image)
            if theme().is_light:
                painter.setPen(QPen(theme().color("line"), 1))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRect(drawn.adjusted(-0.5, -0.5, 0.5, 0.5))
        if index == self._current:
            painter.setPen(QPen(theme().color("accent"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(drawn.adjusted(-3, -3, 3, 3), CORNER_PX - 3, CORNER_PX - 3)
