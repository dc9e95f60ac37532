"""What is seen in the room Inside: tabs, what the shown one puts beside them, and its page."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from ..app.tabs import TabPages
from ..widgets.banner import Banner
from .tabs import CONTEXT, TABS


class InsidePanel(QWidget):
    """Knows the tabs by name; their pages come when they are first looked at."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Inside"))
        self.tabs = TabPages(TABS, CONTEXT, "inside_tabs", self)
        self.banner = Banner(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 8, 16, 16)
        column.setSpacing(12)
        column.addLayout(self.tabs.row)
        column.addLayout(self.banner.slot)
        column.addWidget(self.tabs.pages, 1)
