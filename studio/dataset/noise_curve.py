"""A small plot over t: how much of the picture's power is left, and how much noise there is; a click goes there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from .. import numbers
from ..theme import CAPTION_PX, sized_font, theme
from ..widgets.symbols import paint_text, text_size

if TYPE_CHECKING:
    from ..widgets.chart import Chart
    from .forward_table import ForwardTable

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
