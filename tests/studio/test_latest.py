"""One long question at a time: the newest wins."""

from __future__ import annotations

import threading
from collections.abc import Iterator

from pytestqt.qtbot import QtBot

from studio.jobs.latest import Latest


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
