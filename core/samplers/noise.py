"""The noise that sampling begins with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor

from .. import randomness

if TYPE_CHECKING:
    from ..denoising import DenoisingProcess


def initial_noise(
    diffusion: DenoisingProcess, count: int, *, seed: int, device: torch.device | str, first: int = 0
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
