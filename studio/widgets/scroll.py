"""A scroll bar that always has its room, and is drawn only where there is something to scroll."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QScrollBar, QStackedWidget


class QuietScrollBar(QScrollBar):
    """For pages whose height follows from their width.

    A bar that comes when they are too high makes them narrower, hence lower, and goes again: for ever.
    """

    def paintEvent(self, event: QPaintEvent) -> None:
        """Nothing, where all is seen."""
        if self.maximum() > self.minimum():
            super().paintEvent(event)


def keep_width(scroll: QScrollArea) -> None:
    """Give the page the same width whether it scrolls or not."""
    scroll.setVerticalScrollBar(QuietScrollBar(Qt.Orientation.Vertical, scroll))
    scroll.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)


# --- Pages, one at a time, each as large as it needs to be: on a small screen it scrolls -------------


class RoomStack(QStackedWidget):
    """Needs as much room as the page that is shown, not as the largest of all."""

    def __init__(self) -> None:
        super().__init__()
        self.currentChanged.connect(self._turned)

    def minimumSizeHint(self) -> QSize:
        """What the page that is shown needs."""
        page = self.currentWidget()
        return QSize() if page is None else page.minimumSizeHint().expandedTo(page.minimumSize())

    @Slot()
    def _turned(self) -> None:
        self.updateGeometry()


class ScrolledRooms(QScrollArea):
    """Shows a RoomStack; as long as it fits nothing scrolls."""

    def __init__(self, rooms: RoomStack) -> None:
        super().__init__()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidget(rooms)

    def minimumSizeHint(self) -> QSize:
        """Small, so that the window's least size is that of its bars."""
        return QSize(320, 200)
