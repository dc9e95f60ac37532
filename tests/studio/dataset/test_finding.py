"""The grid fills while a folder is still being looked through."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QProgressBar, QPushButton
from pytestqt.qtbot import QtBot

from core.pictures.folder import listing
from core.pictures.folder.scan import ScanDone, scan_all
from studio.dataset.found import FirstPictures, Found, scan_finding
from studio.widgets.thumbnail_view import Mark
from tests.studio.dataset.conftest import Room, make_picture


@pytest.fixture
def other(tmp_path: Path) -> Path:
    made = tmp_path / "other"
    made.mkdir()
    for number in range(10):
        make_picture(made / f"{number}.png", 100 + number)
    return made


def thumbnails(room: Room) -> set[int]:
    return {number for number, image in room.panel.pictures.view._images.items() if not image.isNull()}


def judged(folder: Path, count: int) -> Found:
    return Found(count, count, 10, scan_all(folder).pictures[:count], in_order=True)


def test_some_pictures_are_known_before_all_are_listed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Told of every folder that is looked into, and with a window of four pictures.
    monkeypatch.setattr(listing, "PROGRESS_S", 0.0)
    monkeypatch.setattr("studio.dataset.found.FIRST_FILES", 4)
    for number in range(40):
        (folder / f"sub {number:02d}").mkdir()
    events = list(scan_finding(folder))
    done = events.pop()
    assert isinstance(done, ScanDone)
    found = [event for event in events if isinstance(event, Found)]
    assert len(found) == len(events)
    early = max((event.pictures for event in found if not event.in_order), key=len)
    names = [early.name(n) for n in range(len(early))]
    assert names and set(names) <= {f"{n}.png" for n in range(6)}, "the broken one is never decoded by the window"
    assert all(Path(early.path(n)).name == name for n, name in enumerate(names))
    final = [picture.name for picture in done.scan.pictures]
    for event in found:
        if event.in_order:
            pictures = event.pictures
            assert len(pictures) == event.found
            assert [pictures.name(n) for n in range(len(pictures))] == final[: event.found]
    assert found[-1].found == 6 and found[-1].of == found[-1].seen


def test_the_grid_grows_and_keeps_its_thumbnails(room: Room, other: Path, qtbot: QtBot) -> None:
    view = room.panel.pictures.view
    room.panel.show_scanning("other")
    room.controller._scan.progressed.emit(judged(other, 4))
    assert view.count() == 4
    qtbot.waitUntil(lambda: thumbnails(room) == {0, 1, 2, 3})
    view.set_current(2)
    room.controller._scan.progressed.emit(judged(other, 7))
    assert view.count() == 7 and thumbnails(room) >= {0, 1, 2, 3}
    assert view.current() == 2
    bar = room.panel.head.findChild(QProgressBar)
    assert bar is not None and (bar.value(), bar.maximum()) == (7, 10)
    with qtbot.waitSignal(room.controller.opened):
        room.controller._scan.open(lambda: other, "other")
    assert view.count() == 10 and thumbnails(room) >= {0, 1, 2, 3}
    assert view.current() == 2
    name = room.panel.findChild(QLabel, "picture_name")
    assert name is not None
    qtbot.waitUntil(lambda: name.text() == "2.png")


def test_pictures_in_no_order_give_way_to_the_ordered(room: Room, other: Path, qtbot: QtBot) -> None:
    first = FirstPictures(other, (other / "7.png", other / "3.png"))
    room.controller._scan.progressed.emit(Found(2, 2, 0, first, in_order=False))
    qtbot.waitUntil(lambda: thumbnails(room) == {0, 1})
    room.controller._scan.progressed.emit(judged(other, 1))
    assert thumbnails(room) == set() and room.panel.pictures.view.count() == 1


def test_a_cancelled_scan_gives_the_folder_back_that_was_there(
    opened: Room, folder: Path, other: Path, qtbot: QtBot
) -> None:
    opened.controller.open_folder(other)
    opened.controller._scan.progressed.emit(judged(other, 9))
    view = opened.panel.pictures.view
    assert view.count() == 9
    cancel = opened.panel.findChild(QPushButton, "cancel_scan")
    assert cancel is not None
    qtbot.mouseClick(cancel, Qt.MouseButton.LeftButton)
    assert view.count() == 6
    qtbot.waitUntil(lambda: thumbnails(opened) == set(range(6)))
    assert opened.project.scan is not None and opened.project.scan.folder == folder
    qtbot.waitUntil(lambda: not opened.panel.inspector.seen.picture.isNull())


def test_a_cancelled_scan_gives_back_what_was_left_out(opened: Room, other: Path, qtbot: QtBot) -> None:
    room, view = opened, opened.panel.pictures.view
    room.controller.exclude(np.array([1]))
    qtbot.waitUntil(lambda: room.project.config.data.excluded == ("1.png",))
    room.controller.open_folder(other)
    room.controller._scan.progressed.emit(judged(other, 9))
    assert view._mark(1) == Mark.NONE, "another folder's"
    room.panel.head.cancelled.emit()
    qtbot.waitUntil(lambda: view._mark(1) == Mark.LEFT_OUT)
    room.controller.exclude(np.array([2]))
    qtbot.waitUntil(lambda: room.project.config.data.excluded == ("1.png", "2.png"))


def test_nothing_is_filtered_while_a_folder_is_looked_through(opened: Room, other: Path, qtbot: QtBot) -> None:
    opened.controller.open_folder(other)
    opened.controller._scan.progressed.emit(judged(other, 9))
    opened.controller.show_only("of the folder before", np.array([1]))
    opened.panel.pictures.show_class("of the folder before")
    assert opened.panel.pictures.chips.isHidden()
    with qtbot.waitSignal(opened.controller.opened):
        pass
    assert opened.panel.pictures.chips.isHidden() and opened.panel.pictures.view.count() == 10
