"""A banner in a room: what happened, one button that mends it or two, and a way to dismiss it."""

from __future__ import annotations

from collections.abc import Callable, Container

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QPoint, QRect, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QEnterEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from ..app.theme import set_look
from .controls import IconButton
from .elided import ElidedLabel
from .plain import set_tip, without_keys

HEIGHT_PX = 44
MARGIN_PX = 16
KINDS = ("error", "warning", "info")
#: News needs no answer: it is read in this time, and a pointer on it keeps it.
LEAVES_MS = 6000
#: News that offers a way back is still there for who reads, thinks and reaches for it.
OFFERS_MS = 20_000


def widest_gap(row: QWidget, of: QWidget, *, over: Container[QWidget] = ()) -> QRect:
    """The widest part of a row that none of its controls and words but `over` lies in, in the pixels of `of`."""
    height, corner = row.height(), row.mapTo(of, QPoint(0, 0))
    taken = sorted(
        (_filled(child, row) for child in row.findChildren(QWidget) if child.isVisible() and child not in over),
        key=QRect.left,
    )
    left, gap = 0, QRect(0, 0, 0, height)
    for place in (*(place for place in taken if place.width()), QRect(row.width(), 0, 1, height)):
        if place.left() - left > gap.width():
            gap = QRect(left, 0, place.left() - left, height)
        left = max(left, place.right() + 1)
    return gap.translated(corner)


def _filled(child: QWidget, row: QWidget) -> QRect:
    """What a child takes of its row: pages that hold others nothing, labels what their words take."""
    place = QRect(child.mapTo(row, QPoint(0, 0)), child.size())
    page = child.layout() is not None and not isinstance(child, QAbstractButton)
    if page or isinstance(child, QStackedWidget) or type(child) is QWidget:
        return QRect()
    if isinstance(child, QLabel):
        words_px = min(place.width(), child.fontMetrics().horizontalAdvance(child.text()))
        if child.alignment() & Qt.AlignmentFlag.AlignRight:
            place.setLeft(place.right() + 1 - words_px)
        place.setWidth(words_px)
    return place


class Banner(QFrame):
    """Hidden while it has no text.

    What went wrong stays until it is dismissed or mended, and takes room of its own where its parent has laid `slot`.
    News ("info") leaves by itself. It lies over the lower end of its parent, or where `set_place` knows of room, so
    that nothing moves for it; where the parent has laid `foot` below everything else it takes room there, so that it
    covers nothing either.
    """

    acted = Signal()  #: the button was pressed
    other_acted = Signal()  #: the second one was
    dismissed = Signal()  #: the cross was pressed

    def __init__(self, parent: QWidget, *, margins: tuple[int, int, int, int] = (0, 0, 0, 0)) -> None:
        """margins: of the slot while something stays in it; left, top, right, bottom."""
        super().__init__(parent)
        self._over = parent
        self._where: Callable[[], QRect] | None = None
        self.slot, self.foot = QVBoxLayout(), QVBoxLayout()
        self._margins = margins
        self._leaving = QTimer(self)
        self._leaving.setSingleShot(True)
        self._leaving.setInterval(LEAVES_MS)
        self._leaving.timeout.connect(self.clear)
        self.setFixedHeight(HEIGHT_PX)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 8, 0)
        row.setSpacing(8)
        self._words = ElidedLabel()
        self._action = QPushButton()
        self._action.setObjectName("banner_action")
        self._other = QPushButton()
        self._other.setObjectName("banner_other")
        self._close = IconButton("close")
        self._close.setObjectName("banner_close")
        self._close.describe(QCoreApplication.translate("Banner", "Dismiss"))
        row.addWidget(self._words, 1)
        row.addWidget(self._action)
        row.addWidget(self._other)
        row.addWidget(self._close)
        self._action.clicked.connect(self.acted)
        self._other.clicked.connect(self.other_acted)
        self._close.clicked.connect(self._dismiss)
        parent.installEventFilter(self)
        self.hide()

    def show_message(
        self, text: str, *, kind: str = "error", action: str = "", other: str = "", details: str = ""
    ) -> None:
        """Show `text` (plain); `action` and `other` are the words of the buttons, "" for none; `details` a tooltip."""
        assert kind in KINDS, kind
        if not text:
            self.clear()
            return
        set_look(self, banner=kind)
        self._words.setText(text)
        self._words.set_tip(details)
        self.setAccessibleName(text)
        for button, words in ((self._action, action), (self._other, other)):
            button.setText(without_keys(words))
            button.setAccessibleName(words)
            set_tip(button, "")
            button.setVisible(bool(words))
        self._lay(stays=kind != "info")
        self.show()
        self.raise_()

    def set_place(self, where: Callable[[], QRect]) -> None:
        """News lies there, in the parent's pixels; it is asked whenever news comes, and by `follow`."""
        self._where = where

    def follow(self) -> None:
        """Something has moved: news goes along."""
        if not self._stays and self.text():
            self._place()

    def _lay(self, *, stays: bool) -> None:
        self._take_out()
        self._leaving.setInterval(LEAVES_MS if self._action.isHidden() else OFFERS_MS)
        if stays:
            self.slot.setContentsMargins(*self._margins)
            self.slot.addWidget(self)
        else:
            if self.foot.parent() is not None:
                self.foot.addWidget(self)
            self._place()
            self._leaving.start()

    def _take_out(self) -> None:
        """Give back the room that it took."""
        self._leaving.stop()
        self.slot.removeWidget(self)
        self.foot.removeWidget(self)
        self.slot.setContentsMargins(0, 0, 0, 0)

    @Slot()
    def clear(self) -> None:
        """Take it away."""
        self._take_out()
        self._words.setText("")
        self.hide()

    def text(self) -> str:
        """What it says, "" when hidden."""
        return self._words.text()

    @property
    def action_button(self) -> QPushButton:
        """The button, for a tooltip of its own."""
        return self._action

    @property
    def other_button(self) -> QPushButton:
        """The second one, likewise."""
        return self._other

    def enterEvent(self, event: QEnterEvent) -> None:
        """It is being read."""
        self._leaving.stop()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """It was read."""
        if not self._stays and self.text():
            self._leaving.start()
        super().leaveEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """News follows the parent's size."""
        if watched is self._over and event.type() == QEvent.Type.Resize and not self._stays:
            self._place()
        return False

    @property
    def _stays(self) -> bool:
        return self.slot.indexOf(self) >= 0

    def _place(self) -> None:
        if self.foot.indexOf(self) >= 0:
            return
        if self._where is not None:
            self.setGeometry(self._where())
            return
        top = self._over.height() - HEIGHT_PX - MARGIN_PX
        self.setGeometry(MARGIN_PX, top, self._over.width() - 2 * MARGIN_PX, HEIGHT_PX)

    @Slot()
    def _dismiss(self) -> None:
        self.clear()
        self.dismissed.emit()
