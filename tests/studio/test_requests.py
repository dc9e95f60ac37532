"""Background questions: newest first, bounded, stale answers dropped, errors delivered."""

from __future__ import annotations

import threading

import pytest

from studio.jobs.requests import Requests
from studio.jobs.worker import Worker


@pytest.fixture
def gate():
    return threading.Event()


@pytest.fixture
def asked(qtbot, gate):
    """Requests that answer with the square once the gate is open, and what was answered."""

    def square(number: int) -> int:
        assert gate.wait(10)
        return 100 // number

    requests = Requests(square, 3, "squares")
    answers: list[tuple[object, object]] = []
    requests.answered.connect(lambda question, answer: answers.append((question, answer)))
    yield requests, answers
    gate.set()
    assert requests.shutdown(5000)


def test_newest_first_and_bounded(asked, gate, qtbot) -> None:
    requests, answers = asked
    requests.ask_only([1, 2, 4, 5, 10, 20])
    gate.set()
    qtbot.waitUntil(lambda: len(answers) == 3)
    assert answers == [(1, 100), (2, 50), (4, 25)]


def test_what_was_forgotten_is_never_delivered(asked, gate, qtbot) -> None:
    requests, answers = asked
    requests.ask(1)
    requests.forget()
    requests.ask(2)
    gate.set()
    qtbot.waitUntil(lambda: bool(answers))
    assert answers == [(2, 50)]


def test_an_error_is_an_answer_and_the_next_question_works(asked, gate, qtbot) -> None:
    requests, answers = asked
    gate.set()
    requests.ask(0)
    qtbot.waitUntil(lambda: len(answers) == 1)
    assert isinstance(answers[0][1], ZeroDivisionError)
    requests.ask(5)
    qtbot.waitUntil(lambda: len(answers) == 2)
    assert answers[1] == (5, 20)


def test_nothing_is_answered_after_shutdown(asked, gate, qtbot) -> None:
    requests, answers = asked
    gate.set()
    assert requests.shutdown(5000)
    requests.ask(5)
    assert not requests.findChildren(Worker)
    assert answers == []
