"""Self-conditioning: what the network takes x_t for, without and with its own first guess, and what that gains."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QWidget

from core.settings import RunConfig

from ... import numbers
from ...app.theme import CAPTION_PX, sized_font, theme
from ...sampler.compare_tiles import heat
from ...widgets.chart import Chart
from ...widgets.elided import ElidedLabel
from ...widgets.legend import LegendEntry
from ...widgets.panel import caption
from ...widgets.plain import set_tip, set_words
from ...widgets.symbols import paint_text
from .card import Card, Shot, ShotRow, TimeSlider, picture
from .told import Floats, Gains, Guessed, Traced

LOOP_PX = 18


def rms(values: Floats) -> float:
    """The root mean square."""
    return float(np.sqrt(np.square(values, dtype=np.float64).mean()))


class Loop(QWidget):
    """That x_t is asked about again: a line below the row, from its first picture to its third."""

    def __init__(self, row: ShotRow, words: str) -> None:
        super().__init__()
        self._row, self._words = row, words
        self.setFixedHeight(LOOP_PX)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme().changed.connect(self.update)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The line, its head and its words."""
        if len(self._row.shots) < 3:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        start, end = (self._row.shots[k].place.center().x() for k in (0, 2))
        middle, low = (start + end) / 2, LOOP_PX - 7
        painter.setPen(QPen(theme().color("edge"), 1.5))
        painter.drawPolyline([QPointF(start, 0), QPointF(start, low), QPointF(middle - 44, low)])
        painter.drawPolyline([QPointF(middle + 44, low), QPointF(end, low), QPointF(end, 5)])
        painter.setBrush(theme().color("edge"))
        painter.drawPolygon(QPolygonF([QPointF(end, 0), QPointF(end - 4, 6), QPointF(end + 4, 6)]))
        place = QRectF(middle - 44, 0, 88, LOOP_PX + 4)
        paint_text(painter, place, self._words, sized_font(CAPTION_PX), theme().color("muted"), "centre")


