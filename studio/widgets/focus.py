"""The ring round the control that the keyboard is on. Mouse users never see it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, Qt, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

from ..app.theme import CORNER_PX, theme

RING_PX = 2
GAP_PX = 2

_FOLLOW = {QEvent.Type.Move, QEvent.Type.Resize, QEvent.Type.Show, QEvent.Type.Hide, QEvent.Type.EnabledChange}


class FocusOverlay(QWidget):
    """Draws 2 px, rounded, 2 px outside of the control with keyboard focus, without shifting anything."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._target: QWidget | None = None
        self._watched: list[QWidget] = []
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._focus_changed)
        theme().changed.connect(self.update)
        self.hide()

    @property
    def target(self) -> QWidget | None:
        """The control inside the ring, None while there is no ring."""
        return self._target

    @Slot(QWidget, QWidget)
    def _focus_changed(self, _old: QWidget | None, now: QWidget | None) -> None:
        window = self._window
        if not isValid(window):  # a dialog gives the focus up while it is destroyed
            return
        by_keyboard = window.testAttribute(Qt.WidgetAttribute.WA_KeyboardFocusChange)
        # Qt sets this when Tab or a shortcut moves the focus and never takes it back.
        window.setAttribute(Qt.WidgetAttribute.WA_KeyboardFocusChange, False)
        if now is not None and by_keyboard and window.isAncestorOf(now):
            self._follow(now)
        elif now is not None or QApplication.activeWindow() is window:
            self._follow(None)

    def _follow(self, target: QWidget | None) -> None:
        for widget in self._watched:
            widget.removeEventFilter(self)
        self._watched = []
        self._target = target
        above = target
        while above is not None and above is not self._window:
            above.installEventFilter(self)
            self._watched.append(above)
            above = above.parentWidget()
        self._place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay with the control; a mouse press on it ends the ring."""
        if event.type() in _FOLLOW:
            self._place()
        elif event.type() == QEvent.Type.MouseButtonPress and watched is self._target:
            self._follow(None)
        return False

    def _place(self) -> None:
        target = self._target
        if target is None or not target.isVisible() or target.visibleRegion().isEmpty():
            self.hide()
            return
        outside = GAP_PX + RING_PX
        corner = target.mapTo(self._window, QPoint(0, 0))
        self.setGeometry(QRect(corner, target.size()).adjusted(-outside, -outside, outside, outside))
        self.raise_()
        self.show()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The ring."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme().color("accent"), RING_PX))
        half = RING_PX / 2
        radius = CORNER_PX + GAP_PX
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(half, half, -half, -half), radius, radius)
