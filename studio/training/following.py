"""Looks at the folder of a run that others train, about once a second, in the background."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from core.training.following import Follower, Look

from ..jobs.requests import Requests

if TYPE_CHECKING:
    from core.runs.run import Run

    from .live_run import LiveRun

#: From the end of one look to the next. The training writes its numbers once a second.
EVERY_MS = 1000


class Following(QObject):
    """One run at a time. Lives in the GUI thread."""

    came = Signal(object)  #: a Look
    ended = Signal()  #: nobody trains it any more
    lost = Signal(object)  #: it cannot be read any more; the error

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._follower: Follower | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(EVERY_MS)
        self._timer.timeout.connect(self._ask)
        self._looks = Requests(Follower.look, 1, "follow-run", self)
        self._looks.answered.connect(self._looked)

    @property
    def running(self) -> bool:
        """Whether a run is followed."""
        return self._follower is not None

    def begin(self, run: Run, live: LiveRun) -> None:
        """Follow this run from what is known of it on."""
        timesteps = live.timesteps
        self._follower = Follower(
            run,
            live.step,
            checkpoints=live.marks,
            grids=live.samples.steps,
            strips=live.strips.steps,
            bins=timesteps.bins,
            window=timesteps.window,
        )
        self._ask()

    def stop(self) -> None:
        """Follow nothing."""
        self._follower = None
        self._timer.stop()
        self._looks.forget()

    def shutdown(self, timeout_ms: int) -> bool:
        """End the background thread."""
        self.stop()
        return self._looks.shutdown(timeout_ms)

    @Slot()
    def _ask(self) -> None:
        if self._follower is not None:
            self._looks.ask(self._follower)

    @Slot(object, object)
    def _looked(self, follower: Follower, answer: object) -> None:
        if follower is not self._follower:
            return
        if not isinstance(answer, Look):
            self.stop()
            self.lost.emit(answer)
            return
        self.came.emit(answer)
        if follower is not self._follower:  # whoever heard of it has left the run
            return
        if answer.owner is None or not answer.owner.alive:
            self.stop()
            self.ended.emit()
        else:
            self._timer.start()
