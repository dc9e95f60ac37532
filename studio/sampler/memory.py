"""Asks what perfect memory says of what is shown, and which training pictures are nearest to it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, Slot

from core.recording import Recording
from core.runs.run import is_run

from ..app.messages import error_text
from ..jobs.latest import Latest
from ..jobs.worker import Failure
from .keeping import run_of
from .memory_panel import Recalled, Unknown
from .models import ModelChoice, Origin, SamplerRequest
from .nearest_dialog import Near
from .source import ModelSource, SnapshotSource

if TYPE_CHECKING:
    from ..project import Project
    from .panel import SamplerPanel


class Recalling(QObject):
    """Both questions are of the picture that is selected; a new one takes the place of the one before."""

    def __init__(
        self,
        panel: SamplerPanel,
        project: Project,
        source: ModelSource,
        snapshot: Callable[[], SnapshotSource | None],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._panel, self._project, self._source, self._snapshot = panel, project, source, snapshot
        self._recording: Recording | None = None
        self._request: SamplerRequest | None = None  #: that it was made with
        self._recall = Latest("recall", parent=self)
        self._nearest = Latest("nearest", parent=self)
        self._recalled_of: tuple[Recording, int] | None = None  #: what was asked of perfect memory, or is being asked
        panel.taken_apart.recall_wished.connect(self.ask)
        panel.ways.changed.connect(self.ask)
        self._recall.progressed.connect(self._progressed)
        self._recall.answered.connect(self._answered)
        self._recall.failed.connect(self._failed)
        panel.nearest_wished.connect(self._ask_nearest)
        panel.nearest.finished.connect(self._nearest.forget)
        self._nearest.progressed.connect(self._nearest_progressed)
        self._nearest.answered.connect(self._nearest_answered)
        self._nearest.failed.connect(self._nearest_failed)

    def show(self, recording: Recording | None, request: SamplerRequest | None) -> None:
        """Another recording, and what it was made with; None: not known, as of one that was reopened."""
        self._recall.forget()
        self._recalled_of = None
        self._recording, self._request = recording, request

    # --- what perfect memory says of what is shown ---------------------------------------------------------

    @Slot()
    def ask(self) -> None:
        """Ask of the shown picture, once, where it is looked at and all its steps are there."""
        recording, panel = self._recording, self._panel
        if recording is None or panel.ways.current != "step":
            return
        request = self._request
        weights = "ema" if request is None else request.weights
        choice = self._of_its_run(recording) if request is None else request.choice
        of = recording, panel.shown.picture
        if not (recording.complete and recording.has_layers) or self._recalled_of == of:
            return
        self._recalled_of = of
        if choice is None:
            panel.taken_apart.memory.say(self._not_known())
            return
        panel.taken_apart.memory.say(self._reading(None))
        each = slice(of[1], of[1] + 1)
        x_t, x_0 = (
            np.concatenate([recording.layer(name, step, each) for step in range(recording.steps)])
            for name in ("x_t", "x_0")
        )
        run = self._project.run
        self._recall.ask(
            partial(
                self._source.recalled,
                choice,
                weights,
                self._project.device,
                self._snapshot(),
                None if run is None else run.folder,
                (x_t, x_0, recording.t.copy()),
            )
        )

    def _of_its_run(self, recording: Recording) -> ModelChoice | None:
        """Any checkpoint of the run that a reopened one is kept in: the schedule is all that is taken of it."""
        run = self._made_in(recording)
        return None if run is None else ModelChoice(Origin.FILE, run.name, run)

    @Slot(object)
    def _progressed(self, progress: object) -> None:
        self._panel.taken_apart.memory.say(self._reading(progress))

    @Slot(object)
    def _answered(self, answer: Recalled | Unknown) -> None:
        if isinstance(answer, Recalled):
            self._panel.taken_apart.memory.show_recalled(answer)
        else:
            self._panel.taken_apart.memory.say(self._not_known())

    @Slot(object)
    def _failed(self, failure: Failure) -> None:
        self._panel.taken_apart.memory.say(error_text(failure.error))

    def _reading(self, progress: object) -> str:
        done, of = getattr(progress, "done", 0), getattr(progress, "of", 0)
        if not of:
            return self.tr("Reading the training pictures…")
        return self.tr("Reading the training pictures: {share} %").format(share=100 * done // of)

    def _not_known(self) -> str:
        return self.tr("The pictures that this model was trained on are not known here.")

    # --- the training pictures nearest to what is shown ----------------------------------------------------

    @Slot()
    def _ask_nearest(self) -> None:
        """Of the selected picture as the last step predicts it, in the dialog that is opened for it."""
        recording, dialog, picture = self._recording, self._panel.nearest, self._panel.shown.picture
        self._nearest.forget()
        if recording is None or not recording.complete:
            dialog.show_sample(None, 0)
            dialog.say(self.tr("It is asked when all steps are there."))
            return
        pixels = recording.x_0(recording.steps - 1)[picture].copy()
        dialog.show_sample(pixels, picture + 1)
        dialog.say(self._reading(None))
        self._nearest.ask(partial(self._source.nearest, self._made_in(recording), pixels))

    def _made_in(self, recording: Recording) -> Path | None:
        """The run that made it; of a kept one the request is not known any more, but where it is kept."""
        if self._request is not None:
            return run_of(self._request.choice, self._project)
        above = None if recording.kept_at is None else recording.kept_at.parent.parent
        return above if above is not None and is_run(above) else None

    @Slot(object)
    def _nearest_progressed(self, progress: object) -> None:
        self._panel.nearest.say(self._reading(progress))

    @Slot(object)
    def _nearest_answered(self, answer: Near | Unknown) -> None:
        if isinstance(answer, Near):
            self._panel.nearest.show_near(answer)
        else:
            self._panel.nearest.say(self._not_known())

    @Slot(object)
    def _nearest_failed(self, failure: Failure) -> None:
        self._panel.nearest.say(error_text(failure.error))

    def shutdown(self, timeout_ms: int) -> bool:
        """Ask nothing more; True when no thread is left."""
        self._recording = None
        ended = [self._recall.shutdown(timeout_ms), self._nearest.shutdown(timeout_ms)]
        return all(ended)
