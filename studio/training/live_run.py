"""Everything the window knows of one run: its curves, its timesteps, its samples, how fast it goes."""

from __future__ import annotations

import contextlib
import math
import time
from bisect import bisect_left, bisect_right
from collections import OrderedDict, deque
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from core.errors import StudioError
from core.runs.checkpoint_files import steps_in
from core.runs.metrics import COPY_DISTANCE, HELD_OUT_EMA, Timesteps
from core.settings import RunConfig
from core.training.events import (
    CheckpointSaved,
    CopiesMeasured,
    Event,
    HeldOutLoss,
    Planned,
    ProbeMeasured,
    RolledBack,
    Samples,
    SamplingStep,
    SettingsEdited,
    Started,
    StepDone,
    Strip,
)
from core.training.timesteps import TimestepLoss

from ..jobs.call_timer import CallTimer
from .curves.kinds import Happened
from .curves.plots import HELD_OUT, PLOTS
from .curves.progress import StepPlaces
from .map.looks import Looks

# --- A curve of up to 10^7 points that costs no more to draw than the pixels it covers -------------------
# All points are kept; what is drawn is the smallest and largest value of each pixel column, found quickly through a
# second, 64 times coarser level of minima and maxima.


#: What is further from 0 is not drawn: float32 ends at 3e38, and the running mean divides by powers of the smoothing.
MOST = 1e30
#: Points per block of the coarse level.
BLOCK = 64
#: Values smoothed at once: long enough to be quick, short enough that powers of the smoothing do not underflow.
_CHUNK = 4096
#: More points than this are not smoothed while the window waits, but so many at each draw. Until all are, what is seen
#: of a long stretch is the running mean at the end of each block.
SMOOTHED_AT_ONCE = 1 << 18

_Scalar = TypeVar("_Scalar", bound=np.generic)

Points = tuple[NDArray[np.float64], NDArray[np.float64]]


