"""The loss of the held-out pictures is a dashed line, while a training runs and when its run is opened."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from pytestqt.qtbot import QtBot

from core.runs.metrics import read_held_out
from core.training.events import HeldOutLoss, RolledBack
from studio.training.history import read_run
from studio.training.live_run import LiveRun
from studio.training.state import TrainingState as State
from tests.studio.training.conftest import Room


def test_a_training_draws_it_and_its_run_does_again(room: Room, qtbot: QtBot) -> None:
    room.project.set_settings({"hold_out": 0.4, "held_out_every": 4})
    assert room.panel.plots.beside_legend.isHidden()
    room.controller.start()
    qtbot.waitUntil(lambda: room.controller.state is State.FINISHED, timeout=60_000)
    run = room.project.run
    assert run is not None
    steps, losses = read_held_out(run.metrics_path)
    assert steps.tolist() == [4, 8, 12] and (losses > 0).all()
    drawn = room.panel.plots.plot._curves["beside"]
    assert drawn.x.tolist() == [4, 8, 12] and np.allclose(drawn.y, losses)
    assert not room.panel.plots.beside_legend.isHidden()
    room.panel.plots.plot._pointed(8.0)
    assert "held out" in room.panel.plots.plot.read_out.text()
    again = read_run(run.folder, 0.5).live.held_out
    assert again.steps.tolist() == [4, 8, 12] and np.allclose(again.raw, losses)


def test_what_is_gone_back_behind_is_measured_anew(room: Room) -> None:
    live = LiveRun(room.project.config, 0.5)
    live.take(HeldOutLoss(step=step, loss=1.0 / step, pictures=2) for step in (10, 20, 30))
    room.panel.show_run(live)
    live.take([RolledBack(step=20, failed_step=31, reason="", count=1, of=3, incident=Path("incident.json"))])
    assert live.held_out.steps.tolist() == [10, 20]


def test_a_single_measurement_is_a_dot(room: Room) -> None:
    plot = room.panel.plots.plot
    plot.set_curve("beside", [10.0], [0.5])
    item = plot._curves["beside"].item
    assert item.scatter.isVisible() and len(item.scatter.points()) == 1
    plot.set_curve("beside", [10.0, 20.0], [0.5, 0.4])
    assert not item.scatter.isVisible() or not len(item.scatter.points())
