"""The circle between picture and noise: x_t = cos φ · x_0 + sin φ · ε, and where on it a denoising is."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from core.recording import Recording

from .. import numbers
from ..app.theme import CAPTION_PX, sized_font, theme
from ..widgets.panel import Panel
from ..widgets.symbols import paint_text, text_size
from .curves import WIDTH_PX

HEIGHT_PX = 244
LEAST_AXIS_PX = 132
#: Left of the axis: the arrow of v at pure noise, which points there.
LEFT_PX, ARROW_PX = 60, 52.0
#: Radians: a letter fits into the first, and between the radius and what is projected down to the second.
WIDE_ANGLE, NARROW_ANGLE = 0.55, 0.28


class AnglePanel(Panel):
    """The circle, with the angle in degrees in its head."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.set_title(self.tr("Angle {symbol}").replace("{symbol}", "{phi}"))
        self.setFixedWidth(WIDTH_PX)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        self.setMaximumHeight(HEIGHT_PX)
        self.degrees = QLabel()
        self.degrees.setTextFormat(Qt.TextFormat.PlainText)
        self.head.addWidget(self.degrees)
        self.circle = Circle()
        self.body.addWidget(self.circle, 1)
        self.set_tip(
            self.tr(
                "φ: x_t = cos φ · x_0 + sin φ · ε with cos φ = √ᾱ_t and sin φ = √(1−ᾱ_t). At 90° there is only noise, "
                "at 0° only picture; v points along the circle (Salimans & Ho 2022, arXiv 2202.00512, appendix D)."
            )
        )

    def show_recording(self, recording: Recording | None) -> None:
        """Another recording, or none."""
        self.circle.recording, self.circle.step = recording, None
        self.degrees.setText("")
        self.circle.update()

    def show_step(self, step: int) -> None:
        """The step under the cursor."""
        self.circle.step = step
        phi = self.circle.phi()
        degrees = "–" if phi is None else f"{numbers.figure(math.degrees(phi))}°"
        self.degrees.setText(degrees)
        self.circle.setAccessibleDescription(degrees)
        self.circle.update()


