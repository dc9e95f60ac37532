"""How late the event loop is: a timer that should fire every few milliseconds, and by how much it missed."""

from __future__ import annotations

import time
from array import array

from PySide6.QtCore import QObject, Qt, QTimer, Slot

INTERVAL_MS = 10
#: What is told apart, and the latest that is; beyond it only the very latest is known.
BIN_MS, LATEST_MS = 0.05, 2000


class _Phase:
    """Counts instead of values: a day of ticks takes no more room than a second of them."""

    def __init__(self) -> None:
        self._bins = array("L", bytes(array("L").itemsize * (round(LATEST_MS / BIN_MS) + 1)))
        self._max_ms = 0.0
        self.ticks = 0

    def add(self, late_ms: float) -> None:
        self._bins[min(int(late_ms / BIN_MS), len(self._bins) - 1)] += 1
        self._max_ms = max(self._max_ms, late_ms)
        self.ticks += 1

    def _quantile(self, share: float) -> float:
        """The upper end of the bin that holds it, so that nothing is told better than it was."""
        rank, seen = round((self.ticks - 1) * share), 0
        for place, count in enumerate(self._bins):
            seen += count
            if seen > rank:
                return min((place + 1) * BIN_MS, self._max_ms)
        return self._max_ms

    def summary(self) -> dict[str, float]:
        return {
            "p50_ms": round(self._quantile(0.5), 2),
            "p99_ms": round(self._quantile(0.99), 2),
            "max_ms": round(self._max_ms, 2),
            "ticks": self.ticks,
        }


class LatenessMeter(QObject):
    """Collects the lateness of each tick in milliseconds, split by named phases."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._phases: dict[str, _Phase] = {}
        self._current = _Phase()
        self._due_s = 0.0
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)

    def start(self, phase: str) -> None:
        """Begin to measure, or go on under another name."""
        self._current = self._phases.setdefault(phase, _Phase())
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
        self._current.add(max(0.0, (now - self._due_s) * 1000))
        self._due_s = now + INTERVAL_MS / 1000

    def report(self) -> dict[str, dict[str, float]]:
        """Per phase: p50, p99, max (milliseconds) and the number of ticks."""
        return {name: phase.summary() for name, phase in self._phases.items() if phase.ticks}
