"""From the network's range to pixels."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from torch import Tensor


def to_pixels(tensor: Tensor) -> NDArray[np.uint8]:
    """(N, H, W, C) uint8 from (N, C, H, W) in the network's range [-1, 1]; what lies beyond is clipped."""
    scaled = tensor.detach().float().clamp(-1, 1).add(1).mul(127.5).round()
    pixels: NDArray[np.uint8] = scaled.permute(0, 2, 3, 1).contiguous().cpu().numpy().astype(np.uint8)
    return pixels
