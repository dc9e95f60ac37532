"""Editing pictures with a sampler: from a picture, between two pictures, or inside a mask.

All three give Steps, take and make pictures in normalised space, (B, C, H, W), and raise SamplingError at once.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Unpack

import torch
from torch import Tensor

from ..beginning import INPAINT_STEPS, JUMP, RESAMPLES, visits
from ..catalogue import SAMPLERS
from ..diffusion.guidance import Guidance
from ..diffusion.inputs import WHOLE, Labels, is_floats, require_finite
from ..errors import Phrase, SamplingError
from ..inputs import bad_value, require_number, require_whole
from .first_order import posterior_step
from .loop import (
    Conditions,
    Given,
    NoiseSource,
    Step,
    Steps,
    Task,
    Term,
    noise_like,
    pictures_taken,
    require_noise_source,
    sampler_named,
)

if TYPE_CHECKING:
    from ..diffusion.process import ReverseProcess

#: Beyond, inpainting would not end within anybody's patience.
MOST_RESAMPLES, MOST_STEPS = 1000, 100_000


class Which(Conditions, total=False):
    """The same, and which timesteps are taken."""

    spacing: str | None
    times: Sequence[int] | None


class Options(Which, total=False):
    """What a call of a sampler takes besides."""

    eta: float | None


def image_to_image(
    diffusion: ReverseProcess,
    x_start: Tensor,
    *,
    t: int | Sequence[int],
    sampler: str = "ddim",
    steps: int | None = None,
    generator: NoiseSource = None,
    **options: Unpack[Options],
) -> Steps:
    """Pictures noised to t and denoised from there (Meng et al. 2021, arXiv 2108.01073, SDEdit, algorithm 1).

    t: 0 … T-1; the higher, the less of the picture stays. steps: 1 … t + 1 (None: as the sampler's own, at most that).

    Several t, one for each picture: all begin at the highest, so that they stand beside each other at every step; but a
    picture is taken back knowing it until a step is at its own t or below, and only from there on the network is asked.
    Where no noise is added on the way (DDIM at η = 0) that is image_to_image from that step on. Not with samplers that
    remember predictions: those would be of the known picture. steps: 1 … highest t + 1.
    """
    row = sampler_named(sampler)
    x_start = pictures_taken(diffusion, x_start, "x_start")
    require_noise_source(generator, len(x_start))
    row_of_t = tuple(t) if isinstance(t, Sequence) else ()
    for each in row_of_t or (t,):
        require_whole("t", each, 0, diffusion.num_timesteps - 1)
    if row_of_t:
        require_forgetful(sampler)
        if len(row_of_t) != len(x_start):
            raise bad_value("t", len(row_of_t), Phrase("value.one-each", count=len(x_start)), SamplingError)
    start_t = t if not isinstance(t, Sequence) else max(row_of_t)
    x_t = _noised(diffusion, x_start, start_t, noise_like(x_start, generator))
    given = Given(x_start, torch.tensor(row_of_t, device=x_start.device)) if row_of_t else None
    return row(diffusion, x_t, steps=steps, generator=generator, start_t=start_t, given=given, **options)


def interpolate(
    diffusion: ReverseProcess,
    x1: Tensor,
    x2: Tensor,
    *,
    t: int,
    lam: float | Tensor = 0.5,
    sampler: str = "ddim",
    steps: int | None = None,
    generator: NoiseSource = None,
    **options: Unpack[Options],
) -> Steps:
    """Between two pictures: both noised to t, mixed (1 − λ, λ), denoised from t (Ho et al. 2020, section 4.4).

    t: 0 … T-1. lam: λ, 0 (x1) … 1 (x2), or (B,) floats, one for each picture. steps: 1 … t + 1 (None: as the sampler's
    own, at most that).

    Two independent noises mixed have only √((1−λ)² + λ²) of the noise that t says, which the network would take for
    less contrast; so the noise's part is divided by that.
    """
    row = sampler_named(sampler)
    x1, x2 = pictures_taken(diffusion, x1, "x1"), pictures_taken(diffusion, x2, "x2")
    if x1.shape != x2.shape:
        raise bad_value("x2", tuple(x2.shape), Phrase("value.as-x1", shape=tuple(x1.shape)), SamplingError)
    weights = _lambdas(lam, x1)
    require_noise_source(generator, len(x1))
    require_whole("t", t, 0, diffusion.num_timesteps - 1)
    of_x1, of_x2 = (1 - weights).to(x1), weights.to(x1)
    noises = (noise_like(x1, generator), noise_like(x2, generator))
    noise = (of_x1 * noises[0] + of_x2 * noises[1]) / torch.hypot(1 - weights, weights).to(x1)
    x_t = _noised(diffusion, of_x1 * x1 + of_x2 * x2, t, noise)
    return row(diffusion, x_t, steps=steps, generator=generator, start_t=t, **options)


def inpaint(
    diffusion: ReverseProcess,
    x_start: Tensor,
    mask: Tensor,
    *,
    steps: int | None = None,
    resamples: int = RESAMPLES,
    jump: int = JUMP,
    generator: NoiseSource = None,
    spacing: str | None = None,
    times: Sequence[int] | None = None,
    classes: Labels | None = None,
    condition: Tensor | None = None,
    guidance_scale: float = 1.0,
    guidance_rescale: float = 0.0,
    guide: ReverseProcess | None = None,
    guide_scale: float = 1.0,
) -> Steps:
    """Fill a part of the pictures by DDPM so that it fits the rest (Lugmayr et al. 2022, arXiv 2201.09865, RePaint).

    mask       (H, W), (1, 1, H, W) or (B, 1, H, W); above ½ is filled, and all else of the result equals x_start
    steps      1 … T (None: INPAINT_STEPS, at most T); times, where they are given, are that many
    resamples  how often each stretch of steps is gone through, 1 … 1000: what was filled and what is known are
               noised again together, and so come to fit (algorithm 1, the paper's r)
    jump       how many steps back such a stretch begins, at least 1 (the paper's j)

    Where it jumps back, the next Step's x_t is this one's x_next with noise added; so its t is higher, and there are
    more than `steps` Steps.
    """
    x_start = pictures_taken(diffusion, x_start, "x_start")
    require_noise_source(generator, len(x_start))
    fill = _where_to_fill(mask, x_start)
    require_whole("resamples", resamples, 1, MOST_RESAMPLES)
    require_whole("jump", jump, 1, MOST_STEPS)
    task = sampler_named("ddpm").task(
        diffusion,
        noise_like(x_start, generator),
        steps=min(INPAINT_STEPS, diffusion.num_timesteps) if steps is None and times is None else steps,
        generator=generator,
        classes=classes,
        condition=condition,
        eta=None,
        guidance=Guidance(guidance_scale, guidance_rescale, guide, guide_scale),
        spacing=spacing,
        start_t=None,
        times=times,
    )
    return _repaint(task, x_start, fill, resamples, jump)


def inpaint_steps(steps: int, *, resamples: int = RESAMPLES, jump: int = JUMP) -> int:
    """How many Steps `inpaint` gives, the repeated ones included. Raises SamplingError."""
    for name, value, most in (("steps", steps, MOST_STEPS), ("resamples", resamples, MOST_RESAMPLES)):
        require_whole(name, value, 1, most)
    require_whole("jump", jump, 1, MOST_STEPS)
    return sum(1 for _ in visits(steps, resamples, jump))


@torch.no_grad()
def _repaint(task: Task, x_start: Tensor, fill: Tensor, resamples: int, jump: int) -> Steps:
    x, x_0, t_reached = task.x_T, None, None
    for index, visit in enumerate(visits(len(task.pairs), resamples, jump)):
        t, t_next = task.pairs[visit]
        if t_reached is not None and t > t_reached:
            signal = task.signal[t] / task.signal[t_reached]
            x = signal * x + math.sqrt(1 - signal**2) * task.noise_like(x)
        task.begin_step(index)
        x_0, unknown, noise, made_of = posterior_step(task, x, t, t_next, x_0)
        known = x_start
        if t_next >= 0:
            known = task.signal[t_next] * x_start + task.spread[t_next] * task.noise_like(x)
        x_next = torch.where(fill, unknown, known)
        terms = (
            *(term._replace(tensor=torch.where(fill, term.tensor, 0), where="inside") for term in made_of),
            Term("known", 1.0, torch.where(fill, 0, known), where="outside"),
        )
        yield Step(index, t, t_next, x, x_0.clone(), x_next.clone(), noise, terms, tuple(task.heard))
        x, t_reached = x_next, t_next


def require_forgetful(sampler: str) -> None:
    """Raises SamplingError for a sampler that goes on with predictions of steps before the one under way."""
    if SAMPLERS[sampler].remembers:
        known = ", ".join(name for name, row in SAMPLERS.items() if not row.remembers)
        raise bad_value("sampler", sampler, Phrase("value.forgetful", known=known), SamplingError)


def _lambdas(lam: object, x: Tensor) -> Tensor:
    """(B or 1, 1, 1, 1) float64 on the CPU. Raises SamplingError."""
    if not isinstance(lam, Tensor):
        require_number("lam", lam, 0, 1)
        return torch.tensor(lam, dtype=torch.float64).view(1, 1, 1, 1)
    if not is_floats(lam) or lam.shape != x.shape[:1] or not bool(((lam >= 0) & (lam <= 1)).all()):
        raise bad_value("lam", lam, Phrase("value.lambdas", count=len(x)), SamplingError)
    return lam.detach().cpu().double().view(-1, 1, 1, 1)


def _where_to_fill(mask: Tensor, x_start: Tensor) -> Tensor:
    """(B or 1, 1, H, W), True where the picture is to be filled."""
    count, _, height, width = x_start.shape
    if not isinstance(mask, Tensor) or not (is_floats(mask) or mask.dtype in (torch.bool, *WHOLE)):
        expected = Phrase("value.mask-tensor", height=height, width=width, count=count)
        raise bad_value("mask", mask, expected, SamplingError)
    require_finite("mask", mask, SamplingError)
    shape = tuple(mask.shape)
    if shape[-2:] != (height, width):
        found = " × ".join(map(str, shape[-2:]))
        expected = Phrase("value.mask-size", height=height, width=width)
        raise bad_value("mask", found, expected, SamplingError)
    if shape not in {(height, width), (1, 1, height, width), (count, 1, height, width)}:
        expected = Phrase("value.mask-shape", height=height, width=width, count=count)
        raise bad_value("mask", shape, expected, SamplingError)
    return mask.to(x_start.device).expand(1, 1, -1, -1) > 0.5 if mask.ndim == 2 else mask.to(x_start.device) > 0.5


def _noised(diffusion: ReverseProcess, x_start: Tensor, t: int, noise: Tensor) -> Tensor:
    return diffusion.q_sample(x_start, torch.full((len(x_start),), t, device=x_start.device), noise)
