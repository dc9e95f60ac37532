"""What callers hand to `export_checkpoint`, judged before a file is touched."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from torch import Tensor
from torch.optim import Optimizer

from ..diffusion import GaussianDiffusion
from ..errors import Phrase
from ..inputs import bad_value


class HasState(Protocol):
    """A GaussianDiffusion, or an average of one."""

    def state_dict(self) -> Mapping[str, Tensor]:
        """The tensors by GaussianDiffusion's names, or by ema_pytorch's."""


def plain_model(diffusion: object) -> GaussianDiffusion:
    """The model, also of one that torch.compile has wrapped. Raises ConfigError for anything else."""
    model = getattr(diffusion, "_orig_mod", diffusion)
    if not isinstance(model, GaussianDiffusion):
        raise bad_value("diffusion", diffusion, Phrase("value.diffusion-with-network"))
    return model


def state_of(ema: HasState | Mapping[str, Tensor] | None) -> Mapping[str, Tensor]:
    """The state_dict of an average, {} for None. Raises ConfigError for what has none."""
    state: Any = {} if ema is None else ema
    if callable(method := getattr(ema, "state_dict", None)) and not isinstance(ema, type):
        state = method()
    if not isinstance(state, Mapping) or not all(isinstance(tensor, Tensor) for tensor in state.values()):
        raise bad_value("ema", ema, Phrase("value.average"))
    return state


def require_optimizer(optimizer: object) -> None:
    """Raises ConfigError unless `optimizer` is one, the state_dict of one, or None."""
    if optimizer is not None and not isinstance(optimizer, Optimizer | Mapping):
        raise bad_value("optimizer", optimizer, Phrase("value.adam"))
