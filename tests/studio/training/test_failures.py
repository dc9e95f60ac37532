"""A training that fails is explained, can be mended, and does not stand in the way of the next one."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from core.errors import DeviceError, Phrase, TrainingError, phrase_of
from core.inputs import bad_value
from core.pictures.folder.scan import Scan, scan_all
from core.presets import preset
from core.runs.metrics import MetricsWriter
from core.runs.run import Run, SettingsChange
from core.settings import RunConfig
from core.training.events import CheckpointSaved, Event, Started
from core.training.job import TrainingJob
from core.training.told_events import as_data
from studio import numbers
from studio.training.narration import remedies
from studio.training.running import make_training_job
from studio.training.state import TrainingState as State
from tests.studio.tips import tip_of
from tests.studio.training.conftest import TINY, Room


class FailingJob:
    """Starts, saves, and then raises."""

    def __init__(self, error: Exception, *, saved_step: int, run: Run | None = None) -> None:
        self._error, self._saved_step, self.run_record = error, saved_step, run

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
    assert "Traceback" not in log and "cheese" in log, "the trace is for the log file"
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


RATE, RAISED = 0.001, 0.01
NOT_FINITE = TrainingError(
    "training.not-finite", what=Phrase("training.loss-became", value="nan"), step=8, saved_step=6, tries=3
)


@pytest.fixture
def raised(scan: Scan, tmp_path: Path) -> Run:
    """A run of 6 steps of 12 whose learning rate was raised by hand then, and which failed for good at step 8."""
    config = preset("sketch").config.with_settings({**TINY, "steps": 6, "learning_rate": RATE, "amp": "off"})
    for _ in TrainingJob(config, tmp_path / "raised", scan=scan, device="cpu", threads=1).run():
        pass
    run = Run.open(tmp_path / "raised")
    run.record_plan(12, at_step=6)
    run.change_settings({"learning_rate": RAISED}, at_step=6)
    with closing(MetricsWriter(run.metrics_path)) as writer:
        writer.add_event(8, "failed", "in English", as_data(phrase_of(NOT_FINITE)))
    return run


@pytest.mark.long
def test_run_that_fails_when_its_rate_was_raised_stays_open_and_resume_takes_it_back(
    make_room: Callable[..., Room], raised: Run, scan: Scan, qtbot: QtBot
) -> None:
    jobs = [FailingJob(NOT_FINITE, saved_step=6, run=raised)]
    room = make_room(lambda *words, **how: jobs.pop() if jobs else make_training_job(*words, **how))
    room.project.set_settings(TINY)
    room.project.set_scan(scan)
    fail(room, qtbot)
    banner, start = room.panel.banner, room.transport.start
    assert room.project.run is raised and start.text() == "Resume" and f"rate of {RATE:g}" in tip_of(start)
    assert banner.action_button.text() == f"Back to a learning rate of {RATE:g}"
    assert banner.other_button.text() == "Halve the learning rate" and banner.other_button.isVisible()
    assert room.transport.headline.text() == f"The training failed · Resume: {banner.action_button.text()}"
    start.click()
    finish(room, qtbot)
    assert room.controller.step == 12 and Run.open(raised.folder).config.train.learning_rate == RATE
    assert not banner.isVisible() and "failed" not in room.transport.headline.text()


@pytest.mark.long
def test_run_that_failed_when_opened_says_why_and_how_it_goes_on(
    make_room: Callable[..., Room], raised: Run, scan: Scan, qtbot: QtBot
) -> None:
    room = make_room()
    room.project.set_scan(scan)
    room.controller.open_run(raised.folder)
    finish(room, qtbot)
    assert "lower learning rate" in room.panel.banner.text()
    assert room.panel.banner.action_button.text() == f"Back to a learning rate of {RATE:g}"
    room.panel.summary.settings.click()
    assert room.panel.form.kept.isVisible() and not room.panel.form.field("learning_rate").isEnabled()
    lines = room.panel.log.lines()
    assert re.fullmatch(r"\d\d:\d\d:\d\d  Checkpoint at step 6 saved", lines[1])
    assert any(re.fullmatch(r"\d\d:\d\d:\d\d  At step 8 .*", line) for line in lines), "and nothing in other words"
    room.panel.banner.other_button.click()
    qtbot.waitUntil(lambda: room.controller.state.busy)
    assert not room.panel.form.kept.isVisible()
    finish(room, qtbot)
    assert Run.open(raised.folder).config.train.learning_rate == RAISED / 2
    room.controller.open_run(raised.folder)
    finish(room, qtbot)
    assert not room.panel.banner.isVisible(), "it has gone on since"


def test_rate_when_it_was_lowered_since_goes_back_to_what_it_was_before_it_was_raised() -> None:
    config = preset("sketch").config.with_settings({"learning_rate": 25.0})
    changes = [
        SettingsChange({"learning_rate": 50.0}, 5, {"learning_rate": 0.004}),
        SettingsChange({"batch_size": 9}, 6, {"batch_size": 8}),
        SettingsChange({"learning_rate": 25.0}, 7, {"learning_rate": 50.0}),
    ]
    offers = [one.changes for one in remedies(NOT_FINITE, config, None, changes)]
    assert offers == [{"learning_rate": 0.004}, {"learning_rate": 12.5}]
    (halve,) = remedies(NOT_FINITE, config, None)
    assert halve.changes == {"learning_rate": 12.5}


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


def others_beside(scan: Scan) -> Scan:
    """Other pictures, in a folder beside."""
    folder = scan.folder.with_name("faces")
    if not folder.exists():
        shutil.copytree(scan.folder, folder)
    return scan_all(folder)


def test_run_that_failed_when_another_folder_is_opened_leaves_a_clean_slate(
    failing_room: Callable[[Exception], Room], scan: Scan, qtbot: QtBot
) -> None:
    room = failing_room(NOT_FINITE)
    fail(room, qtbot)
    room.project.set_scan(scan_all(scan.folder))
    assert room.controller.state is State.FAILED and room.panel.banner.isVisible(), "the same folder, read again"
    room.project.set_scan(others_beside(scan))
    assert room.controller.state is State.READY and room.controller.live is None
    assert not room.panel.banner.isVisible() and room.transport.start.text() == "Start"
    assert "failed" not in room.transport.headline.text()
    assert "ended" not in room.panel.samples.grid.accessibleDescription()


@pytest.mark.long
def test_remedy_when_another_folder_was_opened_meanwhile_goes_on_with_the_pictures_of_the_run(
    make_room: Callable[..., Room], raised: Run, scan: Scan, qtbot: QtBot
) -> None:
    wished: list[Path] = []
    jobs = [FailingJob(NOT_FINITE, saved_step=0, run=raised)]
    trained: list[Path] = []

    def make_job(*words: Any, **how: Any) -> Any:
        trained.append(how["scan"].folder)
        return jobs.pop() if jobs else make_training_job(*words, **how)

    room = make_room(make_job)
    room.project.set_settings(TINY)
    room.project.set_scan(scan)
    room.controller.pictures_wished.connect(wished.append)
    room.controller.start()
    room.project.set_scan(others_beside(scan))
    qtbot.waitUntil(lambda: room.controller.state is State.FAILED, timeout=20_000)
    room.panel.banner.action_button.click()
    assert wished == [scan.folder] and not room.controller.state.busy
    room.project.set_scan(scan)
    finish(room, qtbot)
    assert trained == [scan.folder, scan.folder]


def test_run_that_was_stopped_before_its_first_samples_says_when_they_come(room: Room, qtbot: QtBot) -> None:
    room.project.set_settings({"steps": 10_000, "sample_every": 5_000})
    room.controller.start()
    qtbot.waitUntil(lambda: room.controller.step >= 1, timeout=60_000)
    room.controller.stop()
    finish(room, qtbot)
    assert room.transport.start.text() == "Resume"
    assert room.panel.samples.grid.accessibleDescription() == f"First samples at step {numbers.count(5000)}"
