"""What a sampling run tells, one frozen event at a time: plain arrays that a window can show without torch.

Arrays in an event belong to whoever receives it: the sampler never touches them again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

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
    objective: str = "pred_noise"  #: a row of OBJECTIVES, which says what the layer "output" is
    normalized: bool = True  #: pictures are [-1, 1] to the network; False: they came as [0, 1]
    layers: tuple[str, ...] = ()  #: those that every Frame has; some have more
    self_condition: bool = False  #: the network is given x̂_0 of the step before
    condition: NDArray[np.uint8] | None = None  #: (N, H, W, c) what it sees beside x_t; None: nothing


class TermFacts(NamedTuple):
    """One addend of a step, as `core.samplers.Term` has it; its numbers are a layer, of so many steps back."""

    symbol: str
    coefficient: float
    steps_back: int = 0
    where: str = ""


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
    #: (N, H, W, C) float32 in the network's range, where they were asked for: "x_t", "x_0", "output" and, where the
    #: step has it, "noise", "conditional", "unconditional", "of_guide", "x_0_ahead", "output_ahead", "x_t_corrected",
    #: "known", "x_next"
    layers: Mapping[str, NDArray[np.float32]] = field(default_factory=dict)
    terms: tuple[TermFacts, ...] = ()  #: what the sampler added up to what came out


@dataclass(frozen=True, slots=True, eq=False)
class SamplingFinished:
    """All steps are done."""

    pictures: NDArray[np.uint8]  #: (N, H, W, C) what the last step made
    x: NDArray[np.float32] | None = None  #: the same in the network's range, where layers were asked for


SamplingEvent = SamplingStarted | Frame | SamplingFinished
