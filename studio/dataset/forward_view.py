"""The forward process of the chosen picture: a schedule with its curve, a slider over t, a strip of pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QImage, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from .. import numbers
from ..theme import BODY_PX, sized_font
from ..widgets.panel import caption
from ..widgets.plain import set_tip
from ..widgets.slider import Slider
from ..widgets.symbols import Symbol
from .noise_curve import NoiseCurve
from .noise_strip import NoiseStrip
from .schedule_choice import ScheduleChoice
from .schedule_options import ScheduleOptions

if TYPE_CHECKING:
    from .forward_table import ForwardTable

#: Half a slider's thumb: its centre stops this far from the slider's ends.
THUMB_HALF_PX = 8
SLIDER_PX = 22


class ForwardView(QWidget):
    """Shows one t of one schedule and asks for others."""

    t_wished = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._table: ForwardTable | None = None
        self._t = 0
        self._used = ""  # the schedule that is set, which another may be looked at in place of
        self._problem_words = ""
        self._title, self._steps, self._value = QLabel(), caption(), QLabel()
        self._title.setFont(sized_font(BODY_PX, semibold=True))
        self._steps.setObjectName("forward_steps")
        self._value.setObjectName("forward_t_value")
        self.schedule = ScheduleChoice()
        self.schedule.setObjectName("forward_schedule")
        self.options = ScheduleOptions()
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._title)
        head.addWidget(self.schedule)
        head.addWidget(self._steps)
        head.addStretch(1)
        head.addWidget(self._value)
        self.curve = NoiseCurve()
        self.curve.setObjectName("forward_curve")
        self.slider = Slider()
        self.slider.setObjectName("forward_t")
        self.slider.setFixedHeight(SLIDER_PX)
        self.slider.valueChanged.connect(self.t_wished)
        self._slider_row = QHBoxLayout()
        self._slider_row.addWidget(self.slider)
        self.strip = NoiseStrip()
        self.strip.setObjectName("forward_strip")
        for part in (self.curve, self.strip):
            part.t_wished.connect(self.slider.setValue)
        self._alpha, self._snr, self._formula = Symbol(), QLabel(), Symbol()
        self._formula.setObjectName("forward_formula")
        self._problem = QLabel()
        self._problem.setObjectName("forward_problem")
        self._problem.setProperty("tone", "error")
        self._problem.setWordWrap(True)
        figures = QHBoxLayout()
        figures.setSpacing(20)
        for label in (self._alpha, self._snr, self._formula):
            figures.addWidget(label)
        figures.addWidget(self._problem, 1)
        figures.addStretch()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(head)
        column.addWidget(self.options)
        column.addSpacing(2)
        column.addWidget(self.curve, 100)
        column.addLayout(self._slider_row)
        column.addWidget(self.strip)
        column.addSpacing(2)
        column.addLayout(figures)
        column.addStretch(1)  # what the curve cannot take stays below
        self.retranslate()

    def show_used(self, schedule: str, options: Mapping[str, float]) -> None:
        """The schedule that is set, with what bends it, and trained with."""
        self._used = schedule
        self.schedule.show_schedule(schedule)
        self.options.show_options(schedule, options)
        self._show_numbers()

    def show_forward(self, table: ForwardTable | None, t: int = 0, problem: str = "") -> None:
        """Show this t of a schedule; None while it is not known yet, or with why there is none."""
        self._table, self._t, self._problem_words = table, t, problem
        self.curve.show_table(table)
        if table is not None:
            self.slider.blockSignals(True)
            self.slider.setRange(0, table.timesteps - 1)
            self.slider.setPageStep(max(1, table.timesteps // 20))
            self.slider.setValue(t)
            self.slider.blockSignals(False)
            self.curve.show_t(t)
            self.strip.show_t(t)
        self._show_numbers()

    def show_strip(self, stops: Sequence[int], pictures: Sequence[QImage], timesteps: int) -> None:
        """Show these noised pictures at these t."""
        self.strip.show_pictures(stops, pictures, timesteps)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The slider's thumb travels from the centre of the first picture to that of the last, as the curve does."""
        super().resizeEvent(event)
        self.strip.resize(self.width(), self.strip.height())
        inset = max(0, round(self.strip.inset_px) - THUMB_HALF_PX)
        self._slider_row.setContentsMargins(inset, 0, inset, 0)
        self.curve.set_inset(self.strip.inset_px)

    def changeEvent(self, event: QEvent) -> None:
        """Speak the new language."""
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def retranslate(self) -> None:
        """Set all words."""
        self._title.setText(self.tr("Forward process"))
        set_tip(
            self._title,
            self.tr("How training makes a noisy picture: x_t = √ᾱ_t·x_0 + √(1−ᾱ_t)·ε (Ho et al. 2020, equation 4)"),
        )
        for thing in (self.slider, self._value):
            set_tip(thing, self.tr("The timestep: 0 is one step of noise, T − 1 is almost nothing but noise"))
        self.slider.setAccessibleName(self.tr("Timestep t"))
        self.curve.setAccessibleName(self.tr("Picture and noise over t"))
        set_tip(
            self.curve,
            self.tr(
                "What is left of the picture's power, ᾱ_t, and how strong the noise is, √(1−ᾱ_t), at every timestep. "
                "Click to go there"
            ),
        )
        self.strip.setAccessibleName(self.tr("The picture at evenly spaced timesteps"))
        set_tip(self.strip, self.tr("Click a picture to go to its timestep"))
        set_tip(
            self._alpha,
            self.tr("ᾱ_t, the product of 1 − β up to t: what is left of the picture's power (Ho et al. 2020)"),
        )
        set_tip(self._snr, self.tr("Signal-to-noise ratio ᾱ_t / (1 − ᾱ_t): at 1, picture and noise are equally strong"))
        set_tip(self._formula, self.tr("x_0 is the picture, ε the noise, x_t what the network is given"))
        set_tip(self._steps, self.tr("The number of steps of the noise schedule; it is a training setting"))
        self._show_numbers()

    def _show_numbers(self) -> None:
        table, t = self._table, self._t
        for part in (self.slider, self.curve, self.strip):
            part.setEnabled(table is not None)
        self._problem.setText(self._problem_words)
        self._problem.setVisible(bool(self._problem_words))
        for figure in (self._alpha, self._snr, self._formula):
            figure.setVisible(not self._problem_words)
        if table is None:
            self._value.clear()
            self._alpha.set_text("" if self._problem_words else self.tr("The noise schedule is being computed…"))
            self._formula.set_text("")
            self._snr.clear()
            self._steps.clear()
            return
        self._value.setText(f"t = {numbers.count(t)}")
        self._alpha.set_text(f"{{alpha_bar_t}} = {numbers.figure(float(table.alphas_cumprod[t]))}")
        self._snr.setText(self.tr("SNR = {value}").format(value=numbers.figure(table.signal_to_noise(t))))
        signal, noise = (numbers.figure(share) for share in table.shares(t))
        self._formula.set_text(f"{{x_t}} = {signal} {{x_0}} + {noise} ε")
        words = self.tr("T = {steps}") if table.schedule == self._used else self.tr("T = {steps}, only looked at")
        self._steps.setText(words.format(steps=numbers.count(table.timesteps)))
