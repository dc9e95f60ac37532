"""SIGINT, SIGTERM and their like close the window as a person would, at once, although an idle Qt runs no Python."""

from __future__ import annotations

import signal
import socket
from collections.abc import Callable

from PySide6.QtCore import QObject, QSocketNotifier, QTimer, Slot

from core.terminal import end_signals


class SignalWatch(QObject):
    """Calls `act` in the event loop when the process is told to end. Lives in the GUI thread, which is the main one."""

    def __init__(self, act: Callable[[], object], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._act = act
        # Python sees a signal only between its own instructions; what it writes here wakes the loop up for that.
        self._heard, self._told = socket.socketpair()
        self._heard.setblocking(False)
        self._told.setblocking(False)
        self._notifier = QSocketNotifier(self._heard.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._wake)
        self._wakeup_before = signal.set_wakeup_fd(self._told.fileno(), warn_on_full_buffer=False)
        self._handlers_before = {number: signal.signal(number, self._take) for number in end_signals()}

    def _take(self, *_: object) -> None:
        # Not here and now: this may be in the middle of any slot.
        QTimer.singleShot(0, self._act)

    @Slot()
    def _wake(self) -> None:
        self._heard.recv(4096)

    def end(self) -> None:
        """Leave the process as it was found."""
        for number, handler in self._handlers_before.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(self._wakeup_before)
        self._notifier.setEnabled(False)
        self._notifier.deleteLater()
        self._heard.close()
        self._told.close()
