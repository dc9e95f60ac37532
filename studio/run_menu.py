"""The run's menu: the latest runs with where they stand, open another, show the folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog

from core.errors import StudioError
from core.storage.runs import Run, list_runs

from . import numbers

if TYPE_CHECKING:
    from .project import Project
    from .settings import Settings
    from .top_bar import TopBar

#: How many of the latest runs the menu offers.
LATEST = 8


class RunMenu(QObject):
    """Fills the menu each time it opens, since runs are made and finished meanwhile."""

    wished = Signal(object)  #: the Path of a run to open

    def __init__(self, bar: TopBar, project: Project, settings: Settings) -> None:
        super().__init__(bar)
        self._bar, self._project, self._settings = bar, project, settings
        bar.run.menu().aboutToShow.connect(self._fill)
        project.run_changed.connect(self._name)

    @Slot()
    def _name(self) -> None:
        run = self._project.run
        self._bar.set_run("" if run is None else run.folder.name)
        if run is not None:
            self._settings["run"] = str(run.folder)

    @Slot()
    def _fill(self) -> None:
        menu = self._bar.run.menu()
        menu.clear()
        for run in list_runs(self._project.runs_folder)[:LATEST]:
            action = menu.addAction(self._describe(run))
            action.setData(str(run.folder))
            action.triggered.connect(self._open_listed)
        if menu.isEmpty():
            menu.addAction(self.tr("No runs yet: press Start and one is made")).setEnabled(False)
        menu.addSeparator()
        menu.addAction(self.tr("Open a run folder…"), self._choose)
        show = menu.addAction(self.tr("Show the run folder"), self._show)
        show.setEnabled(self._project.run is not None)

    def _describe(self, run: Run) -> str:
        try:
            state = run.state()
        except StudioError:
            return self.tr("{name} · cannot be read").format(name=run.folder.name)
        steps = self.tr("step {step}").format(step=numbers.count(state.step))
        if state.step and state.total and state.step < state.total:
            return self.tr("{name} · {steps} of {total}, can be resumed").format(
                name=run.folder.name, steps=steps, total=numbers.count(state.total)
            )
        return self.tr("{name} · {steps}").format(name=run.folder.name, steps=steps)

    @Slot()
    def _open_listed(self) -> None:
        sender = self.sender()
        if sender is not None:
            self.wished.emit(Path(str(sender.data())))  # type: ignore[attr-defined]

    @Slot()
    def _choose(self) -> None:
        chosen = QFileDialog.getExistingDirectory(
            self._bar.window(), self.tr("Open a run folder"), str(self._project.runs_folder)
        )
        if chosen:
            self.wished.emit(Path(chosen))

    @Slot()
    def _show(self) -> None:
        run = self._project.run
        if run is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(run.folder)))
