"""Attention over the pixels of a feature map: exact, and a linear-cost form for large maps.

Both prepend four learned key/value pairs ("memory") to those of the pixels.
"""

from __future__ import annotations

from typing import cast

import torch
from torch import Tensor, nn
from torch.nn.functional import linear, scaled_dot_product_attention

from .norm import RMSNorm
from .pointwise import PointwiseConv

MEMORY_PAIRS = 4


class LinearAttention(nn.Module):
    """Attention whose cost grows with the number of pixels N, not N² (Shen et al. 2018, arXiv 1812.01243).

    softmax(q) over channels, softmax(k) over pixels, q·dim_head^−½, context = k·vᵀ, out = contextᵀ·q.
    """

    def __init__(self, dim: int, heads: int = 4, dim_head: int = 32) -> None:
        super().__init__()
        self.scale = dim_head**-0.5
        self.heads = heads
        self.dim_head = dim_head
        self.norm = RMSNorm(dim)
        self.mem_kv = nn.Parameter(torch.randn(2, heads, dim_head, MEMORY_PAIRS))
        self.to_qkv = PointwiseConv(dim, heads * dim_head * 3, bias=False)
        self.to_out = nn.Sequential(PointwiseConv(heads * dim_head, dim), RMSNorm(dim))

    def forward(self, x: Tensor) -> Tensor:
        """(B, dim, H, W) → the same shape."""
        batch, _, height, width = x.shape
        # Three products instead of one: each result lies contiguous, which the softmaxes and the concatenation want.
        pixels = self.norm(x).flatten(2).transpose(1, 2)
        q, k, v = (linear(pixels, weight) for weight in self.to_qkv.weight.flatten(1).chunk(3))
        memory_k, memory_v = self.mem_kv.flatten(1, 2).transpose(1, 2)
        q = self._split(q).softmax(dim=-1)
        k = self._split(torch.cat((memory_k.to(k.dtype).expand(batch, -1, -1), k), dim=1).softmax(dim=1))
        of_memory, of_pixels = torch.split(k, [MEMORY_PAIRS, height * width], dim=1)
        context = torch.einsum("bnhd,bnhe->bhde", of_pixels, self._split(v))
        context = context + torch.einsum("bnhd,nhe->bhde", of_memory, self._split(memory_v))
        # The output convolution is applied to the small context instead of to its product with every pixel's q.
        convolution, norm = cast("tuple[PointwiseConv, RMSNorm]", tuple(self.to_out))
        assert convolution.bias is not None
        out_weight = torch.unflatten(convolution.weight.flatten(1), 1, (self.heads, self.dim_head))
        read_out = torch.einsum("bhde,ohe->bhdo", context * self.scale, out_weight).flatten(1, 2)
        out = torch.baddbmm(convolution.bias, q.flatten(2), read_out)
        normalised: Tensor = norm(torch.unflatten(out.transpose(1, 2), 2, (height, width)))
        return normalised

    def _split(self, channels: Tensor) -> Tensor:
        """(…, heads·dim_head) → (…, heads, dim_head)."""
        return torch.unflatten(channels, -1, (self.heads, self.dim_head))


class Attention(nn.Module):
    """softmax(q·kᵀ/√dim_head)·v over all pixels (Vaswani et al. 2017, eq. 1).

    `flash` leaves the choice of the kernel to torch; without it the product is written out. The numbers agree.
    """

    def __init__(self, dim: int, heads: int = 4, dim_head: int = 32, flash: bool = False) -> None:
        super().__init__()
        self.heads = heads
        self.dim_head = dim_head
        self.flash = flash
        self.norm = RMSNorm(dim)
        self.mem_kv = nn.Parameter(torch.randn(2, heads, MEMORY_PAIRS, dim_head))
        self.to_qkv = PointwiseConv(dim, heads * dim_head * 3, bias=False)
        self.to_out = PointwiseConv(heads * dim_head, dim)

    def forward(self, x: Tensor) -> Tensor:
        """(B, dim, H, W) → the same shape."""
        batch, _, height, width = x.shape
        # Views in both memory formats: (B, heads, N, dim_head).
        split = self.to_qkv(self.norm(x)).flatten(2).unflatten(1, (3, self.heads, self.dim_head))
        q, k, v = split.transpose(-2, -1).unbind(1)
        memory_k, memory_v = self.mem_kv[:, None].to(k.dtype).expand(-1, batch, -1, -1, -1)
        k, v = torch.cat((memory_k, k), dim=-2), torch.cat((memory_v, v), dim=-2)
        if self.flash:
            out = scaled_dot_product_attention(q, k, v)
        else:
            out = (q @ k.transpose(-2, -1) * self.dim_head**-0.5).softmax(dim=-1) @ v
        # A pixel's channels side by side, as channels_last has them.
        pixels = out.transpose(1, 2).reshape(batch, height, width, -1)
        projected: Tensor = self.to_out(pixels.permute(0, 3, 1, 2))
        return projected
