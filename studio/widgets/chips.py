"""Chips: words in a row of which several can be chosen; a thousand of them scroll within two lines."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import (
    QAbstractListModel,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRectF,
    QSignalBlocker,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from ..app.theme import CORNER_PX, theme
from .plain import plain_tip

CHIP_PX = 24
GAP_PX = 2  #: round each chip
LINE_PX = CHIP_PX + 2 * GAP_PX
MOST_LINES = 2
PADDING_PX = 10
MOST_WIDE_PX = 180
#: More chips than these are laid out in pieces of so many, between other turns of the event loop.
LAID_OUT_AT_ONCE = 1000


Index = QModelIndex | QPersistentModelIndex
_TOP = QModelIndex()


class _WordsModel(QAbstractListModel):
    """Words that are asked for as they are seen: 100,000 of them took 0.8 s as items of their own."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.words: tuple[str, ...] = ()

    def set_words(self, words: Sequence[str]) -> None:
        """Others than before."""
        self.beginResetModel()
        self.words = tuple(words)
        self.endResetModel()

    def rowCount(self, parent: Index = _TOP) -> int:
        """One for each."""
        return 0 if parent.isValid() else len(self.words)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The word, in the tooltip as well: a chip may be too narrow for it."""
        if role == Qt.ItemDataRole.DisplayRole:
            return self.words[index.row()]
        return plain_tip(self.words[index.row()]) if role == Qt.ItemDataRole.ToolTipRole else None


class ChipField(QListView):
    """The first chip means none of the others: it is on when no other is. As high as it needs, up to two lines."""

    changed = Signal()  #: by a person

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = _WordsModel(self)
        self._folded: tuple[str, ...] = ()  #: the words as a filter looks at them
        self._hidden: set[int] = set()  #: the rows that it hides
        self.setModel(self._model)
        self.setItemDelegate(_ChipDelegate(self))
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(True)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setSpacing(GAP_PX)
        self.setBatchSize(LAID_OUT_AT_ONCE)
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
        kept = set(self.chosen()) if tuple(words) == self._model.words[1:] else set()
        many = len(words) > LAID_OUT_AT_ONCE
        self.setLayoutMode(QListView.LayoutMode.Batched if many else QListView.LayoutMode.SinglePass)
        with QSignalBlocker(self.selectionModel()):
            self._model.set_words((none, *words))
            self._folded = tuple(word.casefold() for word in words)
            self._hidden.clear()  # Qt has forgotten them too
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
        before, self._hidden = self._hidden, {row for row, word in enumerate(self._folded, 1) if wished not in word}
        for row in before ^ self._hidden:
            self.setRowHidden(row, row in self._hidden)
        self._fit()

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
