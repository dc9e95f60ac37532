"""Samplers: the loops that turn noise into pictures, one Step at a time.

Each is a generator that the caller draws from, so it can be watched, paused, stopped and compared. Every sampler is a
row of SAMPLERS and takes the same arguments. They are deterministic given `x_T` and `generator`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias

import torch
from torch import Tensor

from . import randomness
from .errors import SamplingError

if TYPE_CHECKING:
    from .diffusion import GaussianDiffusion


@dataclass(frozen=True, eq=False)
class Step:
    """One denoising step; every tensor is (B, C, H, W), in normalised space, and the receiver's own.

    index   0 for the first step
    t       the timestep of x_t, 0 … T-1
    t_next  the timestep of x_next; -1 means the clean picture
    x_t     what went in; at the first step x_T
    x_0     the clean picture as predicted, clipped to [-1, 1]
    x_next  what came out
    noise   the standard normal numbers that were mixed in, or None
    """

    index: int
    t: int
    t_next: int
    x_t: Tensor
    x_0: Tensor
    x_next: Tensor
    noise: Tensor | None


Steps: TypeAlias = Generator[Step, None, None]
TimePairs: TypeAlias = Sequence[tuple[int, int]]


@dataclass(frozen=True)
class Sampler:
    """One row of SAMPLERS; calling it starts the sampler."""

    title: str
    paper: str
    takes_eta: bool
    function: Callable[..., Steps]

    def __call__(
        self,
        diffusion: GaussianDiffusion,
        x_T: Tensor,
        *,
        steps: int | None = None,
        generator: torch.Generator | None = None,
        classes: Tensor | None = None,
        eta: float | None = None,
    ) -> Steps:
        """See `ddpm` and `ddim`. Raises SamplingError at once, not at the first step."""
        return self.function(diffusion, x_T, steps=steps, generator=generator, classes=classes, eta=eta)


def ddpm(
    diffusion: GaussianDiffusion,
    x_T: Tensor,
    *,
    steps: int | None = None,
    generator: torch.Generator | None = None,
    classes: Tensor | None = None,
    eta: float | None = None,
) -> Steps:
    """Ancestral sampling (Ho et al. 2020, algorithm 2); with fewer steps than T on the kept timesteps only.

    x_T: (B, C, H, W) standard normal noise. steps: 1 … T (None: T). The respaced posterior is that of Nichol & Dhariwal
    2021, section 4. eta must be None: the noise of this sampler is the posterior's. Raises SamplingError.
    """
    if eta is not None:
        raise SamplingError("sampling.bad-value", name="eta", value=eta, expected="DDPM takes none, only DDIM does")
    return ancestral(diffusion, x_T, time_pairs(diffusion, steps), generator=generator, classes=classes)


def ddim(
    diffusion: GaussianDiffusion,
    x_T: Tensor,
    *,
    steps: int | None = None,
    generator: torch.Generator | None = None,
    classes: Tensor | None = None,
    eta: float | None = None,
) -> Steps:
    """DDIM (Song et al. 2020, arXiv 2010.02502, eq. 12): few steps, and at η = 0 no noise but x_T.

    x_T: (B, C, H, W) standard normal noise. steps: 1 … T (None: diffusion.sampling_timesteps). eta: 0 (deterministic)
    … 1 (as noisy as DDPM; None: diffusion.ddim_sampling_eta). Raises SamplingError.
    """
    eta = diffusion.ddim_sampling_eta if eta is None else eta
    if not 0 <= eta <= 1:
        raise SamplingError("sampling.bad-value", name="eta", value=eta, expected="a number from 0 to 1")
    steps = diffusion.sampling_timesteps if steps is None else steps
    return _implicit(diffusion, x_T, time_pairs(diffusion, steps), eta=eta, generator=generator, classes=classes)


SAMPLERS: dict[str, Sampler] = {
    "ddpm": Sampler("DDPM", "Ho et al. 2020, arXiv 2006.11239; Nichol & Dhariwal 2021, arXiv 2102.09672", False, ddpm),
    "ddim": Sampler("DDIM", "Song et al. 2020, arXiv 2010.02502", True, ddim),
}


def time_pairs(diffusion: GaussianDiffusion, steps: int | None = None) -> list[tuple[int, int]]:
    """The (t, t_next) of `steps` steps from T-1 down to -1, the clean picture. Raises SamplingError."""
    timesteps = diffusion.num_timesteps
    steps = timesteps if steps is None else steps
    if isinstance(steps, bool) or not isinstance(steps, int) or not 1 <= steps <= timesteps:
        raise SamplingError(
            "sampling.bad-value", name="steps", value=steps, expected=f"a whole number from 1 to {timesteps}"
        )
    # float32 and truncation on purpose: 84 of 1000 step counts give other times in exact arithmetic, and trajectories
    # must be those of other programs that use the same checkpoints.
    times = torch.linspace(-1, timesteps - 1, steps + 1, dtype=torch.float32, device="cpu").int().tolist()[::-1]
    return list(pairwise(times))


def initial_noise(
    diffusion: GaussianDiffusion, count: int, *, seed: int, device: torch.device | str, first: int = 0
) -> Tensor:
    """x_T for `count` pictures from number `first` on, (count, C, H, W).

    Picture k's noise depends on (seed, k) alone, not on the device.
    """
    shape = (diffusion.channels, *diffusion.image_size)
    return torch.stack(
        [
            torch.randn(shape, generator=randomness.generator(seed, "initial-noise", k), device="cpu")
            for k in range(first, first + count)
        ]
    ).to(device)


@torch.no_grad()
def ancestral(
    diffusion: GaussianDiffusion,
    x_t: Tensor,
    pairs: TimePairs,
    *,
    generator: torch.Generator | None = None,
    classes: Tensor | None = None,
    x_self_cond: Tensor | None = None,
) -> Steps:
    """DDPM's steps over the given (t, t_next), which need not start at T-1. Adds no noise where t is 0 or t_next -1."""
    x, x_0 = x_t.clone(), x_self_cond
    betas = diffusion.betas.cpu().double()
    for index, (t, t_next) in enumerate(pairs):
        t_batch = torch.full((x.shape[0],), t, device=x.device, dtype=torch.long)
        self_cond = x_0 if diffusion.self_condition else None
        mean, _, log_variance, x_0 = diffusion.p_mean_variance(x, t_batch, self_cond, classes=classes)
        deviation = (0.5 * log_variance).exp()
        if t_next != t - 1:
            of_x_0, of_x_t, spread = _respaced_posterior(betas, t, t_next)
            mean, deviation = of_x_0 * x_0 + of_x_t * x, torch.tensor(spread)
        noise, x_next = None, mean
        if t_next >= 0:
            noise = randomness.normal(x.shape, generator=generator, device=x.device, dtype=x.dtype)
            x_next = mean + deviation.to(x) * noise
        given_x_0 = x_0.clone() if diffusion.self_condition else x_0
        yield Step(index, t, t_next, x, given_x_0, x_next.clone(), noise)
        x = x_next


