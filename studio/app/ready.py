"""One click from a ready model to its pictures: it is copied among the person's runs, opened, and generated with."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal, Slot

from ..jobs.latest import Latest
from .settings import data_folder

if TYPE_CHECKING:
    from ..jobs.worker import Failure
    from ..project import Project


def copied(name: str, runs_folder: Path, samples_folder: Path) -> Iterator[Path]:
    """The folder of the copy, which is made where there is none."""
    from core.runs.ready import take
    from resources.samples import unpack

    yield take(name, runs_folder, unpack(name, samples_folder))


class ReadyModels(QObject):
    """Lives in the GUI thread; may be asked before the rooms stand."""

    taken = Signal(object)  #: the Path of a copy, whose pictures come next
    failed = Signal(object)  #: a Failure

    def __init__(self, project: Project, parent: QObject) -> None:
        super().__init__(parent)
        self._project = project
        self._training: Any = None  # the rooms' controllers, once they stand
        self._sampler: Any = None
        self._waiting: Path | None = None  #: a copy that is to be opened when the rooms stand
        self._opening: Path | None = None  #: one that is being read, to be generated with
        self._copying = Latest("ready-model", self)
        self._copying.answered.connect(self._copied)
        self._copying.failed.connect(self._not_copied)

    @property
    def busy(self) -> bool:
        """Whether one was asked for and its pictures have not begun to come."""
        return self._copying.busy or self._waiting is not None or self._opening is not None

    @Slot(str)
    def take(self, name: str) -> None:
        """Copy the model of this sample set, and make pictures with it."""
        self._opening = None
        self._copying.ask(partial(copied, name, self._project.runs_folder, data_folder() / "samples"))

    def set_rooms(self, training: Any, sampler: Any) -> None:  # noqa: ANN401 (a room's controller)
        """The rooms stand: what waits for them is opened."""
        self._training, self._sampler = training, sampler
        self._project.run_changed.connect(self._run_opened)
        sampler.model_changed.connect(self._model_read)
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            self._open(waiting)

    def shutdown(self, timeout_ms: int) -> bool:
        """Stop and wait; True when no thread is left."""
        return self._copying.shutdown(timeout_ms)

    @Slot(object)
    def _copied(self, folder: Path) -> None:
        self.taken.emit(folder)
        if self._training is None:
            self._waiting = folder
        else:
            self._open(folder)

    @Slot(object)
    def _not_copied(self, failure: Failure) -> None:
        self.failed.emit(failure)

    def _open(self, folder: Path) -> None:
        self._opening = folder
        if self._training.state.busy:  # which keeps its run; the model can be sampled beside it
            self._choose(folder)
        else:
            self._training.open_run(folder)

    @Slot()
    def _run_opened(self) -> None:
        run = self._project.run
        if run is not None and run.folder == self._opening:
            self._choose(run.folder)
        elif run is not None:
            self._opening = None  # another one was wished meanwhile

    def _choose(self, folder: Path) -> None:
        """The copy's newest checkpoint, whichever model was chosen before."""
        chosen = self._sampler.models.chosen
        path = self._newest(folder)
        if chosen is None or chosen.path != path:
            self._sampler.open_model(path)

    @Slot()
    def _model_read(self) -> None:
        sampler, folder = self._sampler, self._opening
        if sampler is None or folder is None:
            return
        chosen = sampler.models.chosen
        if chosen is not None and chosen.path == self._newest(folder):
            self._opening = None
            if sampler.panel.controls.facts is not None:  # else the room says why
                sampler.generate()

    @staticmethod
    def _newest(folder: Path) -> Path:
        from core.runs.checkpoint_files import description_path, steps_in
        from core.runs.run import CHECKPOINTS  # numpy comes with it, which the first paint does not wait for

        place = folder / CHECKPOINTS
        return description_path(place, steps_in(place)[-1])
