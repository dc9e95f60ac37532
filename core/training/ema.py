"""The exponential moving average of the weights: what samples are drawn from."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Any, Generic, TypeVar

import torch
from torch import Tensor, nn

M = TypeVar("M", bound=nn.Module)


#: Optimizer steps after which ema-pytorch begins to average; before, its copy is the weights themselves.
_COPIED_STEPS = 100


def _by_updates(step: int, update_every: int) -> float | None:
    """(1 + n)/(10 + n) at update n (TensorFlow's ExponentialMovingAverage with num_updates).

    The random first weights do not linger in a short run, and the average begins at once.
    """
    updates, between = divmod(step, update_every)
    return None if between else (1 + updates) / (10 + updates)


def _by_power(step: int, update_every: int) -> float | None:
    """1 − (1 + n)^(−2/3) from step 101 on, n steps after the 100th; the weights themselves until then.

    As ema-pytorch does it for denoising-diffusion-pytorch's Trainer (update_after_step 100, inv_gamma 1, power 2/3).
    It counts steps from 0, so that with update_every 10 its updates come after steps 1, 11, 21 ….
    """
    before = step - 1
    if before % update_every:
        return None
    return 0.0 if before <= _COPIED_STEPS else 1 - (1 + before - _COPIED_STEPS) ** (-2 / 3)


#: How the decay of the average rises to `ema_decay` → (step, update_every) to the decay it would allow, None where no
#: update is due. They differ for long: at decay 0.995 and step 1,000 the average lags by 101 steps with `updates`, by
#: 499 with `power` and an update every 10 steps.
EMA_WARMUPS: dict[str, Callable[[int, int], float | None]] = {"updates": _by_updates, "power": _by_power}


class EMA(Generic[M]):
    """A second copy of a module whose parameters follow the first: ema ← decay · ema + (1 - decay) · weights.

    update_every: steps from one update to the next; between them the average stays as it is.
    warmup: a row of EMA_WARMUPS.
    """

    def __init__(self, module: M, decay: float, *, update_every: int = 1, warmup: str = "updates") -> None:
        self.decay = decay
        self.update_every = update_every
        self.warmup = warmup
        self.module = copy.deepcopy(module).eval().requires_grad_(False)
        self._averages: list[Tensor] = list(self.module.parameters())
        self._current: list[Tensor] = list(module.parameters())

    @torch.no_grad()
    def update(self, step: int) -> None:
        """Follow the weights as they are after `step` optimizer steps, where an update is due."""
        allowed = EMA_WARMUPS[self.warmup](step, self.update_every)
        if allowed is None:
            return
        weight = 1.0 - min(self.decay, allowed)
        torch._foreach_lerp_(self._averages, self._current, weight)

    def state_dict(self) -> dict[str, Tensor]:
        """The averaged parameters (and the buffers, which are the module's own constants)."""
        return dict(self.module.state_dict())

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """The inverse of `state_dict`; strict."""
        self.module.load_state_dict(state)
