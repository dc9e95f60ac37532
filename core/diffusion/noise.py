"""Immiscible diffusion: pair each picture of a batch with noise that is near it, so that their paths cross less.

Two ways: share out the noises of a batch (Li et al. 2024, arXiv 2406.12303), or let each picture choose among a few of
its own (Li et al. 2025, arXiv 2505.18521), which works for a batch of one and never leaves the GPU.
"""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor


def nearest_noise(x_start: Tensor, candidates: Iterable[Tensor]) -> Tensor:
    """For each picture the nearest, ‖x_0 − ε‖, of its own K noises; of equally near ones the first.

    x_start: (B, C, H, W); candidates: K ≥ 1 noises of the same shape, or one tensor (K, B, C, H, W). Returns a new
    tensor. Only the best so far is kept, so memory does not grow with K where the noises are drawn one by one.

    Short noises are near every picture, so what is chosen is no longer quite normal: at 28 × 28 pixels and K = 8 its
    variance is about 0.96. The assignment has no such bias, it only puts the noises in another order.
    """
    each = iter(candidates)
    nearest = next(each).clone()
    shortest = _squared_distance(x_start, nearest)
    for noise in each:
        distance = _squared_distance(x_start, noise)
        nearer = distance < shortest
        nearest = torch.where(nearer.view(-1, *(1,) * (noise.ndim - 1)), noise, nearest)
        shortest = torch.minimum(distance, shortest)
    return nearest


def assign_noise(x_start: Tensor, noise: Tensor) -> Tensor:
    """The noises of the batch in the order that minimises Σ‖x_0 − ε‖ (linear assignment).

    x_start, noise: (B, C, H, W). Returns a new tensor; neither argument is changed. The distances take B² numbers and
    the assignment up to B³ steps on the CPU, which is small beside a network for batches of up to some hundreds.

    A picture that is not finite takes what the others leave: whoever trains finds it by its loss, as without this.
    """
    # Half a second to import, for those only who use it.
    from scipy.optimize import linear_sum_assignment  # type: ignore[attr-defined]

    with torch.no_grad():
        distances = torch.cdist(x_start.flatten(1).float(), noise.flatten(1).float())
    _, order = linear_sum_assignment(distances.nan_to_num(nan=0.0, posinf=0.0).cpu().numpy())  # it refuses others
    return noise[torch.as_tensor(order, device=noise.device)]


@torch.no_grad()
def _squared_distance(x_start: Tensor, noise: Tensor) -> Tensor:
    """‖x_0 − ε‖² of each pair, (B,), in float32 at least."""
    return (x_start.float() - noise.float()).square().flatten(1).sum(dim=1)
