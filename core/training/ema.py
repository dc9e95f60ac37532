"""The exponential moving average of the weights: what samples are drawn from."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any, Generic, TypeVar

import torch
from torch import Tensor, nn

M = TypeVar("M", bound=nn.Module)


def ema_decay_at(updates: int, decay: float) -> float:
    """The decay used at update number `updates`, n: (1 + n) / (10 + n), at most `decay`.

    The warm-up keeps the random first weights from lingering in a short run (TensorFlow's ExponentialMovingAverage
    with num_updates).
    """
    return min(decay, (1 + updates) / (10 + updates))


class EMA(Generic[M]):
    """A second copy of a module whose parameters follow the first: ema ← decay · ema + (1 - decay) · weights.

    update_every: steps from one update to the next; between them the average stays as it is.
    """

    def __init__(self, module: M, decay: float, *, update_every: int = 1) -> None:
        self.decay = decay
        self.update_every = update_every
        self.module = copy.deepcopy(module).eval().requires_grad_(False)
        self._averages: list[Tensor] = list(self.module.parameters())
        self._current: list[Tensor] = list(module.parameters())

    @torch.no_grad()
    def update(self, step: int) -> None:
        """Follow the weights as they are after `step` optimizer steps, where an update is due."""
        updates, between = divmod(step, self.update_every)
        if between:
            return
        weight = 1.0 - ema_decay_at(updates, self.decay)
        torch._foreach_lerp_(self._averages, self._current, weight)

    def state_dict(self) -> dict[str, Tensor]:
        """The averaged parameters (and the buffers, which are the module's own constants)."""
        return dict(self.module.state_dict())

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """The inverse of `state_dict`; strict."""
        self.module.load_state_dict(state)
