"""Pictures that the denoising begins with, or that the model sees: chosen, dropped, and read before they are used."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QFileDialog

from core.pictures.folder.listing import PICTURE_EXTENSIONS

from ..app.asking_where import pictures_folder
from ..app.messages import error_text
from ..jobs.latest import Latest
from .restoring import settings_in
from .source import Judged, judge_pictures

if TYPE_CHECKING:
    from ..app.settings import Settings
    from .panel import SamplerPanel


class GivenPictures(QObject):
    """Hands picture files on to the panel. A file that is no picture is told of before Generate is pressed."""

    def __init__(self, panel: SamplerPanel, settings: Settings, parent: QObject) -> None:
        super().__init__(parent)
        self._panel, self._settings = panel, settings
        self._judging = Latest("start-pictures", parent=self)
        self._judging.answered.connect(self._judged)
        condition = panel.controls.options.condition_row
        panel.start_file_wished.connect(self._start_dialog)
        panel.controls.file_taken.connect(self._judge)
        condition.changed.connect(self.look_at_conditions)
        condition.choose_wished.connect(self._condition_dialog)

    def open(self, path: Path) -> None:
        """Begin the denoising with a picture file, or ask whether one that was made here is to be made again."""
        said = settings_in(path)
        if said is None:
            self._panel.controls.start_from_file(path)
        else:
            self._panel.found_menu.ask(path, said)

    def drop(self, pictures: Sequence[Path]) -> None:
        """Take what was dropped: as conditions where the model is shown some, else to begin with."""
        if self._panel.controls.options.condition_row.in_use and not _made_here(pictures):
            self._panel.controls.show_files(pictures)
        elif len(pictures) == 1:
            self.open(pictures[0])
        else:
            for picture in pictures[:2]:
                self._panel.controls.start_from_file(picture)

    @Slot()
    def look_at_conditions(self) -> None:
        """Other pictures of one's own are read, and shown before anything is made of them."""
        if self._panel.controls.options.condition_row.chosen()[0]:
            self._read()
        else:
            self._panel.wells.show_condition(None)

    # --- from a dialog -------------------------------------------------------------------------------------

    @Slot(str)
    def _start_dialog(self, which: str) -> None:
        """A picture for a part of the start, from a dialog that remembers its folder."""
        title = self.tr("Choose a mask: white is filled in") if which == "mask" else self.tr("Choose a picture")
        folder = self._settings["start_folder"] or pictures_folder()
        chosen, _ = QFileDialog.getOpenFileName(self._panel, title, str(folder), self._kinds())
        if chosen:
            self._settings["start_folder"] = str(Path(chosen).parent)
            self._panel.controls.start_from_file(Path(chosen), which)

    @Slot()
    def _condition_dialog(self) -> None:
        """Pictures that a conditional model is to see, from a dialog that begins where those of now are."""
        row = self._panel.controls.options.condition_row
        now = row.files()
        folder = str(now[0].parent) if now else self._settings["start_folder"] or pictures_folder()
        title = self.tr("Choose pictures for the model to see")
        chosen, _ = QFileDialog.getOpenFileNames(self._panel, title, str(folder), self._kinds())
        if chosen:
            self._settings["start_folder"] = str(Path(chosen[0]).parent)
            self._panel.controls.show_files([Path(path) for path in chosen])
            row.done.emit()

    def _kinds(self) -> str:
        suffixes = " ".join(f"*{suffix}" for suffix in sorted(PICTURE_EXTENSIONS))
        return self.tr("Pictures") + f" ({suffixes});;" + self.tr("All files") + " (*)"

    # --- reading them --------------------------------------------------------------------------------------

    @Slot()
    def _judge(self) -> None:
        self._panel.banner.clear()
        self._read()

    def _read(self) -> None:
        options = self._panel.controls.options
        seen = options.condition_row.files()
        facts = options.condition_row.facts if options.condition_row.chosen()[0] else None
        self._judging.ask(partial(judge_pictures, (*options.start_row.files(), *seen), seen, facts))

    @Slot(object)
    def _judged(self, judged: Judged) -> None:
        banner = self._panel.banner
        for path in judged.with_more:
            words = self.tr("{name} holds more than one picture: its first is taken.")
            banner.show_message(words.format(name=path.name), kind="info")
        for path, error in judged.refused:
            self._panel.controls.let_go(path)
            banner.show_message(error_text(error))
        if self._panel.controls.options.condition_row.chosen()[0]:
            self._panel.wells.show_condition(judged.seen)

    def shutdown(self, timeout_ms: int) -> bool:
        """Stop and wait; True when no thread is left."""
        return self._judging.shutdown(timeout_ms)


def _made_here(pictures: Sequence[Path]) -> bool:
    """Whether it is one picture that says how it was made: that can be made again."""
    return len(pictures) == 1 and settings_in(pictures[0]) is not None
