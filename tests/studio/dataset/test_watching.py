"""A folder that changes while it is shown: said in the head, and taken in only when it is asked for."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from studio.dataset import controller as watching
from tests.studio.dataset.conftest import Room, make_picture
from tests.studio.tips import tip_of


@pytest.fixture
def news(opened: Room, folder: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Looks until the head says this."""
    monkeypatch.setattr(watching, "REST_MS", 5)
    label = opened.panel.findChild(QLabel, "folder_news")

    def said(words: str) -> None:
        if folder.is_dir():  # some file systems count time in steps that a test is quicker than
            os.utime(folder, ns=(0, folder.stat().st_mtime_ns + 10**9))
        opened.controller._watch.look()
        qtbot.waitUntil(lambda: label.isVisible() == bool(words) and (not words or label.text() == words))

    return said


def button(room: Room) -> QPushButton:
    found = room.panel.findChild(QPushButton, "look_again")
    assert found is not None
    return found


def test_news_are_told_and_nothing_is_reloaded_by_itself(opened: Room, folder: Path, news) -> None:
    scan = opened.project.scan
    news("")
    for number in (6, 7):
        make_picture(folder / f"{number}.png", number)
    (folder / "0.png").unlink()
    news("2 new, 1 gone")
    make_picture(folder / "1.png", 100)
    news("2 new, 1 gone, 1 changed")
    assert opened.project.scan is scan and opened.panel.pictures.view.count() == 6
    (folder / "6.png").unlink()
    (folder / "7.png").unlink()
    news("1 gone, 1 changed")


def test_looking_again_keeps_the_chosen_picture(opened: Room, folder: Path, qtbot: QtBot, news) -> None:
    opened.panel.choose(4)
    name = opened.panel.findChild(QLabel, "picture_name")
    qtbot.waitUntil(lambda: name.text() == "4.png")
    (folder / "0.png").unlink()
    news("1 gone")
    with qtbot.waitSignal(opened.controller.opened):
        qtbot.mouseClick(button(opened), Qt.MouseButton.LeftButton)
    assert len(opened.project.scan.pictures) == 5
    qtbot.waitUntil(lambda: name.text() == "4.png")
    news("")


def test_looking_again_keeps_all_that_are_selected(opened: Room, folder: Path, qtbot: QtBot, news) -> None:
    pane = opened.panel.pictures
    opened.panel.choose(4)
    pane.selected.select([1, 2, 4])
    (folder / "0.png").unlink()
    (folder / "2.png").unlink()
    news("2 gone")
    with qtbot.waitSignal(opened.controller.opened):
        qtbot.mouseClick(button(opened), Qt.MouseButton.LeftButton)
    assert pane.selected.places().tolist() == [0, 2] and pane.view.current() == 2, "1.png and 4.png"


def test_a_chosen_picture_that_is_gone_gives_way_to_the_first(opened: Room, folder: Path, qtbot: QtBot, news) -> None:
    opened.panel.choose(4)
    (folder / "4.png").unlink()
    news("1 gone")
    with qtbot.waitSignal(opened.controller.opened):
        qtbot.mouseClick(button(opened), Qt.MouseButton.LeftButton)
    name = opened.panel.findChild(QLabel, "picture_name")
    qtbot.waitUntil(lambda: name.text() == "0.png")


def test_a_folder_that_is_away_says_so_and_comes_back(opened: Room, folder: Path, news) -> None:
    elsewhere = folder.rename(folder.with_name("elsewhere"))
    news(f"{folder.name} is not there")
    assert not button(opened).isVisible(), "there is nothing to look through"
    label = opened.panel.findChild(QLabel, "folder_news")
    assert label is not None and tip_of(label).startswith(str(folder)), "its name may be shortened"
    elsewhere.rename(folder)
    news("")


def test_looks_take_less_than_a_hundredth_and_a_training_comes_first(opened: Room, qtbot: QtBot) -> None:
    watch = opened.controller._watch
    looked: list[watching._Looked] = []
    watch._looks.answered.connect(lambda _watched, answer: looked.append(answer))
    for _ in range(2):  # the first one also gets ready
        count = len(looked)
        watch.look()
        qtbot.waitUntil(lambda count=count: len(looked) > count)
    rest_ms = watch._timer.interval()
    assert rest_ms >= max(watching.REST_MS, 100_000 * looked[-1].took_s)
    watch.set_training(True)
    watch.look()
    qtbot.waitUntil(watch._timer.isActive)
    assert watch._timer.interval() >= 10 * watching.REST_MS
