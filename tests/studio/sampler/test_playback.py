"""The position in a recording: it follows, plays by the clock, loops, and obeys the person."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from studio.sampler.playback import Playback


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
    with qtbot.waitSignals([playback.playing_changed, playback.playing_changed], timeout=3000):
        playback.play()
    assert seen[0] == 0
    assert playback.index == 9
    assert seen == sorted(seen)


def test_playing_in_a_loop_comes_back_to_the_start(playback: Playback, qtbot: QtBot) -> None:
    playback.grow(10)
    playback.loop = True
    playback.set_speed(4)
    playback.go(8)
    playback.play()
    qtbot.waitUntil(lambda: playback.index == 0, timeout=2000)
    assert playback.playing


def test_a_slow_painter_leaves_steps_out_instead_of_losing_time(qapp: object, qtbot: QtBot) -> None:
    playback = Playback()
    playback.start_over(1000)
    playback.grow(1000)
    playback.go(0)
    playback.set_speed(4)
    seen: list[int] = []

    def paint(index: int) -> None:
        seen.append(index)
        until = time.perf_counter() + 0.08  # slower than the 25 ms between two steps
        while time.perf_counter() < until:
            pass

    playback.moved.connect(paint)
    began = time.perf_counter()
    playback.play()
    qtbot.waitUntil(lambda: playback.index >= 40, timeout=5000)
    took = time.perf_counter() - began
    playback.pause()
    assert took < 1.6  # 40 steps at 40 steps/s, and two cores that others use too
    assert len(seen) < 30


def test_going_somewhere_stops_the_playing(playback: Playback) -> None:
    playback.grow(10)
    playback.toggle()
    assert playback.playing
    playback.go(3)
    assert not playback.playing
    assert playback.index == 3
