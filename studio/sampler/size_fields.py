"""Width × height of pictures in two fields; the height follows the width until it is said."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from ..theme import CONTROL_PX
from ..widgets.number import IntBox
from ..widgets.panel import caption
from ..widgets.plain import set_tip

FIELD_PX = 64


class SizeFields(QWidget):
    """Two sides in pixels, each a multiple of what `set_size` says."""

    changed = Signal()  #: something was typed, entered or not

    def __init__(self, largest_px: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._largest_px, self._multiple = largest_px, 1
        self._follows = True
        self.height_px, self.width_px = IntBox(1, largest_px, 32), IntBox(1, largest_px, 32)
        self.height_px.setObjectName("opening_height")
        self.width_px.setObjectName("opening_width")
        times = caption()
        times.setText("×")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        for widget in (self.width_px, times, self.height_px):
            row.addWidget(widget)
        for field in (self.height_px, self.width_px):
            field.setFixedSize(FIELD_PX, CONTROL_PX)
        self.setFocusProxy(self.width_px)
        for field, told in ((self.width_px, self._width_changed), (self.height_px, self._height_changed)):
            field.lineEdit().textChanged.connect(told)  # while it is typed,
            field.valueChanged.connect(told)  # and by the arrows

    def set_size(self, size: tuple[int, int], *, multiple: int) -> None:
        """Suggest a height and a width."""
        self._multiple = multiple
        for field, side in zip((self.height_px, self.width_px), size, strict=True):
            with QSignalBlocker(field), QSignalBlocker(field.lineEdit()):
                field.setSingleStep(multiple)
                field.setRange(multiple, self._largest_px)
                field.setValue(side)
        self._follows = size[0] == size[1]

    def set_names(self, height: str, width: str) -> None:
        """What each is called."""
        self.height_px.setAccessibleName(height)
        self.width_px.setAccessibleName(width)

    def set_tip(self, tip: str) -> None:
        """What is asked for."""
        set_tip(self.height_px, tip)
        set_tip(self.width_px, tip)

    def edit(self) -> None:
        """Begin to type."""
        self.width_px.setFocus(Qt.FocusReason.OtherFocusReason)
        self.width_px.selectAll()

    def is_legal(self) -> bool:
        """Whether what stands in both fields, entered or not, can be taken."""
        return all(_typed(field) % self._multiple == 0 for field in (self.height_px, self.width_px))

    def value(self) -> tuple[int, int]:
        """(height, width) in pixels; what is typed but not yet entered counts."""
        self.height_px.interpretText()
        self.width_px.interpretText()
        return self.height_px.value(), self.width_px.value()

    @Slot()
    def _width_changed(self) -> None:
        if self._follows:
            with QSignalBlocker(self.height_px), QSignalBlocker(self.height_px.lineEdit()):
                self.height_px.lineEdit().setText(self.width_px.lineEdit().text())
        self.changed.emit()

    @Slot()
    def _height_changed(self) -> None:
        self._follows = False
        self.changed.emit()


def _typed(field: IntBox) -> int:
    """What stands in the field; 1 (of which no other number is a divisor) where it is no number."""
    digits = "".join(c for c in field.lineEdit().text() if c.isdigit())
    return int(digits) if digits else 1
