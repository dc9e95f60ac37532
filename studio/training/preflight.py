"""Measures, before a training starts, what it will take: real steps, again and again, and reading some pictures."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from ..worker import Failure, Worker
from .measured import Measured

if TYPE_CHECKING:
    from core.pictures.folder.scan import Scan
    from core.settings import RunConfig

    from ..cache_wish import CacheWish


class Preflight(QObject):
    """One measurement at a time on a worker. Nothing may train meanwhile."""

    changed = Signal()  #: it began, it is to end, or it ended
    measured = Signal(object)  #: a Measured; comes anew until it is sure
    failed = Signal(object)  #: the exception

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._worker: Worker | None = None
        self._stop = threading.Event()

    @property
    def running(self) -> bool:
        """Whether it is at work, also while it ends."""
        return self._worker is not None

    @property
    def ending(self) -> bool:
        """Whether it was cancelled and is not over yet."""
        return self.running and self._stop.is_set()

    def measure(self, config: RunConfig, device: str, scan: Scan, cache: CacheWish) -> None:
        """Begin; `config` is legal, with nothing on auto."""
        assert self._worker is None
        self._stop = stop = threading.Event()
        self._worker = Worker(
            lambda: _measure(config, device, scan, cache, stop),
            parent=self,
            on_stop=stop.set,
            name="measuring",
            fills_cores=True,
        )
        self._worker.events.connect(self._events)
        self._worker.ended.connect(self._ended)
        self._worker.start()
        self.changed.emit()

    @Slot()
    def cancel(self) -> None:
        """End soon, within a batch too; what was told is all there is."""
        if self._worker is not None and not self._stop.is_set():
            self._worker.stop()
            self.changed.emit()

    def shutdown(self, timeout_ms: int) -> bool:
        """Stop and wait; True when no thread is left."""
        return self._worker is None or self._worker.shutdown(timeout_ms)

    @Slot(list)
    def _events(self, events: list[Measured]) -> None:
        if not self._stop.is_set():
            self.measured.emit(events[-1])

    @Slot(object)
    def _ended(self, failure: Failure | None) -> None:
        assert self._worker is not None
        self._worker.deleteLater()
        self._worker = None
        self.changed.emit()
        if failure is not None and not self._stop.is_set():
            self.failed.emit(failure.error)


def _measure(config: RunConfig, device: str, scan: Scan, cache: CacheWish, stop: threading.Event) -> Iterator[Measured]:
    from core.pictures.feed.cost import cost
    from core.training.measuring import measure_repeatedly

    pictures = cost(scan, config.data, cache=cache.place(), stop=stop)
    if pictures is not None:
        for step in measure_repeatedly(config, device=device, stop=stop):
            if not stop.is_set():
                yield Measured(config, device, pictures, step)
