"""What gives way where the window is small, and what never moves or leaves."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QComboBox, QScrollArea, QWidget

from core.runs.generations import Mark
from studio.sampler.kept import NARROW_PX, WIDTH_PX
from studio.sampler.step_way import StepScene
from studio.widgets.image_grid import ImageGrid
from studio.widgets.scrubber import Scrubber
from tests.studio.sampler.conftest import Room, tiny_run

#: What a window of 1024 × 680 px leaves for a room.
SMALL = (1024, 592)


def place(room: Room, widget: QWidget) -> QRect:
    """Of a widget, in the room's pixels."""
    return QRect(widget.mapTo(room.panel, QPoint(0, 0)), widget.size())


def made(room: Room, run: Path) -> None:
    room.open(run)
    room.choose("ddim", 5)
    room.generate()


def settled(room: Room, size: tuple[int, int]) -> None:
    room.panel.resize(*size)
    room.qtbot.waitUntil(lambda: room.panel.width() == size[0] and not room.panel.layout().activate())


@pytest.mark.parametrize("more", [False, True])
def test_small_window_when_the_strip_is_shown_has_generate_and_the_player_in_every_way(
    room: Room, run_folder: Path, more: bool
) -> None:
    panel = room.panel
    made(room, run_folder)
    room.press(Qt.Key.Key_K)
    panel.controls.show_more(more)
    if more:
        panel.controls.options.start_row.start.setCurrentIndex(2)  # the longest of its rows
    settled(room, SMALL)
    for way in panel.ways.names:
        panel.ways.choose(way)
        # The room itself never scrolls: what is looked at gives way.
        assert panel.minimumSizeHint().width() <= SMALL[0] and panel.minimumSizeHint().height() <= SMALL[1], way
        assert panel.kept.isVisible() and panel.kept.width() == NARROW_PX
        for widget in (panel.head.generate, panel.head.more, panel.timeline, panel.timeline.row.save_recording):
            assert widget.isVisible() and panel.rect().contains(place(room, widget)), (way, widget)
        assert panel.head.more.width() >= panel.head.more.fontMetrics().horizontalAdvance("More") + 20
    settled(room, (1280, 712))
    assert panel.kept.width() == WIDTH_PX and panel.head.copy.isVisible()


def test_small_window_when_a_way_is_higher_than_its_room_scrolls_it_and_the_wheel_still_steps(
    room: Room, run_folder: Path
) -> None:
    panel = room.panel
    made(room, run_folder)
    settled(room, (1024, 420))
    scrolled = panel.ways.parentWidget().parentWidget()
    assert isinstance(scrolled, QScrollArea) and scrolled.verticalScrollBar().maximum() > 0
    assert panel.rect().contains(place(room, panel.timeline))
    panel.playback.go(1)
    spot = QPointF(panel.ways.mapTo(panel.window(), QPoint(5, 5)))
    QTest.wheelEvent(panel.window().windowHandle(), spot, QPoint(0, -120))
    room.qtbot.waitUntil(lambda: room.step == 2)
    assert scrolled.verticalScrollBar().value() == 0


def test_error_when_it_is_told_moves_no_control(room: Room, run_folder: Path) -> None:
    panel = room.panel
    made(room, run_folder)
    settled(room, (1280, 712))
    controls = (panel.head.generate, panel.ways.switch, panel.timeline, panel.wells.x_0.choice)
    before = [place(room, widget) for widget in controls]
    panel.banner.show_message("It went wrong.")
    room.qtbot.waitUntil(panel.banner.isVisible)
    panel.layout().activate()
    assert [place(room, widget) for widget in controls] == before
    assert not place(room, panel.banner).intersects(place(room, panel.ways))
    panel.banner.clear()


@pytest.mark.parametrize("width", [1093, 1280, 1920])
def test_news_when_it_is_told_covers_nothing_that_is_used_or_looked_at_and_moves_nothing(
    room: Room, run_folder: Path, width: int
) -> None:
    panel = room.panel
    made(room, run_folder)
    settled(room, (width, 712))
    for way in panel.ways.names:
        panel.ways.choose(way)
        room.qtbot.waitUntil(lambda: not panel.layout().activate())
        used = [
            widget
            for widget in panel.findChildren(QWidget)
            if widget.isVisible() and isinstance(widget, (QAbstractButton, QComboBox, ImageGrid, Scrubber, StepScene))
            if widget is not panel.timeline.row.speed and not panel.banner.isAncestorOf(widget)
        ]
        before = [place(room, widget) for widget in used]
        panel.banner.show_saved(Path("/pictures/faces-01-seed-7.png"))
        assert panel.banner.isVisible() and panel.banner.width() >= 240
        assert panel.rect().contains(panel.banner.geometry())
        covered = [widget for widget in used if place(room, widget).intersects(panel.banner.geometry())]
        assert not covered, (way, covered)
        assert [place(room, widget) for widget in used] == before
        panel.banner.clear()


def test_news_when_the_way_changes_under_it_goes_where_there_is_room(room: Room, run_folder: Path) -> None:
    panel = room.panel
    made(room, run_folder)
    panel.banner.show_saved(Path("/pictures/faces-01-seed-7.png"))
    panel.ways.choose("compare")
    slot = panel.compare.head.slots["A"]
    room.qtbot.waitUntil(lambda: slot.isVisible() and not panel.banner.geometry().intersects(place(room, slot)))


def test_note_when_a_generation_has_one_is_marked_in_its_row(room: Room, tmp_path: Path) -> None:
    made(room, tiny_run(tmp_path / "runs" / "own-01"))
    room.press(Qt.Key.Key_K)
    room.qtbot.waitUntil(lambda: not room.controller.keeping and bool(room.panel.kept.generations))
    strip = room.panel.kept
    for narrow in (False, True):
        strip.set_narrow(narrow)
        rows = []
        for mark in (Mark(False, ""), Mark(False, "the one with the hat"), Mark(True, "")):
            strip.mark_wished.emit(strip.generations[0], mark.starred, mark.note)
            room.qtbot.waitUntil(lambda: not room.controller.keeping)
            rows.append(strip.list.grab(strip.list.visualRect(strip.list.model().index(0, 0))).toImage())
        assert len({bytes(row.constBits()) for row in rows}) == 3


def test_problem_of_a_kept_file_when_the_strip_is_wide_is_read_whole_and_else_in_its_tip(room: Room) -> None:
    strip, words = room.panel.kept, "/runs/20261129-135304-187135-5178b5fc.safetensors cannot be shown: it was cut off."
    room.press(Qt.Key.Key_K)
    strip.show_generations((), words)
    room.qtbot.waitUntil(strip.note.isVisible)
    assert strip.note.text().replace("\u200b", "") == words and strip.width() == WIDTH_PX
    strip.layout().activate()
    # No word is wider than the label, and all lines have their height.
    assert strip.note.height() >= strip.note.heightForWidth(strip.note.width())
    assert strip.note.minimumSizeHint().width() <= strip.note.width()
    strip.set_narrow(True)
    assert not strip.note.pixmap().isNull() and words.rsplit(maxsplit=1)[-1] in strip.note.toolTip()
    strip.show_generations((), "")
    assert strip.note.isHidden()
