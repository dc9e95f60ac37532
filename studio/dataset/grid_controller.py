"""What happens in the grid: thumbnails are made, pictures arranged, left out, and handed to other programs."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from ..messages import reason_text
from ..project import Project
from ..requests import Requests
from .arranging import Arranging
from .excluding import Excluding
from .files_outside import copy_paths, show_in_folder
from .pictures_pane import PicturesPane

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PySide6.QtGui import QImage

    from core.pictures.folder.scan import Scan, Skipped

    from .found import FoundPictures

#: Thumbnails that may wait: a large screen full of the smallest.
WAITING_THUMBNAILS = 1000
#: From then on it is said that the grid is being arranged.
SLOW_MS = 300


class ThumbnailQuestion(NamedTuple):
    """Which picture, and how large its thumbnail is to be."""

    number: int
    path: Path
    side_px: int  #: of the longer side, device pixels


class GridController(QObject):
    """Connects the pane, the project and core. Lives in the GUI thread; everything slow is on workers."""

    chosen = Signal(int)  #: the place of a picture in the scan
    skipped_chosen = Signal(object)  #: a core.pictures.folder.scan.Skipped
    refused = Signal(str)  #: why something cannot be done
    failed = Signal(object)  #: a Failure of what is computed in the background

    def __init__(self, project: Project, pane: PicturesPane, parent: QObject) -> None:
        super().__init__(parent)
        self._pane = pane
        self._scan: Scan | None = None
        self._files: FoundPictures | None = None  # those in the grid
        self._skipped = False  # they are files that cannot be used
        self._left_at = 0  # the place of the picture that was chosen before
        self._thumbnails = Requests(_answer_thumbnail, WAITING_THUMBNAILS, "thumbnails", self)
        self.excluding, self._arranging = Excluding(project, self), Arranging(self)
        self._thumbnails.answered.connect(self._thumbnail_came)
        self.excluding.changed.connect(self._left_out_changed)
        self.excluding.refused.connect(self.refused)
        self.excluding.failed.connect(self.failed)
        self._arranging.failed.connect(self.failed)
        self._slow = QTimer(self)
        self._slow.setSingleShot(True)
        self._slow.setInterval(SLOW_MS)
        self._slow.timeout.connect(self._tell_busy)
        self._arranging.busy_changed.connect(self._busy_changed)
        self._arranging.arranged.connect(self._show_arrangement)
        pane.thumbnails_wished.connect(self._ask_thumbnails)
        pane.chosen.connect(self._choose)
        pane.wished.connect(self._arrange)
        pane.exclude_wished.connect(self.excluding.exclude)
        pane.copy_wished.connect(self._copy)
        pane.folder_wished.connect(self._show_in_folder)

    # --- what is in the grid -------------------------------------------------------------------------------

    def show_found(self, pictures: FoundPictures, *, more: bool) -> None:
        """Pictures of a folder that is still being looked through. more: the first are those that are shown."""
        if self._scan is not None or not more:
            self.clear()
        self._files = pictures
        self._pane.set_scanning(True)
        self._pane.show_pictures(len(pictures), self._describe, more=more)

    def show_scan(self, scan: Scan, *, more: bool, same_folder: bool) -> None:
        """All pictures of a folder. more: the first of them are shown. same_folder: it was looked through again."""
        if not more:
            self._thumbnails.forget()
        self._pane.set_scanning(False)
        self._pane.filter.set_classes(bool(scan.classes))
        self._scan = scan
        self.excluding.set_scan(scan)
        if same_folder:
            self._pane.show_all()
        elif not more:
            self._reset()
        self._set_files(more=more)

    def chosen_names(self, most: int) -> tuple[str, ...]:
        """The path below the folder of the current picture, then of those that are selected, if they are not too many.

        ("",) where there is no picture to name.
        """
        scan, pane = self._scan, self._pane
        current = pane.selected.arrangement.place(pane.view.current())
        if scan is None or self._skipped or current < 0:
            return ("",)
        selected = pane.selected.places().tolist() if len(pane.selected) <= most else []
        table, rows = scan.pictures.verdicts.table, scan.pictures.rows
        return tuple(table.relative(int(rows[place])) for place in (current, *selected))

    def clear(self) -> None:
        """Nothing."""
        self._thumbnails.forget()
        self._scan = self._files = None
        self.excluding.set_scan(None)
        self._reset()
        self._pane.show_pictures(0, self._describe)

    def shutdown(self, timeout_ms: int) -> bool:
        """Stop every thread; True when none is left."""
        ended = [part.shutdown(timeout_ms) for part in (self._thumbnails, self._arranging, self.excluding)]
        return all(ended)

    def _reset(self) -> None:
        self._skipped = False
        self._arranging.reset()
        self._pane.reset_filter()
        self._pane.set_skipped(False)

    def _set_files(self, *, more: bool = False) -> None:
        assert self._scan is not None
        self._files = self._scan.skipped if self._skipped else self._scan.pictures
        self._pane.show_pictures(len(self._files), self._describe, more=more)
        self._arranging.set_files(self._files, None if self._skipped else self.excluding.mask)

    def _describe(self, place: int) -> str:
        """The tooltip of a picture."""
        files = self._files
        if files is None or not 0 <= place < len(files):
            return ""
        name = files.name(place)
        if self._skipped and self._scan is not None:
            return f"{name}\n{reason_text(self._scan.skipped[place].code)}"
        return f"{name}\n{self.tr('left out of training')}" if self._is_left_out(place) else name

    # --- arranging -----------------------------------------------------------------------------------------

    @Slot(object)
    def _arrange(self, changes: Mapping[str, object]) -> None:
        if self._scan is None:
            return
        wished = dict(changes)
        if "shown" in wished:
            skipped = wished["shown"] == "skipped"
            wished["shown"] = "all" if skipped else wished["shown"]
            if skipped != self._skipped:
                if skipped:
                    self._left_at = self._pane.selected.arrangement.place(self._pane.view.current())
                self._pane.show_pictures(0, self._describe)
                self._skipped = skipped
                self._thumbnails.forget()
                # What was asked for stands for pictures, which these are not.
                wished["only"] = None
                self._pane.chips.show_chip("only", None)
                self._pane.set_skipped(skipped)
                self._set_files()
                if not skipped:
                    self._pane.choose(max(0, self._left_at))
        self._arranging.change(**wished)

    @Slot()
    def _show_arrangement(self) -> None:
        self._pane.arrange(self._arranging.arrangement)

    @Slot()
    def _busy_changed(self) -> None:
        if self._arranging.busy:
            self._slow.start()
        else:
            self._slow.stop()
            self._pane.set_busy(False)

    @Slot()
    def _tell_busy(self) -> None:
        self._pane.set_busy(True)

    # --- leaving out ---------------------------------------------------------------------------------------

    @Slot()
    def _left_out_changed(self) -> None:
        self._pane.set_left_out(self._is_left_out, self.excluding.count)
        if self._scan is not None and not self._skipped:
            self._arranging.set_left_out(self.excluding.mask)

    def _is_left_out(self, place: int) -> bool:
        mask = self.excluding.mask
        return mask is not None and 0 <= place < len(mask) and bool(mask[place])

    # --- single pictures -----------------------------------------------------------------------------------

    @Slot(int)
    def _choose(self, place: int) -> None:
        if self._scan is None or place < 0:
            return
        if self._skipped:
            skipped: Skipped = self._scan.skipped[place]
            self.skipped_chosen.emit(skipped)
        else:
            self.chosen.emit(place)

    @Slot(object, int)
    def _ask_thumbnails(self, wanted: tuple[int, ...], side_px: int) -> None:
        files = self._files
        if files is not None:
            asked = [ThumbnailQuestion(n, Path(files.path(n)), side_px) for n in wanted if 0 <= n < len(files)]
            self._thumbnails.ask_only(asked)

    @Slot(object, object)
    def _thumbnail_came(self, question: ThumbnailQuestion, answer: QImage | Exception) -> None:
        # A picture that went away since the scan has an empty place; its preview says why.
        self._pane.show_thumbnail(question.number, None if isinstance(answer, Exception) else answer)

    @Slot(object)
    def _copy(self, places: NDArray[np.int64]) -> None:
        if self._files is not None:
            copy_paths([self._files.path(int(place)) for place in places])

    @Slot(int)
    def _show_in_folder(self, place: int) -> None:
        if self._files is not None:
            show_in_folder(self._files.path(place))


# Pillow and numpy are loaded by the first question, not by the first paint of the window.
def _answer_thumbnail(question: ThumbnailQuestion) -> QImage:
    from .preview import make_thumbnail

    return make_thumbnail(question.path, question.side_px)
