"""The run's name takes the room that is over in the bar, and keeps the window from none."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from studio.top_bar import TopBar

NAME = "celebrities-128px-cosine-with-min-snr-and-offset-noise-second-try"


def test_a_long_name_is_whole_in_a_wide_window_and_cut_in_a_narrow_one(qtbot: QtBot) -> None:
    bar = TopBar()
    qtbot.addWidget(bar)
    bar.set_device("CPU · 2 cores")
    bar.set_run(NAME)
    bar.resize(1920, bar.height())
    bar.show()
    QApplication.processEvents()
    assert bar.run.text() == NAME
    least = bar.minimumSizeHint().width()
    assert least < 800, "a name never widens the window"
    bar.resize(least + 60, bar.height())
    QApplication.processEvents()
    assert "…" in bar.run.text() and bar.run.text()[0] == NAME[0]
    bar.resize(1920, bar.height())
    QApplication.processEvents()
    assert bar.run.text() == NAME
    bar.set_run("")
    assert bar.run.text() == "No run open"
