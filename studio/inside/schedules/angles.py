"""The angle of every schedule: a quarter circle each, with a dot every few t: where they are close, little changes."""

from __future__ import annotations

import math
from collections.abc import Mapping

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from ... import numbers
from ...app.theme import CAPTION_PX, sized_font, theme
from ...dataset.forward_table import ForwardTable
from ...widgets.panel import Panel
from ...widgets.symbols import paint_text
from .plots import figure
from .series import SeriesValues, schedule_look

#: Dots on each circle, about: every 40 t of 1,000.
DOTS = 25
#: What an angle takes with its swatch, 63.9°.
DEGREES_PX = 60
DOT_PX, CURSOR_PX = 2.5, 5.0
#: The innermost circle as a part of the outermost.
INNERMOST = 0.5
LEFT_PX, BOTTOM_PX, AIR_PX = 20, 22, 12


def dot_every(timesteps: int) -> int:
    """How many t lie between two dots."""
    return max(1, round(timesteps / DOTS))


def angle(table: ForwardTable, t: int) -> float:
    """φ_t in radians: cos φ = √ᾱ_t, sin φ = √(1−ᾱ_t)."""
    signal, noise = table.shares(t)
    return math.atan2(noise, signal)


class AnglesPanel(Panel):
    """The circles, with the angle at the cursor in degrees below."""

    t_wished = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.set_title(self.tr("Angle {symbol}").replace("{symbol}", "{phi}"))
        self.set_tip(
            self.tr(
                "φ: x_t = cos φ · x_0 + sin φ · ε with cos φ = √ᾱ_t and sin φ = √(1−ᾱ_t). Where dots are far apart, "
                "a step changes much (Salimans & Ho 2022, arXiv 2202.00512, appendix D)."
            )
        )
        self.every = QLabel()
        self.every.setTextFormat(Qt.TextFormat.PlainText)
        self.every.setProperty("caption", True)
        self.head.addWidget(self.every)
        self.circles = Circles()
        self.circles.t_wished.connect(self.t_wished)
        self.values = SeriesValues(DEGREES_PX)
        self.body.addWidget(self.circles, 1)
        self.body.addWidget(self.values)
        self.setMinimumWidth(216)

    def show_tables(self, tables: Mapping[str, ForwardTable]) -> None:
        """These schedules, the first of them outermost."""
        self.circles.tables = tables
        if tables:
            every = dot_every(next(iter(tables.values())).timesteps)
            self.every.setText(self.tr("a dot every {count} t").format(count=numbers.count(every)))
        self.show_t(self.circles.t)

    def show_t(self, t: int) -> None:
        """Move the cursor."""
        self.circles.t = t
        there = {name: table for name, table in self.circles.tables.items() if t < table.timesteps}
        degrees = {name: f"{figure(math.degrees(angle(table, t)))}°" for name, table in there.items()}
        self.values.show_values([(schedule_look(name), text) for name, text in degrees.items()])
        self.circles.setAccessibleDescription(", ".join(degrees.values()))
        self.circles.update()


class Circles(QWidget):
    """x_0 at the right, ε on top; a circle for each schedule. A press goes to the nearest dot."""

    t_wished = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tables: Mapping[str, ForwardTable] = {}
        self.t = 0
        self.setAccessibleName(self.tr("The angle between picture and noise"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        theme().changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """Square."""
        return QSize(220, 220)

    def minimumSizeHint(self) -> QSize:
        """As small as its circles can be told apart."""
        return QSize(160, 112)

    def radius(self, place: int) -> float:
        """Of the circle of the schedule at this place, pixels."""
        largest = max(8.0, min(self.width() - LEFT_PX - AIR_PX - 10, self.height() - BOTTOM_PX - AIR_PX))
        return largest * (1 - (1 - INNERMOST) * place / max(2, len(self.tables) - 1))

    def centre(self) -> QPointF:
        """Where all circles have theirs."""
        spare = self.width() - LEFT_PX - AIR_PX - 10 - self.radius(0)
        return QPointF(LEFT_PX + spare / 2, (self.height() - BOTTOM_PX - AIR_PX + self.radius(0)) / 2 + AIR_PX)

    def at(self, place: int, phi: float) -> QPointF:
        """A point of a circle."""
        return self.centre() + QPointF(math.cos(phi), -math.sin(phi)) * self.radius(place)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go to the t of the dot that is nearest, on whichever circle."""
        self._press(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """And on to others while the button is held."""
        self._press(event)

    def _press(self, event: QMouseEvent) -> None:
        if not event.buttons() & Qt.MouseButton.LeftButton:
            return
        near = [
            ((self.at(place, angle(table, t)) - event.position()).manhattanLength(), t)
            for place, table in enumerate(self.tables.values())
            for t in self._dots(table)
        ]
        if near:
            self.t_wished.emit(float(min(near)[1]))

    @staticmethod
    def _dots(table: ForwardTable) -> list[int]:
        return [*range(0, table.timesteps, dot_every(table.timesteps)), table.timesteps - 1]

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Axes, circles, dots, and the cursor's on each."""
        painter, colours = QPainter(self), theme()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        centre, largest = self.centre(), self.radius(0)
        painter.setPen(QPen(colours.color("edge"), 1))
        painter.drawLine(centre, centre + QPointF(largest + 10, 0))
        painter.drawLine(centre, centre - QPointF(0, largest + 10))
        font = sized_font(CAPTION_PX)
        beside, below = QRectF(centre.x() - 22, centre.y() - largest - 9, 16, 18), QRectF(0, 0, 40, 18)
        below.moveCenter(centre + QPointF(largest, 13))
        paint_text(painter, beside, "ε", font, colours.color("muted"), "right")
        paint_text(painter, below, "{x_0}", font, colours.color("muted"), "centre")
        for place, (name, table) in enumerate(self.tables.items()):
            colour, radius = colours.color(schedule_look(name).colour), self.radius(place)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(colours.color("line"), 1))
            painter.drawArc(QRectF(centre.x() - radius, centre.y() - radius, 2 * radius, 2 * radius), 0, 90 * 16)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour)
            for t in self._dots(table):
                painter.drawEllipse(self.at(place, angle(table, t)), DOT_PX, DOT_PX)
            if self.t < table.timesteps:
                painter.setPen(QPen(colours.color("cursor"), 2))
                painter.drawEllipse(self.at(place, angle(table, self.t)), CURSOR_PX, CURSOR_PX)
        painter.end()
