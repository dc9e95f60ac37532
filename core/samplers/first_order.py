"""One-step samplers: DDPM, DDIM, and Euler and Heun along the ODE."""

from __future__ import annotations

from functools import partial

import torch
from torch import Tensor

from ..diffusion.posterior import posterior_factors
from .loop import Made, Steps, Task, Term, walk
from .spacing import sigma_max


def ancestral(task: Task) -> Steps:
    """Ancestral sampling (Ho et al. 2020, arXiv 2006.11239, algorithm 2).

    With skipped timesteps the posterior is that of Nichol & Dhariwal 2021, arXiv 2102.09672, section 4.
    """
    return walk(task, partial(posterior_step, task))


def posterior_step(task: Task, x: Tensor, t: int, t_next: int, x_0_before: Tensor | None, /) -> Made:
    """One step from x at t to t_next; no noise is added on the way to the clean picture."""
    diffusion = task.diffusion
    x_0 = task.predict(x, t, x_0_before).pred_x_start
    if t_next == t - 1:
        mean, _, log_variance = diffusion.q_posterior(x_0, x, task.times(x, t))
        of_x_0, of_x_t = float(diffusion.posterior_mean_coef1[t]), float(diffusion.posterior_mean_coef2[t])
        deviation = (0.5 * log_variance).exp()
    else:
        alphas = 1 - diffusion.betas.cpu().double()
        reached, reached_next = float(alphas[: t + 1].prod()), float(alphas[: t_next + 1].prod())
        of_x_0, of_x_t, spread = posterior_factors(reached, reached_next)
        mean, deviation = of_x_0 * x_0 + of_x_t * x, torch.tensor(spread)
    terms = (Term("x_0", of_x_0, x_0), Term("x_t", of_x_t, x))
    if t_next < 0:
        return Made(x_0, mean, terms=terms)
    noise = task.noise_like(x)
    sigma = float(deviation.flatten()[0])
    return Made(x_0, mean + deviation.to(x) * noise, noise, (*terms, Term("noise", sigma, noise)))


# --- DDIM: few steps along the predicted noise, and at η = 0 no noise but x_T ----------------------------


def ddim(task: Task) -> Steps:
    """x_next = √ᾱ_next·x̂_0 + √(1−ᾱ_next−σ²)·ε̂ + σ·z (Song et al. 2020, arXiv 2010.02502, eq. 12).

    σ = η·√((1−ᾱ_t/ᾱ_next)(1−ᾱ_next)/(1−ᾱ_t)) (eq. 16): η = 0 is deterministic, η = 1 as noisy as DDPM.
    """
    # The factors are float32 like the table, so that trajectories are those of other programs to the last bit.
    alphas_cumprod = task.diffusion.alphas_cumprod.cpu()

    def move(x: Tensor, t: int, t_next: int, x_0_before: Tensor | None) -> Made:
        pred_noise, x_0 = task.predict(x, t, x_0_before)
        if t_next < 0:
            return Made.clean(x_0)
        alpha, alpha_next = alphas_cumprod[t], alphas_cumprod[t_next]
        # Over very many timesteps the first ᾱ round to 1 in float32: so little noise is not renewed.
        renewed = (1 - alpha / alpha_next) * (1 - alpha_next) / (1 - alpha) if alpha < 1 else torch.zeros(())
        sigma = task.eta * renewed.sqrt()
        direction = (1 - alpha_next - sigma**2).clamp(min=0).sqrt()
        x_next = x_0 * alpha_next.sqrt() + direction * pred_noise
        terms = (Term("x_0", float(alpha_next.sqrt()), x_0), Term("pred_noise", float(direction), pred_noise))
        if task.eta == 0:
            return Made(x_0, x_next, terms=terms)
        noise = task.noise_like(x)
        return Made(x_0, x_next + sigma * noise, noise, (*terms, Term("noise", float(sigma), noise)))

    return walk(task, move)


# --- Rectified flow's Euler method: straight steps along the velocity ε̂ − x̂_0 --------------------------


def euler(task: Task) -> Steps:
    """z_next = z + (τ_next − τ)·(ε̂ − x̂_0) (Liu et al. 2022, arXiv 2209.03003, section 2).

    z = x/(√ᾱ + √(1−ᾱ)) = (1−τ)·x_0 + τ·ε is the straight path, so this works with every schedule and objective. In
    exact arithmetic a step is DDIM's with η = 0; this sampler's own is where it stops: evenly in τ (spacing `flow`).
    """
    signal, spread = task.signal, task.spread

    def move(x: Tensor, t: int, t_next: int, x_0_before: Tensor | None) -> Made:
        pred_noise, x_0 = task.predict(x, t, x_0_before)
        if t_next < 0:
            return Made.clean(x_0)
        scale, scale_next = signal[t] + spread[t], signal[t_next] + spread[t_next]
        tau, tau_next = spread[t] / scale, spread[t_next] / scale_next
        along = scale_next * (tau_next - tau)
        terms = (Term("x_t", scale_next / scale, x), Term("pred_noise", along, pred_noise), Term("x_0", -along, x_0))
        return Made(x_0, scale_next * (x / scale + (tau_next - tau) * (pred_noise - x_0)), terms=terms)

    return walk(task, move)


# --- Heun's method: look ahead, ask again, and take the mean of both directions --------------------------


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
            return Made.clean(x_0)
        sigma, sigma_next = spread[t] / signal[t], spread[t_next] / signal[t_next]
        of_x_t, of_x_0 = spread[t_next] / spread[t], signal[t_next] * (1 - sigma_next / sigma)
        ahead = of_x_t * x + of_x_0 * x_0
        if sigma > most:
            return Made(x_0, ahead, terms=(Term("x_t", of_x_t, x), Term("x_0", of_x_0, x_0)))
        # The same guess is fed back as before: the two answers are compared, and the effect of a better guess would
        # pass for a bend of the path.
        x_0_ahead = task.predict(ahead, t_next, x_0_before).pred_x_start
        bend = 0.5 * signal[t_next] * (sigma / sigma_next - 1)
        terms = (Term("x_t", of_x_t, x), Term("x_0", of_x_0 - bend, x_0), Term("x_0_ahead", bend, x_0_ahead))
        return Made(x_0, ahead + bend * (x_0_ahead - x_0), terms=terms)

    return walk(task, move)
