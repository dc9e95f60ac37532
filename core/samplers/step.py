"""One denoising step, as every sampler tells it."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import TypeAlias

from torch import Tensor


@dataclass(frozen=True, eq=False)
class Step:
    """One denoising step; every tensor is (B, C, H, W), in normalised space, and the receiver's own.

    index   0 for the first step
    t       the timestep of x_t, 0 … T-1
    t_next  the timestep of x_next; -1 means the clean picture
    x_t     what went in; at the first step x_T
    x_0     the clean picture as predicted from x_t, clipped to [-1, 1]
    x_next  what came out
    noise   the standard normal numbers that were mixed in, or None
    """

    index: int
    t: int
    t_next: int
    x_t: Tensor
    x_0: Tensor
    x_next: Tensor
    noise: Tensor | None


Steps: TypeAlias = Generator[Step, None, None]
