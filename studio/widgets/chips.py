"""Chips: words in a row of which several can be chosen; a thousand of them scroll within two lines."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QRectF,
    QSignalBlocker,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QPainter, QPen, QResizeEvent, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from ..app.theme import CORNER_PX, theme
from .plain import set_tip

CHIP_PX = 24
GAP_PX = 2  #: round each chip
LINE_PX = CHIP_PX + 2 * GAP_PX
MOST_LINES = 2
PADDING_PX = 10
MOST_WIDE_PX = 180

Index = QModelIndex | QPersistentModelIndex


class ChipField(QListView):
    """The first chip means none of the others: it is on when no other is. As high as it needs, up to two lines."""

    changed = Signal()  #: by a person

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = QStandardItemModel(self)
        self.setModel(self._model)
        self.setItemDelegate(_ChipDelegate(self))
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(True)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setSpacing(GAP_PX)
        self.setSelectionMode(QListView.SelectionMode.MultiSelection)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalScrollBar().setSingleStep(LINE_PX)
        # Chosen with the mouse it leaves the keys to the room; reached with Tab it has its own.
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMouseTracking(True)
        self.setFixedHeight(LINE_PX)
        self.selectionModel().selectionChanged.connect(self._selection_changed)
        theme().changed.connect(self.viewport().update)

    def set_chips(self, none: str, words: Sequence[str]) -> None:
        """The words of the first chip and of the others; what was chosen stays where the words are the same."""
        kept = set(self.chosen()) if list(words) == self._words() else set()
        with QSignalBlocker(self.selectionModel()):
            self._model.clear()
            for text in (none, *words):
                item = QStandardItem(text)
                set_tip(item, text)
                self._model.appendRow(item)
            self._select({k + 1 for k in kept} or {0})
        self._fit()

    def chosen(self) -> tuple[int, ...]:
        """The chosen chips, 0 the one after the first; empty: the first."""
        rows = sorted(index.row() for index in self.selectionModel().selectedRows())
        return tuple(row - 1 for row in rows if row > 0)

    def set_chosen(self, chips: Sequence[int]) -> None:
        """Choose these. Emits nothing."""
        with QSignalBlocker(self.selectionModel()):
            self._select({k + 1 for k in chips if 0 <= k < self._model.rowCount() - 1} or {0})
        self.viewport().update()

    def set_filter(self, text: str) -> None:
        """Show only chips whose words hold `text`, and the first; what is chosen stays chosen."""
        wished = text.strip().casefold()
        for row in range(1, self._model.rowCount()):
            self.setRowHidden(row, wished not in self._model.item(row).text().casefold())
        self._fit()

    def _words(self) -> list[str]:
        return [self._model.item(row).text() for row in range(1, self._model.rowCount())]

    def _select(self, rows: set[int]) -> None:
        selection = QItemSelection()
        for row in rows:
            index = self._model.index(row, 0)
            selection.select(index, index)
        self.selectionModel().select(selection, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    @Slot(QItemSelection, QItemSelection)
    def _selection_changed(self, now: QItemSelection, _before: QItemSelection) -> None:
        first = self._model.index(0, 0)
        others = {k + 1 for k in self.chosen()}
        with QSignalBlocker(self.selectionModel()):
            self._select({0} if now.contains(first) or not others else others)
        self.viewport().update()
        self.changed.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width takes another number of lines."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """One line, or two where the chips do not fit in one."""
        delegate, x, lines = self.itemDelegate(), 0, 1
        room = self.width()
        option = QStyleOptionViewItem()
        self.initViewItemOption(option)
        for row in range(self._model.rowCount()):
            if lines == MOST_LINES:
                break
            if self.isRowHidden(row):
                continue
            wide = delegate.sizeHint(option, self._model.index(row, 0)).width() + 2 * GAP_PX
            if x and x + wide > room:
                lines, x = lines + 1, 0
            x += wide
        if self.height() != lines * LINE_PX:
            self.setFixedHeight(lines * LINE_PX)

    def sizeHint(self) -> QSize:
        """Whatever width there is."""
        return QSize(200, self.height())

    def minimumSizeHint(self) -> QSize:
        """Room for a few."""
        return QSize(120, LINE_PX)


class _ChipDelegate(QStyledItemDelegate):
    """Draws one chip."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        wide = option.fontMetrics.horizontalAdvance(str(index.data())) + 2 * PADDING_PX
        return QSize(min(MOST_WIDE_PX, wide), CHIP_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        state, colour = option.state, theme().color
        selected = bool(state & QStyle.StateFlag.State_Selected)
        hovered = bool(state & QStyle.StateFlag.State_MouseOver)
        focused = bool(state & QStyle.StateFlag.State_HasFocus)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = QRectF(option.rect)
        rect.setHeight(CHIP_PX)
        edge = "text" if focused else "accent" if selected else "muted" if hovered else "edge"
        painter.setPen(QPen(colour(edge), 1))
        painter.setBrush(colour("line" if selected else "raised"))
        painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), CORNER_PX, CORNER_PX)
        painter.setPen(colour("text" if selected else "muted"))
        words = option.fontMetrics.elidedText(
            str(index.data()), Qt.TextElideMode.ElideRight, int(rect.width()) - PADDING_PX
        )
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, words)
        painter.restore()
