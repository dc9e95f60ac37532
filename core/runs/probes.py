"""A run's frozen probes, from its metrics: the loss of the same questions again and again while it trained.

`core.training.probe` asks them.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .metrics import read_series

TRAIN, TRAIN_EMA, HELD_OUT, HELD_OUT_EMA = "train", "train-ema", "held-out", "held-out-ema"
#: What is asked: pictures that are trained on, or held out, of the raw weights or of their average (EMA).
KINDS = (TRAIN, TRAIN_EMA, HELD_OUT, HELD_OUT_EMA)

#: Larger t are none: no schedule has so many.
LAST_TIME = 2**24
#: The names of their series in the metrics.
SERIES = {kind: f"probe.{kind}" for kind in KINDS}
#: The t of the questions, written with the first probe of each session.
TIMES = "probe.t"
#: What a look took: seconds, the share of the session's time so far, steps since the one before.
COST = "probe.cost"


class Probe(NamedTuple):
    """Of one kind, the unweighted loss of the same questions at several steps."""

    t: NDArray[np.int64]  #: (questions,), ascending
    steps: NDArray[np.int64]  #: (n,), ascending
    losses: NDArray[np.float32]  #: (n, questions)


def read_probe(path: Path, kind: str, *, after_step: int = -1) -> Probe:
    """The probe of one of KINDS from a run's metrics; with no steps where there is none. Raises RunError.

    after_step: of the looks after it alone.
    Anybody may have written it: t that are none, or in no order, are as good as no probe.
    """
    _, times = read_series(path, TIMES)
    steps, losses = read_series(path, SERIES[kind], after_step=after_step)
    if not len(times) or times.shape[1] != losses.shape[1] or not _are_times(times[-1]):
        return Probe(np.empty(0, np.int64), np.empty(0, np.int64), np.empty((0, 0), np.float32))
    return Probe(times[-1].astype(np.int64), steps, losses)


def _are_times(t: NDArray[np.float32]) -> bool:
    """Whether these are t, in order. NaN is neither above nor below anything."""
    return bool(len(t) and ((t >= 0) & (t < LAST_TIME)).all() and (np.diff(t) >= 0).all())


def read_cost(path: Path) -> tuple[float, int] | None:
    """The last measured (share of the time, 0 … 1, and steps between two) of a run's probe; None: none. RunError."""
    _, costs = read_series(path, COST)
    if costs.shape[1] != 3 or not np.isfinite(costs[-1]).all():
        return None
    return float(costs[-1, 1]), int(costs[-1, 2])
