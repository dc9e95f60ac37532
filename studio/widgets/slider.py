"""Sliders whose click goes to the place that was clicked and whose wheel moves by one."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSlider, QStyle, QStyleOptionSlider, QWidget

from .panel import caption
from .plain import set_tip


class Slider(QSlider):
    """A QSlider: a click jumps there and goes on as a drag; the wheel steps by one."""

    def __init__(
        self,
        minimum: int = 0,
        maximum: int = 100,
        value: int = 0,
        parent: QWidget | None = None,
        *,
        vertical: bool = False,
    ) -> None:
        super().__init__(Qt.Orientation.Vertical if vertical else Qt.Orientation.Horizontal, parent)
        self.setRange(minimum, maximum)
        self.setValue(value)
        self.setPageStep(max(1, (maximum - minimum) // 10))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Jump to the place; what follows is an ordinary drag of the handle."""
        if event.button() == Qt.MouseButton.LeftButton:
            option = QStyleOptionSlider()
            self.initStyleOption(option)
            style = self.style()
            handle = style.subControlRect(
                QStyle.ComplexControl.CC_Slider, option, QStyle.SubControl.SC_SliderHandle, self
            )
            if not handle.contains(event.position().toPoint()):
                self.setValue(self._value_at(event, handle.width(), handle.height()))
        super().mousePressEvent(event)

    def _value_at(self, event: QMouseEvent, handle_width: int, handle_height: int) -> int:
        horizontal = self.orientation() == Qt.Orientation.Horizontal
        handle, along = (handle_width, event.position().x()) if horizontal else (handle_height, event.position().y())
        span = (self.width() if horizontal else self.height()) - handle
        upside_down = horizontal == self.invertedAppearance()
        return QStyle.sliderValueFromPosition(
            self.minimum(), self.maximum(), round(along - handle / 2), max(1, span), upside_down
        )

    def wheelEvent(self, event: QWheelEvent) -> None:
        """One step for each notch."""
        delta = event.angleDelta().y() or event.angleDelta().x()
        if delta:
            self.setValue(self.value() + (1 if delta > 0 else -1))
        event.accept()


class ValueSlider(QWidget):
    """A caption, a slider and its value in words; the place for the value is as wide as its longest words."""

    moved = Signal(int)  #: the slider's value

    def __init__(self, slider: Slider, words: Callable[[int], str] = str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.slider = slider
        self._words = words
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        self._label = caption()
        self._value = QLabel()
        self._value.setTextFormat(Qt.TextFormat.PlainText)
        self._value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self._label)
        row.addWidget(slider, 1)
        row.addWidget(self._value)
        self.setFocusProxy(slider)
        slider.valueChanged.connect(self._show)
        slider.valueChanged.connect(self.moved)
        self._show()

    def set_words(self, label: str, tip: str) -> None:
        """The caption and the sentence that explains it."""
        self._label.setText(label)
        self._label.setVisible(bool(label))
        for widget in (self._label, self.slider, self._value):
            set_tip(widget, tip)
        self.slider.setAccessibleName(label)
        self._show()

    def label_width(self) -> int:
        """What the caption takes, in pixels."""
        return self._label.sizeHint().width()

    def set_label_width(self, width_px: int) -> None:
        """As much for the caption, so that sliders below one another begin at the same place."""
        self._label.setMinimumWidth(width_px)

    def value(self) -> int:
        """The slider's value."""
        return self.slider.value()

    def set_value(self, value: int) -> None:
        """Move the slider."""
        self.slider.setValue(value)

    def refresh(self) -> None:
        """The words of the value are others, though it stands where it stood."""
        self._show()

    @Slot()
    def _show(self) -> None:
        metrics = self._value.fontMetrics()
        ends = (self.slider.minimum(), self.slider.maximum(), self.slider.value())
        widest = max(metrics.horizontalAdvance(self._words(end)) for end in ends)
        self._value.setMinimumWidth(max(self._value.minimumWidth(), widest + 2))
        self._value.setText(self._words(self.slider.value()))