class Series:
    """Values that only ever grow at the end, with the minimum and maximum of each block of `BLOCK`."""

    def __init__(self) -> None:
        self._values = np.empty(1024, dtype=np.float32)
        self._low = np.empty(16, dtype=np.float32)
        self._high = np.empty(16, dtype=np.float32)
        self._size = 0

    def __len__(self) -> int:
        return self._size

    @property
    def values(self) -> NDArray[np.float32]:
        """(len,) all values: a view, not to be changed."""
        return self._values[: self._size]

    def clear(self) -> None:
        """Forget all values."""
        self._size = 0

    def reserve(self, size: int) -> None:
        """There will be so many values: growing to them by and by would copy them all, again and again."""
        self._values = grown(self._values, size)

    def extend(self, values: NDArray[np.float32]) -> None:
        """Add values at the end."""
        old, new = self._size, self._size + len(values)
        self._values = grown(self._values, new)
        self._values[old:new] = values
        self._size = new
        first, last = old // BLOCK, new // BLOCK
        if last > first:
            self._low, self._high = grown(self._low, last), grown(self._high, last)
            full = self._values[first * BLOCK : last * BLOCK].reshape(-1, BLOCK)
            self._low[first:last] = full.min(axis=1)
            self._high[first:last] = full.max(axis=1)

    def extremes(self, first: int, last: int, columns: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """At most 2·columns points (index, value) that span the same area as the points `first` … `last` - 1."""
        if last - first <= 2 * columns:
            return np.arange(first, last), self._values[first:last]
        if last - first < 4 * BLOCK * columns:
            edges = np.linspace(first, last, columns, endpoint=False).astype(np.int64)
            window = self._values[first:last]
            low, high = (f.reduceat(window, edges - first) for f in (np.minimum, np.maximum))
            return _interleaved(edges, low, high)
        # Columns are many blocks wide here, so the cut-off parts of blocks at both ends are less than a pixel.
        columns -= 1
        start, end = -(-first // BLOCK), last // BLOCK
        edges = np.linspace(start, end, columns, endpoint=False).astype(np.int64)
        low = np.minimum.reduceat(self._low[start:end], edges - start)
        high = np.maximum.reduceat(self._high[start:end], edges - start)
        # The newest points, which no block holds yet, are what everybody looks at.
        tail = self._values[end * BLOCK : last]
        if len(tail):
            edges = np.append(edges, end)
            low, high = np.append(low, tail.min()), np.append(high, tail.max())
        return _interleaved(edges * BLOCK, low, high)


class Curve:
    """A number over steps: raw and smoothed, steps ascending. With `positive`, 0 and less have no place on the axis."""

    def __init__(self, smoothing: float = 0.97, *, positive: bool = True) -> None:
        self._steps = np.empty(1024, dtype=np.int32)
        self._raw = Series()
        self._smooth = Series()
        self._smoothing = smoothing
        self._positive = positive
        self._left_out = np.empty(0, dtype=np.int64)
        self._average = 0.0  #: the running mean, before its bias towards 0 is taken out
        self._at_blocks = Series()  #: the running mean at the end of each block, while not all points are smoothed

    def __len__(self) -> int:
        return len(self._raw)

    @property
    def steps(self) -> NDArray[np.int32]:
        """(len,) all steps: a view."""
        return self._steps[: len(self._raw)]

    @property
    def raw(self) -> NDArray[np.float32]:
        """(len,) all values: a view."""
        return self._raw.values

    @property
    def smooth(self) -> NDArray[np.float32]:
        """(len,) the smoothed values: a view. Smooths what is not smoothed yet: 0.25 s for ten million points."""
        self._smooth_to(len(self))
        return self._smooth.values

    def few_smooth(self, count: int, share: float) -> list[float]:
        """Running means from the first to the newest, evenly chosen: the newest, and before it about `count`.

        share: of the past, 0 < share < 1, whatever the curve is drawn with.
        """
        if not len(self):
            return []
        newest = len(self) - 1
        chosen = np.append(np.arange(0, newest, max(1, len(self) // count)), newest)
        # What lies further back weighs less than a millionth.
        back = np.arange(int(math.log(1e-6) / math.log(share)) + 1)
        places = chosen[:, None] - back
        weights = np.where(places >= 0, share**back, 0.0)
        means = (self.raw[np.maximum(places, 0)] * weights).sum(axis=1) / weights.sum(axis=1)
        return [float(mean) for mean in means]

    @property
    def left_out(self) -> int:
        """How many steps have a number that cannot be drawn."""
        return len(self._left_out)

    def clear(self) -> None:
        """Forget all points."""
        self._left_out = self._left_out[:0]
        self._raw.clear()
        self._forget_smooth()

    def _forget_smooth(self) -> None:
        self._smooth.clear()
        self._at_blocks.clear()
        self._average = 0.0

    def extend(self, steps: NDArray[np.integer], values: NDArray[np.floating]) -> None:
        """Add points. What has no place on the axis, such as NaN and all beyond MOST, is left out and counted."""
        drawable = (np.abs(values) <= MOST) & ((values > 0) if self._positive else True)
        if not drawable.all():
            self._left_out = np.append(self._left_out, steps[~drawable])
            steps, values = steps[drawable], values[drawable]
        old = len(self._raw)
        self._steps = grown(self._steps, old + len(values))
        self._steps[old : old + len(values)] = steps
        self._raw.extend(values.astype(np.float32))
        self._smooth_new()

    def begin_anew(self) -> Curve:
        """One without points, of the same kind."""
        return Curve(self._smoothing, positive=self._positive)

    def put_before(self, past: Curve) -> None:
        """Take all points out of `past`, which come before those that there are; only the latter are copied."""
        later, left_out = (self.steps.copy(), self.raw.copy()), self._left_out
        past.set_smoothing(self._smoothing)
        self._steps, self._raw = past._steps, past._raw
        self._smooth, self._at_blocks, self._average = past._smooth, past._at_blocks, past._average
        self._left_out = np.append(past._left_out, left_out)
        self.extend(*later)

    def truncate_after(self, step: int) -> None:
        """Forget the points after `step`: a training that goes on from there makes them anew."""
        left_out = self._left_out[self._left_out <= step]
        kept = int(np.searchsorted(self.steps, np.int32(step), side="right"))
        if kept < len(self):
            steps, raw = self.steps[:kept].copy(), self.raw[:kept].copy()
            self.clear()
            self.extend(steps, raw)
        self._left_out = left_out

    @property
    def smoothing(self) -> float:
        """The share that the past has in the running mean, 0 … 0.999."""
        return self._smoothing

    def set_smoothing(self, smoothing: float) -> None:
        """Smooth everything anew; many points in pieces, see `smooth_more`."""
        if smoothing != self._smoothing:
            self._smoothing = smoothing
            self._forget_smooth()
            self._smooth_new()

    @property
    def behind(self) -> bool:
        """Whether there are points that are not smoothed yet."""
        return len(self._smooth) < len(self._raw)

    def smooth_more(self) -> bool:
        """Smooth some of the points that are not smoothed yet; whether there are others still."""
        self._smooth_to(len(self._smooth) + SMOOTHED_AT_ONCE)
        return self.behind

    def _smooth_new(self) -> None:
        """All that came, or of much the end of each block."""
        if len(self) - len(self._smooth) <= SMOOTHED_AT_ONCE:
            self._smooth_to(len(self))
        elif len(self) - BLOCK * len(self._at_blocks) > SMOOTHED_AT_ONCE:
            self._at_blocks.clear()
            self._at_blocks.extend(means_at_blocks(self.raw, self._smoothing))

    def _smooth_to(self, end: int) -> None:
        first, last = len(self._smooth), min(end, len(self))
        if first < last:
            self._smooth.reserve(len(self))
            smooth, self._average = running_mean(self.raw[first:last], self._smoothing, self._average, first)
            self._smooth.extend(smooth)
            if not self.behind:
                self._at_blocks.clear()

    def _smoothed(self, first: int, last: int) -> NDArray[np.float32]:
        """The smoothed values of the points `first` … `last` - 1, also of those that are not smoothed yet."""
        if last <= len(self._smooth):
            return self._smooth.values[first:last]
        # What lies further back weighs less than a millionth.
        share = self._smoothing
        begin = max(0, first - int(math.log(1e-6) / math.log(share)) - 1) if share > 0 else first
        return running_mean(self.raw[begin:last], share)[0][first - begin :]

    def _smooth_at(self, index: int) -> float:
        return float(self._smoothed(index, index + 1)[0])

    def drawn(self, first_step: float, last_step: float, columns: int) -> tuple[Points, Points]:
        """What to draw between two steps on `columns` pixel columns: raw and smoothed, as (steps, values) each.

        Of more points than twice the columns: raw the least and the greatest of each column, smoothed their middle.
        """
        # Looked up as the steps' own type: for another one numpy converts them all, each time.
        low, high = (np.int32(min(max(step, -1), 2**31 - 1)) for step in (math.ceil(first_step), math.floor(last_step)))
        first = int(np.searchsorted(self.steps, low, side="left"))
        last = int(np.searchsorted(self.steps, high, side="right"))
        # One more at each side, so that lines run on to the edge of the view.
        first, last = max(0, first - 1), min(len(self), last + 1)
        columns = max(2, columns)
        raw = self._raw.extremes(first, last, columns)
        if last <= len(self._smooth):
            smooth = self._smooth.extremes(first, last, columns)
        else:
            smooth = self._extremes_unsmoothed(first, last, columns)
        if last - first > 2 * columns:
            smooth = _middles(*smooth)
        return self._points(*raw), self._points(*smooth)

    def _extremes_unsmoothed(
        self, first: int, last: int, columns: int
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """As `Series.extremes`, of smoothed values that are not all there."""
        if last - first <= 4 * BLOCK * columns:
            part = Series()
            part.extend(self._smoothed(first, last))
            index, values = part.extremes(0, last - first, columns)
            return first + index, values
        start, end = -(-first // BLOCK), min(last // BLOCK, len(self._at_blocks))
        index, values = self._at_blocks.extremes(start, end, columns - 1)
        return np.append(index * BLOCK + BLOCK - 1, last - 1), np.append(values, self._smooth_at(last - 1))

    def _points(self, index: NDArray[np.int64], values: NDArray[np.float32]) -> Points:
        return self._steps[index].astype(np.float64), values.astype(np.float64)

    def at(self, step: float) -> tuple[int, float, float] | None:
        """(step, raw, smoothed) of the point nearest to `step`; None when there is none."""
        if not len(self):
            return None
        steps = self.steps
        place = np.int32(min(max(math.ceil(step), -1), 2**31 - 1))
        index = min(int(np.searchsorted(steps, place)), len(steps) - 1)
        if index > 0 and step - steps[index - 1] < steps[index] - step:
            index -= 1
        return int(steps[index]), float(self.raw[index]), self._smooth_at(index)

    def before(self, step: float) -> tuple[int, float, float] | None:
        """As `at`, of the last point that is not after `step`."""
        steps = self.steps
        index = int(np.searchsorted(steps, np.int32(min(max(math.floor(step), -1), 2**31 - 1)), "right")) - 1
        return None if index < 0 else (int(steps[index]), float(self.raw[index]), self._smooth_at(index))


def running_mean(
    values: NDArray[np.float32], share: float, average: float = 0.0, before: int = 0
) -> tuple[NDArray[np.float32], float]:
    """Running mean with its bias towards the start value 0 divided out (Kingma & Ba 2014, section 3).

    values: (n,). share: of the past, 0 … 0.999. average, before: with the bias, of so many values before these.
    Returns (n,) and the average after the last, with the bias.
    """
    if share <= 0.0:
        return values, 0.0
    smooth = np.empty(len(values), np.float32)
    chunk = max(1, min(_CHUNK, int(-250.0 / math.log10(share))))
    powers = share ** np.arange(1, chunk + 1)
    # From here on the bias is less than a float32 can show.
    unbiased = int(math.log(1e-9) / math.log(share)) + 1
    for begin in range(0, len(values), chunk):
        part = values[begin : begin + chunk].astype(np.float64)
        power = powers[: len(part)]
        mean = power * (average + (1.0 - share) * np.cumsum(part / power))
        average = float(mean[-1])
        if before + begin < unbiased:
            mean /= 1.0 - share ** np.arange(before + begin + 1, before + begin + len(part) + 1, dtype=np.float64)
        smooth[begin : begin + len(part)] = mean
    return smooth, average


def means_at_blocks(values: NDArray[np.float32], share: float) -> NDArray[np.float32]:
    """(n // BLOCK,) the running mean at the last of each BLOCK of the (n,) values: a tenth of the time of all."""
    blocks = len(values) // BLOCK
    weights = (1.0 - share) * share ** np.arange(BLOCK - 1, -1, -1, dtype=np.float64)
    means = (values[: blocks * BLOCK].reshape(blocks, BLOCK) @ weights.astype(np.float32)).astype(np.float64)
    # Of each block's own the sum over all before it: of two blocks, of four, of eight, as far back as anything weighs.
    weight, back = share**BLOCK, 1
    while weight > 1e-9 and back < blocks:
        means[back:] += weight * means[:-back]
        weight, back = weight * weight, 2 * back
    return (means / (1.0 - share ** (BLOCK * np.arange(1, blocks + 1, dtype=np.float64)))).astype(np.float32)


def grown(buffer: NDArray[_Scalar], size: int) -> NDArray[_Scalar]:
    """`buffer`, or a copy with room for `size` values and some more, doubled at least: so growing stays cheap."""
    if size <= len(buffer):
        return buffer
    # The history of a run is one piece, and its first step after that is not to wait for a copy of it all.
    bigger = np.empty(max(size + size // 8, 2 * len(buffer)), dtype=buffer.dtype)
    bigger[: len(buffer)] = buffer
    return bigger


def _interleaved(
    index: NDArray[np.int64], low: NDArray[np.float32], high: NDArray[np.float32]
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    return np.repeat(index, 2), np.stack((low, high), axis=1).ravel()


def _middles(index: NDArray[np.int64], values: NDArray[np.float32]) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Of each pair its middle, of an odd last one itself: what `Series.extremes` gives, as a thin line."""
    pairs = len(values) // 2 * 2
    middles = (values[:pairs:2] + values[1:pairs:2]) / 2
    return np.append(index[:pairs:2], index[pairs:]), np.append(middles, values[pairs:])


# --- Everything the window knows of one run: its curves, its timesteps, its samples, how fast it goes ----


# --- The grids of samples of one run over its training time: the newest in memory, older ones on disk ----


#: Grids kept in memory take no more than this together; the rest are read again from the run's samples folder.
KEPT_BYTES = 32_000_000
#: Strips of one picture likewise.
KEPT_STRIPS_BYTES = 8_000_000

Images = NDArray[np.uint8]


class SampleHistory:
    """Steps at which samples were made, each with its pictures (N, H, W, C) or the file to read them from."""

    def __init__(self, kept_bytes: int = KEPT_BYTES) -> None:
        self._kept_bytes, self._bytes = kept_bytes, 0
        self.paired = False  #: whether each picture is three beside each other: condition, sample and truth
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
#: Of what has happened, older ones are dropped from the list; the run's own log keeps them.
MOST_HAPPENED = 2000


class LiveRun:
    """The figures of one run, kept up to date from its events. Knows no widget."""

    def __init__(self, config: RunConfig, smoothing: float) -> None:
        self.config = config
        #: by the name of what is drawn; the running mean of a curve that has one follows `smoothing` when it is drawn
        self.curves = {
            beside.source: Curve(0.0, positive=plot.log) for plot in PLOTS for beside in plot.beside if beside.source
        }
        for plot in PLOTS:
            self.curves[plot.source] = Curve(smoothing if plot.smoothed else 0.0, positive=plot.log)
        self.curve = self.curves["loss"]
        self.held_out = self.curves[HELD_OUT]  #: the loss of the pictures that are not trained on, as measured
        self.smoothing = smoothing
        #: curves whose beginning is still only in this database, to be read when one is drawn
        self.unread: dict[str, Path] = {}
        self.timesteps = TimestepLoss(config.diffusion.timesteps)
        self.looks = Looks(config.diffusion.timesteps)
        self.unread_looks: Path | None = None  #: the database that still has what was measured before
        self.samples = SampleHistory()
        self.samples.paired = config.data.condition != "none"
        self.places = StepPlaces()  #: how many pictures and seconds each step had before it
        self.strips = SampleHistory(KEPT_STRIPS_BYTES)  #: x_t and behind them x̂_0, (2 · 8, H, W, C)
        self.strip_of: tuple[str, tuple[int, ...]] = ("", ())  #: the picture's name, and t of each of the eight
        self.pace = Pace()
        self.happened: list[Happened] = []  #: besides the steps, oldest first
        self.happened_count = 0  #: another one where `happened` is another
        self.marks: list[int] = []  #: steps of checkpoints and resumptions
        self.failed: list[int] = []  #: steps that failed, ascending or not: a training goes back after each
        self.step = 0
        self.begins_at = 0  #: the step of its first checkpoint, where it is a branch
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
    def first_samples_at(self) -> int:
        """The step of its first samples, if it trains on from where it began."""
        every = self.config.train.sample_every
        first = (self.begins_at // every + 1) * every
        return first if self.total is None else min(first, self.total)

    @property
    def seconds_left(self) -> float | None:
        """Until the last step; None before it can be told."""
        if self.total is None:
            return None
        every = self.config.train.sample_every
        grids = self.total // every - self.step // every
        return self.pace.seconds_left(self.total - self.step, grids)

    def end_of_x(self, axis: str) -> float | None:
        """Where `axis` of X_AXES ends, for all plots of the run; None where nothing of it can be drawn yet."""
        ends = [int(curve.steps[-1]) for curve in self.curves.values() if len(curve)]
        if not ends:
            return None
        # A training that went back comes to the failed step again: the axis stays, the curve grows anew. So it does
        # for a number that is measured now and then, beside one of every step.
        last, known = max(20, self.step, *ends, *self.failed[-1:]), max(1, self.step)
        # Beyond what was trained nothing is known: there it goes on as it did on the whole.
        end = float(self.places.places(axis, float(known))) * max(1.0, last / known)
        return end if end > 0 else 1.0

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
                        self.looks.resumed_at = event.step
                case RolledBack():
                    # What came before it in this bundle is taken back with all the rest.
                    self._take_steps(steps)
                    steps.clear()
                    self._go_back(event.step)
                    self.failed.append(event.failed_step)
                    del self.failed[:-MARKS]
                case Planned():
                    self.total = event.total
                case SettingsEdited(after={"steps": int() as total}):
                    self.total = total
                case HeldOutLoss(step=step, loss=loss, ema_loss=ema_loss):
                    self.held_out.extend(np.array([step]), np.array([loss]))
                    if ema_loss is not None:
                        self.curves[HELD_OUT_EMA].extend(np.array([step]), np.array([ema_loss]))
                case ProbeMeasured():
                    self.looks.add(event)
                case CopiesMeasured(step=step, relative=relative) if math.isfinite(relative):
                    self.curves[COPY_DISTANCE].extend(np.array([step]), np.array([relative]))
                case CheckpointSaved():
                    self.mark(event.step)
                    self._forget_pruned(event)
                case SamplingStep(done=done, of=of):
                    self._calls.add(done, time.monotonic())
                    if done == of and self._calls.seconds_per_call is not None:
                        self.pace.add_grid(self._calls.seconds_per_call * of)
                case Samples():
                    self.samples.add(event.step, event.images, event.path)
                case Strip():
                    self.add_strip(event.step, event.name, event.t, event.x_t, event.x_0, event.path)
        self._take_steps(steps)

    def note(self, *happened: Happened) -> None:
        """These come after all that has happened so far."""
        self.happened += happened
        del self.happened[:-MOST_HAPPENED]
        self.happened_count += len(happened)

    def _forget_pruned(self, saved: CheckpointSaved) -> None:
        """Saving one removes older ones: a line stands where a checkpoint can be opened."""
        with contextlib.suppress(StudioError):
            there = steps_in(saved.path.parent)
            if saved.step in there:
                self.marks = [step for step in self.marks if step in there]

    def _go_back(self, step: int) -> None:
        """Forget what was made after `step`: it is made anew."""
        self.step = step
        for curve in self.curves.values():
            curve.truncate_after(step)
        self.places.truncate_after(step)
        self.samples.truncate_after(step)
        self.looks.truncate_after(step)
        self.strips.truncate_after(step)
        while self.marks and self.marks[-1] > step:
            self.marks.pop()
        self.happened = [one for one in self.happened if one.step <= step or one.kind == "rolled-back"]
        self.happened_count += 1
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
        self.places.add(
            np.array([float(step.step) for step in steps]),
            np.array([float(step.pictures) for step in steps]),
            np.array([step.elapsed_s for step in steps]),
        )
        for step in steps:
            self.timesteps.add(step.timesteps, step.losses)
        self.looks.own.add(steps)
        last = steps[-1]
        self.step, self.total, self.elapsed_s, self.loss = last.step, last.total, last.elapsed_s, last.loss
        self.pace.add(last.step, last.elapsed_s, sum(s.pictures for s in steps))

    def add_strip(self, step: int, name: str, t: NDArray[np.int64], x_t: Images, x_0: Images, path: Path) -> None:
        """A strip that has just been made, or was read again."""
        self.strip_of = (name, tuple(map(int, t)))
        self.strips.add(step, np.concatenate([x_t, x_0]), path)

    def take_history(self, source: str, steps: NDArray[np.int64], values: NDArray[np.float64]) -> None:
        """What was measured before, ascending: of it, what comes before all that was measured since."""
        if source == "loss" and len(steps):
            self.step, self.loss = int(steps[-1]), float(values[-1])
        past, kept = self.curves[source].begin_anew(), steps <= self.known_to(source)
        past.extend(steps[kept], values[kept])
        self.take_past(source, past)

    def known_to(self, source: str) -> int:
        """The last step of which the past of a curve may still tell."""
        curve = self.curves[source]
        return int(curve.steps[0]) - 1 if len(curve) else self.step

    def take_past(self, source: str, past: Curve) -> None:
        """As `take_history`, of a curve that another thread has made: ten million points are 0.5 s of work."""
        past.truncate_after(self.known_to(source))
        self.curves[source].put_before(past)

    def smooth_more(self) -> bool:
        """Smooth some of what is not smoothed yet of each curve; whether there is more."""
        left = [curve.smooth_more() for curve in self.curves.values() if curve.behind]
        return any(left)

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
