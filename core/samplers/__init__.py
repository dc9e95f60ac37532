"""Samplers: the loops that turn noise into pictures, one Step at a time.

Each is a generator that the caller draws from, so it can be watched, paused, stopped and compared. Every sampler is a
row of `catalogue.SAMPLERS` and takes the same arguments. They are deterministic given `x_T` and `generator`.
"""

from __future__ import annotations

from ..catalogue import SPACINGS
from .first_order import ancestral
from .loop import SAMPLERS, NoiseSource, PictureNoise, Sampler, Step, Steps, Task, Term, initial_noise, sampler_named
from .spacing import TimePairs, time_pairs

__all__ = [
    "SAMPLERS",
    "SPACINGS",
    "NoiseSource",
    "PictureNoise",
    "Sampler",
    "Step",
    "Steps",
    "Task",
    "Term",
    "TimePairs",
    "ancestral",
    "initial_noise",
    "sampler_named",
    "time_pairs",
]
