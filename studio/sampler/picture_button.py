"""A button that holds a picture to start from: its name, and a menu to choose another."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QIcon, QPixmap, QResizeEvent
from PySide6.QtWidgets import QMenu, QPushButton

from core.beginning import StartPicture

from ..icons import icon
from ..imaging import to_image
from ..theme import CONTROL_PX, theme
from ..widgets.plain import set_name, set_tip

ICON_PX = 20
#: What the button needs beside its words: margins, icon and arrow.
BESIDE_PX = 62


class PictureButton(QPushButton):
    """Shows what was chosen; asks its owner for a file or for the selected picture."""

    file_wished = Signal()
    selected_wished = Signal()  #: the picture that is selected in the wells
    changed = Signal()  #: taken away, by a person

    def __init__(self, width_px: int, name: str, empty: str, tip: str) -> None:
        """empty: what it says while nothing is chosen."""
        super().__init__()
        self._picture: StartPicture | None = None
        self._empty = empty
        set_name(self, name, tip)
        self._why_not = ""
        self.setFixedSize(width_px, CONTROL_PX)
        self.setIconSize(QSize(ICON_PX, ICON_PX))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        menu = QMenu(self)
        menu.setToolTipsVisible(True)
        self.from_file = menu.addAction(self.tr("Choose a file…"))
        self.from_wells = menu.addAction(self.tr("The selected picture"))
        self.nothing = menu.addAction(self.tr("None"))
        self.from_file.triggered.connect(self.file_wished)
        self.from_wells.triggered.connect(self.selected_wished)
        self.nothing.triggered.connect(self._take_away)
        self.setMenu(menu)
        theme().changed.connect(self._show)
        self._show()

    def set_wells_reason(self, why_not: str) -> None:
        """Why the selected picture cannot be taken; "" when it can."""
        self._why_not = why_not
        self.from_wells.setEnabled(not why_not)
        set_tip(self.from_wells, why_not)

    def picture(self) -> StartPicture | None:
        """What was chosen."""
        return self._picture

    def set_picture(self, picture: StartPicture | None) -> None:
        """Hold another picture. Emits nothing."""
        self._picture = picture
        self._show()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width shortens the name elsewhere."""
        super().resizeEvent(event)
        self._show()

    @Slot()
    def _show(self) -> None:
        picture = self._picture
        words = self._empty if picture is None else picture.name
        room = self.width() - BESIDE_PX
        self.setText(self.fontMetrics().elidedText(words, Qt.TextElideMode.ElideMiddle, room))
        self.setAccessibleDescription(words)
        self.nothing.setEnabled(picture is not None)
        if picture is not None and picture.pixels:
            pixels = np.frombuffer(picture.pixels, np.uint8).reshape(picture.shape)
            self.setIcon(QIcon(QPixmap.fromImage(to_image(pixels))))
        else:
            self.setIcon(icon("image", "muted"))

    @Slot()
    def _take_away(self) -> None:
        self.set_picture(None)
        self.changed.emit()
