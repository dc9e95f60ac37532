"""DPM-Solver++(2M): good pictures in about 20 calls, by drawing a line through the last two predictions.

Both forms work in λ = log(√ᾱ/√(1−ᾱ)), in which the exact solution between two timesteps is an integral over x̂_0 alone;
they call the network once a step and remember the prediction before. h is a step's length in λ.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TypeAlias

from torch import Tensor

from .step import Steps
from .task import Task
from .walk import Made, walk

Advanced: TypeAlias = tuple[Tensor, Tensor | None]


def dpm_solver_pp_2m(task: Task) -> Steps:
    """The deterministic form (Lu et al. 2022, arXiv 2211.01095, algorithm 2).

    x_next = (σ_next/σ)·x + α_next·(1 − e^(−h))·D with α = √ᾱ, σ = √(1−ᾱ); the first and the last step are DDIM's.
    """

    def advance(x: Tensor, t: int, t_next: int, h: float, middle: Tensor) -> Advanced:
        return task.spread[t_next] / task.spread[t] * x - task.signal[t_next] * math.expm1(-h) * middle, None

    return _second_order(task, advance)


def dpm_solver_pp_2m_sde(task: Task) -> Steps:
    """The form that adds noise as DDPM does (Lu et al. 2022, arXiv 2211.01095, SDE-DPM-Solver++(2M)).

    x_next = (σ_next/σ)·e^(−h)·x + α_next·(1 − e^(−2h))·D + σ_next·√(1 − e^(−2h))·z; the first step is DDPM's.
    """

    def advance(x: Tensor, t: int, t_next: int, h: float, middle: Tensor) -> Advanced:
        spread, renewed = task.spread[t_next], -math.expm1(-2 * h)
        noise = task.noise_like(x)
        mean = spread / task.spread[t] * math.exp(-h) * x + task.signal[t_next] * renewed * middle
        return mean + spread * math.sqrt(renewed) * noise, noise

    return _second_order(task, advance)


def _second_order(task: Task, advance: Callable[[Tensor, int, int, float, Tensor], Advanced]) -> Steps:
    """advance(x, t, t_next, h, D): x_next, and the noise in it."""
    h_before = 0.0

    def move(x: Tensor, t: int, t_next: int, x_0_before: Tensor | None) -> Made:
        nonlocal h_before
        x_0 = task.predict(x, t, x_0_before).pred_x_start
        if t_next < 0:
            return Made(x_0, x_0)
        h = step_in_log_snr(task, t, t_next)
        middle = halfway(x_0, x_0_before, h, h_before)
        h_before = h
        return Made(x_0, *advance(x, t, t_next, h, middle))

    return walk(task, move)


def step_in_log_snr(task: Task, t: int, t_next: int) -> float:
    """h = λ_next − λ."""
    return math.log(task.signal[t_next] / task.spread[t_next]) - math.log(task.signal[t] / task.spread[t])


def halfway(x_0: Tensor, x_0_before: Tensor | None, h: float, h_before: float) -> Tensor:
    """D: x̂_0 in the middle of a step of length h, if it goes on as it came; h_before is 0 at the first step."""
    if x_0_before is None or not h_before:
        return x_0
    return x_0 + 0.5 * (h / h_before) * (x_0 - x_0_before)
