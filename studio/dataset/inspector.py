"""The chosen picture: what it is, what the network sees of it, the settings for that, and what noise does to it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QFontMetrics,
    QImage,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QStandardItem,
    QStandardItemModel,
)
from PySide6.QtWidgets import (
    QCheckBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QListView,
    QPushButton,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from .. import numbers
from ..app.messages import reason_text
from ..app.theme import BODY_PX, CAPTION_PX, sized_font, theme
from ..widgets.elided import ElidedLabel
from ..widgets.panel import caption
from ..widgets.pixels import draw_picture, filling
from ..widgets.plain import set_name, set_tip, set_words
from ..widgets.symbols import Symbol
from .condition_settings import ConditionSettings
from .forward_view import ForwardView
from .picture_settings import PictureSettings
from .shown import PictureSettingsShown, PreviewShown

if TYPE_CHECKING:
    from .forward_table import ForwardTable


# --- The classes that the folder's pictures fall into, each with how many it has, and whether training uses them.

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


# --- A square that shows one picture as large as it can, pixel by pixel ----------------------------------

LARGEST_PX = 320
SMALLEST_PX, SMALLEST_OF_FOUR_PX = 96, 76
#: The squares of the chequers behind transparent pixels.
CHEQUER_PX = 8


class PictureWell(QWidget):
    """Square, as wide as it is given room; empty while there is no picture."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._picture = QImage()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(SMALLEST_PX)
        self.setMaximumWidth(LARGEST_PX)
        theme().changed.connect(self.update)

    @property
    def picture(self) -> QImage:
        """What is shown; null when nothing is."""
        return self._picture

    def show_picture(self, picture: QImage | None) -> None:
        """Show a picture, or nothing."""
        self._picture = picture if picture is not None else QImage()
        self.update()

    def sizeHint(self) -> QSize:
        """Three of them and two arrows fill the room's right side."""
        return QSize(160, 160)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Always square."""
        super().resizeEvent(event)
        self.setFixedHeight(self.width())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The picture in the middle; a frame where it would otherwise have no edge."""
        painter = QPainter(self)
        place = QRectF(self.rect())
        if not self._picture.isNull():
            size = (self._picture.width(), self._picture.height())
            # Three stand in a row: whole pixels would leave each another size (160, 144, 144 of 160 px).
            how = filling(size, (place.width(), place.height()), self.devicePixelRatioF())
            if self._picture.hasAlphaChannel():
                ratio = self.devicePixelRatioF()
                laid = QRectF(0, 0, how.width_px / ratio, how.height_px / ratio)
                laid.moveCenter(place.center())
                _draw_chequers(painter, laid.toAlignedRect())
            place = draw_picture(painter, place, self._picture, how)
        if theme().is_light or self._picture.isNull():
            painter.setPen(QPen(theme().color("line"), 1))
            painter.drawRect(place.adjusted(0.5, 0.5, -0.5, -0.5))
        painter.end()


def _draw_chequers(painter: QPainter, place: QRect) -> None:
    light, dark = theme().color("raised"), theme().color("line")
    painter.fillRect(place, light)
    for row, y in enumerate(range(place.top(), place.bottom() + 1, CHEQUER_PX)):
        for x in range(place.left() + CHEQUER_PX * (row % 2), place.right() + 1, 2 * CHEQUER_PX):
            painter.fillRect(QRect(x, y, CHEQUER_PX, CHEQUER_PX).intersected(place), dark)


# --- inspector -------------------------------------------------------------------------------------------

#: A class's name has this room at least beside a picture's own, or its part of the width, and more where there is some.
CLASS_PX, CLASS_PART = 120, 0.25
#: A picture's facts have this room at least; a longer reason for there being no picture is shortened.
FACTS_PX = 240
#: Between a tile and the arrow to the next.
TILE_GAP_PX = 6


