"""One long question at a time, answered by a generator in the background; the newest one wins, and at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from PySide6.QtCore import QObject, Signal, Slot

from .worker import Failure, Worker


class Underway(NamedTuple):
    """No answer yet, but how far it is."""

    progress: object


class Latest(QObject):
    """Runs a generator that yields None or an Underway while it is at work, and its answer last.

    A new question stops the generator of the one before where it next yields; what that still says is never delivered.
    `fills_cores`: see Worker.
    """

    progressed = Signal(object)  #: what the last Underway says
    answered = Signal(object)
    failed = Signal(object)  #: a Failure
    busy_changed = Signal()

    def __init__(self, name: str, parent: QObject | None = None, *, fills_cores: bool = False) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._fills_cores = fills_cores
        self._current: Worker | None = None
        self._workers: list[Worker] = []  # stopped ones stay until their threads are gone
        self._closed = False

    @property
    def busy(self) -> bool:
        """Whether an answer is still to come."""
        return self._current is not None

    def ask(self, answer: Callable[[], Iterable[object]]) -> None:
        """Put this question in the place of the one before."""
        self._stop()
        if self._closed:
            return
        worker = Worker(answer, parent=self, name=self.objectName(), fills_cores=self._fills_cores)
        worker.events.connect(self._came)
        worker.ended.connect(self._ended)
        self._workers.append(worker)
        self._current = worker
        worker.start()
        self.busy_changed.emit()

    def forget(self) -> None:
        """Nobody waits for the answer any more."""
        if self._current is not None:
            self._stop()
            self.busy_changed.emit()

    def shutdown(self, timeout_ms: int = 10_000) -> bool:
        """Answer nothing more; True when no thread is left."""
        self._closed, self._current = True, None
        ended = [worker.shutdown(timeout_ms) for worker in self._workers]
        return all(ended)

    def _stop(self) -> None:
        if self._current is not None:
            self._current.stop()
            self._current = None

    @Slot(list)
    def _came(self, items: list[object]) -> None:
        if self.sender() is not self._current:
            return
        said = [item for item in items if item is not None]
        answers = [item for item in said if not isinstance(item, Underway)]
        if said and not answers:
            last = said[-1]
            assert isinstance(last, Underway)
            self.progressed.emit(last.progress)
        if answers:
            self._current = None
            self.busy_changed.emit()
            self.answered.emit(answers[-1])

    @Slot(object)
    def _ended(self, failure: Failure | None) -> None:
        worker = self.sender()
        assert isinstance(worker, Worker)
        self._workers.remove(worker)
        worker.deleteLater()
        if worker is not self._current:
            return
        self._current = None
        self.busy_changed.emit()
        if failure is not None:
            self.failed.emit(failure)
