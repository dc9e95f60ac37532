"""The classes that the folder's pictures fall into, each with how many it has, and whether training uses them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFontMetrics, QPainter, QResizeEvent, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QLabel,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from .. import numbers
from ..theme import BODY_PX, CAPTION_PX, sized_font, theme
from ..widgets.panel import caption
from ..widgets.plain import set_tip, set_words

LINE_PX = 20
#: More classes than fit into so many lines scroll.
MOST_LINES = 4
#: The widest a class becomes where not all fit into one line, the room after it, and the one between name and number.
CELL_PX = 144
GAP_PX = 20
BETWEEN_PX = 6


class ClassList(QWidget):
    """Shown only where there are two classes or more."""

    wished = Signal(object)  #: a dict: the flat names of settings and their new values
    class_wished = Signal(str)  #: show the pictures of this class

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._classes: tuple[tuple[str, int], ...] = ()
        self._title, self._count, self._used = QLabel(self.tr("Classes")), caption(), QCheckBox()
        set_tip(self._title, self.tr("Each sub-folder of the folder is a class, with everything below it"))
        set_words(
            self._used,
            self.tr("Train with classes"),
            self.tr("Tells the network each picture's class, so that you can ask for one (Ho & Salimans 2022)"),
        )
        self._title.setFont(sized_font(BODY_PX, semibold=True))
        self._count.setObjectName("class_count")
        self._used.setObjectName("classes_used")
        self._used.clicked.connect(self._used_clicked)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._title)
        head.addWidget(self._count)
        head.addStretch(1)
        head.addWidget(self._used)
        self.list = _Lines()
        self.list.setObjectName("classes")
        self.list.setAccessibleName(self.tr("Classes"))
        self.list.clicked.connect(self._line_chosen)
        self.list.activated.connect(self._line_chosen)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 16, 0, 0)  # the gap above is there only where the list is
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self.list)
        self.hide()

    def show_classes(self, classes: Sequence[tuple[str, int]]) -> None:
        """Show these, (name, number of pictures) each."""
        self._classes = tuple(classes)
        self.setVisible(len(classes) > 1)
        self._count.setText(numbers.count(len(classes)))
        tip = self.tr("{name}: {n} pictures. Click to show only these.")
        self.list.show_lines(
            [(name, numbers.count(n), tip.format(name=name, n=numbers.count(n))) for name, n in classes]
        )

    def show_used(self, used: bool) -> None:
        """Whether the network is told them."""
        self._used.setChecked(used)

    @Slot(QModelIndex)
    def _line_chosen(self, index: QModelIndex) -> None:
        self.class_wished.emit(self._classes[index.row()][0])

    def _used_clicked(self, used: bool) -> None:
        self.wished.emit({"labels": "folders" if used else "off"})


class _Lines(QListView):
    """Names with numbers, in as many columns as fit."""

    def __init__(self) -> None:
        super().__init__()
        self._model = QStandardItemModel(self)
        self.setModel(self._model)
        self._widest_px = 0
        self._line = _Line(self)
        self.setItemDelegate(self._line)
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(True)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setSelectionMode(QListView.SelectionMode.NoSelection)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalScrollBar().setSingleStep(LINE_PX)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setFrameShape(QListView.Shape.NoFrame)
        theme().changed.connect(self.viewport().update)

    def show_lines(self, lines: Sequence[tuple[str, str, str]]) -> None:
        """Each a name, a number and a tooltip."""
        self._model.clear()
        metrics = QFontMetrics(sized_font(CAPTION_PX))
        self._widest_px = 0
        for name, number, tip in lines:
            item = QStandardItem(name)
            item.setData(number, Qt.ItemDataRole.UserRole)
            set_tip(item, tip)
            item.setData(tip, Qt.ItemDataRole.AccessibleTextRole)
            self._model.appendRow(item)
            self._widest_px = max(self._widest_px, metrics.horizontalAdvance(name + number) + BETWEEN_PX)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width has another number of columns."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """As many equal columns as the widest class allows, and no more lines than are needed."""
        # A few classes in one line are not shortened where there is room.
        whole = (self._widest_px + GAP_PX) * self._model.rowCount() <= self.width()
        wished_px = (self._widest_px if whole else min(CELL_PX, self._widest_px)) + GAP_PX
        columns = max(1, self.width() // wished_px)
        lines = -(-self._model.rowCount() // columns)
        self._line.size = QSize(wished_px, LINE_PX)
        self.setGridSize(self._line.size)
        self.setFixedHeight(LINE_PX * max(1, min(lines, MOST_LINES)))


class _Line(QStyledItemDelegate):
    """A name, shortened where it must be, and its number behind it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.size = QSize(CELL_PX, LINE_PX)

    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        """The same for all."""
        return self.size

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Name in text colour, number muted."""
        place: QRect = option.rect.adjusted(0, 0, -GAP_PX, 0)
        number = str(index.data(Qt.ItemDataRole.UserRole))
        painter.save()
        painter.setFont(sized_font(CAPTION_PX))
        metrics = painter.fontMetrics()
        room = place.width() - metrics.horizontalAdvance(number) - BETWEEN_PX
        name = metrics.elidedText(str(index.data()), Qt.TextElideMode.ElideRight, room)
        painter.setPen(theme().color("text"))
        if option.state & (QStyle.StateFlag.State_HasFocus | QStyle.StateFlag.State_MouseOver):
            font = painter.font()
            font.setUnderline(True)
            painter.setFont(font)
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, name)
        painter.setFont(sized_font(CAPTION_PX))
        painter.setPen(theme().color("muted"))
        place.setLeft(place.left() + metrics.horizontalAdvance(name) + BETWEEN_PX)
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, number)
        painter.restore()
