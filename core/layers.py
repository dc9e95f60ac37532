"""The parts a U-Net is built from: time embeddings, residual blocks, and halving and doubling the resolution.

Module names and shapes are those of denoising-diffusion-pytorch, so that its checkpoints load. All parts run in either
memory format; channels_last (a pixel's channels side by side) is the faster one on CPUs and GPUs.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from .norm import RMSNorm
from .pointwise import PointwiseConv


class SinusoidalPosEmb(nn.Module):
    """sin and cos of t at `dim`/2 frequencies from 1 down to 1/θ (Vaswani et al. 2017). (B,) → (B, dim)."""

    def __init__(self, dim: int, theta: float = 10000) -> None:
        super().__init__()
        self.dim = dim
        self.theta = theta

    def forward(self, time: Tensor) -> Tensor:
        """time: (B,), integer or float, any range."""
        half = self.dim // 2
        step = math.log(self.theta) / (half - 1)
        frequencies = torch.exp(torch.arange(half, device=time.device) * -step)
        angles = time[:, None] * frequencies[None, :]
        return torch.cat((angles.sin(), angles.cos()), dim=-1)


class RandomOrLearnedSinusoidalPosEmb(nn.Module):
    """t itself, then sin and cos of 2π·t·w with random w, learned or left as drawn. (B,) → (B, dim + 1).

    The weights are of the order of 1, so t is expected in [0, 1].
    """

    def __init__(self, dim: int, is_random: bool = False) -> None:
        super().__init__()
        self.weights = nn.Parameter(torch.randn(dim // 2), requires_grad=not is_random)

    def forward(self, time: Tensor) -> Tensor:
        """time: (B,), float, in [0, 1]."""
        time = time[:, None].to(self.weights.dtype)
        angles = time * self.weights[None, :] * (2 * math.pi)
        return torch.cat((time, angles.sin(), angles.cos()), dim=-1)


class Dropout(nn.Dropout):
    """nn.Dropout that draws the same mask in either memory format, on the CPU.

    PyTorch draws in the order in which the numbers lie in memory: from one seed, channels_last would train another
    network than contiguous tensors do. On other devices the mask is drawn in the kernel that applies it, which is
    faster than any order made afterwards.
    """

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, H, W) → (B, C, H, W)."""
        if not self.training or not 0 < self.p < 1 or x.device.type != "cpu" or x.is_contiguous():
            return super().forward(x)
        kept = 1 - self.p
        mask = torch.empty(x.shape, dtype=x.dtype).bernoulli_(kept).div_(kept)
        return x * mask.contiguous(memory_format=torch.channels_last)


class Block(nn.Module):
    """3×3 convolution, RMSNorm, ·(scale + 1) + shift where given, SiLU, dropout."""

    def __init__(self, dim: int, dim_out: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.proj = nn.Conv2d(dim, dim_out, 3, padding=1)
        self.norm = RMSNorm(dim_out)
        self.act = nn.SiLU()
        self.dropout = Dropout(dropout)

    def forward(self, x: Tensor, scale_shift: tuple[Tensor, Tensor] | None = None) -> Tensor:
        """(B, dim, H, W) → (B, dim_out, H, W)."""
        out: Tensor = self.dropout(self.act(self.norm(self.proj(x), scale_shift)))
        return out


class ResnetBlock(nn.Module):
    """Two Blocks and a way around them; the time embedding scales and shifts the first, dropout acts in the first."""

    def __init__(self, dim: int, dim_out: int, *, time_emb_dim: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.mlp = nn.Sequential(nn.SiLU(), nn.Linear(time_emb_dim, dim_out * 2))
        self.block1 = Block(dim, dim_out, dropout=dropout)
        self.block2 = Block(dim_out, dim_out)
        self.res_conv = PointwiseConv(dim, dim_out) if dim != dim_out else nn.Identity()

    def forward(self, x: Tensor, time_emb: Tensor) -> Tensor:
        """x: (B, dim, H, W), time_emb: (B, time_emb_dim) → (B, dim_out, H, W)."""
        scale, shift = self.mlp(time_emb)[:, :, None, None].chunk(2, dim=1)
        h = self.block2(self.block1(x, (scale, shift)))
        out: Tensor = h + self.res_conv(x)
        return out


class Downsample(nn.Sequential):
    """Halves the resolution: each 2×2 square becomes one pixel of 4·dim channels, then a 1×1 convolution."""

    def __init__(self, dim: int, dim_out: int) -> None:
        super().__init__(nn.PixelUnshuffle(2), PointwiseConv(dim * 4, dim_out))


class Upsample(nn.Sequential):
    """Doubles the resolution: each pixel becomes a 2×2 square, then a 3×3 convolution."""

    def __init__(self, dim: int, dim_out: int) -> None:
        super().__init__(nn.Upsample(scale_factor=2, mode="nearest"), nn.Conv2d(dim, dim_out, 3, padding=1))
