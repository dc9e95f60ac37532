"""Is it still learning? What the frozen probe says of a run so far, as one verdict of numpy arrays.

The probe asks the same questions again and again, so a difference between two looks is one of the network alone, and
questions are compared each with itself. What is still chance is where in its wobble a look has met the weights. So a
change counts only where two tests agree: over the questions of a band of t (a paired t test of the mean of the later
half against the earlier one), and over time (the slope of eight means of as many looks each).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..runs.probes import HELD_OUT_EMA, TRAIN, TRAIN_EMA, Probe

EARLY, RESUMED, IMPROVING, SLOW, FLAT, WORSE, DIVERGING = (
    "early",
    "resumed",
    "improving",
    "slow",
    "flat",
    "worse",
    "diverging",
)

#: t is judged in so many equal bands, of eight questions each.
BANDS = 8
#: A window of looks is seen as so many means; fewer looks say nothing.
PIECES = 8
#: Of the looks since the beginning the last third is what "still" means, and not more than so many.
RECENT, MOST_RECENT = 1 / 3, 160
#: Student's t that both tests must reach: of the eight questions (7 degrees of freedom), one-sided p = 0.002; of the
#: slope through eight means (6), p = 0.003.
LEAST_OVER_QUESTIONS, LEAST_OVER_TIME = 4.2, 4.1
#: A single band may be chance: of eight, one in each tenth to thirtieth run of noise alone.
LEAST_BANDS = 2
#: A smaller change over the window is not worth a word.
LEAST_CHANGE = 0.005
#: So many times the best that it has been, over all t, is diverging.
DIVERGED = 1.5
#: Slow: in the later half of the run it has improved at least so much of what it has in the earlier one (a run that
#: learns well does a small part of it), at so many of the bands, and is still above so much of where it began.
STRAIGHT, NEARLY_ALL, STILL_ABOVE = 0.7, 7, 0.5
#: Flat since when: before, at so many bands a mean was further away than so many of their standard deviations.
MOVED_BANDS, MOVED_BY = 2, 4.0
_SMALLEST = 1e-12


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the probe says. t and steps are inclusive."""

    kind: str  #: EARLY, RESUMED, IMPROVING, SLOW, FLAT, WORSE, DIVERGING
    of: str  #: the probe's kind that it speaks of, see core.runs.probes.KINDS
    t_from: int  #: the t that it speaks of
    t_to: int
    since_step: int  #: the window's first look; of FLAT: since when; of DIVERGING: where it was best; of RESUMED: there
    until_step: int  #: the last look
    change: float = 0.0  #: at these t over the window, −0.04 is 4 % less; of DIVERGING against the best
    per_1000: float = 0.0  #: the same for a thousand steps
    looks: int = 0  #: that it is made of; of EARLY and RESUMED: so far
    wanted: int = 0  #: EARLY and RESUMED: looks before anything can be said
    gap: float | None = None  #: held-out loss over that of training pictures − 1 (EMA), at these t; None: not held out


class Change(NamedTuple):
    """What a window of looks shows in each band, (BANDS,) each."""

    by: NDArray[np.float64]  #: the change of log loss from the window's beginning to its end
    falls: NDArray[np.bool_]
    rises: NDArray[np.bool_]


