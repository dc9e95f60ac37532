"""Writes a session's numbers into the run as they come, and never stands in the training's way."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import Phrase, RunError, StudioError
from ..runs.averages import forget_after
from ..runs.metrics import EDIT, HELD_OUT, HELD_OUT_EMA, MetricsWriter
from ..runs.probes import COST, SERIES, TIMES
from .board import Board
from .timesteps import binned
from .told_events import as_data

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from ..runs.run import Run
    from .events import Event, ProbeMeasured, StepDone

#: Steps whose losses per timestep go into one row per bin.
TIMESTEPS_EVERY = 50


class Recorder:
    """The run's metrics, for the length of a session. Close it.

    A number that cannot be written is told once (`take_failure`) and is no reason to end a training. A database that
    could not be opened is tried again at the next checkpoint.
    """

    def __init__(self, run: Run) -> None:
        self._run = run
        self._timesteps = run.config.diffusion.timesteps
        self._sums: Any = 0.0
        self._counts: Any = 0
        self._steps = 0
        self._failure: RunError | None = None
        self._told = False
        self._metrics: MetricsWriter | None = None
        self._begin: int | None = None  #: the step to go on from, for a database that is opened late
        self._board = Board(run) if run.config.train.tensorboard else None
        self._try(self._open)

    def _open(self) -> None:
        self._metrics = MetricsWriter(self._run.metrics_path)
        if self._begin is not None:
            self._metrics.truncate_after(self._begin)
            self._begin = None
        if self._metrics.moved_aside is not None:
            moved = Phrase("told.metrics-moved", name=self._metrics.moved_aside.name)
            self.event(0, "metrics-moved", moved, moved)

    def add(self, done: StepDone) -> None:
        """One step."""
        sums, counts = binned(done.timesteps, done.losses, self._timesteps)
        self._sums, self._counts, self._steps = self._sums + sums, self._counts + counts, self._steps + 1

        def write() -> None:
            if self._metrics is not None:
                self._metrics.add(done.step, seconds=done.elapsed_s, **done.scalars())
                if self._steps >= TIMESTEPS_EVERY:
                    self._add_timesteps(done.step)

        self._try(write)
        if self._board is not None:
            self._try(partial(self._board.add, done))

    def event(self, step: int, kind: str, text: str, told: Event | Phrase | None = None) -> None:
        """Something that happened; also a line of the run's log.

        told: what the text says, for a window of another language.
        """
        self._run.log(text)
        if self._metrics is not None:
            metrics = self._metrics
            self._try(lambda: metrics.add_event(step, kind, text, as_data(told)))
        if self._board is not None:
            self._try(partial(self._board.event, step, text))

    def edited(self, step: int, text: str) -> None:
        """Settings change at `step`; the log tells of it where the change was made."""
        if self._metrics is not None:
            metrics = self._metrics
            self._try(lambda: metrics.add_event(step, EDIT, text))
        if self._board is not None:
            self._try(partial(self._board.event, step, text))

    def held_out(self, step: int, loss: float, ema_loss: float) -> None:
        """The loss of the held-out pictures: `core.runs.metrics.read_held_out` finds it among the events.

        ema_loss: of the averaged weights, among the scalars.
        """

        def write() -> None:
            if self._metrics is not None:
                # First, so that whoever follows the run and sees the event finds both.
                self._metrics.add_scalars(step, {HELD_OUT_EMA: ema_loss})
                self._metrics.add_event(step, HELD_OUT, f"{loss:.9g}")

        self._try(write)
        if self._board is not None:
            self._try(partial(self._board.held_out, step, loss, ema_loss))

    def samples(self, step: int, path: Path) -> None:
        """A grid of samples that was saved."""
        if self._board is not None:
            self._try(partial(self._board.samples, step, path))

    def probe(self, measured: ProbeMeasured) -> None:
        """The answers to the frozen probe: `core.runs.probes.read_probe` finds them."""

        def write() -> None:
            if self._metrics is not None:
                if not measured.every:
                    self._metrics.add_series(measured.step, TIMES, measured.t)
                for kind, losses in measured.losses.items():
                    self._metrics.add_series(measured.step, SERIES[kind], losses)
                cost = (measured.seconds, measured.share, measured.every)
                self._metrics.add_series(measured.step, COST, np.array(cost))

        self._try(write)

    def scalars(self, step: int, values: Mapping[str, float]) -> None:
        """Numbers that are measured now and then: `core.runs.metrics.read_scalar` finds each by its name."""
        if self._metrics is not None:
            metrics = self._metrics
            self._try(lambda: metrics.add_scalars(step, values))
        if self._board is not None:
            self._try(partial(self._board.scalars, step, values))

    def flush(self, step: int) -> None:
        """Everything up to `step` is in the file."""

        def write() -> None:
            if self._metrics is not None:
                if self._steps:
                    self._add_timesteps(step)
                self._metrics.flush()
            if self._board is not None:
                self._board.flush()
            if self._metrics is not None:
                self._told = False

        if self._metrics is None:
            self._try(self._open)
        self._try(write)

    def truncate_after(self, step: int) -> None:
        """The run goes on from `step`: forget what came after."""
        self._sums, self._counts, self._steps = 0.0, 0, 0
        with suppress(StudioError):  # the training writes over what stays, when it comes there
            forget_after(self._run.averages_folder, step)
        if self._metrics is None:
            self._begin = step
        else:
            metrics = self._metrics
            self._try(lambda: metrics.truncate_after(step))
        if self._board is not None:
            self._try(partial(self._board.begin, step))

    def take_failure(self) -> RunError | None:
        """Why numbers are not being written, once."""
        failure, self._failure = self._failure, None
        if failure is None or self._told:
            return None
        self._told = True
        return failure

    def close(self) -> None:
        """Write what is left."""
        if self._metrics is not None:
            self._try(self._metrics.close)
        if self._board is not None:
            self._try(self._board.flush)

    def _add_timesteps(self, step: int) -> None:
        assert self._metrics is not None
        self._metrics.add_timesteps(step, np.asarray(self._sums), np.asarray(self._counts))
        self._sums, self._counts, self._steps = 0.0, 0, 0

    def _try(self, write: Callable[[], None]) -> None:
        try:
            write()
        except RunError as error:
            self._failure = error
