"""Rectified flow's Euler method: straight steps along the velocity ε̂ − x̂_0."""

from __future__ import annotations

from torch import Tensor

from .step import Steps
from .task import Task
from .walk import Made, walk


def euler(task: Task) -> Steps:
    """z_next = z + (τ_next − τ)·(ε̂ − x̂_0) (Liu et al. 2022, arXiv 2209.03003, section 2).

    z = x/(√ᾱ + √(1−ᾱ)) = (1−τ)·x_0 + τ·ε is the straight path, so this works with every schedule and objective. In
    exact arithmetic a step is DDIM's with η = 0; this sampler's own is where it stops: evenly in τ (spacing `flow`).
    """
    signal, spread = task.signal, task.spread

    def move(x: Tensor, t: int, t_next: int, x_0_before: Tensor | None) -> Made:
        pred_noise, x_0 = task.predict(x, t, x_0_before)
        if t_next < 0:
            return Made(x_0, x_0)
        scale, scale_next = signal[t] + spread[t], signal[t_next] + spread[t_next]
        tau, tau_next = spread[t] / scale, spread[t_next] / scale_next
        return Made(x_0, scale_next * (x / scale + (tau_next - tau) * (pred_noise - x_0)))

    return walk(task, move)
