"""What a network says about a noisy picture: the clean picture and the noise in it, with classes and guidance.

Notation: x_start or x_0 is a picture in [-1, 1], noise ε ~ N(0, I), t = 0 … T-1 (0 means one step of noise), and
x_t = √ᾱ_t·x_0 + √(1−ᾱ_t)·ε (Ho et al. 2020, arXiv 2006.11239, eq. 4). Names are those of denoising-diffusion-pytorch.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

import torch
from torch import Tensor

from .errors import ConfigError, SamplingError
from .guidance import NO_GUIDANCE, Guidance, guide
from .inputs import require_network
from .objectives import OBJECTIVES
from .picture_size import height_and_width, require_fitting_size
from .process import ForwardProcess


class Denoiser(Protocol):
    """Any network: (x_t, t, x_self_cond[, classes]) → prediction, with x_t and the prediction (B, C, H, W), t (B,).

    Optional attributes: `channels` (3), `out_dim` (channels), `self_condition` (False), `downsample_factor` (1),
    `random_or_learned_sinusoidal_cond` (False; True: t is passed scaled to [0, 1]), `num_classes` (None; K: it takes
    classes 0 … K-1, and K for none).
    """

    def __call__(self, x: Tensor, t: Tensor, x_self_cond: Tensor | None, /, *classes: Tensor) -> Tensor:
        """The objective's output."""


class ModelPrediction(NamedTuple):
    """What the network's output says about x_t: (B, C, H, W) each."""

    pred_noise: Tensor
    pred_x_start: Tensor


class DenoisingProcess(ForwardProcess):
    """A forward process and the network that undoes it.

    model       any Denoiser; a Unet, say
    betas       (T,) float64 on the CPU, each in (0, 1)
    image_size  pixels: one number, or (height, width)
    objective   a row of OBJECTIVES: what the network predicts
    class_names what the network's classes are called, in order; kept for whoever shows them

    Raises ConfigError for settings that cannot work.
    """

    def __init__(
        self,
        model: Denoiser,
        betas: Tensor,
        *,
        image_size: int | Sequence[int],
        objective: str,
        class_names: Sequence[str] | None,
    ) -> None:
        super().__init__(betas)
        require_network(model)
        self.model = model
        self.channels: int = getattr(model, "channels", 3)
        self.self_condition: bool = getattr(model, "self_condition", False)
        self.num_classes: int | None = getattr(model, "num_classes", None)
        self.class_names = None if class_names is None else tuple(class_names)
        self._scales_time: bool = getattr(model, "random_or_learned_sinusoidal_cond", False)
        out_dim = getattr(model, "out_dim", self.channels)
        if out_dim != self.channels:
            raise ConfigError(
                "config.conflict",
                first=f"out_dim={out_dim}",
                second=f"channels={self.channels}",
                reason="what the network predicts has as many channels as the picture",
            )
        if self.class_names is not None and len(self.class_names) != self.num_classes:
            raise ConfigError(
                "config.conflict",
                first=f"{len(self.class_names)} class_names",
                second="the model",
                reason=f"it knows {self.num_classes or 'no'} classes",
            )
        self.image_size = height_and_width(image_size)
        require_fitting_size(self.image_size, getattr(model, "downsample_factor", 1))
        if objective not in OBJECTIVES:
            raise ConfigError(
                "config.bad-value", name="objective", value=objective, expected="one of " + ", ".join(OBJECTIVES)
            )
        self.objective = objective

    def _predict(self, x: Tensor, t: Tensor, x_self_cond: Tensor | None, classes: Tensor | None) -> Tensor:
        time = t / max(self.num_timesteps - 1, 1) if self._scales_time else t
        output = self.model(x, time, x_self_cond) if classes is None else self.model(x, time, x_self_cond, classes)
        # Autocast may give a narrower type; what is computed from the output keeps the picture's.
        return output.to(x.dtype)

    def _predict_guided(
        self, x: Tensor, t: Tensor, x_self_cond: Tensor | None, classes: Tensor | None, guidance: Guidance
    ) -> Tensor:
        """The output with guidance: one pass at scale 1 or without classes, else one pass over a doubled batch."""
        if classes is None or guidance.scale == 1:
            return self._predict(x, t, x_self_cond, classes)
        assert self.num_classes is not None
        both = torch.cat((classes, torch.full_like(classes, self.num_classes)))
        self_cond = None if x_self_cond is None else x_self_cond.repeat(2, 1, 1, 1)
        conditional, unconditional = self._predict(x.repeat(2, 1, 1, 1), t.repeat(2), self_cond, both).chunk(2)
        return guide(conditional, unconditional, guidance)

    def class_labels(self, classes: Tensor | Sequence[int] | int, count: int) -> Tensor:
        """One label per picture, (count,) on the model's device; a single number holds for all.

        Raises SamplingError for a label that does not exist, another number of labels, or a model without classes.
        """
        if self.num_classes is None:
            reason = "this model was trained without classes"
            raise SamplingError("sampling.bad-value", name="classes", value=classes, expected=reason)
        labels = torch.as_tensor(classes, dtype=torch.long, device=self.device)
        labels = labels.expand(count) if labels.ndim == 0 else labels
        if labels.shape != (count,):
            expected = f"one label for each of the {count} pictures, or one for all"
            raise SamplingError("sampling.bad-value", name="classes", value=labels.tolist(), expected=expected)
        for label in set(labels.tolist()):
            if not 0 <= label <= self.num_classes:
                expected = f"a label from 0 to {self.num_classes - 1}, or {self.num_classes} for none"
                raise SamplingError("sampling.bad-value", name="classes", value=label, expected=expected)
        return labels

    def model_predictions(
        self,
        x: Tensor,
        t: Tensor,
        x_self_cond: Tensor | None = None,
        clip_x_start: bool = False,
        rederive_pred_noise: bool = False,
        *,
        classes: Tensor | None = None,
        guidance: Guidance = NO_GUIDANCE,
    ) -> ModelPrediction:
        """ε̂ and x̂_0 from one call of the network (two in one with guidance), (B, C, H, W) each.

        clip_x_start clips x̂_0 to [-1, 1]; ε̂ then follows from it, for pred_noise only with rederive_pred_noise.
        """
        objective = OBJECTIVES[self.objective]
        output = self._predict_guided(x, t, x_self_cond, classes, guidance)
        x_start = objective.to_x_start(self, x, t, output)
        if clip_x_start:
            x_start = x_start.clamp(-1.0, 1.0)
        if objective.output_is_noise and not (clip_x_start and rederive_pred_noise):
            return ModelPrediction(output, x_start)
        return ModelPrediction(self.predict_noise_from_start(x, t, x_start), x_start)

    def p_mean_variance(
        self,
        x: Tensor,
        t: Tensor,
        x_self_cond: Tensor | None = None,
        clip_denoised: bool = True,
        *,
        classes: Tensor | None = None,
        guidance: Guidance = NO_GUIDANCE,
    ) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """p(x_{t-1} | x_t): mean (B, C, H, W), variance and log variance (B, 1, 1, 1), and x̂_0 (B, C, H, W)."""
        x_start = self.model_predictions(
            x, t, x_self_cond, clip_x_start=clip_denoised, classes=classes, guidance=guidance
        ).pred_x_start
        return *self.q_posterior(x_start, x, t), x_start
