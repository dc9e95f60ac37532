"""A scroll bar that always has its room, and is drawn only where there is something to scroll."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QScrollArea, QScrollBar


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
