"""AdamW as this program uses it: weight decay on kernels and matrices only, fused where torch can."""

from __future__ import annotations

import torch
from torch import nn


def build_optimizer(
    module: nn.Module, *, learning_rate: float, weight_decay: float, betas: tuple[float, ...] = (0.9, 0.99)
) -> torch.optim.AdamW:
    """AdamW (Loshchilov & Hutter 2017, arXiv 1711.05101); without weight decay it is Adam.

    Gains, biases and the attention's learned memory are not decayed: pulling them to zero is no regularisation.
    """
    decayed: list[nn.Parameter] = []
    kept: list[nn.Parameter] = []
    for name, parameter in module.named_parameters():
        plain = parameter.ndim < 2 or name.endswith((".g", "mem_kv"))
        (kept if plain else decayed).append(parameter)
    groups = [{"params": decayed, "weight_decay": weight_decay}, {"params": kept, "weight_decay": 0.0}]
    # One fused kernel instead of a dozen passes over every tensor; meta and other devices take the plain way.
    fused = all(parameter.device.type in {"cpu", "cuda", "mps"} for parameter in (*decayed, *kept))
    return torch.optim.AdamW(groups, lr=learning_rate, betas=(betas[0], betas[1]), fused=fused)
