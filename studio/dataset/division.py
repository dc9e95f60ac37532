"""How many pictures the settings train on, hold out and leave out, and what of it does nothing, in the background."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QCoreApplication, QObject, Signal, Slot

from core.errors import ConfigError

from .. import numbers
from ..app.messages import error_text, phrase_text
from ..jobs.latest import Latest
from ..jobs.worker import Failure
from .shown import DivisionShown

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from core.pictures.folder.pairs import Pairs
    from core.pictures.folder.scan import Scan
    from core.settings import DataConfig


class DivisionQuestion(NamedTuple):
    """Which pictures, and the settings that divide them."""

    scan: Scan
    hold_out: float
    excluded: tuple[str, ...]
    class_names: tuple[str, ...]  #: empty: without classes
    pairs: Pairs | None = None  #: with a second folder: only these are used


class Divided(NamedTuple):
    """The answer."""

    question: DivisionQuestion
    sides: NDArray[np.uint8]  #: (n,) what each picture is to a run, as core.pictures.folder.splits has it
    strange: tuple[str, ...]  #: what is excluded without being there
    shown: DivisionShown


class Division(QObject):
    """Asked again with every change; a million names take seconds, and only the newest question is answered."""

    counted = Signal(object)  #: a DivisionShown; None as long as another folder is counted
    divided = Signal(object)  #: a Divided
    failed = Signal(object)  #: a Failure; the same may be asked again

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._asked: DivisionQuestion | None = None
        self._answer: Divided | None = None
        self._latest = Latest("division", self)
        self._latest.answered.connect(self._came)
        self._latest.failed.connect(self._failed)

    def ask(self, scan: Scan, data: DataConfig, pairs: Pairs | None = None) -> None:
        """Count, unless it was the last thing that was asked. pairs: of a second folder, once they are known."""
        class_names = () if data.labels == "off" else data.class_names or ()
        asked, before = DivisionQuestion(scan, data.hold_out, data.excluded or (), class_names, pairs), self._asked
        if before is None or before.scan is not scan or before[1:] != asked[1:]:
            if before is None or before.scan is not scan:
                self.counted.emit(None)
            self._asked = asked
            self._latest.ask(lambda: _answer(asked))

    def shutdown(self, timeout_ms: int) -> bool:
        """Stop and wait; True when no thread is left."""
        return self._latest.shutdown(timeout_ms)

    def tell_again(self) -> None:
        """For whoever has forgotten it."""
        if self._answer is not None and self._answer.question is self._asked:
            self._came(self._answer)

    @Slot(object)
    def _came(self, answer: Divided) -> None:
        self._answer = answer
        self.divided.emit(answer)
        self.counted.emit(answer.shown)

    @Slot(object)
    def _failed(self, failure: Failure) -> None:
        self._asked = None
        self.failed.emit(failure)


def _answer(question: DivisionQuestion) -> Iterator[Divided | None]:
    import numpy as np

    from core.pictures.folder.splits import EXCLUDED, NAMES_TOGETHER, divided, names_at, sides_in_parts

    pictures, parts = question.scan.pictures, []
    for part in sides_in_parts(pictures, question.hold_out, frozenset(question.excluded)):
        parts.append(part)
        yield None
    sides = np.concatenate(parts)
    left_out = np.flatnonzero(sides == EXCLUDED)
    known: set[str] = set()
    for begin in range(0, len(left_out), NAMES_TOGETHER):
        known.update(names_at(pictures, left_out[begin : begin + NAMES_TOGETHER]))
        yield None
    strange = tuple(name for name in question.excluded if name not in known)
    used = sides
    if question.pairs is not None:
        used = sides[np.isin(pictures.rows, question.pairs.first.rows)]
    try:
        split = divided(used, question.hold_out)
    except ConfigError as error:
        shown = DivisionShown(train=0, held_out=0, excluded=0, problem=error_text(error))
    else:
        shown = DivisionShown(
            train=len(split.train),
            held_out=len(split.held_out),
            excluded=len(left_out),
            notes=tuple(_notes(question, sides, strange, len(split.held_out))),
        )
    yield Divided(question, sides, strange, shown)


def _notes(
    question: DivisionQuestion, sides: NDArray[np.uint8], strange: tuple[str, ...], held_out: int
) -> Iterator[tuple[str, str]]:
    """What a person should know of the settings before a training begins: the setting, and a sentence."""
    from core.errors import Phrase, showable
    from core.pictures.folder.classes import quoted
    from core.pictures.folder.notes import empty_classes

    if strange:
        words = QCoreApplication.translate("Division", "“{name}” leaves out nothing: no picture here is called so.")
        if len(strange) > 1:
            words = QCoreApplication.translate(
                "Division", "{n} names leave out nothing: no picture here is called so, such as “{name}”."
            )
        yield "excluded", words.format(n=numbers.count(len(strange)), name=showable(strange[0], 100))
    if question.hold_out and not held_out:
        words = QCoreApplication.translate(
            "Division", "{share}% of so few pictures is none: nothing is held out. Choose a larger share."
        )
        yield "hold_out", words.format(share=numbers.chosen(100 * question.hold_out))
    empty = empty_classes(question.scan, question.class_names, sides) if question.class_names else []
    if empty:
        names = quoted(empty)
        words = QCoreApplication.translate(
            "Division", "What is left out and held out leaves nothing to train on of {names}."
        )
        yield "hold_out", words.format(names=phrase_text(names) if isinstance(names, Phrase) else names)
