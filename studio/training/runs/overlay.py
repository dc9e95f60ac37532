"""The losses of the selected runs over each other, by step or by training time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QWidget

from ... import numbers
from ...widgets.badge import LETTERS
from ...widgets.chart import Chart
from ...widgets.controls import ElidedCombo
from ...widgets.legend import LegendEntry
from ...widgets.panel import Panel, caption
from ...widgets.plain import set_name
from .reading import RunCurve

STEP, TIME = "step", "time"
RAW_ALPHA = 64


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """A run in the plot."""

    letter: str
    name: str
    curve: RunCurve | None  #: None: not read yet, or it cannot be


class OverlayPanel(Panel):
    """Draws what it is given."""

    axis_chosen = Signal(str)  #: "step" or "time", by a person

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.set_title(self.tr("Loss"))
        self.set_tip(self.tr("The mean loss of each step, faint, and its running mean"))
        self.axis = ElidedCombo(84, 100)
        self.axis.setObjectName("runs_axis")
        self.axis.addItem(self.tr("Step"), STEP)
        self.axis.addItem(self.tr("Time"), TIME)
        set_name(self.axis, self.tr("Axis"), self.tr("Over the steps, or over the training time"))
        self.axis.currentIndexChanged.connect(self._chosen)
        self.legend = {letter: LegendEntry("line", token, letter) for letter, token in LETTERS.items()}
        for entry in self.legend.values():
            self.lead.addWidget(entry)
            entry.hide()
        self.head.addWidget(self.axis)
        self.chart = Chart(whole_x=True)
        self.chart.set_log_y(True)
        for letter, token in LETTERS.items():
            self.chart.add_curve(f"{letter} raw", token, 1, RAW_ALPHA)
        for letter, token in LETTERS.items():
            self.chart.add_curve(letter, token, 2)
        self.chart.view_changed.connect(self._draw)
        self.chart.columns_changed.connect(self._draw)
        self.chart.setMinimumHeight(96)
        self.chart.hovered.connect(self._pointed)
        self.body.addWidget(self.chart, 1)
        self._read_out = caption()
        self._read_out.setParent(self.chart)
        self._read_out.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._read_out.hide()
        self._shown: dict[str, Shown] = {}
        self._folders: dict[Path, str] = {}
        self.show_runs({})

    def show_runs(self, shown: Mapping[Path, Shown]) -> None:
        """Draw these; the view of a person stays as long as they are the same runs."""
        folders = {folder: one.letter for folder, one in shown.items()}
        if folders != self._folders:
            self._folders = folders
            self.chart.reset_view()
        self._shown = {one.letter: one for one in shown.values()}
        for letter, entry in self.legend.items():
            one = self._shown.get(letter)
            entry.setVisible(one is not None and len(shown) > 1)
            if one is not None:
                # More names than two would take the title's place.
                entry.set_text(f"{letter} {one.name}" if len(shown) == 2 and len(one.name) <= 16 else letter)
        self._draw()

    def choose_axis(self, axis: str) -> None:
        """As it was chosen last."""
        place = self.axis.findData(axis)
        if place >= 0:
            self.axis.setCurrentIndex(place)

    @property
    def by_time(self) -> bool:
        """Whether x is the training time."""
        return bool(self.axis.currentData() == TIME)

    @Slot()
    def _chosen(self) -> None:
        self.chart.reset_view()
        self._draw()
        self.axis_chosen.emit(self.axis.currentData())

    @Slot()
    def _draw(self) -> None:
        chart, columns = self.chart, self.chart.columns()
        drawn = [one for one in self._shown.values() if one.curve is not None and len(one.curve.curve)]
        unit, scale = self._unit(drawn)
        chart.set_x_label(unit if self.by_time else self.tr("step"))
        low, high = chart.x_view() if chart.is_zoomed() else (-np.inf, np.inf)
        for letter in LETTERS:
            one = self._shown.get(letter)
            raw = smooth = (np.empty(0), np.empty(0))
            if one is not None and one.curve is not None:
                first, last = low, high
                if self.by_time and chart.is_zoomed():
                    first, last = one.curve.at_step(low * scale), one.curve.at_step(high * scale)
                first, last = max(first, 0.0), min(last, 2.0**31 - 2)
                raw, smooth = one.curve.curve.drawn(first, last, columns)
            for name, (steps, values) in ((f"{letter} raw", raw), (letter, smooth)):
                chart.set_curve(name, self._across(one, steps, scale), values)
        for letter, token in LETTERS.items():
            one = self._shown.get(letter)
            marks = () if one is None or one.curve is None else one.curve.marks
            places = self._across(one, np.array(marks, float), scale)
            chart.set_marks([float(place) for place in places], token)
        chart.show_numbers(bool(drawn))
        waits = any(one.curve is None for one in self._shown.values())
        hint = "" if drawn else self.tr("Reading…") if waits else self.tr("No losses yet")
        chart.set_hint(hint if self._shown else "")

    def _across(self, one: Shown | None, steps: NDArray[np.float64], scale: float) -> NDArray[np.float64]:
        if one is None or one.curve is None or not self.by_time:
            return steps
        return one.curve.at_time(steps) / scale

    def _unit(self, drawn: list[Shown]) -> tuple[str, float]:
        """What x is in, and how many seconds that is."""
        longest = max(
            (float(one.curve.seconds[-1]) for one in drawn if one.curve and len(one.curve.seconds)), default=0
        )
        for words, scale in ((self.tr("hours"), 3600.0), (self.tr("minutes"), 60.0)):
            if longest > 2 * scale:
                return words, scale
        return self.tr("seconds"), 1.0

    @Slot(object)
    def _pointed(self, x: float | None) -> None:
        said = []
        if x is not None:
            for letter, one in self._shown.items():
                value = self.chart.value_at(letter, x) if one.curve is not None else None
                if value is not None:
                    said.append(f"{letter} {numbers.figure(value)}")
        self._read_out.setText("   ".join(said))
        self._read_out.adjustSize()
        _, right = self.chart.plot_rect_px()
        self._read_out.move(max(0, int(right) - self._read_out.width() - 4), 6)
        self._read_out.setVisible(bool(said))
