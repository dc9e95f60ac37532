"""The left side of the room: all pictures of the folder as small ones, as many in a row as one likes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Signal, Slot
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from ..widgets.panel import Panel, caption
from ..widgets.slider import Slider

if TYPE_CHECKING:
    from ..settings import Settings

#: Pictures in a row, fewest and most.
COLUMNS = (3, 16)


class PicturesPane(Panel):
    """A virtual grid: only what is in view is asked for."""

    thumbnail_wished = Signal(int)
    chosen = Signal(int)

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self._settings = settings
        self.retranslate()

    def show_pictures(self, count: int) -> None: ...
    def show_thumbnail(self, number: int, picture: QImage | None) -> None: ...
    def choose(self, number: int) -> None:
        self.chosen.emit(number)

    def show_waiting(self) -> None: ...
    def retranslate(self) -> None:
        """Set all words."""
        self.set_title(self.tr("Pictures"))
