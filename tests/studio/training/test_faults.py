"""A worker that fails, wherever it does: shown with the cause, logged with the trace, and the next run works."""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from pytestqt.qtbot import QtBot

from core.runs.run import Run
from studio.app.start import LOG_FILE, Unexpected, keep_log, leave_log
from studio.training.state import TrainingState as State
from tests.figures import figure
from tests.studio.training.conftest import Room

CHEESE = "it is made of cheese"

#: Where → what is broken there: a function or method by its full name.
PLACES = {
    "decode": "core.pictures.feed.fill.read_fitted",
    "build": "core.training.state.build_diffusion",
    "forward": "core.networks.unet.Unet.forward",
    "backward": "torch.Tensor.backward",
    "step": "torch.optim.AdamW.step",
    "EMA": "core.training.state.EMA.update",
    "sample": "core.training.trainer.grid_steps",
    "save": "core.training.state.save_checkpoint",
    "metrics": "core.training.recorder.Recorder.add",
}
survived: list[str] = []


@pytest.fixture(autouse=True, scope="module")
def figure_of_the_places() -> Iterator[None]:
    yield
    everywhere = {*PLACES, "load", "plot"}
    measured = f"{len(everywhere & set(survived))} of {len(everywhere)} places"
    figure("G3", demanded="shown, logged, the next run works, at each place", measured=measured)


def broken(*_: Any, **__: Any) -> Any:
    raise RuntimeError(CHEESE)


def wait_for(qtbot: QtBot, room: Room, state: State) -> None:
    qtbot.waitUntil(lambda: room.controller.state is state, timeout=60_000)


def assert_told(room: Room, caplog: pytest.LogCaptureFixture) -> None:
    banner = room.panel.banner
    assert banner.isVisible() and CHEESE in banner.text()
    assert "Traceback" in banner.findChild(type(banner._words)).toolTip()
    assert "Traceback" in caplog.text and CHEESE in caplog.text
    log = room.panel.log.text.toPlainText()
    assert CHEESE in log and "Traceback" not in log


@pytest.mark.family
@pytest.mark.parametrize("place", PLACES)
def test_a_training_that_fails_anywhere_is_told_and_the_next_one_works(
    room: Room, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, place: str
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(PLACES[place], broken)
        room.controller.start()
        wait_for(qtbot, room, State.FAILED)
    assert_told(room, caplog)
    assert room.transport.start.isEnabled()
    room.transport.start.click()
    wait_for(qtbot, room, State.FINISHED)
    assert room.controller.step == 12
    survived.append(place)


@pytest.mark.long
def test_a_checkpoint_that_cannot_be_loaded_is_told_and_the_next_try_works(
    room: Room, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    room.controller.start()
    wait_for(qtbot, room, State.FINISHED)
    with monkeypatch.context() as patch:
        patch.setattr("core.training.state.read_checkpoint", broken)
        room.controller.train_further()
        wait_for(qtbot, room, State.FAILED)
    assert_told(room, caplog)
    assert room.panel.banner.action_button.text() == "Resume at step 12"
    room.panel.banner.action_button.click()
    wait_for(qtbot, room, State.FINISHED)
    survived.append("load")


@pytest.mark.qt_no_exception_capture
def test_a_plot_that_fails_is_told_once_and_the_training_ends_well(
    room: Room, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    told: list[str] = []
    unexpected, handler = Unexpected(), keep_log(tmp_path)
    unexpected.told.connect(lambda error, trace: told.append(f"{error}\n{trace}"))
    unexpected.install()
    try:
        room.project.set_settings({"steps": 10_000})
        room.controller.start()
        qtbot.waitUntil(lambda: room.controller.step > 0, timeout=60_000)
        with monkeypatch.context() as patch:
            patch.setattr(room.panel.plots.plot, "refresh", broken)
            qtbot.waitUntil(lambda: bool(told), timeout=60_000)
        room.controller.stop()
        wait_for(qtbot, room, State.FINISHED)
    finally:
        unexpected.remove()
        leave_log(handler)
    assert len(told) == len(set(told)), "the same failure is told once, however often it is drawn"
    assert CHEESE in told[0] and "Traceback" in told[0]
    assert CHEESE in (tmp_path / LOG_FILE).read_text("utf-8")
    room.controller.new_run()
    room.project.set_settings({"steps": 3})
    room.controller.start()
    wait_for(qtbot, room, State.FINISHED)
    assert room.controller.step == len(room.panel.plots.plot._curves["raw"].x) == 3
    survived.append("plot")


@pytest.mark.long
def test_memory_that_ran_out_comes_back_and_the_run_goes_on_in_smaller_bites(
    room: Room, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    held: list[weakref.ref[torch.Tensor]] = []
    forward, megabytes = "core.networks.unet.Unet.forward", 200

    def too_much(*_: Any, **__: Any) -> Any:
        tensor = torch.ones(megabytes * 250_000)
        held.append(weakref.ref(tensor))
        raise RuntimeError("[enforce fail at alloc_cpu.cpp] DefaultCPUAllocator: can't allocate memory")

    with monkeypatch.context() as patch:
        patch.setattr(forward, too_much)
        room.controller.start()
        wait_for(qtbot, room, State.FAILED)
        alive = sum(reference() is not None for reference in held)
    figure(
        "G4",
        demanded="memory comes back; batch and size named, the smaller one offered",
        measured=f"{alive} of {len(held)} tensors of {megabytes} MB alive; offered, and gone on with (window)",
    )
    assert held and not alive
    banner = room.panel.banner
    assert "a batch of 2 pictures of 8 px" in banner.text()
    assert banner.action_button.text() == "Try a batch of 1"
    assert "2 times a step" in banner.action_button.toolTip()
    banner.action_button.click()
    wait_for(qtbot, room, State.FINISHED)
    run = room.project.run
    assert run is not None and run.folder.name == "dots-01", "it is the same run"
    train = Run.open(run.folder).config.train
    assert (train.batch_size, train.gradient_accumulate_every) == (1, 2)
    assert room.panel.live is not None and room.panel.live.config.train.batch_size == 1
    assert run.state().step == 12