class Inspector(QWidget):
    """The right side of the room."""

    settings_wished = Signal(object)  #: a dict: the flat names of settings and their new values
    t_wished = Signal(int)
    training_wished = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._preview: PreviewShown | None = None
        self._reason_code = ""
        self._t: int | None = None
        self._arrows: dict[PictureWell, QLabel] = {}  #: to each tile from the one before it
        self.original, self.seen, self.noised = PictureWell(), PictureWell(), PictureWell()
        self.beside = PictureWell()  #: between the last two, where the network sees something beside x_t
        for well, key, name, tip in (
            (self.original, "original", self.tr("Original"), self.tr("The picture as it lies in the folder")),
            (
                self.seen,
                "seen",
                self.tr("Network sees"),
                self.tr("The same picture after crop, scaling and colour"),
            ),
            (
                self.beside,
                "beside",
                self.tr("Condition"),
                self.tr("What the network sees beside the noisy picture, in training and in sampling"),
            ),
            (
                self.noised,
                "noised",
                self.tr("Noised"),
                self.tr("What the network is given at timestep t while it trains"),
            ),
        ):
            well.setObjectName(key)
            set_name(well, name, tip)
        self.settings = PictureSettings()
        self.settings.wished.connect(self.settings_wished)
        self.condition = ConditionSettings()
        self.condition.wished.connect(self.settings_wished)
        self.classes = ClassList()
        self.classes.wished.connect(self.settings_wished)
        self.forward = ForwardView()
        self.forward.t_wished.connect(self.t_wished)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._make_head())
        column.addSpacing(6)
        column.addLayout(self._make_tiles())
        column.addSpacing(12)
        column.addWidget(self.settings)
        column.addSpacing(8)
        column.addWidget(self.condition)
        column.addSpacing(16)
        column.addWidget(self.forward, 12)  # its curve takes what is over
        column.addWidget(self.classes)
        column.addStretch(1)
        self._fill()

    def _make_head(self) -> QHBoxLayout:
        self._name, self._facts = ElidedLabel(mode=Qt.TextElideMode.ElideMiddle), ElidedLabel(least_px=FACTS_PX)
        self._facts.setProperty("caption", True)
        self._name.setObjectName("picture_name")
        self._facts.setObjectName("picture_facts")
        self._name.setFont(sized_font(15, semibold=True))
        self._next = QPushButton()
        self._next.setObjectName("to_training")
        self._next.setProperty("link", True)
        set_words(self._next, self.tr("Training settings"), self.tr("Go on to the training of these pictures"))
        self._next.clicked.connect(self.training_wished)
        row = self._head = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self._name)
        row.addWidget(self._facts)
        row.addStretch(1)
        row.addWidget(self._next)
        return row

    def _make_tiles(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(TILE_GAP_PX)
        grid.setVerticalSpacing(4)
        self._original_caption, self._seen_caption, self._beside_caption = ElidedLabel(), ElidedLabel(), ElidedLabel()
        self._noised_caption = Symbol(size_px=CAPTION_PX, colour="muted")
        for label in (self._original_caption, self._seen_caption, self._beside_caption):
            label.setProperty("caption", True)
            # A long caption must not make its tile wider than the others.
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        tiles: tuple[tuple[QWidget, PictureWell], ...] = (
            (self._original_caption, self.original),
            (self._seen_caption, self.seen),
            (self._beside_caption, self.beside),
            (self._noised_caption, self.noised),
        )
        for i, (caption_of, well) in enumerate(tiles):
            grid.addWidget(caption_of, 0, 2 * i)
            grid.addWidget(well, 1, 2 * i)
            grid.setColumnStretch(2 * i, 1)
            if i:
                arrow = QLabel("→")
                arrow.setProperty("muted", True)
                self._arrows[well] = arrow
                grid.addWidget(arrow, 1, 2 * i - 1, Qt.AlignmentFlag.AlignCenter)
        self._tiles = grid
        self._show_beside(there=False)
        return grid

    def _show_beside(self, *, there: bool) -> None:
        """Whether there are four tiles."""
        for part in (self.beside, self._beside_caption, self._arrows[self.beside]):
            part.setVisible(there)
        self._arrows[self.noised].setText("+" if there else "→")  # the network is given both
        self._tiles.setColumnStretch(4, int(there))
        self._fit_tiles()

    def _fit_tiles(self) -> None:
        """A pixel that the tiles cannot share is given to none: a picture would be larger in one than in the next."""
        count = 4 if not self.beside.isHidden() else 3
        arrow_px = self._arrows[self.noised].sizeHint().width()
        room = self.contentsRect().width() - (count - 1) * (arrow_px + 2 * TILE_GAP_PX)
        least = SMALLEST_PX if count == 3 else SMALLEST_OF_FOUR_PX
        for well in (self.original, self.seen, self.beside, self.noised):
            well.setMinimumWidth(least)
            well.setMaximumWidth(max(least, min(LARGEST_PX, room // count)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The tiles share another width."""
        super().resizeEvent(event)
        self._fit_tiles()
        self._fill()

    # --- what is shown -------------------------------------------------------------------------------------

    def show_preview(self, preview: PreviewShown) -> None:
        """Another picture, or the same one under other settings."""
        self._preview, self._reason_code = preview, ""
        self._name.setText(preview.name)
        self.original.show_picture(preview.original)
        self.seen.show_picture(preview.seen)
        self.beside.show_picture(preview.beside)
        self._show_beside(there=preview.beside is not None or preview.in_no_pair)
        self._fill()

    def show_no_preview(self, name: str = "", reason_code: str = "") -> None:
        """Nothing is chosen, or the picture cannot be read any more: say why."""
        self._preview, self._reason_code = None, reason_code
        self._name.setText(name)
        for well in (self.original, self.seen, self.beside, self.noised):
            well.show_picture(None)
        self._fill()

    def show_settings(self, shown: PictureSettingsShown) -> None:
        """The settings as they are."""
        self.settings.show_settings(shown)
        self.classes.show_used(shown.labels)
        self.forward.options.lock(self.settings.locked_words())

    def show_forward(self, table: ForwardTable | None, t: int = 0, problem: str = "") -> None:
        """A timestep of a schedule; None while it is not known yet, or with why there is none."""
        self._t = None if table is None else t
        self.forward.show_forward(table, t, problem)
        self._fill()

    def show_noised(self, x_t: QImage | None) -> None:
        """The picture of that timestep."""
        self.noised.show_picture(x_t)

    # --- words ---------------------------------------------------------------------------------------------

    def _fill(self) -> None:
        original, seen, noised = self.tr("Original"), self.tr("Network sees"), "{x_t}"
        preview = self._preview
        if preview is not None:
            original = f"{original} {preview.original_facts}"
            seen = f"{seen} {preview.seen_facts}"
            if self._t is not None:
                noised = self.tr("{x_t} at t = {t}").replace("{t}", numbers.count(self._t))
        self._original_caption.setText(original)
        self._seen_caption.setText(seen)
        beside = "" if preview is None else preview.beside_facts
        alone = preview is not None and preview.in_no_pair
        self._beside_caption.setText(
            self.tr("Not used: alone") if alone else f"{self.tr('Condition')} {beside}".rstrip()
        )
        self._beside_caption.set_tip(
            self.tr("The second folder has no picture that belongs to this one, so training passes it over")
            if alone
            else ""
        )
        self._noised_caption.set_text(noised)
        if preview is None:
            self._facts.setText(reason_text(self._reason_code) if self._reason_code else "")
        else:
            facts = preview.file_facts
            if preview.class_name is not None:
                words = self.tr("class {name}")
                name = self._name_that_fits(preview.class_name, f"{words.format(name='')} · {facts}")
                facts = words.format(name=name) + f" · {facts}"
            self._facts.setText(facts)
            self._facts.set_tip(preview.class_name or "")

    def _name_that_fits(self, class_name: str, beside: str) -> str:
        """A class's name in the room that the picture's own name and the other words leave.

        In a narrow window both names are shortened, and this one keeps its part.
        """
        metrics, gap_px = self._facts.fontMetrics(), self._head.spacing()
        others_px = self._name.sizeHint().width() + self._next.sizeHint().width() + metrics.horizontalAdvance(beside)
        left_px = self.width() - others_px - 3 * gap_px
        return metrics.elidedText(
            class_name, Qt.TextElideMode.ElideRight, max(left_px, CLASS_PX, int(CLASS_PART * self.width()))
        )
