"""Two curves over one axis, A and B, each with the band of its seeds, and what is where one points."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QWidget

from ... import numbers
from ...widgets.chart import Chart, round_up
from ...widgets.panel import caption
from .gathered import NOTHING, Band
from .words import percent

COLOURS = {"A": "loss", "B": "validation"}


class TwinPlot(Chart):
    """where: says what a place on the x axis is."""

    def __init__(self, where: Callable[[float], str], x_label: str, parent: QWidget | None = None) -> None:
        super().__init__(parent, whole_x=True)
        self._where = where
        for name, colour in COLOURS.items():
            self.add_band(name, colour)
        for name, colour in COLOURS.items():
            self.add_curve(name, colour, 2)
        self.set_x_label(x_label)
        self.setMinimumHeight(96)
        self._read_out = caption()
        self._read_out.setParent(self)
        self._read_out.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._read_out.hide()
        self.hovered.connect(self._pointed)

    def show_bands(
        self, a: Band, b: Band, *, x: tuple[float, float], log: bool = False, from_zero: bool = False
    ) -> None:
        """Draw both; x: the stretch that is shown."""
        self.set_hint("")
        self.show_numbers(True)
        self.set_log_y(log)
        self.set_x_range(*x)
        for name, band in zip(COLOURS, (a, b), strict=True):
            band = _seen(band, x)
            self.set_band(name, band.x, band.low, band.high)
            self.set_curve(name, band.x, band.mean)
        low = np.concatenate((a.low, b.low))
        high = np.concatenate((a.high, b.high))
        if not len(high) or not np.isfinite(high).all():
            self.set_y_range(*((-2.0, 0.0) if log else (0.0, 1.0)))
        elif log:
            self.set_y_range(float(np.log10(low.min())), float(np.log10(high.max())))
        elif from_zero:
            self.set_y_range(0.0, round_up(float(high.max())), padding=0)
        else:
            air = 0.05 * float(high.max())
            self.set_y_range(max(0.0, float(low.min()) - air), float(high.max()) + air, padding=0)

    def show_hint(self, words: str) -> None:
        """What stands here before there is anything."""
        self.show_bands(NOTHING, NOTHING, x=(0, 1000))
        self.show_numbers(False)
        self.set_hint(words)

    @property
    def read_out(self) -> str:
        """What is said of the place that is pointed at; "" for none."""
        return "" if self._read_out.isHidden() else self._read_out.text()

    @Slot(object)
    def _pointed(self, x: float | None) -> None:
        a, b = (None if x is None else self.value_at(name, x) for name in COLOURS)
        self._read_out.setVisible(a is not None and b is not None)
        if x is None or a is None or b is None:
            return
        said = [self._where(x), f"A {numbers.figure(a)}", f"B {numbers.figure(b)}"]
        if a > 0:
            sign = "+" if b >= a else "−"
            said.append(f"B {sign}{percent(abs(b / a - 1))}")
        self._read_out.setText("   ".join(said))
        self._read_out.adjustSize()
        _, right = self.plot_rect_px()
        self._read_out.move(int(right) - self._read_out.width() - 8, 8)


def _seen(band: Band, x: tuple[float, float]) -> Band:
    """A single point as a short line, which can be seen."""
    if len(band.x) != 1:
        return band
    half = 0.005 * (x[1] - x[0])
    return Band(band.x + np.array([-half, half]), *(np.repeat(values, 2) for values in band[1:]))
