"""One line under the settings: a button that measures what a training will take, and what was found out."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from ..widgets.elided import ElidedLabel
from ..widgets.plain import set_tip


class PreflightRow(QWidget):
    """Knows nothing of the measuring itself."""

    measure_wished = Signal()
    cancel_wished = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._running = self._ending = False
        self._reason = ""
        self.words = ElidedLabel()
        self.words.setObjectName("preflight")
        self.words.setProperty("caption", True)
        self.button = QPushButton()
        self.button.setObjectName("measure")
        self.button.clicked.connect(self._clicked)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.words, 1)
        row.addWidget(self.button)
        self._show()

    def show_result(self, text: str, tip: str = "") -> None:
        """What was measured; the tip may say it at length."""
        self.words.setText(text)
        self.words.set_tip(tip)
        self.words.setAccessibleDescription(tip)

    def show_state(self, *, running: bool, ending: bool, reason: str) -> None:
        """reason: why nothing can be measured now; empty where it can."""
        self._running, self._ending, self._reason = running, ending, reason
        self._show()

    def _show(self) -> None:
        words = self.tr("Cancel") if self._running else self.tr("Measure")
        tip = self.tr("Take a few steps and read some pictures, to know time, memory and disk before you start")
        if self._running:
            tip = self.tr("Stop measuring")
        self.button.setText(words)
        self.button.setAccessibleName(words)
        self.button.setEnabled(not self._ending and (self._running or not self._reason))
        set_tip(self.button, tip if self._running else self._reason or tip)

    @Slot()
    def _clicked(self) -> None:
        (self.cancel_wished if self._running else self.measure_wished).emit()
