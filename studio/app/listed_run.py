"""What a list says of a run: where it stands, whether it can go on, and what is in the way. Imports nothing heavy."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from PySide6.QtCore import QCoreApplication

from .. import numbers


class Obstacle(Enum):
    """Why an interrupted run cannot go on at once."""

    NONE = "none"
    PICTURES_GONE = "pictures gone"  #: the folder that it was trained on is not there
    ELSEWHERE = "elsewhere"  #: another process trains it
    HERE = "here"  #: it is what this window trains


def failed_words(step: int) -> str:
    """What a list says of a run that failed for good at `step`."""
    return QCoreApplication.translate("RunTable", "Failed at step {step}").format(step=numbers.count(step))


@dataclass(frozen=True, slots=True)
class ListedRun:
    """A run as a list shows it."""

    folder: Path
    step: int | None  #: None: cannot be read
    total: int | None = None
    interrupted: bool = False  #: there are steps left
    died: bool = False  #: the program that trained it ended without saying so
    failed_at: int | None = None  #: the step at which it failed for good
    obstacle: Obstacle = Obstacle.NONE
    source: str = ""  #: the folder of its pictures
    host: str = ""  #: where it is being trained,
    pid: str = ""  #: by which process

    @property
    def can_resume(self) -> bool:
        """Whether it can go on at once."""
        return self.interrupted and self.obstacle is Obstacle.NONE

    def standing(self) -> str:
        """Where it stands: "step 1,200 of 5,000"."""
        if self.step is None:
            return QCoreApplication.translate("RunList", "cannot be read")
        if self.obstacle is Obstacle.HERE:  # it has gone on since
            return QCoreApplication.translate("RunList", "saved at step {step}").format(step=numbers.count(self.step))
        if not self.step and self.failed_at is not None:  # "step 0" would say that it was never begun
            return failed_words(self.failed_at)
        if self.interrupted and self.total is not None:
            return QCoreApplication.translate("RunList", "step {step} of {total}").format(
                step=numbers.count(self.step), total=numbers.count(self.total)
            )
        return QCoreApplication.translate("RunList", "step {step}").format(step=numbers.count(self.step))

    def why_not(self) -> str:
        """What is in the way of going on; "" when nothing is."""
        match self.obstacle:
            case Obstacle.PICTURES_GONE:
                return QCoreApplication.translate("RunList", "Its pictures are no longer there: {folder}").format(
                    folder=self.source
                )
            case Obstacle.ELSEWHERE:
                return QCoreApplication.translate("RunList", "In use by process {pid} on {host}").format(
                    pid=self.pid, host=self.host
                )
            case Obstacle.HERE:
                return QCoreApplication.translate("RunList", "In training in this window")
        return ""
