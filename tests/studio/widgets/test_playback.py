"""The position in a recording: it follows, plays by the clock, loops, and obeys the person."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from studio.widgets.playback import SHORTEST_TICK_MS, Playback


@pytest.fixture
def playback(qapp: object) -> Iterator[Playback]:
    made = Playback()
    made.start_over(10)
    yield made
    made.pause()


def test_it_follows_the_newest_step_until_the_person_moves_it(playback: Playback) -> None:
    seen: list[int] = []
    playback.moved.connect(seen.append)
    playback.grow(1)
    playback.grow(4)
    assert (playback.index, seen) == (3, [0, 3])
    playback.go(1)
    playback.grow(6)
    assert playback.index == 1
    playback.go(99)
    assert playback.index == 5
    playback.grow(8)
    assert playback.index == 7


def test_playing_ends_at_the_last_step(playback: Playback, qtbot: QtBot) -> None:
    playback.grow(10)
    playback.set_speed(4)
    seen: list[int] = []
    playback.moved.connect(seen.append)
    with qtbot.waitSignals([playback.playing_changed, playback.playing_changed]):
        playback.play()
    assert seen[0] == 0
    assert playback.index == 9
    assert seen == sorted(seen)


def test_playing_in_a_loop_comes_back_to_the_start(playback: Playback, qtbot: QtBot) -> None:
    playback.grow(10)
    playback.set_loop(True)
    playback.set_speed(4)
    playback.go(8)
    playback.play()
    qtbot.waitUntil(lambda: playback.index == 0)
    assert playback.playing


class SlowClock:
    """Stands still but for the 25 ms between two ticks and what painting takes."""

    def __init__(self) -> None:
        self.now_ms = 0

    def start(self) -> None:
        self.now_ms = 0

    def elapsed(self) -> int:
        self.now_ms += SHORTEST_TICK_MS
        return self.now_ms


def test_a_slow_painter_leaves_steps_out_instead_of_losing_time(qapp: object, qtbot: QtBot) -> None:
    playback, clock = Playback(), SlowClock()
    playback._clock = clock
    playback.start_over(1000)
    playback.grow(1000)
    playback.go(0)
    playback.set_speed(4)
    seen: list[int] = []

    def paint(index: int) -> None:
        seen.append(index)
        clock.now_ms += 80  # slower than the 25 ms between two steps

    playback.moved.connect(paint)
    playback.play()
    qtbot.waitUntil(lambda: playback.index >= 40)
    playback.pause()
    assert clock.now_ms < 1200  # 40 steps at 40 steps/s
    assert len(seen) < 15


def test_going_somewhere_stops_the_playing(playback: Playback) -> None:
    playback.grow(10)
    playback.toggle()
    assert playback.playing
    playback.go(3)
    assert not playback.playing
    assert playback.index == 3
