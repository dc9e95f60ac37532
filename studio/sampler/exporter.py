"""Saves pictures and films in the background, asks where to, and tells when it is done."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog

from core.catalogue import ExportRow
from core.export import Exported, ExportProgress, Generation, export
from core.pictures.folder.listing import PICTURE_EXTENSIONS
from core.reading import is_folder

from ..app.asking_where import ask_where, pictures_folder
from ..app.messages import error_text
from ..jobs.worker import Failure, Worker

if TYPE_CHECKING:
    from ..app.settings import Settings
    from .panel import SamplerPanel


class Exporter(QObject):
    """One export at a time; a second waits for nobody and is refused while the first runs."""

    exported = Signal(object)  #: the Path

    def __init__(self, panel: SamplerPanel, settings: Settings, parent: QObject) -> None:
        super().__init__(parent)
        self._panel, self._settings = panel, settings
        self._worker: Worker | None = None
        self._saved: Path | None = None
        panel.banner.folder_wished.connect(self._open_folder)

    # --- where ---------------------------------------------------------------------------------------------

    def ask_where(self, name: str) -> Path | None:
        """A path from a dialog that remembers its folder; None when it was cancelled."""
        title = self.tr("Save the picture") if name.endswith(".png") else self.tr("Save the denoising")
        return ask_where(self._panel, self._settings, name, title)

    def ask_for_model(self, folder: Path) -> Path | None:
        """A checkpoint, or the `run.json` of a run folder; None when it was cancelled.

        folder: where it begins the first time, and where the last one came from is gone.
        """
        before = Path(self._settings["model_folder"])
        chosen, _ = QFileDialog.getOpenFileName(
            self._panel,
            self.tr("Open a model"),
            str(before if self._settings["model_folder"] and is_folder(before) else folder),
            self.tr("Runs and checkpoints")
            + " (run.json step-*.json *.safetensors *.pt *.pth *.ckpt *.bin);;"
            + self.tr("All files")
            + " (*)",
        )
        if not chosen:
            return None
        self._settings["model_folder"] = str(Path(chosen).parent)
        return Path(chosen)

    def ask_for_picture(self, part: str) -> Path | None:
        """A picture for a part of the start, from a dialog that remembers its folder; None when it was cancelled."""
        folder = self._settings["start_folder"] or pictures_folder()
        title = self.tr("Choose a mask: white is filled in") if part == "mask" else self.tr("Choose a picture")
        chosen, _ = QFileDialog.getOpenFileName(self._panel, title, str(folder), self._kinds())
        if not chosen:
            return None
        self._settings["start_folder"] = str(Path(chosen).parent)
        return Path(chosen)

    def ask_for_conditions(self, now: Sequence[Path]) -> list[Path]:
        """Pictures that a conditional model is to see, from a dialog that begins where those of `now` are; or none."""
        folder = str(now[0].parent) if now else self._settings["start_folder"] or pictures_folder()
        title = self.tr("Choose pictures for the model to see")
        chosen, _ = QFileDialog.getOpenFileNames(self._panel, title, str(folder), self._kinds())
        if chosen:
            self._settings["start_folder"] = str(Path(chosen[0]).parent)
        return [Path(path) for path in chosen]

    def _kinds(self) -> str:
        suffixes = " ".join(f"*{suffix}" for suffix in sorted(PICTURE_EXTENSIONS))
        return self.tr("Pictures") + f" ({suffixes});;" + self.tr("All files") + " (*)"

    # --- what ----------------------------------------------------------------------------------------------

    def write(self, path: Path, row: ExportRow, generation: Generation) -> None:
        """Write a file of the row's kind."""
        # A copy shares the pixels and keeps them when another recording takes this one's place.
        kept = replace(generation, recording=copy.copy(generation.recording))
        self.start(partial(export, row, path, kept))

    def start(self, work: Callable[[], Iterable[object]]) -> None:
        """Write what `work` writes; it tells of it as `core.export.export` does."""
        if self._worker is not None:
            return
        self._saved = None
        self._worker = Worker(work, parent=self, name="export")
        self._worker.events.connect(self._events)
        self._worker.ended.connect(self._ended)
        self._panel.set_exporting((0, 0))
        self._worker.start()

    @Slot()
    def cancel(self) -> None:
        """Stop; nothing is written."""
        if self._worker is not None:
            self._worker.stop()

    @Slot(list)
    def _events(self, events: list[object]) -> None:
        for event in events:
            if isinstance(event, ExportProgress):
                self._panel.set_exporting((event.done, event.of))
            elif isinstance(event, Exported):
                self._saved = event.path

    @Slot(object)
    def _ended(self, failure: Failure | None) -> None:
        assert self._worker is not None
        self._worker.deleteLater()
        self._worker = None
        self._panel.set_exporting(None)
        if failure is not None:
            self._panel.banner.show_message(error_text(failure.error), details=failure.trace)
        elif self._saved is not None:
            self._panel.banner.show_saved(self._saved)
            self.exported.emit(self._saved)

    @Slot()
    def _open_folder(self) -> None:
        if self._saved is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._saved.parent)))

    def shutdown(self, timeout_ms: int) -> bool:
        """Stop and wait; True when no thread is left."""
        return self._worker is None or self._worker.shutdown(timeout_ms)
