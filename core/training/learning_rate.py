"""The learning rate as a function of the step and the planned total, so that a resumed run follows the same curve."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..config import TrainConfig
    from ..storage.runs import PlanChange

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
