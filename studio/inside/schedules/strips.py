"""One picture at eight t under two schedules, one above the other, with the same noise in both."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QImage, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from core.catalogue import SCHEDULES

from ... import numbers
from ...app.messages import row_text
from ...app.theme import CAPTION_PX, sized_font, theme
from ...dataset.forward_table import ForwardTable
from ...widgets.controls import ElidedCombo
from ...widgets.elided import ElidedLabel
from ...widgets.panel import Panel, caption
from ...widgets.pixels import draw_picture
from ...widgets.plain import set_name, set_tip
from ...widgets.slider import Slider
from ...widgets.symbols import paint_text
from .series import schedule_look

STOPS = 8
CAPTION_ROW_PX, NUMBERS_PX, GAP_PX, BETWEEN_PX, SWATCH_PX = 18, 18, 6, 4, 12
LEAST_PX = 36


def stops_with(timesteps: int, t: int) -> tuple[int, ...]:
    """Evenly spaced t, of which the one nearest to the cursor gives way to it; the first and the last stay near."""
    count = min(STOPS, timesteps)
    stops = [round(i * (timesteps - 1) / max(1, count - 1)) for i in range(count)]
    nearest = min(range(count), key=lambda i: abs(stops[i] - t))
    stops[nearest] = t
    return tuple(stops)


class Strips(QWidget):
    """A row of pictures for each schedule; ᾱ above each, t below them all."""

    t_wished = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.stops: tuple[int, ...] = ()
        self.tables: tuple[ForwardTable, ...] = ()
        self.rows: list[list[QImage]] = []
        self.t = 0
        self.setAccessibleName(self.tr("The picture at eight timesteps under two schedules"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        theme().changed.connect(self.update)

    def show_rows(
        self, tables: Sequence[ForwardTable], stops: Sequence[int], rows: Sequence[Sequence[QImage]], t: int
    ) -> None:
        """Pictures at these t, a row for each table; no pictures leave outlined places."""
        self.tables, self.stops, self.rows, self.t = tuple(tables), tuple(stops), [list(row) for row in rows], t
        self.update()

    def sizeHint(self) -> QSize:
        """As the mock-up has it."""
        return QSize(8 * 96, 2 * (96 + CAPTION_ROW_PX + BETWEEN_PX) + NUMBERS_PX)

    def minimumSizeHint(self) -> QSize:
        """Smaller pictures say nothing."""
        return QSize(8 * (LEAST_PX + GAP_PX), 2 * (LEAST_PX + CAPTION_ROW_PX + BETWEEN_PX) + NUMBERS_PX)

    @property
    def side_px(self) -> int:
        """The side of a picture."""
        high = (self.height() - NUMBERS_PX) // 2 - CAPTION_ROW_PX - BETWEEN_PX
        return max(LEAST_PX, min((self.width() + GAP_PX) // STOPS - GAP_PX, high))

    def place(self, row: int, column: int) -> QRectF:
        """Where a picture lies."""
        side, wide = self.side_px, (self.width() + GAP_PX) / STOPS
        top = row * (side + CAPTION_ROW_PX + BETWEEN_PX) + CAPTION_ROW_PX
        return QRectF(round(column * wide + (wide - GAP_PX - side) / 2), top, side, side)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go to the t of the picture that was pressed."""
        for row in range(len(self.tables)):
            for column, t in enumerate(self.stops):
                if event.button() == Qt.MouseButton.LeftButton and self.place(row, column).contains(event.position()):
                    self.t_wished.emit(float(t))
                    return

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Captions, pictures, the frame of the cursor's, numbers."""
        painter, colours, font = QPainter(self), theme(), sized_font(CAPTION_PX)
        for row, table in enumerate(self.tables):
            for column, t in enumerate(self.stops):
                cell = self.place(row, column)
                self._paint_caption(painter, row, column, table)
                place = cell
                if row < len(self.rows) and column < len(self.rows[row]):
                    place = draw_picture(painter, cell, self.rows[row][column])
                if colours.is_light or not self.rows:
                    painter.setPen(QPen(colours.color("line"), 1))
                    painter.drawRect(place.adjusted(-0.5, -0.5, 0.5, 0.5))
                if t == self.t and self.rows:
                    painter.setPen(QPen(colours.color("cursor"), 2))
                    painter.drawRect(place.adjusted(-1, -1, 1, 1))
        last = self.place(1, 0).bottom()
        for column, t in enumerate(self.stops):
            cell = self.place(1, column)
            below = QRectF(cell.center().x() - 48, last + 2, 96, NUMBERS_PX - 2)
            paint_text(painter, below, f"t = {numbers.count(t)}", font, colours.color(self._token(t)), "centre")
        painter.end()

    def _token(self, t: int) -> str:
        return "text" if t == self.t else "muted"

    def _paint_caption(self, painter: QPainter, row: int, column: int, table: ForwardTable) -> None:
        cell, font, t = self.place(row, column), sized_font(CAPTION_PX), self.stops[column]
        line = QRectF(cell.left(), cell.top() - CAPTION_ROW_PX, max(cell.width(), 64), CAPTION_ROW_PX - 2)
        if column:
            text = f"ᾱ {numbers.figure(float(table.alphas_cumprod[t]))}"
            line = QRectF(cell.right() - 96, line.top(), 96, line.height())
            paint_text(painter, line, text, font, theme().color(self._token(t)), "right")
            return
        look = schedule_look(table.schedule)
        painter.setPen(
            QPen(theme().color(look.colour), 2, Qt.PenStyle.DashLine if look.dashed else Qt.PenStyle.SolidLine)
        )
        middle = line.center().y()
        painter.drawLine(QPointF(line.left(), middle), QPointF(line.left() + SWATCH_PX, middle))
        line.setLeft(line.left() + SWATCH_PX + 5)
        line.setWidth(120)
        paint_text(painter, line, row_text(SCHEDULES[table.schedule].title), font, theme().color("text"))


