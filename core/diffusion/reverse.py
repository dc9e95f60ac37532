"""What a network says about a noisy picture: the clean picture and the noise in it, with classes and guidance.

Notation: x_start or x_0 is a picture in [-1, 1], noise ε ~ N(0, I), t = 0 … T-1 (0 means one step of noise), and
x_t = √ᾱ_t·x_0 + √(1−ᾱ_t)·ε (Ho et al. 2020, arXiv 2006.11239, eq. 4). Names are those of denoising-diffusion-pytorch.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

import torch
from torch import Tensor

from ..catalogue import OBJECTIVES
from ..errors import ConfigError, Phrase
from ..inputs import (
    as_flag,
    as_names,
    bad_value,
    height_and_width,
    is_whole,
    require_fitting_size,
    require_network,
    require_one_of,
)
from .guidance import NO_GUIDANCE, Guidance, guide, require_guidance
from .inputs import Labels, as_labels, require_alike, require_batch, require_prediction, require_timesteps
from .objectives import objective_named
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


class ReverseProcess(ForwardProcess):
    """A forward process and the network that undoes it.

    model       any Denoiser; a Unet, say
    betas       (T,) float64 on the CPU, each in (0, 1)
    image_size  pixels: one number, or (height, width)
    objective   a row of OBJECTIVES: what the network predicts
    class_names what the network's classes are called, in order; kept for whoever shows them
    sampling_timesteps  steps of a sampler that is not told how many (None: T); fewer than T means DDIM
    ddim_sampling_eta   0 (deterministic) … 1 (as noisy as DDPM), where a sampler is not told
    auto_normalize      pictures come and go in [0, 1]; False: in [-1, 1]

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
        sampling_timesteps: int | None,
        ddim_sampling_eta: float,
        auto_normalize: bool,
    ) -> None:
        super().__init__(betas)
        require_network(model)
        self.model = model
        self.channels: int = getattr(model, "channels", 3)
        self.self_condition: bool = getattr(model, "self_condition", False)
        self.num_classes: int | None = getattr(model, "num_classes", None)
        self.class_names = None if class_names is None else as_names("class_names", class_names)
        self._scales_time: bool = getattr(model, "random_or_learned_sinusoidal_cond", False)
        out_dim = getattr(model, "out_dim", self.channels)
        if out_dim != self.channels:
            raise ConfigError(
                "config.conflict",
                first=Phrase("setting.is", name="out_dim", value=out_dim),
                second=Phrase("setting.is", name="channels", value=self.channels),
                reason=Phrase("conflict.channels-out"),
            )
        if self.class_names is not None and len(self.class_names) != self.num_classes:
            raise ConfigError(
                "config.conflict",
                first=Phrase("conflict.class-names", count=len(self.class_names)),
                second=Phrase("conflict.the-model"),
                reason=Phrase("conflict.knows-classes", count=self.num_classes)
                if self.num_classes
                else Phrase("conflict.knows-no-classes"),
            )
        self.image_size = height_and_width(image_size)
        require_fitting_size(self.image_size, getattr(model, "downsample_factor", 1))
        require_one_of("objective", objective, OBJECTIVES, ConfigError)
        self.objective = objective
        timesteps = self.num_timesteps
        if sampling_timesteps is not None and not is_whole(sampling_timesteps, 1, timesteps):
            expected = Phrase("value.up-to-timesteps", timesteps=timesteps)
            raise bad_value("sampling_timesteps", sampling_timesteps, expected)
        self.sampling_timesteps = timesteps if sampling_timesteps is None else int(sampling_timesteps)
        self.is_ddim_sampling = self.sampling_timesteps < timesteps
        self.ddim_sampling_eta = ddim_sampling_eta
        self.auto_normalize = auto_normalize

    def normalize(self, img: Tensor) -> Tensor:
        """[0, 1] → [-1, 1] where auto_normalize is on. Raises ConfigError for what is no tensor of floats."""
        require_alike(img=img)
        return img * 2 - 1 if self.auto_normalize else img

    def unnormalize(self, x: Tensor) -> Tensor:
        """[-1, 1] → [0, 1] where auto_normalize is on. Raises ConfigError for what is no tensor of floats."""
        require_alike(x=x)
        return (x + 1) * 0.5 if self.auto_normalize else x

    @property
    def channels_taken(self) -> int | None:
        """The channels of a picture; None where the network does not say, and is given any."""
        channels: int | None = getattr(self.model, "channels", None)
        return channels

    def _predict(self, x: Tensor, t: Tensor, x_self_cond: Tensor | None, classes: Tensor | None) -> Tensor:
        time = t / max(self.num_timesteps - 1, 1) if self._scales_time else t
        output = self.model(x, time, x_self_cond) if classes is None else self.model(x, time, x_self_cond, classes)
        # Autocast may give a narrower type; what is computed from the output keeps the picture's.
        return require_prediction(output, x).to(x.dtype)

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

    def class_labels(self, classes: Labels, count: int) -> Tensor:
        """One label per picture, (count,) on the model's device; a single one holds for all.

        Labels are numbers from 0 to num_classes, which means none, or where the model has class_names these. Raises
        SamplingError for one that does not exist, another number of them, or a model without classes.
        """
        return as_labels(classes, count, self.num_classes, self.class_names, self.device)

    def _labels(self, classes: Labels, count: int) -> Tensor:
        """As `class_labels`, but what is ready on a GPU is taken as it is: a look at it would have to wait."""
        if self.num_classes is None or not isinstance(classes, Tensor) or classes.dtype != torch.long:
            return self.class_labels(classes, count)
        if classes.shape != (count,) or classes.device.type == "cpu" or classes.device != self.device:
            return self.class_labels(classes, count)
        return classes

    def model_predictions(
        self,
        x: Tensor,
        t: Tensor,
        x_self_cond: Tensor | None = None,
        clip_x_start: bool = False,
        rederive_pred_noise: bool = False,
        *,
        classes: Labels | None = None,
        guidance: Guidance = NO_GUIDANCE,
    ) -> ModelPrediction:
        """ε̂ and x̂_0 from one call of the network (two in one with guidance), (B, C, H, W) each.

        clip_x_start clips x̂_0 to [-1, 1]; ε̂ then follows from it, for pred_noise only with rederive_pred_noise.
        Raises ConfigError for tensors of other shapes and timesteps that do not exist, SamplingError for classes.
        """
        require_batch("x", x, self.channels_taken, like=self.betas)
        require_timesteps("t", t, self.num_timesteps, like=x)
        if x_self_cond is not None:
            require_alike(x=x, x_self_cond=x_self_cond)
        labels = None if classes is None else self._labels(classes, len(x))
        if guidance is not NO_GUIDANCE:
            require_guidance(guidance, has_classes=labels is not None)
        clips, rederives = as_flag("clip_x_start", clip_x_start), as_flag("rederive_pred_noise", rederive_pred_noise)
        objective = objective_named(self.objective)
        output = self._predict_guided(x, t, x_self_cond, labels, guidance)
        x_start = objective.to_x_start(self, x, t, output)
        if clips:
            x_start = x_start.clamp(-1.0, 1.0)
        if objective.output_is_noise and not (clips and rederives):
            return ModelPrediction(output, x_start)
        return ModelPrediction(self.predict_noise_from_start(x, t, x_start), x_start)

    def p_mean_variance(
        self,
        x: Tensor,
        t: Tensor,
        x_self_cond: Tensor | None = None,
        clip_denoised: bool = True,
        *,
        classes: Labels | None = None,
        guidance: Guidance = NO_GUIDANCE,
    ) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """p(x_{t-1} | x_t): mean (B, C, H, W), variance and log variance (B, 1, 1, 1), and x̂_0 (B, C, H, W)."""
        x_start = self.model_predictions(
            x, t, x_self_cond, clip_x_start=clip_denoised, classes=classes, guidance=guidance
        ).pred_x_start
        return *self.q_posterior(x_start, x, t), x_start
