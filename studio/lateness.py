"""How late the event loop is: a timer that should fire every few milliseconds, and by how much it missed."""

from __future__ import annotations

import time

from PySide6.QtCore import QObject, Qt, QTimer, Slot

INTERVAL_MS = 10


class LatenessMeter(QObject):
    """Collects the lateness of each tick in milliseconds, split by named phases."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._phases: dict[str, list[float]] = {}
        self._current: list[float] = []
        self._due_s = 0.0
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)

    def start(self, phase: str) -> None:
        """Begin to measure, or go on under another name."""
        self._current = self._phases.setdefault(phase, [])
        self.go_on()

    def go_on(self) -> None:
        """Measure again after a `stop`, in the same phase."""
        self._due_s = time.perf_counter() + INTERVAL_MS / 1000
        self._timer.start(INTERVAL_MS)

    def stop(self) -> None:
        """End measuring."""
        self._timer.stop()

    @Slot()
    def _tick(self) -> None:
        now = time.perf_counter()
        self._current.append(max(0.0, (now - self._due_s) * 1000))
        self._due_s = now + INTERVAL_MS / 1000

    def report(self) -> dict[str, dict[str, float]]:
        """Per phase: p50, p99, max (milliseconds) and the number of ticks."""
        return {phase: _summary(values) for phase, values in self._phases.items() if values}


def _summary(values: list[float]) -> dict[str, float]:
    ordered = sorted(values)
    last = len(ordered) - 1
    return {
        "p50_ms": round(ordered[last // 2], 2),
        "p99_ms": round(ordered[round(last * 0.99)], 2),
        "max_ms": round(ordered[-1], 2),
        "ticks": len(ordered),
    }
