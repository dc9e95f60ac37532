"""Immiscible diffusion: pair each picture of a batch with noise that is near it, so that their paths cross less.

Li et al. 2024, arXiv 2406.12303.
"""

from __future__ import annotations

import torch
from torch import Tensor


def nearest_noise(x_start: Tensor, candidates: Tensor) -> Tensor:
    """For each picture the nearest of its own K noises, (B, C, H, W); works at batch size 1 and stays on the device.

    x_start: (B, C, H, W); candidates: (K, B, C, H, W). Li et al. 2025, arXiv 2505.18521, section 3: no assignment is
    solved, and each noise is chosen for one picture alone.
    """
    distances = (candidates - x_start).flatten(2).float().square().sum(dim=2)
    return candidates[distances.argmin(dim=0), torch.arange(len(x_start), device=x_start.device)]


def assign_noise(x_start: Tensor, noise: Tensor) -> Tensor:
    """The noises of the batch in the order that minimises Σ‖x_0 − ε‖ (linear assignment).

    x_start, noise: (B, C, H, W). Returns a new tensor; neither argument is changed. The cost grows as B³, which is
    small beside a network for batches of up to some thousands.
    """
    # Half a second to import, for those only who use it.
    from scipy.optimize import linear_sum_assignment  # type: ignore[attr-defined]

    with torch.no_grad():
        distances = torch.cdist(x_start.flatten(1).float(), noise.flatten(1).float())
    _, order = linear_sum_assignment(distances.cpu().numpy())
    return noise[torch.as_tensor(order, device=noise.device)]
