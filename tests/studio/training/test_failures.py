"""A training that fails is explained, can be mended, and does not stand in the way of the next one."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from core.errors import DeviceError, Phrase, TrainingError
from core.inputs import bad_value
from core.pictures.folder.scan import Scan
from core.settings import RunConfig
from core.training.events import CheckpointSaved, Event, Started
from studio.training.running import make_training_job
from studio.training.state import TrainingState as State
from tests.studio.training.conftest import TINY, Room


class FailingJob:
    """Starts, saves, and then raises."""

    run_record = None

    def __init__(self, error: Exception, *, saved_step: int) -> None:
        self._error, self._saved_step = error, saved_step

    def run(self) -> Iterator[Event]:
        yield Started(step=0, total=12, device="cpu", parameters=1, pictures=6, resumed=False)
        if self._saved_step:
            yield CheckpointSaved(step=self._saved_step, path=Path("x"))
        raise self._error

    def ema_snapshot(self) -> Any:
        raise AssertionError


@pytest.fixture
def failing_room(make_room: Callable[..., Room], scan: Scan) -> Callable[[Exception], Room]:
    """A room whose first training fails with the given error; those after it are real."""

    def make(error: Exception) -> Room:
        failures = [error]

        def make_job(config: RunConfig, folder: Path, **how: Any) -> Any:
            if failures:
                return FailingJob(failures.pop(), saved_step=4)
            return make_training_job(config, folder, **how)

        room = make_room(make_job)
        room.project.set_settings(TINY)
        room.project.set_scan(scan)
        return room

    return make


def fail(room: Room, qtbot: QtBot) -> None:
    room.controller.start()
    qtbot.waitUntil(lambda: room.controller.state is State.FAILED, timeout=20_000)


def finish(room: Room, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: room.controller.state is State.FINISHED, timeout=60_000)


@pytest.mark.long
def test_a_failure_is_told_logged_and_does_not_hinder_the_next_start(
    failing_room: Callable[[Exception], Room], qtbot: QtBot
) -> None:
    room = failing_room(RuntimeError("the disk is made of cheese"))
    fail(room, qtbot)
    assert "the disk is made of cheese" in room.panel.banner.text()
    log = "\n".join(room.panel.log.lines())
    assert "Traceback" in log and "cheese" in log
    assert room.transport.headline.text() == "The training failed"
    assert room.controller.snapshot_source() is None
    assert room.panel.form.isVisible(), "settings can be changed at once"

    room.transport.start.click()
    assert not room.panel.banner.isVisible()
    finish(room, qtbot)
    assert room.controller.step == 12


@pytest.mark.long
def test_out_of_memory_offers_half_the_batch_and_starts_again(
    failing_room: Callable[[Exception], Room], qtbot: QtBot
) -> None:
    error = DeviceError("device.out-of-memory", device="cuda:0", batch_size=2, image_size=8, step=0, smaller=1)
    room = failing_room(error)
    fail(room, qtbot)
    assert room.panel.banner.action_button.text() == "Try a batch of 1"
    room.panel.banner.action_button.click()
    assert room.project.config.train.batch_size == 1
    finish(room, qtbot)
    assert room.project.run is not None and room.project.run.config.train.batch_size == 1


@pytest.mark.long
def test_what_is_not_finite_three_times_offers_half_the_learning_rate(
    failing_room: Callable[[Exception], Room], qtbot: QtBot
) -> None:
    error = TrainingError("training.not-finite", what="the loss", value=float("nan"), step=5, saved_step=4, tries=3)
    room = failing_room(error)
    rate = room.project.config.train.learning_rate
    fail(room, qtbot)
    assert "lower learning rate" in room.panel.banner.text()
    assert room.panel.banner.action_button.text() == "Halve the learning rate"
    room.panel.banner.action_button.click()
    finish(room, qtbot)
    assert room.project.run is not None and room.project.run.config.train.learning_rate == rate / 2


def test_what_the_program_itself_did_wrong_is_not_told_as_a_setting(
    failing_room: Callable[[Exception], Room], qtbot: QtBot
) -> None:
    array = np.zeros((9, 3, 8, 8), np.float32)
    room = failing_room(bad_value("augment", array, Phrase("value.path")))
    fail(room, qtbot)
    assert "in the program itself" in room.panel.banner.text() and "(9, 3" not in room.panel.banner.text()
    assert room.panel.banner.action_button.text() == "Details"
    assert "(9, 3, 8, 8)" in "\n".join(room.panel.log.lines())
    assert room.panel.samples.grid.accessibleDescription() == "It ended before its first samples"


def test_no_button_where_nothing_can_be_mended(failing_room: Callable[[Exception], Room], qtbot: QtBot) -> None:
    room = failing_room(
        DeviceError("device.out-of-memory", device="cuda:0", batch_size=1, image_size=8, step=0, smaller=1)
    )
    room.project.set_settings({"batch_size": 1})
    fail(room, qtbot)
    assert room.panel.banner.isVisible()
    assert not room.panel.banner.action_button.isVisible()


def test_what_fails_before_it_begins_is_told_too(make_room: Callable[..., Room], scan: Scan, qtbot: QtBot) -> None:
    def no_job(config: RunConfig, folder: Path, **how: Any) -> Any:
        raise DeviceError("device.unusable", name="cuda", reason="there is none", usable="cpu")

    room = make_room(no_job)
    room.project.set_scan(scan)
    fail(room, qtbot)
    assert "there is none" in room.panel.banner.text()


@pytest.mark.parametrize("fate", ["deleted", "moved"])
def test_a_run_that_is_not_there_any_more_is_told_and_leads_to_no_dead_end(room: Room, qtbot: QtBot, fate: str) -> None:
    room.project.set_settings({"steps": 10_000})
    room.controller.start()
    qtbot.waitUntil(lambda: room.controller.step >= 7, timeout=60_000)
    room.controller.stop()
    finish(room, qtbot)
    run, step = room.project.run, room.controller.step
    assert run is not None
    elsewhere = run.folder.with_name("my best one")
    if fate == "moved":
        run.folder.rename(elsewhere)
    else:
        shutil.rmtree(run.folder)
    assert room.transport.start.text() == "Resume"
    room.transport.start.click()
    qtbot.waitUntil(lambda: room.controller.state is State.FAILED, timeout=20_000)
    told = "it was moved or deleted. Open it where it is now, or begin a new run."
    assert room.panel.banner.text() == f"There is no run in {run.folder} any more: {told}"
    assert not room.panel.banner.action_button.isVisible(), "to go on would fail again"
    assert room.transport.start.text() == "Start" and room.transport.start.isEnabled()
    assert not run.folder.exists()

    if fate == "moved":
        room.controller.open_run(elsewhere)
        finish(room, qtbot)
        assert room.controller.step == step and room.transport.start.text() == "Resume"
    else:
        room.project.set_settings({"steps": 3})
    room.transport.start.click()
    assert not room.panel.banner.isVisible()
    wanted = 3 if fate == "deleted" else step + 1
    qtbot.waitUntil(lambda: room.controller.step >= wanted, timeout=60_000)
    room.controller.stop()
    finish(room, qtbot)
    now = room.project.run
    assert now is not None and now.folder == (elsewhere if fate == "moved" else run.folder)


def test_training_a_finished_run_further_that_was_deleted_is_told_too(room: Room, qtbot: QtBot) -> None:
    room.controller.start()
    finish(room, qtbot)
    run = room.project.run
    assert run is not None
    shutil.rmtree(run.folder)
    room.controller.train_further()
    qtbot.waitUntil(lambda: room.controller.state is State.FAILED, timeout=20_000)
    assert "it was moved or deleted" in room.panel.banner.text()
    assert room.transport.start.text() == "Start" and not room.panel.banner.action_button.isVisible()
