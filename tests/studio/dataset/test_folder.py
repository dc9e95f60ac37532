"""Opening folders: good ones, broken ones, empty ones, one after the other."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from core.pictures.folder.reasons import REASONS
from studio.dataset.head import SkippedDialog
from studio.widgets.focus import FocusOverlay


def label(room, name: str) -> str:
    return room.panel.findChild(QLabel, name).text()


def test_scan_fills_the_room(opened, folder: Path) -> None:
    assert opened.project.scan is not None
    assert len(opened.project.scan.pictures) == 6
    assert opened.panel.pictures.view.count() == 6
    assert label(opened, "counts") == "6 pictures · 20 px"
    assert opened.settings["folder"] == str(folder)
    assert opened.panel.banner.isHidden()


def test_thumbnails_arrive(opened, qtbot: QtBot) -> None:
    view = opened.panel.pictures.view

    def shown(number: int):
        return view.grab(view.cell_rect(number).toAlignedRect()).toImage()

    # Empty places look all the same.
    qtbot.waitUntil(lambda: len({bytes(shown(number).constBits()) for number in range(6)}) == 6)


def test_broken_picture_is_listed_with_its_reason(opened, qtbot: QtBot) -> None:
    button = opened.panel.findChild(QPushButton, "skipped")
    assert button is not None
    assert button.text() == "1 skipped"
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    dialog = opened.panel.findChild(SkippedDialog)
    assert dialog is not None
    assert dialog.table.item(0, 0).text() == "broken.png"
    reason = dialog.table.item(0, 1).text()
    assert reason in REASONS.values()
    copy = dialog.findChild(QPushButton, "copy_skipped")
    assert copy is not None
    qtbot.mouseClick(copy, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == f"broken.png\t{reason}"
    ring = dialog.findChild(FocusOverlay)
    assert ring is not None and not ring.isVisible()
    dialog.activateWindow()
    copy.setFocus()
    qtbot.waitUntil(copy.hasFocus)
    qtbot.keyClick(copy, Qt.Key.Key_Tab)
    assert ring.isVisible() and ring.target is dialog.focusWidget()
    dialog.accept()


@pytest.mark.parametrize("content", ["empty", "text", "missing"])
def test_a_folder_without_pictures_says_so(room, tmp_path: Path, qtbot: QtBot, content: str) -> None:
    bare = tmp_path / "bare"
    if content != "missing":
        bare.mkdir()
    if content == "text":
        (bare / "notes.txt").write_text("words")
    room.controller.open_folder(bare)
    qtbot.waitUntil(room.panel.banner.isVisible)
    assert str(bare) in room.panel.banner.text()
    assert room.project.scan is None
    assert room.panel.welcome.isVisible()


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="needs a user whose permissions count")
def test_a_forbidden_folder_says_so(room, tmp_path: Path, qtbot: QtBot) -> None:
    closed = tmp_path / "closed"
    closed.mkdir()
    closed.chmod(0)
    try:
        room.controller.open_folder(closed)
        qtbot.waitUntil(room.panel.banner.isVisible)
        assert str(closed) in room.panel.banner.text()
    finally:
        closed.chmod(0o700)


def test_a_bad_folder_leaves_the_good_one_open(opened, folder: Path, tmp_path: Path, qtbot: QtBot) -> None:
    opened.controller.open_folder(tmp_path / "nowhere")
    qtbot.waitUntil(opened.panel.banner.isVisible)
    assert opened.project.scan is not None
    assert opened.project.scan.folder == folder
    assert opened.panel.pictures.isVisible()
    assert opened.panel.pictures.view.count() == 6


def test_the_last_folder_asked_for_wins(room, folder: Path, tmp_path: Path, qtbot: QtBot) -> None:
    other = tmp_path / "other"
    other.mkdir()
    shutil.copy(folder / "1.png", other / "only.png")
    arrived: list[int] = []
    room.controller.opened.connect(lambda: arrived.append(1))
    room.controller.open_folder(folder)
    room.controller.open_folder(other)
    qtbot.waitUntil(lambda: room.project.scan is not None)
    assert room.project.scan is not None
    assert room.project.scan.folder == other
    assert arrived == [1]


def test_a_scan_can_be_cancelled(room, folder: Path, qtbot: QtBot) -> None:
    room.controller.open_folder(folder)
    cancel = room.panel.findChild(QPushButton, "cancel_scan")
    assert cancel is not None
    assert cancel.isVisible()
    qtbot.mouseClick(cancel, Qt.MouseButton.LeftButton)
    assert room.panel.welcome.isVisible()
    assert room.controller.shutdown(5000)
    assert room.project.scan is None


def test_a_picture_that_went_away_says_so(opened, folder: Path, qtbot: QtBot) -> None:
    (folder / "3.png").unlink()
    opened.panel.choose(3)
    qtbot.waitUntil(lambda: label(opened, "picture_facts") == REASONS["gone"])
    assert opened.panel.inspector.seen.picture.isNull()
    opened.panel.choose(2)
    qtbot.waitUntil(lambda: not opened.panel.inspector.seen.picture.isNull())


@pytest.fixture
def with_hidden(folder: Path) -> Path:
    """The folder with one picture more, in a folder that a program keeps."""
    (folder / "@eaDir").mkdir()
    shutil.copy(folder / "1.png", folder / "@eaDir" / "thumb.png")
    return folder


def toggle_hidden(room, qtbot: QtBot) -> None:
    """Open the list of skipped files, and tick or untick its box."""
    qtbot.mouseClick(room.panel.findChild(QPushButton, "skipped"), Qt.MouseButton.LeftButton)
    dialog = room.panel.findChild(SkippedDialog)
    assert dialog is not None and dialog.hidden.isVisible()
    with qtbot.waitSignal(room.controller.opened):
        dialog.hidden.click()
    qtbot.waitUntil(lambda: room.panel.findChild(SkippedDialog) is None)


def test_hidden_folders_are_listed_as_skipped_and_taken_on_demand(room, with_hidden: Path, qtbot: QtBot) -> None:
    with qtbot.waitSignal(room.controller.opened):
        room.controller.open_folder(with_hidden)
    assert len(room.project.scan.pictures) == 6 and not room.project.config.data.hidden_folders
    assert room.panel.findChild(QPushButton, "skipped").text() == "2 skipped"
    toggle_hidden(room, qtbot)
    assert len(room.project.scan.pictures) == 7 and room.project.config.data.hidden_folders
    room.project.set_preset("standard")
    with qtbot.waitSignal(room.controller.opened):
        room.controller.look_again()
    assert len(room.project.scan.pictures) == 7 and room.project.config.data.hidden_folders
    toggle_hidden(room, qtbot)
    assert len(room.project.scan.pictures) == 6 and not room.project.config.data.hidden_folders


def test_hidden_folders_of_one_folder_are_not_wished_of_another(
    room, with_hidden: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(room.controller.opened):
        room.controller.open_folder(with_hidden)
    toggle_hidden(room, qtbot)
    other = tmp_path / "other"
    shutil.copytree(with_hidden, other)
    with qtbot.waitSignal(room.controller.opened):
        room.controller.open_folder(other)
    assert len(room.project.scan.pictures) == 6 and not room.project.config.data.hidden_folders
    with qtbot.waitSignal(room.controller.opened):
        room.controller.open_folder(with_hidden)
    assert len(room.project.scan.pictures) == 7, "it was chosen for this folder"


def test_the_box_for_hidden_folders_is_not_there_without_any(opened, qtbot: QtBot) -> None:
    qtbot.mouseClick(opened.panel.findChild(QPushButton, "skipped"), Qt.MouseButton.LeftButton)
    dialog = opened.panel.findChild(SkippedDialog)
    assert dialog is not None and dialog.hidden.isHidden()
    dialog.accept()
