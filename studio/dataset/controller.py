"""What happens in the dataset room: folders are looked through, thumbnails and previews made, settings passed on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject, Signal, Slot

from core.errors import StudioError

from ..messages import error_text
from ..project import Project
from ..requests import Requests
from ..settings import Settings, data_folder
from .division import Division
from .panel import DatasetPanel
from .preview_controller import PreviewController
from .scanning import FolderScan, ScannedFolder, folder_facts, shown_path
from .settings_shown import settings_shown

if TYPE_CHECKING:
    from PySide6.QtGui import QImage

    from core.data.scan import Scan

    from ..worker import Failure
    from .found import Found, FoundPictures
    from .shown import FolderFacts

#: Thumbnails that may wait: a large screen full of the smallest.
WAITING_THUMBNAILS = 1000


class ThumbnailQuestion(NamedTuple):
    """Which picture, and how large its thumbnail is to be."""

    number: int
    path: Path
    side_px: int  #: of the longer side, device pixels


class DatasetController(QObject):
    """Connects the panel, the project and core. Lives in the GUI thread; everything slow is on workers."""

    opened = Signal()  #: a folder's pictures are in the project
    refused = Signal(object)  #: the exception that kept a folder from being opened
    path_dropped = Signal(object)  #: a folder, a file, a run or a checkpoint was dropped on the room
    training_wished = Signal()

    def __init__(
        self, project: Project, settings: Settings, panel: DatasetPanel, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._project, self._settings, self._panel = project, settings, panel
        self._title = ""  # of the folder that is being opened
        self._found: Found | None = None  # of it, once some of its pictures are shown
        self._shown_scan: Scan | None = None
        self._facts: FolderFacts | None = None
        self._scan = FolderScan(self)
        self._thumbnails = Requests(_answer_thumbnail, WAITING_THUMBNAILS, "thumbnails", self)
        self._preview = PreviewController(panel.inspector, self)
        self._division = Division(self)
        self._division.counted.connect(panel.inspector.settings.show_division)
        self._scan.progressed.connect(self._scan_progressed)
        self._scan.finished.connect(self._scan_finished)
        self._scan.failed.connect(self._scan_failed)
        self._scan.cancelled.connect(self._scan_cancelled)
        self._thumbnails.answered.connect(self._thumbnail_came)
        panel.folder_wished.connect(self.open_folder)
        panel.sample_set_wished.connect(self.open_sample_set)
        panel.scan_cancelled.connect(self._scan.cancel)
        panel.path_dropped.connect(self._dropped)
        panel.inspector.training_wished.connect(self.training_wished)
        panel.inspector.settings_wished.connect(self._set)
        self._preview.settings_wished.connect(self._set)
        panel.thumbnails_wished.connect(self._ask_thumbnails)
        panel.picture_chosen.connect(self._choose)
        project.scan_changed.connect(self._show_scan)
        project.config_changed.connect(self._show_config)
        self._show_config()

    # --- what the window asks ------------------------------------------------------------------------------

    @Slot(object)
    def open_folder(self, path: Path) -> None:
        """Look through a folder and take its pictures into the project; `opened` follows."""
        self._open(shown_path(path), lambda: path)

    @Slot(str)
    def open_sample_set(self, name: str) -> None:
        """Unpack one of the sets that come along, if need be, and open it."""
        target = data_folder() / "samples"

        def unpacked() -> Path:
            from resources.samples import unpack

            return unpack(name, target)

        titles = {"faces": self.tr("Sample set: faces"), "digits": self.tr("Sample set: digits")}
        self._open(titles.get(name, name), unpacked)

    @Slot(object)
    def _dropped(self, path: Path) -> None:
        from core.data.listing import claims_picture

        # Who drops one picture means the folder that it lies in.
        self.path_dropped.emit(path.parent if path.is_file() and claims_picture(path.name) else path)

    def torch_ready(self) -> None:
        """torch is loaded: the forward process may be shown."""
        self._preview.torch_ready()

    def shutdown(self, timeout_ms: int = 10_000) -> bool:
        """Stop every thread of the room; True when none is left."""
        ended = [part.shutdown(timeout_ms) for part in (self._scan, self._thumbnails, self._preview, self._division)]
        return all(ended)

    # --- scanning ------------------------------------------------------------------------------------------

    def _open(self, title: str, folder: Callable[[], Path]) -> None:
        self._title = title
        self._show_what_was()
        self._panel.show_scanning(title)
        self._scan.open(folder, title)

    @Slot(object)
    def _scan_progressed(self, found: Found) -> None:
        self._panel.show_scanning(self._title, found.found, found.seen, found.of)
        if len(found.pictures):
            before, self._found = self._found, found
            more = before is not None and before.in_order == found.in_order
            if not more:
                self._thumbnails.forget()
                self._preview.clear()
            self._panel.show_found(len(found.pictures), self._name_of, more=more)

    @Slot(object)
    def _scan_finished(self, scanned: ScannedFolder) -> None:
        self._panel.end_scanning()
        self._settings["folder"] = str(scanned.scan.folder)
        self._facts, self._shown_scan = scanned.facts, scanned.scan
        self._project.set_scan(scanned.scan)
        self.opened.emit()

    @Slot()
    def _scan_cancelled(self) -> None:
        self._show_what_was()
        self._panel.end_scanning()

    def _show_what_was(self) -> None:
        """Pictures of a folder that was not looked through to its end give way to those of the project."""
        if self._found is not None:
            self._found = None
            self._show_scan()

    @Slot(object)
    def _scan_failed(self, failure: Failure) -> None:
        self._scan_cancelled()
        self._panel.show_error(error_text(failure.error), failure.trace)
        self.refused.emit(failure.error)

    @Slot()
    def _show_scan(self) -> None:
        scan = self._project.scan
        self._thumbnails.forget()
        self._preview.clear()
        if scan is None:
            self._facts = self._shown_scan = None
            self._panel.show_welcome()
            return
        if scan is not self._shown_scan or self._facts is None:
            self._facts, self._shown_scan = folder_facts(scan), scan
        found, self._found = self._found, None
        more = found is not None and found.in_order
        chosen = self._panel.pictures.view.current() if more else -1
        self._panel.show_folder(self._facts, self._name_of, more=more)
        if chosen < 0:
            self._panel.choose(0)
        else:
            self._choose(chosen)

    # --- pictures ------------------------------------------------------------------------------------------

    def _pictures(self) -> FoundPictures | None:
        """Those in the grid."""
        scan = self._project.scan
        return self._found.pictures if self._found is not None else scan.pictures if scan is not None else None

    def _name_of(self, number: int) -> str:
        pictures = self._pictures()
        return pictures.name(number) if pictures is not None and number < len(pictures) else ""

    @Slot(object, int)
    def _ask_thumbnails(self, wanted: tuple[int, ...], side_px: int) -> None:
        pictures = self._pictures()
        if pictures is not None:
            asked = [ThumbnailQuestion(n, Path(pictures.path(n)), side_px) for n in wanted if n < len(pictures)]
            self._thumbnails.ask_only(asked)

    @Slot(object, object)
    def _thumbnail_came(self, question: ThumbnailQuestion, answer: QImage | Exception) -> None:
        # A picture that went away since the scan has an empty place; its preview says why.
        self._panel.show_thumbnail(question.number, None if isinstance(answer, Exception) else answer)

    @Slot(int)
    def _choose(self, number: int) -> None:
        scan = self._project.scan
        # The settings are those of the project's folder: a picture of another waits until it is known.
        if scan is not None and self._found is None and 0 <= number < len(scan.pictures):
            self._preview.show_picture(number, scan.pictures[number])

    # --- settings ------------------------------------------------------------------------------------------

    @Slot()
    def _show_config(self) -> None:
        if self._project.scan is None:
            return
        transparent = self._facts is not None and self._facts.any_transparent
        self._panel.inspector.show_settings(settings_shown(self._project, any_transparent=transparent))
        config = self._project.config
        self._preview.follow(config)
        self._division.ask(self._project.scan, config.data.hold_out, config.data.excluded)

    @Slot(object)
    def _set(self, changes: Mapping[str, object]) -> None:
        try:
            self._project.set_settings(changes)
        except StudioError as error:
            self._panel.show_error(error_text(error))
            self._show_config()


# Pillow and numpy are loaded by the first question, not by the first paint of the window.
def _answer_thumbnail(question: ThumbnailQuestion) -> QImage:
    from .preview import make_thumbnail

    return make_thumbnail(question.path, question.side_px)
