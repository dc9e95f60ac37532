"""The learning rate as a function of the step and the planned total, so that a resumed run follows the same curve."""

from __future__ import annotations

import math
import statistics
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol

from ..catalogue import DECAYS
from ..settings import TrainConfig

if TYPE_CHECKING:
    from ..runs.run import PlanChange
    from ..settings import RunConfig


#: What the learning rate falls to at the last step, as a fraction of the peak.
FLOOR = 0.01


class Decay(Protocol):
    """What a row of DECAYS computes: the learning rate as a fraction of the peak."""

    def __call__(self, step: int, start: int, total: int, /, **options: float) -> float:
        """Of the update that follows `step` done steps. start: where the fall may begin, the warm-up's end at least."""


def _share(step: int, start: int, total: int) -> float:
    """How much of the way from `start` to `total` is gone, 0 … 1."""
    return min(1.0, (step - start) / max(1, total - start)) if step > start else 0.0


def constant(_step: int, _start: int, _total: int) -> float:
    """1."""
    return 1.0


def cosine(step: int, start: int, total: int) -> float:
    """Half a cosine from 1 to FLOOR (Loshchilov & Hutter 2016, arXiv 1608.03983, eq. 5)."""
    return FLOOR + (1.0 - FLOOR) * 0.5 * (1.0 + math.cos(math.pi * _share(step, start, total)))


def linear(step: int, start: int, total: int) -> float:
    """A straight line from 1 to FLOOR (Defazio et al. 2023, arXiv 2310.07831)."""
    return 1.0 - (1.0 - FLOOR) * _share(step, start, total)


def warmup_stable_decay(step: int, start: int, total: int, *, fall: float) -> float:
    """1, and in the last part `fall` of the way 1 − √ of how much of it is gone, to FLOOR.

    Hu et al. 2024, arXiv 2404.06395, section 4; the form of the fall: Hägele et al. 2024, arXiv 2405.18392.
    """
    gone = max(0.0, _share(step, start, total) - (1.0 - fall)) / fall
    return 1.0 - (1.0 - FLOOR) * math.sqrt(gone)


def inverse_sqrt(step: int, _start: int, _total: int, *, stays: float) -> float:
    """1/√max(step/t_ref, 1) with t_ref = `stays` steps (Karras et al. 2024, arXiv 2312.02696)."""
    return 1.0 / math.sqrt(max(step / stays, 1.0))


def learning_rate_at(
    step: int,
    *,
    total: int | None,
    peak: float,
    warmup_steps: int,
    decay: str,
    decay_start: int = 0,
    options: Mapping[str, float] = MappingProxyType({}),
) -> float:
    """The learning rate of the update that follows `step` done steps.

    A linear rise over `warmup_steps`, then as the row `decay` of DECAYS has it, from `decay_start` (or the end of the
    warm-up, if later) to `total`. Without a total there is no decay yet.
    """
    if step < warmup_steps:
        return peak * (step + 1) / warmup_steps
    if total is None:
        return peak
    row = DECAYS[decay]
    fraction: float = row.load()(step, max(decay_start, warmup_steps), total, **row.filled(options, "decay_kwargs"))
    return peak * fraction


def planned_rate(train: TrainConfig, plan: Sequence[PlanChange], step: int) -> float:
    """The learning rate of the update that follows `step`, as the plan of that step has it.

    Not as the newest has it: a run that goes on from a checkpoint before the newest takes the same steps again.
    train: of that step too. A learning rate that was edited is another peak, and the plan's course is the same: where
    it has fallen to a tenth, it goes on from a tenth of the new one. An edited decay goes on as if it had been so from
    the beginning.
    """
    change = next((change for change in reversed(plan) if change.at_step <= step), None)
    return learning_rate_at(
        step,
        total=None if change is None else change.total,
        peak=train.learning_rate,
        warmup_steps=train.warmup_steps,
        decay=train.decay,
        decay_start=0 if change is None else change.decays_from,
        options=train.decay_options(),
    )


def rise_at(train: TrainConfig, plan: Sequence[PlanChange], step: int) -> tuple[float, float] | None:
    """The learning rate before and after `step`, where a longer plan lets it rise again there; None where it does not.

    What has fallen to its floor cannot go on with more steps: it begins anew from the peak, or where the decay goes on
    from where it began (`Run.change_settings`) at what is so far from the new end; the loss rises with it.
    """
    if len(plan) < 2 or plan[-1].at_step != step or not step:
        return None
    before, after = planned_rate(train, plan[:-1], step - 1), planned_rate(train, plan, step)
    return (before, after) if after > 2 * before else None


def at_the_low_rate(train: TrainConfig) -> dict[str, object]:
    """Settings with which a run whose learning rate has fallen goes on at what it has fallen to."""
    options = {} if train.decay_kwargs is None else {"decay_kwargs": None}
    return {"learning_rate": low_rate(train), "decay": "constant", **options}


def low_rate(train: TrainConfig) -> float:
    """What the learning rate has fallen to when the plan is done."""
    return train.learning_rate * FLOOR


def begins_anew(train: TrainConfig) -> bool:
    """Whether a longer plan lets the learning rate rise again."""
    return DECAYS[train.decay].begins_anew


# --- How many steps fit into the time that someone wants to spend ----------------------------------------

