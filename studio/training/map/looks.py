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
        self._kinds = {kind: _Rows() for kind in KINDS}
        self.cost: tuple[float, int] | None = None
        self.resumed_at = 0
        self.own = OwnLosses(timesteps)
        self.changes = 0  #: how often the probe's looks have become others

    @property
    def count(self) -> int:
        """Looks of the probe."""
        return max(map(len, self._kinds.values()))

    def add(self, event: ProbeMeasured) -> None:
        """A look, while it trains."""
        self.t = event.t
        if event.every:
            self.cost = (event.share, event.every)
        for kind, losses in event.losses.items():
            self._kinds[kind].append(event.step, losses)
        self.changes += 1

    def truncate_after(self, step: int) -> None:
        """It goes on from there."""
        for rows in self._kinds.values():
            rows.truncate_after(step)
        self.own.truncate_after(step)
        self.changes += 1

    def take_history(self, past: PastLooks, *, until_step: int) -> None:
        """What was measured before, up to a step: of it, what comes before all that was measured since."""
        for kind, probe in past.probes.items():
            rows = self._kinds[kind]
            before = int(rows.steps[0]) if len(rows) else until_step + 1
            rows.prepend(probe.steps[probe.steps < before], probe.losses[probe.steps < before])
            self.t = probe.t
        if past.own is not None:
            self.own.take_history(past.own, until_step=until_step)
        self.cost = self.cost or past.cost
        self.resumed_at = self.resumed_at or past.resumed_at
        self.changes += 1

    def probe(self, kind: str) -> Probe:
        """All looks of a kind: views, which may change when the run goes back."""
        rows = self._kinds[kind]
        return Probe(self.t, rows.steps, rows.losses)

    def probes(self) -> dict[str, Probe]:
        """Those kinds that there are."""
        return {kind: self.probe(kind) for kind, rows in self._kinds.items() if len(rows)}


class _Rows:
    """The looks of one kind, which grow at the end: ten thousand of them are not copied for each that comes."""

    def __init__(self) -> None:
        self._steps, self._losses, self._size = np.empty(0, np.int64), np.empty((0, 0), np.float32), 0

    def __len__(self) -> int:
        return self._size

    @property
    def steps(self) -> NDArray[np.int64]:
        """(n,) a view."""
        return self._steps[: self._size]

    @property
    def losses(self) -> NDArray[np.float32]:
        """(n, questions) a view."""
        return self._losses[: self._size]

    def append(self, step: int, losses: NDArray[np.float32]) -> None:
        """One more; one of a step that is there already takes its place."""
        self.truncate_after(step - 1)
        if self._size == len(self._steps):
            more = max(16, self._size)
            self._steps = np.concatenate((self.steps, np.empty(more, np.int64)))
            known = self.losses if self._size else np.empty((0, len(losses)), np.float32)
            self._losses = np.concatenate((known, np.empty((more, len(losses)), np.float32)))
        self._steps[self._size], self._losses[self._size] = step, losses
        self._size += 1

    def truncate_after(self, step: int) -> None:
        """Forget the later ones."""
        self._size = int(np.searchsorted(self.steps, step, side="right"))

    def prepend(self, steps: NDArray[np.int64], losses: NDArray[np.float32]) -> None:
        """What was before them."""
        known = self.losses if self._size else losses[:0]
        self._steps, self._losses = np.concatenate((steps, self.steps)), np.concatenate((losses, known))
        self._size = len(self._steps)


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
        """Steps, ascending. Those of a run that others train say nothing of their t: its rows come by `add_rows`."""
        done = [step for step in done if len(step.timesteps)]
        if not done:
            return
        t = np.concatenate([step.timesteps for step in done])
        sums, counts = binned(t, np.concatenate([step.losses for step in done]), self._timesteps)
        sound = np.isfinite(sums)
        sums, counts = np.where(sound, sums, 0.0), np.where(sound, counts, 0)
        self._first = self._first or done[0].step
        self._waiting = self._waiting[0] + sums, self._waiting[1] + counts
        if done[-1].step - self._first + 1 >= self._stride:
            self.rows = self.rows.joined(
                TimestepRows(np.array([done[-1].step]), self._waiting[0][None], self._waiting[1][None])
            )
            self._forget_waiting()
            self._halve()

    def add_rows(self, new: TimestepRows) -> None:
        """Stretches that a training elsewhere has written down."""
        kept = new.steps > (self.rows.steps[-1] if len(self) else 0)
        if new.sums.shape[1] == self.bins and kept.any():
            self.rows = self.rows.joined(new.cut(kept))
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
