"""The noise that sampling begins with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor

from .. import randomness
from ..device import as_device, telling_if_unusable
from ..inputs import require_whole

if TYPE_CHECKING:
    from ..denoising import DenoisingProcess

#: At once; they do not fit into any device's memory long before.
MOST_PICTURES = 65_536


def initial_noise(
    diffusion: DenoisingProcess, count: int, *, seed: int, device: torch.device | str, first: int = 0
) -> Tensor:
    """x_T for `count` pictures from number `first` on, (count, C, H, W).

    Picture k's noise depends on (seed, k) alone, not on the device. Raises SamplingError, DeviceError.
    """
    require_whole("count", count, 1, MOST_PICTURES)
    require_whole("first", first, 0)
    require_whole("seed", seed, 0)
    device = as_device(device)
    shape = (diffusion.channels, *diffusion.image_size)
    drawn = [
        torch.randn(shape, generator=randomness.generator(seed, "initial-noise", k), device="cpu")
        for k in range(first, first + count)
    ]
    with telling_if_unusable(device):
        return torch.stack(drawn).to(device)
