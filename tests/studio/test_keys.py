"""Every key that is documented is pressed, and its effect seen."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from core.frames import SamplingStarted
from core.recording import Recording
from core.runs.run import Run
from studio.app.settings_menu import guide_path
from studio.app.window import MainWindow
from studio.sampler.forks import Forks
from studio.training.live_run import LiveRun
from tests.studio.sampler.conftest import make_frame, make_started

STEPS = 25
ROOT = Path(__file__).parents[2]

Check = Callable[[MainWindow, QtBot], None]

#: What is documented → what presses it and sees its effect.
CHECKS: dict[str, Check] = {}


def key(*names: str) -> Callable[[Check], Check]:
    def keep(check: Check) -> Check:
        CHECKS.update(dict.fromkeys(names, check))
        return check

    return keep


def press(widget: QWidget, keys: str) -> None:
    QTest.keySequence(widget, QKeySequence(keys))


def sampler(window: MainWindow):
    """The sampler's panel with a recording of 25 steps, at the first."""
    window.show_room("sampler")
    panel = window._panels["sampler"]
    started: SamplingStarted = make_started(steps=STEPS, count=4)
    recording = Recording(started)
    for index in range(STEPS):
        recording.add(make_frame(index, steps=STEPS, count=4))
    panel.show_recording(recording)
    panel.recording_grew()
    panel.playback.go(0)
    panel.setFocus()
    return panel


def step(panel) -> int:
    return panel.shown.step


@key("Ctrl+1, 2, 3, 4")
def _rooms(window: MainWindow, qtbot: QtBot) -> None:
    for number, room in ((2, "training"), (3, "sampler"), (4, "inside"), (1, "dataset")):
        press(window, f"Ctrl+{number}")
        shown = window._panels[room]
        qtbot.waitUntil(lambda shown=shown: window.rooms.currentWidget() is shown)


@key("Ctrl+O")
def _open(window: MainWindow, qtbot: QtBot) -> None:
    asked: list[str] = []

    def folder(_parent: object, title: str, *_rest: object) -> str:
        asked.append(title)
        return ""

    def file(_parent: object, title: str, *_rest: object) -> tuple[str, str]:
        return folder(None, title), ""

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(QFileDialog, "getExistingDirectory", folder)
        patch.setattr(QFileDialog, "getOpenFileName", file)
        for room in ("training", "sampler", "dataset"):
            window.show_room(room)
            press(window, "Ctrl+O")
    assert asked == ["Open a run folder", "Open a model", "Choose a folder of pictures"]


@key("Ctrl+P")
def _start(window: MainWindow, qtbot: QtBot) -> None:
    wished = []
    window.transport.toggle_wished.disconnect()
    window.transport.toggle_wished.connect(lambda: wished.append(True))
    for room in ("dataset", "training", "sampler"):
        window.show_room(room)
        press(window, "Ctrl+P")
        qtbot.waitUntil(lambda: bool(wished))
        wished.clear()


@key("Ctrl+S", "Ctrl+Shift+S", "Ctrl+Shift+P")
def _at_once(window: MainWindow, qtbot: QtBot) -> None:
    window.show_room("training")
    at_once = window.training.at_once
    asked = {"Ctrl+S": at_once.save, "Ctrl+Shift+S": at_once.samples, "Ctrl+Shift+P": at_once.pin}
    for keys, action in asked.items():
        action.setEnabled(True)  # as while it trains
        with qtbot.waitSignal(action.triggered):
            press(window, keys)
        action.setEnabled(False)


@key("Ctrl+F")
def _find(window: MainWindow, qtbot: QtBot) -> None:
    window.show_room("dataset")
    press(window, "Ctrl+F")
    search = window._panels["dataset"].findChild(QWidget, "picture_search")
    assert QApplication.focusWidget() is search


@key("Ctrl+A", "Del")
def _select_and_leave_out(window: MainWindow, qtbot: QtBot) -> None:
    window.show_room("dataset")
    view = window._panels["dataset"].pictures.view
    view.setFocus()
    qtbot.waitUntil(view.hasFocus)
    press(view, "Ctrl+A")
    press(view, "Del")
    qtbot.waitUntil(lambda: len(window.project.config.data.excluded or ()) == 5)
    press(view, "Del")
    qtbot.waitUntil(lambda: not window.project.config.data.excluded)


@key("Ctrl+Z, Ctrl+Shift+Z")
def _undo(window: MainWindow, qtbot: QtBot) -> None:
    window.project.set_settings({"dim": 32})
    window.setFocus()
    press(window, "Ctrl+Z")
    assert window.project.wished.model.dim != 32
    press(window, "Ctrl+Shift+Z")
    assert window.project.wished.model.dim == 32


