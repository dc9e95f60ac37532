"""Saves the samples of a run as a film over its training, in the background."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, Slot

from core.catalogue import EXPORTS
from core.export import Exported, is_installed

from ..app.asking_where import ask_where
from ..app.messages import error_text
from ..jobs.worker import Failure, Worker
from ..widgets.playback import STEPS_PER_SECOND

if TYPE_CHECKING:
    from ..app.settings import Settings
    from ..project import Project
    from .samples_view import SamplesPanel


class FilmSaver(QObject):
    """Writes the film of the run that is shown, in the background. Lives in the GUI thread."""

    def __init__(
        self,
        samples: SamplesPanel,
        project: Project,
        settings: Settings,
        say: Callable[[str], object],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._samples, self._project, self._settings, self._say = samples, project, settings, say
        self._worker: Worker | None = None
        self._path: Path | None = None
        self._done = False
        self._no_mp4 = _why_no_mp4()
        samples.film.save_wished.connect(self._save)
        samples.film.cancel_wished.connect(self.cancel)
        samples.film.menu().aboutToShow.connect(self._show)

    def shutdown(self, timeout_ms: int) -> bool:
        """End the background thread; what is not finished is not written."""
        return self._worker is None or self._worker.shutdown(timeout_ms)

    @Slot()
    def cancel(self) -> None:
        """Stop; nothing is written."""
        if self._worker is not None:
            self._worker.stop()

    def write(self, path: Path) -> None:
        """Write the film of all grids there are, as the path's suffix says."""
        history = self._samples.history
        if self._worker is not None or history is None or len(history) < 2:
            return
        run = self._project.run
        settings: dict[str, object] = {"run": "" if run is None else run.folder.name, "steps": list(history.steps)}
        frame_ms = round(1000 / (STEPS_PER_SECOND * self._samples.playback.speed))
        paths = [history.path(step) for step in history.steps]
        self._path, self._done = path, False
        self._worker = Worker(partial(_write, path, paths, settings, frame_ms), parent=self, name="film")
        self._worker.events.connect(self._events)
        self._worker.ended.connect(self._ended)
        self._samples.film.set_saving((0, len(paths)))
        self._worker.start()

    @Slot()
    def _show(self) -> None:
        if self._worker is None:
            history = self._samples.history
            few = history is None or len(history) < 2
            reason = self.tr("A film needs two grids of samples") if few else ""
            self._samples.film.set_saving(None, reason=reason, no_mp4=self._no_mp4)

    @Slot(str)
    def _save(self, suffix: str) -> None:
        run = self._project.run
        name = f"{'samples' if run is None else run.folder.name}-film{suffix}"
        path = ask_where(self._samples, self._settings, name, self.tr("Save the film"))
        if path is not None:
            self.write(path)

    @Slot(list)
    def _events(self, events: list[object]) -> None:
        for event in events:
            match event:
                case (int(done), int(of)):
                    self._samples.film.set_saving((done, of))
                case Path():
                    self._done = True

    @Slot(object)
    def _ended(self, failure: Failure | None) -> None:
        assert self._worker is not None
        self._worker.deleteLater()
        self._worker = None
        self._show()
        if failure is not None:
            self._say(error_text(failure.error))
        elif self._done and self._path is not None:
            self._say(self.tr("Film saved: {path}").format(path=self._path))


def _write(path: Path, paths: list[Path], settings: dict[str, object], frame_ms: int) -> Iterator[object]:
    """In the background: (done, of) while it is made, and the path when it is on the disk."""
    from core.export.pictures import FILMS, film_of_grids

    for told in FILMS[path.suffix.lower()](path, film_of_grids(paths, settings, frame_ms)):
        yield told.path if isinstance(told, Exported) else (told.done, told.of)


def _why_no_mp4() -> str:
    row = EXPORTS["mp4"]
    if is_installed(row):
        return ""
    command = f'pip install "ddpm-studio[{row.extra}]"'
    return QCoreApplication.translate("FilmSaver", "Needs {package}: {command}").format(
        package=row.package, command=command
    )
