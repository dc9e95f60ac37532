"""Opens files: what is ours at once, another program's checkpoint after looking at it and asking what it lacks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from ..jobs.worker import Failure, Worker
from .models import ForeignFacts
from .source import look_at

if TYPE_CHECKING:
    from .opening_bar import OpeningBar


#: Files of these suffixes may be another program's.
FOREIGN_SUFFIXES = frozenset({".pt", ".pth", ".ckpt", ".bin", ".safetensors"})


class Opening(QObject):
    """One file at a time; another one takes its place. Remembers for the session what was said of a file."""

    ours = Signal(object)  #: the Path of a run or of a checkpoint of this program
    foreign = Signal(object)  #: the ForeignFacts of another program's, with nothing left to ask
    failed = Signal(object)  #: the Failure
    begun = Signal()  #: a file is being looked at

    def __init__(self, bar: OpeningBar, parent: QObject) -> None:
        super().__init__(parent)
        self._bar = bar
        self._worker: Worker | None = None
        self._running: list[Worker] = []
        self._answers: dict[Path, ForeignFacts] = {}

    def open(self, path: Path) -> None:
        """Open a run folder or a file from anywhere."""
        self.cancel()
        if path.suffix.lower() not in FOREIGN_SUFFIXES or not path.is_file():
            self.ours.emit(path)
            return
        self.begun.emit()
        self._bar.show_reading(path)
        self._worker = Worker(partial(_look, path), parent=self, name="look-at-file")
        self._worker.events.connect(self._events)
        self._worker.ended.connect(self._ended)
        self._running.append(self._worker)
        self._worker.start()

    @Slot()
    def cancel(self) -> None:
        """Leave the file that is being looked at or asked about."""
        worker, self._worker = self._worker, None
        if worker is not None and worker.running:
            worker.stop()
        self._bar.clear()

    @Slot(object)
    def accept(self, facts: ForeignFacts) -> None:
        """The person has said what the file does not say."""
        self._answers[facts.path] = facts
        self._bar.clear()
        self.foreign.emit(facts)

    @Slot(list)
    def _events(self, events: Iterable[object]) -> None:
        if self.sender() is not self._worker:
            return
        for event in events:
            if isinstance(event, ForeignFacts) and event.asks:
                before = self._answers.get(event.path)
                # The file may be another one by now: only where it asks the same is the answer still one.
                self._bar.ask(before if before is not None and _same_but_answers(before, event) else event)
            elif isinstance(event, ForeignFacts):
                self.accept(event)
            else:
                self._bar.clear()
                self.ours.emit(event)

    @Slot(object)
    def _ended(self, failure: Failure | None) -> None:
        worker = self.sender()
        assert isinstance(worker, Worker)
        self._running.remove(worker)
        worker.deleteLater()
        if worker is not self._worker:
            return
        self._worker = None
        if failure is not None:
            self._bar.clear()
            self.failed.emit(failure)

    def shutdown(self, timeout_ms: int) -> bool:
        """Stop and wait; True when no thread is left."""
        ended = [worker.shutdown(timeout_ms) for worker in self._running]
        return all(ended)


def _same_but_answers(before: ForeignFacts, now: ForeignFacts) -> bool:
    return before == replace(now, image_size=before.image_size, schedule=before.schedule, objective=before.objective)


def _look(path: Path) -> Iterator[object]:
    yield look_at(path) or path
