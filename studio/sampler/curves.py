"""The column beside the wells: ᾱ_t, the signal-to-noise ratio and how much x̂_0 still changes, over t."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from .. import numbers
from ..widgets.legend import LegendEntry
from ..widgets.panel import Panel, caption
from ..widgets.plain import set_tip
from ..widgets.symbols import Symbol
from .small_plot import LABELS_PX, RIGHT_PX, SmallPlot
from .trajectory import Recording

WIDTH_PX = 232


class Curves(Panel):
    """Three plots over one reversed axis, each with its value at the shown step in its head."""

    step_picked = Signal(int)  #: the step nearest to where a plot was pressed

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.set_head_visible(False)
        self.setFixedWidth(WIDTH_PX)
        self._recording: Recording | None = None
        self._shown: tuple[int, int] | None = None
        self.alphas_cumprod = SmallPlot("weight")
        self.snr = SmallPlot("loss", log=True)
        self.delta = SmallPlot("validation", x_numbers=True)
        self._values = {name: _value() for name in ("alphas_cumprod", "snr", "delta")}
        self._titles = {
            "alphas_cumprod": Symbol("{alpha_bar_t}"),
            "snr": Symbol("SNR"),
            "delta": Symbol("‖Δ{x_0_hat}‖"),
        }
        self._axis, self._moments, self._std = caption(), Symbol("", size_px=11, colour="muted"), caption()
        self._lay_out()
        for plot in (self.alphas_cumprod, self.snr, self.delta):
            plot.picked.connect(self._picked)
        self.retranslate()

    def _lay_out(self) -> None:
        column = self.body
        column.setSpacing(0)
        plots = {"alphas_cumprod": self.alphas_cumprod, "snr": self.snr, "delta": self.delta}
        keys = {"alphas_cumprod": "weight", "snr": "loss", "delta": "validation"}
        for name, plot in plots.items():
            head = QHBoxLayout()
            head.setSpacing(4)
            head.addWidget(LegendEntry("line", keys[name]))
            head.addWidget(self._titles[name], 0, Qt.AlignmentFlag.AlignVCenter)
            head.addStretch(1)
            head.addWidget(self._values[name], 0, Qt.AlignmentFlag.AlignVCenter)
            column.addLayout(head)
            column.addWidget(plot, 1)
        # The same inset as the plots, so that the words stand under the middle of the axis.
        self._axis.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._axis.setContentsMargins(LABELS_PX, 0, RIGHT_PX, 0)
        column.addWidget(self._axis)
        column.addSpacing(6)
        foot = QHBoxLayout()
        foot.addWidget(self._moments)
        foot.addStretch(1)
        foot.addWidget(self._std)
        column.addLayout(foot)

    def show_recording(self, recording: Recording | None) -> None:
        """Another recording, or none."""
        self._recording, self._shown = recording, None
        if recording is None:
            for plot in (self.alphas_cumprod, self.snr, self.delta):
                plot.clear()
            self._show_values()
            return
        t = np.arange(recording.timesteps - 1, -1, -1, dtype=np.float64)
        alphas_cumprod = recording.schedule[::-1]
        noise = np.maximum(1 - alphas_cumprod, np.finfo(np.float64).eps)
        self.alphas_cumprod.set_curve(recording.timesteps, t, alphas_cumprod, y_range=(0.0, 1.0))
        self.snr.set_curve(recording.timesteps, t, alphas_cumprod / noise)
        self.delta.set_curve(recording.timesteps, np.zeros(0), np.zeros(0))

    def show_step(self, step: int, picture: int) -> None:
        """The cursor, the values of this step and the selected picture's curve as far as it is known."""
        recording = self._recording
        assert recording is not None
        self._shown = (step, picture)
        t = int(recording.t[step])
        for plot in (self.alphas_cumprod, self.snr, self.delta):
            plot.set_cursor(t)
        self._show_values()

    def show_changes(self, picture: int) -> None:
        """‖Δx̂_0‖ of a picture over the steps that have arrived."""
        recording = self._recording
        assert recording is not None
        times = recording.t[: recording.arrived][::-1]
        changes = recording.delta_x_0[: recording.arrived, picture][::-1].astype(np.float64)
        # A sampler that goes back has several values at one t: the last holds.
        rising, last = np.unique(times, return_index=True)
        self.delta.set_curve(recording.timesteps, rising[::-1].astype(np.float64), changes[last][::-1])

    def _show_values(self) -> None:
        recording = self._recording
        if recording is None or self._shown is None:
            for value in self._values.values():
                value.setText("")
            self._moments.set_text("")
            self._std.setText("")
            return
        step, picture = self._shown
        delta = float(recording.delta_x_0[step, picture])
        self._values["alphas_cumprod"].setText(numbers.figure(float(recording.alphas_cumprod[step])))
        self._values["snr"].setText(numbers.figure(float(recording.snr[step])))
        self._values["delta"].setText("–" if np.isnan(delta) else numbers.figure(delta))
        mean, std = float(recording.x_t_mean[step, picture]), float(recording.x_t_std[step, picture])
        # The symbol is put in by its painter, the number by us.
        mean_words = self.tr("{symbol} mean {value}").replace("{symbol}", "{x_t}")
        self._moments.set_text(mean_words.replace("{value}", numbers.figure(mean)))
        self._std.setText(self.tr("std {value}").format(value=numbers.figure(std)))

    def retranslate(self) -> None:
        """Set all words."""
        self._axis.setText(self.tr("t (noise → picture)"))
        tips = {
            "alphas_cumprod": self.tr(
                "ᾱ_t, the share of the picture's variance that is left in x_t: x_t = √ᾱ_t·x_0 + √(1−ᾱ_t)·ε "
                "(Ho et al. 2020, eq. 4)."
            ),
            "snr": self.tr(
                "The signal-to-noise ratio ᾱ_t / (1 − ᾱ_t): above 1 there is more picture than noise "
                "(Kingma et al. 2021)."
            ),
            "delta": self.tr(
                "How much the predicted picture changed against the step before: the root mean square over the "
                "selected picture's values, which lie in −1 … 1."
            ),
        }
        plots = {"alphas_cumprod": self.alphas_cumprod, "snr": self.snr, "delta": self.delta}
        for name, tip in tips.items():
            for widget in (plots[name], self._titles[name], self._values[name]):
                set_tip(widget, tip)
            plots[name].setAccessibleName(self._titles[name].accessibleName())
            plots[name].setAccessibleDescription(tip)
        self.setAccessibleName(self.tr("Curves over t"))
        moments = self.tr("Mean and standard deviation of the selected x_t, in the network's range.")
        set_tip(self._moments, moments)
        set_tip(self._std, moments)
        self._show_values()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    @Slot(int)
    def _picked(self, t: int) -> None:
        recording = self._recording
        if recording is not None and recording.arrived:
            known = recording.t[: recording.arrived]
            self.step_picked.emit(int(np.abs(known - t).argmin()))


def _value() -> QLabel:
    label = QLabel()
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setAlignment(Qt.AlignmentFlag.AlignRight)
    return label
