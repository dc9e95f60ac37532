"""A switch: on or off, as a knob in a track."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from ..app.theme import theme

WIDTH_PX, HEIGHT_PX = 30, 16


class Switch(QAbstractButton):
    """Tells by `clicked` that a person turned it; `setChecked` says nothing."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        theme().changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """The track."""
        return QSize(WIDTH_PX, HEIGHT_PX)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The track, in the accent where it is on, and the knob at its side."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        on, usable = self.isChecked(), self.isEnabled()
        painter.setBrush(theme().color(("accent" if on else "edge") if usable else "line"))
        track = QRectF(0, (self.height() - HEIGHT_PX) / 2, WIDTH_PX, HEIGHT_PX)
        painter.drawRoundedRect(track, HEIGHT_PX / 2, HEIGHT_PX / 2)
        painter.setBrush(theme().color("on_accent" if on and usable else "panel" if usable else "edge"))
        place = track.right() - HEIGHT_PX / 2 if on else track.left() + HEIGHT_PX / 2
        painter.drawEllipse(QPointF(place, track.center().y()), HEIGHT_PX / 2 - 2.5, HEIGHT_PX / 2 - 2.5)
