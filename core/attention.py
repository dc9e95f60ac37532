"""Attention over the pixels of a feature map: exact, and a linear-cost form for large maps.

Both prepend four learned key/value pairs ("memory") to those of the pixels.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.functional import scaled_dot_product_attention

from .norm import RMSNorm

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
        self.to_qkv = nn.Conv2d(dim, heads * dim_head * 3, 1, bias=False)
        self.to_out = nn.Sequential(nn.Conv2d(heads * dim_head, dim, 1), RMSNorm(dim))

    def forward(self, x: Tensor) -> Tensor:
        """(B, dim, H, W) → the same shape."""
        batch, _, height, width = x.shape
        # Views in both memory formats: (B, heads, dim_head, N).
        q, k, v = self.to_qkv(self.norm(x)).flatten(2).unflatten(1, (3, self.heads, self.dim_head)).unbind(1)
        memory_k, memory_v = self.mem_kv[:, None].expand(-1, batch, -1, -1, -1)
        k, v = torch.cat((memory_k, k), dim=-1), torch.cat((memory_v, v), dim=-1)
        context = k.softmax(dim=-1) @ v.transpose(-2, -1)
        out = context.transpose(-2, -1) @ (q.softmax(dim=-2) * self.scale)
        projected: Tensor = self.to_out(out.reshape(batch, -1, height, width))
        return projected


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
        self.to_qkv = nn.Conv2d(dim, heads * dim_head * 3, 1, bias=False)
        self.to_out = nn.Conv2d(heads * dim_head, dim, 1)

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
