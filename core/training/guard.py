"""What keeps a training from learning nonsense: no number that is none gets far, and a loss that runs away is told."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor

#: So often a training goes back to its last good checkpoint before it stops with the reason.
MOST_ROLLBACKS = 3


def first_not_finite(tensors: Mapping[str, Tensor]) -> str | None:
    """The name of the first tensor that holds a NaN or an infinity; None when all are finite.

    One small number comes back from the device, whatever their size: the norm of norms, which only something that is
    not finite, or absurdly large, makes infinite.
    """
    floating = {name: tensor for name, tensor in tensors.items() if tensor.is_floating_point() and tensor.numel()}
    if not floating:
        return None
    norms = torch._foreach_norm(list(floating.values()))
    if bool(torch.stack([norm.float() for norm in norms]).isfinite().all()):
        return None
    return next((name for name, tensor in floating.items() if not bool(tensor.isfinite().all())), None)


class Divergence:
    """Tells when the loss has left the level it had reached, and stays quiet about noise.

    The loss of single steps jumps by factors, since each draws other timesteps; medians of `window` steps do not. It is
    told once, when such a median lies above `factor` times the lowest there was and the one before it did too, and
    again only after the loss has come back.
    """

    def __init__(self, *, window: int = 100, factor: float = 2.5) -> None:
        self._size, self._factor = window, factor
        self._window: list[float] = []
        self._lowest: float | None = None
        self._high_before = False
        self._told = False

    def add(self, loss: float) -> float | None:
        """Take the next step's loss; how many times the lowest level it has reached, once, when it diverges."""
        self._window.append(loss)
        if len(self._window) < self._size:
            return None
        level = float(np.median(self._window))
        self._window.clear()
        if self._lowest is None or level < self._lowest:
            self._lowest = level
        ratio = level / self._lowest if self._lowest > 0 else 1.0
        high = ratio > self._factor
        diverged = high and self._high_before and not self._told
        self._told = (self._told and high) or diverged
        self._high_before = high
        return ratio if diverged else None

    def forget(self) -> None:
        """The run goes on from an earlier step."""
        self._window.clear()
        self._high_before = self._told = False
