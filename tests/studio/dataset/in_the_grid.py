"""What the tests of the grid ask of it and do to it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QComboBox, QLabel
from pytestqt.qtbot import QtBot

from tests.studio.dataset.conftest import Room

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
LEFT = Qt.MouseButton.LeftButton
ALL = ["cats/1.png", "cats/2.png", "cats/10.png", "dogs/1.png"]


def shown(room: Room) -> list[str]:
    """The names in the grid, in order."""
    view = room.panel.pictures.view
    return [view._tip(index).split("\n")[0] for index in range(view.count())]


def waits(room: Room, qtbot: QtBot, names: list[str]) -> None:
    try:
        qtbot.waitUntil(lambda: shown(room) == names)
    except Exception:
        assert shown(room) == names
        raise


def combo(room: Room, name: str, key: str) -> None:
    found = room.panel.findChild(QComboBox, name)
    assert found is not None
    found.setCurrentIndex(found.findData(key))


def action(room: Room, name: str) -> QAction:
    found = room.panel.pictures.view.findChild(QAction, name)
    assert found is not None
    return found


def status(room: Room) -> str:
    label = room.panel.findChild(QLabel, "pictures_status")
    assert label is not None
    return label.text()


def press(room: Room, qtbot: QtBot, key: Qt.Key, modifiers: Qt.KeyboardModifier | None = None) -> None:
    """A shortcut, which the grid has only while it has the focus."""
    view = room.panel.pictures.view
    room.panel.activateWindow()
    view.setFocus()
    qtbot.waitUntil(view.hasFocus)
    qtbot.keyClick(view, key, modifiers or Qt.KeyboardModifier.NoModifier)


def excluded(room: Room) -> tuple[str, ...]:
    return room.project.config.data.excluded or ()
