"""The figures of a run follow from its events, in bounded memory."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from core.presets import preset
from core.runs.checkpoint_files import description_path
from core.training.events import CheckpointSaved, Planned, Samples, Started, StepDone
from studio.training.curves.timestep_plot import TimestepPanel
from studio.training.live_run import MARKS, LiveRun, SampleHistory
from tests.clocks import processor_s
from tests.studio.training.conftest import Room


def step_done(step: int, loss: float = 0.1) -> StepDone:
    return StepDone(
        step=step,
        total=1000,
        loss=loss,
        learning_rate=1e-3,
        grad_norm=1.0,
        pictures_per_second=4.0,
        elapsed_s=step * 0.5,
        pictures=2,
        timesteps=np.array([0, 999]),
        losses=np.array([0.5, 0.25], dtype=np.float32),
    )


def started(step: int) -> Started:
    return Started(step=step, total=1000, device="cpu", parameters=10, pictures=5, resumed=step > 0)


def test_steps_make_the_curve_the_bars_and_the_pace() -> None:
    live = LiveRun(preset("sketch").config, 0.9)
    live.take([started(0), *(step_done(n) for n in range(1, 21))])
    live.take([step_done(n) for n in range(21, 41)])
    assert live.step == 40
    assert len(live.curve) == 40
    means = live.timesteps.means()
    assert means[0] == 0.5 and means[-1] == 0.25 and np.isnan(means[25])
    assert live.pace.pictures_per_second == 4.0
    assert live.seconds_left == 480.0


def test_resuming_earlier_replaces_the_tail() -> None:
    live = LiveRun(preset("sketch").config, 0.9)
    live.take([started(0), *(step_done(n) for n in range(1, 41))])
    live.take([started(20), step_done(21, loss=7.0)])
    assert live.curve.steps.tolist() == list(range(1, 22))
    assert live.curve.raw[-1] == 7.0
    assert live.marks == [20]


def test_a_measured_plan_becomes_the_total() -> None:
    live = LiveRun(preset("sketch").config, 0.9)
    live.take([Planned(step=5, total=77, seconds_per_step=0.1)])
    assert live.total == 77


@pytest.mark.parametrize(
    ("begins_at", "total", "first"), [(0, 2000, 500), (0, 300, 300), (1522, 1672, 1672), (500, 2000, 1000)]
)
def test_first_samples_of_a_branch_when_expected_come_beyond_its_first_step(
    begins_at: int, total: int, first: int
) -> None:
    live = LiveRun(preset("sketch").config.with_settings({"sample_every": 500, "steps": 150}), 0.9)
    live.begins_at, live.total = begins_at, total
    assert live.first_samples_at == first


def test_marks_are_bounded() -> None:
    live = LiveRun(preset("sketch").config, 0.9)
    live.take([CheckpointSaved(step=n, path=Path("x")) for n in range(3 * MARKS)])
    assert len(live.marks) == MARKS
    assert live.marks[-1] == 3 * MARKS - 1


def test_samples_beyond_the_limit_are_read_again_from_disk() -> None:
    history = SampleHistory(kept_bytes=3 * 12)
    for step in range(100, 600, 100):
        history.add(step, np.full((1, 2, 2, 3), step % 256, dtype=np.uint8), Path(f"{step}.png"))
    assert history.steps == [100, 200, 300, 400, 500]
    assert history.images(100) is None and history.path(100) == Path("100.png")
    assert history.images(500) is not None
    history.add(100, np.zeros((1, 2, 2, 3), dtype=np.uint8), Path("100.png"))
    assert history.images(100) is not None and history.images(300) is None
    assert history.steps == [100, 200, 300, 400, 500]
    history.truncate_after(100)
    history.add(200, np.zeros((1, 2, 2, 3), dtype=np.uint8), Path("200.png"))
    history.add(200, np.ones((1, 2, 2, 3), dtype=np.uint8), Path("200.png"))
    assert history.images(100) is not None and history.images(200).max() == 1


def test_a_grid_larger_than_the_limit_is_kept_until_the_next() -> None:
    history = SampleHistory(kept_bytes=10)
    history.add(100, np.zeros((1, 64, 64, 3), dtype=np.uint8), Path("100.png"))
    assert history.images(100) is not None
    history.add(200, np.zeros((1, 64, 64, 3), dtype=np.uint8), Path("200.png"))
    assert history.images(100) is None and history.images(200) is not None


def test_samples_events_fill_the_history() -> None:
    live = LiveRun(preset("sketch").config, 0.9)
    live.take([Samples(step=200, images=np.zeros((4, 8, 8, 1), dtype=np.uint8), path=Path("s.png"))])
    assert live.samples.steps == [200]


@pytest.mark.parametrize("smoothing", [0.0, 0.9])
def test_a_past_that_another_thread_has_made_is_that_of_all_points(smoothing: float) -> None:
    """Also where the training has gone on meanwhile, or back to before the end of what was read."""
    values = np.random.default_rng(0).lognormal(size=30)
    values[[3, 25]] = np.nan
    live = LiveRun(preset("sketch").config, smoothing)
    whole, past = live.curve.begin_anew(), live.curve.begin_anew()
    whole.extend(np.arange(1, 31), values)
    past.extend(np.arange(1, 25), values[:24])
    live.curve.extend(np.arange(21, 31), values[20:])
    live.take_past("loss", past)
    assert live.curve.steps.tolist() == whole.steps.tolist() and live.curve.left_out == whole.left_out == 2
    assert np.array_equal(live.curve.raw, whole.raw) and np.array_equal(live.curve.smooth, whole.smooth)


@pytest.mark.clock
def test_ten_million_rows_of_the_past_are_taken_over_at_once() -> None:
    rows = 10**7
    live = LiveRun(preset("sketch").config, 0.97)
    live.step = rows
    past = live.curves["grad_norm"].begin_anew()
    past.extend(np.arange(1, rows + 1), np.random.default_rng(0).lognormal(size=rows))

    def take() -> None:
        live.take_past("grad_norm", past)
        live.curves["grad_norm"].extend(np.array([rows + 1]), np.array([0.5]))

    assert processor_s(take) < 0.1
    assert len(live.curves["grad_norm"]) == rows + 1


def test_a_run_with_losses_that_cannot_be_drawn_says_so_and_the_next_run_is_drawn(room: Room) -> None:
    bad, good = (LiveRun(room.project.config, 0.5) for _ in range(2))
    steps = np.arange(1, 9)
    bad.take_history("loss", steps, np.array([1.7e308, np.inf, -np.inf, np.nan, -1.0, 0.0, 1e31, 0.5]))
    bad.timesteps.add_measured(np.full(bad.timesteps.bins, 1.7e308), np.ones(bad.timesteps.bins, np.int64), 8)
    bad.timesteps.add_measured(np.full(bad.timesteps.bins, 1e40), np.ones(bad.timesteps.bins, np.int64), 8)
    good.take_history("loss", steps, 1.0 / steps)
    loss = room.panel.plots
    room.panel.show_run(bad)
    room.panel.grab()
    assert loss.unseen.isVisibleTo(loss) and loss.unseen.text() == "not drawn: 7"
    assert room.panel.timesteps.plot.left_out == bad.timesteps.bins
    bad.curve.truncate_after(4)
    room.panel.refresh()
    assert loss.unseen.text() == "not drawn: 4"
    room.panel.show_run(good)
    room.panel.grab()
    assert loss.unseen.isHidden()
    assert loss.plot._curves["raw"].y.tolist() == pytest.approx(1.0 / steps)


def test_line_of_a_checkpoint_when_saving_another_removes_it_goes_with_it(tmp_path: Path) -> None:
    live = LiveRun(preset("sketch").config, 0.9)
    for step in (10, 20, 30):
        path = description_path(tmp_path, step)
        path.touch()
        live.take([CheckpointSaved(step, path)])
    assert live.marks == [10, 20, 30]
    description_path(tmp_path, 10).unlink()
    description_path(tmp_path, 40).touch()
    live.take([CheckpointSaved(40, description_path(tmp_path, 40))])
    assert live.marks == [20, 30, 40]
    # A folder that cannot be listed says nothing of them.
    live.take([CheckpointSaved(50, tmp_path / "gone" / "step-00000050.json")])
    assert live.marks == [20, 30, 40, 50]


def test_values_under_the_pointer_when_over_the_timesteps_are_said(qtbot: QtBot) -> None:
    panel = TimestepPanel()
    qtbot.addWidget(panel)
    panel.resize(600, 300)
    panel.show()
    plot = panel.plot
    plot.hovered.emit(30.0)
    assert plot.read_out.isHidden()  # there is nothing to say
    means = np.full(50, np.nan)
    means[1] = 0.25
    panel.set_measured(means, 7)
    panel.set_weights(np.arange(1000) / 1000)
    plot.hovered.emit(30.0)
    assert plot.read_out.text() == "t 20 to 39   loss 0.250   w(30) = 0.0300"
    plot.hovered.emit(41.5)
    assert plot.read_out.text() == "t 40 to 59   w(41) = 0.0410"
    plot.hovered.emit(None)
    assert plot.read_out.isHidden()
