"""min-SNR: how much each t has to say in what training minimises, with its weights capped and without."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from core.settings import RunConfig
from core.training.timesteps import shares_of_loss

from ... import numbers
from ...widgets.chart import Chart, round_up
from ...widgets.elided import ElidedLabel
from ...widgets.legend import LegendEntry
from ...widgets.slider import Slider, ValueSlider
from .card import Card
from .told import Measured, Traced, share_below

USUAL = 5.0
#: The slider's places are logarithmic: γ = 0.1 … 100.
LEAST, MOST, STEPS = 0.1, 100.0, 60
BELOW = 10  #: the sentence speaks of the first tenth of t


def gamma_at(place: int) -> float:
    """γ at a place of the slider, to two figures."""
    raw: float = LEAST * (MOST / LEAST) ** (place / STEPS)
    digits = 1 - math.floor(math.log10(raw))
    return round(raw, digits)


def place_of(gamma: float) -> int:
    """The place nearest to γ."""
    return round(STEPS * math.log(min(max(gamma, LEAST), MOST) / LEAST) / math.log(MOST / LEAST))


class MinSnrCard(Card):
    """Bars of both shares, w(t) over them, γ below."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", "", "", parent)
        self.set_title(self.tr("min-SNR"))
        self.sentence.setText(
            self.tr("Caps the weight of nearly clean pictures, so that no part of t drowns the others.")
        )
        self.set_tip(
            self.tr(
                "The squared error of x̂_0 weighs min(SNR, γ) instead of SNR = ᾱ_t/(1 − ᾱ_t) (Hang et al. 2023, arXiv "
                "2303.09556, section 3.4). A bar is w(t) × the measured loss of its t, as a share of all: what of the "
                "minimised loss comes from there."
            )
        )
        self._traced: Traced | None = None
        self._losses: Measured | None = None
        self._typed = USUAL
        legends = QHBoxLayout()
        legends.setSpacing(12)
        self.without, self.capped = LegendEntry("bar", "edge", self.tr("without")), LegendEntry("bar", "weight")
        self.line = LegendEntry("line", "validation", self.tr("w(t) with"))
        self.measured = ElidedLabel()
        self.measured.setProperty("caption", True)
        for legend in (self.without, self.capped, self.line):
            legends.addWidget(legend)
        legends.addWidget(self.measured, 1)
        self.column.addLayout(legends)
        self.chart = Chart(interactive=False, whole_x=True)
        self.chart.add_right_axis("validation")
        self.chart.setMinimumHeight(110)
        self.chart.setAccessibleName(self.tr("Share of the loss over t"))
        self.chart.add_bars("without", "edge", 150)
        self.chart.add_bars("capped", "weight", 170)
        self.chart.add_curve("weight", "validation", 2, right=True)
        self.column.addWidget(self.chart, 1)
        self.chart.set_x_label(self.tr("t (picture → noise)"))
        foot = QHBoxLayout()
        foot.setSpacing(16)
        self.gamma = ValueSlider(
            Slider(0, STEPS, place_of(USUAL)), lambda place: numbers.figure(self._gamma_at(place), 2)
        )
        self.gamma.set_words(
            "γ", self.tr("γ: the signal-to-noise ratio above which weights are capped; 5 in the paper.")
        )
        self.gamma.moved.connect(self._moved)
        self.gamma.slider.sliderReleased.connect(self._let_go)
        self.words = ElidedLabel()
        foot.addWidget(self.gamma, 2)
        foot.addWidget(self.words, 3)
        self.column.addLayout(foot)

    # --- settings ------------------------------------------------------------------------------------------

    def is_on(self, config: RunConfig) -> bool:
        """Whether settings have it."""
        return config.diffusion.loss_weighting == "min_snr"

    def changes(self, on: bool) -> Mapping[str, Any]:
        """γ as the slider stands, or none."""
        return {"min_snr_gamma": self.value if on else None}

    def show_next(self, config: RunConfig, reason: str) -> None:
        """The slider stands at what the next run has."""
        super().show_next(config, reason)
        gamma = config.diffusion.min_snr_gamma
        if gamma is not None and not self.gamma.slider.isSliderDown():
            self._set_slider(gamma)

    @property
    def value(self) -> float:
        """γ, as the slider stands."""
        return self._gamma_at(self.gamma.value())

    def _gamma_at(self, place: int) -> float:
        # What was typed elsewhere is shown as it is, though the slider may have no place for it.
        return self._typed if place == place_of(self._typed) else gamma_at(place)

    def _set_slider(self, gamma: float) -> None:
        self._typed = gamma
        was = self.gamma.blockSignals(True)
        self.gamma.set_value(place_of(gamma))
        self.gamma.refresh()
        self.gamma.blockSignals(was)
        self._draw()

    @Slot()
    def _moved(self) -> None:
        self._draw()
        if not self.gamma.slider.isSliderDown():
            self._let_go()

    @Slot()
    def _let_go(self) -> None:
        if self.switch.isChecked() and self.switch.isEnabled():
            self.settings_wished.emit({"min_snr_gamma": self.value})

    # --- what is seen --------------------------------------------------------------------------------------

    def show_traced(self, traced: Traced) -> None:
        """Another batch, or other measured losses."""
        first = self._traced is None
        self._traced, self._losses = traced, traced.losses
        own = traced.config.diffusion.min_snr_gamma
        if first and own is not None and not self.switch.isChecked():
            self._set_slider(own)
        self.show_why("")
        self._draw()
        words = self.tr("Each picture of this batch weighs the w(t) of its t: largest difference {number}")
        self.show_check(words.format(number=numbers.figure(traced.weight_difference)), traced.weight_difference == 0)

    def show_losses(self, losses: Measured) -> None:
        """The loss over t, measured meanwhile."""
        self._losses = losses
        self._draw()

    def _draw(self) -> None:
        traced = self._traced
        if traced is None:
            return
        timesteps, gamma = traced.timesteps, self.value
        losses = np.ones(min(50, timesteps)) if self._losses is None else self._losses.means
        shares = {name: shares_of_loss(traced.weights(g), losses) for name, g in (("without", None), ("capped", gamma))}
        width = timesteps / len(losses)
        centres = (np.arange(len(losses)) + 0.5) * width
        for name, bars in shares.items():
            self.chart.set_bars(name, centres, 100 * bars, width * 0.86)
        weights = traced.weights(gamma)
        self.chart.set_curve("weight", np.arange(timesteps) + 0.5, weights)
        self.chart.set_x_range(0, timesteps)
        self.chart.set_y_range(0, round_up(100 * max(float(bars.max()) for bars in shares.values())), padding=0)
        self.capped.set_text(self.tr("with γ = {gamma}").format(gamma=numbers.figure(gamma, 2)))
        self._say(traced, shares["without"], shares["capped"], width)

    def _say(self, traced: Traced, without: Any, capped: Any, width: float) -> None:  # noqa: ANN401
        below = max(1, traced.timesteps // BELOW)
        said = [numbers.figure(100 * share_below(bars, traced.timesteps, below), 2) for bars in (without, capped)]
        self.words.setText(
            self.tr("t < {t} takes {without} % without, {capped} % with it").format(
                t=numbers.count(below), without=said[0], capped=said[1]
            )
        )
        each = numbers.count(round(width)) if width >= 1 else "1"
        losses = self._losses
        if losses is None:
            words = self.tr("% of w(t) in {n} timesteps; no loss is measured yet")
        elif losses.by_metrics:
            words = self.tr("% of the loss in {n} timesteps, measured in the last {count} steps")
        else:
            words = self.tr("% of the loss in {n} timesteps, measured in {count} batches here")
        said_of = words.format(n=each, count=numbers.count(0 if losses is None else losses.count))
        self.measured.setText(said_of)
        self.measured.set_tip(said_of)
