"""Which checkpoints a run has, and which of them stay: read and pinned in the background, away from the window."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from core.errors import StudioError
from core.runs.checkpoint_files import best_step, description_path, pin, pinned, steps_in, unpin

from ..requests import Requests

if TYPE_CHECKING:
    from ..project import Project


@dataclass(frozen=True, slots=True)
class KeptCheckpoint:
    """A checkpoint as the list shows it."""

    path: Path
    step: int
    newest: bool
    best: bool  #: of the lowest smoothed loss
    pinned: bool


def read_kept(folder: Path) -> tuple[KeptCheckpoint, ...]:
    """The checkpoints of a folder, newest first. Raises CheckpointError when it cannot be read."""
    steps, best, pins = steps_in(folder), best_step(folder), pinned(folder)
    return tuple(
        KeptCheckpoint(
            description_path(folder, step), step, newest=step == steps[-1], best=step == best, pinned=step in pins
        )
        for step in reversed(steps)
    )


class KeptCheckpoints(QObject):
    """The list of the current run's checkpoints. Lives in the GUI thread."""

    changed = Signal()  #: it was read, and something is other than before
    refused = Signal(object)  #: the StudioError or OSError: it could not be read, or one not pinned

    def __init__(self, project: Project, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._project = project
        self.checkpoints: tuple[KeptCheckpoint, ...] = ()
        self._wishes: dict[Path, bool] = {}  #: what is to be pinned (True) or no longer; of each only the last word
        self._requests = Requests(self._wish_and_read, 1, "checkpoints", self)
        self._requests.answered.connect(self._answered)
        project.run_changed.connect(self._run_changed)

    @Slot()
    def refresh(self) -> None:
        """Read it again; `changed` follows if it is other than before."""
        if self._project.run is not None:
            self._requests.ask_only([self._project.run.checkpoints_folder])

    def set_pinned(self, path: Path, keep: bool) -> None:
        """Keep a checkpoint for ever, or let it go with the others; `changed` or `refused` follows."""
        self._wishes[path] = keep
        self._requests.ask_only([path.parent])

    def _wish_and_read(self, folder: Path) -> tuple[KeptCheckpoint, ...]:
        """In the background: what was wished is done, and the folder read."""
        failures: list[StudioError] = []
        while self._wishes:
            path, keep = self._wishes.popitem()
            try:
                (pin if keep else unpin)(path)
            except StudioError as error:
                failures.append(error)
        if failures:
            raise failures[0]
        return read_kept(folder)

    def shutdown(self, timeout_ms: int) -> bool:
        """End the background thread."""
        return self._requests.shutdown(timeout_ms)

    @Slot()
    def _run_changed(self) -> None:
        self._take(())
        self.refresh()

    @Slot(object, object)
    def _answered(self, folder: Path, answer: object) -> None:
        run = self._project.run
        if isinstance(answer, StudioError | OSError):
            self.refused.emit(answer)
        elif run is not None and folder == run.checkpoints_folder and isinstance(answer, tuple):
            self._take(answer)

    def _take(self, checkpoints: tuple[KeptCheckpoint, ...]) -> None:
        if checkpoints != self.checkpoints:
            self.checkpoints = checkpoints
            self.changed.emit()
