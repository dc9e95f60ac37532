"""The run's menu: the latest runs with where they stand and a way to go on with them, open another, show the folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QWidgetAction

from .run_row import RunRow

if TYPE_CHECKING:
    from .project import Project
    from .run_list import RunList
    from .settings import Settings
    from .top_bar import TopBar


class RunMenu(QObject):
    """Fills the menu each time it opens, and again if the list turns out to be other by then."""

    wished = Signal(object)  #: the Path of a run to open
    resume_wished = Signal(object)  #: the Path of a run to go on with
    new_wished = Signal()  #: the open run is to be left for settings of one's own

    def __init__(self, bar: TopBar, project: Project, settings: Settings, runs: RunList) -> None:
        super().__init__(bar)
        self._bar, self._project, self._settings, self._runs = bar, project, settings, runs
        self._busy = False
        bar.run.menu().aboutToShow.connect(self._open)
        runs.changed.connect(self._refill)
        project.run_changed.connect(self._name)

    def set_busy(self, busy: bool) -> None:
        """While a training is under way no other can go on."""
        self._busy = busy

    @Slot()
    def _name(self) -> None:
        run = self._project.run
        self._bar.set_run("" if run is None else run.folder.name)
        if run is not None:
            self._settings["run"] = str(run.folder)

    @Slot()
    def _open(self) -> None:
        self._fill()
        self._runs.refresh()

    @Slot()
    def _refill(self) -> None:
        if self._bar.run.menu().isVisible():
            self._fill()

    def _fill(self) -> None:
        menu = self._bar.run.menu()
        menu.clear()
        for run in self._runs.runs or ():
            row = RunRow(run, self._busy)
            action = QWidgetAction(menu)
            action.setDefaultWidget(row)
            action.setData(str(run.folder))
            row.opened.connect(self._open_listed)
            row.resumed.connect(self._resume_listed)
            menu.addAction(action)
        if self._runs.runs is None:
            menu.addAction(self.tr("Looking for runs…")).setEnabled(False)
        elif not self._runs.runs:
            menu.addAction(self.tr("No runs yet: press Start and one is made")).setEnabled(False)
        menu.addSeparator()
        new = menu.addAction(self.tr("New run"), self.new_wished.emit)
        if self._busy:
            new.setText(self.tr("New run (stop the training first)"))
        new.setEnabled(self._project.run is not None and not self._busy)
        menu.addAction(self.tr("Open a run folder…"), self._choose)
        show = menu.addAction(self.tr("Show the run folder"), self._show)
        show.setEnabled(self._project.run is not None)

    def _chosen(self) -> Path:
        """The run whose row was used; the menu has done its work then."""
        row = self.sender()
        assert isinstance(row, RunRow)
        self._bar.run.menu().close()
        return row.run.folder

    @Slot()
    def _open_listed(self) -> None:
        self.wished.emit(self._chosen())

    @Slot()
    def _resume_listed(self) -> None:
        self.resume_wished.emit(self._chosen())

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
