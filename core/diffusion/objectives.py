"""What the network is asked to predict: the noise, the clean picture, or one of two velocities between them.

Every objective is a row of `catalogue.OBJECTIVES`, and here what it computes: its target in training, the way back from
the network's output to the clean picture x̂_0, and what an error of the output means for x̂_0.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..catalogue import OBJECTIVES

if TYPE_CHECKING:
    from torch import Tensor

    from .process import ForwardProcess


@dataclass(frozen=True)
class Objective:
    """What a row of `catalogue.OBJECTIVES` computes.

    target(process, x_start, t, noise): what the network's output is compared with, (B, C, H, W)
    to_x_start(process, x_t, t, output): x̂_0 from the output, (B, C, H, W), not clipped
    plain_weight(snr): w_t without a weighting, with SNR_t = ᾱ_t / (1 − ᾱ_t), (T,)
    output_error(snr): the squared error of the output that goes with a squared error of 1 in x̂_0, (T,)
    output_is_noise: the output is ε̂ itself, which then need not be derived from x̂_0
    """

    target: Callable[[ForwardProcess, Tensor, Tensor, Tensor], Tensor]
    to_x_start: Callable[[ForwardProcess, Tensor, Tensor, Tensor], Tensor]
    plain_weight: Callable[[Tensor], Tensor]
    output_error: Callable[[Tensor], Tensor]
    output_is_noise: bool = False


pred_noise = Objective(
    target=lambda _process, _x_start, _t, noise: noise,
    to_x_start=lambda process, x_t, t, output: process.predict_start_from_noise(x_t, t, output),
    plain_weight=lambda snr: snr / snr,
    output_error=lambda snr: snr,
    output_is_noise=True,
)
pred_x0 = Objective(
    target=lambda _process, x_start, _t, _noise: x_start,
    to_x_start=lambda _process, _x_t, _t, output: output,
    plain_weight=lambda snr: snr,
    output_error=lambda snr: snr / snr,
)
pred_v = Objective(
    target=lambda process, x_start, t, noise: process.predict_v(x_start, t, noise),
    to_x_start=lambda process, x_t, t, output: process.predict_start_from_v(x_t, t, output),
    plain_weight=lambda snr: snr / (snr + 1),
    output_error=lambda snr: snr + 1,
)
# Rectified flow draws straight lines (1-τ)·x_0 + τ·ε. Scaled to the variance that x_t has here they are the same
# path, with τ = √(1−ᾱ)/(√ᾱ + √(1−ᾱ)); so the objective goes with every schedule and every sampler.
pred_flow = Objective(
    target=lambda _process, x_start, _t, noise: noise - x_start,
    to_x_start=lambda process, x_t, t, output: process.predict_start_from_flow(x_t, t, output),
    plain_weight=lambda snr: snr / snr,
    output_error=lambda snr: (snr.sqrt() + 1).square(),
)


def objective_named(name: str) -> Objective:
    """What the objective of this name computes. KeyError where there is none."""
    found = OBJECTIVES[name].load()
    assert isinstance(found, Objective), name
    return found
