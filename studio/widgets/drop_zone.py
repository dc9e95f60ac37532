"""Takes files and folders that are dropped on a widget, and shows over it that they may be."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QObject, QRectF, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QLineEdit, QWidget

from ..app.theme import sized_font, theme

INSET_PX = 12


def refuse_text_drops(window: QWidget) -> None:
    """What is dropped on a field in `window` falls through to the room.

    Qt's line takes the path as text and answers with the action that was proposed: a file manager that is told Move
    may remove the file.
    """
    for line in window.findChildren(QLineEdit):
        line.setAcceptDrops(False)


class DropZone(QWidget):
    """A frame and a sentence over everything else in its parent; hidden until something is dragged over it.

    The answer to a drag is always Copy, or Link where no copy is offered: nothing is ever moved, as a source that is
    told Move may delete what it gave.
    """

    entered = Signal()
    dropped = Signal(list)  #: the Paths of this computer

    def __init__(self, parent: QWidget, words: str) -> None:
        """words: what is said while something hovers."""
        super().__init__(parent)
        self._over = parent
        self._words = words
        self.setAccessibleName(words)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        parent.setAcceptDrops(True)
        parent.installEventFilter(self)
        self.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Answer the drags over the parent."""
        if watched is not self._over:
            return False
        # Enter and move are drops too, in Qt's classes.
        if isinstance(event, QDragEnterEvent):
            if _take(event):
                self._appear()
                self.entered.emit()
        elif isinstance(event, QDragMoveEvent):
            _take(event)
        elif isinstance(event, QDragLeaveEvent):
            self.hide()
        elif isinstance(event, QDropEvent):
            self.hide()
            if _take(event):
                self.dropped.emit(_paths(event.mimeData()))
        else:
            return False
        return True

    def _appear(self) -> None:
        self.setGeometry(self._over.rect())
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


def _take(event: QDropEvent) -> bool:
    """Answer with Copy (Link), where there are files of this computer; whether it was taken."""
    offered = event.possibleActions()
    action = next((a for a in (Qt.DropAction.CopyAction, Qt.DropAction.LinkAction) if a & offered), None)
    if action is None or not _paths(event.mimeData()):
        event.ignore()
        return False
    event.setDropAction(action)
    event.accept()
    return True


def _paths(data: QMimeData) -> list[Path]:
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
