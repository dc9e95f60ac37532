"""What a training will take is measured with real steps before it starts, and can be cancelled."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from core.errors import TrainingError
from core.pictures.feed.cost import CacheCost
from core.training.measuring import StepCost
from studio.app.settings import CacheWish
from studio.training import preflight
from studio.training.preflight import Measured, measured_words
from tests.studio.training.conftest import TINY, Room


def button(room: Room) -> QPushButton:
    found = room.panel.findChild(QPushButton, "measure")
    assert found is not None
    return found


@pytest.mark.long
def test_a_few_real_steps_are_measured(room: Room, qtbot: QtBot) -> None:
    room.project.set_device("cpu")
    words = room.panel.form.preflight.words
    assert "about" not in room.controller._configuring.headline()
    qtbot.mouseClick(button(room), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "memory" in words.text(), timeout=30_000)
    if button(room).text() == "Cancel":  # it would go on until it is sure
        qtbot.mouseClick(button(room), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: button(room).text() == "Measure")
    assert "a step" in room.panel.form.footer.text() and "a step" in words.toolTip()
    assert "on cpu" in words.toolTip()
    assert "6 pictures are decoded once" in words.toolTip()
    assert room.controller._configuring.headline().count("·") == 2
    assert room.controller._reason() == ""
    room.project.set_settings({"batch_size": 3})
    assert words.text() == "", "it was measured for other settings"


def test_measuring_can_be_cancelled(room: Room, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    began = threading.Event()

    def measure(*_asked: object) -> Iterator[Measured]:
        stop = _asked[-1]
        assert isinstance(stop, threading.Event)
        began.set()
        stop.wait(20)
        yield from ()

    monkeypatch.setattr(preflight, "_measure", measure)
    qtbot.mouseClick(button(room), Qt.MouseButton.LeftButton)
    assert button(room).text() == "Cancel"
    qtbot.waitUntil(began.is_set)
    qtbot.mouseClick(button(room), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: button(room).text() == "Measure")
    assert button(room).isEnabled() and room.panel.form.preflight.words.text() == ""
    assert room.controller._reason() == ""


def cost(median: float, low: float | None, high: float | None, steps: int) -> StepCost:
    return StepCost("cpu", median, 1_000_000_000, steps, low_s=low, high_s=high, threads=2)


class Answers:
    """A measuring that tells this, one after the other, as the test lets it."""

    def __init__(self, *costs: StepCost) -> None:
        self.costs, self.may_tell, self.running = costs, threading.Semaphore(0), threading.Event()

    def __call__(self, config: Any, device: str, scan: Any, cache: Any, stop: threading.Event) -> Iterator[Measured]:
        pictures = CacheCost(6, 0, 0, 0, True, 0.1, 0.1)
        for step in self.costs:
            self.may_tell.acquire(timeout=20)
            yield Measured(config, device, pictures, step)
        self.running.set()
        stop.wait(20)


def test_measuring_says_how_sure_it_is_and_goes_on(room: Room, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = Answers(cost(220.0, None, None, 1), cost(0.06, 0.05, 0.9, 6), cost(0.057, 0.055, 0.062, 40))
    monkeypatch.setattr(preflight, "_measure", answers)
    qtbot.mouseClick(button(room), Qt.MouseButton.LeftButton)
    footer, words = room.panel.form.footer, room.panel.form.preflight.words
    for expected in ("about 3 min 40 s a step", "about 60 ms a step (50 to 900)", "(55 to 62)"):
        answers.may_tell.release()
        qtbot.waitUntil(lambda expected=expected: expected in footer.text())
        assert button(room).text() == "Cancel", "it goes on"
    assert "40 steps on cpu with 2 of the processor's threads" in words.toolTip()
    room.controller._configuring.cancel_measuring()
    qtbot.waitUntil(lambda: button(room).text() == "Measure")
    assert "(55 to 62)" in footer.text(), "what was found out stays"


def test_start_ends_the_measuring_and_begins(room: Room, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = Answers(cost(0.06, 0.05, 0.07, 30))
    monkeypatch.setattr(preflight, "_measure", answers)
    qtbot.mouseClick(button(room), Qt.MouseButton.LeftButton)
    answers.may_tell.release()
    qtbot.waitUntil(answers.running.is_set)
    assert room.transport.start.isEnabled()
    room.controller.start()
    qtbot.waitUntil(lambda: room.controller.state.busy)
    room.controller.stop()
    qtbot.waitUntil(lambda: not room.controller.state.busy, timeout=20_000)


def test_other_settings_end_the_measuring(room: Room, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = Answers(cost(0.06, 0.05, 0.07, 30))
    monkeypatch.setattr(preflight, "_measure", answers)
    qtbot.mouseClick(button(room), Qt.MouseButton.LeftButton)
    answers.may_tell.release()
    qtbot.waitUntil(answers.running.is_set)
    room.project.set_settings({"batch_size": 3})
    qtbot.waitUntil(lambda: button(room).text() == "Measure")
    assert room.panel.form.preflight.words.text() == ""


def test_what_cannot_be_measured_says_why(room: Room) -> None:
    assert button(room).isEnabled()
    room.project.set_settings({"image_size": 9})
    assert not button(room).isEnabled()
    assert button(room).toolTip()
    room.project.set_settings({"image_size": 8})
    room.project.set_scan(None)
    assert not button(room).isEnabled()
    assert button(room).toolTip() == "Choose pictures first"


def test_no_memory_and_a_cache_are_said(room: Room) -> None:
    pictures = CacheCost(1000, 10, 0, 3_000_000_000, True, 500.0, 2.0)
    config = room.project.config
    short = Measured(config, "cpu", pictures, StepCost("cpu", 0.25, 1_000_000_000, 3))
    assert "3.00 GB disk" in measured_words(short) and "1.00 GB memory" in measured_words(short)
    full = Measured(config, "cpu", pictures, StepCost("cpu", None, None, 0, out_of_memory=True))
    assert "Out of memory on cpu" in measured_words(full)


def test_a_training_keeps_pictures_where_it_was_chosen(make_room, scan, tmp_path: Path, qtbot: QtBot) -> None:
    asked: list[object] = []

    def make_job(_config: object, _folder: object, **how: Any) -> Any:
        asked.append(how["cache"])
        raise TrainingError("training.no-model-yet")

    room = make_room(make_job)
    room.project.set_settings(TINY)
    room.project.set_scan(scan)
    room.project.cache = CacheWish(tmp_path / "chosen", 0)
    room.controller.start()
    qtbot.waitUntil(lambda: asked == [room.project.cache])
    qtbot.waitUntil(lambda: not room.controller.state.busy)
