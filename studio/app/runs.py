"""The latest runs with where they stand, read in the background: which can go on, and what is in the way of others."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from core.errors import StudioError

from ..jobs.requests import Requests
from .listed_run import ListedRun, Obstacle

if TYPE_CHECKING:
    from core.runs.listing import Standing

    from ..project import Project

#: How many of the latest runs are listed.
LATEST = 8


def read_listed(runs_folder: Path) -> tuple[ListedRun, ...]:
    """The latest runs of a folder, the last active first."""
    from core.runs.listing import read_measured, standing_of
    from core.runs.run import list_runs  # numpy comes with it, which the first paint does not wait for

    listed = []
    for run in list_runs(runs_folder, LATEST):
        try:
            standing = standing_of(run)
            # Of a run with checkpoints the list says where it can go on.
            failed_at = None if standing.step else read_measured(run.metrics_path).failed_at
            listed.append(listed_run(run.folder, run.source_folder, standing, failed_at))
        except StudioError:
            listed.append(ListedRun(run.folder, None))
    return tuple(listed)


def listed_run(folder: Path, source_folder: Path, standing: Standing, failed_at: int | None) -> ListedRun:
    """What a list says of a run that stands so."""
    owner, left = standing.owner, standing.left
    obstacle = Obstacle.NONE
    if owner is not None and owner.alive:
        ours = (owner.host, owner.pid) == (socket.gethostname(), str(os.getpid()))
        obstacle = Obstacle.HERE if ours else Obstacle.ELSEWHERE
    elif left and not standing.pictures_there:
        obstacle = Obstacle.PICTURES_GONE
    return ListedRun(
        folder=folder,
        step=standing.step,
        total=standing.total,
        interrupted=left,
        died=standing.died,
        failed_at=failed_at,
        obstacle=obstacle,
        source=str(source_folder),
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