#: A sampler's call is a forward pass; a training step is a forward, a backward and an update of the same pictures.
FORWARD_SHARE = 0.4
#: Kept free for what a noisy machine does, and for the last checkpoint.
RESERVE = 0.02


def measuring_steps(step_seconds: list[float], seconds: float, warmup_steps: int) -> bool:
    """Whether the steps so far are too few to plan from: at least 5 and 3 % of the time, within the warm-up.

    During the warm-up the learning rate does not depend on the total, so measuring there changes nothing.
    """
    enough = len(step_seconds) >= 5 and sum(step_seconds) >= 0.03 * seconds
    return not enough and len(step_seconds) < max(5, warmup_steps)


class TimePlan:
    """How many steps fit into `seconds`: planned from the first ones, and looked at again until the last.

    The first steps do not tell what the later ones take: memory warms up, the processor has other clocks and other
    guests (a plan made of them alone used 135 of 180 s). So the plan is looked at again when as much time is gone as at
    the last look, or a fifth of what was left, with the steps since that look, and changed where it would miss the time
    by more than WORTH. What is left to err is then what happens to the last few per cent of the time. Steps that
    compare numbers of threads do not count. The decay begins where it began, so that the learning rate reaches its
    floor with the last step whatever the plan has become, and moves by little where it changes. A run resumed without
    `seconds` keeps the plan that was last recorded.

    seconds         wall-clock time from the session's beginning on
    calls_per_grid  how often a grid of samples asks the network
    """

    #: Of the time that was left at the last look; steps that tell enough; and the share of the whole time to act on.
    AGAIN, LEAST_STEPS, WORTH = 0.2, 5, 0.01

    def __init__(self, seconds: float, train: TrainConfig, *, calls_per_grid: int) -> None:
        self._seconds = seconds
        self.follow(train, calls_per_grid=calls_per_grid)
        self._grid_s: float | None = None  #: of the last one, and what is kept with it
        self._first: list[float] = []
        self._count, self._spent = 0, 0.0  #: steps since the last look, and their time
        self._look_at = 0.0
        self.seconds_per_step = 0.0  #: as the newest plan has it

    def follow(self, train: TrainConfig, *, calls_per_grid: int) -> None:
        """Plan with these settings from now on; a grid takes what the last one took until the next is made."""
        self._train = train
        self._grid_steps = FORWARD_SHARE * calls_per_grid * train.sample_count
        self._grid_steps /= train.batch_size * train.gradient_accumulate_every

    def forget(self) -> None:
        """The steps so far were taken otherwise than those to come will be."""
        self._first.clear()
        self._count, self._spent = 0, 0.0

    def add(self, seconds: float) -> None:
        """A step of the usual kind took so long."""
        if self._look_at == 0:
            self._first.append(seconds)
        self._count, self._spent = self._count + 1, self._spent + seconds

    def add_keeping(self, seconds: float, *, grid: bool) -> None:
        """What was done after a step took so long: with a grid of samples, or looks at held-out pictures and saving."""
        if grid:
            self._grid_s = seconds
        else:
            self._spent += seconds

    def total(self, step: int, planned: int | None, gone_s: float) -> int | None:
        """The total to plan after `step` begun steps and `gone_s`, at least step + 1; None: leave it as it is."""
        if planned is None:
            if measuring_steps(self._first, self._seconds, self._train.warmup_steps):
                return None
            per_step = statistics.median(self._first[2:] or self._first)  # the first two warm things up
        elif step >= planned or gone_s < self._look_at or self._count < self.LEAST_STEPS:
            return None
        else:
            per_step = self._spent / self._count
        goal_s = (1.0 - RESERVE) * self._seconds - gone_s
        self._look_at = gone_s + min(gone_s, self.AGAIN * max(0.0, goal_s))
        self._count, self._spent = 0, 0.0
        if planned is not None and abs(self._takes(step, planned, per_step) - goal_s) <= self.WORTH * self._seconds:
            return None
        self.seconds_per_step = per_step
        most = step + 1 + int(max(0.0, goal_s) / max(per_step, 1e-9))
        totals = range(step + 1, most + 1)
        fitting = bisect_right(totals, goal_s, key=lambda total: self._takes(step, total, per_step))
        total = totals[max(0, fitting - 1)]
        return None if total == planned else total

    def _takes(self, step: int, total: int, per_step: float) -> float:
        """Seconds from `step` to the end of `total` steps, with a grid at every `sample_every` and at the last one."""
        every = self._train.sample_every
        grids = -(-total // every) - step // every
        grid_s = per_step * self._grid_steps if self._grid_s is None else self._grid_s
        return (total - step) * per_step + grids * grid_s


# --- The same training step in smaller bites, for a device whose memory was too small for the whole ------


def smaller_batch(config: RunConfig) -> dict[str, int] | None:
    """Settings under which a step sees the same pictures, fewer of them at a time; None where there are none.

    The batch is divided by its smallest prime factor and the gradient accumulated so much more often: half of it at a
    time, twice, for an even one. (What looks at a whole batch at once, as immiscible diffusion does, then looks at the
    smaller one.)
    """
    train = config.train
    parts = next((n for n in range(2, train.batch_size + 1) if train.batch_size % n == 0), None)
    if parts is None:
        return None
    changes = {
        "batch_size": train.batch_size // parts,
        "gradient_accumulate_every": train.gradient_accumulate_every * parts,
    }
    return None if config.with_settings(changes).problems() else changes
