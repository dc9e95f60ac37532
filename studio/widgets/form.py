"""A row of a form: label, control, a dot where it was changed, and the way back."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from ..app.theme import theme
from .controls import IconButton
from .plain import set_tip

ROW_PX = 34
GUTTER_PX = 28
DOT_PX = 6


class Dot(QWidget):
    """The mark of a changed value."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedSize(DOT_PX, DOT_PX)
        policy = self.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.setSizePolicy(policy)
        theme().changed.connect(self.update)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """A filled circle."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme().color("accent"))
        painter.drawEllipse(self.rect())


class FormRow(QWidget):
    """One setting. The reset button keeps its place while hidden, so nothing moves when a value changes."""

    reset = Signal()  #: back to the preset's value

    def __init__(self, label: str, control: QWidget, tip: str = "", *, label_px: int = 104) -> None:
        super().__init__()
        self.control = control
        self._changed = False
        self.setFixedHeight(ROW_PX)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        self.label = QLabel(label)
        self.label.setTextFormat(Qt.TextFormat.PlainText)
        self.label.setBuddy(control)
        self._dot = Dot()
        words = QWidget()
        words.setFixedWidth(label_px)
        words_row = QHBoxLayout(words)
        words_row.setContentsMargins(0, 0, 4, 0)
        words_row.setSpacing(6)
        words_row.addWidget(self.label)
        words_row.addWidget(self._dot, 0, Qt.AlignmentFlag.AlignVCenter)
        words_row.addStretch(1)
        self.back = IconButton("reset")
        self.back.setFixedWidth(GUTTER_PX)
        policy = self.back.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.back.setSizePolicy(policy)
        self.back.clicked.connect(self.reset)
        row.addWidget(words)
        row.addWidget(control, 1)
        row.addWidget(self.back)
        for part in (self.label, control):
            set_tip(part, tip)
        control.setAccessibleName(label)
        control.setAccessibleDescription(tip)
        self.back.describe(
            QCoreApplication.translate("FormRow", "{name}: back to the preset's value").format(name=label)
        )
        self.set_changed(False)

    def set_changed(self, changed: bool) -> None:
        """Whether the value differs from the preset's."""
        self._changed = changed
        self._dot.setVisible(changed)
        self.back.setVisible(changed and self.isEnabled())

    def is_changed(self) -> bool:
        """Whether the mark is shown."""
        return self._dot.isVisibleTo(self)

    def changeEvent(self, event: QEvent) -> None:
        """A row that is locked has no way back."""
        if event.type() == QEvent.Type.EnabledChange:
            self.back.setVisible(self._changed and self.isEnabled())
        super().changeEvent(event)
