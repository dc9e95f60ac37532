"""Shows over a room that what is being dragged may be dropped."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from ..theme import sized_font, theme

INSET_PX = 12


def dropped_path(data: QMimeData) -> Path | None:
    """The first file or folder of this computer in what is dragged."""
    return next((Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()), None)


class DropZone(QWidget):
    """A frame and a sentence over everything else; hidden until something is dragged over the room."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._words = ""
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def set_words(self, words: str) -> None:
        """What is said while something hovers."""
        self._words = words
        self.setAccessibleName(words)
        self.update()

    def appear(self) -> None:
        """Cover the room."""
        parent = self.parentWidget()
        if parent is not None:
            self.setGeometry(parent.rect())
        self.raise_()
        self.show()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The room grows dim behind a frame in accent."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), theme().color("ground", 200))
        painter.setPen(QPen(theme().color("accent"), 2, Qt.PenStyle.DashLine))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(INSET_PX, INSET_PX, -INSET_PX, -INSET_PX), 6, 6)
        painter.setPen(theme().color("text"))
        painter.setFont(sized_font(20, semibold=True))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._words)
        painter.end()
