"""Runs one x_T through the checkpoints of a run, a row after the other, in the background; saves what came of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from core.checkpoint_grid import MOST_ROWS, CheckpointGrid, RowFailed, RowStep, evenly
from core.export import Exported

from .. import numbers
from ..app.messages import error_text
from ..jobs.call_timer import CallTimer
from ..jobs.worker import Failure, Worker
from .kept import how_words
from .models import ModelList, SamplerRequest, all_of_run, step_of
from .note import WORTH_SAYING_S

if TYPE_CHECKING:
    from ..project import Project
    from .exporter import Exporter
    from .panel import SamplerPanel
    from .source import ModelSource, SnapshotSource


class Checkpoints(QObject):
    """One grid at a time; another one takes its place."""

    done = Signal()  #: it has ended, complete or not

    def __init__(
        self,
        panel: SamplerPanel,
        models: ModelList,
        source: ModelSource,
        project: Project,
        training: Callable[[], SnapshotSource | None],
        exporter: Exporter,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._panel, self._page = panel, panel.compare.checkpoints
        self._models, self._source, self._project, self._training = models, source, project, training
        self._exporter = exporter
        self.grid: CheckpointGrid | None = None
        self._of = ""  #: what the grid is of, in words
        self._made_steps = 0
        self._calls = CallTimer()
        self._worker: Worker | None = None
        self._running: list[Worker] = []  #: also those that were told to stop and have not yet
        self._page.make_wished.connect(self.make)
        self._page.cancel_wished.connect(self.cancel)
        self._page.save_wished.connect(self._save_dialog)

    @property
    def running(self) -> bool:
        """Whether rows are being made."""
        return self._worker is not None

    def requests(self) -> tuple[tuple[SamplerRequest, ...], str]:
        """One for each row, oldest checkpoint first; none, and why."""
        request = self._panel.request()
        if request is None:
            return (), self._panel.controls.options.missing() or self.tr("Choose a model first.")
        choices = evenly(all_of_run(self._models.chosen, self._models.choices), MOST_ROWS)
        if not choices:
            return (), self.tr("The chosen model is not a checkpoint of a run.")
        # Timesteps that were fitted to one are those of all: columns must be the same t.
        return tuple(replace(request, choice=choice) for choice in choices), ""

    @Slot()
    def make(self) -> None:
        """Begin; nothing while one is being made, and a sentence where it cannot be."""
        if self._worker is not None:
            return
        requests, why_not = self.requests()
        if not requests:
            self._page.say(why_not)
            return
        first = requests[0]
        picture = min(self._panel.shown.picture, first.count - 1)
        steps = [step_of(request.choice) for request in requests]
        model = {"model": first.choice.name, "model_step": steps[-1], "weights": first.weights}
        self.grid = CheckpointGrid(steps, picture, model)
        how = how_words({"sampler": first.sampler, "sample_steps": first.steps, "seed": first.seed})
        number = self.tr("picture {n}").format(n=numbers.count(picture + 1))
        self._of = f"{first.choice.name} · {number} · {how}"
        self._made_steps, self._calls = 0, CallTimer()
        training = self._training()
        work = partial(self._source.grid, requests, picture, self._project.device, training)
        self._worker = Worker(work, parent=self, name="checkpoints", fills_cores=True)
        self._worker.events.connect(self._events)
        self._worker.ended.connect(self._ended)
        self._running.append(self._worker)
        self._page.show_grid(self.grid)
        self._page.set_working(True)
        self._page.say(self.tr("Reading the first checkpoint…"))
        self._worker.start()

    @Slot()
    def cancel(self) -> None:
        """Stop after the step under way; what has come stays."""
        worker, self._worker = self._worker, None
        if worker is not None:
            worker.stop()
            self._over(self.tr("cancelled"))

    @Slot(list)
    def _events(self, events: list[object]) -> None:
        grid = self.grid
        if self.sender() is not self._worker or grid is None:
            return
        for event in events:
            grid.add(event)  # type: ignore[arg-type]
            if isinstance(event, RowStep):
                self._made_steps += 1
                self._calls.add(self._made_steps, time.monotonic())
            if isinstance(event, RowStep | RowFailed):
                self._tell(event.row)
        self._page.grew()

    def _tell(self, row: int) -> None:
        """How far it is."""
        grid = self.grid
        assert grid is not None
        words = self.tr("checkpoint {row} of {rows}, step {step} of {steps}").format(
            row=row + 1, rows=grid.rows, step=numbers.count(grid.arrived[row]), steps=numbers.count(grid.steps)
        )
        per_step = self._calls.seconds_per_call
        left = 0.0 if per_step is None else per_step * (grid.steps * (grid.rows - row) - grid.arrived[row])
        if left >= WORTH_SAYING_S:
            words += " · " + self.tr("about {time} left").format(time=numbers.rough_duration(left))
        self._page.say(words)

    @Slot(object)
    def _ended(self, failure: Failure | None) -> None:
        worker = self.sender()
        assert isinstance(worker, Worker)
        self._running.remove(worker)
        worker.deleteLater()
        if worker is not self._worker:
            return
        self._worker = None
        if failure is not None:
            self._panel.banner.show_message(error_text(failure.error), details=failure.trace)
        failed = 0 if self.grid is None else len(self.grid.failed)
        self._over(self.tr("{n} failed").format(n=failed) if failed else "")

    def _over(self, how: str) -> None:
        self._page.set_working(False)
        self._page.say(f"{self._of} · {how}" if how else self._of)
        self.done.emit()

    # --- saving --------------------------------------------------------------------------------------------

    def save(self, path: Path) -> None:
        """Write it as it is shown; the exporter tells when it is done."""
        grid, layer = self.grid, self._page.layers.current()
        if grid is not None and any(grid.arrived) and self._worker is None:
            self._exporter.start(partial(_saved, grid, path, layer))

    @Slot()
    def _save_dialog(self) -> None:
        assert self.grid is not None
        told = self.grid.settings
        name = f"checkpoints-{told.get('sampler')}-{told.get('sample_steps')}-seed-{told.get('seed')}.png"
        path = self._exporter.ask_where(name)
        if path is not None:
            self.save(path)

    def shutdown(self, timeout_ms: int) -> bool:
        """Stop and wait; True when no thread is left."""
        self._worker = None
        ended = [worker.shutdown(timeout_ms) for worker in self._running]
        return all(ended)


def _saved(grid: CheckpointGrid, path: Path, layer: str) -> Iterator[Exported]:
    grid.save(path, layer)
    yield Exported(path)