class StripsPanel(Panel):
    """Both rows, the slider over t, and a chooser of the lower one's schedule."""

    t_wished = Signal(float)
    beside_wished = Signal(str)  #: the schedule of the lower row

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Your picture"), parent)
        self.name = ElidedLabel(mode=Qt.TextElideMode.ElideMiddle)
        self.name.setProperty("caption", True)
        self.name.setObjectName("strips_name")
        self.lead.addWidget(self.name, 1)
        same = caption(self.tr("the same noise in both rows, below:"))
        self.beside = ElidedCombo(104, 148)
        self.beside.setObjectName("strips_beside")
        for name, row in SCHEDULES.items():
            if row.installed:
                self.beside.addItem(row_text(row.title), name)
        set_name(self.beside, self.tr("Schedule of the lower row"), self.tr("What the chosen schedule is seen beside"))
        self.beside.activated.connect(self._beside_chosen)
        self.head.addWidget(same)
        self.head.addWidget(self.beside)
        self.strips = Strips()
        self.strips.t_wished.connect(self.t_wished)
        self.slider = Slider()
        self.slider.setObjectName("inside_t")
        self.slider.valueChanged.connect(self._slid)
        self.value = QLabel()
        self.value.setTextFormat(Qt.TextFormat.PlainText)
        self.value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        tip = self.tr("The timestep: 0 is one step of noise, T − 1 is almost nothing but noise")
        set_name(self.slider, self.tr("Timestep t"), tip)
        set_tip(self.value, tip)
        foot = QHBoxLayout()
        foot.setSpacing(12)
        foot.addWidget(self.slider, 1)
        foot.addWidget(self.value)
        self.body.addWidget(self.strips, 1)
        self.body.addLayout(foot)

    def show_name(self, name: str, tip: str) -> None:
        """Which picture this is."""
        self.name.setText(name)
        self.name.set_tip(tip)

    def show_beside(self, name: str) -> None:
        """The schedule of the lower row."""
        self.beside.setCurrentIndex(self.beside.findData(name))

    def show_t(self, t: int, timesteps: int) -> None:
        """Where the slider stands."""
        self.slider.blockSignals(True)
        self.slider.setRange(0, timesteps - 1)
        self.slider.setPageStep(max(1, timesteps // 20))
        self.slider.setValue(t)
        self.slider.blockSignals(False)
        widest = self.value.fontMetrics().horizontalAdvance(f"t = {numbers.count(timesteps - 1)}")
        self.value.setMinimumWidth(widest + 2)
        self.value.setText(f"t = {numbers.count(t)}")

    @Slot(int)
    def _slid(self, t: int) -> None:
        self.t_wished.emit(float(t))

    @Slot(int)
    def _beside_chosen(self, place: int) -> None:
        self.beside_wished.emit(self.beside.itemData(place))
