"""Asks what perfect memory says of what is shown, and which training pictures are nearest to it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Slot

from core.errors import StudioError
from core.recording import OF_LAYERS, Recording
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
        self._everywhere = Latest("recall-all", parent=self)
        self._everywhere_of: Recording | None = None  #: as `_recalled_of`, of all its pictures for the wells
        panel.taken_apart.recall_wished.connect(self.ask)
        panel.ways.changed.connect(self.ask)
        panel.wells.layers_changed.connect(self.ask)
        self._everywhere.progressed.connect(self._everywhere_progressed)
        self._everywhere.answered.connect(self._everywhere_answered)
        self._everywhere.failed.connect(self._everywhere_failed)
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
        self._everywhere.forget()
        self._everywhere_of = None
        self._panel.wells.say_of_memory("")
        self._recording, self._request = recording, request

    # --- what perfect memory says of what is shown ---------------------------------------------------------

    @Slot()
    def ask(self) -> None:
        """Ask of what is looked at, once, where all its steps are there: the shown picture, or all for a well."""
        way = self._panel.ways.current
        if way == "step":
            self._ask_of_one()
        elif way == "pictures" and "from_memory" in self._panel.wells.layers:
            self._ask_of_all()

    def _ask_of_one(self) -> None:
        recording, panel = self._recording, self._panel
        if recording is None:
            return
        of = recording, panel.shown.picture
        if not (recording.complete and recording.has_layers) or self._recalled_of == of:
            return
        self._recalled_of = of
        choice, weights = self._asked_of(recording)
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
                recording.class_name(of[1]),
            )
        )

    def _asked_of(self, recording: Recording) -> tuple[ModelChoice | None, str]:
        """The model that made it, and its weights; None: not known.

        Of a reopened one any checkpoint of the run that it is kept in: the schedule is all that is taken of it.
        """
        if self._request is not None:
            return self._request.choice, self._request.weights
        run = self._made_in(recording)
        return None if run is None else ModelChoice(Origin.FILE, run.name, run), "ema"

    def _ask_of_all(self) -> None:
        recording, wells = self._recording, self._panel.wells
        if recording is None or not (recording.complete and recording.has_layers) or recording is self._everywhere_of:
            return
        self._everywhere_of = recording
        if recording.recalled is not None:
            return
        choice, weights = self._asked_of(recording)
        if choice is None:
            wells.say_of_memory(self._not_known())
            return
        try:
            room = recording.room_for_recalled()
        except StudioError as error:
            wells.say_of_memory(error_text(error))
            return
        wells.say_of_memory(self._reading(None))
        names = [recording.class_name(picture) for picture in range(recording.count)]
        run = self._project.run
        self._everywhere.ask(
            partial(
                self._source.recalled_all,
                choice,
                weights,
                self._project.device,
                self._snapshot(),
                None if run is None else run.folder,
                (recording.parts()[OF_LAYERS + "x_t"], recording.t.copy(), names),
                room,
            )
        )

    @Slot(object)
    def _everywhere_progressed(self, progress: object) -> None:
        self._panel.wells.say_of_memory(self._reading(progress))

    @Slot(object)
    def _everywhere_answered(self, answer: NDArray[Any] | Unknown) -> None:
        if isinstance(answer, Unknown):
            self._panel.wells.say_of_memory(self._not_known())
        elif self._recording is not None:
            self._recording.recalled = answer
            self._panel.wells.say_of_memory("")

    @Slot(object)
    def _everywhere_failed(self, failure: Failure) -> None:
        self._panel.wells.say_of_memory(error_text(failure.error))

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
        ended = [part.shutdown(timeout_ms) for part in (self._recall, self._everywhere, self._nearest)]
        return all(ended)
