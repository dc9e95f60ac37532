"""The table of the runs: small pictures, the lines of the tree, letters of those that are compared."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRect,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPen, QPixmap, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLineEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from core.runs.listing import ListedFacts

from ...app.icons import icon_pixmap
from ...app.theme import CAPTION_PX, sized_font, theme
from ...widgets.badge import BADGE_PX, draw_badge
from ...widgets.plain import set_name
from .model import MOST_COMPARED, ROW, STATE, Column, Row, RunModel, State

ROW_PX = 40
PICTURE_PX, INSET_PX, STEP_PX = 32, 8, 24
GAP_PX = 12  #: between the small picture and the name
DOT_PX = 8
#: Narrower, the last column would only be dots.
WITH_NOTES_PX = 900
#: Widths of the columns between name and notes.
WIDTHS_PX = {
    Column.STATE: 150,
    Column.STEPS: 66,
    Column.TIME: 86,
    Column.HELD_OUT: 76,
    Column.KID: 68,
    Column.SIZE: 76,
}
LEAST_NAME_PX = 190

Index = QModelIndex | QPersistentModelIndex


class RunDelegate(QStyledItemDelegate):
    """Paints every cell, so that a row is one piece."""

    def __init__(self, table: RunTable) -> None:
        super().__init__(table)
        self._table = table

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """One cell."""
        painter.save()
        rect: QRect = option.rect
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        if selected or index.row() == self._table.under_pointer:
            painter.fillRect(rect, theme().color("raised", 255 if selected else 120))
        if index.column() == Column.NAME:
            self._paint_name(painter, rect, index)
        elif index.column() == Column.STATE:
            self._paint_state(painter, rect, index)
        else:
            self._paint_text(painter, rect, index)
        if index.row() == self._table.currentIndex().row() and self._table.hasFocus():
            self._paint_focus(painter, rect, index.column())
        painter.restore()

    def _paint_focus(self, painter: QPainter, rect: QRect, column: int) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(QPen(theme().color("accent"), 1))
        top, bottom = rect.top(), rect.bottom()
        painter.drawLine(rect.left(), top, rect.right(), top)
        painter.drawLine(rect.left(), bottom, rect.right(), bottom)
        if column == 0:
            painter.drawLine(rect.left(), top, rect.left(), bottom)
        if column == self._table.last_column():
            painter.drawLine(rect.right(), top, rect.right(), bottom)

    def _paint_name(self, painter: QPainter, rect: QRect, index: Index) -> None:
        row: Row = index.data(ROW)
        facts = row.facts
        model = self._table.runs
        picture = QRect(rect.left() + INSET_PX, rect.top() + (ROW_PX - PICTURE_PX) // 2, PICTURE_PX, PICTURE_PX)
        pixmap = self._table.thumbnail(facts)
        if pixmap is None:
            painter.setPen(QPen(theme().color("line"), 1))
            painter.drawRect(picture.adjusted(0, 0, -1, -1))
        else:
            painter.drawPixmap(picture, pixmap)
        left = picture.right() + 1 + GAP_PX
        painter.setPen(QPen(theme().color("edge"), 1))
        for place, goes_on in enumerate(row.lines):
            x, middle = left + place * STEP_PX + 6, rect.center().y()
            if place == row.depth - 1:
                painter.drawLine(x, rect.top(), x, rect.bottom() if goes_on else middle)
                painter.drawLine(x, middle, x + STEP_PX - 10, middle)
            elif goes_on:
                painter.drawLine(x, rect.top(), x, rect.bottom())
        left += row.depth * STEP_PX
        letter = model.letters.get(facts.folder, "")
        right = rect.right() - (BADGE_PX + 8 if letter else 0) - (22 if facts.notes.starred else 0)
        bold = facts.folder == model.open_folder
        font = self._table.font()
        font.setWeight(font.Weight.DemiBold if bold else font.Weight.Normal)
        painter.setFont(font)
        painter.setPen(theme().color("muted" if facts.problem is not None else "text"))
        room = QRect(left, rect.top(), max(0, right - left), rect.height())
        words = painter.fontMetrics().elidedText(facts.name, Qt.TextElideMode.ElideMiddle, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, words)
        end = left + painter.fontMetrics().horizontalAdvance(words) + 6
        if facts.notes.starred:
            star = icon_pixmap("star_on", theme().color("validation"), 16, self._table.devicePixelRatioF())
            painter.drawPixmap(end, rect.center().y() - 7, star)
            end += 22
        if letter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            draw_badge(painter, QPointF(end + BADGE_PX / 2, rect.center().y() + 1), letter)

    def _paint_state(self, painter: QPainter, rect: QRect, index: Index) -> None:
        state: State = index.data(STATE)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme().color(state.colour))
        centre = QPointF(rect.left() + INSET_PX + DOT_PX / 2, rect.center().y() + 0.5)
        painter.drawEllipse(centre, DOT_PX / 2, DOT_PX / 2)
        colour = theme().color("error" if state.colour == "error" else "text")
        self._write(painter, rect.adjusted(INSET_PX + DOT_PX + 6, 0, -4, 0), state.words, colour, left=True)

    def _paint_text(self, painter: QPainter, rect: QRect, index: Index) -> None:
        left = index.column() == Column.NOTES
        words = str(index.data(Qt.ItemDataRole.DisplayRole))
        colour = theme().color("muted" if words == "–" or left else "text")
        self._write(painter, rect.adjusted(8, 0, -8, 0), words, colour, left=left)

    @staticmethod
    def _write(painter: QPainter, rect: QRect, words: str, colour: QColor, *, left: bool) -> None:
        painter.setFont(sized_font(CAPTION_PX))
        painter.setPen(colour)
        side = Qt.AlignmentFlag.AlignLeft if left else Qt.AlignmentFlag.AlignRight
        shown = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, rect.width())
        painter.drawText(rect, side | Qt.AlignmentFlag.AlignVCenter, shown)

    def createEditor(self, parent: QWidget, _option: QStyleOptionViewItem, _index: Index) -> QWidget:
        """A line for the name."""
        line = QLineEdit(parent)
        set_name(line, self.tr("Name"), self.tr("The new name of the run's folder"))
        return line

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: Index) -> None:
        """It stands where the name does."""
        rect: QRect = option.rect
        row: Row = index.data(ROW)
        left = rect.left() + INSET_PX + PICTURE_PX + 6 + row.depth * STEP_PX
        editor.setGeometry(left, rect.top() + 6, max(80, rect.right() - left), ROW_PX - 12)


class RunHeader(QHeaderView):
    """The first title stands over the names, behind the small pictures."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        """One title."""
        inset = PICTURE_PX + GAP_PX if section == Column.NAME else 0
        super().paintSection(painter, rect.adjusted(inset, 0, 0, 0), section)


class RunTable(QTableView):
    """Rows are chosen, several with Ctrl and Shift. Knows nothing of what is done with them."""

    chosen = Signal()  #: other rows are selected
    open_wished = Signal()  #: Enter, or a double click
    trash_wished = Signal()
    menu_wished = Signal(object)  #: a place of the screen
    thumbnail_wished = Signal(object)  #: the ListedFacts of a run whose picture is to be read

    def __init__(self, model: RunModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.runs = model
        self.under_pointer = -1
        self._pictures: dict[Path, QPixmap] = {}
        self._asked: set[Path] = set()
        self._order: list[Path] = []
        self.setObjectName("run_table")
        set_name(self, self.tr("Runs"), self.tr("Enter opens a run, F2 renames it, Del puts it into the trash"))
        self.setModel(model)
        self._delegate = RunDelegate(self)
        self.setItemDelegate(self._delegate)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setMouseTracking(True)
        self.setTabKeyNavigation(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._menu)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(ROW_PX)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header = RunHeader(self)
        self.setHorizontalHeader(header)
        header.setSectionsClickable(True)
        header.setHighlightSections(False)
        header.setSortIndicatorShown(True)
        header.setSortIndicatorClearable(True)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        header.setMinimumSectionSize(40)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setSortingEnabled(True)
        self.doubleClicked.connect(self._open)
        self.selectionModel().selectionChanged.connect(self._selected)
        model.modelReset.connect(self._keep_selection)
        theme().changed.connect(self.viewport().update)

    # --- what is selected ----------------------------------------------------------------------------------

    @property
    def order(self) -> list[Path]:
        """The folders of the selected runs, in the order in which they were selected."""
        return list(self._order)

    def select(self, folders: list[Path]) -> None:
        """Select these, as far as they are shown."""
        self._order = [folder for folder in folders if self.runs.place(folder) is not None]
        self._keep_selection()
        self.chosen.emit()

    @Slot()
    def _selected(self) -> None:
        rows = {index.row() for index in self.selectionModel().selectedRows()}
        now = dict.fromkeys(self.runs.facts(row).folder for row in sorted(rows))
        kept = [folder for folder in self._order if folder in now]
        self._order = list(dict.fromkeys((*kept, *now)))
        self.chosen.emit()

    def _ranges(self, places: list[int]) -> QItemSelection:
        """Rows, ascending: a thousand one by one would take the time of a picture."""
        found, model = QItemSelection(), self.runs
        first = 0
        for number, place in enumerate(places):
            if number + 1 == len(places) or places[number + 1] > place + 1:
                found.select(model.index(places[first], 0), model.index(place, len(Column) - 1))
                first = number + 1
        return found

    @Slot()
    def _keep_selection(self) -> None:
        """Rows have come, gone or moved: what was selected stays so."""
        model, selection = self.runs, self.selectionModel()
        before = list(self._order)
        flags = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
        selection.blockSignals(True)
        try:
            selection.clearSelection()
            places = [place for folder in self._order if (place := model.place(folder)) is not None]
            selection.select(self._ranges(sorted(places)), flags)
            if places:
                selection.setCurrentIndex(model.index(places[-1], 0), QItemSelectionModel.SelectionFlag.NoUpdate)
        finally:
            selection.blockSignals(False)
        self._order = [folder for folder in self._order if model.place(folder) is not None]
        self.viewport().update()
        if before != self._order:
            self.chosen.emit()

    # --- pictures ------------------------------------------------------------------------------------------

    def thumbnail(self, facts: ListedFacts) -> QPixmap | None:
        """The picture of a run; asked for where it is not there."""
        grid = facts.grid
        if grid is None:
            return None
        found = self._pictures.get(grid)
        if found is None and grid not in self._asked:
            self._asked.add(grid)
            self.thumbnail_wished.emit(facts)
        return found

    def put_thumbnail(self, grid: Path, picture: QPixmap) -> None:
        """A picture was read."""
        self._pictures[grid] = picture
        self.runs.thumbnail_came()

    # --- events --------------------------------------------------------------------------------------------

    def last_column(self) -> int:
        """The rightmost that is shown."""
        return Column.SIZE if self.isColumnHidden(Column.NOTES) else Column.NOTES

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The name takes what the others leave."""
        super().resizeEvent(event)
        width = self.viewport().width()
        with_notes = width >= WITH_NOTES_PX
        self.setColumnHidden(Column.NOTES, not with_notes)
        fixed = 0
        # What is looked at least is left out first where there is no room.
        shown = dict(WIDTHS_PX)
        for column in (Column.TIME, Column.SIZE, Column.STEPS):
            if sum(shown.values()) + LEAST_NAME_PX > width:
                del shown[column]
        for column, pixels in WIDTHS_PX.items():
            self.setColumnHidden(column, column not in shown)
            self.setColumnWidth(column, pixels)
            fixed += pixels if column in shown else 0
        left = max(LEAST_NAME_PX, width - fixed)
        notes = (left - LEAST_NAME_PX) // 2 if with_notes else 0
        self.setColumnWidth(Column.NOTES, notes)
        self.setColumnWidth(Column.NAME, left - notes)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens, Del puts away; all else moves and selects."""
        if self.state() is QAbstractItemView.State.EditingState:
            super().keyPressEvent(event)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.open_wished.emit()
        elif event.key() == Qt.Key.Key_Delete:
            if not event.isAutoRepeat():
                self.trash_wished.emit()
        elif event.key() == Qt.Key.Key_F2 and self.currentIndex().isValid():
            self.edit_name()
        else:
            super().keyPressEvent(event)

    def edit_name(self) -> None:
        """Type another name for the row that has the focus."""
        self.edit(self.runs.index(self.currentIndex().row(), Column.NAME))

    def viewportEvent(self, event: QEvent) -> bool:
        """The row under the pointer."""
        if event.type() in (QEvent.Type.HoverMove, QEvent.Type.MouseMove, QEvent.Type.HoverEnter):
            place = event.position().toPoint()  # type: ignore[attr-defined]  # both have it
            row = self.indexAt(place).row()
        elif event.type() in (QEvent.Type.Leave, QEvent.Type.HoverLeave):
            row = -1
        else:
            return super().viewportEvent(event)
        if row != self.under_pointer:
            self.under_pointer = row
            self.viewport().update()
        return super().viewportEvent(event)

    @Slot(QModelIndex)
    def _open(self, _index: QModelIndex) -> None:
        self.open_wished.emit()

    @Slot(object)
    def _menu(self, place: object) -> None:
        self.menu_wished.emit(self.viewport().mapToGlobal(place))  # type: ignore[call-overload]


def compared(order: list[Path]) -> dict[Path, str]:
    """Folder → letter of those that are compared: from two on, six at most."""
    letters = "ABCDEF"[:MOST_COMPARED]
    return dict(zip(order, letters, strict=False)) if len(order) > 1 else {}
