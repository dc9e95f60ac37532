"""A scroll bar that always has its room, and is drawn only where there is something to scroll."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QScrollBar, QStackedWidget, QWidget


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


# --- Pages, one at a time, each as large as it needs to be: on a small screen it scrolls -----------------


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


class Scrolled(QScrollArea):
    """Shows a page, as a RoomStack; as long as it fits nothing scrolls.

    least_px   width and height that it can come down to: the page's least is another matter
    wheel      False: the wheel is left to whoever it lies in
    """

    def __init__(self, page: QWidget, least_px: tuple[int, int], *, wheel: bool = True) -> None:
        super().__init__()
        self._least, self._wheel = QSize(*least_px), wheel
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidget(page)

    def minimumSizeHint(self) -> QSize:
        """Small, so that what lies beside it keeps its place."""
        return self._least

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll, or leave it."""
        if self._wheel:
            super().wheelEvent(event)
        else:
            event.ignore()
