"""EMA: what the averaged weights make of a noisy picture beside what the weights of the last step make of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from PySide6.QtWidgets import QHBoxLayout, QWidget

from core.presets import preset
from core.settings import RunConfig

from ... import numbers
from ...sampler.compare_tiles import heat
from ...widgets.elided import ElidedLabel
from .card import Card, Shot, ShotRow, TimeSlider, picture
from .self_condition_card import rms
from .told import Floats, Guessed, Traced

USUAL = 0.995


class EmaCard(Card):
    """The same x_t by both sets of weights."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", "", "", parent)
        self.set_title(self.tr("Averaged weights (EMA)"))
        self.sentence.setText(
            self.tr("Samples use the mean of the last weights, which shakes less than those of one step.")
        )
        self.set_tip(
            self.tr(
                "ema ← d·ema + (1 − d)·weights after each step, with a decay d that begins small. The mean age of what "
                "is in it, its lag, is about 1/(1 − d) steps (Ho et al. 2020, arXiv 2006.11239, appendix B)."
            )
        )
        self._decay = USUAL
        self._lag = 0.0
        self.row = ShotRow(self.tr("The guesses by both weights"), least_px=80)
        self.column.addWidget(self.row, 1)
        self.words = ElidedLabel()
        self.words.setProperty("caption", True)
        foot = QHBoxLayout()
        foot.setSpacing(12)
        self.time = TimeSlider()
        foot.addWidget(self.time, 2)
        foot.addWidget(self.words, 3)
        self.column.addLayout(foot)

    def is_on(self, config: RunConfig) -> bool:
        """Whether settings have it: with a decay of 0 the average is the weights themselves."""
        return config.train.ema_decay > 0

    def changes(self, on: bool) -> Mapping[str, Any]:
        """The preset's decay, or none."""
        return {"ema_decay": self._decay if on else 0.0}

    def show_next(self, config: RunConfig, reason: str) -> None:
        """Turned on again it has the decay of the preset."""
        self._decay = config.train.ema_decay or preset(config.preset).config.train.ema_decay or USUAL
        super().show_next(config, reason)

    def show_traced(self, traced: Traced) -> None:
        """Another batch."""
        self.time.show_timesteps(traced.timesteps)
        self._lag = traced.lag

    def show_guessed(self, guessed: Guessed, x_start: Floats) -> None:
        """The guesses by both, and how far apart they are."""
        if guessed.averaged is None:
            self.show_why(guessed.why_not)
            return
        difference = guessed.averaged - guessed.x_0
        top = max(0.02, float(np.abs(difference).max()))
        t = numbers.count(guessed.t)
        self.row.show_shots(
            (
                Shot(
                    self.tr("{symbol} at t = {t}").replace("{symbol}", "{x_t}").replace("{t}", t), picture(guessed.x_t)
                ),
                Shot(
                    self.tr("{symbol}, last weights").replace("{symbol}", "{x_0_hat}"), picture(guessed.x_0), arrow=True
                ),
                Shot(self.tr("{symbol}, averaged").replace("{symbol}", "{x_0_hat}"), picture(guessed.averaged)),
                Shot(
                    self.tr("difference"),
                    heat(difference, top),
                    self.tr("0 … {top}").format(top=numbers.figure(top, 2)),
                ),
            )
        )
        last, averaged = rms(guessed.x_0 - x_start), rms(guessed.averaged - x_start)
        share = numbers.figure(100 * (averaged - last) / max(last, 1e-9), 2).replace("-", "−")
        self.words.setText(
            self.tr("RMS error: last {last}, averaged {averaged} ({share} %)").format(
                last=numbers.figure(last), averaged=numbers.figure(averaged), share=share
            )
        )
        self.show_why("")
        self.show_check(
            self.tr("The average lags by {lag} steps; its weights differ by {apart} % of their length.").format(
                lag=numbers.figure(self._lag), apart=numbers.figure(100 * guessed.apart, 2)
            ),
            None,
        )
