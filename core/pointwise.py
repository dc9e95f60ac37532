"""The 1×1 convolution: the same small matrix applied to the channels of every pixel."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.functional import linear


class PointwiseConv(nn.Conv2d):
    """A 1×1 convolution with the parameters of `nn.Conv2d(dim, dim_out, 1)`; (B, dim, H, W) → (B, dim_out, H, W).

    In channels_last a pixel's channels lie side by side, and the convolution is one matrix product without any copy;
    torch's own kernels rearrange the picture first.
    """

    def __init__(self, dim: int, dim_out: int, bias: bool = True) -> None:
        super().__init__(dim, dim_out, 1, bias=bias)

    def forward(self, x: Tensor) -> Tensor:
        """(B, dim, H, W) → (B, dim_out, H, W), in the memory format of x."""
        if not x.is_contiguous(memory_format=torch.channels_last):
            return super().forward(x)
        return linear(x.permute(0, 2, 3, 1), self.weight.flatten(1), self.bias).permute(0, 3, 1, 2)
