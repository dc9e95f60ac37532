"""The forward process of the chosen picture: a schedule with its curve, a slider over t, a strip of pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QPen, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from core.catalogue import SCHEDULES

from .. import numbers
from ..app.messages import row_text, row_tip
from ..app.theme import BODY_PX, CAPTION_PX, sized_font, theme
from ..row_options import RowOptions
from ..widgets.controls import ElidedCombo
from ..widgets.panel import caption
from ..widgets.plain import plain_tip, set_name, set_tip
from ..widgets.slider import Slider
from ..widgets.symbols import Symbol, paint_text, text_size
from .noise_strip import NoiseStrip

if TYPE_CHECKING:
    from ..widgets.chart import Chart
    from .forward_table import ForwardTable


# --- A list of noise schedules that shows each one while it is only pointed at, and takes the one that is chosen.

NARROWEST_PX, WIDEST_PX = 104, 148


class ScheduleChoice(ElidedCombo):
    """Shows what is set and asks for another; it keeps nothing of its own."""

    wished = Signal(str)  #: a schedule was chosen
    looked_at = Signal(str)  #: the list is open and one is pointed at; "" once the list is closed

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(NARROWEST_PX, WIDEST_PX, parent)
        for name, row in SCHEDULES.items():
            self.addItem(row_text(row.title), name)
            self.setItemData(self.count() - 1, plain_tip(row_tip(row)), Qt.ItemDataRole.ToolTipRole)
        set_name(
            self,
            self.tr("Noise schedule"),
            self.tr(
                "How the noise grows with t. Point at one in the list to look at it; the one you choose is trained "
                "with: it is Schedule in the training settings"
            ),
        )
        self.activated.connect(self._chosen)
        self.highlighted.connect(self._pointed_at)

    def show_schedule(self, name: str) -> None:
        """This one is set."""
        self.setCurrentIndex(self.findData(name))

    def showPopup(self) -> None:
        """The list opens upwards where there is room: below lies the curve that it previews."""
        super().showPopup()
        popup = self.view().window()
        # Looking is over when it is hidden, whichever way: Esc does not come by `hidePopup`.
        popup.installEventFilter(self)
        above = self.mapToGlobal(QPoint(0, 0)).y() - popup.height()
        if popup is not self.window() and above >= self.screen().availableGeometry().top():
            popup.move(popup.x(), above)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The list is hidden: what was only pointed at is left."""
        if event.type() == QEvent.Type.Hide and watched is self.view().window():
            self.looked_at.emit("")
        return super().eventFilter(watched, event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll the page; a schedule is too much to be chosen by that."""
        event.ignore()

    @Slot(int)
    def _chosen(self, place: int) -> None:
        self.wished.emit(self.itemData(place))

    @Slot(int)
    def _pointed_at(self, place: int) -> None:
        # The arrow keys move through a closed list too, and there they choose.
        if self.view().isVisible():
            self.looked_at.emit(self.itemData(place))


# --- A small plot over t: how much of the picture's power is left, and how much noise there is; a click goes there.

#: The line of words above, and the plot: at least, and where the room is high. Pixels.
WORDS_PX = 18
PLOT_PX = 44
HIGHEST_PLOT_PX = 180
SWATCH_PX = 12
GAP_PX = 12


class NoiseCurve(QWidget):
    """ᾱ_t and √(1−ᾱ_t) from 0 to 1; its x axis is that of a slider inset by as much."""

    t_wished = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._table: ForwardTable | None = None
        self._hovered: int | None = None
        self._inset_px = 0.0
        #: Made with the first schedule: pyqtgraph comes after the first paint, and this is there before.
        self.chart: Chart | None = None
        self.setMinimumHeight(WORDS_PX + PLOT_PX + 2)
        self.setMaximumHeight(WORDS_PX + HIGHEST_PLOT_PX + 2)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, WORDS_PX, 0, 0)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        theme().changed.connect(self.update)

    def show_table(self, table: ForwardTable | None) -> None:
        """Draw this schedule; None: there is none yet."""
        if table is self._table:
            return
        self._table, self._hovered = table, None
        if table is not None:
            chart = self._made_chart()
            t = range(table.timesteps)
            chart.set_x_range(0, max(1, table.timesteps - 1))
            chart.set_curve("noise", t, (1 - table.alphas_cumprod) ** 0.5)
            chart.set_curve("power", t, table.alphas_cumprod)
        if self.chart is not None:
            self.chart.setVisible(table is not None)
        self.update()

    def show_t(self, t: int) -> None:
        """Move the cursor."""
        if self.chart is not None:
            self.chart.set_cursor(t)

    def set_inset(self, inset_px: float) -> None:
        """How far from the edges t = 0 and t = T − 1 lie."""
        self._inset_px = inset_px
        if self.chart is not None:
            self.chart.set_sides(inset_px, inset_px)
        self.update()

    @property
    def hovered(self) -> int | None:
        """The t under the pointer."""
        return self._hovered

    def words(self) -> list[tuple[str, str]]:
        """The line above: (colour, text) each; the figures under the pointer, or what the lines are."""
        if self._table is None:
            return []
        t = self._hovered
        power, noise = "{alpha_bar_t}", self.tr("noise √(1−{alpha})").replace("{alpha}", "{alpha_bar_t}")
        if t is None:
            return [("loss", power), ("weight", noise)]
        share = numbers.figure(100 * self._table.shares(t)[1])
        return [
            ("", f"t = {numbers.count(t)}"),
            ("loss", f"{power} = {numbers.figure(float(self._table.alphas_cumprod[t]))}"),
            ("", self.tr("SNR = {value}").format(value=numbers.figure(self._table.signal_to_noise(t)))),
            ("weight", f"{noise} = {share}%"),
        ]

    def _made_chart(self) -> Chart:
        if self.chart is None:
            from ..widgets.chart import Chart

            self.chart = Chart(interactive=False, whole_x=True, x_numbers=False)
            self.chart.set_sides(self._inset_px, self._inset_px)
            self.chart.set_y_range(0.0, 1.0)
            self.chart.add_curve("noise", "weight", 2)
            self.chart.add_curve("power", "loss", 2)
            self.chart.picked.connect(self._picked)
            self.chart.hovered.connect(self._pointed)
            self._column.addWidget(self.chart)
        return self.chart

    def _nearest(self, x: float) -> int:
        assert self._table is not None
        return min(self._table.timesteps - 1, max(0, round(x)))

    @Slot(float)
    def _picked(self, x: float) -> None:
        if self._table is not None:
            self.t_wished.emit(self._nearest(x))

    @Slot(object)
    def _pointed(self, x: float | None) -> None:
        self._hovered = None if x is None or self._table is None else self._nearest(x)
        self.update()

    # --- painting --------------------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        """As wide as there is room."""
        return QSize(320, WORDS_PX + PLOT_PX + 2)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The words above the plot."""
        painter = QPainter(self)
        left, font = self._inset_px, sized_font(CAPTION_PX)
        for colour, text in self.words():
            if colour:
                painter.setPen(QPen(theme().color(colour), 2))
                painter.drawLine(QPointF(left, WORDS_PX / 2), QPointF(left + SWATCH_PX, WORDS_PX / 2))
                left += SWATCH_PX + 4
            width = text_size(text, font).width()
            paint_text(painter, QRectF(left, 0, width, WORDS_PX), text, font, theme().color("muted"))
            left += width + GAP_PX
        painter.end()


# --- forward view ----------------------------------------------------------------------------------------

#: Half a slider's thumb: its centre stops this far from the slider's ends.
THUMB_HALF_PX = 8
SLIDER_PX = 22


class ForwardView(QWidget):
    """Shows one t of one schedule and asks for others."""

    t_wished = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._table: ForwardTable | None = None
        self._t = 0
        self._used = ""  # the schedule that is set, which another may be looked at in place of
        self._problem_words = ""
        self._title, self._steps, self._value = QLabel(), caption(), QLabel()
        self._title.setFont(sized_font(BODY_PX, semibold=True))
        self._steps.setObjectName("forward_steps")
        self._value.setObjectName("forward_t_value")
        self.schedule = ScheduleChoice()
        self.schedule.setObjectName("forward_schedule")
        self.options = RowOptions()
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._title)
        head.addWidget(self.schedule)
        head.addWidget(self._steps)
        head.addStretch(1)
        head.addWidget(self._value)
        self.curve = NoiseCurve()
        self.curve.setObjectName("forward_curve")
        self.slider = Slider()
        self.slider.setObjectName("forward_t")
        self.slider.setFixedHeight(SLIDER_PX)
        self.slider.valueChanged.connect(self.t_wished)
        self._slider_row = QHBoxLayout()
        self._slider_row.addWidget(self.slider)
        self.strip = NoiseStrip()
        self.strip.setObjectName("forward_strip")
        for part in (self.curve, self.strip):
            part.t_wished.connect(self.slider.setValue)
        self._alpha, self._snr, self._formula = Symbol(), QLabel(), Symbol()
        self._formula.setObjectName("forward_formula")
        self._problem = QLabel()
        self._problem.setObjectName("forward_problem")
        self._problem.setProperty("tone", "error")
        self._problem.setWordWrap(True)
        figures = QHBoxLayout()
        figures.setSpacing(20)
        for label in (self._alpha, self._snr, self._formula):
            figures.addWidget(label)
        figures.addWidget(self._problem, 1)
        figures.addStretch()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(head)
        column.addWidget(self.options)
        column.addSpacing(2)
        column.addWidget(self.curve, 100)
        column.addLayout(self._slider_row)
        column.addWidget(self.strip)
        column.addSpacing(2)
        column.addLayout(figures)
        column.addStretch(1)  # what the curve cannot take stays below
        self._set_words()

    def show_used(self, schedule: str, options: Mapping[str, float]) -> None:
        """The schedule that is set, with what bends it, and trained with."""
        self._used = schedule
        self.schedule.show_schedule(schedule)
        self.options.show_options(SCHEDULES[schedule], options)
        self._show_numbers()

    def show_forward(self, table: ForwardTable | None, t: int = 0, problem: str = "") -> None:
        """Show this t of a schedule; None while it is not known yet, or with why there is none."""
        self._table, self._t, self._problem_words = table, t, problem
        self.curve.show_table(table)
        if table is not None:
            if table.schedule == self._used and self.options.curve is not None:
                self.options.curve.show_line(table.alphas_cumprod.tolist())
            self.slider.blockSignals(True)
            self.slider.setRange(0, table.timesteps - 1)
            self.slider.setPageStep(max(1, table.timesteps // 20))
            self.slider.setValue(t)
            self.slider.blockSignals(False)
            self.curve.show_t(t)
            self.strip.show_t(t)
        self._show_numbers()

    def show_strip(self, stops: Sequence[int], pictures: Sequence[QImage], timesteps: int) -> None:
        """Show these noised pictures at these t."""
        self.strip.show_pictures(stops, pictures, timesteps)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The slider's thumb travels from the centre of the first picture to that of the last, as the curve does."""
        super().resizeEvent(event)
        self.strip.resize(self.width(), self.strip.height())
        inset = max(0, round(self.strip.inset_px) - THUMB_HALF_PX)
        self._slider_row.setContentsMargins(inset, 0, inset, 0)
        self.curve.set_inset(self.strip.inset_px)

    def _set_words(self) -> None:
        self._title.setText(self.tr("Forward process"))
        set_tip(
            self._title,
            self.tr("How training makes a noisy picture: x_t = √ᾱ_t·x_0 + √(1−ᾱ_t)·ε (Ho et al. 2020, equation 4)"),
        )
        for thing in (self.slider, self._value):
            set_tip(thing, self.tr("The timestep: 0 is one step of noise, T − 1 is almost nothing but noise"))
        self.slider.setAccessibleName(self.tr("Timestep t"))
        self.curve.setAccessibleName(self.tr("Picture and noise over t"))
        set_tip(
            self.curve,
            self.tr(
                "What is left of the picture's power, ᾱ_t, and how strong the noise is, √(1−ᾱ_t), at every timestep. "
                "Click to go there"
            ),
        )
        self.strip.setAccessibleName(self.tr("The picture at evenly spaced timesteps"))
        set_tip(self.strip, self.tr("Click a picture to go to its timestep"))
        set_tip(
            self._alpha,
            self.tr("ᾱ_t, the product of 1 − β up to t: what is left of the picture's power (Ho et al. 2020)"),
        )
        set_tip(self._snr, self.tr("Signal-to-noise ratio ᾱ_t / (1 − ᾱ_t): at 1, picture and noise are equally strong"))
        set_tip(self._formula, self.tr("x_0 is the picture, ε the noise, x_t what the network is given"))
        set_tip(self._steps, self.tr("The number of steps of the noise schedule; it is a training setting"))
        self._show_numbers()

    def _show_numbers(self) -> None:
        table, t = self._table, self._t
        for part in (self.slider, self.curve, self.strip):
            part.setEnabled(table is not None)
        self._problem.setText(self._problem_words)
        self._problem.setVisible(bool(self._problem_words))
        for figure in (self._alpha, self._snr, self._formula):
            figure.setVisible(not self._problem_words)
        if table is None:
            self._value.clear()
            self._alpha.set_text("" if self._problem_words else self.tr("The noise schedule is being computed…"))
            self._formula.set_text("")
            self._snr.clear()
            self._steps.clear()
            return
        self._value.setText(f"t = {numbers.count(t)}")
        self._alpha.set_text(f"{{alpha_bar_t}} = {numbers.figure(float(table.alphas_cumprod[t]))}")
        self._snr.setText(self.tr("SNR = {value}").format(value=numbers.figure(table.signal_to_noise(t))))
        signal, noise = (numbers.figure(share) for share in table.shares(t))
        self._formula.set_text(f"{{x_t}} = {signal} {{x_0}} + {noise} ε")
        words = self.tr("T = {steps}") if table.schedule == self._used else self.tr("T = {steps}, only looked at")
        self._steps.setText(words.format(steps=numbers.count(table.timesteps)))
