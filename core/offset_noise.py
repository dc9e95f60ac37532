"""Offset noise (Guttenberg 2023): a part of the noise that is one number for a whole channel, so that brightness moves.

For arrays of torch and of numpy alike: what the window shows is what training adds.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor

_Array = TypeVar("_Array", "Tensor", "NDArray[np.float32]")


def with_offset(noise: _Array, strength: float, draw: Callable[[tuple[int, ...]], _Array]) -> _Array:
    """noise + strength·n: (B, C, H, W) each, n ~ N(0, 1) of shape (B, C, 1, 1). draw: shape → standard normal."""
    return noise + strength * draw((*noise.shape[:2], 1, 1)) if strength > 0 else noise
