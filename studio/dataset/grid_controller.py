"""What happens in the grid: thumbnails are made, pictures arranged, left out, and handed to other programs."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote

from PySide6.QtCore import QObject, QProcess, QTimer, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices, QGuiApplication

from core.errors import StudioError
from core.pictures.folder.names import displayed_name
from core.settings import SETTINGS

from .. import numbers
from ..app.messages import error_text, reason_text
from ..jobs.latest import Latest
from ..jobs.requests import Requests
from ..jobs.worker import Failure
from ..project import Project
from .division import Divided
from .pictures_pane import Arrangement, PicturesPane

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PySide6.QtGui import QImage

    from core.pictures.folder.arranging import Arranged, Files, Wish
    from core.pictures.folder.scan import Scan, Skipped

    from .found import FoundPictures


# --- Filters and sorts the pictures of the grid in the background; what was asked last is what is shown ---


class Arranging(QObject):
    """Keeps the wish and the arrangement that follows from it. Lives in the GUI thread."""

    arranged = Signal()  #: `arrangement` is another
    busy_changed = Signal()
    failed = Signal(object)  #: a Failure; the grid stays as it is

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.arrangement = Arrangement()
        self._files: Files | None = None
        self._left_out: NDArray[np.bool_] | None = None
        self._wish: Wish | None = None  # None: the plain one, before core is loaded
        self._latest = Latest("arranging", self)
        self._latest.answered.connect(self._came)
        self._latest.busy_changed.connect(self.busy_changed)
        self._latest.failed.connect(self.failed)

    @property
    def wish(self) -> Wish:
        """What is asked for."""
        from core.pictures.folder.arranging import Wish

        return self._wish or Wish()

    @property
    def order(self) -> NDArray[np.int64] | None:
        """Position in the grid → place in the scan; None: all of them in natural order."""
        return self.arrangement.order

    @property
    def busy(self) -> bool:
        """Whether another arrangement is on its way."""
        return self._latest.busy

    def set_files(self, files: Files, left_out: NDArray[np.bool_] | None) -> None:
        """Arrange these, as they are at first; the wish stays."""
        self._files, self._left_out = files, left_out
        self.show_plainly(len(files))
        self._ask()

    def show_plainly(self, count: int) -> None:
        """So many, as they come."""
        self._latest.forget()
        self.arrangement = Arrangement(count)

    def set_left_out(self, left_out: NDArray[np.bool_] | None) -> None:
        """Others are left out now."""
        self._left_out = left_out
        if self.wish.shown != "all":
            self._ask()

    def change(self, **changes: Any) -> None:  # noqa: ANN401 (fields of Wish)
        """Ask for something else; `arranged` follows."""
        wish = replace(self.wish, **changes)
        if self._wish is None or any(getattr(wish, name) is not getattr(self._wish, name) for name in changes):
            self._wish = wish
            self._ask()

    def reset(self) -> None:
        """Forget the wish, for another folder."""
        self._wish = self._files = self._left_out = None
        self.show_plainly(0)

    def shutdown(self, timeout_ms: int) -> bool:
        """Stop and wait; True when no thread is left."""
        return self._latest.shutdown(timeout_ms)

    def _ask(self) -> None:
        files, wish, left_out = self._files, self.wish, self._left_out
        if files is None:
            return
        if not wish.is_filter and (wish.sort, wish.descending) == ("name", False):
            self._latest.forget()
            self._set(None)
            return

        def answer() -> Iterable[object]:
            from core.pictures.folder.arranging import arranged

            return arranged(files, wish, left_out)

        self._latest.ask(answer)

    @Slot(object)
    def _came(self, answer: Arranged) -> None:
        self._set(answer.order)

    def _set(self, order: NDArray[np.int64] | None) -> None:
        if self._files is not None and (order is not None or self.arrangement.order is not None):
            self.arrangement = Arrangement(len(self._files), order)
            self.arranged.emit()


# --- Hands files to other programs: the clipboard, and the system's file manager -------------------------

#: By sys.platform: a program that shows a file in its folder, and what stands before the path.
SELECTING: dict[str, tuple[str, tuple[str, ...]]] = {
    "win32": ("explorer.exe", ("/select,",)),
    "darwin": ("open", ("-R",)),
}


def copy_paths(paths: Sequence[str]) -> None:
    """As text, a line each."""
    # Not as a QMimeData of ours, which could hold the files too: Qt deletes that one when Python has already ended.
    QGuiApplication.clipboard().setText("\n".join(displayed_name(path) for path in paths))


def show_in_folder(path: str) -> None:
    """Open the folder that a file lies in, with the file selected where the system has a way to say so."""
    program, arguments = SELECTING.get(sys.platform, ("", ()))
    if not program or not QProcess.startDetached(program, [*arguments, str(Path(path))])[0]:
        QDesktopServices.openUrl(file_url(str(Path(path).parent)))


def file_url(path: str) -> QUrl:
    """The URL of a file, whatever bytes its name is made of."""
    if os.name == "nt":
        return QUrl.fromLocalFile(path)
    return QUrl.fromEncoded(("file://" + quote(os.fsencode(Path(path).absolute()))).encode("ascii"))


# --- Which pictures are left out of training: marked at once, by name in the settings a moment later -----

#: Names made between two looks at whether to stop.
NAMES_TOGETHER = 5000


class Named(NamedTuple):
    """The answer: the pictures of a mask, by name."""

    scan: Scan
    names: tuple[str, ...]


class Excluding(QObject):
    """Keeps a mask by place beside the project's names. Lives in the GUI thread."""

    changed = Signal()  #: others are left out now
    refused = Signal(str)  #: why some cannot be left out
    failed = Signal(object)  #: a Failure; those that the settings leave out stay so

    def __init__(self, project: Project, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._project = project
        self._scan: Scan | None = None
        self.mask: NDArray[np.bool_] | None = None  #: (n,) of each picture, whether it is left out; None: none is
        self.count = 0  #: how many are
        self._told: tuple[str, ...] | None = None  # the setting that the mask was last brought in line with
        self._agreed: NDArray[np.bool_] | None = None  # the mask then
        self._strange: tuple[str, ...] = ()  # names in the setting that are no picture's, and stay in it
        self._wishes: list[tuple[NDArray[np.int64], bool]] = []  # to be done once the setting is understood
        self._naming: Scan | None = None  # whose pictures are being named
        self._latest = Latest("excluding", self)
        self._latest.answered.connect(self._named)
        self._latest.failed.connect(self._failed)

    def set_scan(self, scan: Scan | None) -> None:
        """Other pictures; `follow` tells which of them are left out."""
        if scan is None or self._scan is None or scan.folder != self._scan.folder:
            self._latest.forget()  # looked through again, what is being named is still wished
        self._scan, self._told, self._agreed, self._strange, self._wishes = scan, None, None, (), []
        self._set(None)

    @Slot(object)
    def follow(self, divided: Divided) -> None:
        """What the settings leave out was counted."""
        from core.pictures.folder.splits import EXCLUDED

        question = divided.question
        if question.scan is self._scan and question.excluded != self._told and not self._latest.busy:
            self._told, self._strange = question.excluded, divided.strange
            self._set(divided.sides == EXCLUDED)
            self._agreed = self.mask
            wishes, self._wishes = self._wishes, []
            for places, excluded in wishes:
                self.exclude(places, excluded)

    def exclude(self, places: NDArray[np.int64], excluded: bool = True) -> None:
        """Leave these pictures out of training, or take them in again. `refused` where they are too many."""
        import numpy as np

        scan = self._scan
        if scan is None or not len(places):
            return
        if (run := self._project.run_of_pictures) is not None:
            words = self.tr(
                "{run} keeps the pictures that it was begun with. To leave others out, choose New run in its menu, at "
                "the top right."
            )
            self.refused.emit(words.format(run=run.folder.name))
            return
        setting = self._project.config.data.excluded or ()
        understood = self._naming is scan if self._latest.busy else setting == (self._told or ())
        if not understood:
            self._wishes.append((places, excluded))
            return
        mask = np.zeros(len(scan.pictures), bool) if self.mask is None else self.mask.copy()
        mask[places] = excluded
        count, limit = int(np.count_nonzero(mask)) + len(self._strange), SETTINGS["excluded"].most_entries
        if excluded and limit is not None and count > limit:
            words = self.tr(
                "At most {limit} pictures can be left out one by one, and with these it would be {n}. Move them out "
                "of the folder instead."
            )
            self.refused.emit(words.format(limit=numbers.count(limit), n=numbers.count(count)))
            return
        self._set(mask)
        self._naming, strange = scan, self._strange

        def answer() -> Iterable[object]:
            return _names(scan, mask, strange)

        self._latest.ask(answer)

    def shutdown(self, timeout_ms: int) -> bool:
        """Stop and wait; True when no thread is left."""
        return self._latest.shutdown(timeout_ms)

    def _set(self, mask: NDArray[np.bool_] | None) -> None:
        self.mask = mask if mask is not None and mask.any() else None
        self.count = 0 if self.mask is None else int(self.mask.sum())
        self.changed.emit()

    @Slot(object)
    def _named(self, answer: Named) -> None:
        told = self._told
        if answer.scan is self._scan:
            self._told = answer.names
        try:
            self._project.set_settings({"excluded": answer.names or None})
        except StudioError as error:
            self._told = told
            self._set(self._agreed)
            self.refused.emit(error_text(error))
        else:
            if answer.scan is self._scan:
                self._agreed = self.mask

    @Slot(object)
    def _failed(self, failure: Failure) -> None:
        self._set(self._agreed)
        self.failed.emit(failure)


def _names(scan: Scan, mask: NDArray[np.bool_], strange: tuple[str, ...]) -> Iterator[Named | None]:
    import numpy as np

    from core.pictures.folder.splits import names_at

    places, names = np.flatnonzero(mask), list(strange)
    for begin in range(0, len(places), NAMES_TOGETHER):
        names += names_at(scan.pictures, places[begin : begin + NAMES_TOGETHER])
        yield None
    yield Named(scan, tuple(names))


# --- grid controller -------------------------------------------------------------------------------------

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
