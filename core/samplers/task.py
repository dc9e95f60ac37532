"""What a sampler is to do, checked: the model and its conditions, where to begin, which timesteps to take."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, TypedDict

import torch
from torch import Tensor

from ..denoising import DenoisingProcess
from ..errors import Phrase, SamplingError
from ..guidance import NO_GUIDANCE, Guidance
from ..inputs import bad_value
from ..inputs_classes import Labels
from ..inputs_tensors import is_floats, require_finite
from .noise import NoiseSource, noise_like
from .spacing import TimePairs

if TYPE_CHECKING:
    from ..denoising import ModelPrediction
    from ..reverse import ReverseProcess


class Conditions(TypedDict, total=False):
    """What is asked of the pictures: `classes` as `class_labels` takes them, and how strongly they are followed."""

    classes: Labels | None
    guidance_scale: float
    guidance_rescale: float


@dataclass(frozen=True, eq=False)
class Task:
    """What a sampler is to do; everything here is legal, and nothing is left on a default of the model.

    diffusion    the model
    x_T          (B, C, H, W) what to begin with; the sampler leaves it as it is
    pairs        the (t, t_next) of every step, the last t_next is -1
    generator    where noise is drawn from; None: the device's global generator
    classes      (B,) labels, or None
    eta          of the samplers that take it
    x_self_cond  (B, C, H, W) a first guess for a network with self-conditioning, or None
    """

    diffusion: ReverseProcess
    x_T: Tensor
    pairs: TimePairs
    generator: NoiseSource = None
    classes: Tensor | None = None
    guidance: Guidance = NO_GUIDANCE
    eta: float = 0.0
    x_self_cond: Tensor | None = None

    def predict(self, x: Tensor, t: int, x_0_before: Tensor | None) -> ModelPrediction:
        """x̂_0, clipped to [-1, 1], and the ε̂ that goes with it, (B, C, H, W) each.

        x_0_before is x̂_0 of the step before, as its Step showed it, for a network with self-conditioning: so the whole
        state of a trajectory is in its steps (Chen et al. 2022, arXiv 2208.04202).
        """
        return self.diffusion.model_predictions(
            x,
            self.times(x, t),
            self.fed_back(x_0_before),
            clip_x_start=True,
            rederive_pred_noise=True,
            classes=self.classes,
            guidance=self.guidance,
        )

    def times(self, x: Tensor, t: int) -> Tensor:
        """(B,) of t."""
        return torch.full((x.shape[0],), t, device=x.device, dtype=torch.long)

    def fed_back(self, x_0_before: Tensor | None) -> Tensor | None:
        """What the network is given of the guess before."""
        return x_0_before if self.diffusion.self_condition else None

    def noise_like(self, x: Tensor) -> Tensor:
        """z in the shape of x."""
        return noise_like(x, self.generator)

    @cached_property
    def signal(self) -> list[float]:
        """√ᾱ_t; at -1 that of the clean picture, 1."""
        return [*self.diffusion.sqrt_alphas_cumprod.tolist(), 1.0]

    @cached_property
    def spread(self) -> list[float]:
        """√(1−ᾱ_t); at -1 that of the clean picture, 0."""
        return [*self.diffusion.sqrt_one_minus_alphas_cumprod.tolist(), 0.0]


def pictures_taken(diffusion: ReverseProcess, x: Tensor, name: str) -> Tensor:
    """x in the type that the model computes in: that of its tables, or a wider one of its weights.

    A model without weights, a plain function, computes in the wider type of x and the tables. Raises SamplingError,
    naming both shapes, where x is no batch of finite pictures that the network takes, on its device.

    A convolutional network also makes pictures of other sizes than it was trained on, if it can halve them; one that
    does not say how many channels it takes is given any.
    """
    if not isinstance(diffusion, DenoisingProcess):
        raise bad_value("diffusion", diffusion, Phrase("value.gaussian-diffusion"), SamplingError)
    channels = diffusion.channels_taken
    factor = getattr(diffusion.model, "downsample_factor", 1)
    sizes = Phrase("value.any-size") if factor == 1 else Phrase("value.multiples", factor=factor)
    expected = Phrase("value.pictures-of-shape", channels=channels or "channels", sizes=sizes)
    if not is_floats(x):
        value = x.dtype if isinstance(x, Tensor) else x
        raise bad_value(name, value, Phrase("value.in-floats", expected=expected), SamplingError)
    fits = x.ndim == 4 and x.shape[1] == (channels or x.shape[1]) and not any(side % factor for side in x.shape[2:])
    if not fits or not x.numel():
        raise bad_value(name, tuple(x.shape), expected, SamplingError)
    if x.device != diffusion.device:
        raise bad_value(
            name,
            Phrase("value.on-device", device=x.device),
            Phrase("value.pictures-on", device=diffusion.device),
            SamplingError,
        )
    require_finite(name, x, SamplingError)
    weight = next((weight.dtype for weight in diffusion.parameters() if weight.is_floating_point()), x.dtype)
    return x.to(torch.promote_types(weight, diffusion.betas.dtype))
