"""DDIM: few steps along the predicted noise, and at η = 0 no noise but x_T."""

from __future__ import annotations

import torch
from torch import Tensor

from .step import Steps
from .task import Task
from .walk import Made, walk


def ddim(task: Task) -> Steps:
    """x_next = √ᾱ_next·x̂_0 + √(1−ᾱ_next−σ²)·ε̂ + σ·z (Song et al. 2020, arXiv 2010.02502, eq. 12).

    σ = η·√((1−ᾱ_t/ᾱ_next)(1−ᾱ_next)/(1−ᾱ_t)) (eq. 16): η = 0 is deterministic, η = 1 as noisy as DDPM.
    """
    # The factors are float32 like the table, so that trajectories are those of other programs to the last bit.
    alphas_cumprod = task.diffusion.alphas_cumprod.cpu()

    def move(x: Tensor, t: int, t_next: int, x_0_before: Tensor | None) -> Made:
        pred_noise, x_0 = task.predict(x, t, x_0_before)
        if t_next < 0:
            return Made(x_0, x_0)
        alpha, alpha_next = alphas_cumprod[t], alphas_cumprod[t_next]
        # Over very many timesteps the first ᾱ round to 1 in float32: so little noise is not renewed.
        renewed = (1 - alpha / alpha_next) * (1 - alpha_next) / (1 - alpha) if alpha < 1 else torch.zeros(())
        sigma = task.eta * renewed.sqrt()
        direction = (1 - alpha_next - sigma**2).clamp(min=0).sqrt()
        x_next = x_0 * alpha_next.sqrt() + direction * pred_noise
        if task.eta == 0:
            return Made(x_0, x_next)
        noise = task.noise_like(x)
        return Made(x_0, x_next + sigma * noise, noise)

    return walk(task, move)
