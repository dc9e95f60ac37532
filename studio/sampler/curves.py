"""The column beside the wells: ᾱ_t, the signal-to-noise ratio and how much x̂_0 still changes, over t."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication, Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from core.recording import Recording

from .. import numbers
from ..widgets.chart import Chart, round_up
from ..widgets.legend import LegendEntry
from ..widgets.panel import Panel, caption
from ..widgets.plain import set_tip
from ..widgets.symbols import Symbol

WIDTH_PX = 232
LEFT_PX, RIGHT_PX = 40, 12
LEAST_PX = 48


@dataclass(frozen=True)
class Row:
    """One of the plots over t."""

    title: str
    colour: str
    tip: str
    log: bool = False
    x_numbers: bool = False


#: From the top down.
ROWS = {
    "alphas_cumprod": Row(
        "{alpha_bar_t}",
        "weight",
        str(
            QT_TRANSLATE_NOOP(
                "Curves",
                "ᾱ_t, the share of the picture's variance that is left in x_t: x_t = √ᾱ_t·x_0 + √(1−ᾱ_t)·ε "
                "(Ho et al. 2020, eq. 4).",
            )
        ),
    ),
    "snr": Row(
        "SNR",
        "loss",
        str(
            QT_TRANSLATE_NOOP(
                "Curves",
                "The signal-to-noise ratio ᾱ_t / (1 − ᾱ_t): above 1 there is more picture than noise "
                "(Kingma et al. 2021).",
            )
        ),
        log=True,
    ),
    "delta": Row(
        "‖Δ{x_0_hat}‖",
        "validation",
        str(
            QT_TRANSLATE_NOOP(
                "Curves",
                "How much the predicted picture changed against the step before: the root mean square over the "
                "selected picture's values, which lie in −1 … 1.",
            )
        ),
        x_numbers=True,
    ),
}


class Curves(Panel):
    """Three plots over one reversed axis, each with its value at the shown step in its head."""

    step_picked = Signal(int)  #: the step nearest to where a plot was pressed

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.set_head_visible(False)
        self.setFixedWidth(WIDTH_PX)
        self.setAccessibleName(self.tr("Curves over t"))
        self._recording: Recording | None = None
        self._shown: tuple[int, int] | None = None
        self.charts: dict[str, Chart] = {}
        self._values: dict[str, QLabel] = {}
        self.body.setSpacing(0)
        for name, row in ROWS.items():
            self._add(name, row)
        axis = caption(self.tr("t (noise → picture)"))
        # The same inset as the plots, so that the words stand under the middle of the axis.
        axis.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        axis.setContentsMargins(LEFT_PX, 0, RIGHT_PX, 0)
        self.body.addWidget(axis)
        self.body.addSpacing(6)
        self._moments, self._std = Symbol("", size_px=11, colour="muted"), caption()
        foot = QHBoxLayout()
        foot.addWidget(self._moments)
        foot.addStretch(1)
        foot.addWidget(self._std)
        for part in (self._moments, self._std):
            set_tip(part, self.tr("Mean and standard deviation of the selected x_t, in the network's range."))
        self.body.addLayout(foot)
        self.show_recording(None)

    def _add(self, name: str, row: Row) -> None:
        title, value = Symbol(row.title), _value()
        chart = Chart(left_px=LEFT_PX, right_px=RIGHT_PX, x_numbers=row.x_numbers, interactive=False)
        chart.setMinimumHeight(LEAST_PX)
        chart.set_x_reversed(True)
        chart.set_log_y(row.log)
        chart.add_curve("y", row.colour, 2)
        chart.picked.connect(self._picked)
        chart.hovered.connect(self._pointed)
        head = QHBoxLayout()
        head.setSpacing(4)
        head.addWidget(LegendEntry("line", row.colour))
        head.addWidget(title, 0, Qt.AlignmentFlag.AlignVCenter)
        head.addStretch(1)
        head.addWidget(value, 0, Qt.AlignmentFlag.AlignVCenter)
        self.body.addLayout(head)
        self.body.addWidget(chart, 1)
        tip = QCoreApplication.translate("Curves", row.tip)
        for widget in (chart, title, value):
            set_tip(widget, tip)
        chart.setAccessibleName(title.accessibleName())
        chart.setAccessibleDescription(tip)
        self.charts[name], self._values[name] = chart, value

    def show_recording(self, recording: Recording | None) -> None:
        """Another recording, or none."""
        self._recording, self._shown = recording, None
        for chart in self.charts.values():
            chart.set_curve("y", [], [])
            chart.set_cursor(None)
            chart.set_y_range(0.0, 1.0)
            chart.set_x_range(0, 1 if recording is None else recording.timesteps)
            chart.show_numbers(recording is not None)
        if recording is None:
            self._show_values()
            return
        t, alphas_cumprod = np.arange(recording.timesteps), recording.schedule
        snr = alphas_cumprod / np.maximum(1 - alphas_cumprod, np.finfo(np.float64).eps)
        self.charts["alphas_cumprod"].set_curve("y", t, alphas_cumprod)
        self.charts["snr"].set_curve("y", t, snr)
        powers = np.log10(snr[snr > 1 / numbers.LARGEST])
        if len(powers):
            low = math.floor(powers.min())
            self.charts["snr"].set_y_range(low, max(math.ceil(powers.max()), low + 1))

    def show_step(self, step: int, picture: int) -> None:
        """The cursor, the values of this step and the selected picture's curve as far as it is known."""
        recording = self._recording
        assert recording is not None
        self._shown = (step, picture)
        for chart in self.charts.values():
            chart.set_cursor(int(recording.t[step]))
        self._show_values()

    def show_changes(self, picture: int) -> None:
        """‖Δx̂_0‖ of a picture over the steps that have arrived."""
        recording = self._recording
        assert recording is not None
        times = recording.t[: recording.arrived][::-1]
        changes = recording.delta_x_0[: recording.arrived, picture][::-1].astype(np.float64)
        # A sampler that goes back has several values at one t: the last holds.
        rising, last = np.unique(times, return_index=True)
        shown = changes[last]
        self.charts["delta"].set_curve("y", rising, shown)
        known = shown[np.abs(shown) <= numbers.LARGEST]
        self.charts["delta"].set_y_range(0.0, round_up(float(known.max(initial=0.0))), padding=0)

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

    @Slot(object)
    def _pointed(self, x: float | None) -> None:
        """The values at the t under the pointer, in all three; without one those of the step."""
        recording = self._recording
        for chart in self.charts.values():
            chart.set_hover(x)
        if x is None or recording is None:
            self._show_values()
            return
        t = min(max(0, round(x)), recording.timesteps - 1)
        for name, chart in self.charts.items():
            value = chart.value_at("y", t)
            said = "–" if value is None else numbers.figure(value)
            self._values[name].setText(self.tr("t {t}: {value}").format(t=numbers.count(t), value=said))

    @Slot(float)
    def _picked(self, t: float) -> None:
        recording = self._recording
        if recording is not None and recording.arrived:
            known = recording.t[: recording.arrived]
            self.step_picked.emit(int(np.abs(known - t).argmin()))


def _value() -> QLabel:
    label = QLabel()
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setAlignment(Qt.AlignmentFlag.AlignRight)
    return label
