"""One optimizer step: the loss and gradient of its batches, checked, and then the update of weights and average."""

from __future__ import annotations

import threading
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch

from ..errors import Phrase
from ..finite import first_not_finite
from .batch_loss import batch_loss

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..config import RunConfig
    from .feeding import Feeding
    from .flight import FlightRecord
    from .state import SessionState

#: A loss scale of fp16 below this says that no scale is small enough: every gradient overflows.
SMALLEST_LOSS_SCALE = 2.0**-16


class NotFiniteError(Exception):
    """A number of the training is NaN or infinite; nothing of it has reached a checkpoint or the average."""

    def __init__(self, what: Phrase) -> None:
        super().__init__(what)
        self.what = what


@dataclass(frozen=True, slots=True)
class StepResult:
    """What one step has come to."""

    loss: float  #: weighted mean, as optimised
    grad_norm: float  #: before clipping
    timesteps: NDArray[np.int64]  #: (pictures,)
    losses: NDArray[np.float32]  #: (pictures,) unweighted


def take_step(
    state: SessionState,
    feeding: Feeding,
    config: RunConfig,
    *,
    rate: float,
    stop: threading.Event,
    weights: AbstractContextManager[object],
    flight: FlightRecord,
) -> StepResult | None:
    """The step after `state.step`, at the learning rate `rate`; None when `stop` came between two of its batches.

    weights: held while weights and average change. Raises NotFiniteError, and what `Feeding.get` raises.
    """
    accumulate = config.train.gradient_accumulate_every
    for group in state.optimizer.param_groups:
        group["lr"] = rate
    timesteps: list[NDArray[np.int64]] = []
    losses: list[NDArray[np.float32]] = []
    mean = 0.0
    state.diffusion.train()
    for part in range(accumulate):
        batch = state.step * accumulate + part + state.data_shift
        pictures = None if part and stop.is_set() else feeding.get(batch, stop)
        if pictures is None:
            # Large steps take long, and whoever closes the window should not wait for the rest of one: the weights
            # are still those of the last step.
            state.optimizer.zero_grad(set_to_none=True)
            return None
        t, raw, weighted = batch_loss(state.diffusion, pictures, config, batch, dtype=state.dtype)
        loss = weighted.mean() / accumulate
        (state.scaler.scale(loss) if state.scaler is not None else loss).backward()  # type: ignore[no-untyped-call]
        mean += float(loss.detach())
        timesteps.append(t.cpu().numpy())
        losses.append(raw.detach().float().cpu().numpy())
        flight.add_batch(state.step + 1, batch, timesteps[-1], losses[-1])
    grad_norm = _update(state, mean, config.train.max_grad_norm, weights, flight)
    return StepResult(mean, grad_norm, np.concatenate(timesteps), np.concatenate(losses))


def _update(
    state: SessionState,
    loss: float,
    max_grad_norm: float,
    weights: AbstractContextManager[object],
    flight: FlightRecord,
) -> float:
    """Clip, step, average. Returns the gradient's norm before clipping."""
    if not np.isfinite(loss):
        raise NotFiniteError(Phrase("training.loss-became", value=loss))
    if state.scaler is not None:
        state.scaler.unscale_(state.optimizer)
    parameters = list(state.diffusion.parameters())
    grad_norm = float(torch.nn.utils.clip_grad_norm_(parameters, max_grad_norm))
    flight.add_grad_norm(state.step + 1, grad_norm)
    # fp16's scaler expects an overflow now and then, skips that step itself and takes a smaller scale.
    hopeless = state.scaler is None or state.scaler.get_scale() < SMALLEST_LOSS_SCALE
    if hopeless and not np.isfinite(grad_norm):
        raise NotFiniteError(Phrase("training.gradient-became", value=grad_norm))
    with weights:
        # Left in between (a second Ctrl-C, no memory for the optimizer), the weights are those of no step.
        state.healthy = False
        if state.scaler is not None:
            state.scaler.step(state.optimizer)
            state.scaler.update()
        else:
            state.optimizer.step()
        bad = first_not_finite(dict(state.diffusion.named_parameters()))
        if bad is not None:
            raise NotFiniteError(Phrase("training.weight-became", name=bad, value=float("nan")))
        state.unsaved_steps += 1
        state.ema.update(state.step)
        state.healthy = True
    state.optimizer.zero_grad(set_to_none=True)
    return grad_norm
