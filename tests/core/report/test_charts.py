"""Charts: what is thinned keeps its extremes, what is smoothed is the mean that a loop would take."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import numpy as np
import pytest

from core.report.charts import HEIGHT, WIDTH, Line, bar_chart, figure, heat_map, line_chart, smoothed, thinned, viridis


def test_thinned_when_a_curve_is_long_keeps_the_least_and_greatest_of_each_column() -> None:
    draw = np.random.default_rng(0)
    x, y = np.arange(10_000.0), draw.standard_normal(10_000)
    y[[17, 5000]] = np.nan, np.inf
    y[[123, 7777]] = 99, -99
    kept_x, kept_y = thinned(x, y, 0, 10_000, columns=100)
    assert len(kept_x) <= 200 and (np.diff(kept_x) > 0).all()
    for column in range(100):
        part = y[100 * column : 100 * column + 100]
        part = part[np.isfinite(part)]
        here = kept_y[(kept_x >= 100 * column) & (kept_x < 100 * column + 100)]
        assert here.min() == part.min() and here.max() == part.max()


def test_smoothed_when_there_are_gaps_is_the_mean_of_the_numbers_in_the_window() -> None:
    values = np.array([np.nan, 1.0, 3.0, np.nan, 5.0, 1e200])
    plain = []
    for end in range(1, 7):
        part = [value for value in values[max(0, end - 3) : end] if np.isfinite(value) and value < 1e100]
        plain.append(np.mean(part) if part else np.nan)
    np.testing.assert_allclose(smoothed(values, 3), plain)


@pytest.mark.parametrize("log", [False, True])
def test_line_chart_when_drawn_stays_inside_and_is_well_formed(log: bool) -> None:
    y = np.array([0.0, -5, np.nan, 1e300, 3, 1e-12])
    lines = [Line("a<b", "loss", np.arange(6), y), Line("one", "held", np.array([3]), np.array([2.0]))]
    chart = line_chart(lines, title='"<&', x_label="<x>", log=log, marks=[(2.0, "back"), (99.0, "back")])
    root = ElementTree.fromstring(chart)
    assert root.get("aria-label") == '"<&' and chart.count('class="mark') == 1
    paths = re.findall(r'class="line[^"]*" d="M([^"]+)"', chart)
    numbers = [float(number) for path in paths for number in re.split("[ L]", path)]
    assert numbers and min(numbers) >= 0 and max(numbers[::2]) <= WIDTH and max(numbers[1::2]) <= HEIGHT


def test_charts_when_there_is_nothing_are_empty() -> None:
    none = np.array([np.nan, np.nan])
    assert line_chart([Line("a", "loss", np.arange(2), none)], title="", x_label="", log=True) == ""
    assert line_chart([], title="", x_label="", log=False) == ""
    assert bar_chart(none, title="", x_label="", right=10) == ""
    assert heat_map(none[None], title="", x_label="", y_label="", x_range=(0, 1), top=1) == ""


@pytest.mark.parametrize("value", [0.0, 3.0, 1e-30, 1e40])
def test_line_chart_when_all_values_are_the_same_has_an_axis(value: float) -> None:
    for log in (False, True):
        chart = line_chart([Line("a", "loss", np.arange(3), np.full(3, value))], title="", x_label="", log=log)
        assert "NaN" not in chart.replace("nan", "NaN") and "<path" in chart


def test_figure_when_small_large_or_none_has_three_digits() -> None:
    told = [figure(n) for n in (0.042, 1.414, 12_345.0, 0.0, -0.5, 1.5e-7, 2.5e12, float("nan"), float("-inf"))]
    assert told == ["0.0420", "1.41", "12,300", "0", "−0.500", "1.50e−7", "2.50e12", "–", "−∞"]


def test_viridis_when_asked_for_its_ends_is_dark_and_light() -> None:
    assert viridis(np.array([0.0, 1.0])).tolist() == [[68, 1, 84], [253, 231, 37]]
