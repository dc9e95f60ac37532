"""What happens in the tab: checkpoints are measured in the background, and what was measured is read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from core.pictures.folder.splits import split_of
from core.quality.wish import LEAST, QualityProgress, QualityWish
from core.runs.quality_file import QualityResult, read_quality

from ... import numbers
from ...app.messages import error_text
from ...jobs.latest import Latest, Underway
from ...jobs.requests import Requests
from .panel import MISSING, NEWEST, QualityPanel

if TYPE_CHECKING:
    from core.pictures.folder.scan import Scan
    from core.settings import DataConfig

    from ...app.rooms import Shell
    from ...jobs.worker import Failure
    from ..controller import TrainingController


def build_tab(shell: Shell, room: TrainingController) -> QualityTab:
    """The tab."""
    return QualityTab(shell, room)


class QualityTab(QObject):
    """A tab of the training room. Lives in the GUI thread."""

    def __init__(self, shell: Shell, room: TrainingController) -> None:
        super().__init__(shell.window)
        self._project, self._room = shell.project, room
        self._page = QualityPanel()
        self.panel: QWidget = self._page
        self.head: QWidget | None = None
        self.side: QWidget | None = None
        self.under: QWidget | None = None
        self._measuring = Latest("quality", self, fills_cores=True)
        self._reads = Requests(_read, 1, "read-quality", self)
        self._number = 1  #: of the checkpoint that is being measured
        self._measures: Path | None = None  #: the folder of the run that is measured, or was last
        self._pictures: int | None = None  #: of the run that is shown, to train on; None: not known
        self._results: tuple[QualityResult, ...] = ()
        self._page.measure_wished.connect(self.measure)
        self._page.cancel_wished.connect(self._cancel)
        self._measuring.progressed.connect(self._progressed)
        self._measuring.answered.connect(self._measured)
        self._measuring.failed.connect(self._failed)
        self._reads.answered.connect(self._was_read)
        room.checkpoints.kept.changed.connect(self._checkpoints_changed)
        room.checkpoint_saved.connect(room.checkpoints.kept.refresh)
        self._project.run_changed.connect(self._run_changed)
        self._project.scan_changed.connect(self._refresh)
        self._run_changed()

    def set_shown(self, shown: bool) -> None:
        """What was measured is read when it is looked at."""
        if shown:
            self._room.checkpoints.kept.refresh()
            self._refresh()

    def shutdown(self, timeout_ms: int = 10_000) -> bool:
        """Stop everything and wait; True when no thread is left."""
        ended = [part.shutdown(timeout_ms) for part in (self._measuring, self._reads)]
        return all(ended)

    @Slot()
    def measure(self) -> None:
        """Measure what is chosen."""
        run, kept = self._project.run, self._room.checkpoints.kept.checkpoints
        if run is None or not kept or self._measuring.busy:
            return
        chosen = self._page.checkpoint.currentData()
        paths = [each.path for each in kept if each.step == chosen]
        if chosen == NEWEST:
            paths = [run.folder]
        elif chosen == MISSING:
            measured = {each.step for each in self._results if each.weights == "ema"}
            paths = [each.path for each in reversed(kept) if each.step not in measured]
            if not paths:
                self._page.say(self.tr("Every checkpoint that is kept is measured."))
                return
        wish = QualityWish(count=self._page.count.currentData(), bits=self._page.bits.isChecked())
        self._number, self._measures = 1, run.folder
        scan = self._project.scan
        # They may lie elsewhere by now, and have been chosen there.
        chosen_there = None if scan is None or not self._room.going_on.pictures.fit else scan.folder
        self._measuring.ask(partial(_measured, paths, wish, self._project.device, chosen_there))
        self._page.set_progress(QualityProgress("pictures", 0, 0), 1, len(paths))

    @Slot()
    def _cancel(self) -> None:
        self._measuring.forget()
        self._page.set_progress(None)
        self._page.say("")
        self._refresh()

    def _elsewhere(self) -> str:
        """The name of the run that is measured, where another is shown, or none."""
        run = self._project.run
        if self._measures is None or (run is not None and run.folder == self._measures):
            return ""
        return self._measures.name

    @Slot(object)
    def _progressed(self, progress: tuple[QualityProgress, int, int]) -> None:
        event, number, of = progress
        self._page.set_progress(event, number, of, elsewhere=self._elsewhere())
        if number != self._number:
            self._number = number
            self._refresh()

    @Slot(object)
    def _measured(self, step: int | None) -> None:
        self._page.set_progress(None)
        name = self._elsewhere()
        self._page.say(self.tr("Run {name} is measured.").format(name=name) if name else "")
        if not name:
            self._page.tell_of(step)
        self._refresh()

    @Slot(object)
    def _failed(self, failure: Failure) -> None:
        self._page.set_progress(None)
        words, name = error_text(failure.error), self._elsewhere()
        if name:
            words = self.tr("Run {name} was not measured: {reason}").format(name=name, reason=words)
        self._page.say(words, error=True)
        self._refresh()

    @Slot(object, object)
    def _was_read(self, question: _Question, answer: object) -> None:
        run = self._project.run
        if run is not None and question.folder == run.folder and isinstance(answer, tuple):
            results, self._pictures, most = answer
            self._page.set_most(most)
            self._show(results)
            self._checkpoints_changed()

    def _show(self, results: tuple[QualityResult, ...]) -> None:
        self._results = results
        self._page.show_results(results)

    def _refresh(self) -> None:
        run = self._project.run
        if run is not None:
            scan = self._project.scan if self._room.going_on.pictures.fit else None
            self._reads.ask_only([_Question(run.folder, scan, run.config.data)])

    @Slot()
    def _run_changed(self) -> None:
        """What is being measured goes on: it is kept in the folder of its own run."""
        if not self._measuring.busy:
            self._page.say("")
        self._pictures = None
        self._page.set_most(None)
        self._page.tell_of(None)
        self._show(())
        self._refresh()
        self._checkpoints_changed()

    @Slot()
    def _checkpoints_changed(self) -> None:
        kept = self._room.checkpoints.kept.checkpoints
        self._page.set_checkpoints([each.step for each in kept])
        reason = ""
        if self._project.run is None:
            reason = self.tr("There is no run yet.")
        elif not kept:
            reason = self.tr("Nothing of this run is saved yet.")
        elif self._pictures is not None and not self._page.count.count():
            reason = self.tr("There are too few pictures: {n} are trained on, and {least} are needed.").format(
                n=numbers.count(self._pictures), least=numbers.count(2 * LEAST)
            )
        self._page.set_measurable(reason, no_run=self._project.run is None)


@dataclass(frozen=True, slots=True)
class _Question:
    """What is measured of a run, and of how many samples it can be; scan: its pictures, where they are open."""

    folder: Path
    scan: Scan | None
    data: DataConfig


def _read(question: _Question) -> tuple[tuple[QualityResult, ...], int | None, int | None]:
    """On the background thread: the measurements, the pictures that are trained on, and the most samples."""
    pictures = most = None
    if question.scan is not None:
        parts = split_of(question.scan, question.data)
        pictures, held_out = len(parts.train), len(parts.held_out)
        most = max(pictures // 2, min(held_out, pictures))
    return read_quality(question.folder), pictures, most


def _measured(paths: list[Path], wish: QualityWish, device: str, pictures: Path | None) -> Iterator[object]:
    """On the background thread: the checkpoints one after the other; the step of the last comes last."""
    from core.quality.measuring import measure_run

    step = None
    for number, path in enumerate(paths, 1):
        for event in measure_run(path, wish, pictures=pictures, device=device):
            if isinstance(event, QualityProgress):
                yield Underway((event, number, len(paths)))
            else:
                step = event.step
    yield step
