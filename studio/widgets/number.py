"""Fields for numbers: no arrows, and the wheel changes them only while they have the focus, so a form scrolls past."""

from __future__ import annotations

import re

from PySide6.QtCore import QCoreApplication, QPoint, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QValidator, QWheelEvent
from PySide6.QtWidgets import QAbstractSpinBox, QDoubleSpinBox, QSpinBox, QToolTip, QWidget

from .. import numbers
from .plain import plain_tip

TEXT_MARGIN_PX = 8


def _set_up(box: QAbstractSpinBox) -> None:
    # The style sheet makes the arrows 0 px wide. With NoButtons a styled box would leave its text 1 px (Qt 6.11).
    box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    box.setGroupSeparatorShown(True)
    box.setKeyboardTracking(False)
    # A style sheet's padding does not reach the text of a spin box.
    box.lineEdit().setTextMargins(TEXT_MARGIN_PX, 0, TEXT_MARGIN_PX, 0)


#: What can be a part of a number while it is typed, in any language.
_PART_OF_A_NUMBER = re.compile(r"[\d+\-−eE.,，．٫٬\s'’_]*")


class _Reading:
    """What both boxes do with a typed text: `core.number_text` reads it, and what is not taken is said."""

    def validate(self: QSpinBox | QDoubleSpinBox, text: str, position: int) -> tuple[QValidator.State, str, int]:  # type: ignore[misc]
        """Wrong numbers may be typed to their end: cutting off the digit that goes too far makes another number."""
        try:
            taken = self.minimum() <= _read(self, text) <= self.maximum()
        except ValueError:
            taken = _is_special(self, text)
        if taken:
            return QValidator.State.Acceptable, text, position
        may_become = _PART_OF_A_NUMBER.fullmatch(_bare(self, text)) is not None
        return QValidator.State.Intermediate if may_become else QValidator.State.Invalid, text, position

    def keyPressEvent(self: QSpinBox | QDoubleSpinBox, event: QKeyEvent) -> None:  # type: ignore[misc]
        """A letter that is no part of a number is not taken in; it says so, where it would be gone without a word."""
        before, typed = self.lineEdit().text(), event.text()
        super().keyPressEvent(event)  # type: ignore[misc]  # of the box that this is mixed into
        refused = typed.isalpha() and self.lineEdit().text() == before and not self.lineEdit().hasSelectedText()
        if refused and not event.modifiers() & ~Qt.KeyboardModifier.ShiftModifier:
            say_not_taken(self, typed, _reason(self))

    def fixup(self: QSpinBox | QDoubleSpinBox, text: str) -> str:  # type: ignore[misc]
        """Say why the text is not taken; Qt puts the value back that was there."""
        say_not_taken(self, _bare(self, text), _reason(self))
        return text


def say_not_taken(field: QWidget, typed: str, reason: str) -> None:
    """Tell below a field why what was typed there does not hold."""
    said = QCoreApplication.translate("NumberBox", "“{typed}” was not taken: {reason}.")
    place, words = field.mapToGlobal(QPoint(0, field.height())), plain_tip(said.format(typed=typed, reason=reason))
    # Once the focus has gone where it goes: that would take the words away again.
    QTimer.singleShot(0, field, lambda: QToolTip.showText(place, words, field))


def _bare(box: QAbstractSpinBox, text: str) -> str:
    assert isinstance(box, QSpinBox | QDoubleSpinBox)
    return text.removeprefix(box.prefix()).removesuffix(box.suffix()).removesuffix(box.suffix().strip()).strip()


def _is_special(box: QAbstractSpinBox, text: str) -> bool:
    return bool(box.specialValueText()) and text == box.specialValueText()


def _read(box: QSpinBox | QDoubleSpinBox, text: str) -> float:
    """The number in a box's text. ValueError where there is none."""
    if _is_special(box, text):
        return box.minimum()
    return numbers.read(_bare(box, text), whole=isinstance(box, QSpinBox))


def _reason(box: QSpinBox | QDoubleSpinBox) -> str:
    low, high = (box.textFromValue(limit) for limit in (box.minimum(), box.maximum()))  # type: ignore[arg-type]
    if isinstance(box, QSpinBox):
        expected = QCoreApplication.translate("NumberBox", "it must be a whole number from {low} to {high}")
    else:
        expected = QCoreApplication.translate("NumberBox", "it must be a number from {low} to {high}")
    return expected.format(low=low, high=high)


class IntBox(_Reading, QSpinBox):
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

    def valueFromText(self, text: str) -> int:
        """Read by `core.number_text`."""
        return int(_read(self, text))


class FloatBox(_Reading, QDoubleSpinBox):
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

    def valueFromText(self, text: str) -> float:
        """Read by `core.number_text`."""
        return _read(self, text)
