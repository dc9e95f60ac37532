"""v: the velocity on the circle between picture and noise, and what an error of each output means for x̂_0."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from PySide6.QtCore import Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from core.catalogue import OBJECTIVES
from core.settings import RunConfig

from ... import numbers
from ...app.messages import row_tip
from ...sampler.angle import Circle
from ...widgets.chart import Chart
from ...widgets.elided import ElidedLabel
from ...widgets.legend import LegendEntry
from ...widgets.plain import set_tip
from .card import Card, Shot, ShotRow, TimeSlider, picture
from .told import Traced

#: By a row of OBJECTIVES: signal is blue, noise green, velocity amber.
COLOURS = {"pred_noise": "weight", "pred_x0": "loss", "pred_v": "validation"}
#: Factors are drawn between these powers of ten.
LEAST, MOST = -2.0, 3.0
#: What the circle takes at least.
CIRCLE_PX = 216


class TimeCircle(Circle):
    """The circle at one t, without a way behind it."""

    angle: float | None = None

    def phi(self) -> float | None:
        """The angle that is shown, radians."""
        return self.angle

    def ticks(self) -> list[float]:
        """None: no sampler has been here."""
        return []


class VelocityCard(Card):
    """Circle, the four pictures at t, and the factors of the three objectives over t."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", "", "", parent)
        self.set_title(self.tr("Predicting v"))
        self.sentence.setText(
            self.tr("The network says which way xₜ moves, whose error weighs about the same at every t.")
        )
        self.set_tip(
            self.tr(
                "v = √ᾱ_t·ε − √(1−ᾱ_t)·x_0 is the tangent of the circle on which x_t lies between picture and noise. "
                "x̂_0 = √ᾱ_t·x_t − √(1−ᾱ_t)·v̂, so an error of v̂ never grows in x̂_0; one of ε̂ grows without bound "
                "towards pure noise (Salimans & Ho 2022, arXiv 2202.00512, appendix D)."
            )
        )
        self._traced: Traced | None = None
        self._picture, self._t = 0, 0
        halves = QHBoxLayout()
        halves.setSpacing(16)
        self.circle = TimeCircle()
        halves.addWidget(self.circle)
        right = QVBoxLayout()
        right.setSpacing(4)
        self.row = ShotRow(self.tr("The four directions"), least_px=44, below=False)
        right.addWidget(self.row, 3)
        legends = QHBoxLayout()
        legends.setSpacing(12)
        self.chart = Chart(interactive=False, whole_x=True)
        self.chart.setMinimumHeight(84)
        self.chart.setAccessibleName(self.tr("What an error of the output means for x̂_0"))
        self.factors: dict[str, LegendEntry] = {}
        for name, colour in COLOURS.items():
            row = OBJECTIVES[name]
            legend = LegendEntry("line", colour, row.letter)
            set_tip(legend, row_tip(row))
            legends.addWidget(legend)
            self.factors[name] = legend
            self.chart.add_curve(name, colour, 2)
        self.chart.set_log_y(True)
        self.read_out = ElidedLabel(self.tr("error in x̂₀"))
        self.read_out.setProperty("caption", True)
        self.read_out.set_tip(
            self.tr("An error of 1 in the output is so much in x̂_0 at this t; the curves are cut off above 1,000.")
        )
        legends.addWidget(self.read_out, 1)
        right.addLayout(legends)
        right.addWidget(self.chart, 3)
        halves.addLayout(right, 3)
        self.column.addLayout(halves, 1)
        self.time = TimeSlider()
        self.chart.picked.connect(self._picked)
        self.column.addWidget(self.time)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The circle is as wide as it is high, and leaves the curves the most."""
        super().resizeEvent(event)
        size = event.size()
        self.circle.setFixedWidth(round(max(CIRCLE_PX, min(size.height() - 118, size.width() * 0.36))))

    def is_on(self, config: RunConfig) -> bool:
        """Whether settings have it."""
        return config.diffusion.objective == "pred_v"

    def changes(self, on: bool) -> Mapping[str, Any]:
        """v, or as DDPM has it."""
        return {"objective": "pred_v" if on else "pred_noise"}

    @Slot(float)
    def _picked(self, x: float) -> None:
        self.time.set_value(round(x))

    def show_traced(self, traced: Traced) -> None:
        """Another batch."""
        self._traced = traced
        self.time.show_timesteps(traced.timesteps)
        t = np.arange(traced.timesteps)
        for name in COLOURS:
            factors = [self._factor(name, int(each)) for each in t]
            self.chart.set_curve(name, t, np.clip(factors, 10.0**LEAST, 10.0**MOST))
        self.chart.set_x_range(0, traced.timesteps - 1)
        self.chart.set_y_range(LEAST, MOST)
        self.show_why("")
        self.show_t(min(self._t, traced.timesteps - 1))
        letter = OBJECTIVES[traced.config.diffusion.objective].letter
        words = self.tr("The target of this batch is {letter} of the noise in xₜ: largest difference {number}")
        self.show_check(
            words.format(letter=letter, number=numbers.figure(traced.target_difference)), traced.target_difference == 0
        )

    def show_picture(self, picture: int) -> None:
        """Another picture and its noise."""
        self._picture = picture
        self._draw()

    def show_t(self, t: int) -> None:
        """Another t."""
        self._t = t
        self.time.show_t(t)
        self._draw()

    def _factor(self, name: str, t: int) -> float:
        """By what an error of the output is multiplied in x̂_0."""
        assert self._traced is not None
        factors = OBJECTIVES[name].x_start_factors
        assert factors is not None, name
        return abs(factors(*self._traced.shares(t))[1])

    def _draw(self) -> None:
        traced = self._traced
        if traced is None:
            return
        k = min(self._picture, len(traced.places) - 1)
        cos, sin = traced.shares(self._t)
        x_0, noise = traced.pictures[k], traced.noise[k]
        a, b = np.float32(cos), np.float32(sin)
        self.row.show_shots(
            (
                Shot("x_0", picture(x_0), colour="loss"),
                Shot("ε", picture(noise, 2), colour="weight"),
                Shot("{x_t}", picture(a * x_0 + b * noise)),
                Shot("v", picture(a * noise - b * x_0, 2), colour="validation"),
            )
        )
        self.circle.angle = math.atan2(sin, cos)
        self.circle.setAccessibleDescription(f"{numbers.figure(math.degrees(self.circle.angle))}°")
        self.circle.update()
        self.chart.set_cursor(self._t)
        for name, legend in self.factors.items():
            legend.set_text(f"{OBJECTIVES[name].letter} × {numbers.figure(self._factor(name, self._t), 2)}")
