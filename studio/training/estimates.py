"""What is known of a training before it starts: the loss weights w(t) and the size of the network.

Answered on a background thread, since both need torch.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from core.errors import ConfigError
    from core.settings import DiffusionConfig, RunConfig


@dataclass(frozen=True, slots=True)
class Estimate:
    """The answer for one configuration."""

    weights: NDArray[np.float64] | None  #: (T,) w(t); None where the process cannot be built
    parameters: int | None  #: None where the network cannot be built, or waits for the pictures
    problem: ConfigError | None = None  #: why there is no process, where the settings alone do not tell


def estimate(config: RunConfig) -> Estimate:
    """Both for a resolved configuration that may be illegal; what cannot be built is None."""
    from core.errors import ConfigError

    legal = not config.problems()
    try:
        weights = weights_of(config.diffusion)
    except ConfigError as error:
        return Estimate(None, None, error if legal else None)
    resolved = None not in (config.data.image_size, config.data.channels)
    return Estimate(weights, parameter_count(config) if legal and resolved else None)


def weights_of(diffusion: DiffusionConfig) -> NDArray[np.float64]:
    """(T,) the weight of the loss at each t, min-SNR included (Hang et al. 2023, arXiv 2303.09556).

    Raises ConfigError where the schedule cannot be built.
    """
    from core.diffusion.process import signal_to_noise_ratio
    from core.diffusion.schedules import make_betas
    from core.diffusion.weightings import loss_weights

    betas = make_betas(diffusion.beta_schedule, diffusion.timesteps, diffusion.schedule_options())
    snr = signal_to_noise_ratio(betas)
    weights: NDArray[np.float64] = loss_weights(
        diffusion.objective, snr, diffusion.loss_weighting, diffusion.weighting_options()
    ).numpy()
    return weights


def parameter_count(config: RunConfig) -> int:
    """How many numbers the network learns; nothing is allocated for it."""
    import torch

    from core.networks.build import build_diffusion

    with torch.device("meta"):
        model = build_diffusion(config)
    return sum(parameter.numel() for parameter in model.parameters())
