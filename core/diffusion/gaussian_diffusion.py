"""Gaussian diffusion around a network: the whole model, and what its training minimises.

Notation: x_start or x_0 is a picture in [-1, 1], noise ε ~ N(0, I), t = 0 … T-1 (0 means one step of noise), and
x_t = √ᾱ_t·x_0 + √(1−ᾱ_t)·ε (Ho et al. 2020, arXiv 2006.11239, eq. 4). Names are those of denoising-diffusion-pytorch.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from math import prod
from types import MappingProxyType
from typing import Literal, NamedTuple, Unpack, cast, overload

import torch
from torch import Tensor

from .. import randomness, samplers
from ..catalogue import CONDITIONS, WEIGHTINGS
from ..device import is_out_of_memory
from ..errors import ConfigError, Phrase, SamplingError
from ..inputs import as_flag, bad_value, require_batch_shape, require_one_of, require_whole
from ..samplers.editing import interpolate
from ..samplers.loop import Conditions, Task, pictures_taken
from ..settings import RunConfig, read_value
from .guidance import leave_out
from .inputs import (
    Labels,
    as_pictures,
    as_timesteps,
    require_alike,
    require_batch,
    require_betas,
    require_condition,
    require_generator,
)
from .noise import assign_noise, nearest_noise
from .process import Denoiser, ModelPrediction, ReverseProcess, objective_named, signal_to_noise_ratio
from .schedules import make_betas
from .weightings import loss_weights

__all__ = ["Denoiser", "GaussianDiffusion", "ModelPrediction", "TrainingLoss", "TrainingNoise", "TrainingPass"]

#: Numbers; beyond, torch speaks of overflows instead of memory.
_MORE_THAN_ANY_MEMORY = 2**40


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


class TrainingNoise(NamedTuple):
    """The noise of a training step as each trick leaves it, (B, C, H, W) each; without a trick the one before it."""

    drawn: Tensor  #: as it was drawn, or given
    with_offset: Tensor
    assigned: Tensor  #: of which x_t and the target are made


class TrainingPass(NamedTuple):
    """What a training step asked the network, what it answered and should have; (B, C, H, W) each."""

    x_t: Tensor
    x_0_fed_back: Tensor | None  #: the network's first guess, where it was given one: not clipped, without gradient
    output: Tensor
    target: Tensor
    loss: TrainingLoss


class GaussianDiffusion(ReverseProcess):
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
    loss_weighting, loss_weighting_kwargs   a row of WEIGHTINGS and its options; min-SNR may be said either way
    class_dropout           how often a label is left out in training (Ho & Salimans 2022, arXiv 2207.12598)
    class_names             what the model's classes are called, in order; kept for whoever shows them
    condition, condition_factor   what a network with condition_channels sees beside x_t: a row of CONDITIONS (None: the
                            caller's own picture), and how much smaller one of low resolution is
    betas                   (T,) float64, a schedule of one's own; then `timesteps` and `beta_schedule` are not read

    Raises ConfigError for settings that cannot work.

    `sample`, `ddim_sample` and `p_sample_loop` run a sampler's generator to its end and return new pictures,
    (B, C, H, W) in [0, 1]. With return_all_timesteps it is (B, steps + 1, C, H, W) on the CPU, x_T first; with
    return_all_x_start a pair of that and, likewise on the CPU and scaled, x̂_0 as every step predicted it,
    (B, steps, C, H, W). Besides they take `classes` (as `class_labels` does), `condition` (in the network's range),
    `guidance_scale` and `guidance_rescale` by keyword, and raise SamplingError.
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
        loss_weighting: str = "none",
        loss_weighting_kwargs: Mapping[str, float] = MappingProxyType({}),
        condition: str | None = None,
        condition_factor: int = 2,
    ) -> None:
        clips_snr = as_flag("min_snr_loss_weight", min_snr_loss_weight)
        if clips_snr and read_value("min_snr_gamma", min_snr_gamma) is None:
            raise bad_value("min_snr_gamma", min_snr_gamma, Phrase("value.above-zero-with-min-snr"))
        if clips_snr and loss_weighting not in ("none", "min_snr"):
            raise ConfigError(
                "config.conflict",
                first=Phrase("setting.is", name="min_snr_loss_weight", value=True),
                second=Phrase("setting.is", name="loss_weighting", value=loss_weighting),
                reason=Phrase("conflict.one-weighting"),
            )
        if clips_snr:
            loss_weighting, loss_weighting_kwargs = "min_snr", {"gamma": min_snr_gamma}
        require_one_of("loss_weighting", loss_weighting, WEIGHTINGS, ConfigError)
        options = WEIGHTINGS[loss_weighting].filled(loss_weighting_kwargs, "loss_weighting_kwargs")
        checked = RunConfig().with_settings(
            {
                **({"timesteps": timesteps} if betas is None else {}),
                "ddim_sampling_eta": ddim_sampling_eta,
                "auto_normalize": auto_normalize,
                "offset_noise_strength": offset_noise_strength,
                "min_snr_gamma": options["gamma"] if loss_weighting == "min_snr" else None,
                "immiscible": immiscible,
                "immiscible_candidates": immiscible_candidates,
                "class_dropout": class_dropout,
                "condition": "none" if condition is None else condition,
                "condition_factor": condition_factor,
            }
        )
        for problem in checked.problems():
            if problem.fields.get("name") == "immiscible_candidates":
                raise problem
        settings = checked.diffusion
        named = betas is None
        if betas is None:
            betas = make_betas(beta_schedule, settings.timesteps, schedule_fn_kwargs)
        else:
            require_betas(betas)
        super().__init__(
            model,
            betas,
            image_size=image_size,
            objective=objective,
            class_names=class_names,
            sampling_timesteps=sampling_timesteps,
            ddim_sampling_eta=settings.ddim_sampling_eta,
            auto_normalize=settings.auto_normalize,
        )
        self.offset_noise_strength = settings.offset_noise_strength
        #: the name and options that made the tables; None: a schedule of one's own
        self.beta_schedule = beta_schedule if named else None
        self.schedule_fn_kwargs = dict(schedule_fn_kwargs or {})
        #: the row of CONDITIONS that what it sees beside x_t is made by; None: it sees nothing
        self.condition = _condition_of(condition, self.condition_channels, self.channels)
        self.condition_factor = checked.data.condition_factor
        self.immiscible = settings.immiscible
        self.immiscible_candidates = settings.immiscible_candidates
        self.class_dropout = settings.class_dropout
        self.loss_weighting, self.loss_weighting_kwargs = loss_weighting, options
        self.min_snr_gamma = settings.min_snr_gamma  #: γ of min-SNR; None: another weighting
        snr = signal_to_noise_ratio(betas)
        self.register_table("loss_weight", loss_weights(objective, snr, loss_weighting, options))

    def weigh_loss(self, loss_weighting: str, options: Mapping[str, float] = MappingProxyType({})) -> None:
        """Let another row of WEIGHTINGS weigh the loss from now on, in place. Raises ConfigError."""
        filled = WEIGHTINGS[loss_weighting].filled(options, "loss_weighting_kwargs")
        if self.beta_schedule is None:
            betas = self.betas.double().cpu()
        else:  # as the constructor had them, in float64
            betas = make_betas(self.beta_schedule, self.num_timesteps, self.schedule_fn_kwargs)
        weights = loss_weights(self.objective, signal_to_noise_ratio(betas), loss_weighting, filled)
        self.loss_weight.copy_(weights)
        self.loss_weighting, self.loss_weighting_kwargs = loss_weighting, filled
        self.min_snr_gamma = filled["gamma"] if loss_weighting == "min_snr" else None

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
        each picture chooses among K noises it is the first of them. Raises ConfigError.
        """
        return self.prepared_noise(
            x_start, noise, offset_noise_strength=offset_noise_strength, generator=generator
        ).assigned

    def prepared_noise(
        self,
        x_start: Tensor,
        noise: Tensor | None = None,
        *,
        offset_noise_strength: float | None = None,
        generator: torch.Generator | None = None,
    ) -> TrainingNoise:
        """As `prepare_noise`, with what each trick was given."""
        strength = self.offset_noise_strength
        if offset_noise_strength is not None:
            strength = cast("float", read_value("offset_noise_strength", offset_noise_strength))
        require_generator(generator)
        require_alike(x_start=x_start, **({} if noise is None else {"noise": noise}))

        def drawn(shape: Sequence[int]) -> Tensor:
            return randomness.normal(shape, generator=generator, device=x_start.device, dtype=x_start.dtype)

        first = drawn(x_start.shape) if noise is None else noise
        noise = randomness.with_offset(first, strength, drawn)
        if not self.immiscible:
            return TrainingNoise(first, noise, noise)
        if self.immiscible_candidates < 2:
            return TrainingNoise(first, noise, assign_noise(x_start, noise))
        further = (
            randomness.with_offset(drawn(x_start.shape), strength, drawn) for _ in range(self.immiscible_candidates - 1)
        )
        return TrainingNoise(first, noise, nearest_noise(x_start, chain((noise,), further)))

    def prepare_classes(self, classes: Tensor, *, generator: torch.Generator | None = None) -> Tensor:
        """The labels of a training step, (B,), each left out with probability `class_dropout`. Raises SamplingError."""
        require_generator(generator)
        if not isinstance(classes, Tensor) or classes.ndim != 1:
            raise bad_value("classes", classes, Phrase("value.labels-tensor"), SamplingError)
        labels = self._labels(classes, len(classes))
        assert self.num_classes is not None
        return leave_out(labels, self.num_classes, self.class_dropout, generator=generator)

    def training_losses(
        self,
        x_start: Tensor,
        t: Tensor,
        noise: Tensor,
        *,
        classes: Tensor | None = None,
        augment: Tensor | None = None,
        self_condition_draw: bool | None = None,
        condition: Tensor | None = None,
    ) -> TrainingLoss:
        """The loss of each picture; the one way through for all training.

        x_start: (B, C, H, W) in [-1, 1]; t: (B,); noise: (B, C, H, W) as `prepare_noise` returned it; classes: (B,)
        as `prepare_classes` returned them; augment: (B, k), how the pictures were augmented (None: not, or not told).
        self_condition_draw: whether a network with self-conditioning is given a first guess of its own, without
        gradient and not clipped (None: with probability ½; Chen et al. 2022, arXiv 2208.04202).
        condition: (B, condition_channels, H, W) in the range of x_start, without noise.
        """
        return self.training_pass(
            *(x_start, t, noise),
            classes=classes,
            augment=augment,
            self_condition_draw=self_condition_draw,
            condition=condition,
        ).loss

    def training_pass(
        self,
        x_start: Tensor,
        t: Tensor,
        noise: Tensor,
        *,
        classes: Tensor | None = None,
        augment: Tensor | None = None,
        self_condition_draw: bool | None = None,
        condition: Tensor | None = None,
    ) -> TrainingPass:
        """As `training_losses`, with everything that the loss was made of."""
        x = self.q_sample(x_start, t, noise)
        x_self_cond = None
        if self.self_condition and (random.random() < 0.5 if self_condition_draw is None else self_condition_draw):  # noqa: S311
            with torch.no_grad():
                first = self._predict(x, t, None, classes, augment=augment, condition=condition)
                x_self_cond = objective_named(self.objective).to_x_start(self, x, t, first)
        output = self._predict(x, t, x_self_cond, classes, augment=augment, condition=condition)
        target = objective_named(self.objective).target(self, x_start, t, noise)
        raw = (output - target).square().flatten(1).mean(dim=1)
        return TrainingPass(x, x_self_cond, output, target, TrainingLoss(raw=raw, weight=self.loss_weight[t.long()]))

    def p_losses(
        self,
        x_start: Tensor,
        t: Tensor,
        noise: Tensor | None = None,
        offset_noise_strength: float | None = None,
        loss_reduction: str = "mean",
        *,
        classes: Labels | None = None,
        condition: Tensor | None = None,
    ) -> Tensor:
        """The weighted loss: a scalar, or (B,) with loss_reduction="none". x_start: (B, C, H, W) in [-1, 1].

        classes: labels as `class_labels` takes them, of which some are left out here (`class_dropout`).
        condition: (B, condition_channels, H, W) in the range of x_start (None: zeros).
        Raises ConfigError for anything else, SamplingError for labels; what is on a GPU is not looked at.
        """
        require_one_of("loss_reduction", loss_reduction, ("mean", "none"), ConfigError)
        require_batch("x_start", x_start, self.channels_taken, like=self.betas)
        noise = self.prepare_noise(x_start, noise, offset_noise_strength=offset_noise_strength)
        labels = None if classes is None else self.prepare_classes(self._labels(classes, len(x_start)))
        if condition is not None:
            require_condition(condition, x_start, self.condition_channels)
        losses = self.training_losses(x_start, t, noise, classes=labels, condition=condition)
        return losses.weighted if loss_reduction == "none" else losses.mean

    def random_times(self, batch_size: int) -> Tensor:
        """(batch_size,) timesteps, each of 0 … T-1 equally likely, from the global generator."""
        require_whole("batch_size", batch_size, 1, 2**31)
        return torch.randint(0, self.num_timesteps, (batch_size,), device=self.device)

    def forward(
        self,
        img: Tensor,
        noise: Tensor | None = None,
        offset_noise_strength: float | None = None,
        *,
        times: Tensor | None = None,
        loss_reduction: str = "mean",
        classes: Labels | None = None,
        condition: Tensor | None = None,
    ) -> Tensor:
        """The training loss of pictures (B, C, H, W) in [0, 1]; see `p_losses`. Raises ConfigError for other shapes.

        condition: (B, condition_channels, H, W) in [0, 1].
        """
        img = as_pictures(img, (self.channels_taken, *self.image_size), like=self.betas)
        if times is None:
            times = self.random_times(len(img))
        else:
            times = as_timesteps("times", times, len(img), self.num_timesteps, img.device)
        seen = None if condition is None else self.normalize(condition)
        return self.p_losses(
            self.normalize(img),
            times,
            noise,
            offset_noise_strength,
            loss_reduction,
            classes=classes,
            condition=seen,
        )

    # --- from noise back to pictures, as plain calls for scripts -------------------------------------------

    def p_sample(
        self,
        x: Tensor,
        t: int,
        x_self_cond: Tensor | None = None,
        *,
        generator: torch.Generator | None = None,
        condition: Tensor | None = None,
    ) -> tuple[Tensor, Tensor]:
        """One DDPM step: x_{t-1} and x̂_0, (B, C, H, W) each. x is taken as samplers take x_T. Raises SamplingError."""
        require_whole("t", t, 0, self.num_timesteps - 1)
        require_generator(generator)
        x = pictures_taken(self, x, "x")
        task = Task(self, x, [(t, t - 1)], generator=generator, x_self_cond=x_self_cond)
        task.condition = self.condition_taken(condition, x)
        step = next(samplers.ancestral(task))
        return step.x_next, step.x_0

    @overload
    def p_sample_loop(
        self,
        shape: Sequence[int],
        return_all_timesteps: bool = False,
        *,
        return_all_x_start: Literal[False] = False,
        **conditions: Unpack[Conditions],
    ) -> Tensor: ...
    @overload
    def p_sample_loop(
        self,
        shape: Sequence[int],
        return_all_timesteps: bool = False,
        *,
        return_all_x_start: Literal[True],
        **conditions: Unpack[Conditions],
    ) -> tuple[Tensor, Tensor]: ...
    def p_sample_loop(
        self,
        shape: Sequence[int],
        return_all_timesteps: bool = False,
        *,
        return_all_x_start: bool = False,
        **conditions: Unpack[Conditions],
    ) -> Tensor | tuple[Tensor, Tensor]:
        """DDPM over all T steps from fresh noise of shape (B, C, H, W). What it returns: see the class."""
        x, history = self._run("ddpm", shape, self.num_timesteps, return_all_timesteps, return_all_x_start, conditions)
        return x if history is None else (x, history)

    @overload
    def ddim_sample(
        self,
        shape: Sequence[int],
        return_all_timesteps: bool = False,
        *,
        return_all_x_start: Literal[False] = False,
        **conditions: Unpack[Conditions],
    ) -> Tensor: ...
    @overload
    def ddim_sample(
        self,
        shape: Sequence[int],
        return_all_timesteps: bool = False,
        *,
        return_all_x_start: Literal[True],
        **conditions: Unpack[Conditions],
    ) -> tuple[Tensor, Tensor]: ...
    def ddim_sample(
        self,
        shape: Sequence[int],
        return_all_timesteps: bool = False,
        *,
        return_all_x_start: bool = False,
        **conditions: Unpack[Conditions],
    ) -> Tensor | tuple[Tensor, Tensor]:
        """DDIM over sampling_timesteps steps from fresh noise of shape (B, C, H, W). What it returns: see the class."""
        x, history = self._run(
            "ddim", shape, self.sampling_timesteps, return_all_timesteps, return_all_x_start, conditions
        )
        return x if history is None else (x, history)

    @overload
    def sample(
        self,
        batch_size: int = 16,
        return_all_timesteps: bool = False,
        *,
        return_all_x_start: Literal[False] = False,
        **conditions: Unpack[Conditions],
    ) -> Tensor: ...
    @overload
    def sample(
        self,
        batch_size: int = 16,
        return_all_timesteps: bool = False,
        *,
        return_all_x_start: Literal[True],
        **conditions: Unpack[Conditions],
    ) -> tuple[Tensor, Tensor]: ...
    def sample(
        self,
        batch_size: int = 16,
        return_all_timesteps: bool = False,
        *,
        return_all_x_start: bool = False,
        **conditions: Unpack[Conditions],
    ) -> Tensor | tuple[Tensor, Tensor]:
        """New pictures, by DDIM where sampling_timesteps is below T, else by DDPM. What it returns: see the class."""
        sampler = "ddim" if self.is_ddim_sampling else "ddpm"
        shape = (batch_size, self.channels, *self.image_size)
        x, history = self._run(
            sampler, shape, self.sampling_timesteps, return_all_timesteps, return_all_x_start, conditions
        )
        return x if history is None else (x, history)

    def _run(
        self,
        sampler: str,
        shape: Sequence[int],
        steps: int,
        all_timesteps: bool,
        all_x_start: bool,
        conditions: Conditions,
    ) -> tuple[Tensor, Tensor | None]:
        """The pictures, or every x_t of their making; and every x̂_0 where asked for."""
        all_timesteps = as_flag("return_all_timesteps", all_timesteps)
        all_x_start = as_flag("return_all_x_start", all_x_start)
        x = self._noise(shape)
        # A thousand steps of a batch do not fit beside the network: what is kept leaves the device at once.
        trajectory, predictions = [x.cpu()], []
        for step in samplers.SAMPLERS[sampler](self, x, steps=steps, **conditions):
            x = step.x_next
            if all_timesteps:
                trajectory.append(x.cpu())
            if all_x_start:
                predictions.append(step.x_0.cpu())
        made = self.unnormalize(torch.stack(trajectory, dim=1) if all_timesteps else x)
        return made, self.unnormalize(torch.stack(predictions, dim=1)) if all_x_start else None

    def _noise(self, shape: Sequence[int]) -> Tensor:
        """x_T. Raises SamplingError for what is no shape of pictures, or does not fit into memory."""
        require_batch_shape(shape, self.channels_taken)
        try:
            return torch.randn(tuple(shape), device=self.device, dtype=self.betas.dtype)
        except (RuntimeError, TypeError, MemoryError) as error:
            if not is_out_of_memory(error) and prod(shape) < _MORE_THAN_ANY_MEMORY:
                raise
            raise SamplingError("sampling.out-of-memory", device=self.device, count=shape[0]) from error

    def interpolate(self, x1: Tensor, x2: Tensor, t: int | None = None, lam: float = 0.5) -> Tensor:
        """Between two pictures, by DDPM over every step from t; see `samplers.editing.interpolate`.

        x1, x2: (B, C, H, W) in [0, 1], as the result. t: 0 … T-1 (None: T-1). lam: 0 (x1) … 1 (x2). Raises
        SamplingError.
        """
        x1, x2 = (self.normalize(pictures_taken(self, x, name)) for name, x in (("x1", x1), ("x2", x2)))
        t = self.num_timesteps - 1 if t is None else t
        x = x1
        for step in interpolate(self, x1, x2, t=t, lam=lam, sampler="ddpm"):
            x = step.x_next
        return self.unnormalize(x)


def _condition_of(condition: str | None, added: int, channels: int) -> str | None:
    """The row of CONDITIONS of a network whose condition has `added` channels beside the picture's own `channels`.

    Raises ConfigError where the two do not go together.
    """
    if condition in (None, "none"):
        return "folder" if added else None
    row = CONDITIONS[condition]
    expected = channels if row.channels is None else row.channels
    if not added or (not row.of_folder and added != expected):
        raise ConfigError(
            "config.conflict",
            first=Phrase("setting.is", name="condition", value=condition),
            second=Phrase("setting.is", name="condition_channels", value=added),
            reason=Phrase("conflict.channels-of-condition"),
        )
    return condition
