"""Carries out what is chosen about the place of decoded pictures: remembers it, counts and empties on a worker."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from core.errors import ConfigError

from . import numbers
from .cache_dialog import CacheDialog, CacheShown
from .cache_wish import CacheWish
from .latest import Latest
from .messages import error_text

if TYPE_CHECKING:
    from core.pictures.feed.cache_folder import Taken

    from .project import Project
    from .settings import Settings
    from .worker import Failure


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
