"""Undo and redo by keys, buttons and menu, each with the words of its step."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from core.pictures.folder.scan import scan_all
from core.runs.run import Run
from studio.app.window import MainWindow
from studio.project import Undoable

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def test_keys_take_back_and_do_again_and_the_buttons_say_what(window: MainWindow, qtbot: QtBot) -> None:
    window.activateWindow()
    project, bar = window.project, window.top_bar
    assert not bar.undo.isEnabled() and bar.undo.toolTip().startswith("Nothing to undo")
    project.set_settings({"dim": 32})
    assert bar.undo.toolTip() == "Undo: Base width 32 (Ctrl+Z)"
    project.set_preset("small")
    assert bar.undo.toolTip() == "Undo: preset Small (Ctrl+Z)"
    project.set_settings({"excluded": ("a.png", "b.png")})
    assert window.undoing.undo.text() == "Undo: leave out 2 pictures"
    window.setFocus()
    QTest.keyClick(window, Qt.Key.Key_Z, CTRL)
    QTest.keyClick(window, Qt.Key.Key_Z, CTRL)
    assert project.changed_settings() == ("dim",)
    assert bar.redo.toolTip().startswith("Redo: preset Small")
    QTest.keyClick(window, Qt.Key.Key_Z, CTRL | SHIFT)
    assert project.wished.preset == "small"
    bar.undo.click()
    assert project.wished.preset == "sketch"
    done = []
    project.undo_steps.push(Undoable("faces-01 to the trash", lambda: done.append("undo"), lambda: done.append("redo")))
    assert bar.undo.toolTip() == "Undo: faces-01 to the trash (Ctrl+Z)"
    QTest.keyClick(window, Qt.Key.Key_Z, CTRL)
    QTest.keyClick(window, Qt.Key.Key_Z, CTRL | SHIFT)
    assert done == ["undo", "redo"] and project.wished.preset == "sketch"
    assert window.undoing.undo in bar.settings.menu().actions()


@pytest.mark.long
def test_a_text_field_takes_back_its_own_typing_first(window: MainWindow, qtbot: QtBot) -> None:
    window.project.set_settings({"dim": 32})
    line = QLineEdit(window)
    line.show()
    line.setFocus()
    qtbot.waitUntil(line.hasFocus)
    QTest.keyClicks(line, "abc")
    QTest.keyClick(line, Qt.Key.Key_Z, CTRL)
    assert line.text() == "" and window.project.changed_settings() == ("dim",)
    QTest.keyClick(line, Qt.Key.Key_Z, CTRL)
    assert window.project.changed_settings() == ()


@pytest.mark.long
def test_a_setting_that_is_typed_is_taken_back_by_the_key_where_it_was_typed(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: window.sampler is not None, timeout=60_000)
    window.show_room("training")
    window.activateWindow()
    control = window._panels["training"].form.field("steps").control
    control.setFocus()
    qtbot.waitUntil(control.hasFocus)
    control.lineEdit().selectAll()
    QTest.keyClicks(control, "333")
    QTest.keyClick(control, Qt.Key.Key_Return)
    assert window.project.config.train.steps == 333
    QTest.keyClick(control, Qt.Key.Key_Z, CTRL)
    assert window.project.config.train.steps != 333
    QTest.keyClick(control, Qt.Key.Key_Z, CTRL | SHIFT)
    assert window.project.config.train.steps == 333


@pytest.mark.long
def test_an_open_run_of_these_pictures_locks_undo_with_the_reason(window: MainWindow, tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    folder.mkdir()
    Image.new("RGB", (16, 16)).save(folder / "a.png")
    project = window.project
    project.set_scan(scan_all(folder))
    project.set_settings({"dim": 32})
    run = Run.create(tmp_path / "runs" / "a-01", project.config, source_folder=folder, device="cpu", planned_total=5)
    project.set_run(run)
    assert not window.top_bar.undo.isEnabled() and "New run" in window.top_bar.undo.toolTip()
    project.set_run(None)
    assert window.top_bar.undo.isEnabled()


@pytest.mark.long
def test_what_is_changed_beside_an_open_run_is_taken_back_and_what_was_before_it_is_not(
    window: MainWindow, tmp_path: Path
) -> None:
    folder = tmp_path / "pictures"
    folder.mkdir()
    Image.new("RGB", (16, 16)).save(folder / "a.png")
    project, bar = window.project, window.top_bar
    project.set_scan(scan_all(folder))
    project.set_settings({"dim": 32})
    run = Run.create(tmp_path / "runs" / "a-01", project.config, source_folder=folder, device="cpu", planned_total=5)
    project.set_run(run)
    project.set_settings({"immiscible": True})
    assert bar.undo.isEnabled() and "for the next run: Immiscible" in bar.undo.toolTip()
    window.undoing.undo.trigger()
    assert not project.wished.diffusion.immiscible and project.wished.model.dim == 32
    assert not bar.undo.isEnabled() and "New run" in bar.undo.toolTip()
    assert bar.redo.isEnabled()
    bar.redo.click()
    assert project.wished.diffusion.immiscible and not bar.redo.isEnabled()
