"""Saves pictures and films in the background, asks where to, and tells when it is done."""

from __future__ import annotations

import copy
import os
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QStandardPaths, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QMessageBox

from core.catalogue import ExportRow
from core.export import Exported, ExportProgress, Generation, export
from core.pictures.folder.listing import PICTURE_EXTENSIONS
from core.reading import is_folder

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
        panel.folder_wished.connect(self._open_folder)

    # --- where ---------------------------------------------------------------------------------------------

    def ask_where(self, name: str) -> Path | None:
        """A path from a dialog that remembers its folder; None when it was cancelled."""
        folder = Path(self._settings["export_folder"] or pictures_folder())
        title = self.tr("Save the picture") if name.endswith(".png") else self.tr("Save the denoising")
        suffix = Path(name).suffix
        dialog = QFileDialog(self._panel, title, str(folder), f"*{suffix}")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(suffix)
        dialog.selectFile(free_name(folder, name))
        chosen = dialog.selectedFiles()[0] if dialog.exec() else ""
        dialog.deleteLater()
        if not chosen:
            return None
        path = Path(chosen)
        self._settings["export_folder"] = str(path.parent)
        if path.suffix.lower() == suffix:
            return path
        # The dialog has asked about the name that was typed, not about the one that is written.
        path = path.with_name(path.name + suffix)
        return path if not path.exists() or self._may_replace(path) else None

    def _may_replace(self, path: Path) -> bool:
        question = self.tr("{name} is there already. Replace it?").format(name=path.name)
        return QMessageBox.question(self._panel, path.name, question) == QMessageBox.StandardButton.Yes

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
        suffixes = " ".join(f"*{suffix}" for suffix in sorted(PICTURE_EXTENSIONS))
        kinds = self.tr("Pictures") + f" ({suffixes});;" + self.tr("All files") + " (*)"
        title = self.tr("Choose a mask: white is filled in") if part == "mask" else self.tr("Choose a picture")
        chosen, _ = QFileDialog.getOpenFileName(self._panel, title, str(folder), kinds)
        if not chosen:
            return None
        self._settings["start_folder"] = str(Path(chosen).parent)
        return Path(chosen)

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
            self._panel.show_error(error_text(failure.error), failure.trace)
        elif self._saved is not None:
            self._panel.show_saved(self._saved)
            self.exported.emit(self._saved)

    @Slot()
    def _open_folder(self) -> None:
        if self._saved is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._saved.parent)))

    def shutdown(self, timeout_ms: int) -> bool:
        """Stop and wait; True when no thread is left."""
        return self._worker is None or self._worker.shutdown(timeout_ms)


def free_name(folder: Path, name: str) -> str:
    """The name, or numbered on behind those that are there: a series is saved with Enter alone."""
    path, number = Path(name), 1
    while os.path.lexists(folder / name):
        number += 1
        name = f"{path.stem}-{number}{path.suffix}"
    return name


def pictures_folder() -> str:
    """The system's own, or the home where there is none: a dialog would take it for a file's name."""
    usual = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation)
    return usual if is_folder(Path(usual)) else str(Path.home())
