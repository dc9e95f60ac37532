"""The loop that all samplers share: a sampler is what it makes of one step."""

from __future__ import annotations

from typing import NamedTuple, Protocol

import torch
from torch import Tensor

from .step import Step, Steps
from .task import Task


class Made(NamedTuple):
    """What a step made, as in `Step`."""

    x_0: Tensor
    x_next: Tensor
    noise: Tensor | None = None


class Move(Protocol):
    """One step of a sampler; x_0_before is x̂_0 of the step before, or None."""

    def __call__(self, x: Tensor, t: int, t_next: int, x_0_before: Tensor | None, /) -> Made:
        """From x at t to t_next."""


@torch.no_grad()
def walk(task: Task, move: Move) -> Steps:
    """Every step of the task, with gradients off inside and untouched for the receiver."""
    x, x_0 = task.x_T.clone(), task.x_self_cond
    for index, (t, t_next) in enumerate(task.pairs):
        x_0, x_next, noise = move(x, t, t_next, x_0)
        # What goes on into the next step is never the receiver's.
        yield Step(index, t, t_next, x, x_0.clone(), x_next.clone(), noise)
        x = x_next
