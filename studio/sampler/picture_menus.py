"""The menus that ask what to do with a picture: with the selected one of the wells, and with one that was dropped."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import QPoint, Signal, Slot
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QMenu, QWidget

from ..widgets.plain import set_tip


class PictureMenu(QMenu):
    """What can be done with the selected picture."""

    start_wished = Signal()  #: the next denoising begins with it
    large_wished = Signal(bool)  #: always True
    fork_wished = Signal()
    paint_wished = Signal()
    nearest_wished = Signal()  #: the training pictures nearest to it

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setToolTipsVisible(True)
        self.start, self.large, self.fork, self.paint, self.nearest = (
            self.addAction(self.tr("Start from this one")),
            self.addAction(self.tr("Show it large")),
            self.addAction(self.tr("Fork from here…")),
            self.addAction(self.tr("Paint on it…")),
            self.addAction(self.tr("Nearest training pictures")),
        )
        set_tip(self.start, self.tr("Noise this picture again, up to a t of your choice, and take it back"))
        set_tip(self.large, self.tr("Show it alone in both wells (Enter)"))
        set_tip(self.nearest, self.tr("Whether it is new, or remembered: the pictures it is most like (N)"))
        self.start.triggered.connect(self._start)
        self.large.triggered.connect(self._large)
        self.fork.triggered.connect(self._fork)
        self.paint.triggered.connect(self._paint)
        self.nearest.triggered.connect(self._nearest)

    def set_fork(self, why_not: str) -> None:
        """Whether one can go another way from here; a sentence: no, and why."""
        self.fork.setEnabled(not why_not)
        set_tip(self.fork, why_not or self.tr("Take all pictures another way from this step on (F)"))
        self.paint.setEnabled(not why_not)
        words = self.tr("Fork from this step with what you paint on the prediction, or in a mask (B)")
        set_tip(self.paint, why_not or words)

    def open_at(self, place: QPoint) -> None:
        """Show it at a place of the screen."""
        self.popup(place)

    def _start(self) -> None:
        # The action's own signal carries a bool that nobody wants.
        self.start_wished.emit()

    def _large(self) -> None:
        self.large_wished.emit(True)

    def _fork(self) -> None:
        self.fork_wished.emit()

    def _paint(self) -> None:
        self.paint_wished.emit()

    def _nearest(self) -> None:
        self.nearest_wished.emit()


class FoundMenu(QMenu):
    """A picture that was made here was dropped: it can be made again, or be what the next one begins with."""

    use_wished = Signal(object)  #: its settings
    start_wished = Signal(object)  #: its Path

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setToolTipsVisible(True)
        self.use, self.start = (
            self.addAction(self.tr("Use its settings")),
            self.addAction(self.tr("Start from this picture")),
        )
        set_tip(self.use, self.tr("It was made here: model, sampler, steps, seed and the rest as they were"))
        self.triggered.connect(self._chosen)

    def ask(self, path: Path, settings: Mapping[str, object]) -> None:
        """Open it where the pointer is."""
        self._path, self._settings = path, settings
        self.popup(QCursor.pos())

    @Slot(object)
    def _chosen(self, action: object) -> None:
        if action is self.use:
            self.use_wished.emit(self._settings)
        else:
            self.start_wished.emit(self._path)
