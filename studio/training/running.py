"""One training at a time on a worker: started, held, let go on, stopped."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from ..worker import Failure, Worker
from .task import Job, TrainingTask

if TYPE_CHECKING:
    from core.runs.run import Run


class Running(QObject):
    """Owns the worker of the training that is under way, if any. Lives in the GUI thread."""

    events = Signal(list)  #: what has happened, oldest first
    ended = Signal(object)  #: a Failure, or None

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._task: TrainingTask | None = None
        self._worker: Worker | None = None
        self.pausing = False  #: a pause was asked for and waits for the step to end

    def launch(self, make_job: Callable[[], Job]) -> None:
        """Begin. `make_job` is called on the worker's thread."""
        assert self._worker is None
        task = TrainingTask(make_job)
        worker = Worker(task.events, parent=self, on_stop=task.request_stop, name="training", fills_cores=True)
        task.hold, task.release = worker.pause, worker.resume
        worker.events.connect(self.events)
        worker.ended.connect(self._ended)
        self._task, self._worker, self.pausing = task, worker, False
        worker.start()

    @property
    def held(self) -> bool:
        """Whether it waits."""
        return self._task is not None and self._task.held

    @property
    def held_saved(self) -> bool:
        """Whether what it waits with could be saved."""
        return self._task is not None and self._task.held_saved

    @property
    def task(self) -> TrainingTask | None:
        """The training that is under way."""
        return self._task

    @property
    def run_record(self) -> Run | None:
        """Its run folder, once it is made."""
        return None if self._task is None else self._task.run_record

    def pause(self) -> None:
        """Save, then hold."""
        if self._task is not None and not self.pausing:
            self.pausing = True
            self._task.request_pause()

    def resume(self) -> None:
        """Go on."""
        if self._task is not None:
            self.pausing = False
            self._task.request_resume()

    def stop(self) -> None:
        """End soon, saved; `ended` follows."""
        if self._worker is not None:
            self.pausing = False
            self._worker.stop()

    def shutdown(self, timeout_ms: int) -> bool:
        """Save and end for the end of the program; True when the thread is gone."""
        return self._worker is None or self._worker.shutdown(timeout_ms)

    @Slot(object)
    def _ended(self, failure: Failure | None) -> None:
        assert self._worker is not None
        self._worker.deleteLater()
        self._worker = self._task = None
        self.pausing = False
        self.ended.emit(failure)
