"""What the tab reads of runs, in the background: their list, a small picture of each, curves, grids."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.errors import StudioError
from core.runs.grids import grids_in, read_grid
from core.runs.listing import ListedFacts, Lister, count_parameters
from core.runs.metrics import read_events, read_losses, read_scalar
from core.runs.run import METRICS, SAMPLES

from ...jobs.latest import Underway
from ..live_run import Curve

#: How often a long list is shown while it is read.
TELL_S = 0.5
#: The times of so many steps are kept: between them steps are taken as evenly long.
MOST_TIMES = 20_000


def read_list(lister: Lister, folder: Path) -> Iterator[object]:
    """All runs of a folder, with those that are read so far in between."""
    found: list[ListedFacts] = []
    told = time.monotonic()
    for facts in lister.read(folder):
        found.append(facts)
        if time.monotonic() - told > TELL_S:
            yield Underway(tuple(found))
            told = time.monotonic()
        else:
            yield None
    yield tuple(found)


@dataclass(frozen=True, slots=True, eq=False)
class RunCurve:
    """The losses of a run, and what else is read of the few that are selected."""

    curve: Curve
    steps: NDArray[np.float64]  #: rising, with
    seconds: NDArray[np.float64]  #: the training time at each
    marks: tuple[int, ...]  #: steps from which it was gone on with
    parameters: int | None  #: that the network learns

    def at_time(self, steps: NDArray[np.float64]) -> NDArray[np.float64]:
        """The training time at these steps, in seconds."""
        return np.interp(steps, self.steps, self.seconds) if len(self.steps) else np.zeros(len(steps))

    def at_step(self, seconds: float) -> float:
        """The step at a training time."""
        return float(np.interp(seconds, self.seconds, self.steps)) if len(self.steps) else 0.0


def read_curve(question: tuple[Path, float]) -> RunCurve:
    """The losses of the run in a folder, smoothed. Raises RunError."""
    folder, smoothing = question
    path = folder / METRICS
    curve = Curve(smoothing)
    steps, losses = read_losses(path)
    curve.extend(steps, losses)
    while curve.smooth_more():  # here no window waits
        pass
    at, seconds = read_scalar(path, "seconds")
    every = max(1, len(at) // MOST_TIMES)
    times = np.maximum.accumulate(np.nan_to_num(seconds[::every]))
    marks: tuple[int, ...] = ()
    with suppress(StudioError):
        marks = tuple(step for step, kind, _, _ in read_events(path) if kind in ("resumed", "rolled-back"))
    return RunCurve(curve, at[::every].astype(np.float64), times, marks, count_parameters(folder))


def read_thumbnail(facts: ListedFacts) -> NDArray[np.uint8] | None:
    """(H, W, C) the first picture of a run's last grid; None where there is none. Raises RunError."""
    if facts.grid is None or facts.config is None or facts.config.data.image_size is None:
        return None
    first: NDArray[np.uint8] = read_grid(facts.grid, facts.config.data.height_and_width, 1)[0]
    return first


def read_samples(question: tuple[ListedFacts, int]) -> NDArray[np.uint8]:
    """(N, H, W, C) a run's grid of a step. Raises RunError."""
    facts, step = question
    assert facts.config is not None
    path = grids_in(facts.folder / SAMPLES)[step]
    return read_grid(path, facts.config.data.height_and_width, facts.config.train.sample_count)


def steps_of_grids(folder: Path) -> tuple[Path, dict[int, Path]]:
    """The folder, and step → file of the grids of the run in it."""
    return folder, grids_in(folder / SAMPLES)
