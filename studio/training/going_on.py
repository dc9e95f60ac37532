"""Opens a run that was left, finds its pictures, and lets it go on when that was wished."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from ..messages import error_text
from .history import History
from .run_pictures import RunPictures

if TYPE_CHECKING:
    from ..project import Project
    from .notices import Notices
    from .panel import TrainingPanel


class GoingOn(QObject):
    """Holds the wish to go on with a run until its pictures are open. Lives in the GUI thread."""

    opened = Signal(object)  #: a PastRun
    ready = Signal()  #: the run that was to go on can do so now
    pictures_wished = Signal(object)  #: the run was trained on the pictures of this folder (Path)
    choice_wished = Signal()  #: the run's own pictures are gone, and others are to be chosen

    def __init__(self, project: Project, panel: TrainingPanel, notices: Notices, parent: QObject) -> None:
        super().__init__(parent)
        self._project, self._notices = project, notices
        self._wished: Path | None = None  #: the folder of the run that is to go on
        self.pictures = RunPictures(project, self)
        self.pictures.choice_wished.connect(self.choice_wished)
        self._history = History(panel, self)
        self._history.opened.connect(self.opened)
        self._history.refused.connect(self._refused)

    def open(self, path: Path, smoothing: float, *, go_on: bool) -> None:
        """Read a run folder; `opened` follows, or the reason in the banner."""
        self._wished = path if go_on else None
        self._history.open(path, smoothing)

    def forget(self) -> None:
        """Something else was begun."""
        self._wished = None

    def open_pictures(self) -> None:
        """Open the pictures of the run that is shown, which then goes on."""
        run = self._project.run
        if run is not None:
            self._wished = run.folder
            self.pictures_wished.emit(run.source_folder)

    def run_shown(self) -> None:
        """The run that was opened is the current one."""
        run = self._project.run
        if run is None:
            return
        if self.pictures.fit:
            self.pictures_shown()
        elif self.pictures.gone:
            self.offer_pictures()
            if self._wished == run.folder:
                self.choice_wished.emit()
        else:
            self.pictures_wished.emit(run.source_folder)

    def pictures_shown(self) -> None:
        """Pictures were opened: if they are those that the run waits for, it goes on."""
        run = self._project.run
        if run is not None and self._wished == run.folder and self.pictures.fit:
            self._wished = None
            self.ready.emit()

    def offer_pictures(self) -> None:
        """Where the run's own pictures are gone, say so and offer others."""
        offer = self.pictures.offer()
        if offer is not None:
            text, action, act = offer
            self._notices.say(text, kind="warning", action=action, act=act)

    def accept_pictures(self, pictures: Path) -> None:
        """Let the current run go on with this folder in place of its own, once it is open."""
        run = self._project.run
        if run is not None:
            self._wished = run.folder
            self.pictures.accept(run.folder, pictures)
            self.pictures_shown()

    @Slot(object)
    def pictures_refused(self, error: BaseException) -> None:
        """A folder of pictures could not be opened; who waits here for just that is told here."""
        if self._wished is not None and self._project.run is not None:
            self._wished = None
            action = self.pictures.choose_words()
            self._notices.say(error_text(error), action=action, act=self.choice_wished.emit)

    def shutdown(self, timeout_ms: int) -> bool:
        """End the background threads."""
        return self._history.shutdown(timeout_ms)

    @Slot(object)
    def _refused(self, error: BaseException) -> None:
        self._wished = None
        self._notices.say(error_text(error))
