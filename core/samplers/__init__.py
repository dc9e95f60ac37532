"""Samplers: the loops that turn noise into pictures, one Step at a time.

Each is a generator that the caller draws from, so it can be watched, paused, stopped and compared. Every sampler is a
row of `catalogue.SAMPLERS` and takes the same arguments. They are deterministic given `x_T` and `generator`.
"""

from __future__ import annotations

from .. import catalogue
from ..catalogue import SPACINGS
from ..inputs import require_one_of
from .first_order import ancestral
from .loop import NoiseSource, PictureNoise, Sampler, Step, Steps, Task, initial_noise
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
    "TimePairs",
    "ancestral",
    "initial_noise",
    "sampler_named",
    "time_pairs",
]

SAMPLERS: dict[str, Sampler] = {name: Sampler.of(row) for name, row in catalogue.SAMPLERS.items()}


def sampler_named(name: str) -> Sampler:
    """The row of SAMPLERS; SamplingError when there is none of that name."""
    require_one_of("sampler", name, SAMPLERS)
    return SAMPLERS[name]
