"""What a report is made of, read from a run's folder without torch. What cannot be read is noted and left out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..errors import QT_TRANSLATE_NOOP, StudioError
from ..runs.checkpoint_files import Description, best_step, description_path, pinned, read_description, steps_in
from ..runs.grids import grids_in
from ..runs.metrics import (
    COPY_DISTANCE,
    HELD_OUT_EMA,
    read_events,
    read_held_out,
    read_losses,
    read_scalar,
    read_timesteps,
)
from ..runs.probes import HELD_OUT, KINDS, TRAIN, Probe, read_probe
from ..runs.quality_file import QualityResult, read_quality
from ..runs.run import METRICS, SAMPLES, Run
from ..training.timesteps import BINS
from ..training.verdict import BANDS, Verdict, judge

#: Columns of the map that is made of the training's own losses, and the least steps that make one.
MAP_COLUMNS, LEAST_COLUMN_STEPS = 120, 50
#: Rows of the map of a probe.
MAP_BANDS = 32
#: Fewer questions are none that this program asked: two for each band of the verdict.
LEAST_QUESTIONS = 2 * BANDS
#: Steps whose losses the bars of the timesteps are the mean of.
TIMESTEP_WINDOW = 500
#: T where a run does not say.
USUAL_TIMESTEPS = 1000

Values = NDArray[np.float64]


class Series(NamedTuple):
    """A number of the run over its steps."""

    steps: NDArray[np.int64]  #: (n,), ascending
    values: Values  #: (n,); NaN where it was none


class TimeMap(NamedTuple):
    """The loss over the training and over t."""

    steps: tuple[float, float]  #: that the columns are of, from the first to the last
    losses: Values  #: (columns, bins), unweighted; NaN where nothing was measured
    beginning: int  #: the columns that are the beginning, whose loss the others are held against


class Event(NamedTuple):
    """Something that happened."""

    step: int
    kind: str
    text: str
    time: float  #: seconds since 1970


class Checkpoint(NamedTuple):
    """A checkpoint that is there."""

    step: int
    size_bytes: int | None  #: None: its description cannot be read
    newest: bool
    best: bool
    pinned: bool


class Scalar(NamedTuple):
    """How a number of the run is drawn. Its words are those of the window's plots, of the context Plots."""

    title: str
    unit: str = ""
    scale: float = 1.0  #: what the numbers are multiplied by, to be in that unit
    log: bool = False
    smoothed: bool = False  #: of every step; otherwise it is measured now and then, or has nothing to smooth


#: The numbers that are drawn, by their names in the metrics.
SCALARS: dict[str, Scalar] = {
    "loss": Scalar(QT_TRANSLATE_NOOP("Plots", "Loss"), log=True, smoothed=True),
    "grad_norm": Scalar(QT_TRANSLATE_NOOP("Plots", "Gradient norm"), log=True, smoothed=True),
    "learning_rate": Scalar(QT_TRANSLATE_NOOP("Plots", "Learning rate")),
    "ema_length": Scalar(QT_TRANSLATE_NOOP("Plots", "EMA length"), QT_TRANSLATE_NOOP("Plots", "steps")),
    "pictures_per_second": Scalar(QT_TRANSLATE_NOOP("Plots", "Pictures per second"), smoothed=True),
    "waiting": Scalar(QT_TRANSLATE_NOOP("Plots", "Waiting"), "%", 100.0),
    "memory": Scalar(QT_TRANSLATE_NOOP("Plots", "Memory"), "GB", 1e-9),
    COPY_DISTANCE: Scalar(QT_TRANSLATE_NOOP("Plots", "Distance of samples")),
}


@dataclass(slots=True)
class Gathered:
    """What could be read of a run.

    missing  what could not be, in English, of the translators' context Report, and why
    """

    folder: Path
    run: Run | None = None
    step: int = 0  #: that the numbers and pictures reach
    elapsed_s: float = 0.0
    newest: Description | None = None
    curves: dict[str, Series] = field(default_factory=dict)
    held_out: Series | None = None
    held_out_ema: Series | None = None  #: of the averaged weights
    timesteps: Values | None = None  #: (bins,) mean unweighted loss of the last steps
    verdict: Verdict | None = None  #: what the probes say; None: they say nothing
    probes: dict[str, Probe] = field(default_factory=dict)  #: a kind of core.runs.probes → what was asked, if ever
    time_maps: dict[str, TimeMap] = field(default_factory=dict)  #: of the probes by kind, else "" for the training
    grids: tuple[tuple[int, Path], ...] = ()  #: the sample grids and their steps, oldest first
    quality: tuple[QualityResult, ...] = ()
    events: tuple[Event, ...] = ()
    checkpoints: tuple[Checkpoint, ...] = ()
    missing: list[tuple[str, StudioError]] = field(default_factory=list)

    @property
    def diffusion_steps(self) -> int:
        """T."""
        return USUAL_TIMESTEPS if self.run is None else self.run.config.diffusion.timesteps


#: What a report reads, one after another; each is told before it is read.
PARTS = 5


def gather(found: Gathered) -> Iterator[None]:
    """Read the run in `found.folder`, in PARTS parts. Raises RunError when there is nothing of a run."""
    folder = found.folder
    with _noting(found, QT_TRANSLATE_NOOP("Report", "the settings")):
        found.run = Run.open(folder)
    if found.missing and not any((folder / name).exists() for name in (METRICS, SAMPLES)):
        raise found.missing[0][1]
    yield
    _read_files(found)
    yield
    _read_curves(found)
    yield
    if found.step:
        with _noting(found, QT_TRANSLATE_NOOP("Report", "the loss of every timestep")):
            _read_timesteps(found)
            _read_probes(found)
    yield
    found.quality = read_quality(folder)
    yield


