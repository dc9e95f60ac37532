"""Carries out what is chosen about the place of decoded pictures: remembers it, counts and empties on a worker."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QDialog, QFileDialog, QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from core.errors import ConfigError

from .. import numbers
from ..jobs.latest import Latest
from ..widgets.drop_zone import refuse_text_drops
from ..widgets.elided import ElidedLabel
from ..widgets.focus import FocusOverlay
from ..widgets.number import IntBox
from ..widgets.panel import caption
from ..widgets.plain import set_tip, set_words
from .messages import error_text
from .settings import MOST_GB, CacheWish
from .theme import CONTROL_PX

if TYPE_CHECKING:
    from core.pictures.feed.cache_folder import Taken

    from ..jobs.worker import Failure
    from ..project import Project
    from .settings import Settings


# --- Where decoded pictures are kept between trainings, how much room they may take, how much they take, and a broom.

WIDTH_PX = 520


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheShown:
    """What the dialog says."""

    folder: str
    is_usual: bool  #: nothing else was chosen
    folder_set_by: str  #: the variable of the environment that says where; empty: it may be chosen
    gigabytes: int
    gigabytes_set_by: str  #: the variable, with its value; empty: it may be chosen
    taken: str  #: in words; empty while it is being counted
    any_taken: bool
    emptying: bool
    problem: str = ""


class CacheDialog(QDialog):
    """Knows no worker: it asks through signals and is told through `show_cache`."""

    folder_wished = Signal(str)  #: "" for the usual one
    gigabytes_wished = Signal(int)
    empty_wished = Signal()
    cancelled = Signal()  #: emptying is to end

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._shown: CacheShown | None = None
        self.setWindowTitle(self.tr("Decoded pictures"))
        self._about = QLabel(
            self.tr(
                "The first epoch decodes each picture of a large folder once, at the size that is trained on. What "
                "comes of it is kept here, so that later epochs and trainings only read it."
            )
        )
        self._about.setTextFormat(Qt.TextFormat.PlainText)
        self._about.setWordWrap(True)
        self._folder = ElidedLabel(mode=Qt.TextElideMode.ElideMiddle)
        self._folder.setObjectName("cache_folder")
        titles = (self.tr("Choose…"), self.tr("Usual place"), self.tr("Empty"), self.tr("Close"))
        self._choose, self._usual, self._empty, self._close = map(QPushButton, titles)
        for titled in (self._choose, self._usual, self._close):
            titled.setAccessibleName(titled.text())
        set_tip(self._close, self.tr("Back to the window"))
        self._gigabytes = IntBox(0, MOST_GB, 0)
        self._gigabytes.setFixedHeight(CONTROL_PX)
        self._gigabytes.setFixedWidth(120)
        self._gigabytes.setSuffix(" GB")
        self._gigabytes.setSpecialValueText(self.tr("Keep nothing"))
        self._gigabytes.setAccessibleName(self.tr("Room that decoded pictures may take"))
        self._taken = QLabel()
        self._taken.setTextFormat(Qt.TextFormat.PlainText)
        self._note, self._problem = caption(), QLabel()
        self._problem.setProperty("tone", "error")
        self._problem.setTextFormat(Qt.TextFormat.PlainText)
        for label in (self._note, self._problem):
            label.setWordWrap(True)
        names: Mapping[QWidget, str] = {
            self._choose: "choose_cache",
            self._usual: "usual_cache",
            self._empty: "empty_cache",
            self._close: "close",
            self._gigabytes: "cache_gigabytes",
            self._taken: "cache_taken",
            self._problem: "cache_problem",
        }
        for widget, name in names.items():
            widget.setObjectName(name)
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(1, 1)
        for row, title in enumerate((self.tr("Folder"), self.tr("At most"), self.tr("Taken now"))):
            grid.addWidget(caption(title), row, 0)
            grid.setRowMinimumHeight(row, CONTROL_PX)
        rows: tuple[tuple[QWidget, ...], ...] = (
            (self._folder, self._usual, self._choose),
            (self._gigabytes,),
            (self._taken, self._empty),
        )
        for row, widgets in enumerate(rows):
            line = QHBoxLayout()
            line.setSpacing(8)
            line.addWidget(widgets[0], len(widgets) - 1)
            for button in widgets[1:]:
                line.addWidget(button)
            if len(widgets) == 1:
                line.addStretch(1)
            grid.addLayout(line, row, 1)
        bottom = QHBoxLayout()
        bottom.addWidget(self._note, 1)
        bottom.addWidget(self._close)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        column.addWidget(self._about)
        column.addLayout(grid)
        column.addWidget(self._problem)
        column.addStretch(1)
        column.addLayout(bottom)
        self.resize(WIDTH_PX, 240)
        self._choose.clicked.connect(self._ask_folder)
        self._usual.clicked.connect(self._wish_usual)
        self._gigabytes.valueChanged.connect(self.gigabytes_wished)
        self._empty.clicked.connect(self._empty_clicked)
        self._close.clicked.connect(self.accept)
        FocusOverlay(self)
        refuse_text_drops(self)

    def show_cache(self, shown: CacheShown) -> None:
        """Say this from now on."""
        self._shown = shown
        self._gigabytes.blockSignals(True)
        self._gigabytes.setValue(shown.gigabytes)
        self._gigabytes.blockSignals(False)
        fixed = self.tr("Set by the environment: {variable}")
        where = fixed.format(variable=shown.folder_set_by) if shown.folder_set_by else ""
        self._folder.setText(shown.folder)
        self._folder.set_tip(where)
        self._choose.setEnabled(not where)
        set_tip(
            self._choose,
            where or self.tr("Keep them in another folder, on a fast disk. What is kept already stays where it is"),
        )
        self._usual.setVisible(not shown.is_usual)
        self._usual.setEnabled(not where)
        set_tip(self._usual, where or self.tr("Keep them where programs keep what can be made again"))
        much = fixed.format(variable=shown.gigabytes_set_by) if shown.gigabytes_set_by else ""
        self._gigabytes.setEnabled(not much)
        set_tip(
            self._gigabytes,
            much
            or self.tr("What was used longest ago gives way to what is new. A disk is never filled to the last GB"),
        )
        self._note.setText(
            "\n".join(words for words in (where, much) if words) or self.tr("Takes effect at the next training.")
        )
        self._taken.setText(shown.taken or self.tr("Being counted…"))
        self._empty.setEnabled(shown.emptying or shown.any_taken)
        if shown.emptying:
            tip = self.tr("Leave the rest as it is")
        elif shown.any_taken:
            tip = self.tr("Give all of it up but what a training reads now; it is decoded again when it is needed")
        else:
            tip = self.tr("Nothing is kept that could be given up")
        set_words(self._empty, self.tr("Cancel") if shown.emptying else self.tr("Empty"), tip)
        self._problem.setText(shown.problem)
        self._problem.setVisible(bool(shown.problem))

    # --- wishes --------------------------------------------------------------------------------------------

    @Slot()
    def _ask_folder(self) -> None:
        before = self._shown.folder if self._shown is not None else ""
        chosen = QFileDialog.getExistingDirectory(self, self.tr("Choose where decoded pictures are kept"), before)
        if chosen:
            self.folder_wished.emit(chosen)

    @Slot()
    def _wish_usual(self) -> None:
        self.folder_wished.emit("")

    @Slot()
    def _empty_clicked(self) -> None:
        emptying = self._shown is not None and self._shown.emptying
        (self.cancelled if emptying else self.empty_wished).emit()


# --- cache -----------------------------------------------------------------------------------------------


class CacheSettings(QObject):
    """Keeps settings, project and the dialog, while it is open, together. Lives in the GUI thread."""

    def __init__(self, project: Project, settings: Settings, parent: QWidget) -> None:
        super().__init__(parent)
        self._project, self._settings, self._parent = project, settings, parent
        self._dialog: CacheDialog | None = None
        self._taken: Taken | None = None
        self._emptying = False
        self._problem = ""
        self._latest = Latest("cache", self)
        self._latest.answered.connect(self._counted)
        self._latest.failed.connect(self._failed)
        project.cache = CacheWish.of(settings)

    @Slot()
    def show(self) -> None:
        """Open the dialog, or bring it to the front."""
        if self._dialog is None:
            dialog = self._dialog = CacheDialog(self._parent.window())
            dialog.folder_wished.connect(self._set_folder)
            dialog.gigabytes_wished.connect(self._set_gigabytes)
            dialog.empty_wished.connect(self._empty)
            dialog.cancelled.connect(self._count)
            dialog.destroyed.connect(self._closed)
            self._count()
        self._dialog.show()
        self._dialog.raise_()
        self._dialog.activateWindow()

    def shutdown(self, timeout_ms: int) -> bool:
        """Stop and wait; True when no thread is left."""
        return self._latest.shutdown(timeout_ms)

    # --- wishes --------------------------------------------------------------------------------------------

    @Slot(str)
    def _set_folder(self, folder: str) -> None:
        if folder and not os.access(folder, os.W_OK | os.X_OK):
            self._problem = self.tr("You may not write to that folder: choose another")
            self._show()
            return
        self._settings["cache_folder"] = folder
        self._project.cache = CacheWish.of(self._settings)
        self._count()

    @Slot(int)
    def _set_gigabytes(self, gigabytes: int) -> None:
        self._settings["cache_gb"] = gigabytes
        self._project.cache = CacheWish.of(self._settings)
        self._show()

    @Slot()
    def _count(self) -> None:
        self._begin(emptying=False)

    @Slot()
    def _empty(self) -> None:
        self._begin(emptying=True)

    def _begin(self, *, emptying: bool) -> None:
        self._taken, self._emptying, self._problem = None, emptying, ""
        wish = self._project.cache
        self._latest.ask(lambda: _look(wish, emptying=emptying))
        self._show()

    # --- answers -------------------------------------------------------------------------------------------

    @Slot(object)
    def _counted(self, taken: Taken) -> None:
        self._taken, self._emptying = taken, False
        self._show()

    @Slot(object)
    def _failed(self, failure: Failure) -> None:
        self._emptying, self._problem = False, error_text(failure.error)
        self._show()

    @Slot()
    def _closed(self) -> None:
        self._dialog = None
        self._latest.forget()

    def _show(self) -> None:
        if self._dialog is None:
            return
        from core.pictures.feed.cache_folder import FOLDER_VARIABLE, GIGABYTES_VARIABLE, usual_folder
        from core.pictures.folder.names import displayed_name

        wish, taken = self._project.cache, self._taken
        own, quota_bytes = os.environ.get(GIGABYTES_VARIABLE), wish.quota_bytes or 0
        with contextlib.suppress(ConfigError):  # the problem says it
            quota_bytes = wish.place().quota_bytes
        shown = CacheShown(
            folder=displayed_name(str(usual_folder(wish.folder))),
            is_usual=wish.folder is None,
            folder_set_by=FOLDER_VARIABLE if os.environ.get(FOLDER_VARIABLE) else "",
            # 0 stands for nothing, which less than half a GB of the environment's is not.
            gigabytes=max(1, round(quota_bytes / 10**9)) if quota_bytes else 0,
            gigabytes_set_by=f"{GIGABYTES_VARIABLE} = {own}" if own else "",
            taken=self._words(taken),
            any_taken=taken is not None and taken.caches > taken.used,
            emptying=self._emptying,
            problem=self._problem,
        )
        self._dialog.show_cache(shown)

    def _words(self, taken: Taken | None) -> str:
        if self._emptying:
            return self.tr("Being emptied…")
        if taken is None:
            return "–" if self._problem else ""
        if not taken.caches:
            return self.tr("Nothing")
        words = self.tr("{size} in {n} sets of pictures")
        if taken.used:
            words = self.tr("{size} in {n} sets of pictures, {used} in use")
        size, count = numbers.memory(taken.bytes), numbers.count(taken.caches)
        return words.format(size=size, n=count, used=numbers.count(taken.used))


def _look(wish: CacheWish, *, emptying: bool) -> Iterator[Taken | None]:
    place = wish.place()
    if emptying:
        for _ in place.empty():
            yield None
    yield place.taken()
