"""The grid of the dataset room: what is searched, sorted, selected, left out and handed on."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QProcess, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QLabel, QLineEdit, QListView, QPushButton
from pytestqt.qtbot import QtBot

from core.pictures.folder.arranging import Arranged
from core.pictures.folder.scan import scan_all
from studio.app.messages import reason_text
from studio.dataset.grid_controller import file_url
from studio.dataset.pictures_pane import Arrangement, Chosen
from studio.widgets.thumbnail_view import Mark, ThumbnailView
from tests.studio.dataset.conftest import Room
from tests.studio.dataset.in_the_grid import (
    ALL,
    CTRL,
    LEFT,
    SHIFT,
    action,
    combo,
    excluded,
    press,
    shown,
    status,
    waits,
)


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
    pets.controller.show_only("Doubles <b>", np.array([3, 0]))
    waits(pets, qtbot, ["dogs/1.png", "cats/1.png"])
    chip = pets.panel.findChild(QPushButton, "chip_only")
    assert chip is not None and chip.accessibleName() == "Doubles <b> · 2"
    assert "<b>" not in chip.toolTip()
    qtbot.mouseClick(chip, LEFT)
    waits(pets, qtbot, ALL)


def test_the_chosen_one_of_an_arrangement_is_the_one_in_the_inspector(pets: Room, qtbot: QtBot) -> None:
    pets.controller.show_only("Doubles", np.array([3, 0]))
    waits(pets, qtbot, ["dogs/1.png", "cats/1.png"])
    name = pets.panel.findChild(QLabel, "picture_name")
    assert name is not None
    pets.panel.pictures.view.set_current(-1)
    pets.panel.pictures.view.set_current(0)
    qtbot.waitUntil(lambda: name.text() == "dogs/1.png")
    pets.panel.choose(0)
    assert pets.panel.pictures.view.current() == 1
    qtbot.waitUntil(lambda: name.text() == "cats/1.png")


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


def test_what_takes_long_is_told(pets: Room, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    may_end = threading.Event()

    def slow(*_: object) -> Iterator[Arranged | None]:
        while not may_end.wait(0.001):
            yield None
        yield Arranged(np.array([2]))

    monkeypatch.setattr("core.pictures.folder.arranging.arranged", slow)
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


def test_what_fails_in_the_background_is_told(pets: Room, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> Iterator[object]:
        raise MemoryError("no room")
        yield

    view, banner = pets.panel.pictures.view, pets.panel.banner

    def told() -> bool:
        return banner.isVisible() and "MemoryError" in banner.text()

    with monkeypatch.context() as patch:  # which pictures are shown
        patch.setattr("core.pictures.folder.arranging.arranged", fails)
        combo(pets, "pictures_sort", "edge")
        qtbot.waitUntil(told)
    assert shown(pets) == ALL
    banner.hide()
    with monkeypatch.context() as patch:  # which ones are left out
        patch.setattr("core.pictures.folder.splits.names_at", fails)
        pets.controller.exclude(np.array([0]))
        qtbot.waitUntil(told)
    assert view._mark(0) == Mark.NONE and not excluded(pets)
    banner.hide()
    with monkeypatch.context() as patch:  # and how they are divided
        patch.setattr("core.pictures.folder.splits.sides_in_parts", fails)
        pets.project.set_settings({"hold_out": 0.5})
        qtbot.waitUntil(told)
    with qtbot.waitSignal(pets.controller._division.counted):
        pets.project.set_settings({"seed": 5})