class Circle(QWidget):
    """A quarter of a circle: x_0 at the right, ε on top; what is behind is bright, what is ahead pale."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.recording: Recording | None = None
        self.step: int | None = None
        self.setAccessibleName(self.tr("The angle between picture and noise"))
        theme().changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """Square, and room for words."""
        return QSize(WIDTH_PX - 24, HEIGHT_PX - 56)

    def minimumSizeHint(self) -> QSize:
        """As small as its words allow."""
        return QSize(WIDTH_PX - 24, 120)

    def phi(self) -> float | None:
        """The angle of the step that is shown, radians."""
        if self.recording is None or self.step is None or self.step >= self.recording.arrived:
            return None
        signal, spread = self.recording.signal_and_spread(self.step)
        return math.atan2(spread, signal)

    def ticks(self) -> list[float]:
        """The angles of the steps that have arrived, as the sampler took them."""
        recording = self.recording
        if recording is None:
            return []
        angles = (recording.signal_and_spread(step) for step in range(recording.arrived))
        return [math.atan2(spread, signal) for signal, spread in angles]

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Axes, the way, the projections, the point and its tangent."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        radius = min(self.width() - LEFT_PX - 36, self.height() - 20 - 18)
        centre = QPointF(LEFT_PX, (self.height() + radius) / 2 - 2)
        centre.setY(min(centre.y(), self.height() - 20.0))

        def at(phi: float, r: float = radius) -> QPointF:
            return centre + QPointF(math.cos(phi) * r, -math.sin(phi) * r)

        line, muted = theme().color("edge"), theme().color("muted")
        painter.setPen(QPen(line, 1))
        painter.drawLine(centre, centre + QPointF(radius + 14, 0))
        painter.drawLine(centre, centre - QPointF(0, radius + 14))
        self._label(painter, "ε", centre + QPointF(-14, 16 - radius), "weight", "centre")
        # Behind the cosine's words, which a small circle is shorter than.
        self._label(painter, "x_0", centre + QPointF(max(radius + 8, LEAST_AXIS_PX), 12), "loss", "centre")
        around = QRectF(centre.x() - radius, centre.y() - radius, 2 * radius, 2 * radius)
        ticks, phi = self.ticks(), self.phi()
        if phi is None:
            painter.setPen(QPen(theme().color("line"), 2))
            painter.drawArc(around, 0, 90 * 16)
            return
        began = max(ticks, default=phi)
        for start, end, colour, width in ((0.0, phi, "line", 2.0), (phi, max(began, phi), "accent", 3.0)):
            painter.setPen(QPen(theme().color(colour), width))
            painter.drawArc(around, round(math.degrees(start) * 16), round(math.degrees(end - start) * 16))
        for tick in ticks:
            painter.setPen(QPen(theme().color("accent" if tick >= phi else "edge"), 1))
            painter.drawLine(at(tick, radius - 3), at(tick, radius + 3))
        self._projections(painter, centre, at(phi), phi)
        tangent = QPointF(-math.sin(phi), -math.cos(phi))
        self._tangent(painter, at(phi), tangent, min(ARROW_PX, radius * 0.36))
        painter.setPen(QPen(theme().color("text"), 1.5))
        painter.drawLine(centre, at(phi))
        painter.setPen(QPen(muted, 1))
        painter.drawArc(QRectF(centre.x() - 28, centre.y() - 28, 56, 56), 0, round(math.degrees(phi) * 16))
        self._label(painter, "φ", centre + place_of_phi(phi, radius), "text", "centre")
        painter.setPen(QPen(theme().color("cursor"), 2))
        painter.setBrush(theme().color("panel" if theme().is_light else "text"))
        painter.drawEllipse(at(phi), 6, 6)
        beyond = at(phi, radius + 18) + QPointF(4, 2)
        beyond.setX(min(beyond.x(), self.width() - 10.0))
        self._label(painter, "{x_t}", beyond, "text", "centre")

    def _projections(self, painter: QPainter, centre: QPointF, point: QPointF, phi: float) -> None:
        """cos φ along the picture, blue, and sin φ along the noise, green."""
        for colour, foot in (("loss", QPointF(point.x(), centre.y())), ("weight", QPointF(centre.x(), point.y()))):
            painter.setPen(QPen(theme().color(colour), 1.2, Qt.PenStyle.DashLine))
            painter.drawLine(point, foot)
            painter.setPen(QPen(theme().color(colour), 3))
            painter.drawLine(centre, foot)
        cos = f"cos φ = √ᾱ_t = {numbers.figure(math.cos(phi))}"
        self._label(painter, cos, centre + QPointF(0, 12), "loss", "left")
        painter.save()
        painter.translate(centre + QPointF(-14, 0))
        painter.rotate(-90)
        self._label(painter, f"sin φ = {numbers.figure(math.sin(phi))}", QPointF(0, 0), "weight", "left")
        painter.restore()

    def _tangent(self, painter: QPainter, start: QPointF, unit: QPointF, length: float) -> None:
        end, across = start + unit * length, QPointF(-unit.y(), unit.x())
        painter.setPen(QPen(theme().color("validation"), 2))
        painter.drawLine(start, end - unit * 6)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme().color("validation"))
        painter.drawPolygon(QPolygonF([end, end - unit * 8 + across * 4, end - unit * 8 - across * 4]))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        self._label(painter, "v", end + across * 11, "validation", "centre")

    def _label(self, painter: QPainter, text: str, place: QPointF, colour: str, align: str) -> None:
        """Words beside a place, or round it."""
        font = sized_font(CAPTION_PX)
        wide = text_size(text, font).width()
        left = place.x() - (wide / 2 if align == "centre" else 0)
        paint_text(painter, QRectF(left, place.y() - 9, wide, 18), text, font, theme().color(colour))


def place_of_phi(phi: float, radius: float) -> QPointF:
    """Where the letter stands from the centre: inside a wide angle; over the line of a narrow one, and over what is
    projected of a very narrow one.
    """
    if phi > WIDE_ANGLE:
        return QPointF(math.cos(phi / 2) * 40, -math.sin(phi / 2) * 40)
    over = math.sin(phi) * (radius if phi < NARROW_ANGLE else 44)
    return QPointF(math.cos(phi) * 44, -over - 10)
