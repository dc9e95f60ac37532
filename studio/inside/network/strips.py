"""What t brings to a ResnetBlock: a scale and a shift for each channel, as two strips of bars."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import QHelpEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QVBoxLayout, QWidget

from ... import numbers
from ...app.theme import CAPTION_PX, sized_font, theme
from ...widgets.panel import caption
from ...widgets.plain import plain_tip, set_tip

STRIP_PX, NAME_PX, RANGE_PX = 40, 34, 44


class Strip(QWidget):
    """A bar up or down from 0 for each channel; all strips of a kind share a scale that does not jump."""

    def __init__(self, name: str, colour: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name, self._colour = name, colour
        self.values: NDArray[np.float32] = np.empty(0, np.float32)
        self.top = 0.0
        self.setFixedHeight(STRIP_PX)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)
        self.setAccessibleName(name)
        theme().changed.connect(self.update)

    def show_values(self, values: NDArray[np.float32]) -> None:
        """(C,)."""
        self.values = values
        most = float(np.abs(values).max(initial=0.0))
        # Grows at once; comes down only when it is far too high, so that scrubbing does not shake it.
        if most > self.top or most < self.top / 4 or not self.top:
            self.top = max(most * 1.2, 1e-6)
        words = self.tr("mean of the absolute values {mean}").format(mean=numbers.figure(float(np.abs(values).mean())))
        self.setAccessibleDescription(words if len(values) else "")
        self.update()

    def start_over(self) -> None:
        """Another block, with a scale of its own."""
        self.top = 0.0

    def _area(self) -> QRectF:
        return QRectF(NAME_PX, 2, self.width() - NAME_PX - RANGE_PX, self.height() - 4)

    def event(self, event: QEvent) -> bool:
        """The number of the channel under the pointer."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            area, words = self._area(), ""
            if area.contains(QPointF(event.pos())) and len(self.values):
                channel = min(
                    len(self.values) - 1, int((event.pos().x() - area.left()) / area.width() * len(self.values))
                )
                words = self.tr("channel {channel}: {value}").format(
                    channel=numbers.count(channel),
                    value=numbers.figure(float(self.values[channel])).replace("-", "−"),
                )
            QToolTip.showText(event.globalPos(), plain_tip(words), self)
            return True
        return super().event(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Name, bars, and the ends of the scale."""
        painter = QPainter(self)
        area = self._area()
        middle = area.center().y()
        painter.setFont(sized_font(CAPTION_PX))
        painter.setPen(theme().color("muted"))
        painter.drawText(QRectF(0, 0, NAME_PX, self.height()), Qt.AlignmentFlag.AlignVCenter, self._name)
        painter.setPen(QPen(theme().color("line"), 1))
        painter.drawLine(QPointF(area.left(), middle), QPointF(area.right(), middle))
        if not len(self.values):
            return
        pitch = area.width() / len(self.values)
        wide = max(1.0, pitch - (1 if pitch >= 3 else 0))
        colour = theme().color(self._colour)
        for channel, value in enumerate(self.values.tolist()):
            high = value / max(self.top, 1e-12) * area.height() / 2
            bar = QRectF(area.left() + channel * pitch, middle - max(high, 0), wide, abs(high))
            painter.fillRect(bar, colour)
        painter.setPen(theme().color("muted"))
        right = QRectF(area.right() + 4, 0, RANGE_PX - 4, self.height())
        painter.drawText(
            right, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight), f"±{numbers.figure(self.top, 2)}"
        )


class ScaleShift(QWidget):
    """Both strips under one heading."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        title = caption(self.tr("What t brings, channel by channel"))
        set_tip(
            title,
            self.tr(
                "(scale, shift) = Linear(SiLU(embedding of t)), then h·(scale + 1) + shift after the first convolution "
                "and norm: so the same block does other work at another t (Dhariwal & Nichol 2021, section 3)."
            ),
        )
        self.scale, self.shift = Strip(self.tr("scale"), "weight"), Strip(self.tr("shift"), "weight")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        for widget in (title, self.scale, self.shift):
            column.addWidget(widget)

    def start_over(self) -> None:
        """Another block."""
        for strip in (self.scale, self.shift):
            strip.start_over()

    def show_values(self, scale: NDArray[np.float32], shift: NDArray[np.float32]) -> None:
        """(C,) each."""
        self.scale.show_values(scale)
        self.shift.show_values(shift)
