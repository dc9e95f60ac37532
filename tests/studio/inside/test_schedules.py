"""The tab Schedules: schedules bent and compared, weights, one's own picture, and what the next run takes."""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from PIL import Image
from PySide6.QtCore import QObject, QPoint, Qt, Signal
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from core.catalogue import OBJECTIVES, SCHEDULES, SPACINGS, WEIGHTINGS, Option, ScheduleRow
from core.diffusion.gaussian_diffusion import GaussianDiffusion
from core.samplers import SAMPLERS
from core.settings import RunConfig
from studio.app.i18n import Translations
from studio.app.settings import Settings
from studio.app.theme import theme
from studio.app.window import MainWindow
from studio.dataset.controller import DatasetController
from studio.dataset.noising import NoisedPicture, forward_table
from studio.dataset.panel import DatasetPanel
from studio.imaging import to_array
from studio.inside.schedules.angles import angle, dot_every
from studio.inside.schedules.computing import Question, StripQuestion, answer, noised_rows
from studio.inside.schedules.controller import SchedulesController
from studio.inside.schedules.panel import SchedulesHead, SchedulesPanel
from studio.inside.schedules.plots import QUANTITIES
from studio.inside.schedules.strips import stops_with
from studio.inside.schedules.weights import crossing
from studio.project import Project


class Looked(QObject):
    """The settings that the room looks at: those of the next run, as no run is open."""

    settings_changed = Signal()

    def __init__(self, project: Project) -> None:
        super().__init__()
        self._project, self.run_folder = project, None
        project.config_changed.connect(self.settings_changed)

    @property
    def config(self) -> RunConfig:
        """Of the next run."""
        return self._project.config


@dataclass
class Room:
    """The tab with the pictures beside it."""

    project: Project
    dataset: DatasetController
    tab: SchedulesController
    panel: SchedulesPanel
    qtbot: QtBot

    def wait(self, schedule: str, *options: str) -> None:
        """Until the tables of these options are drawn."""
        said = options or None

        def there() -> bool:
            table = self.tab._answer.tables.get(schedule)
            return table is not None and table.options == said and self.tab._answer.times != ()

        self.qtbot.waitUntil(there, timeout=30_000)


@pytest.fixture
def room(qtbot: QtBot, qapp, tmp_path: Path) -> Iterator[Room]:
    theme().apply("dark")
    Translations(qapp).switch("en")
    project, settings = Project(tmp_path / "runs"), Settings(tmp_path / "settings.json")
    dataset_panel = DatasetPanel(settings)
    qtbot.addWidget(dataset_panel)
    dataset = DatasetController(project, settings, dataset_panel)
    panel, head = SchedulesPanel(), SchedulesHead()
    qtbot.addWidget(panel)
    qtbot.addWidget(head)
    looked = Looked(project)
    tab = SchedulesController(panel, head, project, looked, dataset.preview)  # type: ignore[arg-type]
    project.set_settings({"beta_schedule": "sigmoid", "loss_weighting": "min_snr"})
    panel.resize(1248, 640)
    panel.show()
    tab.set_shown(True)
    made = Room(project, dataset, tab, panel, qtbot)
    made.wait("sigmoid")
    yield made
    assert tab.shutdown(5000) and dataset.shutdown(5000)


def ask(**changes: object) -> Question:
    """A question with these in it."""
    usual = {
        "timesteps": 1000,
        "options": dict.fromkeys(SCHEDULES),
        "chosen": "cosine",
        "weighting": "min_snr",
        "weighting_options": {"gamma": 5.0},
        "spacing": "uniform",
        "steps": 20,
        "dimensions": 3 * 16 * 16,
    }
    return Question(**usual | changes)  # type: ignore[arg-type]


# --- what is computed ------------------------------------------------------------------------------------


