"""Rows of a form: a label, a control, a dot where the value was changed, and the way back; and foldable sections."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from ..icons import set_icon
from ..theme import theme
from .buttons import IconButton

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
        self.setFixedHeight(ROW_PX)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        self.label = QLabel()
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
        self._reset = IconButton("reset")
        self._reset.setFixedWidth(GUTTER_PX)
        policy = self._reset.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self._reset.setSizePolicy(policy)
        self._reset.clicked.connect(self.reset)
        row.addWidget(words)
        row.addWidget(control, 1)
        row.addWidget(self._reset)
        self.set_words(label, tip)
        self.set_changed(False)

    def set_words(self, label: str, tip: str) -> None:
        """The label, and the sentence that explains it (on the label and on a control without one of its own)."""
        self.label.setText(label)
        self.label.setToolTip(tip)
        self.control.setToolTip(tip)
        self.control.setAccessibleName(label)
        self.control.setAccessibleDescription(tip)
        back = QCoreApplication.translate("FormRow", "{name}: back to the preset's value").format(name=label)
        self._reset.describe(back)

    def set_changed(self, changed: bool) -> None:
        """Whether the value differs from the preset's."""
        self._dot.setVisible(changed)
        self._reset.setVisible(changed)

    def is_changed(self) -> bool:
        """Whether the mark is shown."""
        return self._dot.isVisibleTo(self)

    def changeEvent(self, event: QEvent) -> None:
        """The reset button speaks the new language; label and tip are set by whoever owns the row."""
        if event.type() == QEvent.Type.LanguageChange:
            self.set_words(self.label.text(), self.label.toolTip())
        super().changeEvent(event)


class Section(QWidget):
    """Rows under a header that folds them away. Space or Enter on the header does the same as a click."""

    toggled = Signal(bool)  #: open or not

    def __init__(self, title: str = "", *, expanded: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.header = _Header()
        self.header.setProperty("section", True)
        self.header.setCheckable(True)
        self.header.setIconSize(QSize(16, 16))
        self.header.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.header.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.header.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.header.toggled.connect(self._toggle)
        column.addWidget(self.header)
        self._rows = QWidget()
        self.body = QVBoxLayout(self._rows)
        self.body.setContentsMargins(0, 0, 0, 4)
        self.body.setSpacing(0)
        column.addWidget(self._rows)
        self.set_title(title)
        self.header.setChecked(expanded)
        self._show(expanded)

    def add(self, row: QWidget) -> None:
        """Add a row at the end."""
        self.body.addWidget(row)

    def set_title(self, title: str, tip: str = "") -> None:
        """The header's words."""
        self.header.setText(title)
        self.header.setAccessibleName(title)
        self.header.setToolTip(tip)

    def is_expanded(self) -> bool:
        """Whether the rows are shown."""
        return self.header.isChecked()

    def set_expanded(self, expanded: bool) -> None:
        """Show or fold the rows."""
        self.header.setChecked(expanded)

    @Slot(bool)
    def _toggle(self, expanded: bool) -> None:
        self._show(expanded)
        self.toggled.emit(expanded)

    def _show(self, expanded: bool) -> None:
        self._rows.setVisible(expanded)
        set_icon(self.header, "chevron_down" if expanded else "chevron_right", "muted")


class _Header(QToolButton):
    """A tool button that Enter presses too."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter is as good as Space."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.toggle()
        else:
            super().keyPressEvent(event)