def judge(probes: Mapping[str, Probe], *, resumed_at: int = 0, full_rate_at: int = 0) -> Verdict | None:
    """The verdict on a run's probes so far; None where nothing was asked.

    resumed_at: the step that the run was last resumed at; 0: never. full_rate_at: where the learning rate has risen to
    its full value: what was before says nothing of its being too small.
    """
    of = HELD_OUT_EMA if len(probes.get(HELD_OUT_EMA, _NONE).steps) else TRAIN_EMA
    spoken, trained = (_logs(probes.get(kind, _NONE)) for kind in (of, TRAIN_EMA))
    raw = _logs(probes.get(TRAIN, _NONE))
    steps = probes.get(of, _NONE).steps
    if not len(steps) or not len(raw):
        return None
    t = probes[of].t
    ends = int(t[0]), int(t[-1])
    gap = _gap(spoken, trained, slice(None)) if of == HELD_OUT_EMA else None
    bad = _diverging(probes[TRAIN].steps, raw, probes[TRAIN].losses, resumed_at)
    if bad is not None:
        best, ratio = bad
        return Verdict(DIVERGING, TRAIN, *ends, best, int(probes[TRAIN].steps[-1]), change=ratio - 1, gap=gap)
    begin = int(np.searchsorted(steps, resumed_at))
    count = len(steps) - begin
    if count < PIECES:
        kind = RESUMED if resumed_at else EARLY
        since = resumed_at or int(steps[0])
        return Verdict(kind, of, *ends, since, int(steps[-1]), looks=count, wanted=PIECES, gap=gap)
    window = int(np.clip(round(count * RECENT), PIECES, MOST_RECENT))
    recent = slice(len(steps) - window, len(steps))
    change = changes(steps[recent], spoken[recent])
    both = change if of == TRAIN_EMA else changes(steps[recent], trained[recent])

    def verdict(kind: str, bands: NDArray[np.bool_], looks: slice = recent, of: str = of) -> Verdict:
        chosen = _longest(bands)
        inside = _in_bands(chosen, len(t))
        found = change if of != TRAIN_EMA else both
        by = float(np.expm1(found.by[chosen].mean()))
        span = max(1, int(steps[looks.stop - 1] - steps[looks.start]))
        edges = np.linspace(0, ends[1] + ends[0] + 1, BANDS + 1)
        return Verdict(
            kind,
            of,
            round(edges[chosen[0]]),
            round(edges[chosen[-1] + 1]) - 1,
            int(steps[looks.start]),
            int(steps[-1]),
            change=by,
            per_1000=float(np.expm1(found.by[chosen].mean() / span * 1000)),
            looks=looks.stop - looks.start,
            gap=_gap(spoken, trained, inside) if of == HELD_OUT_EMA else None,
        )

    if of == HELD_OUT_EMA:
        worse = change.rises & (both.by < 0)
        if len(_longest(worse)) >= LEAST_BANDS and both.falls.any():
            return verdict(WORSE, worse)
    everywhere = np.ones(BANDS, bool)
    if change.rises.sum() >= BANDS // 2 and both.rises.sum() >= BANDS // 2:
        return verdict(DIVERGING, change.rises)
    if len(_longest(change.falls)) >= LEAST_BANDS:
        if _is_slow(steps[begin:], spoken[begin:], full_rate_at):
            return verdict(SLOW, everywhere)
        return verdict(IMPROVING, change.falls)
    flat_from = _flat_since(spoken, begin, window)
    return verdict(FLAT, everywhere, slice(flat_from, len(steps)))


def changes(steps: NDArray[np.int64], logs: NDArray[np.float64]) -> Change:
    """How log losses (n, questions) change over n ≥ PIECES looks at (n,) steps, by both tests."""
    edges = np.linspace(0, len(steps), PIECES + 1).astype(int)[:-1]
    sizes = np.diff(np.append(edges, len(steps)))
    pieces = np.add.reduceat(logs, edges) / sizes[:, None]  # (PIECES, questions)
    at = np.add.reduceat(steps.astype(np.float64), edges) / sizes
    bands = _of_bands(pieces)  # (PIECES, BANDS)
    x = at - at.mean()
    slope = (x[:, None] * bands).sum(axis=0) / (x**2).sum()
    rest = bands - bands.mean(axis=0) - x[:, None] * slope
    error = np.sqrt((rest**2).sum(axis=0) / (PIECES - 2) / (x**2).sum())
    over_time = slope / np.maximum(error, _SMALLEST)
    half = PIECES // 2
    paired = np.array_split(pieces[half:].mean(axis=0) - pieces[:half].mean(axis=0), BANDS)
    over_questions = np.array([part.mean() / max(part.std(ddof=1) / np.sqrt(len(part)), _SMALLEST) for part in paired])
    by = slope * float(steps[-1] - steps[0])
    worth = np.abs(by) >= np.log1p(LEAST_CHANGE)
    falls = worth & (over_time <= -LEAST_OVER_TIME) & (over_questions <= -LEAST_OVER_QUESTIONS)
    rises = worth & (over_time >= LEAST_OVER_TIME) & (over_questions >= LEAST_OVER_QUESTIONS)
    return Change(by, falls, rises)


_NONE = Probe(np.empty(0, np.int64), np.empty(0, np.int64), np.empty((0, 0), np.float32))


