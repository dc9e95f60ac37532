"""Heun's method: look ahead, ask again, and take the mean of both directions."""

from __future__ import annotations

from torch import Tensor

from .spacing import sigma_max
from .step import Steps
from .task import Task
from .walk import Made, walk


def heun(task: Task) -> Steps:
    """Karras et al. 2022, arXiv 2206.00364, algorithm 1, on σ = √(1−ᾱ)/√ᾱ. Two calls a step, one in the last.

    With x = √ᾱ·x̃ the Euler step along d = (x̃ − x̂_0)/σ is DDIM's, and the mean of the directions d and d' differs from
    d by half of d' − d = (x̂_0 − x̂_0')/σ_next. Written like this it needs no x̃, which at t = T-1 can reach 10⁴.
    A step from beyond sigma_max is the Euler step alone: there is nothing to see on such a way, and σ/σ_next would blow
    up the difference between two guesses a hundredfold.
    """
    signal, spread = task.signal, task.spread
    most = sigma_max(task.x_T[0].numel())

    def move(x: Tensor, t: int, t_next: int, x_0_before: Tensor | None) -> Made:
        x_0 = task.predict(x, t, x_0_before).pred_x_start
        if t_next < 0:
            return Made(x_0, x_0)
        sigma, sigma_next = spread[t] / signal[t], spread[t_next] / signal[t_next]
        ahead = (spread[t_next] / spread[t]) * x + signal[t_next] * (1 - sigma_next / sigma) * x_0
        if sigma > most:
            return Made(x_0, ahead)
        # The same guess is fed back as before: the two answers are compared, and the effect of a better guess would
        # pass for a bend of the path.
        x_0_ahead = task.predict(ahead, t_next, x_0_before).pred_x_start
        return Made(x_0, ahead + 0.5 * signal[t_next] * (sigma / sigma_next - 1) * (x_0_ahead - x_0))

    return walk(task, move)
