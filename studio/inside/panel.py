"""What is seen in the room Inside: tabs, what the shown one puts beside them, and its page."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from ..app.theme import CONTROL_PX
from ..widgets.banner import Banner
from ..widgets.scroll import RoomStack
from .tabs import CONTEXT, TABS


class InsidePanel(QWidget):
    """Knows the tabs by name; their pages come when they are first looked at."""

    tab_chosen = Signal(str)  #: the name of the tab that is shown now

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Inside"))
        self.tabs = QTabBar()
        self.tabs.setObjectName("inside_tabs")
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setFixedHeight(CONTROL_PX + 4)
        self.banner = Banner(self)
        self._names = tuple(TABS)
        self._pages, self._heads = RoomStack(), QStackedWidget()
        for row in TABS.values():
            title, tip = (QCoreApplication.translate(CONTEXT, text) for text in (row.title, row.tip))
            self.tabs.setTabToolTip(self.tabs.addTab(title), tip)
            self._pages.addWidget(QWidget())
            self._heads.addWidget(QWidget())
        self._heads.setFixedHeight(CONTROL_PX + 4)
        head = QHBoxLayout()
        head.setSpacing(16)
        head.addWidget(self.tabs)
        head.addWidget(self._heads, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 8, 16, 16)
        column.setSpacing(12)
        column.addLayout(head)
        column.addLayout(self.banner.slot)
        column.addWidget(self._pages, 1)
        self.tabs.currentChanged.connect(self._turned)

    @property
    def current(self) -> str:
        """The name of the tab that is shown."""
        return self._names[self.tabs.currentIndex()]

    def choose(self, name: str) -> None:
        """Show a tab; nothing where there is none of the name."""
        if name in self._names:
            self.tabs.setCurrentIndex(self._names.index(name))

    def say_at_work(self, name: str, words: str) -> None:
        """What a tab has at work, which goes on while others are looked at; "" for nothing."""
        title = QCoreApplication.translate(CONTEXT, TABS[name].title)
        self.tabs.setTabText(self._names.index(name), f"{title} · {words}" if words else title)

    def put(self, name: str, page: QWidget, head: QWidget | None) -> None:
        """The page of a tab, and what stands beside the tabs while it is shown."""
        place = self._names.index(name)
        for stack, widget in ((self._pages, page), (self._heads, head or QWidget())):
            old = stack.widget(place)
            stack.insertWidget(place, widget)
            if old is not None:
                stack.removeWidget(old)
                old.deleteLater()
        self._show(place)

    @Slot(int)
    def _turned(self, place: int) -> None:
        self._show(place)
        self.tab_chosen.emit(self.current)

    def _show(self, place: int) -> None:
        if place == self.tabs.currentIndex():
            self._pages.setCurrentIndex(place)
            self._heads.setCurrentIndex(place)
