"""A grid in which one cell is the current one and any number are selected, with the mouse and with the keys."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, QRectF, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QContextMenuEvent, QCursor, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget

from .cell_grid import CellGrid
from .selection import Selection

#: While a frame is drawn out beyond the viewport it scrolls this often, by a part of how far beyond.
SCROLL_EVERY_MS, SCROLL_SHARE = 30, 0.5

_CTRL, _SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


class SelectingGrid(CellGrid):
    """As file managers do it: click, Ctrl, Shift, a frame drawn with the mouse; Shift with arrows, Space, Ctrl+A."""

    current_changed = Signal(int)  #: the current cell, -1 for none
    activated = Signal(int)  #: double-click or Enter
    selection_changed = Signal(bool)  #: whether it was begun anew; False: added to, or taken from
    menu_wished = Signal(QPoint)  #: for what is selected, at a place on the screen

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.selection = Selection()
        self._current = -1
        self._pressed: QPointF | None = None  # in pixels from the top of the first row
        self._frame = QRectF()
        self._base, self._adds = b"", False  # what a frame is added to, and whether that may be something
        self._scrolling = QTimer(self)
        self._scrolling.setInterval(SCROLL_EVERY_MS)
        self._scrolling.timeout.connect(self._scroll_with_frame)

    # --- what is chosen ------------------------------------------------------------------------------------

    def set_count(self, count: int) -> None:
        """How many cells there are; what is selected stays so, as far as it is still there."""
        self._count = count
        self.selection.set_count(count)
        if self._current >= count:
            self.set_current(-1)
        self.lay_out()

    def current(self) -> int:
        """The current cell, -1 for none."""
        return self._current

    @Slot(int)
    def set_current(self, index: int) -> None:
        """Choose a cell, it alone, and bring it into sight; -1 for none."""
        index = max(-1, min(index, self._count - 1))
        if index == self._current and len(self.selection) == (index in self.selection):
            return
        if index >= 0:
            self.selection.only(index)
        else:
            self.selection.clear()
        self._move_to(index)
        self.selection_changed.emit(True)

    def set_chosen(self, current: int, mask: bytes) -> None:
        """The cells are others now: which is current (-1: none) and which are selected. Emits nothing."""
        self._end_frame()  # it was drawn round others
        self._current = current
        self.selection.set_mask(mask)
        self.selection.anchor = max(0, current)

    def _move_to(self, index: int) -> None:
        moved, self._current = index != self._current, index
        if index >= 0:
            self.scroll_to(index)
        self.viewport().update()
        if moved:
            self.current_changed.emit(index)

    def _select(self, index: int, modifiers: Qt.KeyboardModifier) -> None:
        """What a click does, and an arrow."""
        if not modifiers & (_CTRL | _SHIFT):
            self.set_current(index)
            return
        if modifiers & _SHIFT:
            self.selection.extend(index, add=bool(modifiers & _CTRL))
        else:
            self.selection.toggle(index)
        self._move_to(index)
        self.selection_changed.emit(not modifiers & _CTRL)

    # --- the mouse -----------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose; hold and draw a frame for more."""
        index = self.index_at(event.position())
        if event.button() == Qt.MouseButton.RightButton and index >= 0 and index not in self.selection:
            self.set_current(index)
        if event.button() != Qt.MouseButton.LeftButton:
            return
        self._pressed = event.position() + QPointF(0, self.verticalScrollBar().value())
        self._adds = bool(event.modifiers() & _CTRL)
        self._base = self.selection.mask if self._adds else bytes(self._count)
        if index >= 0:
            self._select(index, event.modifiers())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Draw the frame out."""
        if self._pressed is None:
            return
        here = event.position() + QPointF(0, self.verticalScrollBar().value())
        drag_px = QApplication.startDragDistance()
        if self._frame.isNull() and (here - self._pressed).manhattanLength() < drag_px:
            return
        self._draw_frame(here)
        beyond = not self.viewport().rect().contains(event.position().toPoint())
        if beyond != self._scrolling.isActive():
            self._scrolling.start() if beyond else self._scrolling.stop()

    def _draw_frame(self, here: QPointF) -> None:
        assert self._pressed is not None
        self._frame = QRectF(self._pressed, here).normalized()
        # There may be more cells than when it was begun.
        base = self._base[: self._count].ljust(self._count, b"\0")
        self.selection.block(*self.cells_in(self._frame), self._columns, base)
        self.viewport().update()
        self.selection_changed.emit(not self._adds)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """The frame is done."""
        self._end_frame()
        event.accept()

    def _end_frame(self) -> None:
        self._pressed, self._frame, self._base = None, QRectF(), b""
        self._scrolling.stop()
        self.viewport().update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Open."""
        if (index := self.index_at(event.position())) >= 0:
            self.activated.emit(index)

    @Slot()
    def _scroll_with_frame(self) -> None:
        """Follow the pointer beyond the rim."""
        where = self.viewport().mapFromGlobal(QCursor.pos())
        height, bar = self.viewport().height(), self.verticalScrollBar()
        beyond = where.y() if where.y() < 0 else max(0, where.y() - height)
        bar.setValue(bar.value() + round(beyond * SCROLL_SHARE))
        self._draw_frame(QPointF(where) + QPointF(0, bar.value()))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """At the pointer, or where the current cell is."""
        if event.reason() == QContextMenuEvent.Reason.Mouse:
            if self.index_at(QPointF(self.viewport().mapFromGlobal(event.globalPos()))) >= 0:
                self.menu_wished.emit(event.globalPos())
        elif self._current >= 0:
            self.scroll_to(self._current)
            centre = self.cell_rect(self._current).center().toPoint()
            self.menu_wished.emit(self.viewport().mapToGlobal(centre))
        event.accept()

    # --- the keys ------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows, Page up and down, Home, End (Shift selects, Ctrl only moves); Space, Ctrl+A, Escape; Enter opens."""
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
        key, modifiers = Qt.Key(event.key()), event.modifiers()
        current = max(0, self._current)
        if not self._count:
            event.ignore()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._current >= 0:
            self.activated.emit(self._current)
        elif key in moves:
            index = max(0, min(self._count - 1, current + moves[key]))
            if modifiers & _CTRL and not modifiers & _SHIFT:
                self._move_to(index)
            else:
                self._select(index, modifiers)
        elif key == Qt.Key.Key_Space:
            self._select(current, _CTRL)
        elif key == Qt.Key.Key_A and modifiers & _CTRL:
            self.selection.all()
            self.viewport().update()
            self.selection_changed.emit(True)
        elif key == Qt.Key.Key_Escape and len(self.selection) > 1:
            self.set_current(current)
        else:
            event.ignore()
