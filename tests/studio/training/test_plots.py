"""Each row of PLOTS is drawn, live and from the run's folder; a number that gets a row needs nothing more."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from core.runs.metrics import COPY_DISTANCE
from core.training import step as steps_of_training
from studio.training import live_run
from studio.training.curves import plots, plots_panel
from studio.training.curves.plots import HELD_OUT, PLOTS, Plot
from studio.training.live_run import LiveRun
from studio.training.panel import TrainingPanel
from studio.training.state import TrainingState as State
from tests.studio.training.conftest import TINY, Room


def train(room: Room, qtbot: QtBot) -> None:
    room.controller.start()
    qtbot.waitUntil(lambda: room.controller.state is State.FINISHED, timeout=60_000)


def reopened(room: Room, make_room: Callable[..., Room], qtbot: QtBot) -> Room:
    run = room.project.run
    assert run is not None
    later = make_room()
    later.controller.open_run(run.folder)
    qtbot.waitUntil(lambda: later.controller.step == 12, timeout=20_000)
    return later


def points(room: Room) -> tuple[list[float], list[float]]:
    """(steps, smoothed values) as drawn."""
    drawn = room.panel.plots.plot._curves["smooth"]
    return drawn.x.tolist(), drawn.y.tolist()


@pytest.mark.timeout(300)
def test_every_plot_is_drawn_while_it_trains_and_the_same_from_the_folder(
    room: Room, make_room: Callable[..., Room], qtbot: QtBot
) -> None:
    room.project.set_settings({"hold_out": 0.4, "held_out_every": 6})
    train(room, qtbot)
    live = {}
    for index, plot in enumerate(PLOTS):
        room.panel.plots.choice.setCurrentIndex(index)
        live[plot.source] = points(room)
        steps = live[plot.source][0]
        if plot.every_step:
            assert steps == list(range(1, 13))
        elif plot.source in {HELD_OUT, COPY_DISTANCE}:
            assert steps == [6, 12]
        else:
            # The first, and then one a second.
            assert steps[0] == 1 and set(steps) < set(range(1, 13))
        assert room.panel.plots.raw_legend.isVisibleTo(room.panel) == plot.smoothed
    later = reopened(room, make_room, qtbot)
    for index, plot in enumerate(PLOTS):
        later.panel.plots.choice.setCurrentIndex(index)
        count = len(live[plot.source][0])
        qtbot.waitUntil(lambda count=count: len(points(later)[0]) == count, timeout=10_000)
        np.testing.assert_allclose(points(later), live[plot.source], rtol=1e-6)
        later.panel.plots.grab()


@pytest.mark.timeout(300)
def test_a_number_that_a_step_names_is_kept_read_and_drawn_by_its_row_alone(
    room: Room, make_room: Callable[..., Room], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = Plot("spread", "Spread", "How far apart the losses of a step are.", "Nothing yet.")
    for module in (plots, live_run, plots_panel):
        monkeypatch.setattr(module, "PLOTS", (*PLOTS, row))
    result = steps_of_training.StepResult

    def measured(mean: float, norm: float, t: np.ndarray, losses: np.ndarray, more: dict[str, float], *at: float):
        return result(mean, norm, t, losses, {**more, "spread": float(np.ptp(losses))}, *at)

    monkeypatch.setattr(steps_of_training, "StepResult", measured)
    changed = make_room()
    changed.project.set_settings(TINY)
    changed.project.set_scan(room.project.scan)
    train(changed, qtbot)
    changed.panel.plots.choice.setCurrentIndex(len(PLOTS))
    assert changed.panel.plots.choice.currentText() == "Spread"
    drawn = points(changed)
    assert drawn[0] == list(range(1, 13)) and len(set(drawn[1])) > 6
    later = reopened(changed, make_room, qtbot)
    later.panel.plots.choice.setCurrentIndex(len(PLOTS))
    qtbot.waitUntil(lambda: points(later) == drawn, timeout=10_000)


def test_what_was_measured_before_comes_before_what_came_since(room: Room) -> None:
    live = LiveRun(room.project.config, 0.9)
    live.step = 20
    live.curves["learning_rate"].extend(np.arange(15, 18), np.full(3, 9.0))  # it went back to 14, and on
    live.take_history("learning_rate", np.arange(1, 21), np.arange(1.0, 21.0))
    curve = live.curves["learning_rate"]
    assert curve.steps.tolist() == list(range(1, 18))
    assert curve.raw.tolist() == [*range(1, 15), 9, 9, 9]


def test_a_curve_from_0_keeps_what_a_logarithmic_axis_has_no_place_for(room: Room) -> None:
    live = LiveRun(room.project.config, 0.9)
    live.step = 3
    for source in ("loss", "learning_rate"):
        live.take_history(source, np.arange(1, 4), np.array([0.0, np.nan, 1.0]))
    assert [live.curves[source].left_out for source in ("loss", "learning_rate")] == [2, 1]


def test_the_stretch_of_steps_that_is_looked_at_stays_when_another_number_is_chosen(room: Room) -> None:
    live = LiveRun(room.project.config, 0.9)
    for plot in PLOTS:
        live.take_history("loss", np.arange(1, 1001), np.linspace(1, 0.1, 1000))
        if plot.source != "loss":
            live.take_history(plot.source, np.arange(1, 1001), np.linspace(1, 0.1, 1000))
    panel = room.panel.plots
    room.panel.show_run(live)
    panel.grab()
    panel.plot._box.setXRange(200, 300, padding=0)
    panel.plot._range_changed_by_hand()
    assert panel.plot.is_zoomed()
    panel.choice.setCurrentIndex(1)
    panel.grab()
    assert panel.plot.x_view() == pytest.approx((200, 300))
    steps, _ = points(room)
    assert min(steps) >= 199 and max(steps) <= 301


def test_the_limit_of_the_gradient_is_drawn_where_it_is_near(room: Room) -> None:
    panel = room.panel.plots
    panel.choice.setCurrentIndex([plot.source for plot in PLOTS].index("grad_norm"))
    limit = room.project.config.train.max_grad_norm
    for most, drawn in ((0.5 * limit, True), (1e-3 * limit, False)):
        live = LiveRun(room.project.config, 0.9)
        live.step = 100
        live.take_history("grad_norm", np.arange(1, 101), np.linspace(0.1 * most, most, 100))
        room.panel.show_run(live)
        panel.grab()
        assert (panel.plot.value_at("beside", 50.0) == limit) is drawn
        assert panel.beside_legend.isVisibleTo(panel) is drawn


def test_plot_that_was_looked_at_when_the_program_starts_again_is_shown(room: Room, qtbot: QtBot) -> None:
    room.panel.plots.choice.setCurrentIndex(2)
    for source, shown in ((room.settings["training_plot"], PLOTS[2]), ("of another version", PLOTS[0])):
        room.settings["training_plot"] = source
        later = TrainingPanel(room.settings)
        qtbot.addWidget(later)
        assert later.plots.plot.plot is shown and later.plots.choice.currentIndex() == PLOTS.index(shown)
