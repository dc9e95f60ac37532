"""The grid of the dataset room: what is searched, sorted, selected, left out and handed on."""

from __future__ import annotations

import os
import shutil
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QProcess, Qt, QUrl
from PySide6.QtGui import QAction, QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QListView, QPushButton
from pytestqt.qtbot import QtBot

from core import setting_values
from core.data import splits
from core.data.arranging import Arranged
from core.data.picture_files import Pictures
from core.data.scan import scan_all
from studio.dataset.arrangement import Arrangement
from studio.dataset.chosen import Chosen
from studio.dataset.files_outside import file_url
from studio.dataset.reasons import reason_text
from studio.widgets.thumbnail_view import Mark, ThumbnailView

from .conftest import Room, make_picture

LEFT = Qt.MouseButton.LeftButton
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def pets(room: Room, tmp_path: Path, qtbot: QtBot) -> Room:
    """cats/1, 2, 10 of 20, 30, 40 px, dogs/1 of 20 px, one broken file."""
    folder = tmp_path / "pets"
    for name, side in (("cats/1", 20), ("cats/2", 30), ("cats/10", 40), ("dogs/1", 20)):
        path = folder / f"{name}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        make_picture(path, side)
        Image.open(path).resize((side, side)).save(path)
    (folder / "dogs" / "broken.png").write_bytes((folder / "dogs" / "1.png").read_bytes()[:60])
    with qtbot.waitSignal(room.controller.opened):
        room.controller.open_folder(folder)
    qtbot.waitUntil(lambda: not room.panel.inspector.seen.picture.isNull())
    return room


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


ALL = ["cats/1.png", "cats/2.png", "cats/10.png", "dogs/1.png"]


def test_search_by_name_and_folder(pets: Room, qtbot: QtBot) -> None:
    search = pets.panel.findChild(QLineEdit, "picture_search")
    assert search is not None
    qtbot.keyClicks(search, "1.PNG")
    waits(pets, qtbot, ["cats/1.png", "dogs/1.png"])
    assert status(pets) == "2 of 4 shown"
    qtbot.keyClick(search, Qt.Key.Key_Down)
    assert pets.panel.pictures.view.hasFocus() or pets.panel.focusWidget() is pets.panel.pictures.view
    qtbot.keyClick(search, Qt.Key.Key_Escape)
    waits(pets, qtbot, ALL)
    qtbot.keyClicks(search, "dog")
    waits(pets, qtbot, ["dogs/1.png"])
    qtbot.keyClicks(search, "x")
    waits(pets, qtbot, [])
    assert pets.panel.pictures.view._placeholder


def test_sorting_and_what_stays_chosen(pets: Room, qtbot: QtBot) -> None:
    view = pets.panel.pictures.view
    images = view._images
    qtbot.waitUntil(lambda: len(images) == 4)
    kept = {place: image.cacheKey() for place, image in images.items()}
    view.set_current(1)
    qtbot.keyClick(view, Qt.Key.Key_Right, SHIFT)
    direction = pets.panel.pictures.filter.direction
    direction.click()
    combo(pets, "pictures_sort", "pixels")
    waits(pets, qtbot, ["cats/10.png", "cats/2.png", "cats/1.png", "dogs/1.png"])
    assert view.current() == 0 and [index in view.selection for index in range(4)] == [True, True, False, False]
    assert {place: image.cacheKey() for place, image in images.items()} == kept, "no thumbnail is made again"
    pets.panel.pictures.filter.search.setText("cats/1")
    waits(pets, qtbot, ["cats/10.png", "cats/1.png"])
    assert len(view.selection) == 1 and view.current() == 0
    pets.panel.pictures.filter.search.clear()
    waits(pets, qtbot, ["cats/10.png", "cats/2.png", "cats/1.png", "dogs/1.png"])
    assert len(view.selection) == 2, "what was hidden comes back"


