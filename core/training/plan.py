"""The learning rate as a function of the step and the planned total, so that a resumed run follows the same curve."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..settings import TrainConfig

if TYPE_CHECKING:
    from ..runs.run import PlanChange
    from ..settings import RunConfig


#: What cosine decay falls to at the last step, as a fraction of the peak.
FLOOR = 0.01


def learning_rate_at(
    step: int, *, total: int | None, peak: float, warmup_steps: int, decay: str, decay_start: int = 0
) -> float:
    """The learning rate of the update that follows `step` done steps.

    A linear rise over `warmup_steps`, then constant or a half cosine (Loshchilov & Hutter 2016, arXiv 1608.03983) from
    `decay_start` (or the end of the warm-up, if later) down to FLOOR of the peak at `total`. Without a total there is
    no decay yet.
    """
    if step < warmup_steps:
        return peak * (step + 1) / warmup_steps
    if decay == "constant" or total is None:
        return peak
    start = max(decay_start, warmup_steps)
    share = min(1.0, (step - start) / max(1, total - start)) if step > start else 0.0
    return peak * (FLOOR + (1.0 - FLOOR) * 0.5 * (1.0 + math.cos(math.pi * share)))


def planned_rate(train: TrainConfig, plan: Sequence[PlanChange], step: int) -> float:
    """The learning rate of the update that follows `step`, as the last of the run's plans has it."""
    return learning_rate_at(
        step,
        total=plan[-1].total if plan else None,
        peak=train.learning_rate,
        warmup_steps=train.warmup_steps,
        decay=train.decay,
        decay_start=plan[-1].at_step if plan else 0,
    )


def rise_at(train: TrainConfig, plan: Sequence[PlanChange], step: int) -> tuple[float, float] | None:
    """The learning rate before and after `step`, where a longer plan lets it rise again there; None where it does not.

    A cosine that has fallen cannot go on with more steps: it begins anew from the peak, and the loss rises with it.
    """
    if len(plan) < 2 or plan[-1].at_step != step or not step:
        return None
    before, after = planned_rate(train, plan[:-1], step - 1), planned_rate(train, plan, step)
    return (before, after) if after > 2 * before else None


def at_the_low_rate(train: TrainConfig) -> dict[str, object]:
    """Settings with which a run whose learning rate has fallen goes on at what it has fallen to."""
    return {"learning_rate": low_rate(train), "decay": "constant"}


def low_rate(train: TrainConfig) -> float:
    """What the learning rate has fallen to when the plan is done."""
    return train.learning_rate * FLOOR


# --- How many steps fit into the time that someone wants to spend ----------------------------------------

#: A sampler's call is a forward pass; a training step is a forward, a backward and an update of the same pictures.
FORWARD_SHARE = 0.4
#: Kept free for what a noisy machine does, and for the last checkpoint.
RESERVE = 0.03


def measuring_steps(step_seconds: list[float], seconds: float, warmup_steps: int) -> bool:
    """Whether the steps so far are too few to plan from: at least 5 and 3 % of the time, within the warm-up.

    During the warm-up the learning rate does not depend on the total, so measuring there changes nothing.
    """
    enough = len(step_seconds) >= 5 and sum(step_seconds) >= 0.03 * seconds
    return not enough and len(step_seconds) < max(5, warmup_steps)


def steps_that_fit(
    step_seconds: list[float],
    seconds_left: float,
    train: TrainConfig,
    *,
    calls_per_grid: int,
) -> int:
    """The number of further steps that fit into `seconds_left`, sample grids included; at least 1.

    step_seconds: measured durations of full steps; the first two, which warm things up, do not count.
    calls_per_grid: how often a grid asks the network.
    """
    per_step = statistics.median(step_seconds[2:] or step_seconds)
    pictures_per_step = train.batch_size * train.gradient_accumulate_every
    per_grid = per_step * FORWARD_SHARE * calls_per_grid * train.sample_count / pictures_per_step
    left = seconds_left * (1.0 - RESERVE) - per_grid
    return max(1, int(left / (per_step + per_grid / train.sample_every)))


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
