"""Combo boxes: one that the wheel scrolls past, and one that shortens what it shows to the room it has."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QComboBox, QSizePolicy, QStyle, QStyleOptionComboBox, QStylePainter, QWidget

from ..theme import CONTROL_PX


class ScrolledCombo(QComboBox):
    """Lies in something that scrolls: the wheel is left to that, so that scrolling chooses nothing."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Not its own."""
        event.ignore()


class ElidedCombo(QComboBox):
    """Between `least_px` and `most_px` wide, whatever it holds; its list has everything whole.

    Chosen from with the mouse it leaves the keys to the room; reached with Tab it keeps its arrows.
    """

    def __init__(self, least_px: int, most_px: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(CONTROL_PX)
        self.setMinimumWidth(least_px)
        self.setMaximumWidth(most_px)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def showPopup(self) -> None:
        """The list is as wide as its longest entry."""
        room = self.view().sizeHintForColumn(0) + 2 * self.view().frameWidth()
        self.view().setMinimumWidth(max(self.width(), room))
        super().showPopup()

    def shown_text(self, room_px: int) -> str:
        """What is shown of the current words in so much room."""
        return self.fontMetrics().elidedText(self.currentText(), Qt.TextElideMode.ElideRight, room_px)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """As the style draws it, with the words shortened."""
        painter = QStylePainter(self)
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        control, field = QStyle.ComplexControl.CC_ComboBox, QStyle.SubControl.SC_ComboBoxEditField
        room = self.style().subControlRect(control, option, field, self).width()
        option.currentText = self.shown_text(room)
        painter.drawComplexControl(control, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)
