"""From losses over steps and t to shares of colour: relative to their beginning, in as many columns as pixels."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.runs.probes import Probe
from core.training.timesteps import shares_of_loss

from ...widgets.chart import format_tick, log_ticks

if TYPE_CHECKING:
    from core.runs.metrics import TimestepRows

Values = NDArray[np.float64]

#: Rows of the map, of two of the probe's questions each.
ROWS = 32
#: The scale has at least this span, in powers of ten, and these are the ends of that of shares.
LEAST_DECADES = 0.3
SHARES = (-1.0, 1.0)
#: What is further above its beginning, or below, has the colour of the end.
MOST_RELATIVE, LEAST_RELATIVE = 0.6, -4.0
#: The bar's numbers keep so many pixels apart.
BAR_GAP_PX = 34


class Grid(NamedTuple):
    """A number at each of some steps and in each of equal bins of t."""

    steps: NDArray[np.int64]  #: (n,) rising
    values: Values  #: (n, bins); NaN: none


class Drawn(NamedTuple):
    """What the map shows."""

    shares: Values  #: (rows, columns) of colour, 0 … 1; NaN: none
    x: tuple[float, float]  #: the steps at its ends
    scale: tuple[float, float]  #: what 0 and 1 are, as powers of ten


def of_probe(probe: Probe, bins: int = ROWS) -> Grid:
    """The mean loss of each of `bins` equal bins of t at each look."""
    questions = len(probe.t)
    if not questions or not len(probe.steps):
        return Grid(np.empty(0, np.int64), np.empty((0, bins)))
    edges = np.linspace(0, questions, bins + 1).astype(int)[:-1]
    sizes = np.diff(np.append(edges, questions))
    return Grid(probe.steps, np.add.reduceat(probe.losses.astype(np.float64), edges, axis=1) / sizes)


def of_own(rows: TimestepRows) -> Grid:
    """The training's own losses."""
    return Grid(rows.steps, rows.means())


def relative(grid: Grid) -> Grid:
    """log₁₀ of each bin's loss over what it was at its beginning: 0 there, −1 at a tenth."""
    with np.errstate(invalid="ignore", divide="ignore"):
        first = np.full(grid.values.shape[1], np.nan)
        for bin_of, column in enumerate(grid.values.T):
            sound = np.flatnonzero(np.isfinite(column) & (column > 0))
            if len(sound):
                first[bin_of] = column[sound[0]]
        logs = np.log10(grid.values / first)
    return Grid(grid.steps, np.where(np.isfinite(logs), np.clip(logs, LEAST_RELATIVE, MOST_RELATIVE), np.nan))


def share_of_loss(grid: Grid, weights: Values) -> Grid:
    """log₁₀ of each bin's part of Σ w(t)·loss(t), as a multiple of an equal part: 0 where it is as much as any."""
    shares = np.array([shares_of_loss(weights, row) for row in grid.values]).reshape(grid.values.shape)
    with np.errstate(divide="ignore"):
        logs = np.log10(shares * grid.values.shape[1])
    return Grid(grid.steps, np.clip(logs, *SHARES))


def scale_of(logs: Values) -> tuple[float, float]:
    """Ends in steps of a twentieth of a decade, so that colours stand still while data come."""
    if not np.isfinite(logs).any():
        return -1.0, 0.0
    low = np.floor(np.nanmin(logs) * 20) / 20
    high = max(0.0, np.ceil(np.nanmax(logs) * 20) / 20)
    return float(min(low, high - LEAST_DECADES)), float(high)


def drawn(grid: Grid, columns: int, scale: tuple[float, float]) -> Drawn:
    """At most `columns` columns: of several looks in one the mean, and each look lasts until the next."""
    steps, values = grid
    if not len(steps):
        return Drawn(np.empty((values.shape[1], 0)), (0.0, 1.0), scale)
    first, last = float(steps[0]), float(max(steps[-1], steps[0] + 1))
    edges = first + (last - first) * np.arange(columns + 1) / columns
    begins = np.searchsorted(steps, edges[:-1], side="left")
    ends = np.searchsorted(steps, edges[1:], side="left")
    ends[-1] = len(steps)
    # A column between two looks has the earlier one's colours.
    begins = np.where(ends > begins, begins, np.maximum(begins - 1, 0))
    ends = np.maximum(ends, begins + 1)
    known = np.isfinite(values)
    sums, counts = (
        np.concatenate((np.zeros((1, values.shape[1])), np.cumsum(each, axis=0)))
        for each in (np.where(known, values, 0.0), known.astype(np.float64))
    )
    with np.errstate(invalid="ignore", divide="ignore"):
        means = (sums[ends] - sums[begins]) / (counts[ends] - counts[begins])
    shares = (means - scale[0]) / (scale[1] - scale[0])
    return Drawn(np.clip(shares, 0.0, 1.0).T, (first, last), scale)


def bar_ticks(scale: tuple[float, float], length_px: float, *, times: bool) -> list[tuple[float, str]]:
    """The numbers beside the bar of colours, each at its share 0 … 1. times: they are multiples."""
    low, high = scale
    found = []
    for value in log_ticks(low, high, length_px, BAR_GAP_PX):
        log = float(np.log10(value))
        words = format_tick(value, 10.0 ** np.floor(log + 1e-9), 1e4)
        found.append(((log - low) / (high - low), f"× {words}" if times else words))
    return found