class SelfConditionCard(Card):
    """Four pictures at the chosen t, and the gain over all t."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", "", "", parent)
        self.set_title(self.tr("Self-conditioning"))
        self.sentence.setText(
            self.tr("The network also sees its own last guess of the picture; in training every second time.")
        )
        self.set_tip(
            self.tr(
                "The network takes [x̂_0 of the step before, x_t] on its channels. In training, with probability ½ for "
                "the whole batch, a first pass without gradient makes that x̂_0, else zeros stand there; in sampling "
                "it is x̂_0 of the step before (Chen et al. 2022, arXiv 2208.04202)."
            )
        )
        self.row = ShotRow(self.tr("The guesses"), least_px=72)
        self.column.addWidget(self.row, 4)
        self.loop = Loop(self.row, self.tr("{symbol} again").replace("{symbol}", "{x_t}"))
        between = QHBoxLayout()
        self.gain = LegendEntry("line", "weight", self.tr("gain over t, %"))
        set_tip(self.gain, self.tr("By how much what is fed back makes the RMS error of x̂₀ smaller at each t."))
        between.addWidget(self.loop, 1)
        between.addWidget(self.gain)
        self.column.addLayout(between)
        self.chart = Chart(left_px=44, interactive=False, x_numbers=False)
        self.chart.setMinimumHeight(44)
        self.chart.setAccessibleName(self.tr("Gain of self-conditioning over t"))
        self.chart.add_curve("gain", "weight", 2)
        self.column.addWidget(self.chart, 1)
        foot = QHBoxLayout()
        foot.setSpacing(12)
        self.time = TimeSlider()
        self.words = ElidedLabel()
        self.words.setProperty("caption", True)
        self.progress, self.cancel = caption(), QPushButton()
        set_words(self.cancel, self.tr("Cancel"), self.tr("Ask the network at no more t."))
        self.cancel.hide()
        foot.addWidget(self.time, 2)
        foot.addWidget(self.words, 3)
        foot.addWidget(self.progress)
        foot.addWidget(self.cancel)
        self.column.addLayout(foot)
        self._top = 0.1

    def is_on(self, config: RunConfig) -> bool:
        """Whether settings have it."""
        return config.model.self_condition

    def changes(self, on: bool) -> Mapping[str, Any]:
        """One setting."""
        return {"self_condition": on}

    def show_traced(self, traced: Traced) -> None:
        """Whether there is something to ask, and how the coin fell."""
        self.time.show_timesteps(traced.timesteps)
        self.chart.set_x_range(0, traced.timesteps - 1)
        self.show_gains(None)
        if traced.coin:
            words = self.tr("In this batch the guess is fed back; of the next {count} batches in {fed}.")
        else:
            words = self.tr("In this batch zeros stand for it; of the next {count} batches it is fed back in {fed}.")
        words = words.format(count=numbers.count(traced.of_batches), fed=numbers.count(traced.fed_back))
        # Four standard deviations of a fair coin.
        fair = abs(traced.fed_back - traced.of_batches / 2) <= 2 * traced.of_batches**0.5
        self.show_check(words, fair)

    def show_guessed(self, guessed: Guessed, x_start: Floats) -> None:
        """The four pictures, and how far both guesses are from the picture."""
        if guessed.again is None:
            return
        difference = guessed.again - guessed.x_0
        self._top = max(0.02, float(np.abs(difference).max()))
        t = numbers.count(guessed.t)
        self.row.show_shots(
            (
                Shot(
                    self.tr("{symbol} at t = {t}").replace("{symbol}", "{x_t}").replace("{t}", t), picture(guessed.x_t)
                ),
                Shot(self.tr("{symbol} without").replace("{symbol}", "{x_0_hat}"), picture(guessed.x_0), arrow=True),
                Shot(self.tr("{symbol} with it").replace("{symbol}", "{x_0_hat}"), picture(guessed.again), arrow=True),
                Shot(
                    self.tr("difference"),
                    heat(difference, self._top),
                    self.tr("0 … {top}").format(top=numbers.figure(self._top, 2)),
                ),
            )
        )
        self.loop.update()
        without, with_it = rms(guessed.x_0 - x_start), rms(guessed.again - x_start)
        share = numbers.figure(100 * (with_it - without) / max(without, 1e-9), 2).replace("-", "−")
        self.words.setText(
            self.tr("RMS error {without} → {with_it} ({share} %)").format(
                without=numbers.figure(without), with_it=numbers.figure(with_it), share=share
            )
        )
        self.words.set_tip(
            self.tr("The root mean square of x̂_0 − x_0 of this picture, which lies in −1 … 1, without and with it.")
        )
        self.chart.set_cursor(guessed.t)
        self.show_why("")

    def show_gains(self, gains: Gains | None) -> None:
        """What it gains at each t that was asked at so far; None: nothing yet."""
        under_way = gains is not None and not gains.complete
        self.cancel.setVisible(under_way)
        self.progress.setText(
            ""
            if gains is None or gains.complete
            else self.tr("{done} of {of} t").format(done=numbers.count(len(gains.t)), of=numbers.count(gains.of))
        )
        if gains is None or not len(gains.t):
            self.chart.set_curve("gain", (), ())
            self.gain.set_text(self.tr("gain over t, %"))
            self.chart.set_hint(self.tr("The gain over t is being measured."))
            return
        self.chart.set_hint("")
        gain = 100 * (1 - gains.with_it / np.maximum(gains.without, 1e-12))
        self.chart.set_curve("gain", gains.t, gain)
        most = numbers.figure(float(gain.max()), 2).replace("-", "−")
        self.gain.set_text(self.tr("gain over t, up to {most} %").format(most=most))
        low, high = min(0.0, float(gain.min())), max(1.0, float(gain.max()))
        self.chart.set_y_range(low, high, padding=0.08)

    def say_ended(self, why: str = "") -> None:
        """No more t are asked at: it was cancelled, or why it could not go on."""
        self.cancel.hide()
        self.progress.setText("")
        self.chart.set_hint(why)
