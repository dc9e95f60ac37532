"""What the room says of few pictures, and how it fits into a low window."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from studio.widgets.scroll import Scrolled
from tests.studio.dataset.conftest import Room


def test_few_pictures_are_told_of_with_a_button_that_switches_augmentation_on(opened: Room, qtbot: QtBot) -> None:
    panel = opened.panel
    panel.side.tabs.setCurrentIndex(1)
    row = panel.findChild(QWidget, "few_pictures")
    qtbot.waitUntil(row.isVisible)
    assert panel.doctor._few_words.text().startswith("6 pictures are few")
    button = panel.findChild(QPushButton, "augment")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert opened.project.config.data.augment == 0.12
    assert row.isHidden()
    opened.project.set_preset("super-resolution")
    opened.project.set_settings({"augment": 0.0})
    assert not row.isHidden()


def test_room_in_a_low_window_scrolls_in_one_place_alone(opened: Room, qtbot: QtBot) -> None:
    outer = Scrolled(opened.panel, (320, 200))
    qtbot.addWidget(outer)
    outer.resize(1093, 474)  # what the bars leave of 590
    outer.show()
    qtbot.waitUntil(lambda: opened.panel.height() == outer.viewport().height())
    assert outer.verticalScrollBar().maximum() == 0
    outer.takeWidget()
