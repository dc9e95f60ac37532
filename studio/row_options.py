"""The numbers that a variant of the catalogue takes, each with a slider, or a curve that is drawn; for every room.

What they change follows while one is dragged; the setting is for when it is let go, one step to undo.
"""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QWidget

from core.catalogue import Option, Row
from core.errors import ConfigError
from core.settings import DiffusionConfig

from . import numbers
from .app.messages import row_text
from .widgets.controls import IconButton
from .widgets.point_curve import PointCurve
from .widgets.slider import Slider, ValueSlider

#: Moves that come closer together are one change of the setting; a drag is one until it is let go.
SETTLES_MS = 300
#: The way back of a slider that has others beside it.
NARROW_PX = 22
#: Names of options that papers write as a letter.
LETTERS = {"tau": "τ", "gamma": "γ"}


def said_options(diffusion: DiffusionConfig) -> dict[str, float]:
    """The schedule's options as numbers; none where one cannot be read, which the settings' problems say."""
    try:
        return diffusion.schedule_options()
    except ConfigError:
        return {}


def as_words(row: Row, options: Mapping[str, float]) -> tuple[str, ...]:
    """The options as a setting says them, NAME=NUMBER; what is at its usual value need not be said."""
    usual = {option.name: option.default for option in row.options}
    return tuple(f"{name}={number:.12g}" for name, number in options.items() if number != usual.get(name))


class OptionSlider(ValueSlider):
    """One option. Its slider stands on multiples of the option's step, within what is offered."""

    def __init__(self, option: Option) -> None:
        self.option = option
        self._typed = option.default  #: shown as it is, though the slider may have no place for it
        slider = Slider(self._place(option.least), self._place(option.most), self._place(option.default))
        slider.setObjectName(f"option_{option.name}")
        super().__init__(slider, self._words_of)
        self.back = IconButton("reset")
        policy = self.back.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.back.setSizePolicy(policy)
        self.moved.connect(self._show_back)

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
        with QSignalBlocker(self.slider):
            self.set_value(self._place(number))
        self._show()
        self._show_back()

    def say(self, locked: str) -> None:
        """The words; `locked` is why it cannot be moved, or ""."""
        option, name = self.option, LETTERS.get(self.option.name, self.option.name)
        tip = self.tr("{what}. From {least} to {most}; {usual} where nothing is said.").format(
            what=row_text(option.help),
            least=numbers.chosen(option.least),
            most=numbers.chosen(option.most),
            usual=numbers.chosen(option.default),
        )
        self.set_words(name, locked or tip)
        self.setEnabled(not locked)
        back = self.tr("{name}: back to {usual}").format(name=name, usual=numbers.chosen(option.default))
        self.back.describe(locked or back)
        self._show_back()

    @Slot()
    def _show_back(self) -> None:
        self.back.setVisible(self.isEnabled() and self.number != self.option.default)


