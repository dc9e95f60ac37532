"""The right side of the room: the chosen picture, or the folder as a whole."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Slot
from PySide6.QtWidgets import QFrame, QScrollArea, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from .. import numbers
from ..widgets.panel import Panel
from ..widgets.scroll import keep_width

SMALLEST_PX = 440


class Side(Panel):
    """Two pages under two tabs; each scrolls by itself where it does not fit."""

    def __init__(self, picture: QWidget, folder: QWidget, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self._to_mend = 0
        self.tabs, self._pages = QTabBar(), QStackedWidget()
        self.tabs.setObjectName("side")
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        for page in (picture, folder):
            self.tabs.addTab("")
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
        self.retranslate()

    @Slot(int)
    def set_to_mend(self, findings: int) -> None:
        """So many things about the folder should be looked at."""
        self._to_mend = findings
        self.retranslate()

    def changeEvent(self, event: QEvent) -> None:
        """Speak the new language."""
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def retranslate(self) -> None:
        """Set all words."""
        self.tabs.setAccessibleName(self.tr("Picture or folder"))
        folder = self.tr("Folder")
        if self._to_mend:
            folder = self.tr("Folder ({n})").format(n=numbers.count(self._to_mend))
        self.tabs.setTabText(0, self.tr("Picture"))
        self.tabs.setTabText(1, folder)
        self.tabs.setTabToolTip(0, self.tr("The chosen picture, and what the network sees of it"))
        self.tabs.setTabToolTip(1, self.tr("All pictures: what there is, what may be wrong, and what mends it"))


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
