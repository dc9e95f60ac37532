"""Who was interrupted finds the way on at once: a line under the welcome, or a banner after the program was cut off."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from . import numbers
from .listed_run import ListedRun, Obstacle
from .run_list import RunList, leave_in_peace
from .widgets.plain import set_tip

if TYPE_CHECKING:
    from .dataset.welcome import GoOnLine
    from .widgets.banner import Banner


class InterruptedRuns(QObject):
    """Offers what the list of runs says can go on. Lives in the GUI thread."""

    resume_wished = Signal(object)  #: the Path of a run

    def __init__(self, runs: RunList, line: GoOnLine, banner: Banner, parent: QObject) -> None:
        super().__init__(parent)
        self._runs, self._line, self._banner = runs, line, banner
        self._announcing = False
        self._announced: ListedRun | None = None  #: what the banner speaks of
        runs.changed.connect(self._show)
        line.wished.connect(self.resume_wished)
        banner.acted.connect(self._acted)
        banner.dismissed.connect(self._dismissed)

    def announce(self) -> None:
        """The welcome will not be seen: tell in a banner of a training that was cut off with the program."""
        self._announcing = True
        self._show()

    def clear(self) -> None:
        """A training begins: there is nothing to tell any more."""
        self._announcing = False
        if self._announced is not None:
            self._announced = None
            self._banner.clear()

    @Slot()
    def _show(self) -> None:
        self._line.show_run(self._runs.first_to_resume())
        died = self._runs.first_that_died()
        if not self._announcing or died is None or self._banner.text():
            return
        self._announcing, self._announced = False, died
        if died.step:
            text = self.tr("The program ended while {run} was training. Everything up to step {step} is saved.")
        else:
            text = self.tr("The program ended while {run} was training, before it was first saved.")
        gone = died.obstacle is Obstacle.PICTURES_GONE
        self._banner.show_message(
            text.format(run=died.folder.name, step=numbers.count(died.step or 0)),
            kind="warning",
            action=self.tr("Choose the pictures…") if gone else self.tr("Resume"),
        )
        set_tip(self._banner.action_button, died.why_not() or self.tr("Open its pictures and go on training"))

    @Slot()
    def _acted(self) -> None:
        run, self._announced = self._announced, None
        if run is not None:
            self._banner.clear()
            self.resume_wished.emit(run.folder)

    @Slot()
    def _dismissed(self) -> None:
        run, self._announced = self._announced, None
        if run is not None:  # whoever does not want it is not asked at every start
            leave_in_peace(run.folder)
