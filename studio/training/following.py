"""Follows a run that others train: looks at its folder about once a second, in the background, and shows what came."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from core.training.events import CopiesMeasured, Samples, Started, Strip
from core.training.following import Follower, Look

from ..jobs.requests import Requests
from .curves.kinds import noted
from .narration import told_words

if TYPE_CHECKING:
    from core.runs.lock import Owner
    from core.runs.run import Run

    from .display import Display
    from .live_run import LiveRun
    from .panel import TrainingPanel

#: From the end of one look to the next. The training writes its numbers once a second.
EVERY_MS = 1000


class Following(QObject):
    """One run at a time. Lives in the GUI thread."""

    came = Signal(object)  #: a Look with something new in it, which the run has taken
    ended = Signal()  #: nobody trains it any more
    lost = Signal(object)  #: it cannot be read any more; the error

    def __init__(self, panel: TrainingPanel, display: Display, parent: QObject) -> None:
        super().__init__(parent)
        self._panel, self._display = panel, display
        self._follower: Follower | None = None
        self._live: LiveRun | None = None
        self.by: Owner | None = None  #: the process that trained the run that is shown when it was read
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(EVERY_MS)
        self._timer.timeout.connect(self._ask)
        self._looks = Requests(Follower.look, 1, "follow-run", self)
        self._looks.answered.connect(self._looked)

    def begin(self, run: Run, live: LiveRun, by: Owner) -> None:
        """Follow this run, which is shown, from what is known of it on."""
        self._live, self.by = live, by
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
        self.by = None
        self._look_no_more()

    def _look_no_more(self) -> None:
        self._follower = self._live = None
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
        self._take(answer)
        if follower is not self._follower:  # whoever heard of it has left the run
            return
        if answer.owner is None or not answer.owner.alive:
            self._look_no_more()  # `by` stays: the run can go on here once it has been read again
            self.ended.emit()
        else:
            self._timer.start()

    def _take(self, look: Look) -> None:
        live = self._live
        assert live is not None
        if look.config is not None:  # it was edited
            live.config = look.config
        live.take(look.events)
        if look.timesteps is not None:
            live.take_timesteps(look.timesteps)
        if look.own is not None:
            live.looks.own.add_rows(look.own)
        for told in look.happened:
            words = told_words(told)
            self._display.log(words)
            live.note(noted(told.step, told.kind, words))
        for event in look.events:
            match event:
                case Samples() | Started():
                    self._panel.samples.grid_added()
                case CopiesMeasured(step=step):
                    self._panel.samples.copies_measured(step)
            if isinstance(event, Strip | Started):
                self._panel.strip.refresh()
        if look.events or look.happened or look.config is not None:
            self.came.emit(look)
