"""Which pictures of the second folder belong to whose: looked for in the background, told beside the choice."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from core.catalogue import CONDITIONS

from ..app.messages import error_text, phrase_text
from ..jobs.latest import Latest
from .condition_settings import ConditionSettings, ConditionShown
from .head import SkippedDialog

if TYPE_CHECKING:
    from core.errors import Phrase
    from core.pictures.folder.pairs import Pairs
    from core.pictures.folder.scan import Scan
    from core.settings import DataConfig

    from ..jobs.worker import Failure


class PairsController(QObject):
    """Looks for pairs in the background whenever the folder or the settings are others."""

    changed = Signal()  #: `pairs` is another

    def __init__(self, settings: ConditionSettings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self.pairs: Pairs | None = None  #: None: there is no second folder, or it is not looked through yet
        self._problem = ""
        self._asked: tuple[Scan, str, str | None] | None = None
        self._first: Path | None = None
        self._data: DataConfig | None = None
        self._locked = ""
        self._latest = Latest("pairs", self)
        self._latest.answered.connect(self._came)
        self._latest.failed.connect(self._failed)
        settings.list_wished.connect(self.list_unpaired)

    def follow(self, scan: Scan | None, data: DataConfig, locked: str) -> None:
        """Other pictures or settings. locked: why nothing can be changed; "" where it can."""
        self._data, self._locked = data, locked
        self._first = None if scan is None else scan.folder
        wanted = CONDITIONS[data.condition].of_folder and data.condition_folder is not None
        asked = (scan, data.condition, data.condition_folder) if scan is not None and wanted else None
        before = self._asked
        same = asked is not None and before is not None and asked[0] is before[0] and asked[1:] == before[1:]
        if not same:
            self._asked = asked
            self._latest.forget()
            self._set(None, "")
            if asked is not None and scan is not None:
                self._latest.ask(lambda: _answer(scan, data))
        self._tell()

    def shutdown(self, timeout_ms: int) -> bool:
        """Stop and wait; True when no thread is left."""
        return self._latest.shutdown(timeout_ms)

    @Slot(object)
    def _came(self, pairs: Pairs) -> None:
        self._set(pairs, "")
        self._tell()

    @Slot(object)
    def _failed(self, failure: Failure) -> None:
        self._set(None, error_text(failure.error))
        self._tell()

    def _set(self, pairs: Pairs | None, problem: str) -> None:
        self._problem = problem
        if pairs is not self.pairs:
            self.pairs = pairs
            self.changed.emit()

    def _tell(self) -> None:
        data, pairs = self._data, self.pairs
        assert data is not None
        self._settings.show_condition(
            ConditionShown(
                condition=data.condition,
                factor=data.condition_factor,
                channels=data.condition_channels,
                folder=None if data.condition_folder is None else Path(data.condition_folder),
                first=self._first,
                pairs=None if pairs is None else len(pairs.first),
                unpaired=0 if pairs is None else sum(pairs.counts.values()),
                problem=self._problem,
                locked=self._locked,
            )
        )

    @Slot()
    def list_unpaired(self) -> None:
        """Open the list of pictures that have no partner."""
        pairs = self.pairs
        if pairs is None:
            return
        told: dict[str, Phrase] = {each.code: each.reason for each in pairs.unpaired}
        words = {code: phrase_text(reason) for code, reason in told.items()}
        listed = tuple((each.name, words[each.code]) for each in pairs.unpaired)
        SkippedDialog(listed, sum(pairs.counts.values()), unpaired=True, parent=self._settings.window()).open()


def _answer(scan: Scan, data: DataConfig) -> Iterator[Pairs | None]:
    from core.pictures.folder.pairs import pair

    yield from pair(scan, data)
