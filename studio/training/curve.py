"""A curve of up to 10^7 points that costs no more to draw than the pixels it covers.

All points are kept; what is drawn is the smallest and largest value of each pixel column, found quickly through a
second, 64 times coarser level of minima and maxima.
"""

from __future__ import annotations

import math
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

#: What is further from 0 is not drawn: float32 ends at 3e38, and the running mean divides by powers of the smoothing.
MOST = 1e30
#: Points per block of the coarse level.
BLOCK = 64
#: Values smoothed at once: long enough to be quick, short enough that powers of the smoothing do not underflow.
_CHUNK = 4096

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
        """(len,) the smoothed values: a view."""
        return self._smooth.values

    @property
    def left_out(self) -> int:
        """How many steps have a number that cannot be drawn."""
        return len(self._left_out)

    def clear(self) -> None:
        """Forget all points."""
        self._left_out = self._left_out[:0]
        self._raw.clear()
        self._smooth.clear()
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
        self._smooth_from(old)

    def prepend(self, steps: NDArray[np.integer], values: NDArray[np.floating]) -> None:
        """Put points before all that there are."""
        later, left_out = (self.steps.copy(), self.raw.copy()), self._left_out
        self.clear()
        self.extend(steps, values)
        self._left_out = np.append(self._left_out, left_out)
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
        """Smooth everything anew."""
        if smoothing != self._smoothing:
            self._smoothing = smoothing
            self._smooth.clear()
            self._average = 0.0
            self._smooth_from(0)

    def _smooth_from(self, start: int) -> None:
        """Running mean with its bias towards the start value 0 divided out (Kingma & Ba 2014, section 3)."""
        share = self._smoothing
        values = self._raw.values
        if share <= 0.0:
            self._smooth.extend(values[start:])
            return
        chunk = max(1, min(_CHUNK, int(-250.0 / math.log10(share))))
        powers = share ** np.arange(1, chunk + 1)
        # From here on the bias is less than a float32 can show.
        unbiased = int(math.log(1e-9) / math.log(share)) + 1
        for begin in range(start, len(values), chunk):
            part = values[begin : begin + chunk].astype(np.float64)
            power = powers[: len(part)]
            mean = power * (self._average + (1.0 - share) * np.cumsum(part / power))
            self._average = float(mean[-1])
            if begin < unbiased:
                mean /= 1.0 - share ** np.arange(begin + 1, begin + len(part) + 1, dtype=np.float64)
            self._smooth.extend(mean.astype(np.float32))

    def drawn(self, first_step: float, last_step: float, columns: int) -> tuple[Points, Points]:
        """What to draw between two steps on `columns` pixel columns: raw and smoothed, as (steps, values) each."""
        # Looked up as the steps' own type: for another one numpy converts them all, each time.
        low, high = (np.int32(min(max(step, -1), 2**31 - 1)) for step in (math.ceil(first_step), math.floor(last_step)))
        first = int(np.searchsorted(self.steps, low, side="left"))
        last = int(np.searchsorted(self.steps, high, side="right"))
        # One more at each side, so that lines run on to the edge of the view.
        first, last = max(0, first - 1), min(len(self), last + 1)
        return self._points(self._raw, first, last, columns), self._points(self._smooth, first, last, columns)

    def _points(self, series: Series, first: int, last: int, columns: int) -> Points:
        index, values = series.extremes(first, last, max(2, columns))
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
        return int(steps[index]), float(self.raw[index]), float(self.smooth[index])


def grown(buffer: NDArray[_Scalar], size: int) -> NDArray[_Scalar]:
    """`buffer`, or a copy with room for `size` values: doubled, so that growing stays cheap."""
    if size <= len(buffer):
        return buffer
    bigger = np.empty(max(size, 2 * len(buffer)), dtype=buffer.dtype)
    bigger[: len(buffer)] = buffer
    return bigger


def _interleaved(
    index: NDArray[np.int64], low: NDArray[np.float32], high: NDArray[np.float32]
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    return np.repeat(index, 2), np.stack((low, high), axis=1).ravel()
