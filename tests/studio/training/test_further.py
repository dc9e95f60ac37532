"""A finished training goes on as it is asked to: with its learning rate anew, or at the one that it has fallen to."""

from __future__ import annotations

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from studio.training.state import TrainingState
from tests.studio.training.conftest import Room


def finished(room: Room, qtbot: QtBot) -> None:
    room.project.set_settings({"steps": 3})
    room.controller.start()
    qtbot.waitUntil(lambda: room.controller.state is TrainingState.FINISHED, timeout=60_000)


def test_train_further_asks_for_the_learning_rate_and_says_what_will_happen(room: Room, qtbot: QtBot) -> None:
    finished(room, qtbot)
    menu, rate = room.controller._further, room.project.config.train.learning_rate
    qtbot.mouseClick(room.transport.start, Qt.MouseButton.LeftButton)
    assert menu.isVisible() and room.controller.state is TrainingState.FINISHED
    assert "rises at first" in menu.anew_action.text() and "low learning rate" in menu.low_action.text()
    menu.close()
    menu.low_action.trigger()
    qtbot.waitUntil(lambda: room.controller.step == 6, timeout=60_000)
    qtbot.waitUntil(lambda: room.controller.state is TrainingState.FINISHED, timeout=60_000)
    run = room.project.run
    assert run is not None
    assert (run.config.train.decay, run.config.train.learning_rate) == ("constant", rate / 100)
    assert "rises again" not in "\n".join(room.panel.log.lines())
    # A constant rate has nowhere to rise to: nothing is asked.
    qtbot.mouseClick(room.transport.start, Qt.MouseButton.LeftButton)
    assert not menu.isVisible() and room.controller.state.busy
    qtbot.waitUntil(lambda: room.controller.state is TrainingState.FINISHED, timeout=60_000)


def test_the_transport_leaves_the_keys_to_the_room(room: Room, qtbot: QtBot) -> None:
    finished(room, qtbot)
    bar = room.transport
    assert not any(b.focusPolicy() & Qt.FocusPolicy.ClickFocus for b in (bar.start, bar.stop, bar.open, bar.log))
    menu = room.controller._further
    qtbot.mouseClick(bar.start, Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(bar.chosen):
        qtbot.keyClick(menu, Qt.Key.Key_Down)
        qtbot.keyClick(menu, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: room.controller.step == 6, timeout=60_000)
    qtbot.waitUntil(lambda: room.controller.state is TrainingState.FINISHED, timeout=60_000)


def test_that_the_learning_rate_begins_anew_is_in_the_log(room: Room, qtbot: QtBot) -> None:
    finished(room, qtbot)
    room.controller._further.anew_action.trigger()
    qtbot.waitUntil(lambda: room.controller.step == 6, timeout=60_000)
    qtbot.waitUntil(lambda: room.controller.state is TrainingState.FINISHED, timeout=60_000)
    assert "The learning rate rises again" in "\n".join(room.panel.log.lines())
