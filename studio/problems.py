"""What goes wrong anywhere in the window is written into its log with its trace; what nobody expected is told too."""

from __future__ import annotations

import logging
import sys
import traceback
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QObject, Signal

log = logging.getLogger("studio")

LOG_FILE = "window.log"
#: The log is kept in two files of this size.
MOST_BYTES = 1_000_000
#: Different failures that are remembered as told.
MOST_TOLD = 100


def keep_log(folder: Path) -> logging.Handler:
    """Write what goes wrong into the window's log in `folder` from now on; give the answer to `leave_log`.

    Where that cannot be written it goes to standard error.
    """
    handler: logging.Handler
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(
            folder / LOG_FILE, maxBytes=MOST_BYTES, backupCount=1, encoding="utf-8", delay=True
        )
    except OSError:
        handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s  %(message)s"))
    log.addHandler(handler)
    return handler


def leave_log(handler: logging.Handler) -> None:
    """Write no more."""
    log.removeHandler(handler)
    handler.close()


class Unexpected(QObject):
    """Takes what a slot raises: Qt would print it and go on, and nobody would learn why a plot stands still."""

    told = Signal(object, str)  #: the exception and its trace; once for each kind of failure

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._seen: set[str] = set()

    def install(self) -> None:
        """From now on; `remove` ends it."""
        sys.excepthook = self._take

    def remove(self) -> None:
        """Leave Python as it was found."""
        sys.excepthook = sys.__excepthook__

    def _take(self, kind: type[BaseException], error: BaseException, frames: TracebackType | None) -> None:
        trace = "".join(traceback.format_exception(kind, error, frames))
        # A timer that fails does so several times a second.
        if trace in self._seen:
            return
        if len(self._seen) < MOST_TOLD:
            self._seen.add(trace)
        log.error("%s", trace)
        self.told.emit(error.with_traceback(None), trace)