@key("← →, + −, PgUp PgDn, 0")
def _curve(window: MainWindow, qtbot: QtBot) -> None:
    window.show_room("training")
    panel = window._panels["training"]
    live = LiveRun(window.project.config, 0.9)
    live.take_history("loss", np.arange(1, 101), np.linspace(1, 0.1, 100))
    panel.show_run(live)
    panel.grab()
    plot = panel.plots.plot
    whole = plot.x_view()
    plot.setFocus()
    seen = []
    for keys in ("Right", "+", "PgUp", "PgDown", "-", "0"):
        press(plot, keys)
        seen.append((plot._cursor.isVisible(), *plot.x_view()))
    assert seen[0] == (True, *whole) and seen[-1] == (True, *whole)
    assert seen[1][2] - seen[1][1] < 0.6 * (whole[1] - whole[0])
    assert seen[2][1] < seen[1][1] < seen[3][1] + 1
    panel.show_run(None)


@key("Space")
def _play(window: MainWindow, qtbot: QtBot) -> None:
    panel = sampler(window)
    press(panel, "Space")
    assert panel.playback.playing
    press(panel, "Space")
    assert not panel.playback.playing


@key("← →", "Shift+← →", "Home, End")
def _steps(window: MainWindow, qtbot: QtBot) -> None:
    panel = sampler(window)
    seen = []
    for keys in ("Right", "Left", "Shift+Right", "Shift+Left", "End", "Home"):
        press(panel, keys)
        seen.append(step(panel))
    assert seen == [1, 0, 10, 0, STEPS - 1, 0]


@key("K")
def _kept(window: MainWindow, qtbot: QtBot) -> None:
    panel = sampler(window)
    assert not panel.kept.isVisible()
    press(panel, "K")
    assert panel.kept.isVisible()
    press(panel, "K")
    assert not panel.kept.isVisible()


@key("↑ ↓")
def _pictures(window: MainWindow, qtbot: QtBot) -> None:
    panel = sampler(window)
    seen = []
    for keys in ("Down", "Down", "Up"):
        press(panel, keys)
        seen.append(panel.shown.picture)
    assert seen == [1, 2, 1]


@key("1, 2, 3")
def _ways(window: MainWindow, qtbot: QtBot) -> None:
    panel = sampler(window)
    for keys, way in (("2", panel.taken_apart), ("3", panel.compare), ("1", panel.wells)):
        press(panel, keys)
        assert way.isVisible()


@key("G")
def _generate(window: MainWindow, qtbot: QtBot) -> None:
    panel, wished = sampler(window), []
    panel.generate_wished.connect(lambda: wished.append(True))
    press(panel, "G")
    assert wished


@key("F")
def _fork(window: MainWindow, qtbot: QtBot) -> None:
    panel = sampler(window)
    panel.set_forks(Forks(), "why not")
    press(panel, "F")
    assert panel.banner.text() == "why not"


@key("B")
def _paint(window: MainWindow, qtbot: QtBot) -> None:
    panel = sampler(window)
    panel.set_forks(Forks(), "why not")
    press(panel, "B")
    assert panel.banner.text() == "why not"


@key("Enter, Esc")
def _large(window: MainWindow, qtbot: QtBot) -> None:
    panel = sampler(window)
    press(panel, "Return")
    assert panel.wells.large
    press(panel, "Esc")
    assert not panel.wells.large


@key("Esc")
def _cancel(window: MainWindow, qtbot: QtBot) -> None:
    panel, wished = sampler(window), []
    panel.cancel_wished.connect(lambda: wished.append(True))
    panel.head.set_working(3, 25)
    press(panel, "Esc")
    assert wished
    panel.head.set_idle()
    press(panel, "Esc")
    assert len(wished) == 1


@key("F1")
def _guide(window: MainWindow, qtbot: QtBot) -> None:
    press(window, "F1")
    guide = window.findChild(QWidget, "guide")
    assert guide is not None
    assert guide.isVisible()
    guide.close()


@key("Shift+F1")
def _glossary(window: MainWindow, qtbot: QtBot) -> None:
    press(window, "Shift+F1")
    glossary = window.findChild(QWidget, "glossary")
    assert glossary is not None
    assert glossary.isVisible()
    glossary.close()


@key("F8")
def _quiet(window: MainWindow, qtbot: QtBot) -> None:
    press(window, "F8")
    assert window.transport.isHidden()
    press(window, "F8")
    assert window.transport.isVisible()


@key("F9")
def _halo(window: MainWindow, qtbot: QtBot) -> None:
    press(window, "F9")
    assert window.presentation.halo._timer.isActive()
    press(window, "F9")
    assert not window.presentation.halo._timer.isActive()


@key("← ↑ → ↓, Enter")
def _blocks(window: MainWindow, qtbot: QtBot) -> None:
    window.show_room("inside")
    window.inside.show_tab("network")
    tab = window.inside.tab("network")
    qtbot.waitUntil(lambda: bool(tab.panel.map.current), timeout=20_000)
    before = tab.panel.map.current
    press(tab.panel.map, "Up")
    assert tab.panel.map.current != before
    press(tab.panel.map, "Down")
    assert tab.panel.map.current == before
    with qtbot.waitSignal(tab.panel.map.opened):
        press(tab.panel.map, "Return")


