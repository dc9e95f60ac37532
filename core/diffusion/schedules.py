"""Noise schedules: how much noise β_t each of the T steps of the forward process adds.

Every schedule is a row of `catalogue.SCHEDULES`, which says what it is called and what it takes. Tables are computed in
float64 on the CPU; who uses them rounds at the end.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from ..catalogue import SCHEDULES
from ..errors import ConfigError, Phrase
from ..inputs import require_one_of, require_whole
from .inputs import can_be_betas

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..settings import DiffusionConfig

#: At and below this T the linear schedule's last β reaches 1, and every table derived from it is NaN.
LINEAR_TOO_FEW_TIMESTEPS = 20


def linear(timesteps: int) -> Tensor:
    """β rises evenly from 1e-4·1000/T to 0.02·1000/T (Ho et al. 2020, section 4, stretched to T steps)."""
    if timesteps <= LINEAR_TOO_FEW_TIMESTEPS:
        raise ConfigError(
            "config.conflict",
            first=Phrase("setting.is", name="beta_schedule", value="linear"),
            second=Phrase("setting.is", name="timesteps", value=timesteps),
            reason=Phrase("conflict.beta-reaches-one", steps=LINEAR_TOO_FEW_TIMESTEPS),
        )
    scale = 1000 / timesteps
    return torch.linspace(scale * 0.0001, scale * 0.02, timesteps, dtype=torch.float64, device="cpu")


def cosine(timesteps: int, s: float = 0.008) -> Tensor:
    """ᾱ(u) ∝ cos²((u+s)/(1+s)·π/2), u = t/T (Nichol & Dhariwal 2021, eq. 17)."""
    u = _unit_times(timesteps)
    return _betas_from_alphas_cumprod(torch.cos((u + s) / (1 + s) * math.pi * 0.5) ** 2)


def sigmoid(timesteps: int, start: float = -3, end: float = 3, tau: float = 1, clamp_min: float = 1e-5) -> Tensor:
    """ᾱ(u) ∝ σ(end/τ) − σ((u·(end−start)+start)/τ), u = t/T (Jabri et al. 2022, fig. 8).

    clamp_min: taken, and without effect, as in denoising-diffusion-pytorch.
    """
    del clamp_min
    u = _unit_times(timesteps)
    # float32 on purpose: checkpoints made elsewhere carry tables made this way, and float64 ends move them by 2e-4.
    sigma_start, sigma_end = (
        torch.tensor(end_value / tau, dtype=torch.float32, device="cpu").sigmoid() for end_value in (start, end)
    )
    curve = (-((u * (end - start) + start) / tau).sigmoid() + sigma_end) / (sigma_end - sigma_start)
    return _betas_from_alphas_cumprod(curve)


def rectified_flow(timesteps: int, shift: float = 1) -> Tensor:
    """The share of noise τ in (1-τ)·x_0 + τ·ε rises evenly (Liu et al. 2022), so ᾱ = (1-τ)²/((1-τ)² + τ²).

    shift: above 1 spends more steps on much noise, τ ← shift·τ/(1 + (shift-1)·τ), as larger pictures need (Esser et al.
    2024, arXiv 2403.03206, eq. 23).
    """
    tau = _unit_times(timesteps)
    tau = shift * tau / (1 + (shift - 1) * tau)
    return _betas_from_alphas_cumprod((1 - tau) ** 2 / ((1 - tau) ** 2 + tau**2))


def drawn(
    timesteps: int,
    a1: float = 0,
    a2: float = 0,
    a3: float = 0,
    a4: float = 0,
    a5: float = 0,
    a6: float = 0,
    a7: float = 0,
    a8: float = 0,
    a9: float = 0,
) -> Tensor:
    """ᾱ(u), u = t/T, falls from 1 to 0 through the heights a1 … a9 at u = 0.1 … 0.9, of which 0 is no point.

    Between two points it is a cubic that never rises (Fritsch & Butland 1984, doi 10.1137/0905021).
    Without a point it is 1 − u (Chen 2023, arXiv 2301.10972, section 2.1).
    """
    heights = (a1, a2, a3, a4, a5, a6, a7, a8, a9)
    points = [((i + 1) / 10, height) for i, height in enumerate(heights) if height != 0]
    return _betas_from_alphas_cumprod(torch.from_numpy(falling_curve(points, _unit_times(timesteps).numpy())))


def falling_curve(points: Sequence[tuple[float, float]], u: NDArray[np.float64]) -> NDArray[np.float64]:
    """The curve from (0, 1) to (1, 0) through points (place, height) that fall, at each u in 0 … 1."""
    from scipy.interpolate import PchipInterpolator  # takes a second to load, and only a curve that is drawn needs it

    places, heights = zip((0.0, 1.0), *points, (1.0, 0.0), strict=True)
    with np.errstate(all="ignore"):  # heights next to 0, of which the tables are refused
        curve: NDArray[np.float64] = PchipInterpolator(places, heights)(u)  # type: ignore[no-untyped-call]
    return curve


def make_betas(name: str, timesteps: int, options: Mapping[str, float] | None = None) -> Tensor:
    """β_0 … β_{T-1} of the schedule called `name`: (timesteps,), float64, on the CPU.

    Raises ConfigError for an unknown schedule or option, and where a β is not strictly between 0 and 1.
    """
    require_one_of("beta_schedule", name, SCHEDULES, ConfigError)
    require_whole("timesteps", timesteps, 1, kind=ConfigError)
    row = SCHEDULES[name]
    options = row.checked({} if options is None else options, "schedule_fn_kwargs")
    try:
        betas: Tensor = row.load()(timesteps, **options)
    except ZeroDivisionError:
        betas = torch.zeros(timesteps, device="cpu")
    if not can_be_betas(betas):
        raise ConfigError(
            "config.bad-value",
            name="schedule_fn_kwargs",
            value=options,
            expected=Phrase("value.schedule-options", schedule=name, timesteps=timesteps),
        )
    return betas


def betas_of(settings: DiffusionConfig) -> Tensor:
    """`make_betas` of a run's settings. Raises ConfigError likewise."""
    return make_betas(settings.beta_schedule, settings.timesteps, settings.schedule_options())


def _unit_times(timesteps: int) -> Tensor:
    return torch.linspace(0, timesteps, timesteps + 1, dtype=torch.float64, device="cpu") / timesteps


def _betas_from_alphas_cumprod(curve: Tensor) -> Tensor:
    """β_t = 1 − ᾱ_{t+1}/ᾱ_t from T+1 values of ᾱ up to a factor, at most 0.999 so that some signal survives.

    The curve is scaled to begin at 1, which changes the SNR of the first steps most: say 1 at u = 0 to keep the others.
    """
    alphas_cumprod = curve / curve[0]
    return (1 - alphas_cumprod[1:] / alphas_cumprod[:-1]).clamp(0, 0.999)
