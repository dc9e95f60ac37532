"""The forward process of the chosen picture: a slider over t, a strip of pictures, and the numbers of this t."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QImage, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from .. import numbers
from ..theme import BODY_PX, CONTROL_PX, sized_font
from ..widgets.panel import caption
from ..widgets.slider import Slider
from ..widgets.symbols import Symbol
from .noise_strip import NoiseStrip
from .shown import ForwardShown

#: Half a slider's thumb: its centre stops this far from the slider's ends.
THUMB_HALF_PX = 8


class ForwardView(QWidget):
    """Shows one t and asks for another."""

    t_wished = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: ForwardShown | None = None
        self._title, self._schedule, self._value = QLabel(), caption(), QLabel()
        self._title.setFont(sized_font(BODY_PX, semibold=True))
        self._value.setObjectName("forward_t_value")
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._title)
        head.addWidget(self._schedule)
        head.addStretch(1)
        head.addWidget(self._value)
        self.slider = Slider()
        self.slider.setObjectName("forward_t")
        self.slider.setFixedHeight(CONTROL_PX)
        self.slider.valueChanged.connect(self.t_wished)
        self._slider_row = QHBoxLayout()
        self._slider_row.addWidget(self.slider)
        self.strip = NoiseStrip()
        self.strip.setObjectName("forward_strip")
        self.strip.t_wished.connect(self.slider.setValue)
        self._alpha, self._snr, self._formula = Symbol(), QLabel(), Symbol()
        self._formula.setObjectName("forward_formula")
        self._schedule.setObjectName("forward_schedule")
        figures = QHBoxLayout()
        figures.setSpacing(20)
        for label in (self._alpha, self._snr, self._formula):
            figures.addWidget(label)
        figures.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(head)
        column.addLayout(self._slider_row)
        column.addWidget(self.strip)
        column.addLayout(figures)
        self.retranslate()

    def show_forward(self, shown: ForwardShown | None) -> None:
        """Show this t; None while the schedule is not known yet."""
        self._shown = shown
        if shown is not None:
            self.slider.blockSignals(True)
            self.slider.setRange(0, shown.timesteps - 1)
            self.slider.setPageStep(max(1, shown.timesteps // 20))
            self.slider.setValue(shown.t)
            self.slider.blockSignals(False)
            self.strip.show_t(shown.t)
        self._show_numbers()

    def show_strip(self, stops: Sequence[int], pictures: Sequence[QImage], timesteps: int) -> None:
        """Show these noised pictures at these t."""
        self.strip.show_pictures(stops, pictures, timesteps)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The slider's thumb travels from the centre of the first picture to that of the last."""
        super().resizeEvent(event)
        self.strip.resize(self.width(), self.strip.height())
        inset = max(0, round(self.strip.inset_px) - THUMB_HALF_PX)
        self._slider_row.setContentsMargins(inset, 0, inset, 0)

    def changeEvent(self, event: QEvent) -> None:
        """Speak the new language."""
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def retranslate(self) -> None:
        """Set all words."""
        self._title.setText(self.tr("Forward process"))
        self._title.setToolTip(
            self.tr("How training makes a noisy picture: x_t = √ᾱ_t·x_0 + √(1−ᾱ_t)·ε (Ho et al. 2020, equation 4)")
        )
        for thing in (self.slider, self._value):
            thing.setToolTip(self.tr("The timestep: 0 is one step of noise, T − 1 is almost nothing but noise"))
        self.slider.setAccessibleName(self.tr("Timestep t"))
        self.strip.setAccessibleName(self.tr("The picture at evenly spaced timesteps"))
        self.strip.setToolTip(self.tr("Click a picture to go to its timestep"))
        self._alpha.setToolTip(
            self.tr("ᾱ_t, the product of 1 − β up to t: what is left of the picture's power (Ho et al. 2020)")
        )
        self._snr.setToolTip(
            self.tr("Signal-to-noise ratio ᾱ_t / (1 − ᾱ_t): at 1, picture and noise are equally strong")
        )
        self._formula.setToolTip(self.tr("x_0 is the picture, ε the noise, x_t what the network is given"))
        self._schedule.setToolTip(self.tr("The noise schedule and its number of steps T; both are training settings"))
        self._show_numbers()

    def _show_numbers(self) -> None:
        shown = self._shown
        self.setEnabled(shown is not None)
        if shown is None:
            self._value.clear()
            self._alpha.set_text(self.tr("The noise schedule is being computed…"))
            self._formula.set_text("")
            self._snr.clear()
            self._schedule.clear()
            return
        self._value.setText(f"t = {numbers.count(shown.t)}")
        self._alpha.set_text(f"{{alpha_bar_t}} = {numbers.figure(shown.alpha_cumprod)}")
        self._snr.setText(self.tr("SNR = {value}").format(value=numbers.figure(shown.signal_to_noise)))
        self._formula.set_text(
            f"{{x_t}} = {numbers.figure(shown.signal_share)} {{x_0}} + {numbers.figure(shown.noise_share)} ε"
        )
        names = {
            "linear": self.tr("Linear"),
            "cosine": self.tr("Cosine"),
            "sigmoid": self.tr("Sigmoid"),
            "rectified_flow": self.tr("Rectified flow"),
        }
        self._schedule.setText(
            self.tr("{name} schedule, T = {steps}").format(
                name=names.get(shown.schedule, shown.schedule), steps=numbers.count(shown.timesteps)
            )
        )
