"""Equal square cells in rows, as many as one likes: where each lies, and which of them are seen."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea, QWidget


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
