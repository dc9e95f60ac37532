"""The run's name takes the room that is over in the bar, and keeps the window from none."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from studio.app.listed_run import ListedRun
from studio.app.runs import RunList
from studio.app.settings import Settings
from studio.app.top_bar import MOST_NAME_PX, NAME_PX, RunMenu, RunRow, TopBar
from studio.project import Project
from tests.studio.tips import tip_of

NAME = "celebrities-128px-cosine-with-min-snr-and-offset-noise-second-try"


def test_a_long_name_is_whole_in_a_wide_window_and_cut_in_a_narrow_one(qtbot: QtBot) -> None:
    bar = TopBar()
    qtbot.addWidget(bar)
    bar.set_device("CPU · 2 cores")
    bar.set_run(NAME)
    bar.resize(1920, bar.height())
    with qtbot.waitExposed(bar):
        bar.show()
    qtbot.waitUntil(lambda: bar.run.text() == NAME)
    least = bar.minimumSizeHint().width()
    assert least < 800, "a name never widens the window"
    bar.resize(900, bar.height())
    qtbot.waitUntil(lambda: "…" in bar.run.text())
    assert bar.run.text()[0] == NAME[0]
    assert tip_of(bar.run).startswith(NAME), "what is cut is read whole in the tooltip"
    bar.resize(1920, bar.height())
    qtbot.waitUntil(lambda: bar.run.text() == NAME)
    bar.set_run("cats & dogs")
    assert bar.run.text() == "cats && dogs", "and so it is seen, not as a shortcut"
    assert tip_of(bar.run).startswith("The run folder")
    bar.set_run("")
    assert bar.run.text() == "No run open"


def test_the_names_in_the_menu_have_the_room_that_the_longest_of_them_needs(qtbot: QtBot, tmp_path: Path) -> None:
    bar, project = TopBar(), Project(tmp_path / "runs")
    qtbot.addWidget(bar)
    runs = RunList(project, bar)
    menu = RunMenu(bar, project, Settings(tmp_path / "settings.json"), runs)
    widths = []
    for longest in ("one", "faces-128px-cosine-min-snr-offset-noise", NAME + NAME):
        runs.runs = tuple(ListedRun(tmp_path / name, step=3, total=9, interrupted=False) for name in ("short", longest))
        menu._fill()
        first, second = bar.run.menu().findChildren(RunRow)[-2:]
        assert first.name.width() == second.name.width(), "what stands behind them stays aligned"
        widths.append((second.name.width(), second.name.shown_text() == longest))
    assert widths[0] == (NAME_PX, True) and widths[2] == (MOST_NAME_PX, False)
    assert NAME_PX < widths[1][0] < MOST_NAME_PX and widths[1][1]
    assert runs.shutdown(5000)


def test_a_run_in_the_menu_is_never_a_window_of_its_own(qtbot: QtBot, tmp_path: Path) -> None:
    """One that shows itself for a moment takes the open menu away."""
    shown: list[QWidget] = []

    class Watch(QObject):
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
                shown.append(watched)
            return False

    watch, application = Watch(), QApplication.instance()
    assert application is not None
    application.installEventFilter(watch)
    try:
        row = RunRow(ListedRun(tmp_path / "one", step=3, total=9, interrupted=True), busy=False)
        qtbot.addWidget(row)
    finally:
        application.removeEventFilter(watch)
    assert not shown and row.button.text() == "Resume" and not row.button.isHidden()
