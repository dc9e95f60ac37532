"""Axes of a plot: round ticks, thousands separated, labels that stay apart on a log scale."""

from __future__ import annotations

import math

import pyqtgraph as pg
from PySide6.QtCore import QLocale, QRectF

from ..theme import CAPTION_PX, sized_font

#: What is written at most: a tick label is about 15 px high, and wants the same again as air.
LABEL_GAP_PX = {"left": 28, "right": 28, "bottom": 80, "top": 80}

#: What float64 has powers of ten for.
MOST_DECADES = 307


def format_tick(value: float, spacing: float) -> str:
    """0, 0.05, 12,000; 2e-05 where zeros would fill the axis."""
    locale = QLocale()
    if value == 0:
        return locale.toString(0)
    if abs(value) < 1e-3 or abs(value) >= 1e7:
        mantissa, exponent = f"{value:.2e}".split("e")
        return f"{float(mantissa):g}e{int(exponent)}"
    decimals = max(0, -math.floor(math.log10(spacing) + 1e-9)) if spacing > 0 else 2
    return locale.toString(float(value), "f", decimals)


def log_ticks(low: float, high: float, length_px: float, gap_px: float) -> list[float]:
    """Values to label between 10**low and 10**high: 1-2-5 of each decade, or fewer where they would touch."""
    px_per_decade = length_px / max(high - low, 1e-9)
    stride = max(1, math.ceil(gap_px / px_per_decade))
    # The narrowest step of 1-2-5 is 0.3 of a decade, of 1-3 0.48. What follows is for a view between two round values.
    choices = [((1,), stride), ((1,), 1), ((1, 2, 5), 1), (tuple(range(1, 10)), 1)]
    if 0.3 * px_per_decade >= gap_px:
        choices.insert(0, ((1, 2, 5), 1))
    elif 0.47 * px_per_decade >= gap_px:
        choices.insert(0, ((1, 3), 1))
    for mantissas, every in choices:
        decades = range(max(-MOST_DECADES, math.floor(low)), min(MOST_DECADES, math.ceil(high)) + 1)
        exponents = [n for n in decades if n % every == 0]
        values = [mantissa * 10.0**exponent for exponent in exponents for mantissa in mantissas]
        inside = [value for value in values if low - 1e-9 <= math.log10(value) <= high + 1e-9]
        if inside:
            return _apart(inside, px_per_decade, gap_px)
    return []


def _apart(values: list[float], px_per_decade: float, gap_px: float) -> list[float]:
    kept = values[:1]
    for value in values[1:]:
        if (math.log10(value) - math.log10(kept[-1])) * px_per_decade >= gap_px - 1e-6:
            kept.append(value)
    return kept


def linear_spacing(span: float, length_px: float, gap_px: float) -> float:
    """The smallest of 1-2-5 times a power of ten that keeps labels `gap_px` apart."""
    raw = span * gap_px / max(1.0, length_px)
    if raw <= 0 or not math.isfinite(raw):
        return 1.0
    power = 10.0 ** math.floor(math.log10(raw))
    for step in (1, 2, 5, 10):
        if raw <= step * power * (1 + 1e-9):
            return step * power
    return 10 * power


class Axis(pg.AxisItem):  # type: ignore[misc]  # pyqtgraph has no types
    """pyqtgraph's axis with ticks at 1-2-5 and a font in pixels."""

    def __init__(self, orientation: str, *, whole_numbers: bool = False) -> None:
        super().__init__(orientation, showValues=True, maxTickLength=0)
        self._whole = whole_numbers
        # A log axis of pyqtgraph leaves labels that overlap to chance; ours are chosen apart.
        self.setStyle(
            tickFont=sized_font(CAPTION_PX),
            hideOverlappingLabels=False,
            tickTextOffset=6,
            tickAlpha=255,
            autoExpandTextSpace=False,
            autoReduceTextSpace=False,
        )

    def tickValues(self, minVal: float, maxVal: float, size: float) -> list[tuple[float, list[float]]]:
        """One level of ticks: the labelled ones, each with its grid line."""
        low, high = sorted((minVal, maxVal))
        gap = LABEL_GAP_PX[self.orientation]
        if not (math.isfinite(low) and math.isfinite(high)) or high <= low:
            return []
        if self.logMode:
            return [(1.0, [math.log10(value) for value in log_ticks(low, high, size, gap)])]
        spacing = linear_spacing(high - low, size, gap)
        if self._whole:
            spacing = max(1.0, spacing)
        first = math.ceil(low / spacing - 1e-6)
        last = math.floor(high / spacing + 1e-6)
        return [(spacing, [n * spacing for n in range(first, last + 1)])]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        """The labels of `tickValues`."""
        if self.logMode:
            return [format_tick(10.0**value, 10.0 ** math.floor(value + 1e-9)) for value in values]
        return [format_tick(value * scale, spacing * scale) for value in values]

    def boundingRect(self) -> QRectF:
        """Wider than pyqtgraph's: with a grid on, it cuts off the labels at both ends."""
        rect: QRectF = super().boundingRect()
        if self.orientation in ("bottom", "top"):
            return rect.adjusted(-22, 0, 22, 0)
        return rect.adjusted(0, -9, 0, 9)
