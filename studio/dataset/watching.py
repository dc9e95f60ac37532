"""Looks now and then whether the folder that is shown has changed, so seldom that nothing is felt of it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from ..requests import Requests

if TYPE_CHECKING:
    from core.pictures.folder.scan import Scan
    from core.pictures.folder.watching import Changes, Watch

#: Between two looks, at least; and so many times as long as the last one took: two thirds of a percent of a core.
REST_MS = 2000
REST_PER_LOOK = 150
#: A training needs the disk more than anybody needs the news, and meets what is gone by itself.
REST_WHILE_TRAINING = 10


class _Watched:
    """A folder, and what is known of it; made and asked on the background thread only."""

    def __init__(self, scan: Scan) -> None:
        self._scan = scan
        self._watch: Watch | None = None

    def look(self) -> Changes:
        if self._watch is None:
            from core.pictures.folder.watching import Watch

            self._watch = Watch(self._scan)
        return self._watch.changes()


class _Looked(NamedTuple):
    changes: Changes
    took_s: float


class FolderWatch(QObject):
    """Watches one folder at a time. Tells; what is done about it is for others."""

    changed = Signal(object)  #: Changes: what is otherwise than at the scan, as far as was looked

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._watched: _Watched | None = None
        self._training = False
        self._told: Changes | None = None
        self._looks = Requests(_look, 1, "watching", self)
        self._looks.answered.connect(self._looked)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.look)

    def watch(self, scan: Scan | None) -> None:
        """Look at the folder of this scan from now on; None: at nothing."""
        self._looks.forget()
        self._told = None
        self._watched = None if scan is None else _Watched(scan)
        if scan is None:
            self._timer.stop()
        else:
            self._timer.start(REST_MS)

    def set_training(self, training: bool) -> None:
        """While something is trained on, looks are ten times as seldom."""
        self._training = training

    @Slot()
    def look(self) -> None:
        """Look now; the next time follows by itself."""
        self._timer.stop()
        if self._watched is not None:
            self._looks.forget()
            self._looks.ask(self._watched)

    def shutdown(self, timeout_ms: int) -> bool:
        """Stop and wait; True when no thread is left."""
        self.watch(None)
        return self._looks.shutdown(timeout_ms)

    @Slot(object, object)
    def _looked(self, watched: _Watched, looked: _Looked | Exception) -> None:
        if watched is not self._watched:
            return
        took_s = 0.0 if isinstance(looked, Exception) else looked.took_s
        rest_ms = max(REST_MS, round(took_s * 1000 * REST_PER_LOOK))
        self._timer.start(rest_ms * (REST_WHILE_TRAINING if self._training else 1))
        if not isinstance(looked, Exception) and looked.changes != self._told:
            self._told = looked.changes
            self.changed.emit(looked.changes)


def _look(watched: _Watched) -> _Looked:
    began = time.monotonic()
    return _Looked(watched.look(), time.monotonic() - began)
