"""The run's name takes the room that is over in the bar, and keeps the window from none."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from studio.app.listed_run import ListedRun
from studio.app.top_bar import RunRow, TopBar

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
    bar.resize(1920, bar.height())
    qtbot.waitUntil(lambda: bar.run.text() == NAME)
    bar.set_run("")
    assert bar.run.text() == "No run open"


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