def _read_files(found: Gathered) -> None:
    folder = found.folder / "checkpoints"
    with _noting(found, QT_TRANSLATE_NOOP("Report", "the checkpoints")):
        steps, pins, best = steps_in(folder), pinned(folder), best_step(folder)
        kept = []
        for step in steps:
            description = None
            with _noting(found, QT_TRANSLATE_NOOP("Report", "a checkpoint")):
                description = found.newest = read_description(description_path(folder, step))
            size = None if description is None else description.bytes
            kept.append(Checkpoint(step, size, newest=step == steps[-1], best=step == best, pinned=step in pins))
        found.checkpoints = tuple(kept)
    if found.newest is not None:
        found.step = found.newest.step
        elapsed = found.newest.extra.get("elapsed_s")
        found.elapsed_s = float(elapsed) if isinstance(elapsed, int | float) else 0.0
    found.grids = tuple(grids_in(found.folder / SAMPLES).items())


def _read_curves(found: Gathered) -> None:
    path = found.folder / METRICS
    with _noting(found, QT_TRANSLATE_NOOP("Report", "the curves")):
        for name, row in SCALARS.items():
            steps, values = read_losses(path) if name == "loss" else read_scalar(path, name)
            found.curves[name] = Series(steps, values * row.scale)
        seconds = read_scalar(path, "seconds")[1]
        if len(seconds):
            found.step = max(found.step, int(found.curves["loss"].steps[-1]))
            found.elapsed_s = max(found.elapsed_s, float(np.nan_to_num(seconds[-1])))
        found.held_out = Series(*read_held_out(path))
        found.held_out_ema = Series(*read_scalar(path, HELD_OUT_EMA))
        found.events = tuple(Event(*row) for row in read_events(path))


def _read_timesteps(found: Gathered) -> None:
    path, bins = found.folder / METRICS, min(BINS, found.diffusion_steps)
    last = read_timesteps(path, until_step=found.step, window=TIMESTEP_WINDOW, bins=bins)
    found.timesteps = _means(last.sums, last.counts)


def _read_probes(found: Gathered) -> None:
    path = found.folder / METRICS
    found.probes = {kind: probe for kind in KINDS if len((probe := read_probe(path, kind)).steps)}
    resumed_at = max((event.step for event in found.events if event.kind == "resumed"), default=0)
    warm_up = 0 if found.run is None else found.run.config.train.warmup_steps
    if all(len(probe.t) >= LEAST_QUESTIONS for probe in found.probes.values()):
        found.verdict = judge(found.probes, resumed_at=resumed_at, full_rate_at=warm_up)
    for kind in (TRAIN, HELD_OUT):
        if kind in found.probes and len(found.probes[kind].steps) > 1:
            found.time_maps[kind] = map_of_probe(found.probes[kind])
    if found.time_maps:
        return
    # A run of before there were probes: what it has are the losses of what it trained on.
    bins = min(BINS, found.diffusion_steps)
    columns = min(MAP_COLUMNS, found.step // LEAST_COLUMN_STEPS)
    if columns < 2:
        return
    ends = np.linspace(0, found.step, columns + 1).astype(int)
    losses = np.full((columns, bins), np.nan)
    for column, (start, end) in enumerate(zip(ends[:-1].tolist(), ends[1:].tolist(), strict=True)):
        part = read_timesteps(path, until_step=end, window=end - start, bins=bins)
        losses[column] = _means(part.sums, part.counts)
    found.time_maps[""] = TimeMap((0.0, float(found.step)), losses, beginning=max(1, columns // 20))


def map_of_probe(probe: Probe) -> TimeMap:
    """The map of a probe: questions of neighbouring t together, and each column the mean of what was asked within it.

    A column in which nothing was asked has what was known before it.
    """
    bands = min(MAP_BANDS, len(probe.t))
    edges = np.linspace(0, len(probe.t), bands + 1).astype(int)[:-1]
    counts = np.diff(np.append(edges, len(probe.t)))
    means = np.add.reduceat(probe.losses.astype(np.float64), edges, axis=1) / counts
    first, last = float(probe.steps[0]), float(probe.steps[-1])
    columns = min(MAP_COLUMNS, len(probe.steps))
    places = np.minimum(((probe.steps - first) / max(last - first, 1) * columns).astype(int), columns - 1)
    losses = np.full((columns, bands), np.nan)
    for column in range(columns):
        here = means[places == column]
        losses[column] = here.mean(0) if len(here) else losses[column - 1]
    return TimeMap((first, last), losses, beginning=1)


def _means(sums: Values, counts: NDArray[np.int64]) -> Values:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(counts > 0, sums / counts, np.nan)


def relative_to_beginning(of: TimeMap) -> Values:
    """(columns, bins) how many times the loss of the beginning, at each t; NaN where that t has none."""
    first = of.losses[: of.beginning]
    counts = np.isfinite(first).sum(0)
    start = np.where(counts > 0, np.nansum(first, 0) / np.maximum(counts, 1), np.nan)
    with np.errstate(invalid="ignore", divide="ignore"):
        relative = of.losses / start
    relative[~np.isfinite(relative)] = np.nan
    return relative


@contextmanager
def _noting(found: Gathered, what: str) -> Iterator[None]:
    """What cannot be read is noted, once for each kind of thing, and the rest is read."""
    try:
        yield
    except StudioError as error:
        found.missing.append((what, error))
