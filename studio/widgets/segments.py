"""A segmented switch: one of a few, all of them in sight."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QToolButton, QWidget

from ..app.theme import CONTROL_PX
from .plain import set_name


class Segments(QFrame):
    """Buttons in one frame, of which exactly one is down."""

    chosen = Signal(str)  #: by a person or by `choose`: the name of the one that is down now

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("segments", True)
        self.setFixedHeight(CONTROL_PX)
        self.buttons: dict[str, QToolButton] = {}
        self._group = QButtonGroup(self)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(0)
        self._group.buttonToggled.connect(self._toggled)

    def add(self, name: str, title: str, tip: str) -> None:
        """One more, at the right; the first is down."""
        button = QToolButton()
        button.setObjectName(f"way_{name}")
        button.setText(title)
        set_name(button, title, tip)
        button.setCheckable(True)
        button.setFixedHeight(CONTROL_PX - 2)
        button.setMinimumWidth(92)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setProperty("segment", True)
        self.buttons[name] = button
        self._group.addButton(button)
        self._row.addWidget(button)
        if len(self.buttons) == 1:
            button.setChecked(True)

    def choose(self, name: str) -> None:
        """Press one; nothing where there is none of the name."""
        if name in self.buttons:
            self.buttons[name].setChecked(True)

    def current(self) -> str:
        """The one that is down; "" where there are none."""
        return next((name for name, button in self.buttons.items() if button.isChecked()), "")

    @Slot()
    def _toggled(self) -> None:
        current = self.current()
        if current and self._group.checkedButton() is self.buttons[current]:
            self.chosen.emit(current)
