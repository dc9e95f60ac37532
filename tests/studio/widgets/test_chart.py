"""The live plot: ticks, data, zoom kept while live, no rebuilding."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QLocale, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from studio.app.theme import THEMES, theme
from studio.app.transport import Sparkline
from studio.numbers import figure
from studio.widgets.chart import Chart, format_tick, linear_spacing, log_ticks
from studio.widgets.plain import TIP_COLUMNS, _columns, wrapped_tip


@given(st.floats(-8, 6), st.floats(0.01, 12), st.integers(40, 1200))
def test_log_ticks_never_touch(low: float, span: float, length_px: int) -> None:
    ticks = log_ticks(low, low + span, length_px, 28)
    places = np.log10(ticks) / span * length_px
    assert ticks == sorted(ticks)
    assert ticks or span < 0.3
    if len(ticks) > 1:
        assert np.diff(places).min() >= 28 - 1e-3


def test_log_ticks_are_1_2_5_where_there_is_room() -> None:
    assert log_ticks(-2, 0.05, 300, 28) == pytest.approx([0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1])
    assert log_ticks(-6, 6, 120, 28) == pytest.approx([10.0**e for e in (-6, -3, 0, 3, 6)])


@given(st.floats(1e-6, 1e9), st.integers(30, 2000))
def test_linear_ticks_are_apart(span: float, length_px: int) -> None:
    spacing = linear_spacing(span, length_px, 80)
    assert spacing / span * length_px >= 79.9


def test_tick_labels() -> None:
    QLocale.setDefault(QLocale("en_US"))
    assert [
        format_tick(*pair) for pair in ((0, 200), (1200, 200), (0.05, 0.05), (0.1, 0.1), (2e-5, 1e-5), (2e-3, 5e-4))
    ] == [
        "0",
        "1,200",
        "0.05",
        "0.1",
        "2e-5",
        "2e-3",
    ]


def chart(qtbot) -> Chart:
    plot = Chart()
    qtbot.addWidget(plot)
    plot.resize(600, 300)
    plot.add_curve("raw", "loss", 1, 64)
    plot.show()
    return plot


def test_what_cannot_be_drawn_is_left_out_and_values_are_read_at_the_nearest_point(qtbot) -> None:
    plot = chart(qtbot)
    assert plot.value_at("raw", 3) is None
    plot.set_log_y(True)
    plot.set_curve("raw", [0, 1, 2, 3, 4], [1.0, 0.0, np.nan, np.inf, 0.25])
    plot.grab()
    assert plot.value_at("raw", 1.4) == 1.0
    assert plot.value_at("raw", 99) == 0.25


def test_a_band_lies_between_its_curves_on_either_axis(qtbot) -> None:
    plot = chart(qtbot)
    plot.add_band("seeds", "loss")
    item = plot._bands["seeds"].item
    plot.set_band("seeds", [1, 2], [10, 100], [1000, 10_000])
    x, y = item.getData()
    assert list(zip(x, y, strict=True)) == [(1, 10), (2, 100), (2, 10_000), (1, 1000)]
    plot.set_log_y(True)
    assert item.getData()[0] is None or not len(item.getData()[0])
    plot.set_band("seeds", [1, 2], [10, 100], [1000, 10_000])
    assert list(item.getData()[1]) == [1, 2, 4, 3]
    before = item.opts["brush"].color()
    theme().apply("light")
    assert item.opts["brush"].color() != before


def test_zoom_is_kept_while_data_come_and_there_is_a_way_back(qtbot) -> None:
    plot = chart(qtbot)
    plot.set_curve("raw", np.arange(100), np.arange(100))
    plot.grab()
    box = plot._box
    box.setRange(xRange=(10, 20), yRange=(0, 50), padding=0)
    with qtbot.waitSignal(plot.view_changed):
        box.sigRangeChangedManually.emit([True, True])
    assert plot.is_zoomed()
    plot.set_curve("raw", np.arange(1000), np.arange(1000))
    plot.grab()
    assert box.viewRange()[0] == pytest.approx([10, 20])
    with qtbot.waitSignal(plot.view_changed):
        plot._back.click()
    assert not plot.is_zoomed()
    plot.grab()
    assert box.viewRange()[0][1] >= 999


def test_a_hundred_thousand_points_become_two_for_each_column(qtbot) -> None:
    plot = chart(qtbot)
    plot.set_curve("raw", np.arange(100_000), np.random.default_rng(0).random(100_000))
    plot.grab()
    drawn, _ = plot._curves["raw"].item.getData()
    assert 200 < len(drawn) <= 2 * 2 * plot.width()


def test_feeding_makes_no_new_items(qtbot) -> None:
    plot = chart(qtbot)
    plot.add_right_axis("weight")
    plot.add_curve("w", "weight", 2, right=True)
    plot.add_bars("bars", "loss")
    plot.set_marks([1, 2, 3])
    items = len(plot._view.scene().items())
    for n in range(2, 30):
        plot.set_curve("raw", np.arange(n), np.ones(n))
        plot.set_curve("w", np.arange(n), np.ones(n))
        plot.set_bars("bars", [10, 20, 30], [1.0, np.nan, 2.0], 8)
        plot.set_marks([n])
        plot.set_cursor(n)
        plot.grab()
    assert len(plot._view.scene().items()) == items
    assert list(plot._bars["bars"][0].opts["x"]) == [10, 30], "an unmeasured bin has no bar"


def test_fixed_ranges_hold_whatever_the_order_of_the_calls(qtbot) -> None:
    plot = chart(qtbot)
    plot.set_x_range(0, 1000)
    plot.set_x_reversed(True)
    plot.set_log_y(True)
    plot.set_curve("raw", np.arange(1, 500), np.arange(1, 500))
    plot.grab()
    assert plot._box.viewRange()[0] == pytest.approx([0, 1000])


def test_plot_follows_the_theme(qtbot) -> None:
    plot = chart(qtbot)
    theme().apply("light")
    assert plot._curves["raw"].item.opts["pen"].color() == theme().faint("loss", 64)
    corner = plot.grab().toImage().pixelColor(1, 1).name()
    assert corner == THEMES["light"].panel


def test_the_pointer_is_read_out(qtbot) -> None:
    plot = chart(qtbot)
    plot.set_x_range(0, 100)
    plot.grab()
    middle = plot._box.sceneBoundingRect().center()
    with qtbot.waitSignal(plot.hovered, check_params_cb=lambda x: x is not None and abs(x - 50) < 1):
        plot._view.scene().sigMouseMoved.emit(middle)
    with qtbot.waitSignal(plot.hovered, check_params_cb=lambda x: x is None):
        plot._view.left.emit()


def turn_wheel(plot: Chart, notches: int, *, at: float = 0.5) -> None:
    """Turn the wheel over the plot; below 0 towards oneself, which zooms out."""
    view = plot._view
    place = QPointF(view.width() * at, view.height() / 2)
    for _ in range(abs(notches)):
        event = QWheelEvent(
            place,
            QPointF(view.mapToGlobal(place.toPoint())),
            QPoint(),
            QPoint(0, 120 if notches > 0 else -120),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(view.viewport(), event)
    plot.grab()


@pytest.mark.parametrize("log", [False, True])
def test_wheel_zooms_x_alone_and_the_curve_stays_in_view(qtbot, log) -> None:
    plot = chart(qtbot)
    plot.set_log_y(log)
    x = np.arange(1000.0)
    plot.set_curve("raw", x, 1000.0 - x)
    plot.grab()
    turn_wheel(plot, 10, at=0.8)
    (low, high), (bottom, top) = plot._box.viewRange()
    assert high - low < 100
    seen = (1000.0 - x)[(x >= low) & (x <= high)]
    seen = np.log10(seen) if log else seen
    assert bottom <= seen.min() and seen.max() <= top
    assert seen.max() - seen.min() > 0.3 * (top - bottom), "y follows what is seen"
    assert plot.is_zoomed()


def test_zooming_out_ends_where_everything_is_seen_and_follows_again(qtbot) -> None:
    plot = chart(qtbot)
    plot.set_log_y(True)
    plot.set_x_range(0, 100)
    plot.set_curve("raw", np.arange(100), np.linspace(0.1, 1, 100))
    plot.grab()
    turn_wheel(plot, 5)
    turn_wheel(plot, -200)
    assert plot._box.viewRange()[0] == pytest.approx([0, 100])
    assert not plot.is_zoomed() and plot._back.isHidden()
    turn_wheel(plot, 400)
    low, high = plot._box.viewRange()[0]
    assert 0 <= low < high <= 100 and high - low > 1e-6


NUMBERS = (1.7e308, -1.7e308, np.inf, -np.inf, np.nan, -1.0, 0.0, 5e-324, 1e-100, 1e99, 1e101, 1e31, 0.5)


@pytest.mark.parametrize("log", [False, True])
def test_no_number_breaks_a_plot_or_what_it_shows_next(qtbot, log) -> None:
    plot = chart(qtbot)
    plot.set_log_y(log)
    plot.add_right_axis("weight")
    plot.add_curve("right", "weight", right=True)
    plot.add_bars("bars", "loss")
    x = np.arange(3)
    for values in itertools.product(NUMBERS, NUMBERS, (0.5,)):
        for shown in (values, (1.0, 2.0, 1.0)):
            plot.set_curve("raw", x, shown)
            plot.set_curve("right", x, shown)
            plot.set_bars("bars", x, shown, 0.8)
            plot.reset_view()
            plot._box.updateAutoRange()
            plot._view.scene().update()
            assert np.isfinite(plot._box.viewRange()).all()
    plot.grab()
    assert plot._curves["raw"].y.tolist() == [1.0, 2.0, 1.0]


@pytest.fixture
def small_plots(qtbot) -> tuple[tuple[Chart, Sparkline], ...]:
    """A linear and a logarithmic one, each with a line without axes."""
    plots = tuple((Chart(interactive=False, x_numbers=False), Sparkline()) for _ in range(2))
    for log, (small, line) in enumerate(plots):
        small.set_log_y(bool(log))
        small.add_curve("y", "loss", 2)
        for widget in (small, line):
            qtbot.addWidget(widget)
            widget.resize(200, 100)
    return plots


@given(values=st.lists(st.floats(), max_size=20), log=st.booleans())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
def test_no_number_breaks_the_small_plots(small_plots, values, log) -> None:
    small, line = small_plots[log]
    small.set_curve("y", np.arange(len(values)), np.array(values, float))
    line.set_values(values)
    for widget in (small, line):
        widget.grab()


@given(st.floats(allow_nan=True), st.integers(1, 6))
def test_every_float_has_a_figure(number: float, digits: int) -> None:
    assert figure(number, digits)


def test_a_press_and_a_drag_pick_an_x_where_nothing_zooms(qtbot) -> None:
    plot = Chart(interactive=False)
    qtbot.addWidget(plot)
    plot.resize(600, 300)
    plot.set_x_range(0, 100)
    plot.set_x_reversed(True)
    plot.show()
    plot.grab()
    picked: list[float] = []
    plot.picked.connect(picked.append)
    view, rect = plot._view.viewport(), plot._box.sceneBoundingRect()
    places = [QPointF(x, rect.center().y()).toPoint() for x in (rect.center().x(), rect.right() - 10, rect.right() + 9)]
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=places[0])
    for place in places[1:]:
        event = QMouseEvent(
            QEvent.Type.MouseMove,
            QPointF(place),
            QPointF(view.mapToGlobal(place)),
            Qt.MouseButton.NoButton,
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )
        QApplication.sendEvent(view, event)
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=places[-1])
    assert picked[:3] == pytest.approx([50, 2, 0], abs=0.5)
    assert plot._box.viewRange()[0] == pytest.approx([0, 100]), "nothing was zoomed"


def test_a_hint_stands_in_the_middle_until_there_is_something_to_see(qtbot) -> None:
    plot = chart(qtbot)
    plot.set_hint("Nothing yet")
    plot.grab()
    assert plot._hint is not None and plot._hint.isVisible()
    left, right = plot.plot_rect_px()
    assert plot._hint.geometry().center().x() == pytest.approx((left + right) / 2, abs=2)
    plot.set_hint("")
    assert plot._hint.isHidden()


def test_the_way_back_is_whole_and_inside_the_plot(qtbot) -> None:
    plot = chart(qtbot)
    plot.set_curve("raw", np.arange(100), np.arange(100))
    plot.grab()
    turn_wheel(plot, 3)
    assert plot._back.isVisible()
    assert plot._back.width() >= plot._back.sizeHint().width() >= 16
    left, right = plot.plot_rect_px()
    assert left < plot._back.x() and plot._back.geometry().right() < right


@pytest.mark.parametrize(
    "text",
    [
        "The weighted squared error of the prediction, on a logarithmic axis (Ho et al. 2020, eq. 14). " * 3,
        "预测的加权平方误差，采用对数坐标轴（Ho 等，2020，式 14）。虚线是留出图片的损失：若它上升而另一条下降，" * 3,
        "short",
        "",
        "one\ntwo",
    ],
)
def test_tips_have_lines_that_an_eye_can_follow(text) -> None:
    tip = wrapped_tip(text)
    assert all(_columns(line) <= TIP_COLUMNS + 2 for line in tip.split("\n"))
    assert "".join(tip.split()) == "".join(text.split())


def test_a_faint_line_is_opaque(qtbot: QtBot) -> None:
    """A dense see-through line takes Qt ten times as long."""
    chart = Chart()
    qtbot.addWidget(chart)
    chart.add_curve("raw", "loss", 1, 64)
    chart.add_curve("smooth", "loss", 2)
    raw, smooth = (chart._curves[name].item.opts["pen"].color() for name in ("raw", "smooth"))
    assert raw.alpha() == 255 and smooth == theme().color("loss")
    ground = theme().color("panel")
    for part in ("red", "green", "blue"):
        front, behind, mixed = (getattr(colour, part)() for colour in (smooth, ground, raw))
        assert abs(mixed - (behind + (front - behind) * 64 / 255)) <= 1
