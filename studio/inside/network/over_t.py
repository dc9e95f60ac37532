"""How a block works at every t: the strength of what it puts out, and of what t brings to it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QVBoxLayout, QWidget

from ... import numbers
from ...widgets.chart import Chart, round_up
from ...widgets.legend import LegendEntry
from ...widgets.panel import caption
from ...widgets.plain import set_tip

CHART_PX, LEFT_PX = 132, 40


@dataclass(frozen=True, eq=False)
class OverT:
    """What was measured of a block so far, at rising t.

    t, strength   (n,) timesteps, and the root mean square of what is put out at them
    scale, shift  (n,) mean of the absolute values; empty where the block takes no t
    """

    t: NDArray[np.int64]
    strength: NDArray[np.float32]
    scale: NDArray[np.float32]
    shift: NDArray[np.float32]


class OverTPage(QWidget):
    """Two charts over one reversed axis with the cursor at the step's t; a press goes to the nearest step."""

    t_picked = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._t: int | None = None
        self._over: OverT | None = None
        self._timesteps = 0
        strength_row, self._strength_title, self._strength = self._title(
            self.tr("Strength of the output"),
            self.tr(
                "The root mean square of everything the block puts out for the selected picture, at each step of this "
                "denoising"
            ),
        )
        time_row, self._time_title, _ = self._title(
            self.tr("What t brings"),
            self.tr("The mean of |scale| and of |shift| over the channels: how much the block is told by t"),
        )
        self._legend = QWidget()
        legend = QHBoxLayout(self._legend)
        legend.setContentsMargins(0, 0, 0, 0)
        legend.addWidget(LegendEntry("line", "weight", self.tr("mean |scale|")))
        legend.addWidget(LegendEntry("line", "validation", self.tr("mean |shift|")))
        legend.addStretch(1)
        self.charts = (self._chart(), self._chart())
        self.charts[0].add_curve("strength", "loss", 2)
        self.charts[1].add_curve("scale", "weight", 2)
        self.charts[1].add_curve("shift", "validation", 2)
        self._axis = caption(self.tr("t (noise → picture)"))
        self._axis.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._bar = QProgressBar()
        self._bar.setAccessibleName(self.tr("How many timesteps are done"))
        self._words = caption()
        self._words.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self._words)
        column.addWidget(self._bar)
        column.addLayout(strength_row)
        column.addWidget(self.charts[0])
        column.addLayout(time_row)
        column.addWidget(self._legend)
        column.addWidget(self.charts[1])
        column.addWidget(self._axis)
        column.addStretch(1)
        self.show_over(None, "")

    def _title(self, words: str, tip: str) -> tuple[QHBoxLayout, QLabel, QLabel]:
        row, title, value = QHBoxLayout(), QLabel(words), QLabel()
        for label in (title, value):
            label.setTextFormat(Qt.TextFormat.PlainText)
        set_tip(title, tip)
        row.addWidget(title)
        row.addStretch(1)
        row.addWidget(value)
        return row, title, value

    def _chart(self) -> Chart:
        chart = Chart(left_px=LEFT_PX, right_px=8, interactive=False)
        chart.setFixedHeight(CHART_PX)
        chart.set_x_reversed(True)
        chart.picked.connect(self.t_picked)
        return chart

    def set_timesteps(self, timesteps: int) -> None:
        """T."""
        self._timesteps = timesteps
        for chart in self.charts:
            chart.set_x_range(0, max(1, timesteps))

    def show_over(self, over: OverT | None, words: str, progress: tuple[int, int] | None = None) -> None:
        """What was measured so far; words: why there is nothing; progress: (done, of) while it is measured."""
        self._over = over
        self._words.setText(words)
        self._words.setVisible(bool(words))
        self._bar.setVisible(progress is not None)
        if progress is not None:
            self._bar.setMaximum(progress[1])
            self._bar.setValue(progress[0])
        there = over is not None and len(over.t) > 0
        timed = over is not None and len(over.scale) > 0
        for chart in self.charts:
            chart.show_numbers(there)
        if over is None:
            for chart, name in ((self.charts[0], "strength"), (self.charts[1], "scale"), (self.charts[1], "shift")):
                chart.set_curve(name, [], [])
        else:
            self.charts[0].set_curve("strength", over.t, over.strength)
            self.charts[0].set_y_range(0.0, round_up(float(over.strength.max(initial=0.0))), padding=0)
            scale, shift = (over.scale, over.shift) if timed else (np.empty(0), np.empty(0))
            times = over.t if timed else np.empty(0)
            self.charts[1].set_curve("scale", times, scale)
            self.charts[1].set_curve("shift", times, shift)
            top = max(float(scale.max(initial=0.0)), float(shift.max(initial=0.0)))
            self.charts[1].set_y_range(0.0, round_up(top), padding=0)
        for widget in (self._legend, self.charts[1]):
            widget.setVisible(timed)
        self._time_title.setVisible(timed)
        for widget in (self.charts[0], self._axis, self._strength_title):
            widget.setVisible(not words)
        self._show_value()

    def show_t(self, t: int | None) -> None:
        """The cursor."""
        self._t = t
        for chart in self.charts:
            chart.set_cursor(t)
        self._show_value()

    def _show_value(self) -> None:
        value = None if self._t is None or self._over is None else self.charts[0].value_at("strength", self._t)
        self._strength.setText("" if value is None else numbers.figure(value))
