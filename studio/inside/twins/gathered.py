"""What twins have told so far, as curves: means over the seeds, and the band that the seeds lie in. Knows no Qt."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.training.twin_events import (
    A,
    B,
    PairStarted,
    ProbesMeasured,
    TwinSamples,
    TwinsStarted,
    TwinSteps,
    Verdict,
)

from ...jobs.call_timer import CallTimer

#: The share of the past in the running mean of the losses: single steps are mostly noise.
SMOOTHING = 0.95


class Band(NamedTuple):
    """The mean of the seeds over x, and the least and the greatest of them. All of one length."""

    x: NDArray[np.float64]
    mean: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]


NOTHING = Band(*(np.empty(0) for _ in range(4)))


class _Losses:
    """The losses of one training, as a running mean from its first step on."""

    def __init__(self) -> None:
        self.smooth: list[float] = []
        self._sum = self._weight = 0.0

    def add(self, losses: Iterable[float]) -> None:
        for loss in losses:
            self._sum = SMOOTHING * self._sum + (1 - SMOOTHING) * loss
            self._weight = SMOOTHING * self._weight + (1 - SMOOTHING)
            self.smooth.append(self._sum / self._weight)


class Gathered:
    """Fed with the events of `core.training.twins.train_twins`."""

    def __init__(self) -> None:
        self.started: TwinsStarted | None = None
        self.pairs: list[PairStarted] = []
        self.verdict: Verdict | None = None
        self.done, self.of = 0, 0  #: steps of all trainings
        self.pair, self.step = 0, 0  #: counted from 0, and the newest step of one of its twins
        self.sample_steps: list[int] = []  #: at which there are samples of both, of the pair that is shown
        self._samples: dict[tuple[str, int], NDArray[np.uint8]] = {}
        self._samples_of: int | None = None  #: the pair that they are of
        self._losses: dict[tuple[str, int], _Losses] = {}
        self._errors: dict[tuple[str, int], dict[int, ProbesMeasured]] = {}
        self._timer = CallTimer()

    def take(self, event: object) -> None:
        """One more event."""
        match event:
            case TwinsStarted():
                self.started = event
            case PairStarted():
                self.pairs.append(event)
            case TwinSteps():
                self.done, self.of = event.done, event.of
                self.pair, self.step = event.pair, event.step
                self._timer.add(event.done, event.elapsed_s)
                self._losses.setdefault((event.twin, event.pair), _Losses()).add(event.losses)
            case ProbesMeasured():
                self._errors.setdefault((event.twin, event.pair), {})[event.step] = event
            case TwinSamples():
                self._take_samples(event)
            case Verdict():
                self.verdict = event

    def _take_samples(self, event: TwinSamples) -> None:
        if event.pair != self._samples_of:
            self._samples_of = event.pair
            self._samples.clear()
            self.sample_steps.clear()
        self._samples[event.twin, event.step] = event.images
        if event.twin == B:
            self.sample_steps.append(event.step)

    def samples(self, twin: str, step: int) -> NDArray[np.uint8]:
        """(N, H, W, C), of one of `sample_steps`."""
        return self._samples[twin, step]

    @property
    def samples_seed(self) -> int | None:
        """The seed of the pair whose samples there are."""
        return None if self._samples_of is None else self.pairs[self._samples_of].seed

    @property
    def seconds_left(self) -> float | None:
        """None before the first turns."""
        per_step = self._timer.seconds_per_call
        return None if per_step is None else per_step * (self.of - self.done)

    def losses(self, twin: str) -> Band:
        """Smoothed, over steps."""
        curves = [np.array(losses.smooth) for (name, _), losses in self._losses.items() if name == twin]
        length = max(map(len, curves), default=0)
        return _band(np.arange(1.0, length + 1), curves)

    def errors(self, twin: str) -> Band:
        """Of the probes, over steps."""
        found = [looks for (name, _), looks in self._errors.items() if name == twin]
        steps = max((list(looks) for looks in found), key=len, default=[])
        return _band(np.array(steps, float), [np.array([look.error for look in looks.values()]) for looks in found])

    def errors_by_t(self, twin: str) -> tuple[int | None, Band]:
        """Of the probes at each t, at the newest look that both have had, which is told as its step."""
        both = [
            (pair, set(looks) & set(self._errors.get((B, pair), {})))
            for (name, pair), looks in self._errors.items()
            if name == A
        ]
        steps = [max(common) for _, common in both if common]
        if self.started is None or not steps:
            return None, NOTHING
        step = max(steps)
        curves = [np.array(self._errors[twin, pair][step].by_level) for pair, common in both if step in common]
        return step, _band(np.array(self.started.levels, float), curves)


def _band(x: NDArray[np.float64], curves: list[NDArray[np.float64]]) -> Band:
    """Over all of x: where a seed has not come to yet, the others alone count."""
    if not len(x):
        return NOTHING
    padded = np.full((len(curves), len(x)), np.nan)
    for row, curve in zip(padded, curves, strict=True):
        row[: len(curve)] = curve
    return Band(x, np.nanmean(padded, axis=0), np.nanmin(padded, axis=0), np.nanmax(padded, axis=0))
