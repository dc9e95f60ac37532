"""Which pictures are left out of training: marked at once, by name in the settings a moment later."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject, Signal, Slot

from core.errors import StudioError
from core.settings import SETTINGS

from .. import numbers
from ..latest import Latest
from ..messages import error_text
from ..project import Project
from ..worker import Failure
from .division import Divided

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from core.pictures.folder.scan import Scan

#: Names made between two looks at whether to stop.
NAMES_TOGETHER = 5000


class Named(NamedTuple):
    """The answer: the pictures of a mask, by name."""

    scan: Scan
    names: tuple[str, ...]


class Excluding(QObject):
    """Keeps a mask by place beside the project's names. Lives in the GUI thread."""

    changed = Signal()  #: others are left out now
    refused = Signal(str)  #: why some cannot be left out
    failed = Signal(object)  #: a Failure; those that the settings leave out stay so

    def __init__(self, project: Project, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._project = project
        self._scan: Scan | None = None
        self.mask: NDArray[np.bool_] | None = None  #: (n,) of each picture, whether it is left out; None: none is
        self.count = 0  #: how many are
        self._told: tuple[str, ...] | None = None  # the setting that the mask was last brought in line with
        self._agreed: NDArray[np.bool_] | None = None  # the mask then
        self._strange: tuple[str, ...] = ()  # names in the setting that are no picture's, and stay in it
        self._wishes: list[tuple[NDArray[np.int64], bool]] = []  # to be done once the setting is understood
        self._naming: Scan | None = None  # whose pictures are being named
        self._latest = Latest("excluding", self)
        self._latest.answered.connect(self._named)
        self._latest.failed.connect(self._failed)

    def set_scan(self, scan: Scan | None) -> None:
        """Other pictures; `follow` tells which of them are left out."""
        if scan is None or self._scan is None or scan.folder != self._scan.folder:
            self._latest.forget()  # looked through again, what is being named is still wished
        self._scan, self._told, self._agreed, self._strange, self._wishes = scan, None, None, (), []
        self._set(None)

    @Slot(object)
    def follow(self, divided: Divided) -> None:
        """What the settings leave out was counted."""
        from core.pictures.folder.splits import EXCLUDED

        question = divided.question
        if question.scan is self._scan and question.excluded != self._told and not self._latest.busy:
            self._told, self._strange = question.excluded, divided.strange
            self._set(divided.sides == EXCLUDED)
            self._agreed = self.mask
            wishes, self._wishes = self._wishes, []
            for places, excluded in wishes:
                self.exclude(places, excluded)

    def exclude(self, places: NDArray[np.int64], excluded: bool = True) -> None:
        """Leave these pictures out of training, or take them in again. `refused` where they are too many."""
        import numpy as np

        scan = self._scan
        if scan is None or not len(places):
            return
        if (run := self._project.run_of_pictures) is not None:
            words = self.tr(
                "{run} keeps the pictures that it was begun with. To leave others out, choose New run in its menu, at "
                "the top right."
            )
            self.refused.emit(words.format(run=run.folder.name))
            return
        setting = self._project.config.data.excluded or ()
        understood = self._naming is scan if self._latest.busy else setting == (self._told or ())
        if not understood:
            self._wishes.append((places, excluded))
            return
        mask = np.zeros(len(scan.pictures), bool) if self.mask is None else self.mask.copy()
        mask[places] = excluded
        count, limit = int(np.count_nonzero(mask)) + len(self._strange), SETTINGS["excluded"].most_entries
        if excluded and limit is not None and count > limit:
            words = self.tr(
                "At most {limit} pictures can be left out one by one, and with these it would be {n}. Move them out "
                "of the folder instead."
            )
            self.refused.emit(words.format(limit=numbers.count(limit), n=numbers.count(count)))
            return
        self._set(mask)
        self._naming, strange = scan, self._strange

        def answer() -> Iterable[object]:
            return _names(scan, mask, strange)

        self._latest.ask(answer)

    def shutdown(self, timeout_ms: int) -> bool:
        """Stop and wait; True when no thread is left."""
        return self._latest.shutdown(timeout_ms)

    def _set(self, mask: NDArray[np.bool_] | None) -> None:
        self.mask = mask if mask is not None and mask.any() else None
        self.count = 0 if self.mask is None else int(self.mask.sum())
        self.changed.emit()

    @Slot(object)
    def _named(self, answer: Named) -> None:
        told = self._told
        if answer.scan is self._scan:
            self._told = answer.names
        try:
            self._project.set_settings({"excluded": answer.names or None})
        except StudioError as error:
            self._told = told
            self._set(self._agreed)
            self.refused.emit(error_text(error))
        else:
            if answer.scan is self._scan:
                self._agreed = self.mask

    @Slot(object)
    def _failed(self, failure: Failure) -> None:
        self._set(self._agreed)
        self.failed.emit(failure)


def _names(scan: Scan, mask: NDArray[np.bool_], strange: tuple[str, ...]) -> Iterator[Named | None]:
    import numpy as np

    from core.pictures.folder.splits import names_at

    places, names = np.flatnonzero(mask), list(strange)
    for begin in range(0, len(places), NAMES_TOGETHER):
        names += names_at(scan.pictures, places[begin : begin + NAMES_TOGETHER])
        yield None
    yield Named(scan, tuple(names))