@key("F11, Esc")
def _full_screen(window: MainWindow, qtbot: QtBot) -> None:
    window.show_room("dataset")
    press(window, "F11")
    qtbot.waitUntil(window.isFullScreen)
    press(window, "F11")
    qtbot.waitUntil(lambda: not window.isFullScreen())
    press(window, "F11")
    qtbot.waitUntil(window.isFullScreen)
    press(window, "Esc")
    qtbot.waitUntil(lambda: not window.isFullScreen())


@key("F2")
def _runs(window: MainWindow, qtbot: QtBot) -> None:
    runs, config = window.project.runs_folder, window.project.config
    made = Run.create(runs / "made", config, source_folder=runs, device="cpu", planned_total=1)
    window.show_room("training")
    window.training.tabs.choose("runs")
    tab = window.training.tabs.tab("runs")
    qtbot.waitUntil(lambda: tab.model.place(made.folder) is not None)
    page = tab.panel
    page.table.setFocus()
    press(page.table, "Ctrl+F")
    assert page.search.hasFocus()
    page.table.select([made.folder])
    press(page.table, "F2")
    assert page.table.state() is page.table.State.EditingState
    press(QApplication.focusWidget(), "Esc")
    window.training.tabs.choose("curves")


@key("Ctrl++, Ctrl+−, Ctrl+0")
def _size(window: MainWindow, qtbot: QtBot) -> None:
    told = window.presentation.note.percent
    for keys, percent in (("Ctrl++", 110), ("Ctrl+=", 125), ("Ctrl+-", 110), ("Ctrl+0", 100)):
        press(window, keys)
        assert told.text() == f"{percent} %"


@key("Ctrl+PgUp, Ctrl+PgDn")
def _tabs(window: MainWindow, qtbot: QtBot) -> None:
    window.show_room("training")
    bar = window._panels["training"].tabs.bar
    bar.setCurrentIndex(0)
    inside = window._panels["training"].plots.choice
    inside.setFocus()
    press(inside, "Ctrl+PgDown")
    # The arrows go on from there, and do not fall to whatever comes first on the page.
    assert bar.currentIndex() == 1 and bar.hasFocus()
    press(bar, "Right")
    assert bar.currentIndex() == 2
    for _ in range(3):
        press(bar, "Ctrl+PgUp")
    assert bar.currentIndex() == bar.count() - 1
    window.training.tabs.choose("curves")


class _Closing(QObject):
    """Hears that a window is to be closed, and keeps it open."""

    def __init__(self) -> None:
        super().__init__()
        self.heard = False

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        closes = event.type() == QEvent.Type.Close
        self.heard |= closes
        if closes:
            event.ignore()
        return closes


@key("Ctrl+Q")
def _close(window: MainWindow, qtbot: QtBot) -> None:
    closing = _Closing()
    window.installEventFilter(closing)
    press(window, "Ctrl+Q")
    window.removeEventFilter(closing)
    assert closing.heard and window.isVisible()


@pytest.fixture
def ready(window: MainWindow, pictures: Path, qtbot) -> MainWindow:
    """The window in front, with five pictures."""
    with qtbot.waitSignal(window.dataset.opened, timeout=20_000):
        window.open_path(pictures)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    return window


@pytest.mark.long
def test_each_key_of_the_list_does_what_it_says(ready: MainWindow, qtbot: QtBot) -> None:
    documented = [keys for keys, _ in ready.settings_menu.documented_keys()]
    assert [keys for keys in documented if keys not in CHECKS] == [], "a key without a check"
    for check in dict.fromkeys(CHECKS[keys] for keys in documented):
        check(ready, qtbot)


@pytest.mark.long
def test_each_key_of_the_tooltips_and_texts_is_in_the_list(ready: MainWindow) -> None:
    listed = " ".join(keys for keys, _ in ready.settings_menu.documented_keys())
    texts = [guide_path("en").read_text("utf-8"), (ROOT / "README.md").read_text("utf-8")]
    found = {match for text in texts for match in re.findall(r"\b(?:Ctrl\+\w|F\d+)\b(?!\w)", text)}
    found |= {
        match
        for widget in ready.findChildren(QWidget)
        for match in re.findall(r"\((Ctrl\+\w|F\d+|G|Del|Enter|Esc)\)", widget.toolTip())
    }
    found.discard("Ctrl+C")
    assert {"Ctrl+1", "Ctrl+2", "Ctrl+3", "Ctrl+P", "Ctrl+F", "Del"} <= found
    missing = {k for k in found if k not in listed and not re.fullmatch(r"Ctrl\+[1234]", k)}
    assert not missing


def test_a_choice_in_a_menu_of_the_transport_gives_the_room_its_keys(ready: MainWindow) -> None:
    panel = sampler(ready)
    ready.transport.log.setFocus()
    ready.transport.chosen.emit()
    press(QApplication.focusWidget(), "Right")
    assert step(panel) == 1
