"""DPM-Solver++(2M): good pictures in about 20 calls, by drawing a line through the last two predictions.

Both forms work in λ = log(√ᾱ/√(1−ᾱ)), in which the exact solution between two timesteps is an integral over x̂_0 alone;
they call the network once a step and remember the prediction before. h is a step's length in λ.
"""

from __future__ import annotations

import math

from torch import Tensor

from .step import Steps
from .task import Task
from .walk import Made, walk


def dpm_solver_pp_2m(task: Task) -> Steps:
    """The deterministic form (Lu et al. 2022, arXiv 2211.01095, algorithm 2).

    x_next = (σ_next/σ)·x + α_next·(1 − e^(−h))·D with α = √ᾱ, σ = √(1−ᾱ); the first and the last step are DDIM's.
    """
    return _second_order(task, with_noise=False)


def dpm_solver_pp_2m_sde(task: Task) -> Steps:
    """The form that adds noise as DDPM does (Lu et al. 2022, arXiv 2211.01095, SDE-DPM-Solver++(2M)).

    x_next = (σ_next/σ)·e^(−h)·x + α_next·(1 − e^(−2h))·D + σ_next·√(1 − e^(−2h))·z; the first step is DDPM's.
    """
    return _second_order(task, with_noise=True)


def _second_order(task: Task, *, with_noise: bool) -> Steps:
    signal, spread = task.signal, task.spread
    h_before = 0.0

    def move(x: Tensor, t: int, t_next: int, x_0_before: Tensor | None) -> Made:
        nonlocal h_before
        x_0 = task.predict(x, t, x_0_before).pred_x_start
        if t_next < 0:
            return Made(x_0, x_0)
        h = math.log(signal[t_next] / spread[t_next]) - math.log(signal[t] / spread[t])
        # D: x̂_0 halfway through the step, if it goes on as it came. The first step has nothing to go by.
        middle = x_0
        if h_before and x_0_before is not None:
            middle = x_0 + 0.5 * (h / h_before) * (x_0 - x_0_before)
        h_before = h
        of_x, of_x_0 = spread[t_next] / spread[t], -math.expm1(-h)
        if not with_noise:
            return Made(x_0, of_x * x + signal[t_next] * of_x_0 * middle)
        of_x, of_x_0 = of_x * math.exp(-h), -math.expm1(-2 * h)
        noise = task.noise_like(x)
        x_next = of_x * x + signal[t_next] * of_x_0 * middle + spread[t_next] * math.sqrt(of_x_0) * noise
        return Made(x_0, x_next, noise)

    return walk(task, move)
