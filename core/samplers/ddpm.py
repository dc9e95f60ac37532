"""DDPM: every step draws from the posterior q(x_{t_next} | x_t, x̂_0), over all timesteps or the kept ones."""

from __future__ import annotations

import math
from functools import partial

import torch
from torch import Tensor

from .step import Steps
from .task import Task
from .walk import Made, walk


def ancestral(task: Task) -> Steps:
    """Ancestral sampling (Ho et al. 2020, arXiv 2006.11239, algorithm 2).

    With skipped timesteps the posterior is that of Nichol & Dhariwal 2021, arXiv 2102.09672, section 4.
    """
    return walk(task, partial(posterior_step, task))


def posterior_step(task: Task, x: Tensor, t: int, t_next: int, x_0_before: Tensor | None, /) -> Made:
    """One step from x at t to t_next; no noise is added on the way to the clean picture."""
    diffusion = task.diffusion
    mean, _, log_variance, x_0 = diffusion.p_mean_variance(
        x, task.times(x, t), task.fed_back(x_0_before), classes=task.classes, guidance=task.guidance
    )
    deviation = (0.5 * log_variance).exp()
    if t_next != t - 1:
        of_x_0, of_x_t, spread = _respaced_posterior(diffusion.betas.cpu().double(), t, t_next)
        mean, deviation = of_x_0 * x_0 + of_x_t * x, torch.tensor(spread)
    if t_next < 0:
        return Made(x_0, mean)
    noise = task.noise_like(x)
    return Made(x_0, mean + deviation.to(x) * noise, noise)


def _respaced_posterior(betas: Tensor, t: int, t_next: int) -> tuple[float, float, float]:
    """q(x_{t_next} | x_t, x_0) over skipped steps: the factors of x_0 and of x_t in its mean, its standard deviation.

    Nichol & Dhariwal 2021, eq. 19: β of the jump is 1 − ᾱ_t/ᾱ_{t_next}, all else as between neighbours.
    """
    alphas = 1 - betas
    alpha_cumprod = float(alphas[: t + 1].prod())
    alpha_cumprod_next = float(alphas[: t_next + 1].prod())
    alpha = float(alphas[t_next + 1 : t + 1].prod())
    remaining = 1 - alpha_cumprod
    of_x_0 = (1 - alpha) * math.sqrt(alpha_cumprod_next) / remaining
    of_x_t = (1 - alpha_cumprod_next) * math.sqrt(alpha) / remaining
    return of_x_0, of_x_t, math.sqrt((1 - alpha) * (1 - alpha_cumprod_next) / remaining)
