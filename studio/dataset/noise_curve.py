"""A small plot over t: how much of the picture's power is left, and how much noise there is; a click goes there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap, QPolygonF, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from .. import numbers
from ..theme import CAPTION_PX, sized_font, theme
from ..widgets.symbols import paint_text, text_size

if TYPE_CHECKING:
    from collections.abc import Callable

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
        self._t = 0
        self._hovered: int | None = None
        self._inset_px = 0.0
        self._drawn: QPixmap | None = None
        self.setMinimumHeight(WORDS_PX + PLOT_PX + 2)
        self.setMaximumHeight(WORDS_PX + HIGHEST_PLOT_PX + 2)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        theme().changed.connect(self._redraw)

    def show_table(self, table: ForwardTable | None) -> None:
        """Draw this schedule; None: there is none yet."""
        if table is not self._table:
            self._table, self._hovered = table, None
            self._redraw()

    def show_t(self, t: int) -> None:
        """Move the cursor."""
        self._t = t
        self.update()

    def set_inset(self, inset_px: float) -> None:
        """How far from the edges t = 0 and t = T − 1 lie."""
        if inset_px != self._inset_px:
            self._inset_px = inset_px
            self._redraw()

    @property
    def hovered(self) -> int | None:
        """The t under the pointer."""
        return self._hovered

    def x_of(self, t: int) -> float:
        """Where a t lies, in pixels from the left edge."""
        last = 1 if self._table is None else max(1, self._table.timesteps - 1)
        return self._inset_px + (self.width() - 2 * self._inset_px) * t / last

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

    # --- the pointer -----------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go to the t under the pointer."""
        if event.button() == Qt.MouseButton.LeftButton and self._table is not None:
            self.t_wished.emit(self._t_at(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell the figures of the t under the pointer; held down, go along."""
        if self._table is None:
            return
        self._hovered = self._t_at(event.position().x())
        if event.buttons() & Qt.MouseButton.LeftButton:
            self.t_wished.emit(self._hovered)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """Back to what the lines are."""
        self._hovered = None
        self.update()
        super().leaveEvent(event)

    def _t_at(self, x: float) -> int:
        assert self._table is not None
        last = self._table.timesteps - 1
        span = max(1.0, self.width() - 2 * self._inset_px)
        return min(last, max(0, round((x - self._inset_px) / span * last)))

    # --- painting --------------------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        """As wide as there is room."""
        return QSize(320, WORDS_PX + PLOT_PX + 2)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Draw the lines anew."""
        super().resizeEvent(event)
        self._redraw()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The lines, which are kept as a picture, the cursor, the words."""
        painter = QPainter(self)
        colours, place = theme(), self._place()
        ratio = self.devicePixelRatioF()
        if self._drawn is None or self._drawn.devicePixelRatio() != ratio:
            self._drawn = self._lines(ratio)
        painter.drawPixmap(QPointF(0, 0), self._drawn)
        if self._table is None:
            return
        if self._hovered is not None:
            painter.setPen(QPen(colours.color("muted"), 1))
            x = round(self.x_of(self._hovered))
            painter.drawLine(QPointF(x, place.top()), QPointF(x, place.bottom()))
        painter.setPen(QPen(colours.color("cursor"), 2))
        x = round(self.x_of(self._t))
        painter.drawLine(QPointF(x, place.top()), QPointF(x, place.bottom()))
        left, font = place.left(), sized_font(CAPTION_PX)
        for colour, text in self.words():
            if colour:
                painter.setPen(QPen(colours.color(colour), 2))
                painter.drawLine(QPointF(left, WORDS_PX / 2), QPointF(left + SWATCH_PX, WORDS_PX / 2))
                left += SWATCH_PX + 4
            width = text_size(text, font).width()
            paint_text(painter, QRectF(left, 0, width, WORDS_PX), text, font, colours.color("muted"))
            left += width + GAP_PX
        painter.end()

    def _place(self) -> QRectF:
        width, height = self.width() - 2 * self._inset_px, self.height() - WORDS_PX - 2
        return QRectF(self._inset_px, WORDS_PX, max(1.0, width), max(1.0, height))

    def _redraw(self) -> None:
        self._drawn = None
        self.update()

    def _lines(self, ratio: float) -> QPixmap:
        drawn = QPixmap(self.size() * ratio)
        drawn.setDevicePixelRatio(ratio)
        drawn.fill(Qt.GlobalColor.transparent)
        painter = QPainter(drawn)
        place, colours = self._place(), theme()
        painter.setPen(QPen(colours.color("line"), 1))
        for y in (place.top(), place.bottom()):
            painter.drawLine(QPointF(place.left(), round(y) + 0.5), QPointF(place.right(), round(y) + 0.5))
        painter.setPen(colours.color("muted"))
        painter.setFont(sized_font(CAPTION_PX))
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for words, y in (("1", place.top()), ("0", place.bottom() - 4)):
            painter.drawText(QRectF(0, y - 6, place.left() - 6, 14), right, words)
        if self._table is not None:
            table = self._table
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            for colour, value in (
                ("weight", lambda t: table.shares(t)[1]),
                ("loss", lambda t: float(table.alphas_cumprod[t])),
            ):
                painter.setPen(QPen(colours.color(colour), 1.5))
                painter.drawPolyline(self._line(place, table.timesteps, value))
        painter.end()
        return drawn

    def _line(self, place: QRectF, timesteps: int, value: Callable[[int], float]) -> QPolygonF:
        """One point for each column of pixels at most."""
        count = min(timesteps, max(2, int(place.width())))
        times = [round(i * (timesteps - 1) / max(1, count - 1)) for i in range(count)]
        return QPolygonF([QPointF(self.x_of(t), place.bottom() - value(t) * place.height()) for t in times])
