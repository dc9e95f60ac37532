"""Trainings begun and stopped over and over leave nothing behind, and no clock leads the estimates astray for long."""

from __future__ import annotations

import gc
import os
import sys
import threading
import time
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from studio.jobs.call_timer import CallTimer
from studio.training.live_run import Pace
from studio.training.state import TrainingState as State
from tests.figures import figure
from tests.studio.training.conftest import Room

HOURS_S = 3 * 3600.0


def held() -> tuple[int, int, float]:
    """Threads, file descriptors and MB of this process."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    descriptors = sum(1 for _ in Path("/proc/self/fd").iterdir())
    # Python goes on listing a thread of Qt's that has ended until another takes its identifier.
    tasks = {int(task.name) for task in Path("/proc/self/task").iterdir()}
    threads = sum(1 for thread in threading.enumerate() if thread.native_id in tasks)
    return threads, descriptors, pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def cycle(room: Room, qtbot: QtBot) -> None:
    room.controller.start()
    qtbot.waitUntil(lambda: room.controller.step >= 2, timeout=60_000)
    room.controller.stop()
    qtbot.waitUntil(lambda: room.controller.state is State.FINISHED, timeout=60_000)
    room.controller.new_run()


@pytest.mark.long
@pytest.mark.skipif(sys.platform != "linux", reason="counts in /proc")
@pytest.mark.parametrize("cycles", [6, pytest.param(100, marks=[pytest.mark.soak, pytest.mark.timeout(1800)])])
def test_starting_and_stopping_leaves_nothing_behind(room: Room, qtbot: QtBot, cycles: int) -> None:
    room.project.set_settings({"steps": 10_000})
    for _ in range(3):  # what is loaded and cached once
        cycle(room, qtbot)
    before = held()
    for _ in range(cycles):
        cycle(room, qtbot)
    threads, descriptors, megabytes = (after - was for after, was in zip(held(), before, strict=True))
    figure(
        "G6",
        demanded="100 start/stop cycles: +0 threads, +0 file descriptors, ≤ 10 MB",
        measured=f"{cycles} cycles: {threads:+d} threads, {descriptors:+d} descriptors, {megabytes:+.1f} MB",
    )
    # Fewer: helpers that decoded for the first cycles may have gone to rest since.
    assert threads <= 0 and descriptors <= 0
    assert megabytes <= 10


@pytest.mark.parametrize("step_s", [0.05, 1.0, 12.0])
def test_the_pace_is_right_again_within_half_a_minute_of_a_long_sleep(step_s: float) -> None:
    pace, elapsed_s, step = Pace(), 0.0, 0
    for _ in range(100):
        step, elapsed_s = step + 1, elapsed_s + step_s
        pace.add(step, elapsed_s, 16)
    step, elapsed_s = step + 1, elapsed_s + HOURS_S
    pace.add(step, elapsed_s, 16)
    woke_s, recovered_s = elapsed_s, 0.0
    while pace.seconds_per_step != pytest.approx(step_s, rel=0.05):
        step, elapsed_s = step + 1, elapsed_s + step_s
        pace.add(step, elapsed_s, 16)
        recovered_s = elapsed_s - woke_s
        assert recovered_s <= 30
    figure(
        "G10",
        demanded="no stop, no double save, estimates right again within 30 s",
        measured=f"pace right {recovered_s:.0f} s after a gap of 3 h (steps of {step_s:g} s)",
    )


@pytest.mark.parametrize("asleep_at", [2, 13, 24])
def test_a_sleep_in_the_middle_of_a_grid_does_not_count(asleep_at: int) -> None:
    timer, now_s = CallTimer(), 100.0
    for done in range(1, 26):
        now_s += HOURS_S if done == asleep_at else 0.5
        timer.add(done, now_s)
    assert timer.seconds_per_call is not None and timer.seconds_per_call * 25 < 20
    timer.add(1, now_s + HOURS_S)  # the next grid counts from its own beginning
    timer.add(2, now_s + HOURS_S + 0.5)
    assert timer.seconds_per_call == pytest.approx(0.5)


@pytest.mark.family
@pytest.mark.parametrize("jump_s", [HOURS_S, -HOURS_S])
def test_a_jump_of_the_wall_clock_neither_stops_nor_saves_twice(
    room: Room, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, jump_s: float
) -> None:
    saved: list[str] = []
    room.controller.checkpoint_saved.connect(lambda path: saved.append(path.stem))
    real = time.time
    room.controller.start()
    qtbot.waitUntil(lambda: room.controller.step > 0, timeout=60_000)
    monkeypatch.setattr(time, "time", lambda: real() + jump_s)
    qtbot.waitUntil(lambda: room.controller.state is State.FINISHED, timeout=60_000)
    assert room.controller.step == 12
    assert saved == ["step-00000006", "step-00000012"]
