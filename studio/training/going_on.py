"""Opens a run that was left, finds its pictures, and lets it go on when that was wished."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, Signal, Slot
from PySide6.QtWidgets import QMenu, QWidget

from core.reading import is_folder

from .. import numbers
from ..app.messages import error_text
from ..project import same_folder
from .history import History

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.settings import TrainConfig

    from ..project import Project
    from .narration import Notices
    from .panel import TrainingPanel


# --- Whether a run may go on with the pictures that are open: its own, or others where its own are gone ---


class RunPictures(QObject):
    """Compares the current run's folder of pictures with the one that is open. Lives in the GUI thread."""

    accepted = Signal()  #: other pictures may be used for the run
    choice_wished = Signal()  #: other pictures are to be chosen
    noted = Signal(str)  #: the run's classes are not those of its folder any more

    def __init__(self, project: Project, parent: QObject) -> None:
        super().__init__(parent)
        self._project = project
        self._accepted: tuple[Path, Path] | None = None  #: a run and the folder that stands in for its own
        project.run_changed.connect(self._note_classes)

    @property
    def fit(self) -> bool:
        """Whether the run can go on with what is open."""
        run, scan = self._project.run, self._project.scan
        if run is None or scan is None:
            return False
        return same_folder(scan.folder, run.source_folder) or self._accepted == (run.folder, scan.folder)

    @property
    def gone(self) -> bool:
        """Whether the run's own folder is no longer there."""
        return self._project.run is not None and not is_folder(self._project.run.source_folder)

    def reason(self) -> str:
        """Why the run cannot go on, or ""; pictures that are still there are opened when it is to."""
        run = self._project.run
        if run is None or self.fit or not self.gone:
            return ""
        return self.tr("The pictures of this run are no longer there: {folder}").format(folder=run.source_folder)

    def offer(self) -> tuple[str, str, Callable[[], None]] | None:
        """What to say, the words of the button and what it does, where others may take the place of lost pictures."""
        run, scan, text = self._project.run, self._project.scan, self.reason()
        if run is None or not text:
            return None
        if scan is None:
            return text, self.choose_words(), self.choice_wished.emit
        return text, self.tr("Use these pictures instead"), partial(self.accept, run.folder, scan.folder)

    def choose_words(self) -> str:
        """What the button says that lets other pictures be chosen."""
        return self.tr("Choose the pictures…")

    def accept(self, run_folder: Path, pictures: Path) -> None:
        """Let this folder of pictures stand in for the run's own."""
        self._accepted = (run_folder, pictures)
        self.accepted.emit()

    @Slot()
    def _note_classes(self) -> None:
        run, scan = self._project.run, self._project.scan
        if run is None or scan is None or not self.fit or run.config.data.labels == "off":
            return
        names, counts = run.config.data.class_names or (), dict(scan.classes)
        gone = [name for name in names if name not in counts]
        unknown = [name for name in counts if name not in names]
        if gone:
            self.noted.emit(self.tr("No pictures any more of these classes: {names}").format(names=", ".join(gone)))
        if unknown:
            words = self.tr("Not among the run's classes: {names}. Their {n} pictures count as no class")
            pictures = sum(counts[name] for name in unknown)
            self.noted.emit(words.format(names=", ".join(unknown), n=numbers.count(pictures)))


# --- going on --------------------------------------------------------------------------------------------


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

    def waits(self) -> bool:
        """Whether the run that was opened is to go on as soon as it can."""
        return self._wished is not None

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


# --- Train further: with the learning rate anew, as long plans have it, or at the rate that it has fallen to ---


class FurtherMenu(QMenu):
    """Asks which, at the button that was pressed."""

    anew = Signal()
    low = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setToolTipsVisible(True)
        self.anew_action, self.low_action = self.addAction(""), self.addAction("")
        self.anew_action.triggered.connect(self._anew)
        self.low_action.triggered.connect(self._low)

    def ask(self, button: QWidget, train: TrainConfig, low_rate: float) -> None:
        """Open above `button`."""
        anew = self.tr("Learning rate from {rate} again: the loss rises at first, and falls lower in the end")
        low = self.tr("Go on at the low learning rate, {rate}: the loss stays where it is and falls slowly")
        self.anew_action.setText(anew.format(rate=numbers.figure(train.learning_rate)))
        self.low_action.setText(low.format(rate=numbers.figure(low_rate)))
        self.popup(button.mapToGlobal(QPoint(0, -self.sizeHint().height())))

    @Slot()
    def _anew(self) -> None:
        self.anew.emit()

    @Slot()
    def _low(self) -> None:
        self.low.emit()
