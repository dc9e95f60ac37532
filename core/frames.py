"""What a sampling run tells, one frozen event at a time: plain arrays that a window can show without torch.

Arrays in an event belong to whoever receives it: the sampler never touches them again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class SamplingStarted:
    """The noise is drawn and the first step begins."""

    steps: int  #: how many frames will come
    count: int  #: N, pictures
    height: int  #: pixels
    width: int  #: pixels
    channels: int  #: 1 grey, 3 RGB, 4 RGBA
    alphas_cumprod: NDArray[np.float64]  #: (T,) the schedule, ᾱ_t in [0, 1]
    settings: Mapping[str, object] = field(default_factory=dict)  #: what a saved picture tells


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One denoising step as it is shown. Values are in the network's range [-1, 1], pictures in 0 … 255.

    ‖Δx̂_0‖ here is the root mean square over a picture's values, so that it does not grow with the picture's size.
    """

    index: int  #: 0 for the first step
    t: int  #: the timestep of x_t
    t_next: int  #: the timestep of what the step made; -1: the clean picture
    x_t: NDArray[np.uint8]  #: (N, H, W, C) what went in; what lies beyond [-1, 1] is clipped
    x_0: NDArray[np.uint8]  #: (N, H, W, C) the clean picture as predicted
    alphas_cumprod: float  #: ᾱ_t
    snr: float  #: ᾱ_t / (1 − ᾱ_t)
    delta_x_0: NDArray[np.float32]  #: (N,) RMS change of x̂_0 against the step before; NaN at the first
    x_t_mean: NDArray[np.float32]  #: (N,)
    x_t_std: NDArray[np.float32]  #: (N,)


@dataclass(frozen=True, slots=True, eq=False)
class SamplingFinished:
    """All steps are done."""

    pictures: NDArray[np.uint8]  #: (N, H, W, C) what the last step made


SamplingEvent = SamplingStarted | Frame | SamplingFinished
