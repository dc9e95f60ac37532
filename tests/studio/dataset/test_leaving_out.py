"""Which pictures are left out of training: in the grid, in the settings, and while a folder is looked through."""

from __future__ import annotations

import shutil
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from core.pictures.folder import splits
from core.pictures.folder.picture_files import Pictures
from core.presets import PictureFacts, preset, resolve
from core.runs.run import Run
from core.settings import SETTINGS
from studio.widgets.thumbnail_view import Mark
from tests.studio.dataset.conftest import Room, make_picture
from tests.studio.dataset.in_the_grid import ALL, LEFT, SHIFT, action, combo, excluded, press, shown, status, waits


def test_pictures_are_left_out_and_taken_in_again(pets: Room, qtbot: QtBot) -> None:
    view = pets.panel.pictures.view
    button = pets.panel.findChild(QPushButton, "leave_out")
    assert button is not None and button.text() == "Leave out"
    view.set_current(1)
    qtbot.keyClick(view, Qt.Key.Key_Right, SHIFT)
    press(pets, qtbot, Qt.Key.Key_Delete)
    assert [view._mark(index) for index in range(4)] == [Mark.NONE, Mark.LEFT_OUT, Mark.LEFT_OUT, Mark.NONE]
    qtbot.waitUntil(lambda: excluded(pets) == ("cats/2.png", "cats/10.png"))
    assert "left out of training" in view._tip(1) and status(pets) == "2 selected · 2 left out"
    combo(pets, "pictures_shown", "left-out")
    waits(pets, qtbot, ["cats/2.png", "cats/10.png"])
    assert button.text() == action(pets, "leave_out_action").text() == "Use again"
    view.set_current(0)
    qtbot.mouseClick(button, LEFT)
    waits(pets, qtbot, ["cats/10.png"])
    qtbot.waitUntil(lambda: excluded(pets) == ("cats/10.png",))
    combo(pets, "pictures_shown", "used")
    waits(pets, qtbot, ["cats/1.png", "cats/2.png", "dogs/1.png"])
    pets.controller.exclude(np.array([2]), False)
    waits(pets, qtbot, ALL)
    qtbot.waitUntil(lambda: not excluded(pets))


def test_what_the_settings_leave_out_is_marked_and_stays_though_it_is_not_there(pets: Room, qtbot: QtBot) -> None:
    view = pets.panel.pictures.view
    pets.project.set_settings({"excluded": ("gone.png", "dogs/1.png")})
    qtbot.waitUntil(lambda: view._mark(3) == Mark.LEFT_OUT)
    assert status(pets) == "1 left out"
    pets.controller.exclude(np.array([0]))
    qtbot.waitUntil(lambda: excluded(pets) == ("gone.png", "cats/1.png", "dogs/1.png"))


def test_what_is_left_out_before_the_setting_is_understood_comes_on_top(pets: Room, qtbot: QtBot) -> None:
    pets.project.set_settings({"excluded": ("dogs/1.png",)})
    pets.controller.exclude(np.array([1]))
    pets.controller.exclude(np.array([2]))
    pets.controller.exclude(np.array([3]), False)
    qtbot.waitUntil(lambda: excluded(pets) == ("cats/2.png", "cats/10.png"))


def test_too_many_left_out_are_refused_with_a_reason(pets: Room, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SETTINGS, "excluded", replace(SETTINGS["excluded"], most_entries=2))
    pets.controller.exclude(np.arange(3))
    assert pets.panel.banner.text().startswith("At most 2 pictures can be left out")
    assert pets.panel.pictures.view._mark(0) == Mark.NONE


def test_another_folder_leaves_none_out_and_each_keeps_its_own(pets: Room, tmp_path: Path, qtbot: QtBot) -> None:
    shutil.copytree(tmp_path / "pets", tmp_path / "copy")
    pets.controller.exclude(np.array([0]))
    qtbot.waitUntil(lambda: bool(excluded(pets)))
    pets.panel.pictures.filter.search.setText("dogs")
    waits(pets, qtbot, ["dogs/1.png"])
    with qtbot.waitSignal(pets.controller.opened):
        pets.controller.open_folder(tmp_path / "copy")
    assert excluded(pets) == ()
    assert shown(pets) == ALL, "a filter is for one folder"
    with qtbot.waitSignal(pets.controller.opened):
        pets.controller.open_folder(tmp_path / "pets")
    assert excluded(pets) == ("cats/1.png",)
    qtbot.waitUntil(lambda: pets.panel.pictures.view._mark(0) == Mark.LEFT_OUT)


