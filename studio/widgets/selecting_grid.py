"""A grid in which one cell is the current one and any number are selected, with the mouse and with the keys."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QContextMenuEvent, QCursor, QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QWidget

# --- Which cells of a grid are selected: a byte each, so that a million are selected as fast as one ------


class Selection:
    """Some of `count` cells. Knows no Qt; whoever changes it tells who shows it."""

    def __init__(self) -> None:
        self._mask = bytearray()
        self._selected = 0
        self.anchor = 0  #: where a range begins that is drawn out with Shift

    def __len__(self) -> int:
        """How many are selected."""
        return self._selected

    def __contains__(self, index: int) -> bool:
        return 0 <= index < len(self._mask) and bool(self._mask[index])

    @property
    def mask(self) -> bytes:
        """(count,) 1 for each that is selected, else 0."""
        return bytes(self._mask)

    def set_mask(self, mask: bytes) -> None:
        """Select these, of as many as there are bytes."""
        self._mask = bytearray(mask)
        self._recount()

    def set_count(self, count: int) -> None:
        """More cells, none of the new ones selected; or fewer."""
        del self._mask[count:]
        self._mask.extend(bytes(count - len(self._mask)))
        self._recount()

    def clear(self) -> None:
        """None."""
        self.set_mask(bytes(len(self._mask)))

    def only(self, index: int) -> None:
        """This one alone; a range begins here."""
        self.clear()
        self._mask[index] = 1
        self._selected = 1
        self.anchor = index

    def toggle(self, index: int) -> None:
        """This one too, or no longer; a range begins here."""
        self._mask[index] ^= 1
        self._selected += 1 if self._mask[index] else -1
        self.anchor = index

    def extend(self, index: int, *, add: bool = False) -> None:
        """All from the anchor to this one. add: besides those that were selected."""
        if not add:
            self._mask[:] = bytes(len(self._mask))
        begin, end = sorted((min(self.anchor, len(self._mask) - 1), index))
        self._mask[begin : end + 1] = b"\1" * (end + 1 - begin)
        self._recount()

    def all(self) -> None:
        """Every one."""
        self.set_mask(b"\1" * len(self._mask))

    def block(self, rows: Sequence[int], columns: Sequence[int], across: int, base: bytes) -> None:
        """Those of `base`, and those in these rows and columns of a grid that is `across` cells wide."""
        self._mask = bytearray(base)
        count = len(self._mask)
        if rows and columns:
            for column in columns:
                cells = range(rows[0] * across + column, min(count, (rows[-1] + 1) * across), across)
                self._mask[cells.start : cells.stop : across] = b"\1" * len(cells)
        self._recount()

    def _recount(self) -> None:
        self._selected = self._mask.count(1)


# --- Equal square cells in rows, as many as one likes: where each lies, and which of them are seen -------


class CellGrid(QAbstractScrollArea):
    """Cells as wide as the viewport divided by the columns. Nothing is kept of a cell: a million cost what one does."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._count = 0
        self._columns = 8
        self._laid_out = True  # style and size change already while the rest is being made
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def count(self) -> int:
        """How many cells there are."""
        return self._count

    def set_columns(self, columns: int) -> None:
        """How many cells stand beside each other; the top one stays in sight."""
        top = self.visible_range()[0]
        self._columns = max(1, columns)
        self.lay_out()
        self.verticalScrollBar().setValue(int(top // self._columns * self.cell_px()))

    def columns(self) -> int:
        """How many cells stand beside each other."""
        return self._columns

    def cell_px(self) -> float:
        """A cell's side, in logical pixels."""
        return max(16.0, self.viewport().width() / self._columns)

    def cell_rect(self, index: int) -> QRectF:
        """Where a cell lies in the viewport."""
        side = self.cell_px()
        row, column = divmod(index, self._columns)
        return QRectF(column * side, row * side - self.verticalScrollBar().value(), side, side)

    def index_at(self, place: QPointF) -> int:
        """The cell under a place in the viewport, -1 for none."""
        side = self.cell_px()
        column, row = int(place.x() // side), int((place.y() + self.verticalScrollBar().value()) // side)
        index = row * self._columns + column
        return index if 0 <= column < self._columns and 0 <= index < self._count else -1

    def cells_in(self, area: QRectF) -> tuple[range, range]:
        """Rows and columns that an area touches, in pixels from the top of the first row; beyond the last cell too."""
        side = self.cell_px()
        rows = range(max(0, int(area.top() // side)), int(area.bottom() // side) + 1)
        columns = range(max(0, int(area.left() // side)), min(self._columns, int(area.right() // side) + 1))
        return rows, columns

    def visible_range(self) -> tuple[int, int]:
        """The first cell that is seen, and the one after the last."""
        side, top = self.cell_px(), self.verticalScrollBar().value()
        first_row, last_row = int(top // side), int((top + max(0, self.viewport().height() - 1)) // side)
        return min(self._count, first_row * self._columns), min(self._count, (last_row + 1) * self._columns)

    def scroll_to(self, index: int) -> None:
        """Bring a cell into sight."""
        rect, bar = self.cell_rect(index), self.verticalScrollBar()
        if rect.top() < 0:
            bar.setValue(int(bar.value() + rect.top()))
        elif rect.bottom() > self.viewport().height():
            bar.setValue(round(bar.value() + rect.bottom() - self.viewport().height() + 0.5))

    def lay_out(self) -> None:
        """Fit the scroll bar to cells and viewport."""
        rows = -(-self._count // self._columns)
        bar, side = self.verticalScrollBar(), self.cell_px()
        bar.setRange(0, max(0, round(rows * side) - self.viewport().height()))
        bar.setPageStep(self.viewport().height())
        bar.setSingleStep(max(1, round(side / 2)))
        self.viewport().update()
        self.sight_changed()

    def sight_changed(self) -> None:
        """Other cells are seen now, or may be."""

    def sizeHint(self) -> QSize:
        """Whatever room there is."""
        return QSize(640, 480)

    def scrollContentsBy(self, _dx: int, _dy: int) -> None:
        """Other cells are seen now."""
        self.viewport().update()
        self.sight_changed()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Cells grow with the viewport."""
        super().resizeEvent(event)
        self.lay_out()

    def changeEvent(self, event: QEvent) -> None:
        """Fonts and styles change the scroll bar's width, and so the cells."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "_laid_out"):
            self.lay_out()


# --- selecting grid --------------------------------------------------------------------------------------

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
