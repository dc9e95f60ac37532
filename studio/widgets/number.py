"""Fields for numbers: no arrows, and the wheel changes them only while they have the focus, so a form scrolls past."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QAbstractSpinBox, QDoubleSpinBox, QSpinBox, QWidget

TEXT_MARGIN_PX = 8


def _set_up(box: QAbstractSpinBox) -> None:
    # The style sheet makes the arrows 0 px wide. With NoButtons a styled box would leave its text 1 px (Qt 6.11).
    box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    box.setGroupSeparatorShown(True)
    box.setKeyboardTracking(False)
    # A style sheet's padding does not reach the text of a spin box.
    box.lineEdit().setTextMargins(TEXT_MARGIN_PX, 0, TEXT_MARGIN_PX, 0)


class IntBox(QSpinBox):
    """A whole number; `valueChanged` comes when editing has ended, not at each digit."""

    def __init__(self, minimum: int, maximum: int, value: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        _set_up(self)
        self.setRange(minimum, maximum)
        self.setValue(value)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Without focus the form below scrolls instead."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class FloatBox(QDoubleSpinBox):
    """A number with decimals; otherwise like IntBox."""

    def __init__(
        self, minimum: float, maximum: float, value: float, *, decimals: int = 2, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        _set_up(self)
        self.setDecimals(decimals)
        self.setRange(minimum, maximum)
        self.setSingleStep(10.0**-decimals)
        self.setValue(value)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Without focus the form below scrolls instead."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()
