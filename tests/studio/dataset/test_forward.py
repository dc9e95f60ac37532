"""The forward process of the chosen picture: one noise for all t, schedules that are looked at and chosen."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QScrollArea, QSlider
from pytestqt.qtbot import QtBot

from core.catalogue import SCHEDULES
from core.pictures.decode.decoding import read_picture
from core.pictures.decode.prepare import prepare
from studio.dataset.noise_strip import STOPS
from studio.dataset.noising import NoisedPicture, forward_table
from studio.imaging import to_array
from studio.widgets.chart import Chart
from studio.widgets.slider import Slider
from studio.widgets.symbols import Symbol
from tests.studio.tips import said_in


@pytest.fixture
def noised(opened, qtbot: QtBot):
    """The room once the forward process is shown."""
    opened.controller.torch_ready()
    qtbot.waitUntil(lambda: not opened.panel.inspector.noised.picture.isNull(), timeout=30_000)
    return opened


def test_the_curve_takes_the_height_that_is_over(noised, qtbot: QtBot) -> None:
    curve = noised.panel.inspector.forward.curve
    low = curve.height()
    noised.panel.resize(1900, 1200)
    qtbot.waitUntil(lambda: curve.height() > 2 * low)
    noised.panel.resize(1280, 712)
    qtbot.waitUntil(lambda: curve.height() == low)


def test_a_schedule_that_was_only_pointed_at_is_left_when_esc_closes_the_list(noised, qtbot: QtBot) -> None:
    forward = noised.panel.inspector.forward
    choice = forward.schedule
    choice.showPopup()
    view = choice.view()
    place = choice.findData("linear")
    view.setCurrentIndex(choice.model().index(place, 0))
    choice.highlighted.emit(place)
    with qtbot.waitSignal(choice.looked_at) as told:
        QTest.keyClick(view, Qt.Key.Key_Escape)
    assert told.args == [""]
    assert choice.currentData() == "cosine" == noised.project.config.diffusion.beta_schedule


def label(room, name: str) -> str:
    return room.panel.findChild(QLabel, name).text()


def test_before_torch_the_forward_process_is_a_placeholder(opened) -> None:
    assert opened.panel.inspector.noised.picture.isNull()
    forward = opened.panel.inspector.forward
    assert not forward.slider.isEnabled() and not forward.curve.isEnabled()
    assert forward.schedule.currentData() == "cosine", "a setting can be chosen all the same"


def test_x_t_and_its_formula_follow_t(noised, folder: Path) -> None:
    slider = noised.panel.findChild(QSlider, "forward_t")
    formula = noised.panel.findChild(Symbol, "forward_formula")
    assert slider is not None
    assert formula is not None
    config = noised.project.config
    table = forward_table(config.diffusion.beta_schedule, config.diffusion.timesteps)
    assert slider.maximum() == table.timesteps - 1
    pixels = prepare(read_picture(folder / "0.png"), size=20, channels=3)
    shown = set()
    for t in (0, 300, 999):
        slider.setValue(t)
        alpha_cumprod = table.alphas_cumprod[t]
        picture = to_array(noised.panel.inspector.noised.picture)[..., :3]
        assert np.array_equal(picture, NoisedPicture.of(pixels, 0).pixels(table, t))
        signal, noise = (float(word) for word in formula.text().split() if word[0].isdigit())
        assert signal == pytest.approx(alpha_cumprod**0.5, rel=5e-3)
        assert noise == pytest.approx((1 - alpha_cumprod) ** 0.5, rel=5e-3)
        shown.add(picture.tobytes())
    assert len(shown) == 3


def test_one_noise_for_all_t(folder: Path) -> None:
    table = forward_table("cosine", 1000)
    picture = NoisedPicture.of(prepare(read_picture(folder / "0.png"), size=20, channels=3), 0)
    for t in (0, 500, 998):
        signal, noise = table.shares(t)
        assert np.allclose((picture.x_t(table, t) - signal * picture.x_0) / noise, picture.noise, atol=1e-4)
        assert signal**2 + noise**2 == pytest.approx(1)
    assert np.abs(picture.x_0).max() <= 1
    assert table.stops(STOPS) == (0, 143, 285, 428, 571, 714, 856, 999)
    assert forward_table("cosine", 3).stops(STOPS) == (0, 1, 2)


def test_without_normalising_the_same_noise_weighs_more(noised, folder: Path, qtbot: QtBot) -> None:
    pixels = prepare(read_picture(folder / "0.png"), size=20, channels=3)
    table = forward_table("cosine", 1000)
    plain, raw = NoisedPicture.of(pixels, 0), NoisedPicture.of(pixels, 0, normalised=False)
    assert np.allclose(raw.x_0, (plain.x_0 + 1) / 2, atol=1e-6)
    t = noised.panel.inspector.forward.slider.value()
    noised.project.set_settings({"auto_normalize": False})
    shown = noised.panel.inspector.noised
    qtbot.waitUntil(lambda: np.array_equal(to_array(shown.picture)[..., :3], raw.pixels(table, t)))
    assert not np.array_equal(raw.pixels(table, t), plain.pixels(table, t))


def test_offset_noise_moves_each_channel_of_what_is_shown(noised, folder: Path, qtbot: QtBot) -> None:
    pixels = prepare(read_picture(folder / "0.png"), size=20, channels=3)
    table = forward_table("cosine", 1000)
    plain, moved = NoisedPicture.of(pixels, 0), NoisedPicture.of(pixels, 0, offset_noise_strength=0.8)
    by = (moved.noise - plain.noise) / 0.8
    assert np.allclose(by, by[0, 0]) and len(set(by[0, 0].tolist())) == 3, "one number for each channel"
    t = noised.panel.inspector.forward.slider.value()
    noised.project.set_settings({"offset_noise_strength": 0.8})
    shown = noised.panel.inspector.noised
    qtbot.waitUntil(lambda: np.array_equal(to_array(shown.picture)[..., :3], moved.pixels(table, t)))
    assert not np.array_equal(moved.pixels(table, t), plain.pixels(table, t))


def test_a_click_in_the_strip_goes_there(noised, qtbot: QtBot) -> None:
    strip = noised.panel.inspector.forward.strip
    slider = noised.panel.inspector.forward.slider
    qtbot.mouseClick(strip, Qt.MouseButton.LeftButton, pos=QPoint(strip.width() - 20, 20))
    assert slider.value() == 999


def place_in(chart: Chart, t: int) -> QPointF:
    """Where a t lies, in pixels of the chart."""
    return chart._box.mapViewToScene(QPointF(t, 0.5))


def test_the_curve_tells_what_is_under_the_pointer_and_a_click_goes_there(noised, qtbot: QtBot) -> None:
    forward = noised.panel.inspector.forward
    curve, table = forward.curve, forward_table("cosine", 1000)
    assert "=" not in "".join(text for _, text in curve.words()), "at first it says what the lines are"
    QApplication.processEvents()  # the layout comes to rest
    assert curve.chart is not None
    view, place = curve.chart._view.viewport(), place_in(curve.chart, 600).toPoint()
    QTest.mouseMove(view, place)
    qtbot.waitUntil(lambda: curve.hovered is not None)
    t = curve.hovered
    assert t == pytest.approx(600, abs=2)
    said = " ".join(text for _, text in curve.words())
    assert f"t = {t}" in said and f"{100 * table.shares(t)[1]:.1f}%" in said and "SNR" in said
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=place)
    assert forward.slider.value() == t
    assert label(noised, "forward_t_value") == f"t = {t}"


def test_the_curve_and_the_slider_have_one_axis(noised) -> None:
    forward = noised.panel.inspector.forward
    forward.resize(500, forward.height())
    chart = forward.curve.chart
    QApplication.processEvents()  # the axes are laid out
    for t in (0, 999):
        assert place_in(chart, t).x() == pytest.approx(forward.strip._centre(t), abs=0.5)


def test_a_schedule_is_looked_at_while_the_list_is_open_and_set_when_it_is_chosen(noised, qtbot: QtBot) -> None:
    forward, project = noised.panel.inspector.forward, noised.project
    assert [forward.schedule.itemData(i) for i in range(forward.schedule.count())] == list(SCHEDULES)
    forward.schedule.showPopup()
    place = forward.schedule.findData("linear")
    forward.schedule.highlighted.emit(place)
    qtbot.waitUntil(lambda: label(noised, "forward_steps") == "T = 1,000, only looked at")
    alpha_cumprod = forward_table("linear", 1000).alphas_cumprod[forward.slider.value()]
    formula = noised.panel.findChild(Symbol, "forward_formula").text()
    assert float(formula.split()[2]) == pytest.approx(alpha_cumprod**0.5, rel=5e-3)
    assert project.wished.diffusion.beta_schedule == "cosine"
    forward.schedule.hidePopup()
    qtbot.waitUntil(lambda: label(noised, "forward_steps") == "T = 1,000")
    forward.schedule.setCurrentIndex(place)
    forward.schedule.activated.emit(place)
    assert project.wished.diffusion.beta_schedule == "linear"
    assert forward.schedule.currentData() == "linear"


def test_the_options_of_a_schedule_come_back_with_it(noised) -> None:
    schedule, project = noised.panel.inspector.forward.schedule, noised.project
    project.set_settings({"beta_schedule": "sigmoid", "schedule_fn_kwargs": ("tau=0.7",)})
    schedule.wished.emit("cosine")
    assert project.wished.diffusion.schedule_fn_kwargs is None and not project.problems()
    schedule.wished.emit("sigmoid")
    assert project.wished.diffusion.schedule_fn_kwargs == ("tau=0.7",)


def test_a_schedule_that_cannot_be_says_why(noised, qtbot: QtBot) -> None:
    noised.project.set_settings({"beta_schedule": "linear", "timesteps": 10})
    qtbot.waitUntil(lambda: "20 steps or fewer" in label(noised, "forward_problem"))
    slider = noised.panel.findChild(QSlider, "forward_t")
    assert slider is not None and not slider.isEnabled()
    noised.panel.inspector.forward.schedule.wished.emit("cosine")
    qtbot.waitUntil(slider.isEnabled)
    assert label(noised, "forward_problem") == ""


def test_another_schedule_changes_the_numbers(noised, qtbot: QtBot) -> None:
    forward = noised.panel.inspector.forward
    noised.project.set_settings({"beta_schedule": "linear", "timesteps": 200})
    qtbot.waitUntil(lambda: forward.slider.maximum() == 199)
    assert forward.slider.value() == 80  # the same part of the way
    assert label(noised, "forward_steps") == "T = 200" and forward.schedule.currentText() == "Linear"


def test_every_schedule_of_core_is_offered_with_its_paper(noised) -> None:
    choice = noised.panel.inspector.forward.schedule
    for name, row in SCHEDULES.items():
        tip = said_in(choice.itemData(choice.findData(name), Qt.ItemDataRole.ToolTipRole))
        assert row.help in tip and row.source in tip


def drag(slider: Slider, value: int) -> None:
    """Hold the handle there, as a mouse does."""
    slider.setSliderDown(True)
    slider.setValue(value)


def test_curve_and_x_t_follow_an_option_while_it_is_dragged_and_it_is_set_when_let_go(noised, qtbot: QtBot) -> None:
    forward, project = noised.panel.inspector.forward, noised.project
    project.set_settings({"beta_schedule": "sigmoid"})
    assert list(forward.options.sliders) == ["start", "end", "tau"]
    slider = forward.options.sliders["tau"].slider
    before = noised.panel.inspector.noised.picture
    drag(slider, 10)
    bent = forward_table("sigmoid", 1000, ("tau=0.5",)).alphas_cumprod[forward.slider.value()]
    formula = noised.panel.findChild(Symbol, "forward_formula")
    qtbot.waitUntil(lambda: float(formula.text().split()[2]) == pytest.approx(bent**0.5, rel=5e-3))
    assert noised.panel.inspector.noised.picture != before
    assert project.wished.diffusion.schedule_fn_kwargs is None
    slider.setSliderDown(False)
    assert project.wished.diffusion.schedule_fn_kwargs == ("tau=0.5",) and not project.problems()
    drag(slider, 20)
    slider.setSliderDown(False)
    assert project.wished.diffusion.schedule_fn_kwargs is None  # 1 is usual


def test_a_typed_option_is_shown_as_it_is_and_stays_while_another_is_moved(noised) -> None:
    forward, project = noised.panel.inspector.forward, noised.project
    project.set_settings({"beta_schedule": "sigmoid", "schedule_fn_kwargs": ("start=-2.34", "clamp_min=1e-5")})
    assert forward.options.sliders["start"].number == -2.34
    drag(forward.options.sliders["end"].slider, 20)
    forward.options.sliders["end"].slider.setSliderDown(False)
    assert project.wished.diffusion.schedule_fn_kwargs == ("start=-2.34", "clamp_min=1e-05", "end=2")


@pytest.mark.parametrize("name", SCHEDULES)
def test_each_schedule_shows_its_own_options_only(noised, name: str) -> None:
    options = noised.panel.inspector.forward.options
    noised.project.set_settings({"beta_schedule": name})
    assert list(options.sliders) == [option.name for option in SCHEDULES[name].options if option.at is None]
    assert (options.curve is not None) == bool(SCHEDULES[name].drawn)
    assert options.isHidden() == (not SCHEDULES[name].options)
    for slider in options.sliders.values():
        ends = []
        for place in (slider.slider.minimum(), slider.slider.maximum()):
            slider.slider.blockSignals(True)
            slider.set_value(place)
            ends.append(slider.number)
        assert ends == [slider.option.least, slider.option.most]


def test_a_drawn_curve_is_looked_at_while_a_point_is_dragged_and_set_in_one_step_when_let_go(
    noised, qtbot: QtBot
) -> None:
    forward, project = noised.panel.inspector.forward, noised.project
    project.set_settings({"beta_schedule": "drawn", "schedule_fn_kwargs": ("a3=0.8", "a6=0.2")})
    curve = forward.options.curve
    assert curve is not None and curve.heights == (0, 0, 0.8, 0, 0, 0.2, 0, 0, 0)
    left, heights = Qt.MouseButton.LeftButton, []
    QTest.mousePress(curve, left, pos=curve.point_px(2, 0.8).toPoint())
    for height in (0.7, 0.6):
        QTest.mouseMove(curve, curve.point_px(2, height).toPoint())
        heights.append(curve.heights[2])
    assert heights == [pytest.approx(0.7, abs=0.02), pytest.approx(0.6, abs=0.02)]
    said = (f"a3={heights[1]:.12g}", "a6=0.2")
    bent = forward_table("drawn", 1000, said).alphas_cumprod[forward.slider.value()]
    formula = noised.panel.findChild(Symbol, "forward_formula")
    qtbot.waitUntil(lambda: float(formula.text().split()[2]) == pytest.approx(bent**0.5, rel=5e-3))
    assert project.wished.diffusion.schedule_fn_kwargs == ("a3=0.8", "a6=0.2")
    QTest.mouseRelease(curve, left, pos=curve.point_px(2, 0.6).toPoint())
    assert project.wished.diffusion.schedule_fn_kwargs == said and not project.problems()
    project.undo_steps.undo()
    assert project.wished.diffusion.schedule_fn_kwargs == ("a3=0.8", "a6=0.2")
    assert curve.heights[2] == 0.8


def test_an_option_is_put_back_to_its_usual_value_by_its_button(noised) -> None:
    forward, project = noised.panel.inspector.forward, noised.project
    project.set_settings({"beta_schedule": "sigmoid", "schedule_fn_kwargs": ("tau=0.7", "end=2")})
    slider = forward.options.sliders["tau"]
    slider.back.click()
    assert project.wished.diffusion.schedule_fn_kwargs == ("end=2",)
    assert slider.back.isHidden() and not forward.options.sliders["end"].back.isHidden()


def test_the_strip_takes_no_more_height_than_its_pictures(noised, qtbot: QtBot) -> None:
    forward = noised.panel.inspector.forward
    noised.panel.resize(1060, 560)
    qtbot.waitUntil(lambda: forward.strip.side_px < 55)
    qtbot.waitUntil(lambda: forward.strip.height() < forward.strip.side_px + 30)
    assert forward.minimumSizeHint().height() <= forward.strip.height() + 180


def test_a_scroll_bar_that_comes_and_goes_moves_nothing(noised, qtbot: QtBot) -> None:
    inspector, panel = noised.panel.inspector, noised.panel
    scroll = inspector.parentWidget().parentWidget()
    assert isinstance(scroll, QScrollArea)
    widths = set()
    for height in (900, inspector.minimumSizeHint().height() + panel.height() - scroll.viewport().height() - 1, 560):
        panel.resize(panel.width(), height)
        QApplication.processEvents()
        widths.add(inspector.width())
    assert scroll.verticalScrollBar().maximum() > 0 and len(widths) == 1


def test_the_open_list_of_schedules_leaves_the_curve_in_view(noised, qtbot: QtBot) -> None:
    forward = noised.panel.inspector.forward
    forward.schedule.showPopup()
    popup = forward.schedule.view().window()
    qtbot.waitUntil(popup.isVisible)
    curve = QRect(forward.curve.mapToGlobal(QPoint(0, 0)), forward.curve.size())
    assert not popup.geometry().intersects(curve)
    forward.schedule.hidePopup()
