"""What a session measures of itself beside its steps, at most once a second: its waiting, its memory, its average."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import torch

from ..process import resident_bytes

if TYPE_CHECKING:
    from .state import SessionState

#: Numbers of every step would be as many rows of the run's database again, and say nothing more.
EVERY_S = 1.0


class Gauges:
    """Each number by its name in the run's metrics; the training's first step is measured, then one each EVERY_S.

    waiting      0 … 1, the share of the training's time since the last reading in which it waited for pictures
    ema_length   steps that the average is behind the weights: the mean age of what it holds
    memory       bytes of this process that lie in the machine's memory; missing where the system does not tell
    card_memory  bytes, the most that was allocated on the card since the process began; only on a CUDA card
    """

    def __init__(self, device: torch.device) -> None:
        self._device = device
        self._read_at = float("-inf")
        self._elapsed_s = self._waited_s = 0.0

    def read(self, step: int, state: SessionState, waited_s: float) -> dict[str, float]:
        """The numbers at `step`, which has just ended; nothing where the last are not EVERY_S old.

        waited_s: how long the session has waited for batches.
        """
        now = time.monotonic()
        if now - self._read_at < EVERY_S:
            return {}
        # The first reading is of one step: what the run took before this session is none of its waiting.
        since_s = state.last_step_s if self._read_at == float("-inf") else state.elapsed_s - self._elapsed_s
        waiting = (waited_s - self._waited_s) / since_s if since_s > 0 else 0.0
        self._read_at, self._elapsed_s, self._waited_s = now, state.elapsed_s, waited_s
        numbers = {"waiting": min(1.0, max(0.0, waiting)), "ema_length": state.ema.lag(step)}
        memory = resident_bytes()
        if memory is not None:
            numbers["memory"] = float(memory)
        if self._device.type == "cuda":
            numbers["card_memory"] = float(torch.cuda.max_memory_allocated(self._device))
        return numbers