def test_the_current_picture_comes_back_with_its_filter(pets: Room, qtbot: QtBot) -> None:
    view, search = pets.panel.pictures.view, pets.panel.pictures.filter.search
    view.set_current(2)
    search.setText("dogs")
    waits(pets, qtbot, ["dogs/1.png"])
    assert view.current() == -1
    search.setText("nothing is called so")
    waits(pets, qtbot, [])
    search.clear()
    waits(pets, qtbot, ALL)
    assert view.current() == 2 and len(view.selection) == 1


def test_a_selection_begun_anew_forgets_what_is_hidden(pets: Room, qtbot: QtBot) -> None:
    view = pets.panel.pictures.view
    qtbot.keyClick(view, Qt.Key.Key_A, CTRL)
    assert status(pets) == "4 selected"
    pets.panel.pictures.filter.search.setText("dogs")
    waits(pets, qtbot, ["dogs/1.png"])
    view.set_current(-1)
    view.set_current(0)
    pets.panel.pictures.filter.search.clear()
    waits(pets, qtbot, ALL)
    assert len(view.selection) == 1 and view.current() == 3


def test_a_click_on_a_class_shows_only_it(pets: Room, qtbot: QtBot) -> None:
    classes = pets.panel.findChild(QListView, "classes")
    assert classes is not None
    classes.clicked.emit(classes.model().index(1, 0))
    waits(pets, qtbot, ["dogs/1.png"])
    chip = pets.panel.findChild(QPushButton, "chip_class_name")
    assert chip is not None and chip.isVisible() and chip.accessibleName() == "dogs"
    qtbot.mouseClick(chip, LEFT)
    waits(pets, qtbot, ALL)
    assert not chip.isVisible()
    assert pets.panel.focusWidget() is pets.panel.pictures.view, "the keys stay with the pictures"


def test_only_some_are_shown_in_their_order(pets: Room, qtbot: QtBot) -> None:
    words = ["Doubles <b>"]
    pets.controller.show_only(lambda: words[0], np.array([3, 0]))
    waits(pets, qtbot, ["dogs/1.png", "cats/1.png"])
    chip = pets.panel.findChild(QPushButton, "chip_only")
    assert chip is not None and chip.accessibleName() == "Doubles <b> · 2"
    assert "<b>" not in chip.toolTip()
    words[0] = "重复"
    QCoreApplication.sendEvent(pets.panel.pictures.chips, QEvent(QEvent.Type.LanguageChange))
    assert chip.accessibleName() == "重复 · 2"
    qtbot.mouseClick(chip, LEFT)
    waits(pets, qtbot, ALL)


def test_the_chosen_one_of_an_arrangement_is_the_one_in_the_inspector(pets: Room, qtbot: QtBot) -> None:
    pets.controller.show_only(lambda: "Doubles", np.array([3, 0]))
    waits(pets, qtbot, ["dogs/1.png", "cats/1.png"])
    name = pets.panel.findChild(QLabel, "picture_name")
    assert name is not None
    pets.panel.pictures.view.set_current(-1)
    pets.panel.pictures.view.set_current(0)
    qtbot.waitUntil(lambda: name.text() == "dogs/1.png")
    pets.panel.choose(0)
    assert pets.panel.pictures.view.current() == 1
    qtbot.waitUntil(lambda: name.text() == "cats/1.png")


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
    monkeypatch.setitem(__import__("core.setting_values").setting_values.MOST_ENTRIES, "excluded", 2)
    pets.controller.exclude(np.arange(3))
    assert pets.panel.banner.text().startswith("At most 2 pictures can be left out")
    assert pets.panel.pictures.view._mark(0) == Mark.NONE


