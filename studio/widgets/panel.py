"""A panel: a surface with rounded corners, a title row and a body."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from ..app.theme import CONTROL_PX
from .plain import set_tip
from .symbols import Symbol

MARGIN_PX = 12
SPACING_PX = 8


class Panel(QFrame):
    """Put what belongs to the title into `lead`, controls into `head` (at the right), and the rest into `body`."""

    def __init__(self, title: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("panel", True)
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN_PX, SPACING_PX, MARGIN_PX, MARGIN_PX)
        column.setSpacing(SPACING_PX)
        self._head_row = QWidget()
        self._head_row.setFixedHeight(CONTROL_PX)
        row = QHBoxLayout(self._head_row)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACING_PX)
        self.title = Symbol("", semibold=True)
        row.addWidget(self.title, 0, Qt.AlignmentFlag.AlignVCenter)
        self.lead = QHBoxLayout()
        self.lead.setSpacing(MARGIN_PX)
        self.lead.setContentsMargins(MARGIN_PX - SPACING_PX, 0, 0, 0)
        row.addLayout(self.lead)
        self.head = QHBoxLayout()
        self.head.setSpacing(SPACING_PX)
        self.head.addStretch()
        row.addLayout(self.head, 1)
        column.addWidget(self._head_row)
        self.body = QVBoxLayout()
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(SPACING_PX)
        column.addLayout(self.body, 1)
        self.set_title(title)

    def set_title(self, title: str) -> None:
        """The title; may hold symbols such as `{x_0_hat}`."""
        self.title.set_text(title)
        self.title.setVisible(bool(title))
        self.setAccessibleName(self.title.accessibleName())

    def set_tip(self, tip: str) -> None:
        """The sentence that explains the panel: on its title, where it covers nothing of what it speaks of."""
        set_tip(self.title, tip)
        self.setAccessibleDescription(tip)

    def set_head_visible(self, visible: bool) -> None:
        """A panel without a title row has its body start at the top."""
        self._head_row.setVisible(visible)


def caption(text: str = "") -> QLabel:
    """A small label in the muted colour, plain text."""
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setProperty("caption", True)
    return label
