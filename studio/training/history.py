"""Reads what a run folder holds, in the background: a run when it is opened, other curves and samples when wanted."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal, Slot

from core.errors import RunError
from core.runs.checkpoint_files import steps_in
from core.runs.grids import read_grid
from core.runs.lock import Owner
from core.runs.metrics import read_held_out, read_losses, read_scalar, read_timesteps
from core.runs.run import Run

from ..app.messages import error_text
from ..jobs.requests import Requests
from .live_run import LiveRun
from .plots import HELD_OUT, PLOTS

if TYPE_CHECKING:
    from .panel import TrainingPanel


@dataclass(frozen=True, slots=True)
class PastRun:
    """A run folder and what it holds."""

    run: Run
    live: LiveRun
    no_curve: RunError | None = None  #: why there is no curve of the loss
    trained_by: Owner | None = None  #: the process that trains it at this moment


def read_run(path: Path, smoothing: float) -> PastRun:
    """Everything that the room shows of a run, without a curve if that is torn. Raises RunError or CheckpointError."""
    run = Run.open(path)
    state, owner = run.state(), run.owner()
    trained_by = owner if owner is not None and owner.alive else None
    live = LiveRun(run.config, smoothing)
    no_curve = None
    try:
        steps, losses = read_losses(run.metrics_path)
        # What was trained after the newest checkpoint is lost, so it is not shown either; unless it goes on there.
        shown_to = state.step if trained_by is None or not len(steps) else int(steps[-1])
        kept = steps <= shown_to
        live.take_history("loss", steps[kept], losses[kept])
        live.step = shown_to
        live.take_history(HELD_OUT, *read_held_out(run.metrics_path))
        live.unread = {plot.source: run.metrics_path for plot in PLOTS if plot.source != "loss"}
        window, bins = live.timesteps.window, live.timesteps.bins
        live.take_timesteps(read_timesteps(run.metrics_path, until_step=shown_to, window=window, bins=bins))
    except RunError as error:  # the run can go on without it
        no_curve, shown_to = error, state.step
    live.step = shown_to
    live.total = state.total
    live.marks = steps_in(run.checkpoints_folder)
    for file in sorted(run.samples_folder.glob("*.png")):
        number = re.search(r"(\d+)$", file.stem)
        if number is not None and int(number.group(1)) <= shown_to:
            live.samples.add_file(int(number.group(1)), file)
    return PastRun(run, live, no_curve, trained_by)


class History(QObject):
    """Opens runs and fetches old samples. Lives in the GUI thread."""

    opened = Signal(object)  #: a PastRun
    refused = Signal(object)  #: the error

    def __init__(self, panel: TrainingPanel, parent: QObject) -> None:
        super().__init__(parent)
        self._panel = panel
        self._runs = Requests(_read_run, 1, "open-run", self)
        self._runs.answered.connect(self._run_read)
        self._grids = Requests(_read_grid, 1, "read-samples", self)
        self._grids.answered.connect(self._grid_read)
        self._curves = Requests(_read_curve, 1, "read-curve", self)
        self._curves.answered.connect(self._curve_read)
        panel.plots.unread_wished.connect(self._wish_curve)
        panel.samples.grid_wished.connect(self._wish_grid)

    def open(self, path: Path, smoothing: float) -> None:
        """Read a run folder; `opened` or `refused` follows."""
        self._runs.forget()
        self._runs.ask((path, smoothing))

    def shutdown(self, timeout_ms: int) -> bool:
        """End the background threads."""
        ended = [part.shutdown(timeout_ms) for part in (self._runs, self._grids, self._curves)]
        return all(ended)

    @Slot(str)
    def _wish_curve(self, source: str) -> None:
        live = self._panel.live
        if live is not None:
            self._curves.ask((live, source, live.unread[source]))

    @Slot(object, object)
    def _curve_read(self, question: tuple[LiveRun, str, Path], answer: object) -> None:
        live, source, _ = question
        if live.unread.pop(source, None) is None:  # asked for twice
            return
        if isinstance(answer, tuple):
            live.take_history(source, *answer)
        elif isinstance(answer, Exception):
            self._panel.log.add(time.strftime("%H:%M:%S"), error_text(answer))
        if live is self._panel.live:
            self._panel.plots.refresh()

    @Slot(int)
    def _wish_grid(self, step: int) -> None:
        live = self._panel.live
        if live is not None and live.config.data.image_size is not None:
            question = (
                live,
                step,
                live.samples.path(step),
                live.config.data.height_and_width,
                live.config.train.sample_count,
            )
            self._grids.ask(question)

    @Slot(object, object)
    def _grid_read(self, question: tuple[LiveRun, int, Path, tuple[int, int], int], answer: object) -> None:
        live, step, path, _, _ = question
        if live is self._panel.live and isinstance(answer, np.ndarray):
            live.samples.add(step, answer, path)
            self._panel.samples.grid_arrived(step)

    @Slot(object, object)
    def _run_read(self, _question: object, answer: object) -> None:
        if isinstance(answer, PastRun):
            self.opened.emit(answer)
        else:
            self.refused.emit(answer)


def _read_run(question: tuple[Path, float]) -> PastRun:
    path, smoothing = question
    return read_run(path, smoothing)


def _read_grid(question: tuple[LiveRun, int, Path, tuple[int, int], int]) -> NDArray[np.uint8]:
    _, _, path, size, count = question
    return read_grid(path, size, count)


def _read_curve(question: tuple[LiveRun, str, Path]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    _, source, path = question
    return read_scalar(path, source)
