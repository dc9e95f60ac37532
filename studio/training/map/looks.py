"""What is known of a run's loss at each t over its steps: the frozen probe's looks, and the training's own losses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from core.runs.metrics import TimestepRows
from core.runs.probes import KINDS, Probe
from core.training.events import ProbeMeasured, StepDone
from core.training.timesteps import BINS, binned

#: Steps that a row of the training's own losses is of at first, and how many rows are kept: full, they are halved.
ROW_STEPS, MOST_ROWS = 50, 1024


@dataclass(frozen=True, eq=False)
class PastLooks:
    """What a run's folder holds of it."""

    probes: Mapping[str, Probe] = field(default_factory=dict)  #: by kind, those that there are
    own: TimestepRows | None = None
    cost: tuple[float, int] | None = None  #: the probe's share of the time, and the steps between two looks
    resumed_at: int = 0  #: the step of the last resumption; 0: none


class Looks:
    """Of one run, kept up to date from its events. Lives in the GUI thread, and knows no widget."""

    def __init__(self, timesteps: int) -> None:
        self.timesteps = timesteps
        self.t: NDArray[np.int64] = np.empty(0, np.int64)
        self._steps: dict[str, list[int]] = {kind: [] for kind in KINDS}
        self._losses: dict[str, list[NDArray[np.float32]]] = {kind: [] for kind in KINDS}
        self._stacked: dict[str, Probe] = {}
        self.cost: tuple[float, int] | None = None
        self.resumed_at = 0
        self.own = OwnLosses(timesteps)
        self.changes = 0  #: how often the probe's looks have become others

    @property
    def count(self) -> int:
        """Looks of the probe."""
        return max(len(steps) for steps in self._steps.values())

    def add(self, event: ProbeMeasured) -> None:
        """A look, while it trains."""
        self.t = event.t
        if event.every:
            self.cost = (event.share, event.every)
        for kind, losses in event.losses.items():
            self._steps[kind].append(event.step)
            self._losses[kind].append(losses)
        self._changed()

    def truncate_after(self, step: int) -> None:
        """It goes on from there."""
        for kind, steps in self._steps.items():
            kept = int(np.searchsorted(steps, step, side="right"))
            del steps[kept:], self._losses[kind][kept:]
        self.own.truncate_after(step)
        self._changed()

    def take_history(self, past: PastLooks, *, until_step: int) -> None:
        """What was measured before, up to a step: of it, what comes before all that was measured since."""
        for kind, probe in past.probes.items():
            before = self._steps[kind][0] if self._steps[kind] else until_step + 1
            kept = int(np.searchsorted(probe.steps, before))
            self._steps[kind][:0] = probe.steps[:kept].tolist()
            self._losses[kind][:0] = list(probe.losses[:kept])
            self.t = probe.t
        if past.own is not None:
            self.own.take_history(past.own, until_step=until_step)
        self.cost = self.cost or past.cost
        self.resumed_at = self.resumed_at or past.resumed_at
        self._changed()

    def probe(self, kind: str) -> Probe:
        """All looks of a kind."""
        if kind not in self._stacked:
            losses = self._losses[kind]
            stacked = np.stack(losses) if losses else np.empty((0, len(self.t)), np.float32)
            self._stacked[kind] = Probe(self.t, np.array(self._steps[kind], np.int64), stacked)
        return self._stacked[kind]

    def probes(self) -> dict[str, Probe]:
        """Those kinds that there are."""
        return {kind: self.probe(kind) for kind in KINDS if self._steps[kind]}

    def _changed(self) -> None:
        self._stacked.clear()
        self.changes += 1


class OwnLosses:
    """The training's own losses, of other pictures at every step, as means of bins of t over stretches of steps.

    Of long runs the stretches are longer: there are never more than MOST_ROWS.
    """

    def __init__(self, timesteps: int) -> None:
        self._timesteps = timesteps
        self.bins = min(BINS, timesteps)
        self._stride = ROW_STEPS
        self.rows = TimestepRows.none(self.bins)
        self._waiting = np.zeros(self.bins), np.zeros(self.bins, np.int64)
        self._first = 0  #: of the steps that wait for their row

    def __len__(self) -> int:
        return len(self.rows.steps)

    def add(self, done: Sequence[StepDone]) -> None:
        """Steps, ascending."""
        if not done:
            return
        t = np.concatenate([step.timesteps for step in done])
        sums, counts = binned(t, np.concatenate([step.losses for step in done]), self._timesteps)
        sums = np.where(np.isfinite(sums), sums, 0.0)
        self._first = self._first or done[0].step
        self._waiting = self._waiting[0] + sums, self._waiting[1] + counts
        if done[-1].step - self._first + 1 >= self._stride:
            self.rows = self.rows.joined(TimestepRows(np.array([done[-1].step]), *(a[None] for a in self._waiting)))
            self._forget_waiting()
            self._halve()

    def truncate_after(self, step: int) -> None:
        """It goes on from there."""
        self.rows = self.rows.cut(self.rows.steps <= step)
        self._forget_waiting()

    def take_history(self, past: TimestepRows, *, until_step: int) -> None:
        """As `Looks.take_history`."""
        before = int(self.rows.steps[0]) if len(self) else until_step + 1
        if past.sums.shape[1] == self.bins:
            self.rows = past.cut(past.steps < before).joined(self.rows)
            self._halve()

    def _forget_waiting(self) -> None:
        self._waiting = np.zeros(self.bins), np.zeros(self.bins, np.int64)
        self._first = 0

    def _halve(self) -> None:
        while len(self) > MOST_ROWS:
            self.rows, self._stride = self.rows.halved(), 2 * self._stride
