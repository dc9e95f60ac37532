"""Small questions answered in the background, newest first: which thumbnail, which preview.

A view that scrolls asks for far more than it still wants a moment later. So the newest question is answered first, old
ones give way, and what was asked before `forget` is never delivered.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from core.errors import StudioError

from .worker import Failure, Worker

log = logging.getLogger(__name__)


class Requests(QObject):
    """Answers questions one by one on a worker that lives only while there are any.

    answer   called on the background thread with a question; what it raises is delivered in place of an answer
    limit    questions that may wait; the oldest are dropped
    """

    answered = Signal(object, object)  #: the question and its answer, or the exception that it raised

    def __init__(self, answer: Callable[[Any], object], limit: int, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._answer = answer
        self._waiting: deque[tuple[int, Any]] = deque(maxlen=limit)
        self._number = 0
        self._worker: Worker | None = None
        self._closed = False

    def ask(self, question: object) -> None:
        """Put a question before all that wait."""
        self._waiting.append((self._number, question))
        self._start()

    def ask_only(self, questions: Sequence[object]) -> None:
        """Put these in the place of all that wait, the first of them first; an answer under way still comes."""
        self._waiting.clear()
        self._waiting.extend((self._number, question) for question in reversed(questions))
        if questions:
            self._start()

    def forget(self) -> None:
        """Drop what waits, and the answer that is under way."""
        self._number += 1
        self._waiting.clear()

    def shutdown(self, timeout_ms: int = 10_000) -> bool:
        """Answer nothing more; True when no thread is left."""
        self._closed = True
        self.forget()
        return self._worker is None or self._worker.shutdown(timeout_ms)

    def _start(self) -> None:
        if self._worker is None and not self._closed:
            self._worker = Worker(self._answers, parent=self, name=self.objectName())
            self._worker.events.connect(self._deliver)
            self._worker.ended.connect(self._ended)
            self._worker.start()

    def _answers(self) -> Iterator[tuple[int, object, object]]:
        while True:
            try:
                number, question = self._waiting.pop()
            except IndexError:
                return
            try:
                answer = self._answer(question)
            except Exception as error:  # the window shows it where the answer was expected
                if not isinstance(error, StudioError | OSError):
                    log.exception("%s failed", self.objectName())
                error.__traceback__ = None
                answer = error
            yield number, question, answer

    @Slot(list)
    def _deliver(self, answers: list[tuple[int, object, object]]) -> None:
        for number, question, answer in answers:
            if number == self._number:
                self.answered.emit(question, answer)

    @Slot(object)
    def _ended(self, failure: Failure | None) -> None:
        assert failure is None, failure
        assert self._worker is not None
        self._worker.deleteLater()
        self._worker = None
        # Questions may have come between the thread's last look and its end.
        if self._waiting:
            self._start()
