"""How many pictures the settings train on, hold out and leave out, counted in the background."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject, Signal, Slot

from ..messages import error_text
from ..requests import Requests
from .shown import DivisionShown

if TYPE_CHECKING:
    from core.data.scan import Scan
    from core.data.splits import Split


class DivisionQuestion(NamedTuple):
    """Which pictures, and the settings that divide them."""

    scan: Scan
    hold_out: float
    excluded: tuple[str, ...]


class Division(QObject):
    """Asked again with every change; a million names take seconds, and only the newest question is answered."""

    counted = Signal(object)  #: a DivisionShown; None as long as another folder is counted

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._asked: DivisionQuestion | None = None
        self._requests = Requests(_answer, 1, "division", self)
        self._requests.answered.connect(self._came)

    def ask(self, scan: Scan, hold_out: float, excluded: tuple[str, ...] | None) -> None:
        """Count, unless it was the last thing that was asked."""
        asked, before = DivisionQuestion(scan, hold_out, excluded or ()), self._asked
        if before is None or before.scan is not scan or before[1:] != asked[1:]:
            if before is None or before.scan is not scan:
                self.counted.emit(None)
            self._asked = asked
            self._requests.forget()
            self._requests.ask(asked)

    def shutdown(self, timeout_ms: int) -> bool:
        """Stop and wait; True when no thread is left."""
        return self._requests.shutdown(timeout_ms)

    @Slot(object, object)
    def _came(self, question: DivisionQuestion, answer: Split | Exception) -> None:
        if isinstance(answer, Exception):
            self.counted.emit(DivisionShown(train=0, held_out=0, excluded=0, problem=error_text(answer)))
            return
        train, held_out = len(answer.train), len(answer.held_out)
        excluded = len(question.scan.pictures) - train - held_out
        self.counted.emit(DivisionShown(train=train, held_out=held_out, excluded=excluded))


def _answer(question: DivisionQuestion) -> Split:
    from core.data.splits import split

    return split(*question)
