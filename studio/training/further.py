"""Train further: with the learning rate anew, as long plans have it, or at the rate that it has fallen to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Signal, Slot
from PySide6.QtWidgets import QMenu, QWidget

from .. import numbers

if TYPE_CHECKING:
    from core.settings import TrainConfig


class FurtherMenu(QMenu):
    """Asks which, at the button that was pressed."""

    anew = Signal()
    low = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setToolTipsVisible(True)
        self.anew_action, self.low_action = self.addAction(""), self.addAction("")
        self.anew_action.triggered.connect(self._anew)
        self.low_action.triggered.connect(self._low)

    def ask(self, button: QWidget, train: TrainConfig, low_rate: float) -> None:
        """Open above `button`."""
        anew = self.tr("Learning rate from {rate} again: the loss rises at first, and falls lower in the end")
        low = self.tr("Go on at the low learning rate, {rate}: the loss stays where it is and falls slowly")
        self.anew_action.setText(anew.format(rate=numbers.figure(train.learning_rate)))
        self.low_action.setText(low.format(rate=numbers.figure(low_rate)))
        self.popup(button.mapToGlobal(QPoint(0, -self.sizeHint().height())))

    @Slot()
    def _anew(self) -> None:
        self.anew.emit()

    @Slot()
    def _low(self) -> None:
        self.low.emit()
