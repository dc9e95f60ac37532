"""One long question at a time: the newest wins."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from studio.jobs.latest import Latest
from studio.jobs.worker import NICENESS


def test_the_newest_question_is_answered_and_the_one_before_stops(qtbot: QtBot) -> None:
    latest, answers, closed = Latest("test"), [], threading.Event()
    latest.answered.connect(answers.append)
    begun = threading.Event()

    def endless() -> Iterator[str | None]:
        try:
            while True:
                begun.set()
                yield None
        finally:
            closed.set()

    latest.ask(endless)
    assert latest.busy and begun.wait(5)
    latest.ask(lambda: iter([None, "second"]))
    qtbot.waitUntil(lambda: answers == ["second"])
    assert closed.wait(5) and not latest.busy
    latest.ask(endless)
    latest.forget()
    assert not latest.busy
    assert latest.shutdown(5000) and answers == ["second"]


def test_what_fails_is_told(qtbot: QtBot) -> None:
    latest = Latest("test")

    def failing() -> Iterator[None]:
        yield None
        raise ValueError("no")

    with qtbot.waitSignal(latest.failed) as told:
        latest.ask(failing)
    assert isinstance(told.args[0].error, ValueError) and not latest.busy
    assert latest.shutdown(5000)


@pytest.mark.skipif(sys.platform != "linux", reason="threads have no niceness of their own")
def test_what_fills_the_cores_steps_back_behind_the_window(qtbot: QtBot) -> None:
    def niceness() -> Iterator[int]:
        yield os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    before, answers = os.getpriority(os.PRIO_PROCESS, threading.get_native_id()), list[int]()
    for fills, steps_back in ((False, 0), (True, NICENESS)):
        latest = Latest("test", fills_cores=fills)
        latest.answered.connect(answers.append)
        with qtbot.waitSignal(latest.answered):
            latest.ask(niceness)
        assert answers[-1] == before + steps_back
        assert latest.shutdown(5000)
