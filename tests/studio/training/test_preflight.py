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

from core.data.cost import CacheCost
from core.errors import TrainingError
from core.training.measuring import StepCost
from studio.cache_wish import CacheWish
from studio.training import preflight
from studio.training.measured import Measured, measured_words

from .conftest import TINY, Room


def button(room: Room) -> QPushButton:
    found = room.panel.findChild(QPushButton, "measure")
    assert found is not None
    return found


def test_a_few_real_steps_are_measured(room: Room, qtbot: QtBot) -> None:
    room.project.set_device("cpu")
    words = room.panel.form.preflight.words
    assert "about" not in room.controller._configuring.headline()
    qtbot.mouseClick(button(room), Qt.MouseButton.LeftButton)
    assert room.controller._reason() is not None, "nothing trains while it is measured"
    room.controller.start()
    assert not room.controller.state.busy
    qtbot.waitUntil(lambda: "memory" in words.text(), timeout=30_000)
    qtbot.waitUntil(lambda: button(room).text() == "Measure")
    assert "a step" in room.panel.form.footer.text() and "a step" in words.toolTip()
    assert "on cpu" in words.toolTip()
    assert "6 pictures are decoded once" in words.toolTip()
    assert "about" in room.controller._configuring.headline()
    assert room.controller._reason() is None
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
    assert room.controller._reason() is None


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
