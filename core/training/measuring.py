"""What a training will take, from a few real steps of it before it starts: time per step, and memory."""

from __future__ import annotations

import statistics
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from ..data.batches import Batch
from ..device import choose_device, is_out_of_memory, release_memory
from ..randomness import generator
from .batch_loss import batch_loss
from .state import SessionState, new_state

if TYPE_CHECKING:
    from torch import Tensor

    from ..config import RunConfig

#: Steps that warm things up and do not count, and how many are enough.
WARMING_STEPS = 1
ENOUGH_STEPS = 12
#: On a CPU a step of more than this is measured with fewer pictures: time and memory grow evenly with them there, and
#: nobody waits minutes for an estimate.
LONGEST_STEP_S = 4.0


@dataclass(frozen=True, slots=True)
class StepCost:
    """Of one optimizer step on a device."""

    device: str
    seconds_per_step: float | None  #: None where not one step was done in time, or the memory did not do
    memory_bytes: int | None  #: at its peak, of the device; a count of tensors where the device does not tell
    steps: int  #: that were measured
    out_of_memory: bool = False


def measure_steps(
    config: RunConfig, *, device: str = "auto", seconds: float = 5.0, stop: threading.Event | None = None
) -> StepCost:
    """Take some steps with pictures of noise, and forget them; for about `seconds`, or one step if that takes longer.

    config: legal, with nothing on auto. Touches no run and no picture. For a background thread, while nothing trains in
    this process (both would be slow, and torch's global seed is set); `stop` ends it, also within a batch, where the
    time of one layer is what it takes. Raises ConfigError and DeviceError as a training does.
    """
    chosen = choose_device(device)
    try:
        return _measured(config, chosen, seconds, stop or threading.Event())
    except _StoppedError:
        return StepCost(str(chosen), None, None, 0)
    except (RuntimeError, MemoryError) as error:
        if not is_out_of_memory(error):
            raise
    # Out here the traceback, which holds the tensors, is gone.
    release_memory(chosen)
    return StepCost(str(chosen), None, None, 0, out_of_memory=True)


def _measured(config: RunConfig, device: torch.device, seconds: float, stop: threading.Event) -> StepCost:
    if device.type == "cuda":
        torch.cuda.reset_peak_memory_stats(device)
    state, train = new_state(config, device), config.train
    state.diffusion.train()
    whole, parts = train.batch_size, train.gradient_accumulate_every
    weights = sum(parameter.numel() * parameter.element_size() for parameter in state.diffusion.parameters())
    pictures = whole
    if device.type == "cpu" and whole > 1:
        single = config.with_settings({"batch_size": 1})
        # The very first pass takes longer than any other.
        for _ in range(2):
            one_s, _ = _batch(state, single, 0, stop)
            pictures = max(1, min(whole, int(LONGEST_STEP_S / (one_s * parts))))
            if pictures == whole:
                break
    config, scale = config.with_settings({"batch_size": pictures}), whole / pictures
    spent: list[float] = []
    kept_bytes = 0
    until = time.perf_counter() + seconds
    while not spent or (time.perf_counter() < until and len(spent) < WARMING_STEPS + ENOUGH_STEPS):
        batches_s = 0.0
        for part in range(parts):
            one_s, kept = _batch(state, config, len(spent) * parts + part, stop)
            batches_s, kept_bytes = batches_s + one_s, max(kept_bytes, kept)
        began = time.perf_counter()
        torch.nn.utils.clip_grad_norm_(state.diffusion.parameters(), train.max_grad_norm)
        for group in state.optimizer.param_groups:
            group["lr"] = 0.0
        state.optimizer.step()
        state.ema.update(len(spent) + 1)
        state.optimizer.zero_grad(set_to_none=True)
        if device.type != "cpu":
            float(next(state.diffusion.parameters()).flatten()[0])  # waits for the device
        spent.append(batches_s * scale + time.perf_counter() - began)
    if device.type == "cuda":
        memory = torch.cuda.max_memory_allocated(device)
    else:
        # Weights, gradients, Adam's two moments and the average; and what each picture adds.
        memory = 5 * weights + min(kept_bytes, weights) + round(max(0, kept_bytes - weights) * scale)
    return StepCost(str(device), _typical(spent), memory, len(spent))


def _batch(state: SessionState, config: RunConfig, number: int, stop: threading.Event) -> tuple[float, int]:
    """Forward and backward once: the seconds that it took, and the bytes that were kept between the two."""
    began, counted = time.perf_counter(), _CountedTensors(stop)
    device = next(state.diffusion.parameters()).device
    with counted:
        loss = batch_loss(state.diffusion, _noise(config, number, device), config, number, dtype=state.dtype)
    loss.weighted.mean().backward()  # type: ignore[no-untyped-call]
    if device.type != "cpu":
        float(loss.raw[0])  # waits for the device
    return time.perf_counter() - began, counted.bytes


def _typical(spent: list[float]) -> float | None:
    return statistics.median(spent[WARMING_STEPS:] or spent) if spent else None


def _noise(config: RunConfig, number: int, device: torch.device) -> Batch:
    """A batch of the right shape; what is on the pictures costs nothing."""
    height, width = config.data.height_and_width
    assert config.data.channels is not None, "settings on auto must be resolved first"
    draw = generator(config.train.seed, "measuring", number)
    shape = (config.train.batch_size, config.data.channels, height, width)
    labels = None
    if config.data.num_classes is not None:
        labels = torch.randint(config.data.num_classes, shape[:1], generator=draw).to(device)
    return Batch(torch.rand(shape, generator=draw).to(device), labels)


class _StoppedError(Exception):
    """The wish to stop, from within a batch."""


class _CountedTensors(torch.autograd.graph.saved_tensors_hooks):
    """Counts the memory of what the backward pass will need, each piece once.

    It is asked for every layer, forward and backward, so that here a step of minutes can be stopped.
    """

    def __init__(self, stop: threading.Event) -> None:
        self.bytes = 0
        self._seen: set[int] = set()
        self._stop = stop
        super().__init__(self._count, self._fetch)

    def _look(self) -> None:
        if self._stop.is_set():
            raise _StoppedError

    def _fetch(self, tensor: Tensor) -> Tensor:
        self._look()
        return tensor

    def _count(self, tensor: Tensor) -> Tensor:
        self._look()
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in self._seen:
            self._seen.add(storage.data_ptr())
            self.bytes += storage.nbytes()
        return tensor