def test_another_folder_leaves_none_out_and_a_run_keeps_what_it_left_out(
    pets: Room, tmp_path: Path, qtbot: QtBot
) -> None:
    shutil.copytree(tmp_path / "pets", tmp_path / "copy")
    pets.controller.exclude(np.array([0]))
    qtbot.waitUntil(lambda: bool(excluded(pets)))
    pets.panel.pictures.filter.search.setText("dogs")
    waits(pets, qtbot, ["dogs/1.png"])
    with qtbot.waitSignal(pets.controller.opened):
        pets.controller.open_for_run(tmp_path / "copy")
    assert excluded(pets) == ("cats/1.png",)
    qtbot.waitUntil(lambda: pets.panel.pictures.view._mark(0) == Mark.LEFT_OUT)
    assert shown(pets) == ALL, "a filter is for one folder"
    with qtbot.waitSignal(pets.controller.opened):
        pets.controller.open_folder(tmp_path / "pets")
    assert excluded(pets) == ()


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

    monkeypatch.setattr("core.data.splits.names_at", slowly)
    pets.controller.exclude(np.array([1]))
    with qtbot.waitSignal(pets.controller.opened):
        pets.controller.look_again()
    pets.controller.exclude(np.array([2]))
    looked_through.set()
    qtbot.waitUntil(lambda: excluded(pets) == ("cats/2.png", "cats/10.png"))
    view = pets.panel.pictures.view
    qtbot.waitUntil(lambda: [view._mark(n) for n in range(4)].count(Mark.LEFT_OUT) == 2)


def test_files_that_were_skipped_are_shown_with_their_reason(pets: Room, qtbot: QtBot) -> None:
    view = pets.panel.pictures.view
    view.set_current(2)
    combo(pets, "pictures_shown", "skipped")
    waits(pets, qtbot, ["dogs/broken.png"])
    assert view._mark(0) == Mark.BROKEN and reason_text("truncated") in view._tip(0)
    button = pets.panel.findChild(QPushButton, "leave_out")
    assert button is not None and not button.isEnabled() and button.toolTip()
    view.set_current(0)
    facts = pets.panel.findChild(QLabel, "picture_facts")
    assert facts is not None and facts.text() == reason_text("truncated")
    combo(pets, "pictures_shown", "all")
    waits(pets, qtbot, ALL)
    qtbot.waitUntil(lambda: len(view._images) == 4)
    assert view.current() == 2, "back at the picture that was chosen"
    name = pets.panel.findChild(QLabel, "picture_name")
    assert name is not None
    qtbot.waitUntil(lambda: name.text() == "cats/10.png")


def test_nothing_is_arranged_while_a_folder_is_looked_through(pets: Room, qtbot: QtBot) -> None:
    from studio.dataset.found import Found

    pets.panel.pictures.filter.search.setText("dogs")
    waits(pets, qtbot, ["dogs/1.png"])
    assert pets.project.scan is not None
    pictures = scan_all(pets.project.scan.folder).pictures
    pets.controller._scan.progressed.emit(Found(4, 5, 5, pictures, in_order=True))
    search = pets.panel.pictures.filter.search
    assert shown(pets) == ALL and not search.text()
    assert not search.isEnabled() and "Wait" in search.toolTip()
    pets.controller._scan_cancelled()
    assert search.isEnabled() and shown(pets) == ALL


