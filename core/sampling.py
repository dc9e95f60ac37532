"""From a model and a request to frames: runs a sampler and turns every step's tensors into plain arrays."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing

import torch

from .config import SampleConfig
from .diffusion import GaussianDiffusion
from .frames import Frame, SamplingEvent, SamplingFinished, SamplingStarted
from .pixels import to_pixels
from .randomness import generator
from .samplers import Step, Steps, initial_noise, sampler_named
from .walk_threads import WalkThreads


def sample_frames(diffusion: GaussianDiffusion, request: SampleConfig) -> Iterator[SamplingEvent]:
    """SamplingStarted, exactly `sample_steps` Frames, SamplingFinished; close it to stop between two steps.

    Picture k's first noise depends on (seed, k) alone, so a larger grid begins with the same pictures where the sampler
    adds no noise. Raises SamplingError for a request that cannot be carried out.
    """
    sampler = sampler_named(request.sampler)
    steps = sampler(
        diffusion,
        initial_noise(diffusion, request.count, seed=request.seed, device=diffusion.device),
        steps=request.sample_steps,
        generator=sampling_noise(request.seed),
        classes=labels_in_turn(request.classes, request.count),
        eta=request.eta if sampler.takes_eta else None,
        guidance_scale=request.guidance_scale,
        guidance_rescale=request.guidance_rescale,
        spacing=request.spacing,
    )
    yield from frames_of(diffusion, steps, total=request.sample_steps, count=request.count)


def sampling_noise(seed: int) -> torch.Generator:
    """Where a sampler draws the noise that it adds."""
    return generator(seed, "sampling", 0)


def labels_in_turn(classes: Sequence[int], count: int) -> list[int] | None:
    """A label for each of `count` pictures, picture k the k-th of `classes` in turn; None where there are none."""
    return [classes[k % len(classes)] for k in range(count)] if classes else None


def frames_of(diffusion: GaussianDiffusion, steps: Steps, *, total: int, count: int) -> Iterator[SamplingEvent]:
    """The events of `total` steps of `count` pictures, whichever sampler or way of editing makes the steps."""
    alphas_cumprod = diffusion.alphas_cumprod.double().cpu().numpy()
    height, width = diffusion.image_size
    yield SamplingStarted(
        steps=total,
        count=count,
        height=height,
        width=width,
        channels=diffusion.channels,
        alphas_cumprod=alphas_cumprod,
    )
    x, before = None, None
    with closing(steps):
        for step in WalkThreads(diffusion.device)(steps):
            yield _frame(step, before, float(alphas_cumprod[step.t]), normalized=diffusion.auto_normalize)
            before, x = step.x_0, step.x_next
    assert x is not None, "every sampler makes at least one step"
    yield SamplingFinished(to_pixels(x, normalized=diffusion.auto_normalize))


def _frame(step: Step, x_0_before: torch.Tensor | None, alphas_cumprod: float, *, normalized: bool) -> Frame:
    x_t = step.x_t.float().flatten(1)
    if x_0_before is None:
        delta = torch.full((len(x_t),), torch.nan)
    else:
        delta = (step.x_0 - x_0_before).float().flatten(1).square().mean(dim=1).sqrt()
    return Frame(
        index=step.index,
        t=step.t,
        t_next=step.t_next,
        x_t=to_pixels(step.x_t, normalized=normalized),
        x_0=to_pixels(step.x_0, normalized=normalized),
        alphas_cumprod=alphas_cumprod,
        snr=alphas_cumprod / (1 - alphas_cumprod) if alphas_cumprod < 1 else float("inf"),
        delta_x_0=delta.cpu().numpy(),
        x_t_mean=x_t.mean(dim=1).cpu().numpy(),
        x_t_std=x_t.std(dim=1, correction=0).cpu().numpy(),
    )