@pytest.mark.parametrize("schedule", SCHEDULES)
@pytest.mark.parametrize("gamma", [0.5, 5.0])
def test_under_min_snr_every_objective_puts_the_same_weight_on_the_clean_picture(schedule: str, gamma: float) -> None:
    found = answer(ask(chosen=schedule, weighting_options={"gamma": gamma}))
    alpha_bar = found.tables[schedule].alphas_cumprod
    snr = alpha_bar / (1 - alpha_bar)
    c = np.minimum(snr, gamma)
    table = {"pred_noise": c / snr, "pred_x0": c, "pred_v": c / (snr + 1), "pred_flow": c / (np.sqrt(snr) + 1) ** 2}
    assert found.agree and set(table) == set(OBJECTIVES) == set(found.weights)
    for name, w in table.items():
        np.testing.assert_allclose(found.weights[name].w, w, rtol=1e-9)
        np.testing.assert_allclose(found.weights[name].on_x_0, c, rtol=1e-9)
    plain = {name: weights.plain_on_x_0 for name, weights in found.weights.items() if name != "pred_flow"}
    for curve in plain.values():
        np.testing.assert_allclose(curve, snr, rtol=1e-9)


@pytest.mark.parametrize(("weighting", "agree"), [("min_snr", True), ("p2", True), ("constant", False)])
def test_what_is_said_of_the_objectives_is_what_their_curves_are(weighting: str, agree: bool) -> None:
    assert answer(ask(weighting=weighting, weighting_options={})).agree == agree


class Echo(torch.nn.Module):
    """A network that answers with what it sees."""

    channels = 1

    def forward(self, x: torch.Tensor, t: torch.Tensor, x_self_cond: torch.Tensor | None = None) -> torch.Tensor:
        return x


@pytest.mark.parametrize("spacing", SPACINGS)
def test_the_comb_is_where_a_sampler_asks_the_network(spacing: str) -> None:
    found = answer(ask(spacing=spacing, steps=9, dimensions=16, timesteps=300))
    model = GaussianDiffusion(Echo(), image_size=4, timesteps=300, beta_schedule="cosine")
    steps = SAMPLERS["ddim"](model, torch.zeros(1, 1, 4, 4), steps=9, spacing=spacing)
    assert found.times == tuple(step.t for step in steps)


def test_a_schedule_that_cannot_be_is_told_and_the_others_are_drawn() -> None:
    found = answer(ask(timesteps=15))
    assert set(found.tables) == set(SCHEDULES) - {"linear"} and "use more steps" in found.problem
    assert set(found.weights) == set(OBJECTIVES), "the chosen one is among those that can be"


def test_the_t_where_snr_is_gamma_is_where_the_weight_begins_to_fall() -> None:
    table = forward_table("cosine", 1000)
    t = crossing(table, 5)
    assert t is not None and table.signal_to_noise(t) <= 5 < table.signal_to_noise(t - 1)
    assert crossing(table, 1e12) is None and crossing(table, 0.0) is None


def test_stops_hold_the_cursor_in_place_of_the_nearest() -> None:
    assert stops_with(1000, 399) == (0, 143, 285, 399, 571, 714, 856, 999)
    assert stops_with(1000, 3)[0] == 3 and stops_with(3, 1) == (0, 1, 2)


def test_the_angle_is_that_of_picture_and_noise() -> None:
    table = forward_table("cosine", 1000)
    phi = angle(table, 400)
    assert math.cos(phi) ** 2 == pytest.approx(table.alphas_cumprod[400]) and dot_every(1000) == 40


# --- the tab ---------------------------------------------------------------------------------------------


def test_every_row_is_listed_drawn_and_told_below_the_plots(room: Room) -> None:
    assert list(room.panel.choice.lines) == list(SCHEDULES)
    t, plot = room.tab.t, room.panel.plots[0]
    shown = len(SCHEDULES) - 1  # nothing of the drawn one is drawn yet
    assert len(plot.values.texts) == shown
    assert float(plot.values.texts[2]) == pytest.approx(forward_table("sigmoid", 1000).alphas_cumprod[t], rel=5e-3)
    room.panel.choice.lines["linear"].check.setChecked(False)
    assert len(plot.values.texts) == shown - 1 and "linear" not in room.panel.angles.circles.tables
    room.panel.choice.lines["sigmoid"].check.setChecked(False)
    assert len(plot.values.texts) == shown - 1, "the chosen one is drawn in any case"


