"""The numbers that bend a noise schedule, each with a slider; the curve and x_t follow while one is dragged."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from core.catalogue import SCHEDULES, Option

from .. import numbers
from ..messages import row_text
from ..widgets.slider import Slider, ValueSlider

#: Moves that come closer together are one change of the setting; a drag is one until it is let go.
SETTLES_MS = 300


class OptionSlider(ValueSlider):
    """One option. Its slider stands on multiples of the option's step, within what is offered."""

    def __init__(self, option: Option) -> None:
        self.option = option
        self._typed = option.default  #: shown as it is, though the slider may have no place for it
        slider = Slider(self._place(option.least), self._place(option.most), self._place(option.default))
        slider.setObjectName(f"schedule_{option.name}")
        super().__init__(slider, self._words_of)

    def _place(self, number: float) -> int:
        return round(number / self.option.step)

    def _words_of(self, place: int) -> str:
        return numbers.chosen(self._number_at(place))

    def _number_at(self, place: int) -> float:
        if place == self._place(self._typed):
            return self._typed
        # Twelve digits: 0.1 · 3 is not 0.3.
        number = float(f"{place * self.option.step:.12g}")
        return min(self.option.most, max(self.option.least, number))

    @property
    def number(self) -> float:
        """The option's value."""
        return self._number_at(self.value())

    def show_number(self, number: float) -> None:
        """Stand there, without asking for it."""
        self._typed = number
        self.slider.blockSignals(True)
        self.set_value(self._place(number))
        self.slider.blockSignals(False)
        self._show()

    def say(self, locked: str) -> None:
        """The words; `locked` is why it cannot be moved, or ""."""
        option = self.option
        tip = self.tr("{what}. From {least} to {most}; {usual} where nothing is said.").format(
            what=row_text(option.help),
            least=numbers.chosen(option.least),
            most=numbers.chosen(option.most),
            usual=numbers.chosen(option.default),
        )
        self.set_words(option.name, locked or tip)
        self.setEnabled(not locked)


class ScheduleOptions(QWidget):
    """A slider for each option of the schedule that is set; nothing where it takes none."""

    looked_at = Signal(object)  #: name → number, while they are moved
    wished = Signal(object)  #: likewise, once they stand still

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._schedule = ""
        self._locked = ""
        self.sliders: dict[str, OptionSlider] = {}
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(16)
        self._settles = QTimer(self)
        self._settles.setSingleShot(True)
        self._settles.setInterval(SETTLES_MS)
        self._settles.timeout.connect(self._settled)
        self.hide()

    def show_options(self, schedule: str, options: Mapping[str, float]) -> None:
        """These are set; an option that is not among them is at its usual value."""
        if schedule != self._schedule:
            self._schedule = schedule
            for slider in self.sliders.values():
                self._row.removeWidget(slider)
                slider.deleteLater()
            self.sliders = {option.name: OptionSlider(option) for option in SCHEDULES[schedule].options}
            for slider in self.sliders.values():
                slider.moved.connect(self._moved)
                slider.slider.sliderReleased.connect(self._settled)
                self._row.addWidget(slider, 1)
            self.setVisible(bool(self.sliders))
            self._say()
        if not self._settles.isActive():
            for name, slider in self.sliders.items():
                slider.show_number(options.get(name, slider.option.default))

    def lock(self, reason: str) -> None:
        """Why they cannot be moved; "": they can."""
        if reason != self._locked:
            self._locked = reason
            self._say()

    def _say(self) -> None:
        for slider in self.sliders.values():
            slider.say(self._locked)

    def _numbers(self) -> dict[str, float]:
        return {name: slider.number for name, slider in self.sliders.items()}

    @Slot()
    def _moved(self) -> None:
        self._settles.start()
        self.looked_at.emit(self._numbers())

    @Slot()
    def _settled(self) -> None:
        if any(slider.slider.isSliderDown() for slider in self.sliders.values()):
            self._settles.start()
            return
        self._settles.stop()
        self.wished.emit(self._numbers())
