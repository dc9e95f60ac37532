"""Offset noise: a noise with and without it, and how widely the mean of noise is spread with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Signal, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from core.randomness import spread_of_means
from core.recording import shown
from core.settings import RunConfig

from ... import numbers
from ...app.theme import theme
from ...widgets.chart import Chart
from ...widgets.elided import ElidedLabel
from ...widgets.legend import LegendEntry
from ...widgets.plain import set_tip
from ...widgets.slider import Slider, ValueSlider
from .card import ABOVE_PX, ARROW_PX, MOST_TILE_PX, Card, Shot, ShotRow, picture
from .told import Doubles, Traced

#: Of the strength that the slider offers, and in how many steps.
MOST_STRENGTH, STEPS = 0.5, 50
USUAL = 0.1
BINS, BARS_PX = 61, 14


def _place_of(strength: float) -> int:
    """The slider's place nearest to a strength."""
    return round(min(strength, MOST_STRENGTH) / MOST_STRENGTH * STEPS)


class MeanColour(QWidget):
    """Two bars: the mean of the noise without and with the offset, as a colour at twice the contrast."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(BARS_PX)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.means: tuple[NDArray[np.floating], ...] = ()
        self._row: ShotRow | None = None
        theme().changed.connect(self.update)

    def follow(self, row: ShotRow) -> None:
        """Stand below its pictures."""
        self._row = row

    def show_means(self, *means: NDArray[np.floating]) -> None:
        """(C,) each."""
        self.means = means
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """A bar for each."""
        painter = QPainter(self)
        for number, mean in enumerate(self.means):
            if self._row is None or number >= len(self._row.shots):
                return
            place = self._row.shots[number].place
            channels = shown(np.asarray(mean, np.float32), 0.5)
            red, green, blue = (
                int(channels[min(k, len(channels) - 1)]) if len(channels) >= 3 else int(channels[0]) for k in range(3)
            )
            painter.fillRect(QRectF(place.left(), 0, place.width(), BARS_PX), QColor(red, green, blue))
            painter.setPen(QPen(theme().color("line"), 1))
            painter.drawRect(QRectF(place.left(), 0, place.width() - 1, BARS_PX - 1))


class OffsetCard(Card):
    """Noise with and without, and the histogram of its means."""

    strength_tried = Signal(float)  #: shown here only; `settings_wished` where the next run has the trick

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", "", "", parent)
        self.set_title(self.tr("Offset noise"))
        self.sentence.setText(
            self.tr("A little noise, the same in all pixels: very dark and very bright pictures are learnt too.")
        )
        self.set_tip(
            self.tr(
                "ε + s·n with one standard normal number n for each channel of a picture. The mean of plain noise over "
                "H × W pixels is nearly 0 (its spread is 1/√(HW)), so plain noise never hides the mean brightness of a "
                "picture; with an offset it does: √(1/HW + s²) (Guttenberg, CrossLabs blog 2023)."
            )
        )
        self._traced: Traced | None = None
        self._picture, self._typed = 0, USUAL
        self._recorded: tuple[str, NDArray[np.float64] | None] = ("", None)
        halves = QHBoxLayout()
        halves.setSpacing(16)
        halves.addLayout(self._make_left(), 4)
        halves.addLayout(self._make_right(), 5)
        self.column.addLayout(halves, 1)

    def _make_left(self) -> QVBoxLayout:
        left = QVBoxLayout()
        left.setSpacing(4)
        self.row = ShotRow(self.tr("Noise without and with offset"), least_px=64, columns=2, below=False)
        self.colours = MeanColour()
        self.colours.follow(self.row)
        self.words = ElidedLabel()
        self.words.setProperty("caption", True)
        self.words.setText(self.tr("mean colour, twice the contrast"))
        self.strength = ValueSlider(
            Slider(0, STEPS, _place_of(USUAL)),
            lambda place: numbers.figure(self._strength_at(place), 2),
        )
        self.strength.set_words(
            self.tr("Strength"),
            self.tr("s: how much of the offset is added to the noise; 0.1 is usual (Guttenberg, CrossLabs blog 2023)."),
        )
        self.strength.moved.connect(self._moved)
        self.strength.slider.sliderReleased.connect(self._let_go)
        left.addStretch(1)
        left.addWidget(self.row, 1000)
        left.addWidget(self.colours)
        left.addWidget(self.words)
        left.addWidget(self.strength)
        left.addStretch(1)
        return left

    def _make_right(self) -> QVBoxLayout:
        right = QVBoxLayout()
        right.setSpacing(4)
        legends = QHBoxLayout()
        legends.setSpacing(12)
        self.plain, self.moved = LegendEntry("bar", "edge"), LegendEntry("bar", "weight")
        self.start = LegendEntry("line", "loss")
        for legend in (self.plain, self.moved, self.start):
            legends.addWidget(legend)
        legends.addStretch(1)
        self.start.hide()
        right.addLayout(legends)
        self.chart = Chart(left_px=12, interactive=False)
        self.chart.setMinimumHeight(96)
        self.chart.setAccessibleName(self.tr("Means of training noise"))
        self.chart.add_bars("plain", "edge", 150)
        self.chart.add_bars("moved", "weight", 110)
        self.chart.add_curve("plain", "edge", 1.5)
        self.chart.add_curve("moved", "weight", 2)
        self.chart.add_curve("start", "loss", 2)
        self.chart.set_x_label(self.tr("mean of a picture's noise, each channel"))
        self.foot = ElidedLabel()
        self.foot.setProperty("caption", True)
        self.foot.set_tip(
            self.tr(
                "The mean of each picture of the denoising in the sampler room, from −1 (black) to 1 (white), and how "
                "widely it is spread."
            )
        )
        right.addWidget(self.chart, 1)
        right.addWidget(self.foot)
        set_tip(
            self.chart,
            self.tr(
                "Bars: the means of the noise that training draws for the coming pictures, counted. Curves: the normal "
                "distribution of the closed form, spread 1/√(HW) and √(1/HW + s²). Upright line: the noise shown here."
            ),
        )
        return right

    # --- settings ------------------------------------------------------------------------------------------

    def is_on(self, config: RunConfig) -> bool:
        """Whether settings have it."""
        return config.diffusion.offset_noise_strength > 0

    def changes(self, on: bool) -> Mapping[str, Any]:
        """The strength of the slider, or none."""
        return {"offset_noise_strength": (self.value or USUAL) if on else 0.0}

    def show_next(self, config: RunConfig, reason: str) -> None:
        """The slider stands at what the next run has."""
        super().show_next(config, reason)
        strength = config.diffusion.offset_noise_strength
        if strength > 0 and not self.strength.slider.isSliderDown():
            self._set_slider(strength)

    @property
    def value(self) -> float:
        """s, as the slider stands."""
        return self._strength_at(self.strength.value())

    def _strength_at(self, place: int) -> float:
        # What was typed elsewhere is shown as it is, though the slider may have no place for it.
        return self._typed if place == _place_of(self._typed) else place * MOST_STRENGTH / STEPS

    def _set_slider(self, strength: float) -> None:
        self._typed = strength
        was = self.strength.blockSignals(True)
        self.strength.set_value(_place_of(strength))
        self.strength.refresh()
        self.strength.blockSignals(was)
        self._draw()

    @Slot()
    def _moved(self) -> None:
        self._draw()
        if not self.strength.slider.isSliderDown():
            self._let_go()

    @Slot()
    def _let_go(self) -> None:
        if self.switch.isChecked() and self.switch.isEnabled():
            self.settings_wished.emit({"offset_noise_strength": self.value})

    # --- what is seen --------------------------------------------------------------------------------------

    def show_traced(self, traced: Traced) -> None:
        """Another batch."""
        first = self._traced is None
        self._traced = traced
        strength = traced.config.diffusion.offset_noise_strength
        if first and strength > 0 and not self.switch.isChecked():
            self._set_slider(strength)
        self.show_why("")
        self._draw()
        if strength > 0:
            words = self.tr("It adds {s} × one number per channel: within one it differs by {number}")
            spread = traced.offset_spread
            # Two roundings of float32 on numbers of a few units.
            self.show_check(words.format(s=numbers.chosen(strength), number=numbers.figure(spread, 2)), spread < 4e-6)
        else:
            self.show_check(self.tr("This batch is without it: what is shown is what it adds."), None)

    def show_picture(self, picture: int) -> None:
        """The noise of another picture."""
        self._picture = picture
        self._draw()

    def show_recorded(self, means: Doubles | None, brightness: str) -> None:
        """(N,) the means of x_T of the denoising in the sampler room, and its samples' brightness in words."""
        self.start.setVisible(means is not None and len(means) > 1)
        self.foot.setText(brightness)
        self._recorded = brightness, means
        self._draw()

    def _draw(self) -> None:
        traced = self._traced
        if traced is None:
            return
        s, k = self.value, min(self._picture, len(traced.places) - 1)
        noise, offset = traced.drawn_noise[k], traced.offsets[k]
        with_it = noise + np.float32(s) * offset
        means = noise.mean((0, 1)), with_it.mean((0, 1))
        mean_words = [numbers.figure(float(mean.mean()), 2).replace("-", "−") for mean in means]
        self.row.show_shots(
            (
                Shot(self.tr("ε  mean {mean}").format(mean=mean_words[0]), picture(noise, 2)),
                Shot(self.tr("with  {mean}").format(mean=mean_words[1]), picture(with_it, 2), arrow=True),
            )
        )
        self.colours.show_means(*means)
        self._draw_histogram(traced, s, float(means[1][0]))

    def _draw_histogram(self, traced: Traced, s: float, here: float) -> None:
        height, width, _ = traced.drawn_noise.shape[1:]
        pixels = height * width
        plain, wide = spread_of_means(pixels, 0), spread_of_means(pixels, s)
        self.plain.set_text(self.tr("without, σ {sigma}").format(sigma=numbers.figure(plain)))
        self.moved.set_text(self.tr("with, σ {sigma}").format(sigma=numbers.figure(wide)))
        reach = 3.6 * max(wide, plain)
        edges = np.linspace(-reach, reach, BINS + 1)
        centres, step = (edges[:-1] + edges[1:]) / 2, float(edges[1] - edges[0])
        measured = {"plain": traced.means.ravel(), "moved": (traced.means + s * traced.means_offsets).ravel()}
        x = np.linspace(-reach, reach, 241)
        peak = 1 / (plain * np.sqrt(2 * np.pi))
        for name, values in measured.items():
            sigma = plain if name == "plain" else wide
            density = np.histogram(values, edges)[0] / max(1, len(values)) / step
            self.chart.set_bars(name, centres, density / peak, step * 0.9)
            self.chart.set_curve(name, x, np.exp(-0.5 * (x / sigma) ** 2) * plain / sigma)
        self._draw_start()
        self.chart.set_x_range(-reach, reach)
        self.chart.set_y_range(0, 1.15, padding=0)
        self.chart.set_cursor(here if abs(here) < reach else None)

    def _draw_start(self) -> None:
        _, means = self._recorded
        if means is None or len(means) < 2:
            self.chart.set_curve("start", (), ())
            return
        self.start.set_text(
            self.tr("x_T of {count}, σ {sigma}").format(
                count=numbers.count(len(means)), sigma=numbers.figure(float(means.std(ddof=1)), 2)
            )
        )
        # Bins of its own width: among those of a strong offset it would be one bin, and smoothed a box.
        sigma = max(float(means.std(ddof=1)), 1e-6)
        edges = float(means.mean()) + np.linspace(-3.6, 3.6, BINS + 1) * sigma
        centres = (edges[:-1] + edges[1:]) / 2
        counts = np.histogram(means, edges)[0].astype(np.float64)
        wide = 9  # of few pictures single bins say nothing
        smooth = np.convolve(counts, np.hanning(wide + 2)[1:-1], mode="same")
        self.chart.set_curve("start", centres, smooth / max(1e-9, smooth.max()) * 0.8)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The pictures are as large as the width allows, and what is below stays at them."""
        super().resizeEvent(event)
        half = (event.size().width() - 40) * 4 / 9
        self.row.setMaximumHeight(round(min(MOST_TILE_PX, (half - ARROW_PX) / 2)) + ABOVE_PX)