@torch.no_grad()
def _implicit(
    diffusion: GaussianDiffusion,
    x_T: Tensor,
    pairs: TimePairs,
    *,
    eta: float,
    generator: torch.Generator | None,
    classes: Tensor | None,
) -> Steps:
    x, x_0 = x_T.clone(), None
    # The factors are float32 like the table, so that trajectories are those of other programs to the last bit.
    alphas_cumprod = diffusion.alphas_cumprod.cpu()
    for index, (t, t_next) in enumerate(pairs):
        t_batch = torch.full((x.shape[0],), t, device=x.device, dtype=torch.long)
        self_cond = x_0 if diffusion.self_condition else None
        pred_noise, x_0 = diffusion.model_predictions(
            x, t_batch, self_cond, clip_x_start=True, rederive_pred_noise=True, classes=classes
        )
        noise, x_next = None, x_0
        if t_next >= 0:
            alpha, alpha_next = alphas_cumprod[t], alphas_cumprod[t_next]
            sigma = eta * ((1 - alpha / alpha_next) * (1 - alpha_next) / (1 - alpha)).sqrt()
            direction = (1 - alpha_next - sigma**2).clamp(min=0).sqrt()
            x_next = x_0 * alpha_next.sqrt() + direction * pred_noise
            if eta > 0:
                noise = randomness.normal(x.shape, generator=generator, device=x.device, dtype=x.dtype)
                x_next = x_next + sigma * noise
        given_x_0 = x_0.clone() if diffusion.self_condition else x_0
        yield Step(index, t, t_next, x, given_x_0, x_next.clone(), noise)
        x = x_next


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
