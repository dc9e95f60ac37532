"""Everything the window knows of one run: its curves, its timesteps, its samples, how fast it goes."""

from __future__ import annotations

import time
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.runs.metrics_reading import Timesteps
from core.settings import RunConfig
from core.training.events import (
    CheckpointSaved,
    Event,
    HeldOutLoss,
    Planned,
    RolledBack,
    Samples,
    SamplingStep,
    Started,
    StepDone,
)
from core.training.timesteps import TimestepLoss

from ..call_timer import CallTimer
from .curve import Curve
from .pace import Pace
from .plots import HELD_OUT, PLOTS
from .sample_history import SampleHistory

#: Vertical lines of checkpoints beyond this many say nothing more.
MARKS = 200


class LiveRun:
    """The figures of one run, kept up to date from its events. Knows no widget."""

    def __init__(self, config: RunConfig, smoothing: float) -> None:
        self.config = config
        #: by the name of what is drawn; the running mean of a curve that has one follows `smoothing` when it is drawn
        self.curves = {plot.source: Curve(smoothing if plot.smoothed else 0.0, positive=plot.log) for plot in PLOTS} | {
            HELD_OUT: Curve(0.0)
        }
        self.curve = self.curves["loss"]
        self.held_out = self.curves[HELD_OUT]  #: the loss of the pictures that are not trained on, as measured
        self.smoothing = smoothing
        #: curves whose beginning is still only in this database, to be read when one is drawn
        self.unread: dict[str, Path] = {}
        self.timesteps = TimestepLoss(config.diffusion.timesteps)
        self.samples = SampleHistory()
        self.pace = Pace()
        self.marks: list[int] = []  #: steps of checkpoints and resumptions
        self.failed: list[int] = []  #: steps that failed, ascending or not: a training goes back after each
        self.step = 0
        self.total: int | None = config.train.steps
        self.elapsed_s = 0.0
        self.loss: float | None = None
        self._pictures = 0
        self._calls = CallTimer()  #: of the grid that is being made

    @property
    def complete(self) -> bool:
        """Whether all planned steps are done."""
        return self.total is not None and self.step >= self.total

    @property
    def seconds_left(self) -> float | None:
        """Until the last step; None before it can be told."""
        if self.total is None:
            return None
        every = self.config.train.sample_every
        grids = self.total // every - self.step // every
        return self.pace.seconds_left(self.total - self.step, grids)

    def take(self, events: Iterable[Event]) -> None:
        """Count what happened."""
        steps: list[StepDone] = []
        for event in events:
            match event:
                case StepDone():
                    steps.append(event)
                case Started():
                    self.step, self.total = event.step, event.total
                    if event.resumed:
                        self._go_back(event.step)
                        self.mark(event.step)
                case RolledBack():
                    # What came before it in this bundle is taken back with all the rest.
                    self._take_steps(steps)
                    steps.clear()
                    self._go_back(event.step)
                    self.failed.append(event.failed_step)
                    del self.failed[:-MARKS]
                case Planned():
                    self.total = event.total
                case HeldOutLoss(step=step, loss=loss):
                    self.held_out.extend(np.array([step]), np.array([loss]))
                case CheckpointSaved():
                    self.mark(event.step)
                case SamplingStep(done=done, of=of):
                    self._calls.add(done, time.monotonic())
                    if done == of and self._calls.seconds_per_call is not None:
                        self.pace.add_grid(self._calls.seconds_per_call * of)
                case Samples():
                    self.samples.add(event.step, event.images, event.path)
        self._take_steps(steps)

    def _go_back(self, step: int) -> None:
        """Forget what was made after `step`: it is made anew."""
        self.step = step
        for curve in self.curves.values():
            curve.truncate_after(step)
        self.samples.truncate_after(step)
        while self.marks and self.marks[-1] > step:
            self.marks.pop()
        self.loss = float(self.curve.raw[-1]) if len(self.curve) else None

    def _take_steps(self, steps: list[StepDone]) -> None:
        if not steps:
            return
        measured = [(step.step, step.scalars()) for step in steps]
        for source, curve in self.curves.items():
            points = [(at, scalars[source]) for at, scalars in measured if source in scalars]
            if points:
                at, values = zip(*points, strict=True)
                curve.extend(np.array(at), np.array(values, float))
        for step in steps:
            self.timesteps.add(step.timesteps, step.losses)
        last = steps[-1]
        self.step, self.total, self.elapsed_s, self.loss = last.step, last.total, last.elapsed_s, last.loss
        self.pace.add(last.step, last.elapsed_s, sum(s.pictures for s in steps))

    def take_history(self, source: str, steps: NDArray[np.int64], values: NDArray[np.float64]) -> None:
        """What was measured before, ascending: of it, what comes before all that was measured since."""
        curve = self.curves[source]
        if source == "loss" and len(steps):
            self.step, self.loss = int(steps[-1]), float(values[-1])
        kept = steps < (curve.steps[0] if len(curve) else self.step + 1)
        curve.prepend(steps[kept], values[kept])

    def take_timesteps(self, measured: Timesteps) -> None:
        """The losses per timestep of the last steps that were trained before."""
        self.timesteps = TimestepLoss(self.config.diffusion.timesteps)
        if len(measured.sums) == self.timesteps.bins:
            self.timesteps.add_measured(measured.sums, measured.counts, measured.steps)

    def mark(self, step: int) -> None:
        """A vertical line in the loss plot."""
        if not self.marks or self.marks[-1] != step:
            self.marks.append(step)
            del self.marks[:-MARKS]
