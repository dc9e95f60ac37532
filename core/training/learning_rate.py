"""The learning rate as a function of the step and the planned total, so that a resumed run follows the same curve."""

from __future__ import annotations

import math

#: What cosine decay falls to at the last step, as a fraction of the peak.
FLOOR = 0.01


def learning_rate_at(
    step: int, *, total: int | None, peak: float, warmup_steps: int, decay: str, decay_start: int = 0
) -> float:
    """The learning rate of the update that follows `step` done steps.

    A linear rise over `warmup_steps`, then constant or a half cosine (Loshchilov & Hutter 2016, arXiv 1608.03983) from
    `decay_start` (or the end of the warm-up, if later) down to FLOOR of the peak at `total`. Without a total there is
    no decay yet.
    """
    if step < warmup_steps:
        return peak * (step + 1) / warmup_steps
    if decay == "constant" or total is None:
        return peak
    start = max(decay_start, warmup_steps)
    share = min(1.0, (step - start) / max(1, total - start)) if step > start else 0.0
    return peak * (FLOOR + (1.0 - FLOOR) * 0.5 * (1.0 + math.cos(math.pi * share)))
