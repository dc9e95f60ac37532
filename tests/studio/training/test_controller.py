"""A real tiny training through the room: every state, what is shown in it, what is left on disk."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from core.pictures.folder.scan import Scan
from core.runs.checkpoint_files import description_path, steps_in
from core.runs.run import Run
from studio.training.state import TrainingState as State
from tests.studio.tips import tip_of
from tests.studio.training.conftest import TINY, Room


def wait_for(qtbot: QtBot, room: Room, state: State) -> None:
    qtbot.waitUntil(lambda: room.controller.state is state, timeout=60_000)


def wait_for_step(qtbot: QtBot, room: Room, step: int) -> None:
    qtbot.waitUntil(lambda: room.controller.step >= step, timeout=60_000)


def test_without_pictures_nothing_can_be_started(make_room: Callable[..., Room]) -> None:
    room = make_room()
    assert room.controller.state is State.NO_PICTURES
    assert not room.transport.start.isEnabled()
    assert room.transport.start.toolTip() == "Choose pictures first"
    assert room.transport.headline.text() == "Choose pictures first"
    room.controller.toggle()
    assert room.controller.state is State.NO_PICTURES


@pytest.mark.long
def test_training_when_checkpoints_are_in_use_prunes_none_of_them(qtbot: QtBot, room: Room) -> None:
    room.project.set_settings({"checkpoint_every": 3, "keep_checkpoints": 1})
    folder = room.project.runs_folder / "dots-01" / "checkpoints"
    room.controller.spare(frozenset(description_path(folder, step) for step in (3, 6)))
    room.transport.start.click()
    wait_for(qtbot, room, State.FINISHED)
    assert {3, 6, 12} <= set(steps_in(folder)), "at most one of the two is the best"


def test_before_the_start_the_weights_and_the_parameters_are_shown(room: Room, qtbot: QtBot) -> None:
    assert room.controller.state is State.READY
    assert room.panel.form.isVisible() and not room.panel.summary.isVisible()
    qtbot.waitUntil(lambda: "parameters" in room.panel.form.footer.text(), timeout=60_000)
    weight_at = room.panel.timesteps.plot.value_at
    before = [weight_at("weight", t + 0.5) for t in range(50)]
    assert None not in before and max(before) < 1.0  # min-SNR 5 and v: min(SNR, 5) / (SNR + 1)
    room.project.set_settings({"min_snr_gamma": None, "objective": "pred_noise"})
    qtbot.waitUntil(lambda: weight_at("weight", 30.5) == pytest.approx(1.0), timeout=60_000)
    assert room.panel.samples.grid.accessibleDescription() == "First samples at step 6"
    assert room.transport.headline.text() == "Sketch · 12 steps"


def test_start_pause_resume_stop_and_go_on(room: Room, qtbot: QtBot) -> None:
    room.project.set_settings({"steps": 10_000})
    states: list[State] = []
    saved: list[Path] = []
    room.controller.state_changed.connect(states.append)
    room.controller.checkpoint_saved.connect(saved.append)
    room.transport.start.click()
    assert states == [State.PREPARING]
    assert not room.panel.form.isVisible() and room.panel.summary.isVisible()
    wait_for_step(qtbot, room, 8)
    assert room.controller.snapshot_source() is not None

    room.transport.start.click()
    wait_for(qtbot, room, State.PAUSED)
    held_at = room.controller.step
    assert saved and int(saved[-1].stem.split("-")[-1]) == held_at, "what is paused is saved"
    with qtbot.assertNotEmitted(room.controller._running.events, wait=200):
        pass
    assert room.controller.step == held_at
    assert room.transport.start.text() == "Resume"

    room.transport.start.click()
    wait_for_step(qtbot, room, held_at + 3)
    room.transport.stop.click()
    assert room.controller.state is State.STOPPING
    wait_for(qtbot, room, State.FINISHED)
    stopped_at = room.controller.step
    assert states == [
        State.PREPARING,
        State.RUNNING,
        State.PAUSED,
        State.RUNNING,
        State.STOPPING,
        State.FINISHED,
    ]
    assert room.controller.snapshot_source() is None
    run = room.project.run
    assert run is not None and run.folder.name == "dots-01"
    assert run.state().step == stopped_at
    live = room.panel.live
    assert live is not None and live.curve.steps.tolist() == list(range(1, stopped_at + 1))

    assert room.transport.start.text() == "Resume"
    room.transport.start.click()
    wait_for_step(qtbot, room, stopped_at + 2)
    assert live.curve.steps.tolist() == list(range(1, len(live.curve) + 1))
    room.controller.stop()
    wait_for(qtbot, room, State.FINISHED)
    assert [path.name for path in room.project.runs_folder.iterdir()] == ["dots-01"]


@pytest.mark.long
def test_finished_then_further_then_a_new_run(room: Room, qtbot: QtBot) -> None:
    room.controller.start()
    wait_for(qtbot, room, State.FINISHED)
    assert room.controller.step == 12
    assert room.transport.headline.text().startswith("12 steps in ")
    assert room.transport.open.isVisible() and room.transport.start.text() == "Train further"
    assert room.panel.samples.label.text() == "EMA · step 12"
    assert room.panel.samples.grid.count() == 4
    room.panel.samples.back.click()
    assert room.panel.samples.label.text() == "EMA · step 6"
    measured = room.panel.timesteps.plot.heights()
    assert np.isfinite(measured).any() and np.isnan(measured).any()
    with qtbot.waitSignal(room.controller.open_in_sampler):
        room.transport.open.click()

    room.controller.train_further()
    wait_for_step(qtbot, room, 24)
    wait_for(qtbot, room, State.FINISHED)
    assert room.controller.step == 24
    run = room.project.run
    assert run is not None and run.planned_total == 24

    room.panel.tabs.choose("runs")
    room.panel.summary.new_run.click()
    assert room.panel.tabs.current == "curves", "there are the settings"
    assert room.controller.state is State.READY and room.project.run is None
    assert room.panel.form.isVisible()
    room.controller.start()
    wait_for(qtbot, room, State.FINISHED)
    assert Run.open(room.project.runs_folder / "dots-02").state().step == 12


def test_a_run_folder_opens_as_it_was_left(
    room: Room, qtbot: QtBot, make_room: Callable[..., Room], scan: Scan
) -> None:
    room.project.set_settings({"steps": 10_000})
    room.controller.start()
    wait_for_step(qtbot, room, 7)
    room.controller.stop()
    wait_for(qtbot, room, State.FINISHED)
    assert room.project.run is not None
    folder, step = room.project.run.folder, room.controller.step
    measured = room.panel.timesteps.plot.heights().copy()

    later = make_room()
    with qtbot.waitSignal(later.controller.pictures_wished) as wished:
        later.controller.open_run(folder)
    assert wished.args == [scan.folder]
    assert later.controller.state is State.FINISHED
    assert later.controller.step == step
    assert later.project.run is not None and later.project.run.config.model.dim == TINY["dim"]
    assert later.project.changed_settings() == (), "its settings are its own"
    assert later.transport.start.isEnabled(), "and opens its pictures"
    live = later.panel.live
    assert live is not None and len(live.curve) == step
    lines = later.panel.log.lines()
    assert lines[0] == f"Earlier, from the log of {folder.name}:" and lines[-1].endswith(f"Opened {folder.name}")
    assert any(line.endswith("  Checkpoint at step 6 saved") for line in lines)
    np.testing.assert_allclose(later.panel.timesteps.plot.heights(), measured)
    assert live.timesteps.steps == step
    qtbot.waitUntil(lambda: later.panel.timesteps.plot.value_at("weight", 20.5) is not None, timeout=20_000)
    qtbot.waitUntil(lambda: later.panel.samples.grid.count() == 4, timeout=20_000)
    later.project.set_scan(scan)
    assert later.controller.state is State.FINISHED and later.transport.start.isEnabled()
    later.controller.toggle()
    wait_for_step(qtbot, later, step + 1)
    later.controller.stop()
    wait_for(qtbot, later, State.FINISHED)


def test_a_run_when_a_process_trains_it_says_which_and_is_read_again_when_it_is_free(
    room: Room, qtbot: QtBot, tmp_path: Path
) -> None:
    run = Run.create(tmp_path / "used", room.project.config, source_folder=tmp_path, device="cpu", planned_total=9)
    with run.lock():
        room.controller.open_run(run.folder)
        qtbot.waitUntil(lambda: f"process {os.getpid()}" in room.transport.headline.text(), timeout=20_000)
        assert not room.transport.start.isEnabled() and str(os.getpid()) in room.transport.start.toolTip()
        assert room.panel.live is not None
        before = room.panel.live
    qtbot.waitUntil(lambda: room.panel.live is not before, timeout=20_000)
    assert str(os.getpid()) not in room.transport.start.toolTip()


@pytest.mark.long
def test_resume_of_a_run_that_a_process_trains_is_refused_until_it_is_free(room: Room, qtbot: QtBot) -> None:
    room.controller.start()
    wait_for_step(qtbot, room, 2)
    room.controller.stop()
    wait_for(qtbot, room, State.FINISHED)
    run, step = room.project.run, room.controller.step
    assert run is not None
    with run.lock():
        room.controller.open_run(run.folder, go_on=True)
        qtbot.waitUntil(lambda: f"process {os.getpid()}" in room.panel.banner.text(), timeout=20_000)
        assert str(os.getpid()) in room.transport.headline.text(), "not “Stopped”: it is being trained"
        assert room.controller.state is State.FINISHED, "and nothing has failed"
        told = room.panel.banner.text()
        assert "It cannot go on here yet" in told
        assert room.transport.message.text() == told, "in each room"
        room.controller.toggle()
        assert room.controller.state is State.FINISHED and not room.transport.start.isEnabled()
    qtbot.waitUntil(room.transport.start.isEnabled, timeout=20_000)
    room.controller.toggle()
    wait_for_step(qtbot, room, step + 1)
    room.controller.stop()
    wait_for(qtbot, room, State.FINISHED)


def test_a_folder_that_is_no_run_is_refused_in_words(room: Room, qtbot: QtBot, tmp_path: Path) -> None:
    room.controller.open_run(tmp_path)
    qtbot.waitUntil(room.panel.banner.isVisible, timeout=20_000)
    assert room.controller.state is State.READY


@pytest.mark.long
def test_another_folder_of_pictures_leaves_the_run(room: Room, qtbot: QtBot, scan: Scan, tmp_path: Path) -> None:
    room.controller.start()
    wait_for(qtbot, room, State.FINISHED)
    room.project.set_scan(replace(scan, folder=tmp_path, name="other"))
    assert room.controller.state is State.READY
    assert room.project.run is None and room.panel.live is None


def test_an_illegal_size_is_explained_and_mended_before_the_start(room: Room) -> None:
    room.project.set_settings({"patch_size": 1, "image_size": 9})
    note = room.panel.form.field("image_size").note
    assert note.isVisible() and "8 px" in note.words.text()
    assert not room.transport.start.isEnabled()
    assert tip_of(room.transport.start) == note.words.text()
    assert [button.text() for button in note.buttons if button.isVisible()] == ["8 px", "10 px"]
    note.buttons[1].click()
    assert room.project.config.data.image_size == 10
    assert not note.isVisible() and room.transport.start.isEnabled()


def test_stop_while_the_pictures_are_loaded_leaves_no_run_behind(room: Room, qtbot: QtBot) -> None:
    room.controller.start()
    room.controller.stop()
    wait_for(qtbot, room, State.READY)
    assert room.project.run is None
    assert room.transport.start.isEnabled()


@pytest.mark.long
def test_going_on_after_a_pause_takes_its_words_away(room: Room, qtbot: QtBot) -> None:
    room.project.set_settings({"steps": 10_000})
    room.controller.start()
    wait_for_step(qtbot, room, 3)
    room.controller.pause()
    wait_for(qtbot, room, State.PAUSED)
    assert room.transport.message.text().startswith("Paused at step")
    room.controller.resume()
    assert "Paused" not in room.transport.message.text()
    room.controller.stop()
    wait_for(qtbot, room, State.FINISHED)


@pytest.mark.long
def test_resume_opens_the_pictures_of_the_run_and_goes_on_with_no_others(
    room: Room, qtbot: QtBot, scan: Scan, tmp_path: Path
) -> None:
    room.project.set_settings({"steps": 10_000})
    room.controller.start()
    wait_for_step(qtbot, room, 3)
    room.project.set_scan(replace(scan, folder=tmp_path, name="other"))
    room.controller.stop()
    wait_for(qtbot, room, State.FINISHED)
    step = room.controller.step
    assert room.transport.start.isEnabled()
    with qtbot.waitSignal(room.controller.pictures_wished) as wished:
        room.controller.toggle()
    assert wished.args == [scan.folder]
    assert room.controller.state is State.FINISHED
    room.project.set_scan(scan)
    wait_for_step(qtbot, room, step + 1)
    room.controller.stop()
    wait_for(qtbot, room, State.FINISHED)
    step = room.controller.step
    (tmp_path / "link").symlink_to(scan.folder)
    room.project.set_scan(replace(scan, folder=tmp_path / "link"))
    assert room.controller.state is State.FINISHED and room.controller.step == step
    assert room.transport.start.isEnabled()


@pytest.mark.long
def test_a_run_whose_pictures_are_gone_goes_on_with_others_only_when_told_so(
    room: Room, qtbot: QtBot, scan: Scan, tmp_path: Path
) -> None:
    room.project.set_settings({"steps": 10_000})
    gone = tmp_path / "gone"
    room.project.set_scan(replace(scan, folder=gone))
    room.controller.start()
    wait_for_step(qtbot, room, 3)
    room.controller.stop()
    wait_for(qtbot, room, State.FINISHED)
    step = room.controller.step
    room.project.set_scan(scan)
    assert room.controller.state is State.FINISHED and not room.transport.start.isEnabled()
    assert str(gone) in room.panel.banner.text()
    room.panel.banner.acted.emit()
    assert room.transport.start.isEnabled() and room.transport.start.text() == "Resume"
    room.controller.start()
    wait_for_step(qtbot, room, step + 1)
    room.controller.stop()
    wait_for(qtbot, room, State.FINISHED)


@pytest.mark.long
def test_a_run_that_was_still_read_at_the_start_does_not_replace_the_training(
    room: Room, qtbot: QtBot, tmp_path: Path
) -> None:
    config = room.project.config.with_settings({"dim": 16})
    old = Run.create(tmp_path / "old", config, source_folder=tmp_path, device="cpu", planned_total=9)
    room.project.set_settings({"steps": 10_000})
    room.controller.open_run(old.folder)
    room.controller.start()
    live = room.panel.live
    qtbot.waitUntil(lambda: "Stop the training first" in room.panel.banner.text(), timeout=20_000)
    assert room.panel.live is live
    wait_for_step(qtbot, room, 3)
    assert room.project.run is not None and room.project.run.folder.name == "dots-01"
    room.controller.stop()
    wait_for(qtbot, room, State.FINISHED)


@pytest.mark.long
@pytest.mark.parametrize("torn", [True, False])
def test_a_run_without_its_numbers_opens_and_goes_on(room: Room, qtbot: QtBot, scan: Scan, torn: bool) -> None:
    room.controller.start()
    wait_for(qtbot, room, State.FINISHED)
    run = room.project.run
    assert run is not None
    room.controller.new_run()
    for file in run.folder.glob("metrics.sqlite*"):
        file.unlink()
    if torn:
        run.metrics_path.write_bytes(b"torn" * 100)
    room.controller.open_run(run.folder)
    wait_for(qtbot, room, State.FINISHED)
    assert room.controller.step == 12
    live = room.panel.live
    assert live is not None and len(live.curve) == 0
    assert "metrics.sqlite" in "\n".join(room.panel.log.lines())
    room.controller.train_further()
    wait_for_step(qtbot, room, 24)
    wait_for(qtbot, room, State.FINISHED)
    assert live.curve.steps.tolist() == list(range(13, 25))


@pytest.mark.long
def test_stop_while_a_resumed_run_is_prepared_keeps_it(room: Room, qtbot: QtBot) -> None:
    room.project.set_settings({"steps": 10_000})
    room.controller.start()
    wait_for_step(qtbot, room, 3)
    room.controller.stop()
    wait_for(qtbot, room, State.FINISHED)
    step, run = room.controller.step, room.project.run
    room.controller.start()
    room.controller.stop()
    wait_for(qtbot, room, State.FINISHED)
    # On a busy machine the stop may come once the run is opened again.
    assert room.project.run is not None and run is not None
    assert room.project.run.folder == run.folder and room.controller.step == step
    assert room.transport.start.text() == "Resume" and room.transport.start.isEnabled()
