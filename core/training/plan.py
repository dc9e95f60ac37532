"""How many steps fit into the time that someone wants to spend."""

from __future__ import annotations

import statistics

from ..config import TrainConfig

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