def _logs(probe: Probe) -> NDArray[np.float64]:
    """(n, questions) log losses; what is no number is an immense loss."""
    losses = np.nan_to_num(probe.losses.astype(np.float64), nan=1e30, posinf=1e30)
    return np.log(np.maximum(losses, _SMALLEST))


def _of_bands(logs: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n, BANDS) means of (n, questions)."""
    return np.stack([part.mean(axis=1) for part in np.array_split(logs, BANDS, axis=1)], axis=1)


def _in_bands(bands: NDArray[np.int64], questions: int) -> NDArray[np.int64]:
    """The questions of these bands."""
    parts = np.array_split(np.arange(questions), BANDS)
    return np.concatenate([parts[band] for band in bands])


def _longest(bands: NDArray[np.bool_]) -> NDArray[np.int64]:
    """The longest row of neighbouring bands; a single one that is left out between two does not end it."""
    found = np.flatnonzero(bands)
    rows = np.split(found, np.flatnonzero(np.diff(found) > 2) + 1)
    row = max(rows, key=len)
    return np.arange(row[0], row[-1] + 1) if len(row) else row


def _gap(held_out: NDArray[np.float64], train: NDArray[np.float64], questions: object) -> float | None:
    """How far the held-out loss stands above that of training pictures over the last looks."""
    looks = min(PIECES, len(held_out), len(train))
    if not looks:
        return None
    sums = [np.exp(logs[-looks:, questions]).mean() for logs in (held_out, train)]  # type: ignore[index]
    return float(sums[0] / sums[1] - 1)


def _diverging(
    steps: NDArray[np.int64], logs: NDArray[np.float64], losses: NDArray[np.float32], since: int
) -> tuple[int, float] | None:
    """Where the raw weights were best, and how many times that the loss is now; None where it is not diverging.

    Two looks in a row, since the raw weights of one may have met a bad batch.
    """
    level = logs.mean(axis=1)
    best = int(level.argmin())
    if not np.isfinite(losses[-1]).all():
        return int(steps[best]), float("inf")
    later = level[-2:] if steps[best] < steps[-1] else level[-1:]
    ratio = float(np.exp(later.min() - level[best]))
    # Who goes on with a rate that has risen again is worse at first, and it is no wonder.
    looks = int((steps > max(since, steps[best])).sum())
    return (int(steps[best]), ratio) if ratio >= DIVERGED and looks >= 2 + PIECES * (since > steps[best]) else None


def _is_slow(steps: NDArray[np.int64], logs: NDArray[np.float64], full_rate_at: int) -> bool:
    """Whether it improves at nearly all t in a straight line, still near where it began."""
    counted = steps >= full_rate_at
    steps, whole = steps[counted], logs[counted]
    if len(steps) < 2 * PIECES:
        return False
    level = _of_bands(whole)
    if np.exp((level[-PIECES // 2 :].mean(axis=0) - _of_bands(logs)[0]).mean()) < STILL_ABOVE:
        return False
    middle = int(np.searchsorted(steps, (steps[0] + steps[-1]) / 2))
    if min(middle, len(steps) - middle) < PIECES:
        return False
    earlier, later = (changes(steps[part], whole[part]) for part in (slice(middle), slice(middle, None)))
    alike = later.by.mean() <= STRAIGHT * earlier.by.mean()  # both below 0
    return bool(alike and earlier.by.mean() < 0 and min(earlier.falls.sum(), later.falls.sum()) >= NEARLY_ALL)


def _flat_since(logs: NDArray[np.float64], begin: int, window: int) -> int:
    """The first look since which nothing has changed, from `begin` on; the last `window` looks are known to be flat.

    Looks are gone through backwards, as many at once as the window's pieces have, until the means of MOVED_BANDS lie
    beyond what the window's own wobble explains.
    """
    size = window // PIECES
    pieces = (len(logs) - begin) // size
    first = len(logs) - pieces * size
    means = _of_bands(logs[first:]).reshape(pieces, size, BANDS).mean(axis=1)
    known = means[-PIECES:]
    beyond = MOVED_BY * known.std(axis=0, ddof=1) + np.log1p(LEAST_CHANGE)
    moved = (np.abs(means[:-PIECES] - known.mean(axis=0)) > beyond).sum(axis=1) >= MOVED_BANDS
    last = np.flatnonzero(moved)
    return begin if not len(last) else first + (int(last[-1]) + 1) * size
