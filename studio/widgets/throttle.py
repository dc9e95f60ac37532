"""Calls that come too often are merged: the first runs at once, of those that follow only the last one does."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Slot


class Throttle(QObject):
    """Wraps a function so that it runs at most once per `interval_ms`, always ending with the latest arguments."""

    def __init__(self, function: Callable[..., object], interval_ms: int, parent: QObject) -> None:
        super().__init__(parent)
        self._function = function
        self._waiting: tuple[object, ...] | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(interval_ms)
        self._timer.timeout.connect(self._run_waiting)

    def __call__(self, *arguments: object) -> None:
        """Run now, or when the interval is over, with these arguments."""
        if self._timer.isActive():
            self._waiting = arguments
            return
        self._timer.start()
        self._function(*arguments)

    @Slot()
    def _run_waiting(self) -> None:
        if self._waiting is None:
            return
        arguments, self._waiting = self._waiting, None
        # Started before the call, so that a function which calls itself again waits like any other.
        self._timer.start()
        self._function(*arguments)

    def flush(self) -> None:
        """Run what is waiting now."""
        self._timer.stop()
        self._run_waiting()

    def cancel(self) -> None:
        """Forget what is waiting."""
        self._timer.stop()
        self._waiting = None