def test_a_schedule_of_a_package_appears_by_itself(monkeypatch: pytest.MonkeyPatch, qtbot: QtBot) -> None:
    row = ScheduleRow(
        "mine", "Mine", "As linear", "Me 2026", "core.diffusion.schedules:linear", (Option("a", "A", 1, 0, 2, 1),)
    )
    monkeypatch.setitem(SCHEDULES, "mine", row)
    panel = SchedulesPanel()
    qtbot.addWidget(panel)
    line = panel.choice.lines["mine"]
    assert line.title.text() == "Mine" and panel.choice.chosen.findText("Mine") == len(SCHEDULES) - 1
    panel.show_tables({"mine": forward_table("linear", 100)})
    assert panel.plots[0].chart.value_at("mine", 50) == pytest.approx(forward_table("linear", 100).alphas_cumprod[50])


def test_the_curve_follows_an_option_that_is_dragged_and_the_way_back_undoes_it(room: Room) -> None:
    slider = room.panel.choice.options.sliders["tau"]
    assert slider.slider.toolTip().startswith(SCHEDULES["sigmoid"].options[2].help[:20])
    before = room.panel.plots[0].chart.value_at("sigmoid", 400)
    slider.slider.setSliderDown(True)
    slider.slider.setValue(10)
    room.wait("sigmoid", "tau=0.5")
    assert room.panel.plots[0].chart.value_at("sigmoid", 400) != before
    assert room.project.wished.diffusion.schedule_fn_kwargs is None, "it is looked at, not set"
    slider.slider.setSliderDown(False)
    room.qtbot.mouseClick(slider.back, Qt.MouseButton.LeftButton)
    room.wait("sigmoid")
    assert room.panel.plots[0].chart.value_at("sigmoid", 400) == before and not slider.back.isVisible()


def test_what_is_chosen_is_used_for_the_next_run_in_one_step_that_is_undone(room: Room) -> None:
    use, project = room.panel.choice.use, room.project
    assert not use.isEnabled() and "already" in use.toolTip()
    room.panel.choice.schedule_wished.emit("cosine")
    room.panel.choice.options.sliders["s"].slider.setValue(20)
    room.panel.weights.options.sliders["gamma"].slider.setValue(4)
    assert use.isEnabled() and "Cosine (s = 0.02)" in use.toolTip().replace("\n", " ")
    room.qtbot.mouseClick(use, Qt.MouseButton.LeftButton)
    diffusion = project.wished.diffusion
    assert (diffusion.beta_schedule, diffusion.schedule_fn_kwargs) == ("cosine", ("s=0.02",))
    assert (diffusion.loss_weighting, diffusion.min_snr_gamma) == ("min_snr", 2.0)
    assert not project.problems() and not use.isEnabled()
    project.undo_steps.undo()
    assert (project.wished.diffusion.beta_schedule, project.wished.diffusion.min_snr_gamma) == ("sigmoid", 5.0)
    assert room.panel.choice.chosen.currentData() == "sigmoid" and not use.isEnabled()


@pytest.mark.parametrize("weighting", WEIGHTINGS)
def test_each_weighting_has_its_own_sliders_and_is_taken_whole(room: Room, weighting: str) -> None:
    room.panel.weights.weighting_wished.emit(weighting)
    assert list(room.panel.weights.options.sliders) == [option.name for option in WEIGHTINGS[weighting].options]
    for slider in room.panel.weights.options.sliders.values():
        slider.slider.setValue(slider.slider.maximum())
    room.tab.use()
    assert room.project.wished.diffusion.loss_weighting == weighting and not room.project.problems()
    said = room.project.wished.diffusion.weighting_options()
    assert said == {option.name: option.most for option in WEIGHTINGS[weighting].options}
    assert not room.panel.choice.use.isEnabled()


def test_seen_on_the_clean_picture_the_words_say_that_all_agree(room: Room) -> None:
    weights = room.panel.weights
    assert f"SNR = γ at t = {weights.limit_t}" in weights.words.text() and "without" in weights.words.text()
    weights.way.choose("x_0")
    assert weights.words.text().startswith("All agree")
    assert len({text.split()[-1] for text in weights.values.texts}) == 1
    room.panel.weights.weighting_wished.emit("constant")
    room.qtbot.waitUntil(lambda: weights.words.text() == "They differ")


