"""A text and a list that follow their newest lines, unless a person has scrolled up."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QTableView
from pytestqt.qtbot import QtBot

from core.presets import preset
from studio.training.curves.events_panel import EventsList
from studio.training.curves.kinds import Happened
from studio.training.live_run import LiveRun
from studio.training.panel import LogPanel

LINE = "one line of the log that is long enough to be wrapped where there is little room for it, as there often is"

Followed = tuple[LogPanel | EventsList, QAbstractScrollArea, Callable[[], None]]


@pytest.fixture(params=["log", "events"])
def followed(request: pytest.FixtureRequest, qtbot: QtBot) -> Followed:
    """The widget, what scrolls in it, and a function that adds a line."""
    widget: LogPanel | EventsList
    area: QAbstractScrollArea
    if request.param == "log":
        widget = log = LogPanel()
        area = log.text
        add = lambda: log.add("12:00:00", LINE)  # noqa: E731
    else:
        live = LiveRun(preset("sketch").config, 0.9)
        widget = events = EventsList()
        area = events.table

        def add() -> None:
            live.note(Happened(live.happened_count, "saved", LINE))
            events.show_run(live)

    qtbot.addWidget(widget)
    widget.resize(420, 160)
    return widget, area, add


def at_end(area: QAbstractScrollArea) -> bool:
    QApplication.processEvents()
    bar = area.verticalScrollBar()
    return bar.value() == bar.maximum() > 0


def turn_wheel(area: QAbstractScrollArea, delta: int) -> None:
    middle = QPointF(area.viewport().rect().center())
    event = QWheelEvent(
        middle,
        QPointF(area.viewport().mapToGlobal(middle.toPoint())),
        QPoint(),
        QPoint(0, delta),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(area.viewport(), event)
    QApplication.processEvents()


def test_the_newest_is_followed_through_every_size(followed: Followed) -> None:
    widget, area, add = followed
    for _ in range(60):
        add()
    widget.show()
    assert at_end(area), "what came while nobody looked"
    for width, height in ((288, 160), (420, 160), (420, 90), (700, 200), (250, 120)):
        widget.resize(width, height)
        assert at_end(area), (width, height)
        add()
        assert at_end(area), (width, height)


def test_who_scrolls_up_is_left_there_until_he_is_back_at_the_end(followed: Followed) -> None:
    widget, area, add = followed
    for _ in range(60):
        add()
    widget.show()
    assert at_end(area)
    turn_wheel(area, 360)
    assert not at_end(area)
    add()
    assert not at_end(area)
    widget.resize(300, 160)
    assert not at_end(area)
    for _ in range(20):
        turn_wheel(area, -3600)
    add()
    assert at_end(area)


def test_keys_scroll_as_the_wheel_does(followed: Followed, qtbot: QtBot) -> None:
    widget, area, add = followed
    for _ in range(60):
        add()
    widget.show()
    assert at_end(area)
    if isinstance(area, QTableView):
        area.setCurrentIndex(area.model().index(59, 0))
    for _ in range(3):
        qtbot.keyClick(area, Qt.Key.Key_PageUp)
    add()
    assert not at_end(area)
