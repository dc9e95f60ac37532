"""A row of a menu with more than words: a click or Enter opens what it stands for, a button at its end does more."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QLabel, QWidget

from ..style import set_look
from .elided import ElidedLabel

HEIGHT_PX = 36


class MenuRow(QWidget):
    """A name and a quiet note; `set_button` puts the button behind them. For a QWidgetAction."""

    opened = Signal()

    def __init__(self, name_px: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._button: QAbstractButton | None = None
        self.setProperty("menu_row", True)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFixedHeight(HEIGHT_PX)
        self._line = QHBoxLayout(self)
        self._line.setContentsMargins(8, 0, 4, 0)
        self._line.setSpacing(12)
        self.name = ElidedLabel()
        self.name.setFixedWidth(name_px)
        self.note = QLabel()
        self.note.setTextFormat(Qt.TextFormat.PlainText)
        set_look(self.note, caption=True)
        self._line.addWidget(self.name)
        self._line.addWidget(self.note)
        self._line.addStretch(1)

    def set_words(self, name: str, note: str) -> None:
        """What it stands for, and what there is to say of it ("" for nothing)."""
        self.name.setText(name)
        self.note.setText(note)
        self.setAccessibleName(f"{name}, {note}" if note else name)

    def set_button(self, button: QAbstractButton) -> None:
        """What can be done besides opening."""
        self._button = button
        self._line.addWidget(button)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click anywhere else than on the button opens."""
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.opened.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens, → goes to the button; what the row does not know is the menu's."""
        button = self._button
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.opened.emit()
        elif event.key() == Qt.Key.Key_Right and button is not None and button.isVisible() and button.isEnabled():
            button.setFocus(Qt.FocusReason.TabFocusReason)
        else:
            event.ignore()
