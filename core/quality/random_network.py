"""A convolutional network with fixed random weights, and what it makes of pictures: features that need no training."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from ..randomness import generator

#: Pictures at a time.
TOGETHER = 128
#: Larger pictures are averaged down until no side is longer.
LONGEST_PX = 64
WIDTHS = (32, 64, 64)
SEED = 0


def as_input(pictures: NDArray[np.uint8], longest_px: int = LONGEST_PX) -> Tensor:
    """(B, C, H', W') float32 in [-1, 1] of (B, H, W, C), no side longer than `longest_px`, by averages of pixels."""
    x = torch.from_numpy(np.array(pictures)).permute(0, 3, 1, 2).float() / 127.5 - 1
    scale = longest_px / max(x.shape[2:])
    if scale >= 1:
        return x
    size = [max(1, round(side * scale)) for side in x.shape[2:]]
    return nn.functional.interpolate(x, size=size, mode="area")


class RandomNetwork:
    """Three 3×3 convolutions of stride 2 (32, 64, 64 channels, ReLU, no bias); weights N(0, 2/fan-in) of seed 0.

    A picture's features are the mean and the standard deviation of each of the last 64 channels over its places: 128.
    """

    def __init__(self, channels: int) -> None:
        self._kernels = []
        for number, width in enumerate(WIDTHS):
            shape = (width, channels, 3, 3)
            kernel = torch.randn(shape, generator=generator(SEED, "quality random network", number))
            self._kernels.append(kernel * (2 / (9 * channels)) ** 0.5)
            channels = width

    @torch.no_grad()
    def __call__(self, pictures: NDArray[np.uint8]) -> NDArray[np.float64]:
        """(B, 128) of (B, H, W, C)."""
        found = []
        for start in range(0, len(pictures), TOGETHER):
            x = as_input(pictures[start : start + TOGETHER])
            for kernel in self._kernels:
                x = nn.functional.conv2d(x, kernel, stride=2, padding=1).relu()
            flat = x.flatten(2)
            found.append(torch.cat([flat.mean(2), flat.std(2, correction=0)], dim=1))
        features: NDArray[np.float64] = torch.cat(found).double().numpy()
        return features
