"""Whether a run may go on with the pictures that are open: its own, or others where its own are gone."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from core.reading import is_folder

from .. import numbers
from .naming import same_folder

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..project import Project


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
