"""UniPC: DPM-Solver++(2M), but each prediction first corrects the step that led to it, at no further call."""

from __future__ import annotations

import math
from typing import NamedTuple

from torch import Tensor

from .dpm_solver import halfway, step_in_log_snr
from .step import Steps
from .task import Task
from .walk import Made, walk


class _Step(NamedTuple):
    """A step that was made: where it began, what was known there, and its length in λ."""

    x: Tensor
    t: int
    x_0: Tensor
    h: float


def unipc(task: Task) -> Steps:
    """UniPC-2, multistep, on x̂_0, with B(h) = e^h − 1 (Zhao et al. 2023, arXiv 2302.04867, algorithms 1 and 2).

    Its predictor of order 2 is DPM-Solver++(2M)'s step. A Step's x_t is what was predicted; the corrected one is what
    the next step begins with.
    """
    made: list[_Step] = []

    def move(x: Tensor, t: int, t_next: int, x_0_before: Tensor | None) -> Made:
        x_0 = task.predict(x, t, x_0_before).pred_x_start
        if t_next < 0:
            return Made(x_0, x_0)
        if made:
            x = _corrected(task, made, x, t, x_0)
        h = step_in_log_snr(task, t, t_next)
        middle = halfway(x_0, x_0_before, h, made[-1].h if made else 0.0)
        # A copy: the first x is the receiver's, as the Step's x_t.
        made[:] = [*made[-1:], _Step(x.clone(), t, x_0, h)]
        return Made(x_0, task.spread[t_next] / task.spread[t] * x - task.signal[t_next] * math.expm1(-h) * middle)

    return walk(task, move)


def _corrected(task: Task, made: list[_Step], x: Tensor, t: int, x_0: Tensor) -> Tensor:
    """x at t anew, from the step that led there and x̂_0 at its end; of `made` the last is that step."""
    last = made[-1]
    if not last.h:
        return x  # neighbours that float32 does not tell apart: there was no step
    growth = math.expm1(-last.h)
    change = 0.5 * (x_0 - last.x_0)
    if len(made) > 1 and made[-2].h:
        # The weights that make the step exact where x̂_0 is a parabola in λ: the paper's system for p = 2, solved.
        ratio = -made[-2].h / last.h
        first = growth / -last.h - 1
        second = first / -last.h - 0.5
        b_1, b_2 = first / growth, 2 * second / growth
        of_before = (b_1 - b_2) / (1 - ratio)
        change = of_before / ratio * (made[-2].x_0 - last.x_0) + (b_1 - of_before) * (x_0 - last.x_0)
    return task.spread[t] / task.spread[last.t] * last.x - task.signal[t] * growth * (last.x_0 + change)
