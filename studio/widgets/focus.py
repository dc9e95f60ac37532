"""Rings round controls: that of the keyboard, which mouse users never see, and one that points something out."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QRect, QRectF, Qt, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

from ..app.theme import CORNER_PX, theme

RING_PX = 2
GAP_PX = 2

_FOLLOW = {QEvent.Type.Move, QEvent.Type.Resize, QEvent.Type.Show, QEvent.Type.Hide, QEvent.Type.EnabledChange}


class Ring(QWidget):
    """Draws a frame, rounded, 2 px outside of a control or of a part of it, without shifting anything.

    It stays with the control, and is gone while that is not seen.
    """

    def __init__(self, window: QWidget, *, colour: str = "accent", ring_px: int = RING_PX) -> None:
        super().__init__(window)
        self._window, self._colour, self._ring_px = window, colour, ring_px
        self._target: QWidget | None = None
        self._part: Callable[[], QRect] | None = None
        self._watched: list[QWidget] = []
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        theme().changed.connect(self.update)
        self.hide()

    @property
    def target(self) -> QWidget | None:
        """The control inside the ring, None while there is no ring."""
        return self._target

    def follow(self, target: QWidget | None, part: Callable[[], QRect] | None = None) -> None:
        """Put it round this control (None: take it away), or the `part` of it, in its own coordinates."""
        for widget in self._watched:
            if isValid(widget):
                widget.removeEventFilter(self)
        self._watched = []
        self._target, self._part = target, part
        above = target
        while above is not None and above is not self._window:
            above.installEventFilter(self)
            self._watched.append(above)
            above = above.parentWidget()
        self.place()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Stay with the control."""
        if event.type() in _FOLLOW:
            self.place()
        return False

    def place(self) -> None:
        """Go where the control is now."""
        target = self._target
        if target is None or not isValid(target) or not target.isVisible() or target.visibleRegion().isEmpty():
            self.hide()
            return
        outside = GAP_PX + self._ring_px
        inside = target.rect() if self._part is None else self._part()
        place = QRect(target.mapTo(self._window, inside.topLeft()), inside.size())
        self.setGeometry(place.adjusted(-outside, -outside, outside, outside))
        self.raise_()
        self.show()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The ring."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme().color(self._colour), self._ring_px))
        half = self._ring_px / 2
        radius = CORNER_PX + GAP_PX
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(half, half, -half, -half), radius, radius)


class FocusOverlay(Ring):
    """Round the control with keyboard focus."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._focus_changed)

    @Slot(QWidget, QWidget)
    def _focus_changed(self, _old: QWidget | None, now: QWidget | None) -> None:
        window = self._window
        if not isValid(window):  # a dialog gives the focus up while it is destroyed
            return
        by_keyboard = window.testAttribute(Qt.WidgetAttribute.WA_KeyboardFocusChange)
        # Qt sets this when Tab or a shortcut moves the focus and never takes it back.
        window.setAttribute(Qt.WidgetAttribute.WA_KeyboardFocusChange, False)
        if now is not None and by_keyboard and window.isAncestorOf(now):
            self.follow(now)
        elif now is not None or QApplication.activeWindow() is window:
            self.follow(None)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A mouse press on the control ends the ring."""
        super().eventFilter(watched, event)
        if event.type() == QEvent.Type.MouseButtonPress and watched is self._target:
            self.follow(None)
        return False
