"""Fixture `elsewhere`: files as denoising-diffusion-pytorch's Trainer writes them, made from the formulas alone."""

from __future__ import annotations

import math
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from torch import Tensor

from core.networks.unet import Unet


def betas_of(schedule: str, timesteps: int, **options: float) -> Tensor:
    u = torch.arange(timesteps + 1, dtype=torch.float64) / timesteps
    if schedule == "linear":
        return torch.linspace(0.1 / timesteps, 20 / timesteps, timesteps, dtype=torch.float64)
    if schedule == "cosine":
        s = options.get("s", 0.008)
        curve = torch.cos((u + s) / (1 + s) * math.pi / 2) ** 2
    else:
        start, end, tau = options.get("start", -3), options.get("end", 3), options.get("tau", 1)
        low, high = (torch.tensor(value / tau).sigmoid() for value in (start, end))
        curve = (high - ((u * (end - start) + start) / tau).sigmoid()) / (high - low)
    curve = curve / curve[0]
    return (1 - curve[1:] / curve[:-1]).clip(0, 0.999)


def tables_of(betas: Tensor, objective: str = "pred_v", gamma: float | None = None) -> dict[str, Tensor]:
    after = torch.cumprod(1 - betas, 0)
    before = torch.cat([torch.ones(1, dtype=torch.float64), after[:-1]])
    variance = betas * (1 - before) / (1 - after)
    snr = after / (1 - after)
    clipped = snr if gamma is None else snr.clip(max=gamma)
    tables = {
        "betas": betas,
        "alphas_cumprod": after,
        "alphas_cumprod_prev": before,
        "sqrt_alphas_cumprod": after**0.5,
        "sqrt_one_minus_alphas_cumprod": (1 - after) ** 0.5,
        "log_one_minus_alphas_cumprod": (1 - after).log(),
        "sqrt_recip_alphas_cumprod": (1 / after) ** 0.5,
        "sqrt_recipm1_alphas_cumprod": (1 / after - 1) ** 0.5,
        "posterior_variance": variance,
        "posterior_log_variance_clipped": variance.clip(1e-20).log(),
        "posterior_mean_coef1": betas * before**0.5 / (1 - after),
        "posterior_mean_coef2": (1 - before) * (1 - betas) ** 0.5 / (1 - after),
        "loss_weight": {"pred_noise": clipped / snr, "pred_x0": clipped, "pred_v": clipped / (snr + 1)}[objective],
    }
    return {name: table.float() for name, table in tables.items()}


def network(**arguments: Any) -> Unet:
    return Unet(**{"dim": 8, "dim_mults": (1, 2), "channels": 1, "attn_heads": 1, "attn_dim_head": 4, **arguments})


def write_library_file(path: Path, unet: Unet, tables: dict[str, Tensor], step: int = 700) -> dict[str, Any]:
    """Write model-N.pt; what is in it. The averaged weights are the raw ones, halved."""
    parameters = list(unet.parameters())
    optimizer = torch.optim.Adam(parameters, lr=3e-4, betas=(0.9, 0.99))
    for number, parameter in enumerate(parameters):
        parameter.grad = torch.full_like(parameter, 0.1 * (number % 7 - 3))
    optimizer.step()
    model = {**tables, **{f"model.{name}": tensor.detach().clone() for name, tensor in unet.state_dict().items()}}
    averaged = {name: tensor / 2 if name.startswith("model.") else tensor for name, tensor in model.items()}
    content = {
        "step": step,
        "model": model,
        "opt": optimizer.state_dict(),
        "ema": {
            "initted": torch.tensor(True),
            "step": torch.tensor(step),
            **{f"online_model.{name}": tensor for name, tensor in model.items()},
            **{f"ema_model.{name}": tensor for name, tensor in averaged.items()},
        },
        "scaler": None,
        "version": "2.3.4",
    }
    torch.save(content, path)
    return content


@pytest.fixture(scope="session")
def elsewhere() -> SimpleNamespace:
    """The functions of this file; a test module cannot import it."""
    return SimpleNamespace(
        betas_of=betas_of, tables_of=tables_of, network=network, write_library_file=write_library_file
    )
