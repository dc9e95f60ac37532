"""Text follows the system's size, or the one that was chosen, from the next start on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from studio.app import text_size
from studio.app.settings import Settings
from studio.app.window import MainWindow

STARTED = """
import sys
from pathlib import Path
from studio.app import settings
settings.keep_everything_in(Path(sys.argv[1]))
from studio.app.start import Application, named_application
named_application([])
application = Application([], settings=settings.Settings(settings.settings_path()))
print(application.qt.devicePixelRatio(), application.settings["system_text_size"])
application.settings.save()
application.end()
"""


@pytest.mark.parametrize(("px", "percent"), [(9, 100), (12, 100), (15, 100), (18, 120), (30, 200), (60, 200)])
def test_the_systems_text_enlarges_the_window_where_it_is_larger_than_usual(qapp, px: int, percent: int) -> None:
    font = QFont(qapp.font())
    font.setPixelSize(px)
    assert text_size.of_system(font) == percent


@pytest.mark.parametrize(
    ("stored", "percent"),
    [
        ({}, 100),
        ({"text_size": 0, "system_text_size": 120}, 120),
        ({"text_size": 150, "system_text_size": 120}, 150),
        ({"text_size": 100, "system_text_size": 120}, 100),
        ({"text_size": 9000}, 100),
        ({"text_size": "huge"}, 100),
        ([], 100),
    ],
)
def test_what_is_chosen_goes_before_the_systems_and_nonsense_is_no_size(
    tmp_path: Path, stored: object, percent: int
) -> None:
    path = tmp_path / "settings.json"
    assert text_size.remembered(path) == 100
    path.write_text(json.dumps(stored))
    assert text_size.remembered(path) == percent


def test_an_environment_that_says_a_factor_is_obeyed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(text_size.VARIABLE, "2")
    with text_size.told_to_qt(125):
        assert os.environ[text_size.VARIABLE] == "2"
    assert os.environ[text_size.VARIABLE] == "2"


def test_the_size_is_not_left_to_the_programs_that_are_started_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(text_size.VARIABLE, raising=False)
    with text_size.told_to_qt(125):
        assert os.environ[text_size.VARIABLE] == "1.25"
    assert text_size.VARIABLE not in os.environ


#: Pixels of a screen less what a title bar and a panel take → what is left of it at each size, as Qt counts.
SCREENS = [(1280, 800 - 56), (1920, 1080 - 56)]


@pytest.mark.long
@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("percent", [100, 125, 150, 175, 200])
def test_at_every_size_start_is_on_the_screen_and_no_word_of_a_button_is_cut(
    window: MainWindow, pictures: Path, qtbot: QtBot, percent: int, screen: tuple[int, int]
) -> None:
    with qtbot.waitSignal(window.dataset.opened, timeout=20_000):
        window.open_path(pictures)
    size = tuple(100 * px // percent for px in screen)
    window.resize(*size)
    for room in window._panels:
        window.show_room(room)
        qtbot.waitUntil(lambda: (window.width(), window.height()) == size, timeout=5000)
        for shown in (window.transport.start, window.top_bar.settings, *window.top_bar.rooms.values()):
            place = QRect(shown.mapTo(window, QPoint(0, 0)), shown.size())
            assert window.rect().contains(place), (room, shown.objectName(), place)
        qtbot.waitUntil(partial(no_word_is_cut, window, room), timeout=5000)  # once what came last is laid out


def no_word_is_cut(window: MainWindow, room: str) -> None:
    for button in window.findChildren(QPushButton):
        words = button.text().replace("&&", "")
        if button.isVisible() and words:
            assert button.width() >= button.fontMetrics().horizontalAdvance(words), (room, words)


@pytest.mark.long
def test_a_chosen_size_holds_from_the_next_start_on(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "settings.json")
    settings["text_size"] = 150
    assert settings.save() is None
    environment = {k: v for k, v in os.environ.items() if k != text_size.VARIABLE} | {"QT_QPA_PLATFORM": "offscreen"}
    for _ in range(2):  # and the size itself is not taken for the system's
        done = subprocess.run(
            [sys.executable, "-c", STARTED, str(tmp_path)], env=environment, capture_output=True, text=True, check=True
        )
        assert done.stdout.split() == ["1.5", "100"]
