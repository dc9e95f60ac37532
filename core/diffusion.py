"""Gaussian diffusion around a network: how it takes noise away step by step, and what its training minimises.

Notation: x_start or x_0 is a picture in [-1, 1], noise ε ~ N(0, I), t = 0 … T-1 (0 means one step of noise), and
x_t = √ᾱ_t·x_0 + √(1−ᾱ_t)·ε (Ho et al. 2020, arXiv 2006.11239, eq. 4). Names are those of denoising-diffusion-pytorch.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple, Protocol

import torch
from torch import Tensor

from . import randomness, samplers
from .errors import ConfigError, SamplingError
from .guidance import NO_GUIDANCE, Guidance, guide, leave_out
from .immiscible import assign_noise, nearest_noise
from .objectives import OBJECTIVES
from .picture_size import height_and_width, require_fitting_size
from .process import ForwardProcess, signal_to_noise_ratio
from .schedules import make_betas


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


@dataclass(frozen=True, eq=False)
class TrainingLoss:
    """The loss of each picture of a batch, (B,): `raw`, the mean squared error, and `weight`, w_t of its timestep."""

    raw: Tensor
    weight: Tensor

    @property
    def weighted(self) -> Tensor:
        """(B,)."""
        return self.raw * self.weight

    @property
    def mean(self) -> Tensor:
        """What training minimises, a scalar."""
        return self.weighted.mean()


class GaussianDiffusion(ForwardProcess):
    """The diffusion process around a network.

    model                   any Denoiser; a Unet, say
    image_size              pixels: one number, or (height, width)
    timesteps               T, the steps of the forward process
    sampling_timesteps      steps that `sample` takes (None: T); fewer than T means DDIM
    objective               a row of OBJECTIVES: what the network predicts
    beta_schedule, schedule_fn_kwargs    a row of SCHEDULES and its options
    ddim_sampling_eta       0 (deterministic) … 1 (as noisy as DDPM)
    auto_normalize          pictures come and go in [0, 1]; False: in [-1, 1]
    offset_noise_strength   share of noise that is one number per channel, 0 for none (Guttenberg 2023)
    min_snr_loss_weight, min_snr_gamma   clip SNR at γ in the loss weights (Hang et al. 2023, arXiv 2303.09556)
    immiscible              pair pictures with near noise in each batch (Li et al. 2024, arXiv 2406.12303)
    immiscible_candidates   K ≥ 2: each picture takes the nearest of K noises instead, which works at batch size 1
    class_dropout           how often a label is left out in training (Ho & Salimans 2022, arXiv 2207.12598)
    class_names             what the model's classes are called, in order; kept for whoever shows them
    betas                   (T,) float64, a schedule of one's own; then `timesteps` and `beta_schedule` are not read

    Raises ConfigError for settings that cannot work.
    """

    loss_weight: Tensor

    def __init__(
        self,
        model: Denoiser,
        *,
        image_size: int | Sequence[int],
        timesteps: int = 1000,
        sampling_timesteps: int | None = None,
        objective: str = "pred_v",
        beta_schedule: str = "sigmoid",
        schedule_fn_kwargs: Mapping[str, float] = MappingProxyType({}),
        ddim_sampling_eta: float = 0.0,
        auto_normalize: bool = True,
        offset_noise_strength: float = 0.0,
        min_snr_loss_weight: bool = False,
        min_snr_gamma: float = 5,
        immiscible: bool = False,
        immiscible_candidates: int = 0,
        class_dropout: float = 0.1,
        class_names: Sequence[str] | None = None,
        betas: Tensor | None = None,
    ) -> None:
        named = betas is None
        if betas is None:
            betas = make_betas(beta_schedule, timesteps, schedule_fn_kwargs)
        super().__init__(betas)
        timesteps = self.num_timesteps
        self.model = model
        self.channels: int = getattr(model, "channels", 3)
        self.self_condition: bool = getattr(model, "self_condition", False)
        self.num_classes: int | None = getattr(model, "num_classes", None)
        self.class_names = None if class_names is None else tuple(class_names)
        if self.class_names is not None and len(self.class_names) != self.num_classes:
            reason = f"{len(self.class_names)} are named, and it knows {self.num_classes or 'none'}"
            raise ConfigError("config.conflict", first="class_names", second="the model", reason=reason)
        self._scales_time: bool = getattr(model, "random_or_learned_sinusoidal_cond", False)
        out_dim = getattr(model, "out_dim", self.channels)
        if out_dim != self.channels:
            raise ConfigError(
                "config.conflict",
                first=f"out_dim={out_dim}",
                second=f"channels={self.channels}",
                reason="what the network predicts has as many channels as the picture",
            )
        self.image_size = height_and_width(image_size)
        require_fitting_size(self.image_size, getattr(model, "downsample_factor", 1))
        if objective not in OBJECTIVES:
            raise ConfigError(
                "config.bad-value", name="objective", value=objective, expected="one of " + ", ".join(OBJECTIVES)
            )
        self.objective = objective
        self.auto_normalize = auto_normalize
        self.offset_noise_strength = offset_noise_strength
        #: the name and options that made the tables; None: a schedule of one's own
        self.beta_schedule = beta_schedule if named else None
        self.schedule_fn_kwargs = dict(schedule_fn_kwargs or {})
        self.immiscible = immiscible
        self.immiscible_candidates = immiscible_candidates
        self.class_dropout = class_dropout
        self.min_snr_gamma = float(min_snr_gamma) if min_snr_loss_weight else None
        self.sampling_timesteps = timesteps if sampling_timesteps is None else sampling_timesteps
        if not 1 <= self.sampling_timesteps <= timesteps:
            raise ConfigError(
                "config.bad-value",
                name="sampling_timesteps",
                value=sampling_timesteps,
                expected=f"a whole number from 1 to timesteps, {timesteps}",
            )
        self.is_ddim_sampling = self.sampling_timesteps < timesteps
        self.ddim_sampling_eta = ddim_sampling_eta

        snr = signal_to_noise_ratio(betas)
        clipped_snr = snr.clamp(max=min_snr_gamma) if min_snr_loss_weight else snr
        self.register_table("loss_weight", OBJECTIVES[objective].loss_weight(clipped_snr, snr))

    def normalize(self, img: Tensor) -> Tensor:
        """[0, 1] → [-1, 1] where auto_normalize is on."""
        return img * 2 - 1 if self.auto_normalize else img

    def unnormalize(self, x: Tensor) -> Tensor:
        """[-1, 1] → [0, 1] where auto_normalize is on."""
        return (x + 1) * 0.5 if self.auto_normalize else x

    # The reverse process

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

    def p_sample(
        self,
        x: Tensor,
        t: int,
        x_self_cond: Tensor | None = None,
        *,
        generator: torch.Generator | None = None,
    ) -> tuple[Tensor, Tensor]:
        """One DDPM step: x_{t-1} and x̂_0, (B, C, H, W) each."""
        step = next(samplers.ancestral(self, x, [(t, t - 1)], generator=generator, x_self_cond=x_self_cond))
        return step.x_next, step.x_0

    def p_sample_loop(self, shape: Sequence[int], return_all_timesteps: bool = False) -> Tensor:
        """DDPM over all T steps from fresh noise; returns as `sample` does. shape: (B, C, H, W)."""
        return self._run("ddpm", shape, return_all_timesteps)

    def ddim_sample(self, shape: Sequence[int], return_all_timesteps: bool = False) -> Tensor:
        """DDIM over sampling_timesteps steps from fresh noise; returns as `sample` does. shape: (B, C, H, W)."""
        return self._run("ddim", shape, return_all_timesteps)

    def sample(self, batch_size: int = 16, return_all_timesteps: bool = False) -> Tensor:
        """New pictures: (B, C, H, W) in [0, 1], or (B, steps + 1, C, H, W) with x_T first."""
        shape = (batch_size, self.channels, *self.image_size)
        return self._run("ddim" if self.is_ddim_sampling else "ddpm", shape, return_all_timesteps)

    def _run(self, sampler: str, shape: Sequence[int], return_all_timesteps: bool) -> Tensor:
        x = torch.randn(tuple(shape), device=self.device)
        history = [x]
        for step in samplers.SAMPLERS[sampler](self, x):
            x = step.x_next
            if return_all_timesteps:
                history.append(x)
        return self.unnormalize(torch.stack(history, dim=1) if return_all_timesteps else x)

    def interpolate(self, x1: Tensor, x2: Tensor, t: int | None = None, lam: float = 0.5) -> Tensor:
        """Between two pictures: both noised to t, mixed (1 − λ, λ), denoised from t (Ho et al. 2020, section 4.4).

        x1, x2: (B, C, H, W) in [0, 1], as the result. t: 0 … T-1 (None: T-1). Raises SamplingError.
        """
        t = self.num_timesteps - 1 if t is None else t
        if not 0 <= t < self.num_timesteps:
            expected = f"a whole number from 0 to {self.num_timesteps - 1}"
            raise SamplingError("sampling.bad-value", name="t", value=t, expected=expected)
        if x1.shape != x2.shape:
            raise ConfigError("config.picture-shape", got=tuple(x2.shape), expected=f"two of {tuple(x1.shape)}")
        t_batch = torch.full((x1.shape[0],), t, device=x1.device)
        x = (1 - lam) * self.q_sample(self.normalize(x1), t_batch) + lam * self.q_sample(self.normalize(x2), t_batch)
        for step in samplers.ancestral(self, x, [(s, s - 1) for s in range(t, -1, -1)]):
            x = step.x_next
        return self.unnormalize(x)

    # Training

    def prepare_noise(
        self,
        x_start: Tensor,
        noise: Tensor | None = None,
        *,
        offset_noise_strength: float | None = None,
        generator: torch.Generator | None = None,
    ) -> Tensor:
        """The noise of a training step, (B, C, H, W), with the tricks that are on: offset noise, then immiscible.

        Both x_t and the target must be made of what this returns. `noise` is left as it is (None: drawn here); where
        each picture chooses among K noises it is the first of them.
        """
        strength = self.offset_noise_strength if offset_noise_strength is None else offset_noise_strength

        def drawn(shape: Sequence[int]) -> Tensor:
            return randomness.normal(shape, generator=generator, device=x_start.device, dtype=x_start.dtype)

        def with_offset(noise: Tensor) -> Tensor:
            return noise + strength * drawn((*x_start.shape[:2], 1, 1)) if strength > 0 else noise

        noise = with_offset(drawn(x_start.shape) if noise is None else noise)
        if not self.immiscible:
            return noise
        if self.immiscible_candidates < 2:
            return assign_noise(x_start, noise)
        further = [with_offset(drawn(x_start.shape)) for _ in range(self.immiscible_candidates - 1)]
        return nearest_noise(x_start, torch.stack((noise, *further)))

    def prepare_classes(self, classes: Tensor, *, generator: torch.Generator | None = None) -> Tensor:
        """The labels of a training step, (B,), each left out with probability `class_dropout`."""
        assert self.num_classes is not None
        return leave_out(classes, self.num_classes, self.class_dropout, generator=generator)

    def training_losses(
        self,
        x_start: Tensor,
        t: Tensor,
        noise: Tensor,
        *,
        classes: Tensor | None = None,
        self_condition_draw: bool | None = None,
    ) -> TrainingLoss:
        """The loss of each picture; the one way through for all training.

        x_start: (B, C, H, W) in [-1, 1]; t: (B,); noise: (B, C, H, W) as `prepare_noise` returned it; classes: (B,)
        as `prepare_classes` returned them.
        self_condition_draw: whether a network with self-conditioning is given a first guess of its own, without
        gradient and not clipped (None: with probability ½; Chen et al. 2022, arXiv 2208.04202).
        """
        x = self.q_sample(x_start, t, noise)
        x_self_cond = None
        if self.self_condition and (random.random() < 0.5 if self_condition_draw is None else self_condition_draw):  # noqa: S311
            with torch.no_grad():
                x_self_cond = self.model_predictions(x, t, classes=classes).pred_x_start
        output = self._predict(x, t, x_self_cond, classes)
        target = OBJECTIVES[self.objective].target(self, x_start, t, noise)
        return TrainingLoss(raw=(output - target).square().flatten(1).mean(dim=1), weight=self.loss_weight[t])

    def p_losses(
        self,
        x_start: Tensor,
        t: Tensor,
        noise: Tensor | None = None,
        offset_noise_strength: float | None = None,
        loss_reduction: str = "mean",
        *,
        classes: Tensor | None = None,
    ) -> Tensor:
        """The weighted loss: a scalar, or (B,) with loss_reduction="none". x_start: (B, C, H, W) in [-1, 1].

        classes: (B,) labels, of which some are left out here (`class_dropout`).
        """
        if loss_reduction not in ("mean", "none"):
            raise ConfigError("config.bad-value", name="loss_reduction", value=loss_reduction, expected="mean or none")
        noise = self.prepare_noise(x_start, noise, offset_noise_strength=offset_noise_strength)
        if classes is not None:
            classes = self.prepare_classes(self.class_labels(classes, len(x_start)))
        losses = self.training_losses(x_start, t, noise, classes=classes)
        return losses.weighted if loss_reduction == "none" else losses.mean

    def random_times(self, batch_size: int) -> Tensor:
        """(batch_size,) timesteps, each of 0 … T-1 equally likely, from the global generator."""
        return torch.randint(0, self.num_timesteps, (batch_size,), device=self.device)

    def forward(
        self,
        img: Tensor,
        noise: Tensor | None = None,
        offset_noise_strength: float | None = None,
        *,
        times: Tensor | None = None,
        loss_reduction: str = "mean",
        classes: Tensor | None = None,
    ) -> Tensor:
        """The training loss of pictures (B, C, H, W) in [0, 1]; see `p_losses`. Raises ConfigError for other shapes."""
        if tuple(img.shape[1:]) != (self.channels, *self.image_size):
            expected = f"(batch, {self.channels}, {self.image_size[0]}, {self.image_size[1]})"
            raise ConfigError("config.picture-shape", got=tuple(img.shape), expected=expected)
        times = self.random_times(img.shape[0]) if times is None else times
        return self.p_losses(self.normalize(img), times, noise, offset_noise_strength, loss_reduction, classes=classes)
