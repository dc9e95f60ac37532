"""From the network's range to pixels."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from torch import Tensor


def to_pixels(tensor: Tensor, *, normalized: bool = True) -> NDArray[np.uint8]:
    """(N, H, W, C) uint8 from (N, C, H, W) in the network's range; what lies beyond is clipped.

    normalized: the range is [-1, 1], else (a model with auto_normalize=False) [0, 1], in which its pictures came.
    """
    values = tensor.detach().float()
    scaled = (values.clamp(-1, 1).add(1).mul(127.5) if normalized else values.clamp(0, 1).mul(255)).round()
    pixels: NDArray[np.uint8] = scaled.permute(0, 2, 3, 1).contiguous().cpu().numpy().astype(np.uint8)
    return pixels
