"""What a training shows is drawn in pieces, and as seldom as it costs much."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from studio.training import display
from studio.training.display import DRAW_MS, SELDOM_MS
from studio.training.live_run import LiveRun
from tests.studio.training.conftest import Room


@pytest.fixture
def drawn(room: Room, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Callable[[float], int]:
    """Draws a run once, as if it took so many seconds of processor time; the pause before the next, in ms."""
    shown = room.controller._display
    live = LiveRun(room.project.config, 0.97)
    live.take_history("loss", np.arange(1, 50), np.linspace(2.0, 1.0, 49))
    shown.show_run(live)

    def draw(spent_s: float) -> int:
        clock: Iterator[float] = iter((5.0, 5.0 + spent_s))
        with monkeypatch.context() as patched:
            patched.setattr(display.time, "thread_time", lambda: next(clock))
            shown._begin()
            qtbot.waitUntil(lambda: not shown._turn.isActive())
        return shown._timer.interval()

    return draw


@pytest.mark.parametrize(("spent_s", "pause_ms"), [(0.002, DRAW_MS), (0.015, 1000), (0.5, SELDOM_MS)])
def test_the_pause_follows_the_cost(drawn: Callable[[float], int], spent_s: float, pause_ms: int) -> None:
    """At most 1.5 hundredths of the window's thread, between five times a second and every two seconds."""
    assert drawn(spent_s) == pause_ms


def test_the_loss_of_the_transport_does_not_move_with_the_smoothing_of_the_plots(room: Room) -> None:
    shown = room.controller._display
    live = LiveRun(room.project.config, 0.97)
    live.take_history("loss", np.arange(1, 50), np.linspace(2.0, 1.0, 49))
    shown.show_run(live)
    shown.draw()
    said = room.transport.loss.text()
    room.panel.plots.smoothing.slider.setValue(100)
    shown.draw()
    assert live.smoothing == 0.999 and room.transport.loss.text() == said


def test_what_changes_while_it_draws_is_drawn_next(room: Room, drawn: Callable[[float], int], qtbot: QtBot) -> None:
    drawn(0.002)
    shown = room.controller._display
    told: list[int] = []
    shown.drawn.connect(told.append)
    shown._timer.setInterval(1)
    shown.draw_soon()
    qtbot.waitUntil(shown._turn.isActive)
    shown.draw_soon()
    assert not shown._timer.isActive(), "one at a time"
    qtbot.waitUntil(lambda: len(told) == 2)


def test_a_person_does_not_wait_for_the_pause(room: Room, drawn: Callable[[float], int]) -> None:
    assert drawn(0.5) == SELDOM_MS
    shown = room.controller._display
    shown.draw_soon()
    assert shown._timer.remainingTime() > DRAW_MS
    shown.draw_as_wished()
    assert 0 <= shown._timer.remainingTime() <= 1.1 * DRAW_MS
    shown.stop()
