"""The left side of the room: all pictures of the folder as small ones, as many in a row as one likes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from ..widgets.panel import Panel, caption
from ..widgets.slider import Slider
from ..widgets.thumbnail_view import ThumbnailView, Visible

if TYPE_CHECKING:
    from ..settings import Settings

#: Pictures in a row, fewest and most.
COLUMNS = (3, 16)
#: Thumbnails are at least this large, so that a somewhat larger cell needs no new ones. Device pixels.
LEAST_SIDE_PX = 96


class PicturesPane(Panel):
    """A virtual grid: only what is in view is asked for."""

    thumbnails_wished = Signal(object, int)  #: the numbers of the pictures, top first, and the longer side in pixels
    chosen = Signal(int)  #: the number of a picture

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self._settings = settings
        self._side_px = LEAST_SIDE_PX
        self.view = ThumbnailView()
        self.view.setObjectName("pictures")
        self._size_caption, self._size = caption(), Slider(*COLUMNS)
        self._size.setObjectName("thumbnail_size")
        self._size.setFixedWidth(120)
        columns = min(max(settings["thumbnail_columns"], COLUMNS[0]), COLUMNS[1])
        self._size.setValue(sum(COLUMNS) - columns)
        self.view.set_columns(columns)
        self.head.addStretch(1)
        self.head.addWidget(self._size_caption, 0, Qt.AlignmentFlag.AlignVCenter)
        self.head.addWidget(self._size)
        self.body.addWidget(self.view)
        self._size.valueChanged.connect(self._resize_cells)
        self.view.request.connect(self._requested)
        self.view.current_changed.connect(self._current_changed)
        self.retranslate()

    def show_pictures(self, count: int, name_of: Callable[[int], str], *, more: bool = False) -> None:
        """Show so many pictures; `name_of` tells what one is called. more: those that are shown stay, chosen or not."""
        if not more:
            self.view.clear()
        self.view.set_tip(name_of)
        self.view.set_count(count)

    def show_thumbnail(self, number: int, picture: QImage | None) -> None:
        """An answer; None leaves an empty place that is not asked for again."""
        self.view.set_image(number, picture if picture is not None else QImage())

    def choose(self, number: int) -> None:
        """Choose a picture as a click on it would."""
        self.view.set_current(number)

    def changeEvent(self, event: QEvent) -> None:
        """Speak the new language."""
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def retranslate(self) -> None:
        """Set all words."""
        self.set_title(self.tr("Pictures"))
        self.view.setAccessibleName(self.tr("Pictures"))
        self._size_caption.setText(self.tr("size"))
        self._size.setAccessibleName(self.tr("Size of the thumbnails"))
        self._size.setToolTip(self.tr("Larger or smaller thumbnails"))

    @Slot(int)
    def _resize_cells(self, value: int) -> None:
        columns = sum(COLUMNS) - value
        self._settings["thumbnail_columns"] = columns
        self.view.set_columns(columns)

    @Slot(object)
    def _requested(self, visible: Visible) -> None:
        if visible.side_px > self._side_px:
            # Those in view were made for smaller cells; the view asks again for all of them.
            self._side_px = visible.side_px
            self.view.forget_images()
        else:
            self.thumbnails_wished.emit(visible.indices, self._side_px)

    @Slot(int)
    def _current_changed(self, number: int) -> None:
        if number >= 0:
            self.chosen.emit(number)