class RowOptions(QWidget):
    """A slider for each option of the row that is shown, with a way back; nothing where it takes none.

    upright  the sliders lie one below the other
    """

    looked_at = Signal(object)  #: name → number, while they are moved
    wished = Signal(object)  #: likewise, once they stand still

    def __init__(self, parent: QWidget | None = None, *, upright: bool = False) -> None:
        super().__init__(parent)
        self._row: Row | None = None
        self._locked = ""
        self.sliders: dict[str, OptionSlider] = {}
        self.curve: PointCurve | None = None  #: of a row whose options are points of a curve
        self.curve_back: IconButton | None = None  #: its way back
        self._most_place = 0
        directions = QBoxLayout.Direction
        self._upright = upright
        self._lines = QBoxLayout(directions.TopToBottom if upright else directions.LeftToRight, self)
        self._lines.setContentsMargins(0, 0, 0, 0)
        self._lines.setSpacing(0 if upright else 8)
        self._parts: list[QWidget] = []
        self._settles = QTimer(self)
        self._settles.setSingleShot(True)
        self._settles.setInterval(SETTLES_MS)
        self._settles.timeout.connect(self._settled)
        self.hide()

    def show_options(self, row: Row, options: Mapping[str, float]) -> None:
        """These are set; an option that is not among them is at its usual value."""
        if row != self._row:
            self._settles.stop()
            self._row = row
            self._build(row)
        if not self._settles.isActive() and not self._is_held():
            for name, slider in self.sliders.items():
                slider.show_number(options.get(name, slider.option.default))
            if self.curve is not None:
                self.curve.show_heights([options.get(option.name, option.default) for option in row.drawn])
                self._show_back()

    def show_places(self, most: int) -> None:
        """Number a curve's axis from 0 to this."""
        self._most_place = most
        if self.curve is not None:
            self.curve.show_places(most)

    def lock(self, reason: str) -> None:
        """Why they cannot be moved; "": they can."""
        if reason != self._locked:
            self._locked = reason
            self._say()

    def _build(self, row: Row) -> None:
        for part in self._parts:
            self._lines.removeWidget(part)
            part.hide()
            part.deleteLater()
        self._parts, self.curve, self.curve_back, self.sliders = [], None, None, {}
        if row.drawn:
            places = [option.at for option in row.drawn if option.at is not None]
            self.curve = PointCurve(places)
            self.curve.setObjectName("option_curve")
            self.curve.moved.connect(self._moved)
            self.curve.released.connect(self._settled)
            self.curve.show_places(self._most_place)
            self._add_curve(self.curve)
        for option in row.options:
            if option.at is None:
                self.sliders[option.name] = self._add_slider(option)
        self._say()
        if self._upright:
            # Columns: the sliders begin and end below one another.
            widest = max((slider.label_width() for slider in self.sliders.values()), default=0)
            for slider in self.sliders.values():
                slider.set_label_width(widest)
        self.setVisible(bool(self._parts))

    def _add_slider(self, option: Option) -> OptionSlider:
        slider = OptionSlider(option)
        slider.moved.connect(self._moved)
        slider.slider.sliderReleased.connect(self._settled)
        slider.back.clicked.connect(self._back_clicked)
        if not self._upright:
            slider.back.setFixedWidth(NARROW_PX)
        line = QWidget()
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4 if self._upright else 0)
        row.addWidget(slider, 1)
        row.addWidget(slider.back, 0, Qt.AlignmentFlag.AlignVCenter)
        self._add(line)
        return slider

    def _add_curve(self, curve: PointCurve) -> None:
        self.curve_back = back = IconButton("reset")
        policy = back.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        back.setSizePolicy(policy)
        back.describe(self.tr("Points: back to where they began"))
        back.clicked.connect(curve.start_over)
        line = QWidget()
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4 if self._upright else 0)
        row.addWidget(curve, 1)
        row.addWidget(back, 0, Qt.AlignmentFlag.AlignTop)
        self._add(line)

    def _add(self, part: QWidget) -> None:
        self._parts.append(part)
        self._lines.addWidget(part, 1)

    def _say(self) -> None:
        for slider in self.sliders.values():
            slider.say(self._locked)
        if self.curve is not None:
            self.curve.say(self._locked)

    def _numbers(self) -> dict[str, float]:
        said = {name: slider.number for name, slider in self.sliders.items()}
        if self.curve is not None and self._row is not None:
            said |= {o.name: height for o, height in zip(self._row.drawn, self.curve.heights, strict=True)}
        return said

    def _is_held(self) -> bool:
        held = any(slider.slider.isSliderDown() for slider in self.sliders.values())
        return held or (self.curve is not None and self.curve.is_held)

    @Slot()
    def _moved(self) -> None:
        self._settles.start()
        self._show_back()
        self.looked_at.emit(self._numbers())

    def _show_back(self) -> None:
        if self.curve is not None and self.curve_back is not None:
            self.curve_back.setVisible(self.curve.isEnabled() and self.curve.is_changed)

    @Slot()
    def _back_clicked(self) -> None:
        sender = self.sender()
        for slider in self.sliders.values():
            if slider.back is sender:
                slider.show_number(slider.option.default)
                self.looked_at.emit(self._numbers())
                self._settled()

    @Slot()
    def _settled(self) -> None:
        if self._is_held():
            self._settles.start()
            return
        self._settles.stop()
        self.wished.emit(self._numbers())
