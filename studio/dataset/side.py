"""The right side of the room: the chosen picture, or the folder as a whole."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QFrame, QScrollArea, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from .. import numbers
from ..widgets.panel import Panel
from ..widgets.scroll import keep_width

SMALLEST_PX = 440


class Side(Panel):
    """Two pages under two tabs; each scrolls by itself where it does not fit."""

    def __init__(self, picture: QWidget, folder: QWidget, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.tabs, self._pages = QTabBar(), QStackedWidget()
        self.tabs.setObjectName("side")
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setAccessibleName(self.tr("Picture or folder"))
        for page, tip in (
            (picture, self.tr("The chosen picture, and what the network sees of it")),
            (folder, self.tr("All pictures: what there is, what may be wrong, and what mends it")),
        ):
            self.tabs.setTabToolTip(self.tabs.addTab(self.tr("Picture")), tip)
            self._pages.addWidget(_scrolling(page))
        self.tabs.currentChanged.connect(self._pages.setCurrentIndex)
        self.set_head_visible(False)
        # The scroll bar, where one is needed, lies in the panel's margin.
        frame = self.layout()
        assert isinstance(frame, QVBoxLayout)
        frame.setContentsMargins(12, 4, 2, 12)
        self.body.addWidget(self.tabs)
        self.body.addWidget(self._pages)
        self.setMinimumWidth(SMALLEST_PX)
        self.set_to_mend(0)

    @Slot(int)
    def set_to_mend(self, findings: int) -> None:
        """So many things about the folder should be looked at."""
        words = self.tr("Folder ({n})").format(n=numbers.count(findings)) if findings else self.tr("Folder")
        self.tabs.setTabText(1, words)


def _scrolling(page: QWidget) -> QScrollArea:
    scroll = QScrollArea()
    scroll.setWidgetResizable(True)
    scroll.setFrameShape(QFrame.Shape.NoFrame)
    scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    keep_width(scroll)
    scroll.setWidget(page)
    page.setContentsMargins(0, 0, 6, 0)
    return scroll
