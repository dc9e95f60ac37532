"""The forward process: how noise is added to pictures, and the conversions between picture, noise and velocity.

Notation: x_start or x_0 is a picture in [-1, 1], noise ε ~ N(0, I), t = 0 … T-1 (0 means one step of noise), and
x_t = √ᾱ_t·x_0 + √(1−ᾱ_t)·ε (Ho et al. 2020, arXiv 2006.11239, eq. 4). Names are those of denoising-diffusion-pytorch.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from .inputs import as_timesteps, require_alike, require_beside


class ForwardProcess(nn.Module):
    """The tables of a noise schedule, (T,) float32 buffers, and the formulas that use them.

    betas: (T,) float64 on the CPU, each in (0, 1).

    Every method takes batches, (B, C, H, W) of floats on the tables' device or of any other shape that all its
    arguments share, and t (B,) whole numbers from 0 to T-1; ConfigError says which argument is none of these. A t on a
    GPU is not looked at, which would have to wait for it.
    """

    betas: Tensor
    alphas_cumprod: Tensor
    alphas_cumprod_prev: Tensor
    sqrt_alphas_cumprod: Tensor
    sqrt_one_minus_alphas_cumprod: Tensor
    log_one_minus_alphas_cumprod: Tensor
    sqrt_recip_alphas_cumprod: Tensor
    sqrt_recipm1_alphas_cumprod: Tensor
    posterior_variance: Tensor
    posterior_log_variance_clipped: Tensor
    posterior_mean_coef1: Tensor
    posterior_mean_coef2: Tensor

    def __init__(self, betas: Tensor) -> None:
        super().__init__()
        self.num_timesteps = len(betas)
        alphas_cumprod = torch.cumprod(1 - betas, dim=0)
        alphas_cumprod_prev = torch.cat((torch.ones_like(alphas_cumprod[:1]), alphas_cumprod[:-1]))
        noise_share = 1 - alphas_cumprod
        posterior_variance = betas * (1 - alphas_cumprod_prev) / noise_share
        tables = {
            "betas": betas,
            "alphas_cumprod": alphas_cumprod,
            "alphas_cumprod_prev": alphas_cumprod_prev,
            "sqrt_alphas_cumprod": alphas_cumprod.sqrt(),
            "sqrt_one_minus_alphas_cumprod": noise_share.sqrt(),
            "log_one_minus_alphas_cumprod": noise_share.log(),
            "sqrt_recip_alphas_cumprod": (1 / alphas_cumprod).sqrt(),
            "sqrt_recipm1_alphas_cumprod": (1 / alphas_cumprod - 1).sqrt(),
            "posterior_variance": posterior_variance,
            # The variance is 0 at t = 0, where no noise is added.
            "posterior_log_variance_clipped": posterior_variance.clamp(min=1e-20).log(),
            "posterior_mean_coef1": betas * alphas_cumprod_prev.sqrt() / noise_share,
            "posterior_mean_coef2": (1 - alphas_cumprod_prev) * (1 - betas).sqrt() / noise_share,
        }
        for name, table in tables.items():
            self.register_table(name, table)

    def register_table(self, name: str, table: Tensor) -> None:
        """Keeps a float64 table of the CPU as a float32 buffer on the default device."""
        self.register_buffer(name, table.to(device=torch.get_default_device(), dtype=torch.float32))

    @property
    def device(self) -> torch.device:
        """Where the tables are, and so where the model must be."""
        return self.betas.device

    def q_sample(self, x_start: Tensor, t: Tensor, noise: Tensor | None = None) -> Tensor:
        """x_t = √ᾱ_t·x_0 + √(1−ᾱ_t)·ε, (B, C, H, W), of exactly this noise (None: drawn here)."""
        require_alike(x_start=x_start, **({} if noise is None else {"noise": noise}))
        signal, spread = _at(self.sqrt_alphas_cumprod, t, x_start), _at(self.sqrt_one_minus_alphas_cumprod, t, x_start)
        noise = torch.randn_like(x_start) if noise is None else noise
        return signal * x_start + spread * noise

    def predict_start_from_noise(self, x_t: Tensor, t: Tensor, noise: Tensor) -> Tensor:
        """x_0 = (x_t − √(1−ᾱ_t)·ε)/√ᾱ_t."""
        require_alike(x_t=x_t, noise=noise)
        return _at(self.sqrt_recip_alphas_cumprod, t, x_t) * x_t - _at(self.sqrt_recipm1_alphas_cumprod, t, x_t) * noise

    def predict_noise_from_start(self, x_t: Tensor, t: Tensor, x0: Tensor) -> Tensor:
        """ε = (x_t/√ᾱ_t − x_0)/√(1/ᾱ_t − 1)."""
        require_alike(x_t=x_t, x0=x0)
        return (_at(self.sqrt_recip_alphas_cumprod, t, x_t) * x_t - x0) / _at(self.sqrt_recipm1_alphas_cumprod, t, x_t)

    def predict_v(self, x_start: Tensor, t: Tensor, noise: Tensor) -> Tensor:
        """v = √ᾱ_t·ε − √(1−ᾱ_t)·x_0 (Salimans & Ho 2022, arXiv 2202.00512, appendix D)."""
        require_alike(x_start=x_start, noise=noise)
        return (
            _at(self.sqrt_alphas_cumprod, t, x_start) * noise
            - _at(self.sqrt_one_minus_alphas_cumprod, t, x_start) * x_start
        )

    def predict_start_from_v(self, x_t: Tensor, t: Tensor, v: Tensor) -> Tensor:
        """x_0 = √ᾱ_t·x_t − √(1−ᾱ_t)·v."""
        require_alike(x_t=x_t, v=v)
        return _at(self.sqrt_alphas_cumprod, t, x_t) * x_t - _at(self.sqrt_one_minus_alphas_cumprod, t, x_t) * v

    def predict_start_from_flow(self, x_t: Tensor, t: Tensor, flow: Tensor) -> Tensor:
        """x_0 = (x_t − √(1−ᾱ_t)·u)/(√ᾱ_t + √(1−ᾱ_t)) from u = ε − x_0 (Liu et al. 2022, arXiv 2209.03003)."""
        require_alike(x_t=x_t, flow=flow)
        signal, spread = _at(self.sqrt_alphas_cumprod, t, x_t), _at(self.sqrt_one_minus_alphas_cumprod, t, x_t)
        return (x_t - spread * flow) / (signal + spread)

    def q_posterior(self, x_start: Tensor, x_t: Tensor, t: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """q(x_{t-1} | x_t, x_0) (Ho et al., eq. 6 and 7): the mean, the variance and its clipped logarithm.

        The mean is (B, C, H, W), the other two (B, 1, 1, 1).
        """
        require_alike(x_start=x_start, x_t=x_t)
        mean = _at(self.posterior_mean_coef1, t, x_t) * x_start + _at(self.posterior_mean_coef2, t, x_t) * x_t
        return mean, _at(self.posterior_variance, t, x_t), _at(self.posterior_log_variance_clipped, t, x_t)


def signal_to_noise_ratio(betas: Tensor) -> Tensor:
    """SNR_t = ᾱ_t / (1 − ᾱ_t) of each timestep, (T,)."""
    alphas_cumprod = torch.cumprod(1 - betas, dim=0)
    return alphas_cumprod / (1 - alphas_cumprod)


def _at(table: Tensor, t: Tensor, like: Tensor) -> Tensor:
    """table[t] with as many axes as `like`: (B, 1, 1, 1) for pictures. Raises ConfigError for another t."""
    require_beside("the batch", like, table)
    if not isinstance(t, Tensor) or t.shape != like.shape[:1] or t.device != table.device:
        t = _timesteps(table, t, like)
    try:
        # Unlike table[t] it refuses negative timesteps, and takes half the time.
        values = table.index_select(0, t)
    except (IndexError, RuntimeError):
        values = table.index_select(0, _timesteps(table, t, like))
    return values.reshape(-1, *(1,) * (like.ndim - 1))


def _timesteps(table: Tensor, t: Tensor, like: Tensor) -> Tensor:
    return as_timesteps("t", t, len(like), len(table), table.device)
