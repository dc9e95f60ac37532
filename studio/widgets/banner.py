"""A banner over the top of a room: what happened, one button that mends it, and a way to dismiss it."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QStackedWidget, QWidget

from ..style import set_look
from .buttons import IconButton
from .elided import ElidedLabel

HEIGHT_PX = 44
MARGIN_PX = 16
KINDS = ("error", "warning", "info")


class Banner(QFrame):
    """Lies over its parent's top and follows its width, so nothing below it moves. Hidden while it has no text."""

    acted = Signal()  #: the one button was pressed
    dismissed = Signal()  #: the cross was pressed

    def __init__(self, parent: QWidget, *, top_px: int = 8) -> None:
        super().__init__(parent)
        self._below, self._top_px = parent, top_px
        self.setFixedHeight(HEIGHT_PX)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 8, 0)
        row.setSpacing(8)
        self._words = ElidedLabel()
        self._action = QPushButton()
        self._action.setObjectName("banner_action")
        self._close = IconButton("close")
        self._close.setObjectName("banner_close")
        row.addWidget(self._words, 1)
        row.addWidget(self._action)
        row.addWidget(self._close)
        self._action.clicked.connect(self.acted)
        self._close.clicked.connect(self._dismiss)
        parent.installEventFilter(self)
        if isinstance(parent, QStackedWidget):
            # A stacked widget raises the page it turns to, over us.
            parent.currentChanged.connect(self._raise)
        self.retranslate()
        self.hide()

    def show_message(self, text: str, *, kind: str = "error", action: str = "", details: str = "") -> None:
        """Show `text` (plain); `action` is the words of the button, "" for none; `details` goes to the tooltip."""
        assert kind in KINDS, kind
        if not text:
            self.clear()
            return
        set_look(self, banner=kind)
        self._words.setText(text)
        self._words.set_tip(details)
        self.setAccessibleName(text)
        self._action.setText(action)
        self._action.setAccessibleName(action)
        self._action.setVisible(bool(action))
        self._place()
        self.show()
        self.raise_()

    def set_top(self, top_px: int) -> None:
        """Lie that far below the parent's top."""
        self._top_px = top_px
        self._place()

    def clear(self) -> None:
        """Take it away."""
        self._words.setText("")
        self.hide()

    def text(self) -> str:
        """What it says, "" when hidden."""
        return self._words.text()

    @property
    def action_button(self) -> QPushButton:
        """The one button, for a tooltip of its own."""
        return self._action

    def retranslate(self) -> None:
        """Set its own words."""
        self._close.describe(QCoreApplication.translate("Banner", "Dismiss"))

    def changeEvent(self, event: QEvent) -> None:
        """Speak the new language."""
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the parent's size."""
        if watched is self._below and event.type() == QEvent.Type.Resize:
            self._place()
        return False

    def _place(self) -> None:
        self.setGeometry(MARGIN_PX, self._top_px, self._below.width() - 2 * MARGIN_PX, HEIGHT_PX)

    @Slot()
    def _raise(self) -> None:
        self.raise_()

    @Slot()
    def _dismiss(self) -> None:
        self.clear()
        self.dismissed.emit()