def test_leaving_out_is_taken_back_and_done_again(pets: Room, qtbot: QtBot) -> None:
    pets.controller.exclude(np.array([0, 2]))
    qtbot.waitUntil(lambda: excluded(pets) == ("cats/1.png", "cats/10.png"))
    pets.project.undo_steps.undo()
    assert excluded(pets) == ()
    qtbot.waitUntil(lambda: pets.panel.pictures.view._mark(0) == Mark.NONE)
    pets.project.undo_steps.redo()
    assert excluded(pets) == ("cats/1.png", "cats/10.png")
    qtbot.waitUntil(lambda: pets.panel.pictures.view._mark(2) == Mark.LEFT_OUT)


def test_a_run_shows_its_own_settings_and_keeps_them(pets: Room, tmp_path: Path, qtbot: QtBot) -> None:
    pets.project.set_settings({"crop": "random"})
    config = preset("sketch").config.with_settings({"crop": "centre", "excluded": "dogs/1.png"})
    config = resolve(config, PictureFacts(typical_size=20, all_grey=False))
    folder = pets.project.scan.folder
    run = Run.create(tmp_path / "runs" / "pets-01", config, source_folder=folder, device="cpu", planned_total=5)
    settings = pets.panel.inspector.settings
    crop = settings.findChild(QComboBox, "crop")
    assert crop.currentData() == "random"
    pets.project.set_run(run)
    assert crop.currentData() == "centre" and not crop.isEnabled()
    words = settings.findChild(QLabel, "settings_of_run")
    assert words.text() == "These are the settings of pets-01, which keeps them."
    qtbot.waitUntil(lambda: pets.panel.pictures.view._mark(3) == Mark.LEFT_OUT)
    pets.controller.exclude(np.array([0]))
    assert "pets-01 keeps the pictures" in pets.panel.banner.text()
    with qtbot.waitSignal(pets.controller.new_run_wished):
        settings.findChild(QPushButton, "new_run_from_dataset").click()
    pets.project.set_run(None)
    assert crop.currentData() == "random" and crop.isEnabled()
    assert not words.isVisible()
    qtbot.waitUntil(lambda: pets.panel.pictures.view._mark(3) == Mark.NONE)


def test_looking_again_keeps_filter_and_exclusion(pets: Room, tmp_path: Path, qtbot: QtBot) -> None:
    pets.controller.exclude(np.array([3]))
    qtbot.waitUntil(lambda: bool(excluded(pets)))
    pets.panel.pictures.filter.search.setText("dogs")
    waits(pets, qtbot, ["dogs/1.png"])
    make_picture(tmp_path / "pets" / "dogs" / "0.png", 5)
    with qtbot.waitSignal(pets.controller.opened):
        pets.controller.look_again()
    waits(pets, qtbot, ["dogs/0.png", "dogs/1.png"])
    qtbot.waitUntil(lambda: [pets.panel.pictures.view._mark(n) for n in range(2)] == [Mark.NONE, Mark.LEFT_OUT])


def test_what_is_being_left_out_while_the_folder_is_looked_through_again_stays_so(
    pets: Room, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_through, names_at = threading.Event(), splits.names_at

    def slowly(pictures: Pictures, places: NDArray[np.int64]) -> list[str]:
        assert looked_through.wait(10)
        return names_at(pictures, places)

    monkeypatch.setattr("core.pictures.folder.splits.names_at", slowly)
    pets.controller.exclude(np.array([1]))
    with qtbot.waitSignal(pets.controller.opened):
        pets.controller.look_again()
    pets.controller.exclude(np.array([2]))
    looked_through.set()
    qtbot.waitUntil(lambda: excluded(pets) == ("cats/2.png", "cats/10.png"))
    view = pets.panel.pictures.view
    qtbot.waitUntil(lambda: [view._mark(n) for n in range(4)].count(Mark.LEFT_OUT) == 2)


def test_another_preset_leaves_the_same_pictures_out(pets: Room, qtbot: QtBot) -> None:
    pets.controller.exclude(np.array([1]))
    qtbot.waitUntil(lambda: excluded(pets) == ("cats/2.png",))
    pets.project.set_preset("large")
    assert excluded(pets) == ("cats/2.png",)


def test_more_than_the_settings_hold_is_taken_back(pets: Room, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SETTINGS, "excluded", replace(SETTINGS["excluded"], most_bytes=60))
    view = pets.panel.pictures.view
    pets.controller.exclude(np.array([0]))
    qtbot.waitUntil(lambda: excluded(pets) == ("cats/1.png",))
    pets.controller.exclude(np.arange(3))
    qtbot.waitUntil(lambda: "60 bytes" in pets.panel.banner.text())
    assert [view._mark(index) for index in range(3)] == [Mark.LEFT_OUT, Mark.NONE, Mark.NONE]
    assert excluded(pets) == ("cats/1.png",)
    pets.controller.exclude(np.array([0]), False)
    qtbot.waitUntil(lambda: not excluded(pets))
