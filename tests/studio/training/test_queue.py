"""Runs that wait for the one that trains: chosen beside it, kept in a file, begun when it has ended well."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PySide6.QtWidgets import QMenu, QPushButton
from pytestqt.qtbot import QtBot

from core.errors import RunError
from core.presets import changed_settings, preset
from core.settings import RunConfig
from studio.training.queue import MOST, QueuedRow, QueuedRun, QueueMenu, RunQueue
from studio.training.running import Job
from studio.training.state import TrainingState as State
from tests.studio.training.conftest import Room

CONFIG = preset("sketch").config.with_settings({"steps": 300, "excluded": "a.png,b.png", "image_size": 8})


def test_queue_when_kept_then_is_there_at_the_next_start_in_its_order(tmp_path: Path) -> None:
    path = tmp_path / "home" / "queue.json"
    queue = RunQueue(path)
    runs = [
        QueuedRun(tmp_path / name, CONFIG.with_settings({"dim": dim}), ("dim",)) for name, dim in (("a", 8), ("b", 16))
    ]
    for run in runs:
        queue.add(run)
    assert RunQueue(path).runs == queue.runs == tuple(runs)
    queue.remove(0)
    assert RunQueue(path).runs == (runs[1],)
    while not queue.full:
        queue.add(runs[0])
    kept = queue.runs
    queue.add(runs[1])
    assert queue.runs == kept and len(kept) == MOST


@pytest.mark.parametrize(
    "text", ["", "[]", "{", '{"version": 1}', '{"version": 1, "runs": [3]}', '{"version": 9, "runs": []}',
             json.dumps({"version": 1, "runs": [{"pictures": "a", "config": {"train": {"steps": -1}}}]})],
)  # fmt: skip
def test_queue_when_its_file_cannot_be_read_then_is_empty_and_the_file_is_kept(tmp_path: Path, text: str) -> None:
    path = tmp_path / "queue.json"
    path.write_text(text)
    assert RunQueue(path).runs == ()
    assert not path.exists() and (tmp_path / "queue.damaged.json").read_text() == text


def test_menu_when_opened_then_names_each_run_and_takes_it_out(tmp_path: Path, qtbot: QtBot) -> None:
    button = QPushButton()
    button.setMenu(QMenu(button))
    qtbot.addWidget(button)
    queue = RunQueue(tmp_path / "queue.json")
    menu = QueueMenu(button, queue, button)
    assert button.isHidden()
    for name in ("faces", "digits"):
        queue.add(QueuedRun(tmp_path / name, CONFIG, ()))
    assert button.text() == "2 queued" and not button.isHidden()
    menu.set_reason("why not")
    button.menu().aboutToShow.emit()
    rows = button.menu().findChildren(QPushButton.__mro__[2], "remove_queued")
    names = [action.defaultWidget().accessibleName() for action in button.menu().actions()[:2]]
    assert names[0].startswith("Sketch · faces, 300 steps")
    start = button.menu().actions()[-1]
    assert not start.isEnabled() and start.toolTip() == "why not"
    rows[0].click()
    assert [run.pictures.name for run in queue.runs] == ["digits"]
    queue.remove(0)
    assert button.isHidden()


@pytest.mark.long
def test_next_run_when_queued_beside_a_training_then_begins_when_that_has_ended(room: Room, qtbot: QtBot) -> None:
    panel, controller = room.panel, room.controller
    room.project.set_settings({"steps": 150, "sample_every": 1000})
    room.transport.start.click()
    qtbot.waitUntil(lambda: controller.state is State.RUNNING and controller.step > 0, timeout=60_000)
    training = panel.summary.items["training"].value.text()
    assert panel.summary.next_run.isVisible() and not panel.summary.new_run.isVisible()
    panel.summary.next_run.click()
    assert panel.form.isVisible() and panel.form.queueing.isVisible() and panel.form.field("dim").isEnabled()
    assert "dots" in panel.form.queueing.words.text() and not panel.form.edits.isVisible()
    assert not panel.form.preflight.isVisible()
    panel.form.field("steps").control.wished.emit("6")
    panel.form.field("learning_rate").control.wished.emit("0.0007")
    assert panel.summary.items["training"].value.text() == training, "the room is about the run that trains"
    panel.form.queueing.button.click()
    assert not panel.summary.next_run.isChecked() and not panel.form.isVisible()
    assert room.transport.queue.text() == "1 queued"
    queued = controller.next_runs.queue.runs[0]
    assert queued.config.data.channels == 3 and "channels" not in queued.changed, "nobody has chosen them"
    assert {"learning_rate", "dim"} <= set(queued.changed)
    assert controller.state is State.RUNNING and panel.live.config.train.learning_rate != 0.0007
    runs = room.project.runs_folder
    qtbot.waitUntil((runs / "dots-02" / "run.json").exists, timeout=100_000)
    qtbot.waitUntil(lambda: controller.state is State.FINISHED and controller.step == 6, timeout=60_000)
    assert room.project.run.folder.name == "dots-02" and room.project.run.config.train.learning_rate == 0.0007
    assert room.transport.queue.isHidden()


@pytest.mark.long
def test_queue_when_the_training_is_stopped_by_hand_then_waits_and_says_so(room: Room, qtbot: QtBot) -> None:
    controller = room.controller
    room.project.set_settings({"steps": 100_000, "sample_every": 50_000, "checkpoint_every": 50_000})
    room.transport.start.click()
    qtbot.waitUntil(lambda: controller.state is State.RUNNING and controller.step > 0, timeout=60_000)
    config = room.project.config.with_settings({"steps": 5})
    controller.next_runs.queue.add(QueuedRun(room.project.scan.folder, config, ()))
    controller.next_runs.start_first()
    assert len(controller.next_runs.queue) == 1, "not while one trains"
    room.transport.stop.click()
    qtbot.waitUntil(lambda: controller.state is State.FINISHED, timeout=60_000)
    assert len(controller.next_runs.queue) == 1 and "waits in the queue" in room.panel.banner.text()
    room.panel.banner.action_button.click()
    qtbot.waitUntil(lambda: controller.state is State.FINISHED and controller.step == 5, timeout=60_000)
    assert len(controller.next_runs.queue) == 0


def test_queue_when_other_pictures_are_open_then_asks_for_its_own_first(room: Room, qtbot: QtBot) -> None:
    elsewhere = QueuedRun(Path("/nowhere/pictures"), room.project.config, ())
    room.controller.next_runs.queue.add(elsewhere)
    with qtbot.waitSignal(room.controller.pictures_wished) as told:
        room.controller.next_runs.start_first()
    assert told.args == [elsewhere.pictures] and len(room.controller.next_runs.queue) == 1
    room.controller.next_runs.pictures_refused(FileNotFoundError("gone"))
    assert room.panel.banner.text()
    scan = room.project.scan
    room.project.set_scan(scan)
    assert room.controller.state is State.READY, "it has given up waiting"


def test_queue_when_its_run_cannot_be_begun_then_keeps_it(room: Room, qtbot: QtBot) -> None:
    controller = room.controller

    def refuses(*_given: object, **_named: object) -> Job:
        raise RunError("run.gone", path=Path("nowhere"))

    controller._make_job = refuses
    controller.next_runs.queue.add(QueuedRun(room.project.scan.folder, room.project.config, ()))
    controller.next_runs.start_first()
    qtbot.waitUntil(lambda: controller.state is State.FAILED, timeout=60_000)
    assert len(controller.next_runs.queue) == 1 and len(RunQueue(controller.next_runs.queue._path)) == 1


def test_row_of_the_queue_names_what_differs_from_the_preset(qtbot: QtBot) -> None:
    config = RunConfig().with_settings({"steps": 500, "batch_size": 7, "dropout": 0.25, "seed": 3, "dim": 24})
    row = QueuedRow(QueuedRun(Path("/pictures/faces"), config, changed_settings(config)))
    qtbot.addWidget(row)
    text, tip = row.note.text(), row.note.toolTip()
    assert text.startswith("500 steps · ") and text.endswith("more")
    assert "Batch 7" in tip and "Dropout 0.25" in tip
    assert "Learning rate" not in tip
