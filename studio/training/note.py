"""What is wrong with a setting, in words below it, with buttons that mend it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from ..style import set_look
from ..widgets.plain import set_tip


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a setting cannot be used, or as a caution should not, and buttons that mend it: (words, value)."""

    text: str
    caution: bool = field(default=False, kw_only=True)
    fixes: tuple[tuple[str, object], ...] = field(default=())


class ProblemNote(QWidget):
    """What is wrong, in red, with buttons that mend it. Takes no room while nothing is."""

    fix_wished = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 6)
        column.setSpacing(4)
        self.words = QLabel()
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.words.setWordWrap(True)
        set_look(self.words, caption=True, tone="error")
        column.addWidget(self.words)
        self._fixes_row = QHBoxLayout()
        self._fixes_row.setSpacing(8)
        column.addLayout(self._fixes_row)
        self.buttons: list[QPushButton] = []
        self._values: list[object] = []
        self.hide()

    def show_problem(self, problem: Problem | None) -> None:
        """Show it, or nothing."""
        self.setVisible(problem is not None)
        self.words.setText("" if problem is None else problem.text)
        set_look(self.words, caption=True, tone="warning" if problem is not None and problem.caution else "error")
        self._set_fixes(() if problem is None else problem.fixes)

    def _set_fixes(self, fixes: Sequence[tuple[str, object]]) -> None:
        while len(self.buttons) < len(fixes):
            button = QPushButton()
            button.clicked.connect(self._clicked)
            self._fixes_row.addWidget(button)
            self.buttons.append(button)
        self._values = [value for _, value in fixes]
        for index, button in enumerate(self.buttons):
            button.setVisible(index < len(fixes))
            if index < len(fixes):
                text = fixes[index][0]
                button.setText(text)
                button.setAccessibleName(text)
                set_tip(button, text)

    @Slot()
    def _clicked(self) -> None:
        self.fix_wished.emit(self._values[self.buttons.index(self.sender())])  # type: ignore[arg-type]