@pytest.mark.long
def test_one_cursor_for_all_that_is_pressed_and_for_the_keys(room: Room) -> None:
    chart = room.panel.plots[1].chart
    chart.picked.emit(250.2)
    assert room.tab.t == 250 and room.panel.strips.slider.value() == 250
    QTest.keyClick(room.panel.plots[0], Qt.Key.Key_Right)
    QTest.keyClick(room.panel, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert room.tab.t == 241 and room.panel.plots[0].at.text() == "t = 241"
    circles = room.panel.angles.circles
    at = circles.at(0, angle(circles.tables["linear"], 0))
    QTest.mouseClick(circles, Qt.MouseButton.LeftButton, pos=QPoint(round(at.x()), round(at.y())))
    assert room.tab.t == 0
    strips = room.panel.strips.strips
    QTest.mouseClick(strips, Qt.MouseButton.LeftButton, pos=strips.place(1, 7).center().toPoint())
    assert room.tab.t == 999
    room.tab._step(10)
    assert room.tab.t == 999


def test_the_comb_follows_the_steps_and_the_spacing(room: Room) -> None:
    head = room.tab.head
    head.steps.setValue(7)
    room.qtbot.waitUntil(lambda: len(room.panel.plots[0].chart.comb) == 7)
    head.spacing.setCurrentIndex(head.spacing.findData("quadratic"))
    head.spacing.activated.emit(head.spacing.currentIndex())
    room.qtbot.waitUntil(
        lambda: (
            room.panel.weights.chart.comb
            == answer(ask(chosen="sigmoid", spacing="quadratic", steps=7, dimensions=3 * 32 * 32)).times
        )
    )


@pytest.mark.long
def test_both_rows_hold_one_noise_and_ones_own_picture_takes_the_place_of_the_bundled(
    room: Room, tmp_path: Path, qtbot: QtBot
) -> None:
    strips = room.panel.strips
    qtbot.waitUntil(lambda: len(strips.strips.rows) == 2, timeout=30_000)
    assert strips.name.text() == "a bundled face" and room.tab.t in strips.strips.stops
    folder = tmp_path / "pictures"
    folder.mkdir()
    Image.fromarray(np.full((8, 8, 3), (90, 20, 200), dtype=np.uint8)).save(folder / "own.png")
    with qtbot.waitSignal(room.dataset.preview.seen_changed, timeout=30_000):
        room.dataset.open_folder(folder)
    qtbot.waitUntil(lambda: room.dataset.preview.seen is not None and strips.name.text() == "own.png", timeout=30_000)
    seen = room.dataset.preview.seen
    assert seen is not None
    shown, t = strips.strips, room.tab.t
    column = shown.stops.index(t)
    for row, table in zip(shown.rows, shown.tables, strict=True):
        assert np.array_equal(to_array(row[column])[..., :3], seen[1].pixels(table, t))
    assert shown.tables[0].schedule == "sigmoid" != shown.tables[1].schedule


@pytest.mark.long
def test_a_small_picture_is_not_overwritten_by_the_rows_of_a_large_one_before_it(room: Room, qtbot: QtBot) -> None:
    strips, tab, held = room.panel.strips.strips, room.tab, threading.Event()

    def slow(question: StripQuestion) -> object:
        held.wait(20)
        return noised_rows(question)

    pictures = {side: NoisedPicture.of(np.full((side, side, 3), 90, np.uint8), 0) for side in (8, 400)}
    assert pictures[8].is_small and not pictures[400].is_small
    tab._strips._answer = slow
    tab._pictures = SimpleNamespace(seen=("large.png", pictures[400]))  # type: ignore[assignment]
    tab._picture_changed()
    qtbot.waitUntil(lambda: tab._strips._worker is not None and not tab._strips._waiting)
    tab._pictures.seen = ("small.png", pictures[8])
    tab._picture_changed()
    assert strips.rows[0][0].width() == 8
    held.set()
    qtbot.waitUntil(lambda: tab._strips._worker is None)
    assert strips.rows[0][0].width() == 8


def test_a_curve_is_drawn_begins_on_the_one_before_and_is_trained_with(room: Room) -> None:
    line = room.panel.choice.lines["drawn"]
    assert "drawn" not in room.panel.choice.shown(), "no line that would jump away when it is chosen"
    assert line.source.text() == "starts as a copy of Sigmoid" and not line.check.isEnabled()
    room.panel.choice.schedule_wished.emit("drawn")
    assert "drawn" in room.panel.choice.shown() and line.check.isEnabled() and not line.copied
    curve = room.panel.choice.options.curve
    assert curve is not None and not room.panel.choice.options.sliders
    sigmoid = forward_table("sigmoid", 1000).alphas_cumprod
    assert [height for height in curve.heights if height] == [
        pytest.approx(float(sigmoid[t]), abs=1e-3) for t in (199, 399, 599, 799)
    ]
    QTest.mouseDClick(curve, Qt.MouseButton.LeftButton, pos=curve.point_px(4, 0.45).toPoint())
    QTest.mouseRelease(curve, Qt.MouseButton.LeftButton, pos=curve.point_px(4, 0.45).toPoint())
    back = room.panel.choice.options.curve_back
    assert back is not None and not back.isHidden()
    before = curve.heights
    QTest.keyClick(curve, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert not curve.heights[4] and back.isHidden()
    QTest.mouseDClick(curve, Qt.MouseButton.LeftButton, pos=curve.point_px(4, 0.45).toPoint())
    QTest.mouseRelease(curve, Qt.MouseButton.LeftButton, pos=curve.point_px(4, 0.45).toPoint())
    assert curve.heights == before
    back.click()
    assert not curve.heights[4] and back.isHidden()
    curve.take_back()
    added = curve.heights[4]
    assert added and room.panel.choice.use.isEnabled()
    room.qtbot.waitUntil(lambda: room.tab._answer.tables["drawn"].alphas_cumprod[499] == pytest.approx(added))
    room.tab.use()
    diffusion = room.project.wished.diffusion
    assert room.panel.choice.next.text() == "The next run trains with Drawn"
    assert "Drawn through 5 points" in room.tab.head.trained.text()
    assert diffusion.beta_schedule == "drawn" and f"a5={added:g}" in (diffusion.schedule_fn_kwargs or ())
    assert not room.project.problems()


@pytest.mark.long
def test_settings_that_change_elsewhere_are_followed(room: Room) -> None:
    room.project.set_settings({"beta_schedule": "rectified_flow", "schedule_fn_kwargs": "shift=3", "timesteps": 200})
    room.wait("rectified_flow", "shift=3")
    assert room.panel.choice.options.sliders["shift"].number == 3
    assert room.panel.strips.slider.maximum() == 199 and room.tab.t == round(0.4 * 199)
    assert "Rectified flow (shift = 3), T = 200" in room.tab.head.trained.text()


@pytest.mark.long
def test_a_wide_page_shows_all_four_plots_and_a_narrow_one_a_chooser(room: Room) -> None:
    assert [plot.quantity for plot in room.panel.plots if plot.isVisible()] == ["signal", "log_snr"]
    room.panel.resize(1900, 900)
    assert [plot.quantity for plot in room.panel.plots if plot.isVisible()] == list(QUANTITIES)
    assert room.panel.plots[3].values.texts[0] and len(room.panel.plots[3].chart.comb) == 20
    room.panel.resize(1248, 640)
    assert [plot.isVisible() for plot in room.panel.plots] == [True, True, False, False]
    plot = room.panel.plots[0]
    for name in ("beta", "noise", "log_snr"):
        plot.choice.setCurrentIndex(plot.choice.findData(name))
        table, t = forward_table("cosine", 1000), room.tab.t
        alpha = table.alphas_cumprod
        wanted = {"beta": 1 - alpha[t] / alpha[t - 1], "noise": (1 - alpha[t]) ** 0.5}.get(
            name, math.log(alpha[t] / (1 - alpha[t]))
        )
        assert plot.chart.value_at("cosine", t) == pytest.approx(wanted, rel=2e-2)


def test_the_page_fits_the_least_window(room: Room) -> None:
    least = room.panel.minimumSizeHint()
    assert least.width() <= 1100 - 32 and least.height() <= 680 - 44 - 44 - 76


@pytest.mark.long
def test_in_the_window_the_tab_stands_with_the_dataset_rooms_picture(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: window.inside is not None, timeout=60_000)
    window.show_room("inside")
    window.inside.show_tab("schedules")
    tab = window.inside.tab("schedules")
    qtbot.waitUntil(lambda: bool(tab._answer.tables), timeout=60_000)
    assert tab.head.trained.text().startswith("The next run")
