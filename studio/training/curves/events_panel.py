"""What has happened in a run besides its steps, as a list: choosing an entry leads the plots there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QSize, Qt, Signal, Slot
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QStackedWidget, QTableView, QVBoxLayout, QWidget

from ... import numbers
from ...app.theme import CAPTION_PX, sized_font, theme
from ...widgets.chart import Look
from ...widgets.newest_last import NewestLast
from ...widgets.panel import caption
from ...widgets.plain import plain_tip
from .kinds import KINDS, Happened, title_of

if TYPE_CHECKING:
    from ..live_run import LiveRun

ROW_PX = 22
SWATCH_PX = 16

_Index = QModelIndex | QPersistentModelIndex


class EventsModel(QAbstractTableModel):
    """Step, kind and words of each thing that has happened, oldest first."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.rows: list[Happened] = []
        self._swatches: dict[str, QIcon] = {}
        theme().changed.connect(self._recolour)

    def show(self, rows: list[Happened]) -> None:
        """Show these; where they only go on from what is shown, what is selected stays."""
        known = len(self.rows)
        if rows[:known] == self.rows:
            if len(rows) > known:
                self.beginInsertRows(QModelIndex(), known, len(rows) - 1)
                self.rows = list(rows)
                self.endInsertRows()
            return
        self.beginResetModel()
        self.rows = list(rows)
        self.endResetModel()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 (Qt's own signature)
        """One for each."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        """Step, kind, words."""
        return 0 if parent.isValid() else 3

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """What is seen, read out and told under the pointer."""
        one, column = self.rows[index.row()], index.column()
        step, title = numbers.count(one.step), title_of(one.kind)
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return (step, title, one.text)[column]
            case Qt.ItemDataRole.TextAlignmentRole if column == 0:
                return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            case Qt.ItemDataRole.DecorationRole if column == 1:
                return self._swatch(one.kind)
            case Qt.ItemDataRole.ToolTipRole:
                return plain_tip(one.text or title)
            case Qt.ItemDataRole.AccessibleTextRole:
                return " ".join((step, title, one.text))
            case Qt.ItemDataRole.ForegroundRole if column != 1:
                return theme().color("muted")
            case Qt.ItemDataRole.FontRole:
                return sized_font(CAPTION_PX)
        return None

    def _swatch(self, name: str) -> QIcon:
        """The upright line that marks this kind in the plots; nothing for one that has no mark."""
        if name not in self._swatches:
            pixmap = QPixmap(SWATCH_PX, SWATCH_PX)
            pixmap.fill(Qt.GlobalColor.transparent)
            kind = KINDS.get(name)
            if kind is not None and kind.colour:
                painter = QPainter(pixmap)
                painter.setPen(Look(kind.colour, 2, 255, dashed=True, dash=tuple(0.5 * d for d in kind.dash)).pen(1.0))
                painter.drawLine(SWATCH_PX // 2, 0, SWATCH_PX // 2, SWATCH_PX)
                painter.end()
            self._swatches[name] = QIcon(pixmap)
        return self._swatches[name]

    @Slot()
    def _recolour(self) -> None:
        self._swatches.clear()
        if self.rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.rows) - 1, 2))


class EventsList(QWidget):
    """The list, with the newest at its end; a click or Enter leads to the step."""

    jump_wished = Signal(int)  #: the step

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: tuple[LiveRun | None, int] = (None, -1)
        self.model = EventsModel(self)
        self.table = QTableView()
        self.table.setObjectName("events")
        self.table.setAccessibleName(self.tr("Events of the run"))
        self.table.setAccessibleDescription(self.tr("A click or Enter leads the plots there"))
        self.table.setModel(self.model)
        self.table.setFrameShape(QTableView.Shape.NoFrame)
        self.table.setShowGrid(False)
        self.table.setWordWrap(False)
        self.table.setIconSize(QSize(SWATCH_PX, SWATCH_PX))
        self.table.setTabKeyNavigation(False)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._newest = NewestLast(self.table)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.table.verticalHeader().setMinimumSectionSize(ROW_PX)
        self.table.verticalHeader().setDefaultSectionSize(ROW_PX)
        self.table.horizontalHeader().hide()
        self.table.horizontalHeader().setStretchLastSection(True)
        self.table.clicked.connect(self._chosen)
        self.table.activated.connect(self._chosen)
        self.empty = caption(
            self.tr(
                "Here what happens will appear: checkpoints, going on after a stop, edits, steps that were taken back."
            )
        )
        self.empty.setWordWrap(True)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.empty)
        self._pages.addWidget(self.table)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._pages)

    def show_run(self, live: LiveRun | None) -> None:
        """What has happened in this run until now; None: in none. Cheap where nothing has happened since."""
        now = (live, -1 if live is None else live.happened_count)
        if now == self._shown:
            return
        if live is not self._shown[0]:
            self._newest.go_to_end()
        self._shown = now
        self.model.show([] if live is None else live.happened)
        self._pages.setCurrentIndex(1 if self.model.rows else 0)
        metrics = self.table.fontMetrics()
        last = numbers.count(max((one.step for one in self.model.rows), default=0))
        self.table.setColumnWidth(0, max(40, metrics.horizontalAdvance(last) + 24))
        titles = {title_of(one.kind) for one in self.model.rows}
        widest = max((metrics.horizontalAdvance(title) for title in titles), default=0)
        self.table.setColumnWidth(1, SWATCH_PX + widest + 16)

    @Slot(QModelIndex)
    def _chosen(self, index: QModelIndex) -> None:
        self.jump_wished.emit(self.model.rows[index.row()].step)