def test_paths_are_copied_and_the_folder_opened(pets: Room, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    view = pets.panel.pictures.view
    assert pets.project.scan is not None
    folder = pets.project.scan.folder
    opened: list[QUrl] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", opened.append)
    view.set_current(2)
    qtbot.keyClick(view, Qt.Key.Key_Right, SHIFT)
    press(pets, qtbot, Qt.Key.Key_C, CTRL)
    paths = [str(folder / name) for name in ("cats/10.png", "dogs/1.png")]
    assert QGuiApplication.clipboard().text() == "\n".join(paths)
    action(pets, "show_in_folder").trigger()
    assert [url.toLocalFile() for url in opened] == [str(folder / "dogs")]
    started: list[list[str]] = []
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(QProcess, "startDetached", lambda *command: (started.append([*command]), (True, 1))[1])
    action(pets, "show_in_folder").trigger()
    assert started == [["open", ["-R", paths[1]]]] and len(opened) == 1
    monkeypatch.setattr(QProcess, "startDetached", lambda *_: (False, 0))
    action(pets, "show_in_folder").trigger()
    assert len(opened) == 2
    view.set_current(-1)
    assert not action(pets, "copy_path").isEnabled() and not action(pets, "show_in_folder").isEnabled()


@pytest.mark.skipif(os.name != "posix", reason="names are bytes there only")
def test_a_name_that_is_no_text_has_its_own_url() -> None:
    assert bytes(file_url("/a/b\udce9 %?.png").toEncoded().data()) == b"file:///a/b%E9%20%25%3F.png"


def test_the_menu_has_what_can_be_done(pets: Room, qtbot: QtBot) -> None:
    pane = pets.panel.pictures
    pane.view.menu_wished.emit(QPoint(50, 50))
    menu = pane.actions_of_view.menu
    assert menu.isVisible()
    names = [one.objectName() for one in menu.actions() if not one.isSeparator()]
    assert names == ["leave_out_action", "copy_path", "show_in_folder"]
    menu.hide()


def test_another_preset_leaves_the_same_pictures_out(pets: Room, qtbot: QtBot) -> None:
    pets.controller.exclude(np.array([1]))
    qtbot.waitUntil(lambda: excluded(pets) == ("cats/2.png",))
    pets.project.set_preset("large")
    assert excluded(pets) == ("cats/2.png",)


def test_what_takes_long_is_told(pets: Room, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    may_end = threading.Event()

    def slow(*_: object) -> Iterator[Arranged | None]:
        while not may_end.wait(0.001):
            yield None
        yield Arranged(np.array([2]))

    monkeypatch.setattr("core.data.arranging.arranged", slow)
    pets.panel.pictures.filter.search.setText("x")
    qtbot.waitUntil(lambda: status(pets) == "Searching and sorting…")
    may_end.set()
    waits(pets, qtbot, ["cats/10.png"])
    assert status(pets) == "1 of 4 shown"


def test_what_comes_into_sight_with_another_order_is_asked_for(qtbot: QtBot) -> None:
    view = ThumbnailView()
    qtbot.addWidget(view)
    view.resize(640, 480)
    view.show()
    chosen = Chosen(view, view)
    chosen.grow(1000)
    qtbot.waitUntil(lambda: not view._ask._timer.isActive())
    asked: list[tuple[int, ...]] = []
    view.request.connect(lambda visible: asked.append(visible.pictures))
    chosen.arrange(Arrangement(1000, np.arange(500, 1000)))
    qtbot.waitUntil(lambda: bool(asked))
    assert asked[-1][0] == 500


def test_more_than_the_settings_hold_is_taken_back(pets: Room, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(setting_values.MOST_TEXT_BYTES, "excluded", 60)
    view = pets.panel.pictures.view
    pets.controller.exclude(np.array([0]))
    qtbot.waitUntil(lambda: excluded(pets) == ("cats/1.png",))
    pets.controller.exclude(np.arange(3))
    qtbot.waitUntil(lambda: "60 bytes" in pets.panel.banner.text())
    assert [view._mark(index) for index in range(3)] == [Mark.LEFT_OUT, Mark.NONE, Mark.NONE]
    assert excluded(pets) == ("cats/1.png",)
    pets.controller.exclude(np.array([0]), False)
    qtbot.waitUntil(lambda: not excluded(pets))


def test_what_fails_in_the_background_is_told(pets: Room, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> Iterator[object]:
        raise MemoryError("no room")
        yield

    view, banner = pets.panel.pictures.view, pets.panel.banner

    def told() -> bool:
        return banner.isVisible() and "MemoryError" in banner.text()

    with monkeypatch.context() as patch:  # which pictures are shown
        patch.setattr("core.data.arranging.arranged", fails)
        combo(pets, "pictures_sort", "edge")
        qtbot.waitUntil(told)
    assert shown(pets) == ALL
    banner.hide()
    with monkeypatch.context() as patch:  # which ones are left out
        patch.setattr("core.data.splits.names_at", fails)
        pets.controller.exclude(np.array([0]))
        qtbot.waitUntil(told)
    assert view._mark(0) == Mark.NONE and not excluded(pets)
    banner.hide()
    with monkeypatch.context() as patch:  # and how they are divided
        patch.setattr("core.data.splits.sides_in_parts", fails)
        pets.project.set_settings({"hold_out": 0.5})
        qtbot.waitUntil(told)
    with qtbot.waitSignal(pets.controller._division.counted):
        pets.project.set_settings({"seed": 5})
