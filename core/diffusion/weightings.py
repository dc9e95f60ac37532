"""How much each timestep counts in the loss: the weight w_t of the squared error of the network's output.

Every weighting is a row of `catalogue.WEIGHTINGS`, and here what it computes. One that is meant for the error of the
clean picture x̂_0 divides by the objective's `output_error`, and so weighs that error alike under every objective.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol

from ..catalogue import WEIGHTINGS
from ..errors import ConfigError, Phrase
from .process import Objective, objective_named

if TYPE_CHECKING:
    from torch import Tensor


class Weighting(Protocol):
    """What a row of `catalogue.WEIGHTINGS` computes."""

    def __call__(self, objective: Objective, snr: Tensor, /, **options: float) -> Tensor:
        """w_t, (T,), in the type of snr, the signal-to-noise ratio ᾱ_t / (1 − ᾱ_t)."""


def none(objective: Objective, snr: Tensor) -> Tensor:
    """What the objective comes with: 1 for noise, as denoising-diffusion-pytorch has it for the others."""
    return objective.plain_weight(snr)


def min_snr(objective: Objective, snr: Tensor, *, gamma: float) -> Tensor:
    """The squared error of x̂_0 weighs min(SNR, γ) (Hang et al. 2023, arXiv 2303.09556, section 3.4)."""
    return snr.clamp(max=gamma) / objective.output_error(snr)


def p2(objective: Objective, snr: Tensor, *, gamma: float, k: float) -> Tensor:
    """The squared error of the noise weighs 1 / (k + SNR)^γ (Choi et al. 2022, arXiv 2204.00227)."""
    return snr / (k + snr) ** gamma / objective.output_error(snr)


def constant(_objective: Objective, snr: Tensor) -> Tensor:
    """Every timestep's output weighs the same."""
    return snr / snr


def library_weighting(min_snr_gamma: float | None) -> tuple[str, dict[str, float]]:
    """The row and its options as denoising-diffusion-pytorch says them: γ of min-SNR, or None without it."""
    return ("none", {}) if min_snr_gamma is None else ("min_snr", {"gamma": min_snr_gamma})


def loss_weights(
    objective: str, snr: Tensor, weighting: str = "none", options: Mapping[str, float] = MappingProxyType({})
) -> Tensor:
    """w_t, (T,), of an objective under a weighting, in the type of snr; options not given are as the row offers them.

    Raises ConfigError for an option that the weighting does not take, weights that cannot be, and a row that is not
    installed.
    """
    row = WEIGHTINGS[weighting]
    filled = row.filled(options, "loss_weighting_kwargs")
    weigh: Weighting = row.load()
    weights = weigh(objective_named(objective), snr, **filled)
    if weights.shape != snr.shape or not bool((weights.isfinite() & (weights >= 0)).all()):
        expected = Phrase("value.weighting-options", weighting=row.title)
        raise ConfigError("config.bad-value", name="loss_weighting_kwargs", value=filled, expected=expected)
    return weights
