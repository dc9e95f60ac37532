"""Saves pictures and films in the background, asks where to, and tells when it is done."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices

from core.catalogue import ExportRow
from core.errors import UNSHOWABLE
from core.export import Exported, ExportProgress, Generation, export
from core.recording import Recording

from ..app.asking_where import ask_where
from ..app.messages import error_text
from ..jobs.worker import Failure, Worker
from .models import SamplerRequest, Shown
from .source import precision_of

if TYPE_CHECKING:
    from ..app.settings import Settings
    from .panel import SamplerPanel

# --- What a saved picture is called, and what it is saved with so that it can be made again ----------------


def file_stem(settings: Mapping[str, object]) -> str:
    """The suggested name without its suffix."""
    if "sampler" not in settings:
        return "samples"
    name = Path(str(settings.get("model", "samples"))).stem
    made = f"{name}-{settings['sampler']}-{settings.get('sample_steps')}-seed-{settings.get('seed')}"
    if "fork_at" in settings:
        made += f"-fork-{settings['fork_at']}"
    return UNSHOWABLE.sub("", made).replace("/", "-").replace("\\", "-")[:120]


def stem_of(recording: Recording | None) -> str:
    """That of what is shown, which may be cut off."""
    stem = file_stem({} if recording is None else recording.settings)
    return stem if recording is None or recording.complete else f"{stem}-incomplete"


def generation_of(recording: Recording, made: SamplerRequest | None, shown: Shown) -> Generation:
    """What is shown, with everything that made it; made: of a kept one it may not be known any more."""
    settings = recording.settings
    if not recording.complete:
        settings = {**settings, "steps_recorded": recording.arrived}
    if made is None:
        return Generation(recording, settings, step=shown.step, picture=shown.picture)
    choice = made.choice
    where = choice.path, made.weights, dict(choice.said)
    config = replace(made.config(), precision=precision_of(recording))
    return Generation(recording, settings, config, *where, shown.step, shown.picture)


# --- exporter --------------------------------------------------------------------------------------------


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
