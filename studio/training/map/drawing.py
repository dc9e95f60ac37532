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
    means: bool = False  #: each row is of all steps since the one before it, not of its own alone


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
    return Grid(rows.steps, rows.means(), means=True)


def relative(grid: Grid) -> Grid:
    """log₁₀ of each bin's loss over what it was at its beginning: 0 there, −1 at a tenth."""
    with np.errstate(invalid="ignore", divide="ignore"):
        first = np.full(grid.values.shape[1], np.nan)
        for bin_of, column in enumerate(grid.values.T):
            sound = np.flatnonzero(np.isfinite(column) & (column > 0))
            if len(sound):
                first[bin_of] = column[sound[0]]
        logs = np.log10(grid.values / first)
    return grid._replace(values=np.where(np.isfinite(logs), np.clip(logs, LEAST_RELATIVE, MOST_RELATIVE), np.nan))


def share_of_loss(grid: Grid, weights: Values) -> Grid:
    """log₁₀ of each bin's part of Σ w(t)·loss(t), as a multiple of an equal part: 0 where it is as much as any."""
    shares = np.array([shares_of_loss(weights, row) for row in grid.values]).reshape(grid.values.shape)
    with np.errstate(divide="ignore"):
        logs = np.log10(shares * grid.values.shape[1])
    return grid._replace(values=np.clip(logs, *SHARES))


def scale_of(logs: Values) -> tuple[float, float]:
    """Ends in steps of a twentieth of a decade, so that colours stand still while data come."""
    if not np.isfinite(logs).any():
        return -1.0, 0.0
    low = np.floor(np.nanmin(logs) * 20 + 1e-3) / 20
    high = max(0.0, np.ceil(np.nanmax(logs) * 20 - 1e-3) / 20)
    return float(min(low, high - LEAST_DECADES)), float(high)


def drawn(grid: Grid, columns: int, scale: tuple[float, float]) -> Drawn:
    """At most `columns` columns; of several rows in one the mean.

    Means fill the steps that they are of. A look is of its step alone: what lies between two is on the way from one to
    the other, and nothing is drawn of a single one, which would fill steps that it says nothing of.
    """
    steps, values = grid.steps, grid.values
    if len(steps) < (1 if grid.means else 2):
        return Drawn(np.empty((values.shape[1], 0)), (0.0, 1.0), scale)
    first, last = float(steps[0]), float(steps[-1])
    if grid.means:
        first = max(0.0, first - float(steps[1] - steps[0])) if len(steps) > 1 else 0.0
    edges = first + (last - first) * np.arange(columns + 1) / columns
    if grid.means:
        begins = np.searchsorted(steps, edges[:-1], side="right")
        ends = np.searchsorted(steps, edges[1:], side="left") + 1
        begins, ends = np.minimum(begins, len(steps) - 1), np.minimum(ends, len(steps))
    else:
        begins = np.searchsorted(steps, edges[:-1], side="left")
        ends = np.searchsorted(steps, edges[1:], side="left")
        ends[-1] = len(steps)
    known = np.isfinite(values)
    sums, counts = (
        np.concatenate((np.zeros((1, values.shape[1])), np.cumsum(each, axis=0)))
        for each in (np.where(known, values, 0.0), known.astype(np.float64))
    )
    with np.errstate(invalid="ignore", divide="ignore"):
        means = (sums[ends] - sums[begins]) / (counts[ends] - counts[begins])
    if not grid.means:
        middles = (edges[:-1] + edges[1:]) / 2
        before = np.clip(np.searchsorted(steps, middles, side="right") - 1, 0, len(steps) - 2)
        share = ((middles - steps[before]) / (steps[before + 1] - steps[before]))[:, None]
        between = (1 - share) * values[before] + share * values[before + 1]
        means = np.where((ends > begins)[:, None], means, between)
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
