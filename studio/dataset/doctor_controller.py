"""What happens in the examination of a folder: an overview at once, the pictures themselves on a word."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from ..jobs.latest import Latest, Underway
from . import doctor_words
from .doctor_panel import DoctorPanel
from .doctor_words import DoctorShown, FindingShown

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from core.pictures.doctor.doctor import DoctorProgress, Finding, Report
    from core.pictures.folder.pairs import Pairs
    from core.pictures.folder.scan import Scan
    from core.settings import RunConfig

    from ..jobs.worker import Failure

# numpy and core's tables are loaded by the first folder, not by the first paint of the window.


class DoctorController(QObject):
    """Connects the panel and core. Lives in the GUI thread; reading and comparing is on workers."""

    filter_wished = Signal(str, object)  #: what the grid is to show: its title, and the places (n,)
    exclude_wished = Signal(object, bool)  #: places (n,), and whether they are to be left out
    settings_wished = Signal(object)  #: a dict: the flat names of settings and their new values
    skipped_wished = Signal()  #: the list of files that cannot be used
    pairs_wished = Signal()  #: the list of pictures that have no partner
    to_mend = Signal(int)  #: so many findings that something should be done about
    failed = Signal(object)  #: a Failure

    def __init__(self, panel: DoctorPanel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._panel = panel
        self._scan: Scan | None = None
        self._config: RunConfig | None = None  # what the overview was made for
        self._left_out: NDArray[np.bool_] | None = None
        self._pairs: Pairs | None = None
        self._overview: Report | None = None
        self._examined: Report | None = None
        self._run: Path | None = None  #: whose model ranks the pictures
        self._device = "auto"
        self._odd: Finding | None = None
        self._findings: dict[str, Finding] = {}
        self._may_leave_out: dict[str, NDArray[np.int64]] = {}  # by what mends it
        self._shown: dict[str, FindingShown] = {}
        self._looking, self._examination = Latest("overview", self), Latest("examination", self)
        self._ranking = Latest("odd", self, fills_cores=True)
        self._ranking.progressed.connect(self._progressed)
        self._ranking.answered.connect(self._ranked)
        self._ranking.failed.connect(self._examination_failed)
        self._looking.answered.connect(self._overview_came)
        self._looking.failed.connect(self.failed)
        self._examination.progressed.connect(self._progressed)
        self._examination.answered.connect(self._examined_came)
        self._examination.failed.connect(self._examination_failed)
        panel.examine_wished.connect(self.examine)
        panel.odd_wished.connect(self.rank)
        panel.cancelled.connect(self.cancel)
        panel.show_wished.connect(self._show_pictures)
        panel.remedy_wished.connect(self._mend)
        panel.undo_wished.connect(self._undo)

    # --- what the room tells -------------------------------------------------------------------------------

    def set_scan(self, scan: Scan | None, config: RunConfig) -> None:
        """Another folder's pictures, or none. One that was examined and has changed is examined again."""
        if scan is not None and scan is self._scan:
            self.follow(config)  # another folder was to be opened, and was not
            return
        before, examined = self._scan, self._examined is not None
        self.cancel()
        self._looking.forget()
        self._scan, self._config, self._left_out, self._pairs = scan, None, None, None
        self._overview = self._examined = self._odd = None
        self._show()
        if scan is None:
            return
        self.follow(config)
        # What did not change since then is known, so that this takes no time.
        if examined and before is not None and before.folder == scan.folder:
            self.examine()

    def follow(self, config: RunConfig) -> None:
        """Other settings. config: with nothing on auto."""
        scan, before = self._scan, self._config
        config = replace(config, data=replace(config.data, excluded=None))
        if scan is None or (before is not None and (before.data, before.model) == (config.data, config.model)):
            return
        self._config = config
        self._look()

    def set_pairs(self, pairs: Pairs | None) -> None:
        """What is known of a second folder; None: there is none, or not yet."""
        if pairs is not self._pairs:
            self._pairs = pairs
            self._look()

    def _look(self) -> None:
        scan, config, pairs = self._scan, self._config, self._pairs
        if scan is None or config is None:
            return

        def answer() -> Iterator[Report]:
            from core.pictures.doctor.doctor import overview

            yield overview(scan, config, pairs)

        self._looking.ask(answer)

    def set_run(self, folder: Path | None, device: str) -> None:
        """The run whose pictures these are, None without one, and what its model is to be asked on."""
        self._device = device
        if folder != self._run:
            self._ranking.forget()
            self._run, self._odd = folder, None
            self._panel.set_run(folder is not None)
            self._show()

    def set_left_out(self, mask: NDArray[np.bool_] | None) -> None:
        """Others are left out of training now. mask: (n,) by place; None: none is."""
        self._left_out = mask
        self._show()

    def shutdown(self, timeout_ms: int) -> bool:
        """Stop and wait; True when no thread is left."""
        ended = [part.shutdown(timeout_ms) for part in (self._looking, self._examination, self._ranking)]
        return all(ended)

    # --- examining -----------------------------------------------------------------------------------------

    @Slot()
    def examine(self) -> None:
        """Read every picture and compare them."""
        scan = self._scan
        if scan is None or self._examination.busy or self._ranking.busy:
            return

        def answer() -> Iterator[object]:
            from core.pictures.doctor.doctor import DoctorProgress, examine

            for event in examine(scan):
                yield Underway(event) if isinstance(event, DoctorProgress) else event

        self._panel.show_progress(0, len(scan.pictures))
        self._examination.ask(answer)

    @Slot()
    def rank(self) -> None:
        """Ask the run's model which pictures are odd."""
        scan, run, device = self._scan, self._run, self._device
        if scan is None or run is None or self._examination.busy or self._ranking.busy:
            return

        def answer() -> Iterator[object]:
            from core.pictures.doctor.doctor import DoctorProgress
            from core.quality.odd import odd_pictures

            for event in odd_pictures(run, scan, device=device):
                yield Underway(event) if isinstance(event, DoctorProgress) else event

        self._panel.show_progress(0, len(scan.pictures))
        self._ranking.ask(answer)

    @Slot(object)
    def _ranked(self, found: Finding) -> None:
        self._odd = found
        self._panel.end_progress()
        self._show()
        self._show_pictures("odd")

    @Slot()
    def cancel(self) -> None:
        """Stop examining; what was known before stays."""
        self._examination.forget()
        self._ranking.forget()
        self._panel.end_progress()

    @Slot(object)
    def _progressed(self, progress: DoctorProgress) -> None:
        self._panel.show_progress(progress.done, progress.of)

    @Slot(object)
    def _examined_came(self, report: Report) -> None:
        self._examined = report
        self._panel.end_progress()
        self._show()

    @Slot(object)
    def _examination_failed(self, failure: Failure) -> None:
        self._panel.end_progress()
        self.failed.emit(failure)

    @Slot(object)
    def _overview_came(self, report: Report) -> None:
        self._overview = report
        self._show()

    # --- what is shown -------------------------------------------------------------------------------------

    def _show(self) -> None:
        if self._overview is None:
            self._findings, self._may_leave_out, self._shown = {}, {}, {}
            self._panel.show_doctor(None)
            self.to_mend.emit(0)
            return
        from core.pictures.doctor.doctor import FINDINGS

        found = [*self._overview.findings, *(self._examined.findings if self._examined is not None else ())]
        found += [] if self._odd is None else [self._odd]
        by_kind, before = {finding.kind: finding for finding in found}, self._findings
        self._findings = {kind: by_kind[kind] for kind in FINDINGS if kind in by_kind}
        for kind, finding in self._findings.items():
            # Which of a group is kept depends on which of them are left out already.
            if before.get(kind) is not finding or finding.groups is not None:
                self._may_leave_out[kind] = finding.left_out(self._left_out)
        self._shown = {kind: self._shown_of(finding) for kind, finding in self._findings.items()}
        shown = DoctorShown(
            counts=self._overview.counts, findings=tuple(self._shown.values()), examined=self._examined is not None
        )
        self._panel.show_doctor(shown)
        self.to_mend.emit(shown.to_mend)

    def _shown_of(self, finding: Finding) -> FindingShown:
        may_be, mask = self._may_leave_out[finding.kind], self._left_out
        return FindingShown(
            kind=finding.kind,
            remedy=finding.remedy,
            count=finding.count,
            may_leave_out=len(may_be),
            left_out=0 if mask is None else int(mask[may_be].sum()),
            settings=finding.settings,
            numbers=finding.numbers,
        )

    # --- wishes --------------------------------------------------------------------------------------------

    @Slot(str)
    def _show_pictures(self, kind: str) -> None:
        self.filter_wished.emit(doctor_words.title(self._shown[kind]), self._findings[kind].places)

    @Slot(str)
    def _mend(self, kind: str) -> None:
        finding = self._findings[kind]
        if finding.kind == "unpaired":
            self.pairs_wished.emit()
        elif finding.remedy == "list":
            self.skipped_wished.emit()
        elif finding.remedy == "settings":
            self.settings_wished.emit(dict(finding.settings))
        else:
            self.exclude_wished.emit(self._may_leave_out[kind], True)

    @Slot(str)
    def _undo(self, kind: str) -> None:
        self.exclude_wished.emit(self._may_leave_out[kind], False)
