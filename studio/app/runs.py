"""The latest runs with where they stand, read in the background: which can go on, and what is in the way of others."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from core.errors import StudioError
from core.reading import is_folder

from ..jobs.requests import Requests
from .listed_run import ListedRun, Obstacle

if TYPE_CHECKING:
    from core.runs.run import Run

    from ..project import Project

#: How many of the latest runs are listed.
LATEST = 8


def read_listed(runs_folder: Path) -> tuple[ListedRun, ...]:
    """The latest runs of a folder, the last active first."""
    from core.runs.run import list_runs  # numpy comes with it, which the first paint does not wait for

    return tuple(_listed(run) for run in list_runs(runs_folder, LATEST))


def _listed(run: Run) -> ListedRun:
    try:
        state = run.state()
    except StudioError:
        return ListedRun(run.folder, None)
    owner = run.owner()
    died = owner is not None and not owner.alive
    # One that was stopped before its first step has nothing to go on from; one that died there was meant to go on.
    left = (state.total is None or state.step < state.total) and (state.step > 0 or owner is not None)
    obstacle = Obstacle.NONE
    if owner is not None and owner.alive:
        ours = (owner.host, owner.pid) == (socket.gethostname(), str(os.getpid()))
        obstacle = Obstacle.HERE if ours else Obstacle.ELSEWHERE
    elif left and not is_folder(run.source_folder):
        obstacle = Obstacle.PICTURES_GONE
    return ListedRun(
        folder=run.folder,
        step=state.step,
        total=state.total,
        interrupted=left,
        died=died and left,
        obstacle=obstacle,
        source=str(run.source_folder),
        host="" if owner is None else owner.host,
        pid="" if owner is None else owner.pid,
    )


class RunList(QObject):
    """Keeps the list; `refresh` reads it anew. Lives in the GUI thread."""

    changed = Signal()  #: it was read, and something is other than before

    def __init__(self, project: Project, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._project = project
        self.runs: tuple[ListedRun, ...] | None = None  #: None: not read yet
        self._requests = Requests(read_listed, 1, "list-runs", self)
        self._requests.answered.connect(self._read)
        project.run_changed.connect(self.refresh)

    @Slot()
    def refresh(self) -> None:
        """Read it again; `changed` follows if it is other than before."""
        self._requests.ask_only([self._project.runs_folder])

    def first_to_resume(self) -> ListedRun | None:
        """The last active one that can go on at once."""
        return next((run for run in self.runs or () if run.can_resume), None)

    def first_that_died(self) -> ListedRun | None:
        """The last active one that was cut off with its program."""
        return next((run for run in self.runs or () if run.died), None)

    def shutdown(self, timeout_ms: int) -> bool:
        """End the background thread."""
        return self._requests.shutdown(timeout_ms)

    @Slot(object, object)
    def _read(self, _folder: Path, answer: object) -> None:
        if isinstance(answer, tuple) and answer != self.runs:
            self.runs = answer
            self.changed.emit()


def leave_in_peace(folder: Path) -> None:
    """Forget that a run's program died: whoever takes and gives back its lock leaves nothing to tell of."""
    from core.runs.run import Run

    try:
        with Run.open(folder).lock():
            pass
    except StudioError:
        return
