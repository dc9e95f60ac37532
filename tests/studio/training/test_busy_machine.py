"""Other programs that slow a training are said in the transport and the log for as long as they do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from pytestqt.qtbot import QtBot

from core.training.events import (
    Event,
    Finished,
    OthersBusy,
    OthersChanged,
    OthersGone,
    Started,
    StepDone,
    ThreadsChosen,
    Wishes,
)
from studio.training.narration import lasting_words
from studio.training.state import TrainingState
from tests.studio.training.conftest import TINY


def step(number: int) -> StepDone:
    return StepDone(number, 3, 0.5, 1e-3, 1.0, 20.0, number / 10, 2, np.array([1, 2]), np.array([0.5, 0.5], np.float32))


class Told:
    """A job that tells of a busy machine, and waits for the test after each event."""

    run_record = None

    def __init__(self, wishes: Wishes) -> None:
        self._wishes = wishes

    def run(self) -> Iterator[Event]:
        yield Started(0, 3, "cpu", 100, 6, resumed=False)
        yield step(1)
        yield OthersBusy(step=1, cores=1.0, of=2, slower=0.4)
        yield ThreadsChosen(step=1, threads=1, before=2, seconds=((2, 0.25), (1, 0.085)))
        yield OthersChanged(OthersBusy(step=1, cores=1.5, of=2, slower=0.7))
        yield step(2)
        self._wishes.stop.wait(60)
        yield step(3)
        yield OthersGone(step=3)
        yield Finished(3, 3, stopped=False, elapsed_s=0.3)


def test_the_transport_says_that_others_slow_the_training(make_room: Any, scan: Any, qtbot: QtBot) -> None:
    room = make_room(lambda *_what, wishes, **_how: Told(wishes))
    room.project.set_settings(TINY)
    room.project.set_scan(scan)
    room.controller.start()
    said = "70% slower than alone: others use the processor"
    qtbot.waitUntil(lambda: room.transport.message.text() == said)
    log = "\n".join(room.panel.log.lines())
    assert "40% slower" in log and "1: 0.085 s" in log
    assert "70% slower" not in log, "the figure alone has changed: that is no line of its own"
    assert [one.kind for one in room.panel.live.happened] == ["others-busy", "threads"]
    room.controller.stop()
    qtbot.waitUntil(lambda: room.controller.state is TrainingState.FINISHED)
    assert room.transport.message.text() != said
    assert "no longer" in "\n".join(room.panel.log.lines())


def test_what_is_not_known_is_not_said() -> None:
    assert lasting_words(OthersBusy(1, 1.2, 2, None)) == "Other programs use 1.2 of 2 cores"
    assert "may be" in (lasting_words(OthersBusy(1, None, 2, 0.5)) or "")
    assert lasting_words(ThreadsChosen(1, 2, 2, ((2, 0.1), (1, 0.2)))) is None, "nothing has changed"
