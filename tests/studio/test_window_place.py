"""The window stands on the same pixels of the screen at any size of everything, and on the screen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect, QSize
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from studio.app import window_place
from studio.app.settings import Settings
from studio.app.window_place import WindowPlace

SCREEN_PX = (2400, 1500)


class Screen:
    """So many pixels, drawn at a ratio."""

    def __init__(self, ratio: float) -> None:
        self.ratio = ratio

    def devicePixelRatio(self) -> float:
        return self.ratio

    def geometry(self) -> QRect:
        return QRect(QPoint(0, 0), QSize(*(round(side / self.ratio) for side in SCREEN_PX)))

    def availableGeometry(self) -> QRect:
        return self.geometry()


@pytest.fixture
def start(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[float], tuple[QWidget, WindowPlace]]:
    """A window as the program starts it at a ratio, with what the one before it has remembered."""
    settings = Settings(tmp_path / "settings.json")

    def made(ratio: float) -> tuple[QWidget, WindowPlace]:
        window, screen = QWidget(), Screen(ratio)
        qtbot.addWidget(window)
        monkeypatch.setattr(window, "devicePixelRatioF", lambda: ratio)
        monkeypatch.setattr(window, "screen", lambda: screen)
        monkeypatch.setattr(window_place.QGuiApplication, "screens", lambda: [screen])
        place = WindowPlace(window, settings)
        place.restore()
        return window, place

    return made


Start = Callable[[float], tuple[QWidget, WindowPlace]]


def test_place_when_everything_is_larger_and_smaller_again_is_the_same_to_the_pixel(start: Start) -> None:
    window, place = start(1.0)
    window.setGeometry(43, 7, 1283, 801)
    place.remember()
    for ratio in (1.1, 1.25, 1.75, 1.1):
        window, place = start(ratio)
        assert abs(window.x() * ratio - 43) <= ratio and window.width() * ratio >= 1283 - ratio
        place.remember()
    window, place = start(1.0)
    assert window.geometry().getRect() == (43, 7, 1283, 801), "neither wandered nor shrunk, nor stayed larger"


def test_place_when_the_rooms_need_more_is_larger_as_far_as_the_screen_has_it(start: Start) -> None:
    window, place = start(1.0)
    window.setGeometry(0, 0, 1280, 800)
    place.remember()
    assert start(2.0)[0].size().toTuple() == (1100, 680)
    assert start(3.0)[0].size().toTuple() == (800 - 8, 500 - 40)
    window, place = start(2.0)
    window.resize(700, 500)
    place.remember()
    assert start(2.0)[0].size().toTuple() == (700, 500), "chosen at this size"


def test_place_when_the_window_fills_the_screen_is_the_one_before(start: Start, qtbot: QtBot) -> None:
    window, place = start(1.0)
    window.setGeometry(40, 30, 1280, 800)
    window.showFullScreen()
    qtbot.waitUntil(window.isFullScreen)
    place.remember()
    window.hide()
    window, place = start(1.0)
    assert window.geometry().getRect() == (40, 30, 1280, 800)
    window.showFullScreen()
    qtbot.waitUntil(window.isFullScreen)
    place.shown()
    window.showNormal()
    qtbot.waitUntil(lambda: not window.isFullScreen())
    window.resize(2400, 1500)  # as a window manager that knows of no other size
    place.left_full_screen()
    assert window.size().toTuple() == (1280, 800)


@pytest.mark.parametrize(
    "px", [None, [1, 2, 3], [0, 0, 0, 10], ["0", 0, 9, 9], [0, 0, 10**9, 9], [9000, 9000, 900, 700]]
)
def test_place_when_it_is_none_or_of_a_screen_that_is_gone_is_on_this_one(
    start: Start, tmp_path: Path, px: object
) -> None:
    settings = start(1.0)[1]._settings
    settings["place"] = {"px": px, "ratio": 1.0}
    window, _ = start(1.0)
    assert QRect(0, 0, *SCREEN_PX).contains(window.geometry()) and window.width() >= 900
