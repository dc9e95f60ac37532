"""Full screen, another size, a halo round the pointer, and no transport: what each shows, takes, and gives back."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import pytest
from PySide6.QtCore import QPoint, QPointF, QRect, QSize, Qt
from PySide6.QtGui import QAction, QCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractScrollArea, QDialog, QMenu
from pytestqt.qtbot import QtBot

from studio.app import text_size
from studio.app.presentation import HALO_PX, READ_MS, Halo, Presentation
from studio.app.settings import Settings
from studio.app.transport import Figures
from studio.app.window import MainWindow
from studio.sampler.brush import Painting
from studio.training.state import TrainingState
from tests.studio.test_keys import sampler
from tests.studio.tips import tip_of


class Screen:
    """A projector of 1920 × 1080 at 200 %."""

    def geometry(self) -> QRect:
        return QRect(0, 0, 960, 540)

    def availableGeometry(self) -> QRect:
        return self.geometry()

    def availableSize(self) -> QSize:
        return self.availableGeometry().size()


@pytest.fixture
def show(window: MainWindow, qtbot: QtBot) -> Presentation:
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    return window.presentation


@pytest.mark.long
def test_actions_are_in_the_gears_menu_with_their_keys(window: MainWindow, show: Presentation) -> None:
    menus = window.top_bar.settings.menu().findChildren(QMenu)
    (menu,) = (menu for menu in menus if menu.title() == "Presentation")
    keys = [[key.toString() for key in action.shortcuts()] for action in menu.actions()]
    assert keys == [["F11"], ["Ctrl++", "Ctrl+="], ["Ctrl+-"], ["Ctrl+0"], ["F9"], ["F8"]]


@pytest.mark.long
def test_size_is_chosen_by_several_presses_and_taken_once(
    window: MainWindow, show: Presentation, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    wished: list[object] = []
    show.restart_wished.disconnect(window.restart)
    show.restart_wished.connect(lambda: wished.append(window.settings["text_size"]))
    for _ in range(9):
        show.larger.trigger()
    assert show.note.isVisible() and show.note.percent.text() == "200 %"
    show.smaller.trigger()
    assert show.note.percent.text() == "175 %" and not wished
    show._applying.timeout.emit()
    assert wished == [175] and not show.note.isVisible()
    assert json.loads(window.settings.path.read_text())["text_size"] == 175, "the next start has it too"


@pytest.mark.long
def test_size_as_it_is_restarts_nothing(window: MainWindow, show: Presentation) -> None:
    show.restart_wished.disconnect(window.restart)
    show.restart_wished.connect(pytest.fail)
    show.larger.trigger()
    show.smaller.trigger()
    assert show.note.words.text() == "It is so already"
    show._applying.timeout.emit()
    assert not show.note.isVisible()


@pytest.mark.long
def test_size_waits_for_a_generation_that_would_be_lost(
    window: MainWindow, show: Presentation, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    wished: list[object] = []
    busy = [True]
    show.restart_wished.disconnect(window.restart)
    show.restart_wished.connect(lambda: wished.append(True))
    monkeypatch.setattr(show, "_busy", lambda: busy[0])
    show.larger.trigger()
    assert show.note.words.text().startswith("After this generation")
    show._applying.timeout.emit()
    assert not wished and show.note.isVisible()
    busy.clear()
    busy.append(False)
    show._applying.timeout.emit()
    assert wished


@pytest.mark.long
def test_size_that_waited_for_a_generation_that_is_in_no_file_says_so_before_it_is_lost(
    window: MainWindow, show: Presentation, monkeypatch: pytest.MonkeyPatch
) -> None:
    wished: list[object] = []
    busy, loses = [True], [frozenset[str]()]
    show.restart_wished.disconnect(window.restart)
    show.restart_wished.connect(lambda: wished.append(True))
    monkeypatch.setattr(show, "_busy", lambda: busy[-1])
    monkeypatch.setattr(show, "_loses", lambda: loses[-1])
    show.larger.trigger()
    assert show.note.words.text().startswith("After this generation")
    busy.append(False)
    loses.append(frozenset({"generation"}))
    show._applying.timeout.emit()
    assert not wished and "in memory alone" in show.note.words.text() and show._applying.interval() == READ_MS
    show._applying.timeout.emit()
    assert wished


@pytest.mark.long
def test_size_that_takes_twins_away_says_so(
    window: MainWindow, show: Presentation, monkeypatch: pytest.MonkeyPatch
) -> None:
    show.restart_wished.disconnect(window.restart)
    show.restart_wished.connect(pytest.fail)
    window.show_room("inside")
    assert window.inside is not None
    tricks = window.inside.tab("tricks")
    assert not window._loses()
    tricks.twins = SimpleNamespace(has_results=True)  # type: ignore[attr-defined]
    assert window._loses() == {"twins"}
    show.larger.trigger()
    assert "without the twins" in show.note.words.text() and show._applying.interval() == READ_MS
    both = frozenset({"twins", "generation"})
    monkeypatch.setattr(show, "_loses", lambda: both)
    show.larger.trigger()
    assert "without the generation and the twins" in show.note.words.text()
    show._applying.stop()
    tricks.twins = None  # type: ignore[attr-defined]


@pytest.mark.long
def test_a_window_that_was_closed_is_not_started_again_by_a_size_that_waited(
    window: MainWindow, show: Presentation
) -> None:
    show.larger.trigger()
    window.close()
    show._applying.timeout.emit()
    assert not window.restarts


@pytest.mark.long
def test_size_that_takes_a_generation_away_says_so_and_gives_time_to_go_back(
    window: MainWindow, show: Presentation
) -> None:
    show.restart_wished.disconnect(window.restart)
    show.restart_wished.connect(pytest.fail)
    sampler(window)
    assert window.sampler is not None
    window.sampler.recording = window._panels["sampler"]._recording
    show.larger.trigger()
    assert "in memory alone" in show.note.words.text() and show._applying.interval() == READ_MS
    show.smaller.trigger()
    assert show.note.words.text() == "It is so already"
    show._applying.timeout.emit()
    window.sampler.recording = None


@pytest.mark.long
def test_size_when_the_generation_it_waits_for_is_cancelled_says_what_is_lost(
    window: MainWindow, show: Presentation, monkeypatch: pytest.MonkeyPatch
) -> None:
    wished: list[object] = []
    busy = [True]
    show.restart_wished.disconnect(window.restart)
    show.restart_wished.connect(lambda: wished.append(True))
    monkeypatch.setattr(show, "_busy", lambda: busy[0])
    sampler(window)
    assert window.sampler is not None
    show.larger.trigger()
    show._applying.timeout.emit()
    show._leaving.timeout.emit()
    assert show.note.isHidden(), "nothing lies over the pictures for as long as they are made"
    busy[0], window.sampler.recording = False, window._panels["sampler"]._recording
    show._applying.timeout.emit()
    assert not wished and show.note.isVisible() and "in memory alone" in show.note.words.text()
    assert show._applying.interval() == READ_MS
    show._applying.timeout.emit()
    assert wished, "it was said, and there was time"
    window.sampler.recording = None


@pytest.mark.long
def test_size_when_a_generation_has_ended_is_announced_again(
    window: MainWindow, show: Presentation, monkeypatch: pytest.MonkeyPatch
) -> None:
    wished: list[object] = []
    busy = [True]
    show.restart_wished.disconnect(window.restart)
    show.restart_wished.connect(lambda: wished.append(True))
    monkeypatch.setattr(show, "_busy", lambda: busy[0])
    show.larger.trigger()
    show._leaving.timeout.emit()
    busy[0] = False
    show._applying.timeout.emit()
    assert not wished and show.note.isVisible()
    show._applying.timeout.emit()
    assert wished


@pytest.mark.long
def test_size_when_something_is_painted_is_not_changed_and_says_why(
    window: MainWindow, show: Presentation, monkeypatch: pytest.MonkeyPatch
) -> None:
    show.restart_wished.disconnect(window.restart)
    show.restart_wished.connect(pytest.fail)
    panel = sampler(window)
    panel.fork_bar.show()
    panel.fork_bar.painting = painting = Painting((1, 8, 8, 3))
    assert not panel.paints
    painting.begin(0)
    painting.stroke(0, QPointF(2, 2), QPointF(4, 4), 2, (255, 0, 0))
    assert panel.paints
    show.larger.trigger()
    assert "painted" in show.note.words.text() and not show._applying.isActive()
    panel.fork_bar.clear()
    assert not panel.paints
    show.larger.trigger()
    assert show._applying.isActive()
    panel.fork_bar.show()  # in the moment until it is applied
    panel.fork_bar.painting = painting
    show._applying.timeout.emit()
    assert "painted" in show.note.words.text() and not show._applying.isActive()
    panel.fork_bar.clear()


@pytest.mark.long
def test_size_of_the_environment_is_obeyed(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, qtbot: QtBot
) -> None:
    monkeypatch.setenv(text_size.VARIABLE, "2")
    made = Presentation(window, window.top_bar, window.transport, Settings(tmp_path / "none.json"), lambda: False)
    for action in (made.larger, made.smaller, made.usual):
        assert not action.isEnabled() and "QT_SCALE_FACTOR" in tip_of(action)
    made.deleteLater()
    for action in made.actions:
        window.removeAction(action)
        action.deleteLater()


@pytest.mark.long
def test_restart_keeps_what_is_presented_and_whether_a_run_is_open(
    window: MainWindow, show: Presentation, pictures: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(window, "close", lambda: True)
    for action in (show.full_screen, show.pointer, show.quiet):
        action.trigger()
    qtbot.waitUntil(window.isFullScreen)
    window.restart()
    left = dict(window.settings["left_at"])
    assert left["full_screen"] is left["halo"] is left["quiet"] is True
    for action in (show.full_screen, show.pointer, show.quiet):
        action.trigger()
    qtbot.waitUntil(lambda: not window.isFullScreen())
    window.settings["left_at"] = left
    assert left["run_open"] is False
    window.settings["folder"] = str(pictures)
    window.come_back(pictures / "a-run", None)
    assert window._later == pictures, "New run was pressed: its settings come back, not the run"
    window.settings["left_at"] = left | {"run_open": True}
    window.come_back(pictures / "a-run", None)
    assert window._later == pictures / "a-run"
    qtbot.waitUntil(window.isFullScreen)
    assert window.transport.isHidden() and show.pointer.isChecked()
    assert window.settings["left_at"] == {}, "an ordinary start is none of it"
    for action in (show.full_screen, show.pointer, show.quiet):
        action.trigger()


@pytest.mark.long
def test_escape_leaves_the_full_screen_only_where_nothing_else_takes_it(
    window: MainWindow, show: Presentation, qtbot: QtBot
) -> None:
    panel = sampler(window)
    show.full_screen.trigger()
    qtbot.waitUntil(window.isFullScreen)
    panel.setFocus()
    panel.wells.set_large(True)
    QTest.keyClick(panel, Qt.Key.Key_Escape)
    assert window.isFullScreen() and not panel.wells.large
    QTest.keyClick(panel, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not window.isFullScreen())
    assert not show.full_screen.isChecked()


def test_quiet_hides_the_bar_says_that_a_training_runs_and_gives_all_back(
    window: MainWindow, show: Presentation, qtbot: QtBot
) -> None:
    mark = window.top_bar.mark
    window.transport.set_state(TrainingState.RUNNING)
    window.transport.set_figures(Figures(step=43, total=100))
    assert mark.isHidden(), "the bar says it"
    show.quiet.trigger()
    assert window.transport.isHidden() and mark.isVisible() and mark.text() == "Training · 43 %"
    window.transport.set_figures(Figures(step=44, total=100))
    assert mark.text() == "Training · 44 %"
    wished: list[bool] = []
    window.transport.toggle_wished.disconnect()
    window.transport.toggle_wished.connect(lambda: wished.append(True))
    QTest.keyClick(window, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: bool(wished))
    window.transport.set_state(TrainingState.FINISHED)
    assert mark.isHidden()
    window.transport.set_state(TrainingState.RUNNING)
    mark.click()
    assert window.transport.isVisible() and mark.isHidden() and not show.quiet.isChecked()


@pytest.mark.long
def test_halo_follows_the_pointer_marks_a_click_and_takes_nothing_of_the_mouse(
    window: MainWindow, show: Presentation, qtbot: QtBot
) -> None:
    assert window.findChild(Halo) is None, "off by default"
    show.pointer.trigger()
    place = QPoint(200, 150)
    QCursor.setPos(window.mapToGlobal(place))
    qtbot.waitUntil(lambda: show.halo.shown is not None and show.halo.shown.geometry().center() == place - QPoint(1, 1))
    halo = show.halo.shown
    assert halo is not None and halo.isVisible() and halo.width() == HALO_PX and halo.ring is None
    # What is pressed under it is pressed.
    button = window.top_bar.rooms["training"]
    QCursor.setPos(button.mapToGlobal(button.rect().center()))
    handle, left, place = window.windowHandle(), Qt.MouseButton.LeftButton, button.mapTo(window, button.rect().center())
    QTest.mousePress(handle, left, pos=place)
    qtbot.waitUntil(lambda: halo.ring is not None)
    QTest.mouseRelease(handle, left, pos=place)
    qtbot.waitUntil(lambda: halo.ring is None)
    assert window.rooms.currentWidget() is window._panels["training"]
    show.pointer.trigger()
    assert halo.isHidden() and not show.halo._timer.isActive()


@pytest.mark.long
def test_halo_is_over_a_menu_too_and_goes_with_it(window: MainWindow, show: Presentation, qtbot: QtBot) -> None:
    show.pointer.trigger()
    menu = QMenu(window)
    menu.addAction(QAction("An action that is wide enough", menu))
    menu.popup(window.mapToGlobal(QPoint(300, 300)))
    qtbot.waitUntil(menu.isVisible)
    QCursor.setPos(menu.mapToGlobal(menu.rect().center()))
    qtbot.waitUntil(lambda: show.halo.shown is not None and show.halo.shown.parentWidget() is menu)
    menu.close()
    menu.deleteLater()
    QCursor.setPos(window.mapToGlobal(QPoint(30, 200)))
    qtbot.waitUntil(lambda: show.halo.shown is not None and show.halo.shown.parentWidget() is window)
    show.pointer.trigger()


@pytest.mark.long
def test_guide_and_keys_on_a_low_screen_are_no_higher_and_scroll(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(window, "screen", Screen)
    window.settings_menu.show_guide()
    window.settings_menu._show_keys()
    for name in ("guide", "keys"):
        dialog = window.findChild(QDialog, name)
        assert dialog is not None and dialog.isVisible()
        assert 200 < dialog.height() <= 540 - 48
        scrolled = dialog.findChild(QAbstractScrollArea)
        qtbot.waitUntil(lambda scrolled=scrolled: scrolled.verticalScrollBar().maximum() > 0)
        assert scrolled.horizontalScrollBar().maximum() == 0
        dialog.close()
