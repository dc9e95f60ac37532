"""q(x_next | x_t, x_0), where DDPM goes: a Gaussian between x_0 and x_t. Plain numbers, no torch."""

from __future__ import annotations

import math


def posterior_factors(alphas_cumprod: float, alphas_cumprod_next: float) -> tuple[float, float, float]:
    """The factors of x_0 and of x_t in its mean, and its standard deviation, from ᾱ of x_t and of x_next.

    Also over skipped timesteps (Nichol & Dhariwal 2021, arXiv 2102.09672, eq. 19): β of the jump is 1 − ᾱ_t/ᾱ_next, all
    else as between neighbours (Ho et al. 2020, arXiv 2006.11239, eq. 7). ᾱ_next is 1 for the clean picture.
    """
    alpha = alphas_cumprod / alphas_cumprod_next
    remaining = 1 - alphas_cumprod
    of_x_0 = (1 - alpha) * math.sqrt(alphas_cumprod_next) / remaining
    of_x_t = (1 - alphas_cumprod_next) * math.sqrt(alpha) / remaining
    return of_x_0, of_x_t, math.sqrt((1 - alpha) * (1 - alphas_cumprod_next) / remaining)
