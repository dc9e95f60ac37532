"""Keeps a list or a text whose newest lines come last at its end, until a person scrolls up."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QTimer, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QAbstractScrollArea

#: While a mouse button is down, it is looked again after so many milliseconds.
HELD_MS = 100

_BY_HAND = {
    QEvent.Type.KeyPress,
    QEvent.Type.MouseButtonPress,
    QEvent.Type.MouseButtonRelease,
    QEvent.Type.Wheel,
}


class NewestLast(QObject):
    """Holds `area` at its end. A person who scrolls up is left there, and followed again when back at the end.

    Only keys, wheel and mouse count: Qt moves the bar by itself as well, when lines are wrapped anew for another width.
    """

    def __init__(self, area: QAbstractScrollArea) -> None:
        super().__init__(area)
        self._bar = area.verticalScrollBar()
        self._at_end, self._by_hand = True, False
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.timeout.connect(self._look)
        for part in (area, area.viewport(), self._bar):
            part.installEventFilter(self)
        self._bar.valueChanged.connect(self._hold)
        self._bar.rangeChanged.connect(self._hold)

    def go_to_end(self) -> None:
        """Show the newest, and follow from now on."""
        self._at_end, self._by_hand = True, False
        self._hold()

    @Slot()
    def _hold(self) -> None:
        if self._at_end and not self._by_hand:
            self._bar.setValue(self._bar.maximum())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A person may be about to scroll: what comes of it is looked at afterwards."""
        if event.type() in _BY_HAND:
            self._by_hand = True
            self._later.start(0)
        return super().eventFilter(watched, event)

    @Slot()
    def _look(self) -> None:
        # A drag that began here can end elsewhere, without a release that comes here.
        if QGuiApplication.mouseButtons().value:
            self._later.start(HELD_MS)
            return
        self._by_hand = False
        self._at_end = self._bar.value() >= self._bar.maximum() - 1
