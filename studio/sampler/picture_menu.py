"""The menu of a picture in the wells."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Signal
from PySide6.QtWidgets import QMenu, QWidget

from ..widgets.plain import set_tip


class PictureMenu(QMenu):
    """What can be done with the selected picture."""

    start_wished = Signal()  #: the next denoising begins with it
    large_wished = Signal(bool)  #: always True

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setToolTipsVisible(True)
        self.start, self.large = (
            self.addAction(self.tr("Start from this one")),
            self.addAction(self.tr("Show it large")),
        )
        set_tip(self.start, self.tr("Noise this picture again, up to a t of your choice, and take it back"))
        set_tip(self.large, self.tr("Show it alone in both wells (Enter)"))
        self.start.triggered.connect(self._start)
        self.large.triggered.connect(self._large)

    def open_at(self, place: QPoint) -> None:
        """Show it at a place of the screen."""
        self.popup(place)

    def _start(self) -> None:
        # The action's own signal carries a bool that nobody wants.
        self.start_wished.emit()

    def _large(self) -> None:
        self.large_wished.emit(True)
