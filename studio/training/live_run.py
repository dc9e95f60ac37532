"""Everything the window knows of one run: its curves, its timesteps, its samples, how fast it goes."""

from __future__ import annotations

import time
from bisect import bisect_left, bisect_right
from collections import OrderedDict, deque
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.runs.metrics import Timesteps
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

from ..jobs.call_timer import CallTimer
from .curve import Curve
from .plots import HELD_OUT, PLOTS

# --- The grids of samples of one run over its training time: the newest in memory, older ones on disk ----


#: Grids kept in memory take no more than this together; the rest are read again from the run's samples folder.
KEPT_BYTES = 32_000_000

Images = NDArray[np.uint8]


class SampleHistory:
    """Steps at which samples were made, each with its pictures (N, H, W, C) or the file to read them from."""

    def __init__(self, kept_bytes: int = KEPT_BYTES) -> None:
        self._kept_bytes, self._bytes = kept_bytes, 0
        self._paths: dict[int, Path] = {}
        self._steps: list[int] = []
        self._images: OrderedDict[int, Images] = OrderedDict()

    def __len__(self) -> int:
        return len(self._steps)

    @property
    def steps(self) -> list[int]:
        """All sampled steps, ascending."""
        return self._steps

    def add_file(self, step: int, path: Path) -> None:
        """A grid that is on disk."""
        if step not in self._paths:
            self._steps.insert(bisect_left(self._steps, step), step)
        self._paths[step] = path

    def add(self, step: int, images: Images, path: Path) -> None:
        """A grid that has just been made, or was read again. It stays in memory however large it is, older ones go."""
        self.add_file(step, path)
        self._forget(step)
        self._images[step] = images
        self._bytes += images.nbytes
        while self._bytes > self._kept_bytes and len(self._images) > 1:
            self._forget(next(iter(self._images)))

    def _forget(self, step: int) -> None:
        images = self._images.pop(step, None)
        self._bytes -= 0 if images is None else images.nbytes

    def truncate_after(self, step: int) -> None:
        """Forget the grids after `step`: a training that goes on from there makes them anew."""
        for later in self._steps[bisect_right(self._steps, step) :]:
            del self._paths[later]
            self._forget(later)
        del self._steps[bisect_right(self._steps, step) :]

    def path(self, step: int) -> Path:
        """Where the grid of that step is on disk."""
        return self._paths[step]

    def images(self, step: int) -> Images | None:
        """The grid of that step; None when it must be read first."""
        images = self._images.get(step)
        if images is not None:
            self._images.move_to_end(step)
        return images


# --- How fast the training goes and how long it still takes, from its last twenty seconds ----------------

#: Seconds of training that the figures come from.
WINDOW_S = 20.0
#: Steps that warm things up (lazy imports, the first kernels) and say nothing about the rest.
WARM_UP_STEPS = 2


@dataclass(frozen=True, slots=True)
class _Stretch:
    steps: int
    pictures: int
    seconds: float


class Pace:
    """Pictures per second and seconds left.

    Fed with the training's own clock (`elapsed_s` of its steps), which is monotonic and stands still in pauses and
    while samples are made. A jump of that clock is forgotten once WINDOW_S of steps came after it.
    """

    def __init__(self) -> None:
        self._stretches: deque[_Stretch] = deque()
        self._last: tuple[int, float] | None = None
        self._seen_steps = 0
        self._grid_s: float | None = None

    def add(self, step: int, elapsed_s: float, pictures: int) -> None:
        """The training is at `step` after `elapsed_s` of work; `pictures` went in since the last call."""
        last, self._last = self._last, (step, elapsed_s)
        if last is None or step <= last[0] or elapsed_s < last[1]:
            self._stretches.clear()  # a new session, or one that went back to a checkpoint
            self._seen_steps = 0
            return
        steps = step - last[0]
        self._seen_steps += steps
        if self._seen_steps <= WARM_UP_STEPS:
            return
        self._stretches.append(_Stretch(steps, pictures, elapsed_s - last[1]))
        while sum(s.seconds for s in self._stretches) - self._stretches[0].seconds >= WINDOW_S:
            self._stretches.popleft()

    def add_grid(self, seconds: float) -> None:
        """Making a grid of samples took this long."""
        self._grid_s = seconds

    @property
    def pictures_per_second(self) -> float | None:
        """None before anything was measured."""
        seconds = sum(s.seconds for s in self._stretches)
        return sum(s.pictures for s in self._stretches) / seconds if seconds > 0 else None

    @property
    def seconds_per_step(self) -> float | None:
        """None before anything was measured."""
        steps = sum(s.steps for s in self._stretches)
        return sum(s.seconds for s in self._stretches) / steps if steps else None

    def seconds_left(self, steps_left: int, grids_left: int) -> float | None:
        """The time that so many steps and sample grids take at this pace; None before anything was measured."""
        per_step = self.seconds_per_step
        if per_step is None:
            return None
        return steps_left * per_step + grids_left * (self._grid_s or 0.0)


# --- live run --------------------------------------------------------------------------------------------

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
